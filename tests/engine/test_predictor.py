"""Forward-only use gives what a trained network gives, however it is cut into chunks."""

import numpy as np
import pytest

from gradloom.core.errors import UserError
from gradloom.engine.compile import EVALUATE, compile_graph
from gradloom.engine.parameters import Parameters, layout_of
from gradloom.engine.predictor import Predictor
from gradloom.graph import analyse
from gradloom.layers import LAYERS


@pytest.fixture
def case(chain, dense, data):
    network = chain(
        dense(5, "tanh"), LAYERS.make("dropout"), LAYERS.make("batch_norm"), dense(3, "softmax")
    )
    analysis = analyse(network, data(classes=3).signature)
    layout = layout_of(network, analysis)
    parameters = Parameters(layout, "float64")
    parameters.initialise(1)
    rng = np.random.default_rng(5)
    parameters.state[...] = rng.uniform(0.5, 1.5, parameters.state.size)
    return network, analysis, layout, parameters


@pytest.mark.parametrize("rows", [0, 1, 7, 8, 9, 50])
def test_chunks_do_not_show(case, rows):
    network, analysis, layout, parameters = case
    predictor = Predictor(network, analysis, layout, "float64", batch=8)
    predictor.load(parameters.theta, parameters.state)
    x = np.random.default_rng(0).normal(size=(2, rows))
    found = predictor.tensors(x, analysis.trained)
    assert predictor.outputs(x)["output_1"].shape == (3, rows)
    if not rows:
        return
    whole = compile_graph(network, analysis, parameters, rows, EVALUATE)
    whole.inputs["input_1"][...] = x
    whole.run()
    assert set(found) == {layer.id for layer in network}
    for id_, array in found.items():
        np.testing.assert_allclose(array, whole.tensors[id_].flat, rtol=1e-12)
    np.testing.assert_array_equal(predictor.outputs(x)["output_1"], found["output_1"])


def test_by_hand(chain, dense, data):
    """2 -> 2 tanh -> 1, one row worked with a pocket calculator."""
    network = chain(dense(2, "tanh"), dense(1))
    analysis = analyse(network, data(classes=0).signature)
    layout = layout_of(network, analysis)
    parameters = Parameters(layout, "float64")
    parameters["dense_1", "W"][...] = [[0.5, -1.0], [0.25, 2.0]]
    parameters["dense_1", "b"][...] = [0.5, 0.0]
    parameters["dense_2", "W"][...] = [[2.0], [-1.0]]
    parameters["dense_2", "b"][...] = [0.125]
    predictor = Predictor(network, analysis, layout, "float64")
    predictor.load(parameters.theta, parameters.state)
    # z = (0.5 * 1 + 0.25 * -2 + 0.5, -1 * 1 + 2 * -2) = (0.5, -5)
    # a = (0.46211716, -0.99990920); y = 2 * 0.46211716 + 0.99990920 + 0.125
    found = predictor.outputs(np.array([[1.0], [-2.0]]))["output_1"]
    assert found.item() == pytest.approx(2.04914352, abs=1e-8)


def test_wrong_number_of_features(case):
    network, analysis, layout, _ = case
    with pytest.raises(UserError, match="takes 2 features, got 3"):
        Predictor(network, analysis, layout).outputs(np.zeros((3, 4)))


def test_few_programs_are_kept(case):
    network, analysis, layout, parameters = case
    predictor = Predictor(network, analysis, layout, batch=100)
    predictor.load(parameters.theta, parameters.state)
    for rows in range(1, 12):
        predictor.outputs(np.zeros((2, rows)))
    assert len(predictor._programs) <= 4
