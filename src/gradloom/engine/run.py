"""Checkpoint: everything a run needs to go on to the bit as if it had never stopped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from gradloom.core.errors import BadValue
from gradloom.core.streams import generator_from_plain
from gradloom.engine.history import History
from gradloom.engine.parameters import Layout
from gradloom.engine.trajectory import Trajectory
from gradloom.layers.shapes import Array

_PIECE = 65_536  # numbers made Python's at once; other threads go on between the pieces


@dataclass(frozen=True, eq=False)
class Best:
    """The best epoch so far by the watched loss; the arrays are kept if they may be restored."""

    loss: float
    epoch: int
    theta: Array | None = None
    state: Array | None = None


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A run at rest. Arrays are read-only copies, numbers exact.

    `epoch` counts finished epochs, `batch` the steps of the epoch that goes on, with the sum of
    their losses (each times its rows) in `loss_sum`; `batch_size` and `shuffled` are what that
    epoch began with. `count` is the
    optimiser's own count of steps, `steps` all of the run's. `rng` is the state of the dropout
    stream, `schedule` what the schedule remembers. `seconds` is the time spent training.
    `restored` says that the best parameters were put back and no step was made since.
    `trajectory` is not saved.
    """

    theta: Array
    state: Array
    optimiser: str
    slots: Mapping[str, Array]
    count: int
    steps: int
    epoch: int
    batch: int
    batch_size: int
    shuffled: bool
    loss_sum: float
    rng: Mapping[str, Any]
    history: History
    best: Best | None = None
    schedule: Mapping[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    restored: bool = False
    trajectory: Trajectory = Trajectory()  # noqa: RUF009 - frozen

    def restarted(self) -> Checkpoint:
        """For other rows: the epoch that goes on starts again, and no epoch was the best so far."""
        return replace(self, batch=0, loss_sum=0.0, best=None, restored=False)

    def begun_with(self, theta: Array, state: Array) -> Checkpoint:
        """As it would start from other weights: no history, no memory of the optimiser."""
        return replace(
            self,
            theta=frozen(theta.astype(self.theta.dtype)),
            state=frozen(state.astype(self.theta.dtype)),
            slots={},
            count=0,
            steps=0,
            epoch=0,
            batch=0,
            loss_sum=0.0,
            history=History(),
            best=None,
            schedule={},
            seconds=0.0,
            trajectory=Trajectory(),
        )

    def encode(self) -> dict[str, Any]:
        """Plain JSON, without the trajectory. Raises BadValue if a parameter is not finite."""
        return {
            "dtype": self.theta.dtype.name,
            "theta": _plain(self.theta, "theta"),
            "state": _plain(self.state, "state"),
            "optimiser": self.optimiser,
            "slots": {k: _plain(v, f"slots.{k}") for k, v in self.slots.items()},
            "count": self.count,
            "steps": self.steps,
            "epoch": self.epoch,
            "batch": self.batch,
            "batch_size": self.batch_size,
            "shuffled": self.shuffled,
            "loss_sum": self.loss_sum,
            "rng": dict(self.rng),
            "history": self.history.encode(),
            "best": None if self.best is None else _best_plain(self.best),
            "schedule": dict(self.schedule),
            "seconds": self.seconds,
            **({"restored": True} if self.restored else {}),
        }

    @classmethod
    def decode(cls, plain: Any, path: str, layout: Layout) -> Checkpoint:
        """The checkpoint that `encode` wrote, for a network of this layout; raises BadValue."""
        read = _Reader(plain, path)
        dtype = read.choice("dtype", ("float32", "float64"))
        n, m = (layout.size,), (layout.state_size,)
        slots = read.mapping("slots")
        best = plain.get("best")
        rng = read.mapping("rng")
        generator_from_plain(rng, read.at("rng"))
        return cls(
            theta=_array(plain.get("theta"), read.at("theta"), dtype, n),
            state=_array(plain.get("state"), read.at("state"), dtype, m),
            optimiser=read.text("optimiser"),
            slots={
                key: _array(rows, read.at(f"slots.{key[:60]}"), dtype, (None, *n))
                for key, rows in slots.items()
            },
            count=read.whole("count"),
            steps=read.whole("steps"),
            epoch=read.whole("epoch"),
            batch=read.whole("batch"),
            batch_size=read.whole("batch_size", 1),
            shuffled=read.flag("shuffled"),
            loss_sum=read.real("loss_sum"),
            rng=rng,
            history=History.decode(plain.get("history"), read.at("history")),
            best=None if best is None else _best(best, read.at("best"), dtype, layout),
            schedule={
                k: _number(v, read.at(f"schedule.{k[:60]}"))
                for k, v in read.mapping("schedule").items()
            },
            seconds=read.real("seconds"),
            restored="restored" in read.plain and read.flag("restored"),
        )


@dataclass(frozen=True, eq=False)
class TakenStep:
    """A step that was made real: the run before and after it, so that it can be undone.

    `after` is None for a reset: an untrained run.
    """

    before: Checkpoint
    after: Checkpoint | None


def frozen(array: Array) -> Array:
    """A read-only copy."""
    copy = array.copy()
    copy.flags.writeable = False
    return copy


def _plain(array: Array, path: str) -> Any:
    # tolist() gives Python floats, whose JSON text is exact for float32 and float64 alike
    if not np.isfinite(array).all():
        raise BadValue(path, "holds a number that is not finite, which JSON can't say")
    if array.ndim != 1:
        return [_plain(row, path) for row in array]
    numbers: list[float] = []
    for start in range(0, len(array), _PIECE):
        numbers += array[start : start + _PIECE].tolist()
    return numbers


def _best_plain(best: Best) -> dict[str, Any]:
    return {
        "loss": best.loss,
        "epoch": best.epoch,
        "theta": None if best.theta is None else _plain(best.theta, "best.theta"),
        "state": None if best.state is None else _plain(best.state, "best.state"),
    }


def _best(plain: Any, path: str, dtype: str, layout: Layout) -> Best:
    read = _Reader(plain, path)
    theta, state = plain.get("theta"), plain.get("state")
    if (theta is None) != (state is None):
        raise BadValue(path, "must have both theta and state, or neither")
    return Best(
        read.real("loss"),
        read.whole("epoch"),
        None if theta is None else _array(theta, read.at("theta"), dtype, (layout.size,)),
        None if state is None else _array(state, read.at("state"), dtype, (layout.state_size,)),
    )


def _array(plain: Any, path: str, dtype: str, shape: tuple[int | None, ...]) -> Array:
    """Nested lists of finite numbers of this shape (None: any length) as a read-only array."""
    if not isinstance(plain, list):
        raise BadValue(path, "must be a list of numbers")
    try:
        array = np.array(plain)
    except ValueError:
        raise BadValue(path, "must have rows of one length") from None
    if array.size == 0:
        array = array.astype(dtype)
    if array.dtype.kind not in "if":
        raise BadValue(path, "must hold numbers only")
    fits = array.ndim == len(shape) and all(
        want in (None, got) for want, got in zip(shape, array.shape, strict=False)
    )
    if not fits:
        wanted = " × ".join("any" if n is None else str(n) for n in shape)
        raise BadValue(path, f"must have {wanted} numbers, has {' × '.join(map(str, array.shape))}")
    if not np.isfinite(array).all() or np.abs(array).max(initial=0) > np.finfo(dtype).max:
        raise BadValue(path, f"must hold finite {dtype} numbers")
    array = array.astype(dtype)
    array.flags.writeable = False
    return array


def _number(plain: Any, path: str) -> float:
    if isinstance(plain, bool) or not isinstance(plain, int | float):
        raise BadValue(path, "must be a number")
    try:
        number = float(plain)
    except OverflowError:
        raise BadValue(path, "is too large") from None
    if not np.isfinite(number):
        raise BadValue(path, "must be finite")
    return number


class _Reader:
    """Checked fields of one JSON object."""

    def __init__(self, plain: Any, path: str) -> None:
        if not isinstance(plain, dict):
            raise BadValue(path, "must be an object")
        self.plain = plain
        self.path = path

    def at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def whole(self, name: str, low: int = 0) -> int:
        value = self.plain.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value < 2**63:
            raise BadValue(self.at(name), f"must be a whole number from {low}")
        return value

    def flag(self, name: str) -> bool:
        value = self.plain.get(name)
        if not isinstance(value, bool):
            raise BadValue(self.at(name), "must be true or false")
        return value

    def real(self, name: str) -> float:
        return _number(self.plain.get(name), self.at(name))

    def text(self, name: str) -> str:
        value = self.plain.get(name)
        if not isinstance(value, str):
            raise BadValue(self.at(name), "must be text")
        return value

    def choice(self, name: str, options: tuple[str, ...]) -> str:
        value = self.text(name)
        if value not in options:
            raise BadValue(self.at(name), f"must be one of {', '.join(options)}")
        return value

    def mapping(self, name: str) -> dict[str, Any]:
        value = self.plain.get(name)
        if not isinstance(value, dict):
            raise BadValue(self.at(name), "must be an object")
        return value
