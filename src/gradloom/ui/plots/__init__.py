"""What a training shows while it goes on, with pyqtgraph.

- `loss`, `curves`, `graph`, `heading`: loss and accuracy over the epochs; `best`: the line at the
  best that is possible
- `dots`, `points`, `markers`, `part_buttons`: rows of the data as points
- `speed`: how fast it trains
- `chart`, `export`: axes, zoom and menu that the plots share; pictures and tables of them
- `scale`, `ranges`, `frame`, `decimate`, `contour`, `shading`: arithmetic, no widgets

Import it behind the first painted window: pyqtgraph takes half a second.
"""

from gradloom.ui.plots.loss import LossPlot
from gradloom.ui.plots.speed import SpeedLine

__all__ = ["LossPlot", "SpeedLine"]
