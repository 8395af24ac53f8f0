"""Loss and accuracy over the epochs: two plots that share their x axis."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel, QSizePolicy, QStackedLayout, QWidget

from gradloom.engine.progress import Progress
from gradloom.session.best import Bound
from gradloom.ui.plots.best import words_of
from gradloom.ui.plots.chart import Sheet
from gradloom.ui.plots.decimate import Decimated
from gradloom.ui.plots.export import Columns, menu_of
from gradloom.ui.plots.frame import Frame
from gradloom.ui.plots.graph import Graph
from gradloom.ui.plots.heading import score, told
from gradloom.ui.plots.ranges import Ranges
from gradloom.ui.plots.scale import (
    count,
    epoch_words,
    figure,
    log_ticks,
    log_words,
    percent_words,
    tick_words,
    ticks,
)
from gradloom.ui.theme import Theme

_LEFT, _RIGHT, _BOTTOM = 52, 80, 24  # px beside the plots: numbers, names of lines, epochs
_READABLE = 0.1  # seconds that a figure stands at least
_COLUMNS = {
    "loss": ("loss", "validation_loss"),
    "accuracy": ("accuracy", "validation_accuracy"),
}
COLUMNS = (*_COLUMNS["loss"], *_COLUMNS["accuracy"])


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
        self._ranges = Ranges()
        self._bound: Bound | None = None
        self._hovered: int | None = None  # index into the history
        self._chipped = False  # its epoch is told on the axis
        # when the figures were last shown, and for what
        self._said: tuple[float, tuple[int, int | None]] = (-1.0, (0, None))
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._say_figures)
        self.sheet = Sheet(theme)
        upper = Graph(self.sheet, theme, 0, _COLUMNS["loss"], (_LEFT, 0, _RIGHT))
        lower = Graph(self.sheet, theme, 2, _COLUMNS["accuracy"], (_LEFT, _BOTTOM, _RIGHT))
        self._graphs = {"loss": upper, "accuracy": lower}
        lower.plot.setXLink(upper.plot)
        self.sheet.ci.layout.setRowStretchFactor(1, 58)
        self.sheet.ci.layout.setRowStretchFactor(3, 42)
        self._notice = QLabel()
        self._notice.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._notice.setWordWrap(True)
        self._notice.setMargin(16)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._notice)
        self._stack.addWidget(self.sheet)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 160)
        self.setAccessibleName("Loss and accuracy over the epochs")
        self.sheet.setAccessibleName(self.accessibleName())
        self.sheet.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.sheet.customContextMenuRequested.connect(self._open_menu)
        self.sheet.pointed.connect(self._point)
        self.sheet.gone.connect(lambda: self._hover(None))
        self.sheet.zoomed.connect(self._place_words)
        upper.plot.vb.sigResized.connect(self._place_words)
        lower.plot.vb.sigResized.connect(self._place_words)
        lower.axis("bottom").say = epoch_words
        theme.changed.connect(self._paint)
        self._paint()

    def sizeHint(self) -> QSize:
        return QSize(520, 320)

    @property
    def notice(self) -> str:
        """What an empty plot says."""
        return self._notice.text()

    @notice.setter
    def notice(self, text: str) -> None:
        self._notice.setText(text)

    @property
    def log(self) -> bool:
        """Whether the loss axis is logarithmic."""
        return self._ranges.log

    def set_log(self, on: bool) -> None:
        """Linear or logarithmic loss axis."""
        self._ranges.set_log(on=on)
        self.sheet.fit()
        self._name_axes()
        self._draw()

    def show_progress(self, progress: Progress | None) -> None:
        """Draw this run; None: nothing to draw."""
        before, self._progress = self._progress, progress
        if progress is None or before is None or before.run != progress.run:
            for line in self._lines.values():
                line.clear()
            self._ranges.clear()
            self._hovered = None
            self.sheet.fit()
        if progress is not None:
            for name, line in self._lines.items():
                line.follow(progress.history.column(name))
            if before is None or before.metric != progress.metric:
                self._name_axes()
        self._draw()

    def show_bound(self, bound: Bound | None) -> None:
        """A line at the best that is possible; None: none."""
        self._bound = bound
        self.sheet.setAccessibleDescription("" if bound is None else words_of(bound))
        self._draw()

    @property
    def epochs(self) -> int:
        """Finished epochs that are drawn."""
        return 0 if self._progress is None else len(self._progress.history)

    @property
    def frames(self) -> list[Frame]:
        """Where the plots are and what they show: loss, accuracy."""
        return [self.sheet.frame_of(graph.plot) for graph in self._graphs.values()]

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
        shares = [score(p.metric, v[name]) for name in _COLUMNS["accuracy"]]
        scores = [f"{p.metric} {shares[0]} train", f"{shares[1]} validation"]
        keep = slice(None) if told(v["validation_loss"]) else slice(1)
        said = "; ".join(", ".join(part[keep]) for part in (both, scores))
        return f"Epoch {count(row.epoch)}: {said}."

    def columns(self) -> Columns:
        """The history as a table."""
        p = self._progress
        if p is None or not self.epochs:
            return {}
        numbers = {name: p.history.column(name) for name in COLUMNS}
        return {"epoch": p.history.epoch.astype(int), **numbers}

    # drawing

    def _draw(self) -> None:
        p = self._progress
        if p is None or not (self.epochs or p.steps):
            self._stack.setCurrentWidget(self._notice)
            return
        self._stack.setCurrentWidget(self.sheet)
        x = self._ranges.epochs(self.epochs)
        for name, graph in self._graphs.items():
            bound = self._height_of_bound(name)
            heights = [np.empty(0) if bound is None else np.array([bound])]
            for column in graph.columns:
                epochs, values = self._lines[column].points()
                heights.append(self._ranges.shown(values, name))
                graph.set_line(column, epochs + 1, heights[-1])
            graph.set_bound(bound, "" if self._bound is None else words_of(self._bound))
            self.sheet.set_whole(graph.plot, x, self._ranges.heights(name, np.concatenate(heights)))
        self._place_words()
        self._say_figures()

    def _place_words(self) -> None:
        """The names at the ends of the lines and the reading of the hovered epoch."""
        for name, graph in self._graphs.items():
            graph.place_names(self.sheet.frame_of(graph.plot))
            at = None if self._hovered is None else self._hovered + 1
            points: dict[str, float] = {}
            if self._progress is not None and self._hovered is not None:
                for column in graph.columns:
                    value = self._progress.history.column(column)[self._hovered : at]
                    if len(value) and np.isfinite(value[0]):
                        points[column] = float(self._ranges.shown(value, name)[0])
            graph.set_reading(at, points)
        chip = "" if self._hovered is None else f"epoch {count(self._hovered + 1)}"
        lower = self._graphs["accuracy"]
        if not chip and not self._chipped:
            return
        self._chipped = bool(chip)
        lower.place_chip(chip, (self._hovered or 0) + 1, self.sheet.frame_of(lower.plot))

    def _say_figures(self) -> None:
        """The large figures, anew ten times a second: faster can't be read."""
        p, row = self._progress, self.row()
        if p is None or row is None:
            return
        made_for, now = (p.run, self._hovered), perf_counter()
        if self._said[1] == made_for and now - self._said[0] < _READABLE:
            self._later.start(round(1000 * _READABLE))
            return
        self._said = now, made_for
        for name, graph in self._graphs.items():
            first, second = ((c, row.values[c]) for c in graph.columns)
            say = figure if name == "loss" else (lambda value: score(p.metric, value))
            shown = [(say(first[1]), "text", "train")]
            if told(second[1]):
                shown.append((say(second[1]), "accent", "validation"))
            graph.heading.say("Loss" if name == "loss" else p.metric, tuple(shown))

    def _name_axes(self) -> None:
        loss, accuracy = (graph.axis("left") for graph in self._graphs.values())
        loss.find, loss.say = (log_ticks, log_words) if self.log else (ticks, tick_words)
        share = self._progress is not None and self._progress.metric != "R²"
        accuracy.say = percent_words if share else tick_words
        loss.refresh()
        accuracy.refresh()

    def _height_of_bound(self, name: str) -> float | None:
        """Where the line at the best possible is in a plot, if it is there."""
        bound = self._bound
        if bound is None or bound.column != name:
            return None
        endless = self.log and name == "loss" and not bound.value
        return None if endless else float(self._ranges.shown(np.array(bound.value), name))

    def _paint(self) -> None:
        t = self._theme.tokens
        self._notice.setStyleSheet(f"background: {t.surface}; color: {t.quiet};")
        for graph in self._graphs.values():
            graph.paint()
        self._draw()

    # reading

    def _point(self, at: QPointF) -> None:
        frame = self.frames[0]
        inside = frame.rect.left() - 4 <= at.x() <= frame.rect.right() + _RIGHT
        self.sheet.viewport().setCursor(
            Qt.CursorShape.CrossCursor if inside else Qt.CursorShape.ArrowCursor
        )
        epoch, _ = frame.back(at)
        good = inside and self.epochs > 0
        self._hover(int(np.clip(round(epoch) - 1, 0, self.epochs - 1)) if good else None)
        for graph in self._graphs.values():
            graph.point(at, self.sheet.frame_of(graph.plot))

    def _hover(self, index: int | None) -> None:
        if index != self._hovered:
            self._hovered = index
            self.read.emit(self.words() if index is not None else "")
            self._place_words()
            self._say_figures()

    def _open_menu(self, at: QPoint) -> None:
        menu = menu_of(self, "loss", self.sheet.fit, self.columns)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.sheet.mapToGlobal(at))
