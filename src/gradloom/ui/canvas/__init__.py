"""The canvas: layers as cards, edges as cables; every edit goes through the document.

- `canvas`: Canvas, the widget with the methods the actions table calls
- `board`: the view: zoom, pan, mouse and keys; it starts gestures and holds at most one
- `scene`: the items, following the document by difference; what is under a point
- `card`, `cable`, `links`: items that only paint; `ink` has their pens, `pictures` their images
- `gestures`: pull a cable, move cards, rubber band, pan
- `changes`, `fitting`, `face`, `geometry`, `neurons`: pure functions, tested without a window
- `quickmenu`, `inplace`, `menus`, `clipboard`, `access`: search popup, editors, menus, JSON, names
"""

from gradloom.ui.canvas.canvas import Canvas

__all__ = ["Canvas"]
