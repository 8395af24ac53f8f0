"""Every registered dataset keeps the same promises; each generator also its own formula."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradloom.core.errors import BadValue
from gradloom.data import SOURCES, Dataset, DataSpec, TableSource, prepare
from gradloom.layers.signature import Target

EVERY = [kind for kind in SOURCES.kinds() if kind.offered]
PLANE = ["circles", "xor", "gaussians", "spiral", "moons", "checkerboard"]
UNEVEN = {"wine", "breast_cancer", "digits"}  # real tables are as they are
NOISY = [*PLANE, "line", "sine", "growing_noise", "plane", "bumps"]
SEEDS = st.integers(0, 2**31 - 1)


@pytest.fixture(params=EVERY, ids=lambda kind: kind.kind)
def source(request):
    return request.param()


class TestEvery:
    def test_default_settings_are_good(self, source):
        assert source.problems() == []
        assert source.label
        assert source.help
        assert source.task in {"classes", "real", "gate"}

    def test_names_are_those_of_the_columns(self, source):
        made = source.make(3)
        assert made.feature_names == source.feature_names
        assert made.target_columns == source.target_columns
        assert made.features.shape == (len(made), source.features)
        assert made.targets.shape == (len(made), len(source.target_columns))
        assert len(set(made.feature_names)) == source.features

    def test_numbers_are_finite_float64_and_read_only(self, source):
        made = source.make(3)
        for array in (made.features, made.targets):
            assert array.dtype == np.float64
            assert np.isfinite(array).all()
            with pytest.raises(ValueError, match="read-only"):
                array[0, 0] = 1.0

    def test_same_seed_same_bits(self, source):
        assert source.make(11).fingerprint == source.make(11).fingerprint

    def test_every_class_is_there_and_classes_are_even(self, source):
        made = source.make(5)
        for column, target in zip(made.targets.T, made.target_columns, strict=True):
            if target.classes:
                numbers, counts = np.unique(column, return_counts=True)
                assert numbers.tolist() == list(range(len(target.classes)))
                if source.kind in UNEVEN:
                    continue
                assert counts.max() - counts.min() <= (2 if source.task == "gate" else 1)
            else:
                assert column.std() > 0.1

    def test_settings_survive_json(self, source):
        plain = json.loads(json.dumps(source.encode(), allow_nan=False))
        assert SOURCES.decode(plain) == source

    def test_prepares_without_a_problem(self, source):
        assert prepare(DataSpec(source=source), 7).problems == ()


@pytest.mark.parametrize("kind", NOISY)
class TestNoisy:
    def test_another_seed_gives_other_points(self, kind):
        source = SOURCES.make(kind)
        assert source.make(1).fingerprint != source.make(2).fingerprint

    def test_count_is_kept(self, kind):
        for count in (10, 11, 5000):
            assert len(SOURCES.make(kind, count=count).make(1)) == count

    def test_noise_moves_every_row_along_a_fixed_way(self, kind):
        clean, some, much = (SOURCES.make(kind, noise=n).make(9) for n in (0, 10, 20))
        for before, one, two in (
            (clean.features, some.features, much.features),
            (clean.targets, some.targets, much.targets),
        ):
            assert np.allclose(two - before, 2 * (one - before), atol=1e-12)
        assert clean.fingerprint != some.fingerprint

    def test_values_stay_in_sight(self, kind):
        assert np.abs(SOURCES.make(kind).make(4).features).max() <= 6
        assert SOURCES.make(kind, noise=51).problems()


def clean(kind, seed, **settings):
    made = SOURCES.make(kind, noise=0, **settings).make(seed)
    return made.features[:, 0], made.features[:, 1], made.targets[:, 0]


class TestFormulas:
    """Without noise the classes are separated by the rule in the docstring."""

    @given(SEEDS, st.floats(0.1, 0.9))
    def test_circles(self, seed, ratio):
        x, y, label = clean("circles", seed, ratio=ratio)
        r = np.hypot(x, y)
        assert r[label == 0].max() <= 5 * ratio + 1e-12
        assert r[label == 1].min() >= 5 * (ratio + 0.4 * (1 - ratio)) - 1e-12
        assert r.max() <= 5 + 1e-12

    @given(SEEDS)
    def test_xor(self, seed):
        x, y, label = clean("xor", seed)
        assert ((x * y < 0) == (label == 1)).all()
        assert min(np.abs(x).min(), np.abs(y).min()) >= 0.3

    @given(SEEDS, st.integers(2, 5))
    def test_gaussians(self, seed, classes):
        x, y, label = clean("gaussians", seed, classes=classes)
        sector = np.rint((np.arctan2(y, x) - np.pi / 4) / (2 * np.pi / classes)) % classes
        assert (sector == label).mean() > 0.99

    @given(SEEDS, st.integers(2, 5), st.floats(0.25, 3))
    def test_spiral(self, seed, arms, turns):
        x, y, label = clean("spiral", seed, arms=arms, turns=turns)
        along = (np.hypot(x, y) - 0.3) / 4.7
        angle = np.arctan2(x, y) / (2 * np.pi) - turns * along
        assert (np.rint(angle * arms) % arms == label).all()
        assert np.hypot(x, y).max() <= 5

    @given(SEEDS)
    def test_moons(self, seed):
        x, y, label = clean("moons", seed)
        a, b = x / 3 + 0.5, y / 3 + 0.25
        assert np.allclose(np.hypot(a, b)[label == 0], 1)
        assert (b[label == 0] >= 0).all()
        assert np.allclose(np.hypot(a - 1, b - 0.5)[label == 1], 1)
        assert (b[label == 1] <= 0.5).all()

    @given(SEEDS, st.integers(2, 8))
    def test_checkerboard(self, seed, cells):
        x, y, label = clean("checkerboard", seed, cells=cells)
        column, row = np.floor((x + 5) / 10 * cells), np.floor((y + 5) / 10 * cells)
        assert ((column + row) % 2 == label).all()
        assert 0 <= column.min() <= column.max() < cells

    def test_line_and_sine(self):
        x, y = (a[:, 0] for a in _arrays("line", slope=2.0, intercept=-1.0))
        assert np.allclose(y, 2 * x - 1)
        x, y = (a[:, 0] for a in _arrays("sine", amplitude=3.0, frequency=0.5))
        assert np.allclose(y, 3 * np.sin(x / 2))
        x, y = (a[:, 0] for a in _arrays("growing_noise"))
        assert np.allclose(y, np.sin(x))

    def test_plane_and_bumps(self):
        x, y = _arrays("plane", slope_x1=2.0, slope_x2=-3.0, intercept=1.0)
        assert np.allclose(y[:, 0], 2 * x[:, 0] - 3 * x[:, 1] + 1)
        x, y = _arrays("bumps", bumps=1, width=2.0)  # one hill at (3, 0)
        squared = (x[:, 0] - 3) ** 2 + x[:, 1] ** 2
        assert np.allclose(y[:, 0], np.exp(-squared / 8))
        x, y = _arrays("bumps", bumps=2)  # and a hollow at (-3, 0)
        hill, hollow = ((x - [c, 0]) ** 2 for c in (3, -3))
        expected = np.exp(-hill.sum(axis=1) / 2) - np.exp(-hollow.sum(axis=1) / 2)
        assert np.allclose(y[:, 0], expected)


def _arrays(kind, **settings):
    made = SOURCES.make(kind, noise=0, **settings).make(1)
    return made.features, made.targets


@pytest.mark.parametrize(
    ("gate", "rule"),
    [
        ("and", lambda a, b: a and b),
        ("or", lambda a, b: a or b),
        ("nand", lambda a, b: not (a and b)),
        ("nor", lambda a, b: not (a or b)),
        ("xor", lambda a, b: a != b),
    ],
)
def test_gates(gate, rule):
    made = SOURCES.make("gate", gate=gate).make(0)
    assert made.features.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert made.targets[:, 0].tolist() == [float(rule(a, b)) for a, b in made.features]


def test_not_gate_has_one_feature():
    source = SOURCES.make("gate", gate="not")
    made = source.make(0)
    assert source.features == 1
    assert made.features.tolist() == [[0], [1]]
    assert made.targets.tolist() == [[1], [0]]


def test_iris_is_fishers():
    made = SOURCES.make("iris").make(0)
    assert len(made) == 150
    # the summary that scikit-learn and R print, and the two rows that UCI has wrong
    assert np.allclose(made.features.mean(axis=0), [5.843333, 3.057333, 3.758, 1.199333], atol=1e-6)
    assert made.features[34].tolist() == [4.9, 3.1, 1.5, 0.2]
    assert made.features[37].tolist() == [4.9, 3.6, 1.4, 0.1]
    assert made.target_columns == (Target("species", ("setosa", "versicolor", "virginica")),)
    assert made.targets[[0, 50, 100], 0].tolist() == [0, 1, 2]


def test_dataset_refuses_columns_that_do_not_fit():
    with pytest.raises(ValueError, match="2 columns"):
        Dataset("bad", np.zeros((3, 1)), ("a", "b"), np.zeros((3, 0)), ())
    with pytest.raises(ValueError, match="3 rows, 2 targets"):
        Dataset("bad", np.zeros((3, 1)), ("a",), np.zeros((2, 1)), (Target("y"),))


def test_dataset_keeps_its_own_copy():
    mine = np.zeros((2, 1))
    made = Dataset("own", mine, ("a",), np.zeros((2, 1)), (Target("y"),))
    mine[0, 0] = 5
    assert made.features[0, 0] == 0


class TestTable:
    CONTENT = Dataset(
        "flowers",
        np.array([[1.5, 2.0], [0.1, -3.0], [5e-324, 1e300]]),
        ("width", "height"),
        np.array([[0.0, 1.25], [1.0, 0.1], [1.0, -7.0]]),
        (Target("species", ("rose", "tulip")), Target("price")),
    )

    def test_survives_json_exactly(self):
        source = TableSource(content=self.CONTENT)
        again = SOURCES.decode(json.loads(json.dumps(source.encode(), allow_nan=False)))
        assert again == source
        assert hash(again) == hash(source)
        assert again.make(1).features.tobytes() == self.CONTENT.features.tobytes()
        assert again.make(1).target_columns == self.CONTENT.target_columns

    def test_differs_by_content(self):
        other = Dataset("flowers", [[1.0]], ("width",), [[0.0]], (Target("price"),))
        assert TableSource(content=self.CONTENT) != TableSource(content=other)
        assert TableSource() == TableSource()
        assert TableSource() != SOURCES.make("iris")

    def test_without_rows_says_so(self):
        (problem,) = prepare(DataSpec(source=TableSource()), 1).problems
        assert problem.stops_training
        assert "no rows" in problem.text

    @pytest.mark.parametrize(
        ("change", "place"),
        [
            (lambda c: c["features"][0]["values"].append(1), "content"),
            (lambda c: c["features"][1]["values"].__setitem__(2, "x"), "features[1].values[2]"),
            (lambda c: c["features"][1]["values"].__setitem__(2, True), "features[1].values[2]"),
            (lambda c: c["features"][1]["values"].__setitem__(0, 1e999), "features[1].values[0]"),
            (lambda c: c["features"][1]["values"].__setitem__(0, 10**400), "values[0]"),
            (lambda c: c["features"][0].__setitem__("name", "height"), "content: has two columns"),
            (lambda c: c["features"].clear(), "content"),
            (lambda c: c["features"].append(3), "features[2]"),
            (lambda c: c["targets"][0]["values"].__setitem__(0, 2), "class number"),
            (lambda c: c["targets"][0].__setitem__("classes", ["a", "a"]), "targets[0].classes"),
            (lambda c: c.pop("targets"), "targets"),
            (lambda c: c.pop("name"), "content"),
        ],
    )
    def test_names_the_place_of_a_mistake(self, change, place):
        plain = TableSource(content=self.CONTENT).encode()
        change(plain["content"])
        with pytest.raises(BadValue) as caught:
            SOURCES.decode(plain, "source")
        assert place in str(caught.value)
        assert str(caught.value).startswith("source.content")
