"""Pictures of the data as people see them."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QImage, QPixmap

from gradloom.data.ink import Ink
from gradloom.layers.shapes import Array
from gradloom.ui.theme import Tokens


def picture_image(picture: Array, ink: Ink, tokens: Tokens) -> QImage:
    """A picture (channels, height, width), one pixel a cell.

    Drawings are in the colours of paper and text, photographs in their own.
    """
    channels, height, width = picture.shape
    if channels == 1 and ink.drawn:
        ends = (QColor(tokens.surface), QColor(tokens.text))
        low, high = (np.array([c.red(), c.green(), c.blue()], float) for c in ends)
        pixels = low + (high - low) * ink.shares(picture[0].astype(np.float64))[..., None]
    else:
        span = (ink.high - ink.low) or 1.0
        shares = np.clip((picture.astype(np.float64) - ink.low) / span, 0, 1).transpose(1, 2, 0)
        pixels = 255 * (shares[..., :3] if channels >= 3 else np.repeat(shares[..., :1], 3, 2))
        if channels in (2, 4):
            paper = QColor(tokens.surface)
            behind = np.array([paper.red(), paper.green(), paper.blue()], float)
            pixels = behind + (pixels - behind) * shares[..., -1:]
    made = np.ascontiguousarray(np.rint(pixels).astype(np.uint8))
    return QImage(made.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def picture_pixmap(picture: Array, ink: Ink, tokens: Tokens, side: int, ratio: float) -> QPixmap:
    """The same as a pixmap that fits into a square of `side`; cells stay sharp when enlarged."""
    image = picture_image(picture, ink, tokens)
    room = QSize(round(side * ratio), round(side * ratio))
    larger = image.width() <= room.width() and image.height() <= room.height()
    how = Qt.TransformationMode.FastTransformation if larger else _SMOOTH
    pixmap = QPixmap.fromImage(image.scaled(room, Qt.AspectRatioMode.KeepAspectRatio, how))
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


_SMOOTH = Qt.TransformationMode.SmoothTransformation
