"""The kernels of an opened layer, small, beside the feature maps that they find."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from gradloom.layers.shapes import Array
from gradloom.ui.canvas.geometry import Box
from gradloom.ui.canvas.ink import Ink

_GAP = 6.0  # between a kernel and its map
_MOST_SIDE = 36.0


def kernel_images(kernels: Array, ink: Ink) -> list[QImage]:
    """A picture for each kernel (filters, channels, height, width), its channels side by side.

    All are on one scale that ends at the largest magnitude.
    """
    top = float(np.abs(kernels).max(initial=0.0)) or 1.0
    found = []
    for kernel in kernels:
        channels, high, wide = kernel.shape
        across = math.ceil(math.sqrt(channels))
        down = -(-channels // across)
        pixels = np.zeros((down * (high + 1) - 1, across * (wide + 1) - 1), np.uint32)
        index = np.clip(kernel / top * 127.5 + 127.5, 0, 255).astype(np.uint8)
        for channel, shades in enumerate(ink.table[index]):
            y, x = (channel // across) * (high + 1), (channel % across) * (wide + 1)
            pixels[y : y + high, x : x + wide] = shades
        height, width = pixels.shape
        stored = QImage.Format.Format_ARGB32
        found.append(QImage(pixels.tobytes(), width, height, 4 * width, stored).copy())
    return found


def paint_kernel(painter: QPainter, image: QImage, unit: Box) -> None:
    """Paint a kernel left of its feature map."""
    room = min(unit.height, _MOST_SIDE)
    scale = room / max(image.width(), image.height())
    wide, high = image.width() * scale, image.height() * scale
    x, y = unit.x - _GAP - wide, unit.y + (unit.height - high) / 2
    painter.drawImage(QRectF(x, y, wide, high), image)
