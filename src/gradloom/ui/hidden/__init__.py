"""Hidden space: the rows of the data as a layer of the network sees them.

- `panel`: the widget, which composes the others and listens
- `controls`, `trail`: what one chooses (layer, axes, tool, parts); the walk through the layers
- `picture`: what is shown, as values; `weave`: how the lines of the input plane are drawn
- `glide`: points on their way from one layer's picture to the next
- `service`: brings `session.hidden` to Qt

The plane itself, its tools and legend are the decision map's (`ui.map`). Import it behind the
first painted window, as pyqtgraph takes half a second.
"""

from gradloom.ui.hidden.panel import HiddenPanel

__all__ = ["HiddenPanel"]
