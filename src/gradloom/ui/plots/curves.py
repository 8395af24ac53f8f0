"""Loss and accuracy over the epochs, painted: two plots that share their x axis."""

from __future__ import annotations

import math
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFont,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gradloom.engine.progress import Progress
from gradloom.layers.shapes import Array
from gradloom.ui.plots.chart import (
    Frame,
    Range,
    backing,
    face,
    paint_notice,
    paint_words,
    paint_x_axis,
    paint_y_axis,
    polyline,
)
from gradloom.ui.plots.decimate import Decimated
from gradloom.ui.plots.scale import (
    count,
    decade_words,
    decades,
    figure,
    percent,
    roomy,
    tick_words,
    ticks,
    whole_decades,
)
from gradloom.ui.theme import LARGE, NORMAL, SMALL, Theme

_LEFT, _RIGHT, _BOTTOM = 52, 70, 24  # px beside the frames: numbers, names of lines, epochs
_HEAD = 30  # px above each frame for its figures
_READABLE = 0.1  # seconds that a figure stands at least
_FLOOR = 1e-16  # a loss of 0 on a logarithmic axis
COLUMNS = ("loss", "validation_loss", "accuracy", "validation_accuracy")
_NAMES = {"loss": "train", "accuracy": "train"}


@dataclass(frozen=True)
class Row:
    """The four numbers of one epoch."""

    epoch: int
    values: dict[str, float]


