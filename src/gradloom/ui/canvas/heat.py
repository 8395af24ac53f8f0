"""Numbers as colours: one hue for negative, one for positive, each strip on its own scale."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QColor

from gradloom.layers.shapes import Array
from gradloom.ui.canvas.ink import Ink


def colours_of(cells: tuple[float, ...], ink: Ink) -> Array:
    """(cells,) uint32 0xffRRGGBB on a scale that ends at the largest magnitude."""
    values = np.asarray(cells, float)
    finite = np.isfinite(values)
    top = float(np.abs(values[finite]).max(initial=0.0)) or 1.0
    share = np.where(finite, values, 0.0) / top
    colours = ink.table[np.clip(share * 127.5 + 127.5, 0, 255).astype(np.uint8)].copy()
    colours[~finite] = QColor(ink.tokens.error).rgb()
    return np.ascontiguousarray(colours, np.uint32)
