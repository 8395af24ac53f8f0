"""Formulas as pictures: LaTeX typeset by ziamath, cached, because one takes 20 ms."""

from __future__ import annotations

import logging
import warnings
from collections import OrderedDict

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

_MOST = 400
_RATIO = 2.0  # device pixels per logical pixel, so that formulas are sharp on dense screens
_cache: OrderedDict[tuple[str, int, str], QPixmap | None] = OrderedDict()
_log = logging.getLogger(__name__)


def cached(latex: str, size: int, colour: str) -> bool:
    """Whether `formula` would answer at once."""
    return (latex, size, colour) in _cache


def formula(latex: str, size: int, colour: str) -> QPixmap | None:
    """The formula in a font of `size` px, on a transparent ground; None if it can't be typeset."""
    key = (latex, size, colour)
    if key in _cache:
        _cache.move_to_end(key)
        return _cache[key]
    made = _typeset(latex, size, colour)
    _cache[key] = made
    while len(_cache) > _MOST:
        _cache.popitem(last=False)
    return made


def _typeset(latex: str, size: int, colour: str) -> QPixmap | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # how it reads its own font
        from ziamath import zmath
        from ziamath.config import config

    config.svg2 = False  # QtSvg clips the glyphs of SVG 2
    try:
        svg = zmath.Latex(latex, size=size, color=colour).svg()
    except Exception as error:  # noqa: BLE001 - it raises whatever its parser meets
        _log.info("A formula can't be typeset: %s: %s", latex, error)
        return None
    renderer = QSvgRenderer(QByteArray(svg.encode()))
    shape = renderer.defaultSize()
    if not renderer.isValid() or shape.isEmpty():
        return None
    picture = QPixmap(QSize(round(shape.width() * _RATIO), round(shape.height() * _RATIO)))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    renderer.render(painter)
    painter.end()
    picture.setDevicePixelRatio(_RATIO)
    return picture
