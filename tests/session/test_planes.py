import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradloom.data import SOURCES, DataSpec
from gradloom.data.dataset import Dataset
from gradloom.data.drawing import add_points, blank
from gradloom.document.samples import first_project
from gradloom.layers.signature import Target
from gradloom.session.planes import (
    MOST_ROWS,
    Look,
    grid,
    ground_of,
    plane_of,
    ranges_of,
    typical,
    veil_of,
)


def table(features, names=None, **settings):
    features = np.asarray(features, float)
    names = names or tuple(f"f{i}" for i in range(features.shape[1]))
    targets = np.arange(len(features))[:, None] % 2.0
    content = Dataset("t", features, names, targets, (Target("y", ("a", "b")),))
    spec = DataSpec(
        source=SOURCES.make("table", content=content), train=100, validation=0, test=0, **settings
    )
    return dataclasses.replace(first_project(), data=spec)


def correlated():
    """Columns of variance 1, the first two with a correlation of 0.8, the third alone."""
    u, v, w = np.array([[1, 1, -1, -1], [1, -1, 1, -1], [1, -1, -1, 1]])
    return np.stack([3 + 2 * u, 5 * (0.8 * u + 0.6 * v) - 1, 7.0 * w], axis=1)


def test_principal_components_of_a_case_worked_by_hand():
    """Correlations 1 .8 0 / .8 1 0 / 0 0 1: eigenvalues 1.8, 1, 0.2."""
    plane = plane_of(table(correlated()), Look())
    assert plane.share == pytest.approx(2.8 / 3, abs=1e-12)
    half = np.sqrt(0.5)
    np.testing.assert_allclose(
        plane.along, [[half * 2, half * 5, 0], [0, 0, 7]], atol=1e-12
    )  # in raw units: directions times deviations
    # row 0 is u = v = w = 1: standardised (1, 1.4, 1)
    np.testing.assert_allclose(plane.project(correlated()[:1]), [[half * 2.4, 1.0]], atol=1e-12)


def test_a_file_that_is_sorted_is_seen_as_a_whole():
    """Its first rows are of one class; the components and the middle must be those of all."""
    rng = np.random.default_rng(0)
    first, last = rng.normal(size=(6000, 3)), rng.normal((9, 9, 0), size=(6000, 3))
    rows = np.concatenate([first, last])
    state = table(rows)
    np.testing.assert_allclose(typical(state), rows.mean(axis=0), atol=0.1)
    plane = plane_of(state, Look())
    np.testing.assert_allclose(plane.spread, rows.std(axis=0), rtol=0.02)
    values = np.linalg.eigvalsh(np.corrcoef(rows.T))[::-1]
    assert plane.share == pytest.approx(values[:2].sum() / 3, abs=0.005)


def test_components_of_many_columns_are_those_of_their_correlations():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(400, 3)) @ rng.normal(size=(3, 300)) + rng.normal(size=(400, 300))
    plane = plane_of(table(rows), Look())
    values, vectors = np.linalg.eigh(np.corrcoef(rows.T))
    assert plane.share == pytest.approx(values[::-1][:2].sum() / 300, abs=1e-6)
    same = np.abs((plane.across * plane.spread[:, None]).T @ vectors[:, ::-1][:, :2])
    np.testing.assert_allclose(same, np.eye(2), atol=1e-3)


def test_ranges_are_of_all_training_rows():
    rows = np.stack([np.arange(12_000.0), -np.arange(12_000.0)], axis=1)[:, [0, 1, 0]]
    state = table(rows)
    low, high = ranges_of(state.prepared)
    assert low.tolist() == [0.0, -11_999.0, 0.0]
    assert high.tolist() == [11_999.0, 0.0, 11_999.0]


