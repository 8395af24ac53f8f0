"""The decision map: what a network answers over a plane of its inputs, with the data on it.

- `decision`: the widget, which composes the others and listens
- `controls`, `options`, `slices`, `held`: what one chooses (answer, shading, points, plane)
- `field`, `overlay`, `legend`: what is painted; `drawing`: what to paint, as values
- `subject`: what a map can be about, in numbers and words
- `tools`: what the left button does; `card`, `inspector`: the card of a clicked place

Import it behind the first painted window, as pyqtgraph takes half a second.
"""

from gradloom.ui.map.decision import DecisionMap

__all__ = ["DecisionMap"]
