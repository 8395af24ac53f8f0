"""Crosses and scaling against numbers worked by hand; JSON that a short reader can apply."""

from __future__ import annotations

import json
from math import sin, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradloom.core.errors import BadValue
from gradloom.data.transform import Feature, Transform, fit

AB = ("a", "b")
COPY = (Feature("a", "copy", ("a",)), Feature("b", "copy", ("b",)))
CROSSES = (
    *COPY,
    Feature("a^2", "square", ("a",)),
    Feature("b^2", "square", ("b",)),
    Feature("a*b", "product", AB),
    Feature("sin(a)", "sin", ("a",)),
    Feature("sin(b)", "sin", ("b",)),
)


def read_as_json_says(plain, row):
    """What a reader in another language does with one raw row."""
    raw = dict(zip(plain["inputs"], row, strict=True))
    operations = {
        "copy": lambda v: v,
        "square": lambda v: v * v,
        "product": lambda v, w: v * w,
        "sin": sin,
    }
    return [
        (operations[f["op"]](*(raw[name] for name in f["of"])) - offset) / scale
        for f, offset, scale in zip(plain["features"], plain["offset"], plain["scale"], strict=True)
    ]


def test_crosses_by_hand():
    transform = fit(AB, CROSSES, np.zeros((0, 2)), "none")
    values = transform.apply(np.array([[2.0, -3.0], [0.5, 4.0]]))
    assert transform.names == ("a", "b", "a^2", "b^2", "a*b", "sin(a)", "sin(b)")
    assert np.allclose(
        values,
        [
            [2, -3, 4, 9, -6, 0.9092974268256817, -0.1411200080598672],
            [0.5, 4, 0.25, 16, 2, 0.479425538604203, -0.7568024953079282],
        ],
    )


def test_standard_by_hand():
    # column 1, 2, 3, 6: mean 3, squares of the differences 4 + 1 + 0 + 9 = 14, deviation sqrt(14/4)
    rows = np.array([[1.0], [2.0], [3.0], [6.0]])
    transform = fit(("a",), COPY[:1], rows, "standard")
    assert transform.offset == (3.0,)
    assert transform.scale == (sqrt(3.5),)
    assert np.allclose(transform.apply(rows)[:, 0], np.array([-2, -1, 0, 3]) / sqrt(3.5))


@pytest.mark.parametrize("scaling", ["standard", "minmax"])
def test_cells_of_pictures_are_scaled_alike_by_the_rows_they_are_fitted_on(scaling):
    rng = np.random.default_rng(0)
    raw = rng.integers(0, 200, (10_000, 6)).astype(float)
    raw[:, 0] = 0.0  # a cell that is never inked
    rows = np.arange(0, 10_000, 2)
    raw[1] = 255.0  # no row of these
    names = tuple("abcdef")
    features = tuple(Feature(name, "copy", (name,)) for name in names)
    transform = fit(names, features, raw, scaling, (1, 2, 3), rows)
    learnt = raw[rows]
    wanted = (learnt.mean(), learnt.std()) if scaling == "standard" else (0.0, 199.0)
    assert np.allclose(transform.offset, wanted[0], rtol=1e-12)
    assert np.allclose(transform.scale, wanted[1], rtol=1e-12)


def test_pictures_without_a_mark_are_moved_to_0():
    transform = fit(AB, COPY, np.full((5, 2), 7.0), "standard", (1, 1, 2))
    assert transform.apply(np.full((1, 2), 7.0)).tolist() == [[0.0, 0.0]]


def test_minmax_by_hand():
    rows = np.array([[1.0, 5.0], [2.0, 1.0], [5.0, 3.0]])
    transform = fit(AB, COPY, rows, "minmax")
    assert transform.apply(rows).tolist() == [[0, 1], [0.25, 0], [1, 0.5]]
    assert transform.apply(np.array([[9.0, -1.0]])).tolist() == [[2, -0.5]]


