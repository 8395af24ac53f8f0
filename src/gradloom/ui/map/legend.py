"""What the colours and markers of the map mean: classes, and a scale of colours."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen, QTransform
from PySide6.QtWidgets import QWidget

from gradloom.ui.plots.chart import face
from gradloom.ui.plots.markers import RADIUS, stamp
from gradloom.ui.plots.scale import tick_words
from gradloom.ui.plots.shading import bar
from gradloom.ui.theme import NORMAL, SMALL, Theme, Tokens, class_colours

_WIDEST = 150  # px at the side
_LINE = 24  # px below
_MARKER, _APART = 18, 12  # px, before a name and after it
_LEAST_SCALE = 110  # px below
_KEY = 20  # px from one class to the next


@dataclass(frozen=True)
class Scale:
    """A colour bar with numbers at its ends and middle; `greys` for how unsure an answer is."""

    title: str
    low: float
    high: float
    greys: bool = False


@dataclass(frozen=True)
class Key:
    """One class in the legend."""

    name: str
    marker: int
    colour: str


@dataclass(frozen=True)
class Legend:
    """Classes, a scale, both or nothing."""

    keys: tuple[Key, ...] = ()
    scale: Scale | None = None


def legend_of(names: tuple[str, ...], tokens: Tokens, *, shades: bool) -> Legend:
    """Classes with their markers; of two, shades in between are the share of the second."""
    colours = class_colours(tokens, len(names))
    keys = tuple(Key(name, i, colours[i]) for i, name in enumerate(names))
    soft = shades and len(names) == 2
    return Legend(keys, Scale(f"Share of {names[1]}", 0.0, 1.0) if soft else None)


class LegendView(QWidget):
    """Key by key, then the scale: down the side, or `below` the map in one line."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._legend = Legend()
        self.below = False
        self.setAccessibleName("What the colours mean")
        theme.changed.connect(self.update)

    @property
    def legend(self) -> Legend:
        """What is shown."""
        return self._legend

    def show_legend(self, legend: Legend) -> bool:
        """Show this; True if it may need another size."""
        before, self._legend = self._legend, legend
        if legend == before:
            return False
        self.update()
        return _look(legend) != _look(before)

    def room(self) -> tuple[int, int]:
        """The width that it takes at the side and the height below, px."""
        legend = self._legend
        if not legend.keys and legend.scale is None:
            return 0, 0
        wide = QFontMetricsF(face(NORMAL))
        widths = [_MARKER + wide.horizontalAdvance(key.name) for key in legend.keys]
        if legend.scale is not None:
            small = QFontMetricsF(face(SMALL))
            low, middle, high = tick_words(_marks(legend.scale))
            widths.append(small.horizontalAdvance(legend.scale.title))
            widths += [18 + small.horizontalAdvance(word) for word in (low, middle, high)]
        return round(min(max(*widths, 40.0) + 8, _WIDEST)), _LINE

    def length(self) -> float:
        """The width that all names take in one line, px."""
        metrics = QFontMetricsF(face(NORMAL))
        names = sum(metrics.horizontalAdvance(key.name) for key in self._legend.keys)
        around = len(self._legend.keys) * (_MARKER + _APART)
        return names + around + (_LEAST_SCALE if self._legend.scale is not None else 0)

    def paintEvent(self, event: object) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens, ratio = self._theme.tokens, self.devicePixelRatioF()
        x, y = 0.0, 0.0
        painter.setFont(face(NORMAL))
        metrics = painter.fontMetrics()
        keys = self._legend.keys
        rooms = [float(self.width() - _MARKER)] * len(keys)
        if self.below:
            scale = _LEAST_SCALE if self._legend.scale is not None else 0
            wanted = [float(metrics.horizontalAdvance(key.name)) for key in keys]
            rooms = shared(wanted, self.width() - scale - len(keys) * (_MARKER + _APART))
        fit = len(keys) if self.below else max(1, (self.height() - 4) // _KEY)
        shown = keys if fit >= len(keys) else keys[: fit - 1]
        for key, room in zip(shown, rooms, strict=False):
            name = metrics.elidedText(key.name, Qt.TextElideMode.ElideRight, round(room) + 1)
            _paint_key(painter, tokens, key, name, QPointF(x, y), ratio)
            if self.below:
                x += _MARKER + metrics.horizontalAdvance(name) + _APART
            else:
                y += _KEY
        if len(shown) < len(keys):
            painter.setPen(QColor(tokens.quiet))
            base = y + 8 + metrics.capHeight() / 2
            painter.drawText(QPointF(x, base), f"+ {len(keys) - len(shown)}")
        self.setToolTip(", ".join(key.name for key in keys) if len(shown) < len(keys) else "")
        if self._legend.scale is None or len(shown) < len(keys):
            return
        if self.below:
            _paint_scale_along(painter, tokens, self._legend.scale, QPointF(x, y), self.width())
        else:
            at = QPointF(x, y + (8 if self._legend.keys else 0))
            _paint_scale(painter, tokens, self._legend.scale, at, self.rect())


def shared(wanted: list[float], room: float) -> list[float]:
    """The room of each name in one line: what it wants, or as much as every other long one."""
    found, left = [0.0] * len(wanted), room
    for done, (want, i) in enumerate(sorted((want, i) for i, want in enumerate(wanted))):
        found[i] = max(0.0, min(want, left / (len(wanted) - done)))
        left -= found[i]
    return found


def _look(legend: Legend) -> object:
    """What the size hangs on: numbers of a scale may change with every picture."""
    return legend.keys, legend.scale and legend.scale.title


def _marks(scale: Scale) -> list[float]:
    return [scale.low, (scale.low + scale.high) / 2, scale.high]


def _paint_key(
    painter: QPainter, tokens: Tokens, key: Key, name: str, at: QPointF, ratio: float
) -> None:
    picture = stamp(key.marker, "train", key.colour, tokens.surface, RADIUS, ratio)
    half = picture.deviceIndependentSize().width() / 2
    painter.drawPixmap(at + QPointF(6 - half, 8 - half), picture)
    painter.setPen(QColor(tokens.text))
    painter.drawText(at + QPointF(_MARKER, 8 + painter.fontMetrics().capHeight() / 2), name)


def _paint_scale(painter: QPainter, tokens: Tokens, scale: Scale, at: QPointF, room: QRect) -> None:
    painter.setFont(face(SMALL))
    painter.setPen(QColor(tokens.quiet))
    metrics = painter.fontMetrics()
    title = metrics.elidedText(scale.title, Qt.TextElideMode.ElideRight, room.width())
    top = at.y() + metrics.height() + 8
    height = min(140.0, room.height() - top - 4)
    if height < 30:
        return
    painter.drawText(at + QPointF(0, metrics.ascent()), title)
    strip = QRectF(at.x(), top, 12, height)
    _paint_bar(painter, tokens, strip, bar(tokens, greys=scale.greys))
    values = _marks(scale)
    painter.setPen(QColor(tokens.quiet))
    for value, text in zip(values, tick_words(values), strict=True):
        share = (value - scale.low) / ((scale.high - scale.low) or 1.0)
        y = strip.bottom() - share * height + metrics.capHeight() / 2
        painter.drawText(QPointF(strip.right() + 6, y), text)


def _paint_scale_along(
    painter: QPainter, tokens: Tokens, scale: Scale, at: QPointF, right: float
) -> None:
    """The scale in one line: title, lowest number, bar, highest number."""
    painter.setFont(face(SMALL))
    metrics = painter.fontMetrics()
    low, _, high = tick_words(_marks(scale))
    numbers = metrics.horizontalAdvance(low) + metrics.horizontalAdvance(high) + 14
    room = right - at.x() - numbers - 60
    title = metrics.elidedText(scale.title, Qt.TextElideMode.ElideRight, round(room))
    base = at.y() + 8 + metrics.capHeight() / 2
    painter.setPen(QColor(tokens.quiet))
    painter.drawText(QPointF(at.x(), base), title)
    x = at.x() + metrics.horizontalAdvance(title) + 10
    painter.drawText(QPointF(x, base), low)
    x += metrics.horizontalAdvance(low) + 6
    strip = QRectF(x, at.y() + 3, max(24.0, min(120.0, right - x - numbers / 2)), 10)
    picture = bar(tokens, greys=scale.greys).transformed(QTransform().rotate(90))
    _paint_bar(painter, tokens, strip, picture)
    painter.setPen(QColor(tokens.quiet))
    painter.drawText(QPointF(strip.right() + 6, base), high)


def _paint_bar(painter: QPainter, tokens: Tokens, strip: QRectF, picture: QImage) -> None:
    painter.drawImage(strip, picture)
    painter.setPen(QPen(QColor(tokens.hairline), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(strip)
