"""A layer's numbers, live: the curve of its activation and its parameters."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gradloom.core.errors import UserError
from gradloom.document import Document, State
from gradloom.engine.parameters import Layout
from gradloom.graph.analysis import Analysis
from gradloom.layers import Activation, Initialiser, Parameter
from gradloom.layers.base import Source
from gradloom.layers.shapes import Array, Refusal, Shape, size
from gradloom.session.curves import Probe, activation_of, curve
from gradloom.ui.forms.parts import ElidedLabel, StillText, sentence
from gradloom.ui.panels.kernels import KernelsView
from gradloom.ui.panels.matrix import MatrixView
from gradloom.ui.panels.plotting import CurveView, SpreadView
from gradloom.ui.panels.said import parameters_of
from gradloom.ui.panels.scales import statistics
from gradloom.ui.theme import NORMAL, Theme
from gradloom.ui.view import Neuron, View

if TYPE_CHECKING:
    from gradloom.ui.worker import TrainingBridge

_PERIOD = 200  # ms between two pictures
_LEAST, _MOST = 1 << 13, 1 << 16  # numbers drawn for the preview of an initialiser


@lru_cache(maxsize=32)
def drawn(init: Initialiser, shape: Shape, fan_in: int, fan_out: int) -> Array:
    """What an initialiser draws for such a parameter, so often that its distribution shows."""
    if size(shape) > _MOST:
        shape = (min(shape[0], 256), min(size(shape[1:]), 256))
    rng = np.random.default_rng(0)
    draws = min(max(_LEAST // max(size(shape), 1), 1), 1024)
    return np.concatenate([np.ravel(init.draw(rng, shape, fan_in, fan_out)) for _ in range(draws)])


class ParameterView(QWidget):
    """One parameter: heat map, statistics, and its spread beside what the initialiser draws."""

    def __init__(self, theme: Theme, parameter: Parameter) -> None:
        super().__init__()
        self.parameter = parameter
        self.title = ElidedLabel("", NORMAL, strong=True)
        self.matrix = _view_of(parameter)(theme, parameter.name)
        self.line = StillText()
        self.line.setToolTip("Near zero: a magnitude below 0.001.")
        self.spread = SpreadView(theme)
        self.caption = sentence()
        self._numbers = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(3)
        for widget in (self.title, self.matrix, self.line, self.spread, self.caption):
            column.addWidget(widget)
        self._cell: tuple[int, int] | None = None
        self.matrix.pointed.connect(self._point)

    def suits(self, parameter: Parameter) -> bool:
        """Whether it can show this one as well."""
        return type(self.matrix) is _view_of(parameter)

    def show_parameter(
        self, parameter: Parameter, numbers: Array, rows: list[str], columns: list[str]
    ) -> None:
        """Show the numbers of the parameter and how they are spread."""
        self.parameter = parameter
        shape = " × ".join(map(str, numbers.shape))
        role = "weights" if parameter.weight else "biases" if parameter.name == "b" else ""
        self.title.set_text(" · ".join(part for part in (parameter.name, role, shape) if part))
        self.matrix.show_array(numbers, rows, columns)
        self._numbers = statistics(numbers)
        p = parameter
        start = drawn(p.init, p.shape, p.fan_in, p.fan_out)
        self.spread.show_numbers(numbers, start)
        self.spread.setVisible(numbers.size > 1)
        note = f" {self.matrix.note}." if self.matrix.note else ""
        self.caption.setText(f"Bars: now. Line: what {p.init.label} draws at the start.{note}")
        self.caption.setToolTip(f"{p.init.help}\nBars and line each fill the height.")
        self.spread.setAccessibleName(f"Histogram of {p.name}: {self._numbers}")
        self._say()

    def _point(self, cell: tuple[int, int] | None) -> None:
        self._cell = cell
        self._say()

    def _say(self) -> None:
        self.line.setText(self.matrix.words(self._cell) or self._numbers)


def _view_of(parameter: Parameter) -> type[KernelsView | MatrixView]:
    return KernelsView if len(parameter.shape) == 4 else MatrixView


class Figures(QWidget):
    """Pictures of the selected layer's numbers, renewed at most five times a second."""

    def __init__(
        self, document: Document, view: View, theme: Theme, bridge: TrainingBridge
    ) -> None:
        super().__init__()
        self._document, self._view, self._theme, self._bridge = document, view, theme, bridge
        self._layer = self._shown = ""
        self._behind = False  # whether the numbers shown are of a run that is no more
        self._probe: tuple[object, Probe | None] = (None, None)
        self.parameters: dict[str, ParameterView] = {}
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(6)
        self.curve = CurveView(theme)
        self.curve_line = StillText()
        self._curve_words = ""
        self.curve.pointed.connect(lambda said: self.curve_line.setText(said or self._curve_words))
        self.waiting = sentence("Numbers appear when the network is ready to train.")
        for widget in (self.curve, self.curve_line, self.waiting):
            self.column.addWidget(widget)
        self._turn = self._due = 0  # whose turn it is, and how many are older than the run
        self._timer = QTimer(self, singleShot=True, interval=_PERIOD)
        self._timer.timeout.connect(self._tick)
        bridge.progressed.connect(self._progressed)

    def show_layer(self, layer: str) -> None:
        """Show the numbers of this layer of the document's network."""
        self._layer = layer
        self.renew()

    def _progressed(self, _: object) -> None:
        if self._behind:
            self.renew()  # a new run's first picture
        elif self.isVisible():
            self._due = len(self.parameters) + 1
            if not self._timer.isActive():
                self._timer.start()

    def _tick(self) -> None:
        """Renew one picture, the next in turn, so that no single wait for the window is long."""
        state, names = self._document.state, list(self.parameters)
        if self._layer not in state.graph:
            return
        self._turn = (self._turn + 1) % (len(names) + 1)
        if self._turn < len(names):
            self._renew_parameters(state, names[self._turn])
        else:
            self._renew_curve(state)
        self._timer.setInterval(max(_PERIOD // (len(names) + 1), 40))
        self._due -= 1
        if self._due > 0:
            self._timer.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.renew()

    def renew(self) -> None:
        """Read the newest picture of the run and paint it."""
        state = self._document.state
        if self._layer not in state.graph:
            return
        self._behind = state.ready and self._bridge.latest is None
        self._renew_curve(state)
        if not self._behind or self._layer != self._shown:
            self._renew_parameters(state)  # else what is there stays till the new numbers come
        self._shown = self._layer

    def _renew_curve(self, state: State) -> None:
        activation = activation_of(state, self._layer)
        elementwise = activation is not None and activation.elementwise
        self.curve.setVisible(elementwise)
        self.curve_line.setVisible(activation is not None)
        if activation is None:
            return
        if not elementwise:
            self._curve_words = (
                f"{activation.label} weighs all units of a row against each other, so it has no"
                " single curve."
            )
            self.curve_line.setText(self._curve_words)
            return
        points = self._points(state)
        reach = float(np.abs(points[np.isfinite(points)]).max(initial=0.0))
        reach = min(max(4.0, np.ceil(reach * 1.05)), 1e4)
        made = curve(activation, -reach, reach)
        if made is not None:
            self.curve.show_curve(made, points)
            said = working_points(activation, points)
            if said != self._curve_words:
                self._curve_words = said
                self.curve_line.setText(said)

    def _points(self, state: State) -> Array:
        latest, layout = self._bridge.latest, self._bridge.layout
        if latest is None or layout is None or not state.ready:
            return np.zeros((0, 0))
        probe = self._probe_of(state, layout)
        if probe is None or latest.snapshot.theta.size != layout.size:
            return np.zeros((0, 0))
        return probe.points(latest.snapshot, self._layer)

    def _probe_of(self, state: State, layout: Layout) -> Probe | None:
        key = (state.graph, state.data, state.plan.seed, state.plan.precision, layout)
        if self._probe[0] != key:
            try:
                self._probe = (key, Probe(state, layout))
            except UserError:  # too large for this machine: there is no run to show either
                self._probe = (key, None)
        return self._probe[1]

    def _renew_parameters(self, state: State, only: str = "") -> None:
        wanted = {p.name: p for p in parameters_of(state, self._layer)}
        if only:
            wanted = {name: p for name, p in wanted.items() if name == only}
        arrays = {name: self._bridge.parameter(self._layer, name) for name in wanted}
        shown = {
            name: array
            for name, array in arrays.items()
            if array is not None and array.shape == wanted[name].shape
        }
        self.waiting.setVisible(bool(wanted) and not shown)
        leaving = set() if only else self.parameters.keys() - shown.keys()
        if any(not self.parameters[n].suits(wanted[n]) for n in self.parameters.keys() & shown):
            leaving = set(self.parameters)  # all, so that they stand in order again
        for name in leaving:
            gone = self.parameters.pop(name)
            gone.hide()
            gone.deleteLater()
        for name, array in shown.items():
            if name not in self.parameters:
                self._add(wanted[name])
            rows, columns = labels(state, self._layer, array.shape)
            self.parameters[name].show_parameter(wanted[name], array, rows, columns)

    def _add(self, parameter: Parameter) -> None:
        made = ParameterView(self._theme, parameter)
        name = parameter.name
        made.matrix.edited.connect(
            lambda index, value: self._bridge.edit_weight(self._layer, name, index, value)
        )
        made.matrix.settled.connect(self._document.seal)
        made.matrix.pointed.connect(self._point)
        self.parameters[name] = made
        self.column.addWidget(made)

    def _point(self, cell: tuple[int, int] | None) -> None:
        shape = self._document.state.analysis.shapes.get(self._layer, ())
        units = shape[0] if len(shape) == 1 else 0  # only a flat row's columns are neurons
        inside = cell is not None and cell[1] < units
        self._view.hover(Neuron(self._layer, cell[1]) if cell is not None and inside else None)


def working_points(activation: Activation, points: Array) -> str:
    """Where the units work on the curve, in words."""
    if not points.size:
        return ""
    rows, units = points.shape
    said = f"{rows} training rows × {units} unit{'' if units == 1 else 's'}"
    finite = np.where(np.isfinite(points), points, 0.0)
    reach = max(float(np.abs(finite).max()), 1.0)
    made = curve(activation, -reach, reach, 2001)
    if made is None:
        return said + "."
    slopes = np.abs(np.interp(finite, made.z, made.slope))
    flat = slopes < 0.01
    dead = int(flat.all(axis=0).sum())
    said += f"; the slope is below 0.01 at {100 * flat.mean():.0f} %"
    if dead and activation.kind != "step":
        said += f"; {dead} unit{'' if dead == 1 else 's'} flat for every row"
    return said + "."


def labels(state: State, layer: str, shape: Shape) -> tuple[list[str], list[str]]:
    """What the rows and columns of a parameter stand for: features or units before it, units."""
    if len(shape) != 2:
        columns = [str(i + 1) for i in range(shape[0])] if len(shape) == 1 else []
        return [], columns
    columns = [str(i + 1) for i in range(shape[1])]
    analysis: Analysis = state.analysis
    for source in state.graph.sources_of(layer)[:1]:
        kind = state.graph[source].kind
        if isinstance(kind, Source):
            chosen = kind.chosen(state.prepared.signature)
            if not isinstance(chosen, Refusal) and len(chosen) == shape[0]:
                return [state.prepared.signature.features[i] for i in chosen], columns
        if analysis.shapes.get(source) != (shape[0],):
            return [], columns
    return [str(i + 1) for i in range(shape[0])], columns
