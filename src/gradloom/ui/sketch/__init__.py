"""Draw a picture with the mouse and see at once what the network tells.

- `panel`: SketchPanel, the whole; `paper`: what one draws on; `shares`: what is told, as bars
- the strokes and what becomes of them are `session.sketching`, the answers `session.telling`
"""

from gradloom.ui.sketch.panel import SketchPanel

__all__ = ["SketchPanel"]
