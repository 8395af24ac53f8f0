"""What the map can show: the answers of each Output, or one neuron."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradloom.document import State
from gradloom.layers.base import Activation
from gradloom.layers.coding import Coding
from gradloom.layers.shapes import Array
from gradloom.session.mapping import MapResult, grid
from gradloom.ui.plots.scale import figure
from gradloom.ui.view import Neuron

PART_NAMES = ("train", "validation", "test")


@dataclass(frozen=True)
class Subject:
    """One thing to show. `column` chooses among several real targets of an Output."""

    sink: str
    label: str
    coding: Coding
    column: int = 0

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names, or empty for a real target."""
        return self.coding.targets[0].classes if self.coding.style != "real" else ()

    @property
    def target(self) -> int:
        """The column of the dataset's targets that this answers."""
        return self.coding.columns[self.column]


def subjects_of(state: State) -> tuple[Subject, ...]:
    """Everything the network answers, Output by Output."""
    found = []
    for sink, coding in state.analysis.codings.items():
        name = state.graph[sink].name
        if coding.style != "real" or len(coding.columns) == 1:
            found.append(Subject(sink, name, coding))
            continue
        found += [
            Subject(sink, f"{name}: {target.name}", coding, i)
            for i, target in enumerate(coding.targets)
        ]
    return tuple(found)


@dataclass(frozen=True, eq=False)
class Points:
    """The rows of a dataset as points: raw x (and y), target, and which part a row is of."""

    x: Array
    y: Array | None
    height: Array  # on the plot: y, or over one feature the target (1 where there are many classes)
    target: Array
    part: Array  # index into PART_NAMES
    names: tuple[str, ...]

    def nearest(self, x: float, y: float, reach: tuple[float, float], shown: Array) -> int | None:
        """The row nearest to a place among those `shown`, measured in `reach` per axis."""
        if not shown.any():
            return None
        away = ((self.x - x) / reach[0]) ** 2 + ((self.height - y) / reach[1]) ** 2
        away = np.where(shown, away, np.inf)
        return int(away.argmin())


def points_of(state: State, subject: Subject) -> Points:
    """The points of this data for this target."""
    prepared = state.prepared
    raw = prepared.dataset.features
    part = np.zeros(len(raw), np.int8)
    part[prepared.split.validation] = 1
    part[prepared.split.test] = 2
    y = raw[:, 1] if raw.shape[1] == 2 else None
    target = prepared.targets[:, subject.target]
    height = np.ones_like(target) if len(subject.classes) > 2 else target
    return Points(
        raw[:, 0], y, height if y is None else y, target, part, prepared.dataset.feature_names
    )


def span_of(state: State, layer: str) -> tuple[float, float]:
    """The range of a layer's values as its activation bounds it."""
    kind = state.graph[layer].kind
    inner = kind if isinstance(kind, Activation) else getattr(kind, "activation", None)
    return inner.span if isinstance(inner, Activation) else (float("-inf"), float("inf"))


def neuron_picture(result: MapResult, neuron: Neuron) -> Array | None:
    """The finest picture there is of a neuron, (ny, nx)."""
    for pictures in (result.focus, result.neurons):
        units = pictures.get(neuron.layer)
        if units is not None and neuron.unit < len(units):
            picture: Array = units[neuron.unit]
            return picture
    return None


def lookup(picture: Array, extent: tuple[float, float, float, float], x: float, y: float) -> Array:
    """The value (...,) of a picture (..., ny, nx) at a place, linear between its points."""
    ny, nx = picture.shape[-2:]
    u = np.clip((x - extent[0]) / (extent[1] - extent[0]), 0, 1) * (nx - 1)
    v = np.clip((y - extent[2]) / (extent[3] - extent[2]), 0, 1) * (ny - 1)
    i, j = min(int(u), max(nx - 2, 0)), min(int(v), max(ny - 2, 0))
    s, t = u - i, v - j
    i2, j2 = min(i + 1, nx - 1), min(j + 1, ny - 1)
    low = picture[..., j, i] * (1 - s) + picture[..., j, i2] * s
    high = picture[..., j2, i] * (1 - s) + picture[..., j2, i2] * s
    value: Array = np.asarray(low * (1 - t) + high * t)
    return value


def words_of_answer(subject: Subject, output: Array) -> str:
    """What the network answers at one place, from its output (outputs,)."""
    if not subject.classes:
        return (
            f"{subject.coding.targets[subject.column].name} {figure(float(output[subject.column]))}"
        )
    shares = subject.coding.probabilities(output[:, None])[:, 0]
    best = int(shares.argmax())
    rest = ", ".join(
        f"{name} {share:.2f}" for name, share in zip(subject.classes, shares, strict=False)
    )
    return f"{subject.classes[best]} ({rest})"


def words_of_point(subject: Subject, points: Points, row: int) -> str:
    """A row of the data in words."""
    target = float(points.target[row])
    told = subject.classes[int(target)] if subject.classes else figure(target)
    return f"Nearest: {PART_NAMES[points.part[row]]} row {row + 1}, target {told}."


def table_of(
    state: State, subject: Subject, result: MapResult, neuron: Neuron | None = None
) -> dict[str, Array]:
    """A picture as columns: its inputs in raw units, then the answers (or the neuron's output)."""
    picture = neuron_picture(result, neuron) if neuron is not None else None
    if picture is not None and neuron is not None:
        answers = {f"{state.graph[neuron.layer].name} {neuron.unit + 1}": picture}
    else:
        output = result.outputs[subject.sink]
        ny, nx = output.shape[1:]
        if subject.classes:
            shares = subject.coding.probabilities(output.reshape(len(output), -1))
            answers = dict(zip(subject.classes, shares.reshape(-1, ny, nx), strict=False))
        else:
            answers = {t.name: o for t, o in zip(subject.coding.targets, output, strict=False)}
    ny, nx = next(iter(answers.values())).shape
    names, x = state.prepared.dataset.feature_names, np.linspace(*result.extent[:2], nx)
    inputs = {names[0]: x}
    if len(names) == 2:
        raw = grid(result.extent, nx, ny)
        inputs = {names[0]: raw[:, 0], names[1]: raw[:, 1]}
    return {**inputs, **{name: values.ravel() for name, values in answers.items()}}
