import math

import numpy as np
import pytest

from gradloom.engine.evaluator import _CHUNK, Evaluator
from gradloom.engine.metrics import Score, accuracy, main_metric, r_squared
from gradloom.graph import analyse
from gradloom.layers import LOSSES
from gradloom.layers.coding import Coding
from gradloom.layers.signature import Target

THREE = Coding((0,), (Target("y", ("a", "b", "c")),), "one_hot", "mse")
SIGNED = Coding((0,), (Target("y", ("a", "b")),), "unit", "mse", low=-1.0)
REAL = Coding((0, 1), (Target("y"), Target("z")), "real", "mse")


def test_accuracy_by_hand():
    output = np.array([[0.1, 0.7, 0.2], [0.8, 0.2, 0.3], [0.1, 0.1, 0.5]])
    assert accuracy(THREE, output, np.array([1, 0, 0])) == pytest.approx(2 / 3)
    assert accuracy(SIGNED, np.array([[-0.1, 0.2, 0.9, -1]]), np.array([0, 1, 0, 0])) == 0.75
    assert math.isnan(accuracy(SIGNED, np.zeros((1, 0)), np.zeros(0)))


def test_r_squared_by_hand():
    """y = 1, 2, 3 (total 2), residuals 0.5, 0, 0.5 (0.5): 1 - 0.25; the other column is exact."""
    truth = np.array([[1.0, 2.0, 3.0], [5.0, 6.0, 10.0]])
    guess = np.array([[1.5, 2.0, 2.5], [5.0, 6.0, 10.0]])
    assert r_squared(guess, truth) == pytest.approx((0.75 + 1) / 2)
    assert math.isnan(r_squared(guess, np.ones((2, 3))))


def test_score_adds_batches_up():
    rng = np.random.default_rng(0)
    guess, truth = rng.normal(size=(2, 11)), rng.normal(size=(2, 11))
    score = Score([REAL], [truth])
    for lo, hi in ((0, 4), (4, 8), (8, 11)):
        score.add(0, guess[:, lo:hi], lo)
    assert score.value() == pytest.approx(r_squared(guess, truth), rel=1e-12)
    score.clear()
    score.add(0, truth, 0)
    assert score.value() == 1.0


def test_the_first_output_says_which_metric():
    assert main_metric({"a": THREE, "b": REAL, "c": SIGNED}) == ("Accuracy", ("a", "c"))
    assert main_metric({"b": REAL, "a": THREE}) == ("R²", ("b",))


@pytest.mark.parametrize("rows", [0, 5, _CHUNK, 2 * _CHUNK + 17])
@pytest.mark.parametrize("classes", [0, 2, 3])
def test_evaluator_measures_all_rows(chain, dense, data, program, rows, classes):
    activation = {0: "identity", 2: "sigmoid", 3: "softmax"}[classes]
    loss = LOSSES.make("mse") if not classes else None
    network = chain(dense(max(classes, 2) - 1 if classes < 3 else 3, activation), loss=loss)
    found = data(rows=rows + 3, validation=rows, classes=classes)
    analysis = analyse(network, found.signature)
    _, parameters = program(network, found.signature, 1)
    evaluator = Evaluator(network, analysis, parameters, found, found.split.validation)
    loss, metric = evaluator.measure()
    assert (loss, metric) == evaluator.measure() or not rows
    if not rows:
        assert math.isnan(loss)
        assert math.isnan(metric)
        return
    x, y = found.features[3:], found.targets[3:, 0]
    z = x @ parameters["dense_1", "W"] + parameters["dense_1", "b"]
    if classes == 0:
        wanted = (
            np.square(z[:, 0] - y).mean(),
            1 - np.square(z[:, 0] - y).sum() / np.square(y - y.mean()).sum(),
        )
    elif classes == 2:
        wanted = (
            np.log1p(np.exp(np.where(y == 1, -1, 1) * z[:, 0])).mean(),
            ((z[:, 0] > 0) == y).mean(),
        )
    else:
        shares = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        wanted = (
            -np.log(shares[np.arange(rows), y.astype(int)]).mean(),
            (z.argmax(axis=1) == y).mean(),
        )
    assert (loss, metric) == pytest.approx(wanted, rel=1e-10)