def test_long_rows_are_looked_at_in_smaller_numbers(monkeypatch):
    """Pictures of ten thousand cells must not take gigabytes."""
    rng = np.random.default_rng(0)
    state = table(rng.normal(size=(1000, 40)) @ np.diag(np.linspace(3, 1, 40)))
    whole = ground_of(state, Look())
    veil = veil_of(state.prepared, whole)
    monkeypatch.setattr("gradloom.session.planes._NUMBERS", 250 * 40)
    some = ground_of(state, Look())
    assert (len(whole.rows), len(some.rows), some.count) == (1000, 250, 1000)
    monkeypatch.setattr("gradloom.session.planes._NEIGHBOURS", 250)
    part = veil_of(state.prepared, whole)
    monkeypatch.setattr("gradloom.session.planes._NUMBERS", 1 << 23)
    np.testing.assert_allclose(part, veil_of(state.prepared, whole), atol=1e-12)
    assert part.shape == veil.shape


def test_the_middle_row_lies_on_the_plane_and_others_by_their_distance():
    state = table(correlated())
    plane = plane_of(state, Look())
    middle = typical(state)[None]
    np.testing.assert_allclose(plane.lift(plane.project(middle)), middle, atol=1e-12)
    assert plane.away(middle)[0] == pytest.approx(0, abs=1e-12)
    # off the plane is the third direction, (1, -1, 0)/sqrt 2: (1 - 1.4)/sqrt 2 over 3 features
    assert plane.away(correlated()[:1])[0] == pytest.approx(0.4 / np.sqrt(2) / np.sqrt(3))


def test_a_plane_along_two_features_holds_the_others():
    state = table(correlated())
    plane = plane_of(state, Look("f2", "f0", (("f1", 4.5),)))
    np.testing.assert_allclose(plane.lift(np.array([[10.0, 20.0]])), [[20.0, 4.5, 10.0]])
    np.testing.assert_allclose(plane.project(np.array([[1.0, 2.0, 3.0]])), [[3.0, 1.0]])
    assert plane.names == ("f2", "f0")
    assert np.isnan(plane.share)
    unheld = plane_of(state, Look("f2", "f0"))
    np.testing.assert_allclose(unheld.lift(np.array([[0.0, 0.0]])), [[0.0, -1.0, 0.0]])


def test_a_slice_through_a_row_goes_through_it():
    state = table(correlated())
    row = correlated()[2]
    look = Look(at=tuple(zip(("f0", "f1", "f2"), row.tolist(), strict=True)))
    plane = plane_of(state, look)
    np.testing.assert_allclose(plane.lift(plane.project(row[None])), row[None], atol=1e-12)


def test_one_or_two_features_are_the_whole_plane():
    state = first_project()
    ground = ground_of(state, Look())
    raw = state.prepared.dataset.features
    np.testing.assert_array_equal(ground.points, raw)
    np.testing.assert_array_equal(ground.plane.lift(raw), raw)
    assert ground.plane.whole
    assert not ground.away.any()
    line = ground_of(dataclasses.replace(state, data=DataSpec(source=SOURCES.make("sine"))), Look())
    assert not line.plane.flat
    assert line.extent[2:] == (0.0, 1.0)


def test_words_of_a_column_are_held_at_the_commonest():
    state = table([[1, 0, 3.0], [1, 0, 5.0], [0, 1, 7.0]])
    source = SimpleNamespace(groups=(slice(0, 2),))
    found = typical(SimpleNamespace(prepared=state.prepared, data=SimpleNamespace(source=source)))
    np.testing.assert_array_equal(found, [1.0, 0.0, 5.0])


def test_a_look_at_features_that_are_gone_is_the_default():
    names = ("a", "b", "c")
    assert Look("a", "b").fitting(names) == Look("a", "b")
    assert Look("a", "x").fitting(names) == Look()
    assert Look("a", "a").fitting(names) == Look()
    assert Look("a", "b", (("z", 1.0),)).fitting(names) == Look()
    held = Look("a", "b").held("c", 1.0).held("c", 2.0)
    assert held.at == (("c", 2.0),)


