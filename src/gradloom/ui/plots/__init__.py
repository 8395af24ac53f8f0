"""What a training shows while it goes on, painted.

- `loss`, `curves`: loss and accuracy over the epochs
- `decision`, `field`, `legend`: the map over the inputs
- `speed`: how fast it trains; `chart`: frames, axes and polylines that the plots share
- `scale`, `decimate`, `contour`, `shading`, `subject`, `markers`: their arithmetic, without widgets
"""

from gradloom.ui.plots.decision import DecisionMap
from gradloom.ui.plots.loss import LossPlot
from gradloom.ui.plots.speed import SpeedLine

__all__ = ["DecisionMap", "LossPlot", "SpeedLine"]
