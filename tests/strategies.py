"""Hypothesis strategies derived from declared settings: good and bad values, records, networks."""

from __future__ import annotations

import math
from functools import singledispatch

import numpy as np
from hypothesis import strategies as st

from gradloom.core.checks import Choice, Flag, Names, Numbers, Optional, Real, Text, Variant, Whole
from gradloom.core.settings import Declared, Registry
from gradloom.data import SOURCES, Dataset, DataSpec
from gradloom.data.columns import Column, Columns
from gradloom.data.nested import Nested, Packed
from gradloom.data.sources.table import Rows
from gradloom.graph import Graph, edits
from gradloom.layers import ACTIVATIONS, LAYERS, LOSSES
from gradloom.layers.base import Sink, Source
from gradloom.layers.signature import Signature, Target
from gradloom.layers.sizes import Sizes

SIGNATURE = Signature(("f1", "f2", "f3"), (Target("y1"), Target("y2")))


@singledispatch
def good(check) -> st.SearchStrategy:
    """Values that a check takes."""
    raise TypeError(f"no strategy for {check!r}: add one here")


@singledispatch
def bad(check) -> st.SearchStrategy:
    """Values that a check refuses."""
    raise TypeError(f"no strategy for {check!r}: add one here")


@good.register
def _(check: Flag):
    return st.booleans()


@bad.register
def _(check: Flag):
    return st.sampled_from([0, 1, "true", None, 1.0])


@good.register
def _(check: Whole):
    return st.integers(check.low, check.high)


@bad.register
def _(check: Whole):
    return st.one_of(
        st.integers(max_value=check.low - 1),
        st.integers(min_value=check.high + 1),
        st.sampled_from([True, 1.5, "3", None, math.nan]),
    )


@good.register
def _(check: Real):
    return st.floats(
        check.low if math.isfinite(check.low) else None,
        check.high if math.isfinite(check.high) else None,
        exclude_min=check.above,
        exclude_max=check.below,
        allow_nan=False,
        allow_infinity=False,
    )


@bad.register
def _(check: Real):
    outside = [math.nan, math.inf, -math.inf, "1", None, True, 10**400]
    if math.isfinite(check.low):
        outside += [check.low if check.above else math.nextafter(check.low, -math.inf)]
    if math.isfinite(check.high):
        outside += [check.high if check.below else math.nextafter(check.high, math.inf)]
    return st.sampled_from(outside)


@good.register
def _(check: Choice):
    return st.sampled_from([name for name, _ in check.options])


@bad.register
def _(check: Choice):
    return st.sampled_from(["", "no such option", None, 1, ["x"], {}])


@good.register
def _(check: Text):
    return st.text(max_size=min(check.longest, 30)).filter(str.isprintable)


@bad.register
def _(check: Text):
    return st.sampled_from([None, 3, "two\nlines", "x" * (check.longest + 1)])


@good.register
def _(check: Numbers):
    number = st.floats(allow_nan=False, allow_infinity=False).map(repr)
    return st.lists(number, min_size=1, max_size=5).map(", ".join)


@bad.register
def _(check: Numbers):
    return st.sampled_from([None, 3, "", "one", "1 nan", "1e999", "0.1\n0.2"])


@good.register
def _(check: Sizes):
    sizes = st.lists(st.integers(1, 20), min_size=1, max_size=5)
    return st.builds(
        lambda ns, joint: joint.join(map(str, ns)),
        sizes,
        st.sampled_from(("x", " x ", ",", " × ", "*")),
    )


@bad.register
def _(check: Sizes):
    return st.sampled_from([None, 3, "", "0 x 3", "2 x", "-1 x 4", "a", "9" * 90, "4 4\n", (2, 3)])


@good.register
def _(check: Names):
    return st.lists(st.text(max_size=8), min_size=1, max_size=4, unique=True).map(tuple)


@bad.register
def _(check: Names):
    return st.sampled_from([(), ("a", "a"), ["a"], "a", (1,), 5])


@good.register
def _(check: Optional):
    return st.none() | good(check.check)


@bad.register
def _(check: Optional):
    return bad(check.check).filter(lambda value: value is not None)


@good.register
def _(check: Variant):
    return kinds_of(check.registry)


@bad.register
def _(check: Variant):
    return st.sampled_from([None, "relu", 3, {}, object()])


@good.register
def _(check: Rows):
    return tables()


@bad.register
def _(check: Rows):
    return st.sampled_from([None, [], {}, "table"])


@good.register
def _(check: Nested):
    return records(check.cls)


@bad.register
def _(check: Nested):
    return st.sampled_from([None, {}, "format", 3])


@good.register
def _(check: Packed):
    return st.binary(max_size=20)


@bad.register
def _(check: Packed):
    return st.sampled_from([None, "text", 3, []])


@good.register
def _(check: Columns):
    words = st.lists(st.text(max_size=4), min_size=1, max_size=3, unique=True).map(tuple)
    roles = st.sampled_from(["feature", "target", "ignore"])
    name = st.text(max_size=5)
    number = st.builds(Column, name, roles, st.just("number"))
    category = st.builds(Column, name, roles, st.just("category"), words)
    several = st.lists(number | category, max_size=4).map(tuple)
    return several.filter(lambda columns: check.why_not(columns) is None)


