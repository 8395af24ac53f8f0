"""Keys that mean the same in every view."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt

# how far down and to the right an arrow goes
ARROWS: Mapping[Qt.Key, tuple[int, int]] = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
