"""The decision map: what a network answers over a plane of its inputs, with the data on it.

- `decision`: the widget, which composes the others and listens
- `controls`, `options`, `slices`, `held`: what one chooses (answer, shading, points, plane)
- `field`, `overlay`, `legend`: what is painted; `drawing`: what to paint, as values
- `subject`: what a map can be about, in numbers and words; `shown`: what the field shows now;
  `reading`: the place that is pointed at
- `tools`: what the left button does; `picking`: choosing rows; `card`, `inspector`: the card of a
  clicked place
- drawing data: `strokes` and `brushes` (what a gesture does to a drawing, as values), `pen` (the
  tool), `sketch` (what is shown of a stroke before it counts), `drawbar` with `swatches` and
  `inks` (with what one draws), `drawmode` (how all of them go with the document)

Import it behind the first painted window, as pyqtgraph takes half a second.
"""

from gradloom.ui.map.decision import DecisionMap

__all__ = ["DecisionMap"]
