import dataclasses

import numpy as np
import pytest

from gradloom.data import SOURCES, DataSpec
from gradloom.document.samples import first_project
from gradloom.engine.parameters import layout_of
from gradloom.engine.predictor import Predictor
from gradloom.engine.trainer import Trainer
from gradloom.session.mapping import CURVE, FINE, Mapper, MapWish, why_no_map


def trained(state, epochs=2):
    trainer = Trainer(state.graph, state.prepared, state.plan)
    for _ in range(epochs):
        trainer.step_epoch()
    return trainer.progress(run=3)


def with_data(source, **settings):
    return dataclasses.replace(first_project(), data=DataSpec(source=source, **settings))


@pytest.mark.parametrize(
    "state",
    [first_project(), with_data(SOURCES.make("xor"), product=True, scaling="standard")],
    ids=["plain", "crosses and scaling"],
)
def test_map_values_are_what_the_network_answers(state):
    progress = trained(state)
    result = Mapper(state).draw(progress, fine=True)
    (picture,) = result.outputs.values()
    assert picture.shape == (1, FINE, FINE)
    x0, x1, y0, y1 = result.extent
    places = [(0, 0), (0, FINE - 1), (FINE - 1, 0), (17, 120), (150, 3)]  # row, column
    raw = np.array(
        [(x0 + (x1 - x0) * i / (FINE - 1), y0 + (y1 - y0) * j / (FINE - 1)) for j, i in places]
    )
    predictor = Predictor(
        state.graph, state.analysis, layout_of(state.graph, state.analysis), state.plan.dtype
    )
    predictor.load(progress.snapshot.theta, progress.snapshot.state)
    features = state.prepared.transform.apply(raw).T
    (expected,) = predictor.outputs(features).values()
    np.testing.assert_allclose([picture[0, j, i] for j, i in places], expected[0], rtol=1e-5)


def test_neurons_are_the_layers_values_and_the_focus_is_finer():
    state = first_project()
    progress = trained(state)
    result = Mapper(state).draw(progress, fine=False, wish=MapWish("dense_2"))
    assert {id_: p.shape for id_, p in result.neurons.items()} == {
        "input_1": (2, 40, 40),
        "dense_1": (4, 40, 40),
        "dense_2": (2, 40, 40),
        "dense_3": (1, 40, 40),
    }
    x0, x1, y0, y1 = result.extent
    np.testing.assert_allclose(result.neurons["input_1"][0, 0], np.linspace(x0, x1, 40), rtol=1e-6)
    np.testing.assert_allclose(
        result.neurons["input_1"][1, :, 0], np.linspace(y0, y1, 40), rtol=1e-6
    )
    (output,) = result.outputs.values()
    assert result.focus["dense_2"].shape[1:] == output.shape[1:]
    small, fine = result.neurons["dense_2"], result.focus["dense_2"]
    np.testing.assert_allclose(small[:, ::39, ::39], fine[:, :: len(fine[0]) - 1][..., ::99])
    assert (result.run, result.steps) == (3, progress.steps)


def test_pictures_are_frozen_and_float32():
    result = Mapper(first_project()).draw(trained(first_project()), fine=False)
    for picture in (*result.outputs.values(), *result.neurons.values()):
        assert picture.dtype == np.float32
        assert not picture.flags.writeable


def test_one_feature_is_a_curve():
    state = with_data(SOURCES.make("sine"))
    result = Mapper(state).draw(trained(state), fine=False)
    (curve,) = result.outputs.values()
    assert curve.shape == (1, 1, CURVE)
    raw = state.prepared.dataset.features
    assert result.extent[0] < raw.min()
    assert result.extent[1] > raw.max()


def test_a_costly_network_gets_coarser_pictures():
    mapper = Mapper(first_project())
    progress = trained(first_project())
    mapper._costs = {"map": 2e-6, "neurons": 1e-3}
    result = mapper.draw(progress, fine=False)
    assert next(iter(result.outputs.values())).shape == (1, 40, 40)
    assert result.neurons["dense_1"].shape == (4, 16, 16)
    assert next(iter(mapper.draw(progress, fine=True).outputs.values())).shape == (1, FINE, FINE)


def test_a_network_in_pieces_has_no_map_and_says_why():
    state = first_project()
    assert why_no_map(state) == ""
    cut = dataclasses.replace(state, graph=state.graph.with_edges(state.graph.edges[1:]))
    assert "ready" in why_no_map(cut)
