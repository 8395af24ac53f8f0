"""The network as a value: layers, edges, pure edits, shapes and problems, automatic layout.

- `model`: Layer, Edge, Graph (frozen; a change is a new Graph)
- `edits`: pure functions Graph -> Graph, and `why_not`, the one place that knows what may connect
- `analysis`: order, shapes, parameter counts and problems of a graph on a data signature
- `codec`: a graph as plain JSON and back
- `arrange`: places for the layers of a graph
"""

from gradloom.graph.analysis import Analysis, analyse, structure_of, trained_part
from gradloom.graph.model import Edge, Graph, Layer

__all__ = ["Analysis", "Edge", "Graph", "Layer", "analyse", "structure_of", "trained_part"]
