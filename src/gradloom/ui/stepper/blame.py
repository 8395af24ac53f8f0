"""Contributions of one row: signed bars for every layer, from the inputs to the output."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from gradloom.session.blame import Contributions, LayerShares, Target
from gradloom.ui.forms.choice import Combo
from gradloom.ui.stepper.matrix import said
from gradloom.ui.theme import NORMAL, SMALL, Theme, font

_MOST = 24  # bars of one layer
_WIDE, _GAP = 190, 20

Ask = Callable[[Target], Contributions]


class BlameChart(QWidget):
    """A column of bars per layer, all to one scale; the largest shares where there are many."""

    def __init__(self, theme: Theme, name: Callable[[str], str]) -> None:
        super().__init__()
        self._theme, self._name = theme, name
        self._found: Contributions | None = None
        self._columns: tuple[str, ...] = ()
        self._bars: list[tuple[QRect, str]] = []
        self.setAccessibleName("Contributions by layer")
        theme.changed.connect(self.update)

    def show_contributions(self, found: Contributions | None, features: tuple[str, ...]) -> None:
        """Show these; `features` name the inputs."""
        self._found, self._columns = found, features
        self._lay_out()
        self.setAccessibleDescription(self.text())
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        """The chart in words."""
        found = self._found
        if found is None:
            return ""
        parts = []
        for layer in found.layers:
            shares = ", ".join(said(float(share)) for share in layer.shares[:_MOST])
            parts.append(f"{self._name(layer.layer)}: {shares}")
        return "; ".join(parts)

    def sizeHint(self) -> QSize:
        layers = len(self._found.layers) if self._found else 1
        most = max((min(len(la.shares), _MOST) for la in self._layers()), default=1)
        line = QFontMetrics(font(SMALL)).height() + 4
        return QSize(layers * (_WIDE + _GAP), 3 * line + (most + 1) * line + 8)

    def _layers(self) -> tuple[LayerShares, ...]:
        return self._found.layers if self._found is not None else ()

    def _lay_out(self) -> None:
        """Where each bar is, and what it says."""
        self._bars = []
        line = QFontMetrics(font(SMALL)).height() + 4
        for column, layer in enumerate(self._layers()):
            for row, unit in enumerate(_shown(layer)):
                place = QRect(column * (_WIDE + _GAP), (3 + row) * line, _WIDE, line)
                value, share = float(layer.values[unit]), float(layer.shares[unit])
                text = (
                    f"{self._unit(layer, unit)} is {value:.6g}; it moved the result by {share:.6g}"
                )
                self._bars.append((place, text))

    def _unit(self, layer: LayerShares, unit: int) -> str:
        if layer.layer.startswith("input") and unit < len(self._columns):
            return self._columns[unit]
        return f"number {unit + 1}"

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._found is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        largest = max((float(np.abs(la.shares).max(initial=0)) for la in self._layers()), default=0)
        for column, layer in enumerate(self._layers()):
            self._column(painter, column * (_WIDE + _GAP), layer, largest or 1.0)

    def _column(self, painter: QPainter, x: int, layer: LayerShares, largest: float) -> None:
        found = self._found
        assert found is not None
        metrics = QFontMetrics(font(SMALL))
        line = metrics.height() + 4
        painter.setFont(font(NORMAL, strong=True))
        painter.setPen(self._theme.colour("text"))
        title = metrics.elidedText(self._name(layer.layer), Qt.TextElideMode.ElideRight, _WIDE)
        painter.drawText(QRect(x, 0, _WIDE, line), _LEFT, title)
        painter.setFont(font(SMALL))
        painter.setPen(self._theme.colour("quiet"))
        total = float(layer.shares.sum())
        sums = f"together {said(total)}"
        more = f" of {said(found.change)}" if layer.whole else ", other ways go past it"
        painter.drawText(QRect(x, line, _WIDE, line), _LEFT, sums + more)
        middle, half = x + 40 + (_WIDE - 84) // 2, (_WIDE - 88) / 2
        units = _shown(layer)
        for row, unit in enumerate(units):
            share = float(layer.shares[unit])
            y = (3 + row) * line - line // 2
            painter.setPen(self._theme.colour("quiet"))
            label = metrics.elidedText(
                self._unit(layer, unit).removeprefix("number "), Qt.TextElideMode.ElideRight, 36
            )
            painter.drawText(QRect(x, y, 36, line), _LEFT, label)
            long = half * share / largest
            bar = QRectF(min(middle, middle + long), y + 3, abs(long), line - 6)
            painter.fillRect(bar, self._theme.colour("positive" if share > 0 else "negative"))
            painter.setPen(self._theme.colour("text"))
            painter.drawText(QRect(x + _WIDE - 48, y, 48, line), _RIGHT, said(share))
        painter.setPen(self._theme.colour("hairline"))
        top = 3 * line - line // 2
        painter.drawLine(middle, top, middle, top + line * len(units))
        left = len(layer.shares) - len(units)
        if left:
            rest = total - float(layer.shares[units].sum())
            painter.setPen(self._theme.colour("quiet"))
            place = QRect(x, top + line * len(units), _WIDE, line)
            painter.drawText(place, _LEFT, f"{left} smaller ones: {said(rest)}")

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            line = QFontMetrics(font(SMALL)).height() + 4
            below = QPoint(event.pos().x(), event.pos().y() + line // 2)
            text = next((text for place, text in self._bars if place.contains(below)), "")
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)


class BlameDialog(QDialog):
    """Choose what is explained; the chart tells who moved it."""

    def __init__(
        self, theme: Theme, name: Callable[[str], str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme, self._name = theme, name
        self._ask: Ask | None = None
        self._targets: tuple[Target, ...] = ()
        self._features: tuple[str, ...] = ()
        self.setWindowTitle("Contributions")
        self.setModal(False)
        self.resize(820, 420)
        self.which = Combo(narrow=False)
        self.which.setAccessibleName("What is explained")
        self.which.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.which.activated.connect(lambda _: self._show())
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        self.chart = BlameChart(theme, name)
        area = QScrollArea()
        area.setWidget(self.chart)
        area.setWidgetResizable(True)
        self.source = QLabel(
            "Conductance on the straight line from the mean training row to this one (Dhamdhere,"
            " Sundararajan & Yan 2019); for the inputs, integrated gradients. Dropout is off,"
            " BatchNorm uses its running values."
        )
        self.source.setWordWrap(True)
        top = QHBoxLayout()
        top.addWidget(self.which)
        top.addWidget(self.sentence, 1)
        column = QVBoxLayout(self)
        column.addLayout(top)
        column.addWidget(area, 1)
        column.addWidget(self.source)
        theme.changed.connect(self._themed)
        self._themed()

    def explain(
        self, row: str, targets: tuple[Target, ...], features: tuple[str, ...], ask: Ask
    ) -> None:
        """Explain these targets of a row; `ask` computes the contributions to one."""
        self.setWindowTitle(f"Contributions of {row}")
        self._targets, self._features, self._ask = targets, features, ask
        chosen = self.which.currentText()
        self.which.clear()
        self.which.addItems([self._said(target) for target in targets])
        self.which.setCurrentIndex(max(0, self.which.findText(chosen)))
        self._show()

    def _show(self) -> None:
        if self._ask is None or not self._targets:
            return
        target = self._targets[max(0, self.which.currentIndex())]
        found = self._ask(target)
        what = self._said(target)
        self.sentence.setText(
            f"{what} is {found.value:.4g}; for the mean training row it is {found.base:.4g}."
            f" The difference {found.change:.4g} is shared out."
        )
        self.chart.show_contributions(found, self._features)

    def _said(self, target: Target) -> str:
        if target.output is None:
            return "Loss"
        return f"{self._name(target.sink)}, number {target.output + 1}"

    def _themed(self) -> None:
        self.source.setStyleSheet(f"color: {self._theme.tokens.quiet};")


def _shown(layer: LayerShares) -> list[int]:
    """The units whose bars are drawn: all, or those of the largest shares, in their order."""
    if len(layer.shares) <= _MOST:
        return list(range(len(layer.shares)))
    order = np.argsort(-np.abs(layer.shares), kind="stable")[:_MOST]
    return sorted(int(unit) for unit in order)


_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
