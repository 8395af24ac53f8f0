"""The loss landscape around a run: the loss over a slice of its parameters, with the run's path.

- `panel`: the widget, which composes the others and listens
- `controls`, `options`, `weights`: what one chooses (directions, range, scale, two weights)
- `view`: the picture, a plane or a line
- `service`: the computing, off the GUI thread
- `drawing`: what to paint, as values; `trail`: the path, its marks and the arrow downhill
- `words`: what is said about a place and about the slice

Import it behind the first painted window, as pyqtgraph takes half a second.
"""

from gradloom.ui.landscape.panel import LandscapePanel

__all__ = ["LandscapePanel"]
