"""A dataset as arrays a program reads: packed once, shuffled once an epoch, copied per batch."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradloom.core.streams import stream
from gradloom.engine.memory import aligned
from gradloom.engine.program import Program
from gradloom.graph import Analysis, Graph
from gradloom.layers.base import Source
from gradloom.layers.shapes import Array, Refusal

_IN_BLOCKS = 1 << 18  # bytes; copying more once an epoch costs what it saves
# the odd step of PCG64.jumped(): strides of powers of two would correlate
_STRIDE = 210306068529402873165736369884012333109


def pack(
    program: Program,
    graph: Graph,
    analysis: Analysis,
    features: Array,
    targets: Array | None,
) -> Array:
    """Features (rows, F) and targets (rows, T) in the order of `program.feed`: (D, rows)."""
    packed = aligned((program.feed.shape[0], len(features)), program.dtype)
    at = 0
    with np.errstate(over="ignore"):  # numbers beyond float32 become infinite; the guard tells
        for id_, array in program.inputs.items():
            kind = graph[id_].kind
            assert isinstance(kind, Source)
            chosen = kind.chosen(analysis.signature)
            assert not isinstance(chosen, Refusal)
            packed[at : at + len(array)] = features[:, chosen].T
            packed[at + len(array)] = 1
            at += len(array) + 1
        if targets is not None:
            for id_, array in program.targets.items():
                packed[at : at + len(array)] = analysis.codings[id_].encode(targets)
                at += len(array)
    return packed


class Orders:
    """The order of rows in each epoch; any epoch's order can be asked for, at any time."""

    def __init__(self, seed: int, rows: int) -> None:
        self.rows = rows
        self._bits = np.random.PCG64(0)
        self._start: Any = stream(seed, "shuffle").bit_generator.state
        self._generator = np.random.Generator(self._bits)

    def of(self, epoch: int) -> Array:
        """A permutation of the row numbers."""
        self._bits.state = self._start
        self._bits.advance(epoch * _STRIDE % (1 << 128))
        return self._generator.permutation(self.rows)


class Feed:
    """The training rows of a run."""

    def __init__(self, packed: Array, seed: int) -> None:
        self._packed = packed
        self._orders = Orders(seed, packed.shape[1])
        self._shuffled = aligned(packed.shape, packed.dtype)
        self._blocks: Array | None = None  # (batches, D, batch), where that is quicker
        self._source = self._shuffled

    @property
    def rows(self) -> int:
        """Training rows."""
        return int(self._packed.shape[1])

    def order(self, epoch: int, *, shuffle: bool) -> None:
        """Put the rows into the order of this epoch."""
        if shuffle:
            self._packed.take(self._orders.of(epoch), axis=1, out=self._shuffled, mode="clip")
        else:
            self._shuffled[...] = self._packed
        if self._blocks is not None:
            self._blocks[...] = self._source

    def batches(self, size: int) -> list[Array]:
        """Views of all batches of an epoch, (D, size), the last one maybe shorter.

        Those of small data lie in one block each, which a step copies in half the time.
        """
        shuffled, whole = self._shuffled, self.rows // size
        end = whole * size
        self._blocks = None
        if whole and shuffled.nbytes <= _IN_BLOCKS:
            self._source = shuffled[:, :end].reshape(-1, whole, size).transpose(1, 0, 2)
            self._blocks = aligned(self._source.shape, shuffled.dtype)
            self._blocks[...] = self._source
            found = list(self._blocks)
        else:
            found = [shuffled[:, lo : lo + size] for lo in range(0, end, size)]
        if end < self.rows:
            found.append(shuffled[:, end:])
        return found