def test_the_extent_covers_the_data_with_a_margin():
    state = table([[0.0, -1.0], [10.0, 1.0]])
    assert ground_of(state, Look()).extent == pytest.approx((-0.8, 10.8, -1.16, 1.16))
    state = table([[2.0, 2.0], [2.0, 2.0]])
    assert ground_of(state, Look()).extent == pytest.approx((1.92, 2.08, 1.92, 2.08))


def drawing(points, *, features=2, **edges):
    source = add_points(blank(features=features), np.reshape(points, (-1, 2)), 0).replace(**edges)
    return dataclasses.replace(first_project(), data=DataSpec(source=source))


def test_a_drawing_has_a_plane_of_its_own_with_nothing_on_it_and_with_points():
    assert ground_of(drawing([]), Look()).extent == (-5, 5, -5, 5)
    assert ground_of(drawing([[1, 2]]), Look()).extent == (-5, 5, -5, 5)
    assert ground_of(drawing([], right=9.0), Look()).extent == (-5, 9, -5, 5)
    beyond = ground_of(drawing([[0, 0], [10, 0]]), Look()).extent
    assert beyond == pytest.approx((-5, 10.8, -5, 5)), "with a margin where points lie beyond"
    assert ground_of(drawing([], features=1), Look()).extent == (-5, 5, 0, 1)


def test_every_row_of_a_drawing_is_drawn():
    state = drawing(np.random.default_rng(0).uniform(-5, 5, (MOST_ROWS + 7, 2)))
    assert len(ground_of(state, Look()).rows) == MOST_ROWS + 7


def test_many_rows_are_thinned_evenly():
    state = table(np.random.default_rng(0).normal(size=(10_001, 3)))
    ground = ground_of(state, Look("f0", "f1"))
    assert len(ground.rows) == len(ground.points) == MOST_ROWS
    assert (ground.rows[0], ground.rows[-1]) == (0, 10_000)
    np.testing.assert_array_equal(
        ground.points, state.prepared.dataset.features[ground.rows][:, :2]
    )


def test_a_veil_lies_where_no_row_is_near():
    rng = np.random.default_rng(3)
    left = rng.normal(size=(60, 2)) * 0.2
    far = np.array([10.0, 0.0])
    state = table(np.concatenate([left, left + far]))
    ground = ground_of(state, Look())
    veil = veil_of(state.prepared, ground)
    assert veil.min() == 0
    assert veil.max() == 1
    middle = veil[:, veil.shape[1] // 2]
    assert middle.min() == 1  # between the clouds
    assert veil[24, 6] < 0.2


def test_a_constant_feature_harms_nothing():
    rows = np.concatenate([correlated(), np.full((4, 1), 8.0)], axis=1)
    plane = plane_of(table(rows), Look())
    assert np.isfinite(plane.along).all()
    assert plane.lift(np.zeros((1, 2)))[0, 3] == 8.0
    assert plane.share == pytest.approx(2.8 / 3)


@given(st.integers(0, 2**32 - 1), st.integers(3, 9), st.booleans())
def test_places_come_back_from_rows(seed, width, principal):
    rng = np.random.default_rng(seed)
    state = table(rng.normal(size=(20, width)) * rng.uniform(0.1, 100, width))
    plane = plane_of(state, Look() if principal else Look("f2", "f0", (("f1", 3.0),)))
    places = rng.normal(size=(7, 2))
    np.testing.assert_allclose(plane.project(plane.lift(places)), places, atol=1e-9)
    np.testing.assert_allclose(plane.away(plane.lift(places)), 0, atol=1e-9)


def test_the_grid_goes_row_by_row_upwards():
    np.testing.assert_array_equal(
        grid((0.0, 2.0, 5.0, 6.0), 3, 2),
        [(0, 5), (1, 5), (2, 5), (0, 6), (1, 6), (2, 6)],
    )