def test_crosses_are_scaled_as_crosses():
    rows = np.array([[1.0, 0.0], [3.0, 0.0]])
    transform = fit(AB, CROSSES[2:3], rows, "minmax")  # squares 1 and 9
    assert transform.apply(np.array([[2.0, 0.0]])).tolist() == [[(4 - 1) / 8]]


@pytest.mark.parametrize("scaling", ["standard", "minmax"])
@pytest.mark.parametrize("constant", [0.1, 1e300, 0.0, -7.0])
def test_a_constant_column_becomes_zero(scaling, constant):
    rows = np.full((7, 1), constant)
    transform = fit(("a",), COPY[:1], rows, scaling)
    assert transform.scale == (1.0,)
    assert transform.apply(rows).tolist() == [[0.0]] * 7


def test_input_is_left_alone():
    rows = np.array([[1.0, 2.0], [3.0, 5.0]])
    fit(AB, CROSSES, rows, "standard").apply(rows)
    assert rows.tolist() == [[1, 2], [3, 5]]


def test_many_columns_at_once():
    rows = np.random.default_rng(1).normal(5, 3, (40, 100))
    names = tuple(f"c{i}" for i in range(100))
    transform = fit(names, tuple(Feature(n, "copy", (n,)) for n in names), rows, "standard")
    values = transform.apply(rows)
    assert np.allclose(values.mean(axis=0), 0)
    assert np.allclose(values.std(axis=0), 1)


FINITE = st.floats(-1e6, 1e6, allow_subnormal=False)


@given(
    st.lists(st.tuples(FINITE, FINITE), min_size=1, max_size=9),
    st.lists(st.sampled_from(CROSSES), min_size=1, unique=True),
    st.sampled_from(["none", "standard", "minmax"]),
)
def test_json_round_trip_and_short_reader(rows, features, scaling):
    raw = np.array(rows)
    transform = fit(AB, tuple(features), raw, scaling)
    plain = json.loads(json.dumps(transform.encode(), allow_nan=False))
    assert Transform.decode(plain) == transform
    expected = [read_as_json_says(plain, row) for row in raw.tolist()]
    assert np.allclose(transform.apply(raw), expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda p: p.pop("inputs"), "pre.inputs"),
        (lambda p: p["inputs"].append("a"), "pre.inputs"),
        (lambda p: p["inputs"].append([]), "pre.inputs"),
        (lambda p: p["features"].clear(), "pre.features"),
        (lambda p: p["features"].append(4), "pre.features[2]"),
        (lambda p: p["features"][1].__setitem__("op", "cube"), "pre.features[1].op"),
        (lambda p: p["features"][1].__setitem__("op", ["sin"]), "pre.features[1].op"),
        (lambda p: p["features"][1].__setitem__("of", ["a", "b"]), "pre.features[1].of"),
        (lambda p: p["features"][0].__setitem__("of", ["z"]), "pre.features[0].of[0]"),
        (lambda p: p["features"][0].__setitem__("of", [{}]), "pre.features[0].of[0]"),
        (lambda p: p["features"][0].__setitem__("name", "b"), "pre.features"),
        (lambda p: p["offset"].append(1.0), "pre.offset"),
        (lambda p: p.__setitem__("scale", None), "pre.scale"),
        (lambda p: p["scale"].__setitem__(1, 0), "pre.scale[1]"),
        (lambda p: p["scale"].__setitem__(0, float("nan")), "pre.scale[0]"),
        (lambda p: p["offset"].__setitem__(0, "1"), "pre.offset[0]"),
    ],
)
def test_bad_json_names_the_place(change, place):
    plain = fit(AB, COPY, np.zeros((0, 2)), "none").encode()
    change(plain)
    with pytest.raises(BadValue) as caught:
        Transform.decode(plain, "pre")
    assert caught.value.path == place


def test_decode_refuses_what_is_no_object():
    with pytest.raises(BadValue, match="must be an object"):
        Transform.decode([], "pre")