@bad.register
def _(check: Columns):
    twice = (Column("a"), Column("a"))
    return st.sampled_from([None, [], twice, (Column("a", "target"),), (1,), "columns"])


@st.composite
def tables(draw) -> Dataset:
    """Small tables with real and class targets under names of any letters."""
    names = draw(st.lists(st.text(max_size=5), min_size=2, max_size=4, unique=True))
    rows = draw(st.integers(0, 4))
    numbers = st.floats(allow_nan=False, allow_infinity=False)
    columns = [draw(st.lists(numbers, min_size=rows, max_size=rows)) for _ in range(len(names) - 1)]
    classes = tuple(draw(st.lists(st.text(max_size=4), max_size=3, unique=True)))
    values = st.integers(0, len(classes) - 1) if classes else numbers
    answers = draw(st.lists(values, min_size=rows, max_size=rows))
    return Dataset(
        draw(st.text(max_size=5)),
        np.array(columns).T.reshape(rows, len(columns)),
        tuple(names[:-1]),
        np.array(answers).reshape(rows, 1),
        (Target(names[-1], classes),),
    )


def data_specs() -> st.SearchStrategy:
    """Valid descriptions of data."""

    def build(source, shares, scaling, target_scaling, seed, stratify, balance) -> DataSpec:
        low, high = sorted(shares)
        return DataSpec(
            source=source,
            train=100 - high,
            validation=high - low,
            test=low,
            scaling=scaling,
            target_scaling=target_scaling,
            split_seed=seed,
            stratify=stratify,
            balance=balance,
        )

    checks = {s.name: s.check for s in DataSpec.settings()}
    shares = st.tuples(st.integers(0, 99), st.integers(0, 99))
    names = ("scaling", "target_scaling", "split_seed", "stratify", "balance")
    rest = [good(checks[name]) for name in names]
    return st.builds(build, kinds_of(SOURCES), shares, *rest)


def records(cls: type[Declared]) -> st.SearchStrategy:
    """Valid values of a `Declared` class."""
    made = st.builds(cls, **{s.name: good(s.check) for s in cls.settings()})
    return made.filter(lambda record: not record.problems())


def kinds_of(registry: Registry) -> st.SearchStrategy:
    """Valid values of any kind in a registry."""
    return st.one_of([records(cls) for cls in registry.kinds()])


def bad_settings(cls: type[Declared]) -> st.SearchStrategy:
    """(setting name, bad value) for one setting of a class that has settings."""
    return st.one_of([st.tuples(st.just(s.name), bad(s.check)) for s in cls.settings()])


_SMOOTH = ("tanh", "sigmoid", "silu", "softplus", "gelu", "softsign")
_UNARY = (*_SMOOTH, "softmax", "log_softmax", "identity", "layer_norm", "batch_norm", "flatten")
_MERGES = ("add", "multiply", "average", "concatenate", "subtract")


@st.composite
def networks(draw, most: int = 8) -> Graph:
    """Networks that are ready to train on SIGNATURE: branches, merges, skips, one or two outputs.

    Only smooth kinds, so that central differences apply; the same tensor may enter a merge twice.
    """
    graph = edits.add(Graph(), LAYERS.make("input"))
    widths = {"input_1": 3}
    if draw(st.booleans()):
        graph = edits.add(graph, LAYERS.make("input", columns=("f2", "f1")))
        widths["input_2"] = 2

    def append(kind, sources: list[str], width: int) -> str:
        nonlocal graph
        graph = edits.add(graph, kind)
        id_ = graph.layers[-1].id
        for port, source in enumerate(sources):
            graph = edits.connect(graph, source, id_, port)
        widths[id_] = width
        return id_

    for _ in range(draw(st.integers(1, most))):
        source = draw(st.sampled_from(sorted(widths)))
        width = widths[source]
        what = draw(st.sampled_from(("dense", "unary", "merge")))
        if what == "dense":
            units = draw(st.integers(1, 4))
            name = draw(st.sampled_from((*_SMOOTH, "identity")))
            kind = LAYERS.make(
                "dense", units=units, activation=ACTIVATIONS.make(name), bias=draw(st.booleans())
            )
            append(kind, [source], units)
        elif what == "unary":
            append(LAYERS.make(draw(st.sampled_from(_UNARY))), [source], width)
        else:
            name = draw(st.sampled_from(_MERGES))
            alike = [i for i, w in sorted(widths.items()) if name == "concatenate" or w == width]
            count = 1 if name == "subtract" else draw(st.integers(1, 2))
            others = [draw(st.sampled_from(alike)) for _ in range(count)]
            total = width + sum(widths[o] for o in others)
            append(LAYERS.make(name), [source, *others], total if name == "concatenate" else width)
    last = [i for i in sorted(widths) if not graph.outgoing(i)]
    for column, source in zip(("y1", "y2"), last, strict=False):
        one = append(LAYERS.make("dense", units=1), [source], 1)
        loss = LOSSES.make(draw(st.sampled_from(("mse", "half_squared"))))
        weight = draw(st.sampled_from((1.0, 0.5)))
        append(LAYERS.make("output", loss=loss, columns=(column,), weight=weight), [one], 1)
    return graph


def inner_kinds() -> tuple:
    """Every registered layer kind through which data flows: no ends."""
    return tuple(k for k in LAYERS.kinds() if not issubclass(k, Source | Sink))
