"""Stacking: the same elementwise call of many layers becomes one call over adjacent buffers.

The backward pass of an activation begins with calls that read only what the forward pass made
(1 - a^2 of tanh, sign(a) of ReLU). Those of all layers can be made at once, before the backward
pass, if their buffers lie one after another: so a network is compiled twice, first to see which
tensors have such calls, then with these tensors in common arrays. Elementwise calls give the same
bits however they are cut, so the trace, which runs operation by operation, sees the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from gradloom.engine.memory import aligned
from gradloom.engine.program import Operation
from gradloom.layers.shapes import Array
from gradloom.layers.site import Call, Phase, Tensor

_SMALL = 65_536  # bytes; larger tensors gain nothing and would leave the cache


@dataclass(frozen=True)
class Prelude:
    """The first calls of a backward operation, which read the tensor `source` and write `target`.

    `recipe` says each call as (function, its arguments): "source", "target" or a constant array.
    """

    operation: int
    source: str
    target: str
    recipe: tuple[tuple[Callable[..., object], tuple[Any, ...]], ...]

    @property
    def likeness(self) -> tuple[object, ...]:
        """Equal for preludes that compute the same."""
        return tuple(
            (function, *(a if isinstance(a, str) else float(a) for a in arguments))
            for function, arguments in self.recipe
        )


def preludes(operations: Sequence[Operation], made: Mapping[str, Tensor]) -> list[list[Prelude]]:
    """Preludes that can be stacked, by likeness; at least two in each list."""
    backward = [op for op in operations if op.phase is Phase.BACKWARD]
    written = {
        _where(call.args[-1])
        for op in backward
        for call in op.calls
        if isinstance(call, partial) and _plain(call)
    }
    names = {
        _where(tensor.flat): name
        for name, tensor in made.items()
        if tensor.augmented.nbytes <= _SMALL
    }
    groups: dict[tuple[object, ...], list[Prelude]] = {}
    for number, operation in enumerate(operations):
        if operation.phase is Phase.BACKWARD:
            found = _prelude(number, operation, names, written)
            if found is not None:
                groups.setdefault(found.likeness, []).append(found)
    return [group for group in groups.values() if len(group) > 1]


@dataclass(frozen=True)
class Stack:
    """Common memory of one group: `source` and `target` over all its tensors, flat."""

    source: Array
    target: Array
    places: Mapping[str, Array]  # the part of each tensor, by name, (size + 1, batch)


def stack(group: Sequence[Prelude], made: Mapping[str, Tensor]) -> Stack:
    """Memory for the tensors of a group, one after another."""
    found: dict[str, Array] = {}
    wholes = []
    for names in ([p.source for p in group], [p.target for p in group]):
        shapes = [made[name].augmented.shape for name in names]
        ends = np.cumsum([shape[0] for shape in shapes])
        whole = aligned((int(ends[-1]), shapes[0][1]), made[names[0]].augmented.dtype)
        found.update(zip(names, np.split(whole, ends[:-1]), strict=True))
        wholes.append(whole.reshape(-1))
    return Stack(wholes[0], wholes[1], found)


def stacked_calls(
    operations: Sequence[Operation], groups: Sequence[Sequence[Prelude]], stacks: Sequence[Stack]
) -> tuple[Call, ...]:
    """All calls of a program whose tensors lie in `stacks`, each group's preludes made as one."""
    cut = {p.operation: len(p.recipe) for group in groups for p in group}
    once = [
        partial(function, *[getattr(s, a) if isinstance(a, str) else a for a in arguments])
        for group, s in zip(groups, stacks, strict=True)
        for function, arguments in group[0].recipe
    ]
    forward: list[Call] = []
    backward: list[Call] = []
    for number, operation in enumerate(operations):
        if operation.phase is Phase.BACKWARD:
            backward += operation.calls[cut.get(number, 0) :]
        else:
            forward += operation.calls
    return (*forward, *once, *backward)


def _prelude(
    number: int,
    operation: Operation,
    names: Mapping[tuple[int, int], str],
    written: set[tuple[int, int]],
) -> Prelude | None:
    source = target = ""
    recipe = []
    for call in operation.calls[:-1]:
        if not isinstance(call, partial) or not _plain(call):
            break
        *reads, out = call.args
        roles: list[Any] = []
        for array in reads:
            name = names.get(_where(array), "")
            if array.ndim == 0 and _where(array) not in written:
                roles.append(array)
            elif name and name == target:
                roles.append("target")
            elif name and source in ("", name) and _where(array) not in written:
                source = name
                roles.append("source")
            else:
                break
        name = names.get(_where(out), "")
        if len(roles) < len(reads) or not name or target not in ("", name) or name == source:
            break
        target = name
        recipe.append((call.func, (*roles, "target")))
    if not recipe or not source:
        return None
    return Prelude(number, source, target, tuple(recipe))


def _plain(call: partial[object]) -> bool:
    """Whether a call is a ufunc with its output as the last of positional arguments."""
    return (
        isinstance(call.func, np.ufunc)
        and not call.keywords
        and len(call.args) == call.func.nargs
        and all(isinstance(a, np.ndarray) for a in call.args)
    )


def _where(array: Array) -> tuple[int, int]:
    return array.__array_interface__["data"][0], array.nbytes
