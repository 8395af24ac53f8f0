"""What stands beside the canvas: palette, properties, data, problems.

- `palette`: the kinds of layers, searched, dragged, chosen
- `properties`: what is selected; its pages are `layer_page`, `several_page`, `plan_page`,
  `cable_page`; a layer's numbers are shown by `matrix` (heat map), `kernels` (pictures),
  `feature_maps`, `curve`, `spread` (histograms); `editing`: numbers in cells changed in place
- `data`: the gallery of datasets and their form; `thumbnails` paints them
- `problems`: everything wrong, with one-click remedies; `fixing` makes their buttons
- `health`: findings of the diagnosis as cards, layers in numbers; `trouble`: both at a card's badge
- `scales` and `cells`: pure geometry and number formats, tested without a window

Panels show the document and edit it through `Document.edit`; they keep nothing of their own.
"""

from gradloom.ui.panels.data import DataPanel
from gradloom.ui.panels.palette import MIME, Palette
from gradloom.ui.panels.problems import ProblemsPanel
from gradloom.ui.panels.properties import Properties

__all__ = ["MIME", "DataPanel", "Palette", "ProblemsPanel", "Properties"]
