"""The canvas: layers as cards, edges as cables; every edit goes through the document.

- `canvas`: Canvas, the widget with the methods the actions table calls
- `adding`, `copying`, `placing`, `seeing`, `keys`: what those methods do, by what it is about
- `board`: the view: mouse and keys; it starts gestures and holds at most one; `camera` zooms and
  pans it, `paper` is its background, `hint` what it says when empty, `drops` takes layers from the
  palette, `commands` is what it asks of the canvas
- `scene`: the items, following the document by difference; `hits`: what is under a point
- `card` with `texts`, `cells`, `kernels`, `cable`, `links`: only paint; `ink` has their pens,
  `live` feeds them numbers
- `walk`: lights what a step is at, with `pulse` on cables and `tag` under cards (`heat`: colours)
- `gestures`, each a `gesture`: pull a cable (`pulling`), move cards, rubber band
- `changes`, `fitting`, `face`, `geometry`, `neurons`, `clipboard`: pure, tested without a window
- `editors` with `quickmenu` and `inplace`: search menu, name, weight; `menus`: context menus
- `pointing`: tips and what lights up; `ring`, `access`: keyboard focus and screen readers
"""

from gradloom.ui.canvas.canvas import Canvas

__all__ = ["Canvas"]
