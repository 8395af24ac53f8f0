"""Places for the layers of a graph: columns from left to right, few crossings, straight cables.

Why an own layout: the method of Sugiyama, Tagawa and Toda (1981) in its simplest form (longest path
columns, barycentre sweeps, pulling towards neighbours) does 500 layers in tens of milliseconds,
and the libraries that do more are GPL.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from gradloom.graph.model import Graph

Size = tuple[float, float]
CARD: Size = (152.0, 56.0)
GAP_ACROSS, GAP_DOWN = 56.0, 32.0
GRID = 8
_SWEEPS = 6
_MOST_BENDS = 3000  # beyond, long cables may run behind cards


class Extent(NamedTuple):
    """How far a card reaches: its width, and up and down from where its cables arrive."""

    width: float
    above: float
    below: float


Neighbours = dict[str, list[str]]
Extents = Mapping[str, Extent]


def arrange(
    graph: Graph,
    sizes: Mapping[str, Size] | None = None,
    corner: tuple[float, float] = (0.0, 0.0),
    levels: Mapping[str, float] | None = None,
) -> dict[str, tuple[float, float]]:
    """The top left corner of every layer, on an 8 px grid, the whole beginning at `corner`.

    `sizes` are widths and heights of cards that differ from a closed one, `levels` how far below
    its top the cables of a card arrive, if not at half its height. The same graph gives the same
    places; where cables run in a circle, layers stand in one row in their order.
    """
    columns, before, after = _columns(graph)
    extents: dict[str, Extent] = {}
    for i in (i for column in columns for i in column):
        width, height = (sizes or {}).get(i, CARD) if i in graph else (0.0, 0.0)
        above = (levels or {}).get(i, height / 2)
        extents[i] = Extent(width, above, height - above)
    _untangle(columns, before, after)
    centres = _settle(columns, before, after, extents)
    return _corners(columns, centres, extents, graph, corner)


def _columns(graph: Graph) -> tuple[list[list[str]], Neighbours, Neighbours]:
    """Layers by longest path from a start, long cables broken up by bends (ids with a NUL)."""
    ids = [layer.id for layer in graph]
    try:
        order = tuple(TopologicalSorter({i: graph.sources_of(i) for i in ids}).static_order())
    except CycleError:
        return [[i] for i in ids], {i: [] for i in ids}, {i: [] for i in ids}
    rank: dict[str, int] = {}
    for i in order:
        rank[i] = max((rank[s] + 1 for s in graph.sources_of(i)), default=0)
    for i in reversed(order):  # a start stands just before what it feeds
        if not graph.incoming(i) and graph.outgoing(i):
            rank[i] = min(rank[e.target] for e in graph.outgoing(i)) - 1
    position = {i: n for n, i in enumerate(ids)}
    columns: list[list[str]] = [[] for _ in range(max(rank.values(), default=-1) + 1)]
    for i in ids:
        columns[rank[i]].append(i)
    before: Neighbours = {i: [] for i in ids}
    after: Neighbours = {i: [] for i in ids}
    bends = 0
    for edge in sorted(graph.edges, key=lambda e: (position[e.target], e.port, position[e.source])):
        last = edge.source
        between = range(rank[edge.source] + 1, rank[edge.target])
        if bends + len(between) <= _MOST_BENDS:
            for r in between:
                bends += 1
                bend = f"\0{bends}"
                columns[r].append(bend)
                before[bend], after[bend] = [last], []
                after[last].append(bend)
                last = bend
        before[edge.target].append(last)
        after[last].append(edge.target)
    return columns, before, after


def _untangle(columns: list[list[str]], before: Neighbours, after: Neighbours) -> None:
    """Order each column by the mean place of neighbours, to and fro."""
    place: dict[str, float] = {}
    for column in columns:
        _number(column, place)
    for sweep in range(_SWEEPS):
        to_right = sweep % 2 == 0
        neighbours = before if to_right else after
        for column in columns if to_right else reversed(columns):
            if len(column) > 1:
                key = {i: _mean([place[n] for n in neighbours[i]], place[i]) for i in column}
                column.sort(key=key.__getitem__)  # stable: ties keep their order
                _number(column, place)


def _number(column: Sequence[str], place: dict[str, float]) -> None:
    """Places of a column from -0.5 to 0.5, so that columns of different lengths compare."""
    for n, i in enumerate(column):
        place[i] = (n + 0.5) / len(column) - 0.5


def _settle(
    columns: list[list[str]], before: Neighbours, after: Neighbours, extents: Extents
) -> dict[str, float]:
    """Where the cables of every layer arrive: near its neighbours, no card over the next one."""
    y: dict[str, float] = {}
    for column in columns:
        at = 0.0
        for i in column:
            y[i] = at + extents[i].above
            at = y[i] + extents[i].below + GAP_DOWN
        for i in column:
            y[i] -= (at - GAP_DOWN) / 2
    for sweep in range(_SWEEPS):
        to_right = sweep % 2 == 0
        neighbours = before if to_right else after
        for column in columns if to_right else reversed(columns):
            wanted = [_mean([y[n] for n in neighbours[i]], y[i]) for i in column]
            y.update(zip(column, _apart(column, wanted, extents), strict=True))
    return y


def _apart(column: Sequence[str], wanted: list[float], extents: Extents) -> list[float]:
    """The levels nearest to `wanted` (least squares) that keep order and gaps.

    Pool adjacent violators: neighbours that would overlap move together, as one block.
    """
    offsets, at = [], 0.0
    for n, i in enumerate(column):
        if n:
            at += extents[column[n - 1]].below + extents[i].above + GAP_DOWN
        offsets.append(at)
    blocks: list[tuple[float, int]] = []  # (sum of wanted - offset, how many)
    for value, offset in zip(wanted, offsets, strict=True):
        total, count = value - offset, 1
        while blocks and blocks[-1][0] / blocks[-1][1] >= total / count:
            more, others = blocks.pop()
            total, count = total + more, count + others
        blocks.append((total, count))
    means = [total / count for total, count in blocks for _ in range(count)]
    return [mean + offset for mean, offset in zip(means, offsets, strict=True)]


def _corners(
    columns: list[list[str]],
    centres: Mapping[str, float],
    extents: Extents,
    graph: Graph,
    corner: tuple[float, float],
) -> dict[str, tuple[float, float]]:
    found: dict[str, tuple[float, float]] = {}
    top = min((centres[i] - extents[i].above for c in columns for i in c), default=0.0)
    x = corner[0]
    for column in columns:
        width = max((extents[i].width for i in column), default=0.0)
        for i in column:
            if i in graph:
                left = x + (width - extents[i].width) / 2
                found[i] = (_snap(left), _snap(centres[i] - extents[i].above - top + corner[1]))
        x += width + GAP_ACROSS
    return found


def _mean(values: list[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _snap(value: float) -> float:
    return float(round(value / GRID) * GRID)
