"""What a training shows while it goes on, with pyqtgraph.

- `loss`, `curves`, `graph`, `heading`: loss and accuracy over the epochs
- `decision`, `controls`, `field`, `dots`, `legend`: the map over the inputs
- `drawing`: what the map draws, as values
- `speed`: how fast it trains
- `chart`, `export`: axes, zoom and menu that the plots share; pictures and tables of them
- `scale`, `frame`, `decimate`, `contour`, `shading`, `subject`, `markers`: arithmetic, no widgets

Import it behind the first painted window: pyqtgraph takes half a second.
"""

from gradloom.ui.plots.decision import DecisionMap
from gradloom.ui.plots.loss import LossPlot
from gradloom.ui.plots.speed import SpeedLine

__all__ = ["DecisionMap", "LossPlot", "SpeedLine"]