class Curves(QWidget):
    """Shows the history of a Progress; hovering reads the numbers of an epoch."""

    read = Signal(str)  # the hovered epoch in words, or ""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._progress: Progress | None = None
        self._lines = {name: Decimated() for name in COLUMNS}
        self._ranges: dict[str, Range | None] = {"x": None, "loss": None, "accuracy": None}
        self._frames: list[Frame] = []
        self._log = False
        self._hovered: int | None = None  # index into the history
        self._ground: tuple[object, QPixmap] | None = None  # axes, and what they were painted for
        self._head: tuple[object, float, QPixmap] | None = None  # figures, since when
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self.update)
        self.notice = ""
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 160)
        self.setAccessibleName("Loss and accuracy over the epochs")
        theme.changed.connect(self._repaint)

    def sizeHint(self) -> QSize:
        return QSize(520, 320)

    @property
    def log(self) -> bool:
        """Whether the loss axis is logarithmic."""
        return self._log

    def set_log(self, on: bool) -> None:
        """Linear or logarithmic loss axis."""
        self._log = on
        self._ranges["loss"] = None
        self.update()

    def show_progress(self, progress: Progress | None) -> None:
        """Draw this run; None: nothing to draw."""
        before = self._progress
        self._progress = progress
        if progress is None or before is None or before.run != progress.run:
            for line in self._lines.values():
                line.clear()
            self._ranges = dict.fromkeys(self._ranges)
            self._hovered = None
        if progress is not None:
            for name, line in self._lines.items():
                line.follow(progress.history.column(name))
        self.update()

    @property
    def epochs(self) -> int:
        """Finished epochs that are drawn."""
        return 0 if self._progress is None else len(self._progress.history)

    def row(self) -> Row | None:
        """The hovered epoch, or the newest numbers."""
        p = self._progress
        if p is None:
            return None
        if self._hovered is not None and self._hovered < len(p.history):
            i = self._hovered
            values = {name: float(p.history.column(name)[i]) for name in COLUMNS}
            return Row(int(p.history.epoch[i]), values)
        return Row(p.epoch, {name: getattr(p, name) for name in COLUMNS})

    def words(self) -> str:
        """The hovered epoch (or now) in words."""
        row, p = self.row(), self._progress
        if row is None or p is None:
            return ""
        v = row.values
        both = [f"loss {figure(v['loss'])} train", f"{figure(v['validation_loss'])} validation"]
        shares = [_score(p.metric, v[name]) for name in COLUMNS[2:]]
        scores = [f"{p.metric} {shares[0]} train", f"{shares[1]} validation"]
        keep = slice(None) if math.isfinite(v["validation_loss"]) else slice(1)
        told = "; ".join(", ".join(part[keep]) for part in (both, scores))
        return f"Epoch {count(row.epoch)}: {told}."

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        frame = self._frames[0] if self._frames else None
        hovered = None
        if frame is not None and self.epochs:
            epoch, _ = frame.back(event.position())
            if frame.rect.left() - 4 <= event.position().x() <= frame.rect.right() + _RIGHT:
                hovered = int(np.clip(round(epoch) - 1, 0, self.epochs - 1))
        if hovered != self._hovered:
            self._hovered = hovered
            self.read.emit(self.words() if hovered is not None else "")
            self.update()

    def enterEvent(self, event: QEnterEvent) -> None:
        self.setCursor(Qt.CursorShape.CrossCursor if self.epochs else Qt.CursorShape.ArrowCursor)

    def leaveEvent(self, event: object) -> None:
        if self._hovered is not None:
            self._hovered = None
            self.read.emit("")
            self.update()

    def resizeEvent(self, event: object) -> None:
        self._repaint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens, p = self._theme.tokens, self._progress
        if p is None or not (self.epochs or p.steps):
            painter.fillRect(self.rect(), QColor(tokens.surface))
            paint_notice(painter, QRectF(self.rect()), tokens, self.notice)
            return
        self._frames = self._place()
        painter.drawPixmap(0, 0, self._axes())
        painter.drawPixmap(0, 0, self._figures())
        for frame, name in zip(self._frames, ("loss", "accuracy"), strict=True):
            self._paint_lines(painter, frame, name)
        if self._hovered is not None:
            self._paint_epoch(painter, self._hovered)

    def _repaint(self) -> None:
        self._ground = self._head = None
        face.cache_clear()
        self.update()

    def _axes(self) -> QPixmap:
        metric = self._progress.metric if self._progress is not None else ""
        made_for = (self._frames, self._log, metric)
        if self._ground is None or self._ground[0] != made_for:
            ground = backing(self, self._theme.tokens.surface)
            painter = QPainter(ground)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for frame, name in zip(self._frames, ("loss", "accuracy"), strict=True):
                self._paint_axis(painter, frame, name)
            frame = self._frames[-1]
            values = [v for v in ticks(*frame.x, max(2, int(frame.rect.width() / 70))) if v >= 0]
            words = [count(v) for v in values]
            words[-1:] = [f"{words[-1]} epochs"]
            paint_x_axis(painter, frame, self._theme.tokens, values, words)
            painter.end()
            self._ground = made_for, ground
        return self._ground[1]

    def _figures(self) -> QPixmap:
        """The large figures, painted anew ten times a second: faster can't be read."""
        run = self._progress.run if self._progress is not None else 0
        made_for, now = (run, self._hovered), perf_counter()
        head = self._head
        if head is not None and head[0] == made_for and now - head[1] < _READABLE:
            self._later.start(round(1000 * _READABLE))
            return head[2]
        figures = backing(self, "")
        painter = QPainter(figures)
        for frame, name in zip(self._frames, ("loss", "accuracy"), strict=True):
            self._paint_heading(painter, frame, name)
        painter.end()
        self._head = made_for, now, figures
        return figures

    def _place(self) -> list[Frame]:
        width = max(40.0, self.width() - _LEFT - _RIGHT)
        room = max(40.0, self.height() - 2 * _HEAD - _BOTTOM - 6)
        upper = room * 0.58
        rects = (
            QRectF(_LEFT, _HEAD, width, upper),
            QRectF(_LEFT, 2 * _HEAD + 6 + upper, width, room - upper),
        )
        return [
            Frame(rect, self._x_range(), self._y_range(name))
            for rect, name in zip(rects, ("loss", "accuracy"), strict=True)
        ]

    def _x_range(self) -> Range:
        last = max(self.epochs, 10)
        now = self._ranges["x"]
        if now is None or last > now[1] or last < 0.5 * now[1]:
            now = (0.0, roomy(0.0, 1.08 * last, None)[1])
            self._ranges["x"] = now
        return now

    def _y_range(self, name: str) -> Range:
        ys = [self._shown(self._lines[column].points()[1], name) for column in _columns(name)]
        every = np.concatenate(ys) if ys else np.empty(0)
        if not len(every):
            return self._ranges[name] or (0.0, 1.0)
        low, high = float(every.min()), float(every.max())
        if name == "accuracy":
            low, high = max(min(low, 0.9), -1.0), 1.0
        elif not self._log:
            low = min(low, 0.0)
        keep = whole_decades if name == "loss" and self._log else roomy
        found = keep(low, high, self._ranges[name])
        self._ranges[name] = found
        return found

    def _shown(self, values: Array, name: str) -> Array:
        if name == "loss" and self._log:
            return np.log10(np.maximum(values, _FLOOR))
        return values

    def _colour(self, column: str) -> QColor:
        train = column in _NAMES
        return QColor(self._theme.tokens.text if train else self._theme.tokens.accent)

    def _paint_heading(self, painter: QPainter, frame: Frame, name: str) -> None:
        row, tokens, p = self.row(), self._theme.tokens, self._progress
        assert row is not None and p is not None  # noqa: PT018
        metric = "Loss" if name == "loss" else p.metric
        quiet, small = QColor(tokens.quiet), face(SMALL)
        for size in (LARGE, NORMAL):
            strong = face(size, strong=True)
            words: list[tuple[str, QColor, QFont]] = [(f"{metric}  ", quiet, small)]
            for column in _columns(name):
                value = row.values[column]
                if column not in _NAMES and not math.isfinite(value):
                    continue
                text = figure(value) if name == "loss" else _score(metric, value)
                words.append((text, self._colour(column), strong))
                words.append((" train  " if column in _NAMES else " validation", quiet, small))
            if _width(words) < self.width() - 110 or size == NORMAL:
                break
        paint_words(painter, QPointF(10, frame.rect.top() - 10), words)

    def _paint_axis(self, painter: QPainter, frame: Frame, name: str) -> None:
        tokens = self._theme.tokens
        most = max(2, int(frame.rect.height() / 28))
        if name == "loss" and self._log:
            values = decades(*frame.y, most)
            if len(values) >= 2:
                paint_y_axis(painter, frame, tokens, values, decade_words(values))
            else:
                values = ticks(*frame.y, most)
                words = [figure(10**v) for v in values]
                paint_y_axis(painter, frame, tokens, values, words)
        else:
            values = ticks(*frame.y, most)
            words = tick_words(values)
            if name == "accuracy" and self._progress and self._progress.metric != "R²":
                words = [f"{w}%" for w in tick_words([100 * v for v in values])]
            paint_y_axis(painter, frame, tokens, values, words)

    def _paint_lines(self, painter: QPainter, frame: Frame, name: str) -> None:
        ends: list[tuple[float, str]] = []
        painter.save()
        painter.setClipRect(frame.rect.adjusted(-1, -2, 1, 2))
        for column in reversed(_columns(name)):
            x, y = self._lines[column].points()
            if not len(x):
                continue
            shown = self._shown(y, name)
            painter.setPen(QPen(self._colour(column), 1))
            columns, rows = frame.xs(x + 1), frame.ys(shown)
            if len(x) == 1:
                painter.setBrush(self._colour(column))
                painter.drawEllipse(QPointF(columns[0], rows[0]), 2, 2)
            else:
                painter.drawPolyline(polyline(columns, rows))
            ends.append((float(rows[-1]), column))
        painter.restore()
        self._paint_names(painter, frame, ends)
        if self._hovered is not None and self._progress is not None:
            for _, column in ends:
                value = self._progress.history.column(column)[self._hovered : self._hovered + 1]
                if len(value) and np.isfinite(value[0]):
                    at = frame.at(self._hovered + 1, float(self._shown(value, name)[0]))
                    painter.setPen(QPen(QColor(self._theme.tokens.surface), 1.5))
                    painter.setBrush(self._colour(column))
                    painter.drawEllipse(at, 3.5, 3.5)

    def _paint_names(self, painter: QPainter, frame: Frame, ends: list[tuple[float, str]]) -> None:
        """The names of the lines at their ends, not on top of each other."""
        painter.setFont(face(SMALL))
        gap = painter.fontMetrics().height() - 1
        last = 0.0
        x = frame.at(self.epochs, 0).x() + 6
        lowest = frame.rect.bottom() - gap * (len(ends) - 1)
        for number, (y, column) in enumerate(sorted(ends)):
            y = min(max(y, frame.rect.top() + number * gap), lowest + number * gap)
            if number:
                y = max(y, last + gap)
            last = y
            painter.setPen(self._colour(column))
            painter.drawText(QPointF(x, y + 4), _NAMES.get(column, "validation"))

    def _paint_epoch(self, painter: QPainter, hovered: int) -> None:
        tokens, frame = self._theme.tokens, self._frames[-1]
        x = round(frame.at(hovered + 1, 0).x()) + 0.5
        painter.setPen(QPen(QColor(tokens.quiet), 1))
        for each in self._frames:
            painter.drawLine(QPointF(x, each.rect.top()), QPointF(x, each.rect.bottom()))
        text = f"epoch {count(hovered + 1)}"
        painter.setFont(face(SMALL, strong=True))
        width = painter.fontMetrics().horizontalAdvance(text) + 12
        left = min(max(x - width / 2, 2.0), self.width() - width - 2.0)
        chip = QRectF(left, frame.rect.bottom() + 3, width, 18)
        painter.setPen(QPen(QColor(tokens.hairline), 1))
        painter.setBrush(QColor(tokens.raised))
        painter.drawRoundedRect(chip, 5, 5)
        painter.setPen(QColor(tokens.text))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, text)


def _columns(name: str) -> tuple[str, str]:
    return COLUMNS[:2] if name == "loss" else COLUMNS[2:]


def _score(metric: str, value: float) -> str:
    return figure(value) if metric == "R²" else percent(value)


def _width(words: list[tuple[str, QColor, QFont]]) -> float:
    return sum(QFontMetricsF(style).horizontalAdvance(text) for text, _, style in words)
