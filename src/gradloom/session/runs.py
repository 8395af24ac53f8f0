"""When an edit of the document means a new run, and the store that undo brings runs back from."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from typing import NamedTuple

from gradloom.core.settings import Declared
from gradloom.document import State
from gradloom.engine.run import Checkpoint
from gradloom.graph import structure_of

_RUNS = 20
_BYTES = 256 * 2**20

Number = tuple[str, str, tuple[int, ...]]  # layer, parameter, index


class RunKey(NamedTuple):
    """What a run hangs on; states with the same key share one run.

    The layers that are trained, without names, places and live settings; how many numbers and
    classes a row has (points drawn by hand are live, and so may their classes be); the data without
    its live settings; the plan's settings that are not live (seed, precision).
    """

    structure: Hashable
    form: Hashable
    data: Hashable
    plan: Hashable

    def same_numbers(self, other: Hashable) -> bool:
        """Whether the weights of one run mean the same in the other."""
        return isinstance(other, RunKey) and self[:2] == other[:2]


def run_key(state: State) -> RunKey:
    """The key of this state's run."""
    structure = structure_of(state.graph, state.prepared.signature)
    columns = state.prepared.signature
    form = len(columns.features), tuple(len(target.classes) for target in columns.targets)
    return RunKey(structure, form, _fixed_data(state), state.plan.fixed())


def rows_stay(before: State, after: State) -> bool:
    """Whether numbers of rows mean the same rows in both, be they at other places."""
    same = before.plan.seed == after.plan.seed
    if before.data is after.data and same:
        return True
    lengths = (len(state.prepared.dataset) for state in (before, after))
    return same and _fixed_data(before) == _fixed_data(after) and len(set(lengths)) == 1


def _fixed_data(state: State) -> Hashable:
    """What a person says about the data but for live settings."""
    return tuple(
        value.fixed() if isinstance(value, Declared) else value for value in state.data.fixed()
    )


def set_by_hand(before: State, after: State) -> Mapping[Number, float]:
    """The numbers that the difference of `run_edits` sets: undone ones go back."""
    old, new = before.run_edits, after.run_edits
    if old is new:
        return {}
    same = 0
    while same < min(len(old), len(new)) and old[same] == new[same]:
        same += 1
    found: dict[Number, float] = {}
    for edit in reversed(old[same:]):
        found[edit.layer, edit.parameter, edit.index] = edit.before
    for edit in new[same:]:
        found[edit.layer, edit.parameter, edit.index] = edit.after
    return found


class RunStore:
    """The checkpoints of the last runs, by key; not more than a quarter of a gigabyte."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, Checkpoint] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def keep(self, key: Hashable, checkpoint: Checkpoint) -> None:
        """Keep this one for the day its key comes back; old ones go when there are too many."""
        self._kept[key] = checkpoint
        self._kept.move_to_end(key)
        while len(self._kept) > 1 and (len(self._kept) > _RUNS or self._bytes() > _BYTES):
            self._kept.popitem(last=False)

    def get(self, key: Hashable) -> Checkpoint | None:
        """The checkpoint of this key, if there is one."""
        return self._kept.get(key)

    def take(self, key: Hashable) -> Checkpoint | None:
        """The checkpoint of this key, which leaves the store."""
        return self._kept.pop(key, None)

    def latest_like(self, key: RunKey) -> Checkpoint | None:
        """The newest checkpoint of another run whose weights mean the same as those of this key."""
        like = (k for k in reversed(self._kept) if k != key and key.same_numbers(k))
        return next((self._kept[k] for k in like), None)

    def clear(self) -> None:
        """Forget all."""
        self._kept.clear()

    def _bytes(self) -> int:
        return sum(_size(checkpoint) for checkpoint in self._kept.values())


def _size(checkpoint: Checkpoint) -> int:
    arrays = [checkpoint.theta, checkpoint.state, *checkpoint.slots.values()]
    arrays += [point.theta for point in checkpoint.trajectory.points]
    if checkpoint.best is not None:
        arrays += [a for a in (checkpoint.best.theta, checkpoint.best.state) if a is not None]
    return sum(array.nbytes for array in arrays)
