"""What the map can show: the answers of each Output, or one neuron."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradloom.data.drawing import heights
from gradloom.document import State
from gradloom.layers.base import Activation
from gradloom.layers.coding import Coding
from gradloom.layers.shapes import Array
from gradloom.layers.signature import answers_of
from gradloom.session.mapping import MapResult, why_no_map
from gradloom.session.planes import Ground, grid
from gradloom.ui.plots.points import PART_NAMES, Points
from gradloom.ui.plots.scale import figure
from gradloom.ui.view import Neuron

MOST_SAID = 3  # class shares in one sentence; of more classes the likeliest


@dataclass(frozen=True)
class Subject:
    """One thing to show. `column` chooses among several real targets of an Output."""

    sink: str
    label: str
    coding: Coding
    column: int = 0

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of what may be answered, or empty for a real target."""
        return answers_of(self.coding.targets[0].classes) if self.coding.style != "real" else ()

    @property
    def target(self) -> int:
        """The column of the dataset's targets that this answers."""
        return self.coding.columns[self.column]

    @property
    def spreads(self) -> bool:
        """Whether the network answers a real target with a deviation, too."""
        return not self.classes and self.coding.parts > 1

    @property
    def shadings(self) -> tuple[str, ...]:
        """What the plane can be shaded by; see `Style`."""
        if self.classes:
            return "share", "class", "doubt"
        return ("value", "doubt") if self.spreads else ("value",)


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


def shown_of(state: State) -> tuple[Subject, ...]:
    """What a map can show: every answer; of a drawing that no network can learn yet its points."""
    if not why_no_map(state):
        return subjects_of(state)
    if state.data.source.room is None:
        return ()
    targets = state.prepared.signature.targets
    style = (
        "real" if not targets[0].classes else "unit" if len(targets[0].classes) == 2 else "one_hot"
    )
    return (Subject("", "", Coding((0,), targets[:1], style, "")),)


def like(before: State, after: State) -> bool:
    """Whether a picture of one is worth seeing over the other's points until its own is there."""
    sources = before.data.source, after.data.source
    names = [state.prepared.dataset.feature_names for state in (before, after)]
    return type(sources[0]) is type(sources[1]) and names[0] == names[1]


def points_of(state: State, subject: Subject, ground: Ground) -> Points:
    """The rows on this ground for this target."""
    prepared = state.prepared
    part = np.zeros(len(prepared.dataset), np.int8)
    part[prepared.split.validation] = 1
    part[prepared.split.test] = 2
    target = prepared.targets[ground.rows, subject.target]
    height = heights(target, subject.classes)
    x, y = ground.points[:, 0], ground.points[:, 1] if ground.plane.flat else None
    away = np.zeros(0)
    if not ground.plane.whole:  # the rank: a third of the points is near
        away = ground.away.argsort(kind="stable").argsort(kind="stable") / max(len(target), 1)
    return Points(
        x,
        y,
        height if y is None else y,
        target,
        part[ground.rows],
        ground.plane.names,
        ground.rows,
        away,
    )


def wrong_of(subject: Subject, points: Points, told: Array) -> Array:
    """Which points (n,) the outputs `told` (outputs, n) take for another class."""
    if not subject.classes:
        return np.zeros(len(points.x), bool)
    wrong: Array = subject.coding.classify(told) != points.target
    return wrong


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
    order = np.argsort(-shares, kind="stable")
    said = order[:MOST_SAID] if len(shares) > MOST_SAID else np.arange(len(shares))
    named = [i for i in said if i < len(subject.classes)]
    rest = ", ".join(f"{subject.classes[i]} {shares[i]:.2f}" for i in named)
    return f"{subject.classes[order[0]]} ({rest})"


def words_of_point(subject: Subject, points: Points, point: int, told: Array | None = None) -> str:
    """A point in words; `told` (outputs,) is what the network answers to its row."""
    target = float(points.target[point])
    right = subject.classes[int(target)] if subject.classes else figure(target)
    answer = ""
    if told is not None and subject.classes:
        answer = f", told {subject.classes[int(subject.coding.classify(told[:, None])[0])]}"
    elif told is not None:
        answer = f", told {figure(float(told[subject.column]))}"
    part, row = PART_NAMES[points.part[point]], int(points.rows[point]) + 1
    return f"Nearest: {part} row {row}, target {right}{answer}."


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
    assert result.ground is not None
    names, places = result.ground.plane.names, np.linspace(*result.extent[:2], nx)[:, None]
    if result.ground.plane.flat:
        places = grid(result.extent, nx, ny)
    inputs = dict(zip(names, places.T, strict=True))
    return {**inputs, **{name: values.ravel() for name, values in answers.items()}}
