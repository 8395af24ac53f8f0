"""Linear layers in a row, which together can do no more than one."""

from __future__ import annotations

from collections.abc import Iterator

from gradloom.core.counting import listing
from gradloom.diagnosis.collapse import linear_stacks
from gradloom.diagnosis.finding import Evidence, Finding, Rule


def _linear_stack(evidence: Evidence) -> Iterator[Finding]:
    graph, analysis = evidence.state.graph, evidence.state.analysis
    for stack in linear_stacks(graph):
        if any(layer not in analysis.counts for layer in stack):
            continue
        names = [graph[layer].name for layer in stack]
        sizes = [analysis.inputs[stack[0]][0][0], *(analysis.shapes[la][0] for la in stack)]
        narrow = min(sizes[1:-1]) < min(sizes[0], sizes[-1])
        yield Finding(
            "linear_stack",
            "Layers that collapse into one",
            f"{listing(names)} have no activation between them, so together they do what one layer"
            " can do.",
            f"{' → '.join(map(str, sizes))}: the product of their matrices is one matrix of"
            f" {sizes[0]} × {sizes[-1]}" + (f", of rank {min(sizes)} at most." if narrow else "."),
            "A weighted sum of weighted sums is a weighted sum: (x W₁ + b₁) W₂ + b₂ ="
            " x (W₁ W₂) + (b₁ W₂ + b₂). Only a bend between them adds something."
            " (Goodfellow et al., Deep Learning, section 6.1.)",
            stack[0],
            stack,
            ("bend", "collapse"),
        )


LINEAR_STACK = Rule("linear_stack", _linear_stack)
