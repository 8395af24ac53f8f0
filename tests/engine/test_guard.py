"""Numbers that grow without bound end the run at once; the last finite parameters stay."""

import numpy as np
import pytest

from gradloom.engine.optimisers import OPTIMISERS
from gradloom.engine.plan import Plan
from gradloom.engine.progress import Broken
from gradloom.engine.trainer import Trainer
from gradloom.layers import LAYERS, LOSSES


def _sgd(rate, **settings):
    return OPTIMISERS.make("sgd", rate=rate, **settings)


def test_too_large_a_rate_is_told(chain, dense, data):
    network = chain(dense(3, "relu"), dense(1), loss=LOSSES.make("mse"))
    trainer = Trainer(network, data(classes=0), Plan(optimiser=_sgd(30.0), l2=0.4, batch_size=6))
    trainer.run(steps=1000)
    broken = trainer.outcome
    assert isinstance(broken, Broken)
    steps = trainer.progress().steps
    assert (broken.steps, 0 < steps < 50) == (steps, True)
    assert broken.layer in {"dense_1", "dense_2", "output_1"}
    assert network[broken.layer].name in broken.sentence
    assert f"after step {steps}; learning rate 30 with L2 0.4 is likely too large" in (
        broken.sentence
    )
    assert np.isfinite(trainer.parameters.theta).all()


def test_the_last_finite_parameters_stay_and_training_can_go_on(chain, dense, data):
    network = chain(dense(3, "relu"), dense(1), loss=LOSSES.make("mse"))
    trainer = Trainer(network, data(classes=0), Plan(optimiser=_sgd(30.0), batch_size=6))
    trainer.run(steps=1000)
    steps = trainer.progress().steps
    again = Trainer(network, data(classes=0), trainer.plan)
    again.run(steps=steps)
    assert again.outcome is None
    np.testing.assert_array_equal(trainer.parameters.theta, again.parameters.theta)
    trainer.run(steps=10)
    assert trainer.progress().steps == steps  # nothing moves until something changes
    trainer.checkpoint().encode()
    trainer.replan(trainer.plan.replace(optimiser=_sgd(0.0)))
    assert trainer.outcome is None


def test_weights_that_grow_behind_a_flat_activation_are_caught(chain, dense, data):
    """tanh hides growing weights from the loss: the guard looks at the weights themselves."""
    network = chain(dense(3, "tanh"), dense(1, "tanh"))
    plan = Plan(optimiser=_sgd(1000.0, weight_decay=1.0), batch_size=6)
    trainer = Trainer(network, data(), plan)
    trainer.run(steps=1000)
    assert isinstance(trainer.outcome, Broken)
    assert "with weight decay 1" in trainer.outcome.sentence
    assert np.isfinite(trainer.parameters.theta).all()


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_state_stays_finite_too(chain, dense, data, precision):
    network = chain(dense(3), LAYERS.make("batch_norm"), dense(1), loss=LOSSES.make("mse"))
    rows = data(classes=0)
    trainer = Trainer(network, rows, Plan(batch_size=6, precision=precision))
    trainer.run(steps=5)
    state = trainer.parameters.state.copy()
    big = float(np.finfo(precision).max) / 10
    trainer.parameters["dense_1", "W"][...] = big
    trainer.set_parameter("dense_1", "W", (0, 0), big)
    trainer.run(steps=5)
    assert isinstance(trainer.outcome, Broken)
    assert trainer.outcome.layer == "batch_norm_1"
    np.testing.assert_array_equal(trainer.parameters.state, state)


def test_bad_start_values_are_told_apart(chain, dense, data):
    network = chain(dense(1), loss=LOSSES.make("mse"))
    trainer = Trainer(network, data(classes=0), Plan(batch_size=6))
    trainer.set_parameter("dense_1", "W", (0, 0), 1e30)
    trainer.run(steps=5)
    assert "in the first step; the start values" in trainer.outcome.sentence


def test_data_beyond_float32_is_told(chain, dense, data):
    rows = data(classes=0)
    rows.features[3, 1] = 1e60
    trainer = Trainer(chain(dense(1)), rows, Plan(batch_size=20))
    trainer.run(steps=5)
    assert "A number of the data at Input is beyond what float32 holds" in trainer.outcome.sentence
    assert trainer.outcome.layer == "input_1"
