"""Parameters that do not learn stay as they are, to the bit, whatever the optimiser does."""

from __future__ import annotations

import numpy as np
import pytest

from gradloom.engine.optimisers import OPTIMISERS
from gradloom.engine.plan import Plan
from gradloom.engine.trainer import Trainer
from gradloom.layers import INITIALISERS

_KINDS = [(kind.kind, {}) for kind in OPTIMISERS.kinds()]
_DECAY = [("sgd", {"weight_decay": 0.1, "momentum": 0.9}), ("adamw", {"weight_decay": 0.1})]
_START = INITIALISERS.make("constant", value=0.1)


@pytest.mark.parametrize(("kind", "extra"), _KINDS + _DECAY)
@pytest.mark.parametrize(("learn", "kept"), [("weights", {"b"}), ("nothing", {"W", "b"})])
def test_what_does_not_learn_is_kept(chain, dense, data, kind, extra, learn, kept):
    graph = chain(dense(3, "tanh", learn=learn, bias_init=_START), dense(1))
    plan = Plan(optimiser=OPTIMISERS.make(kind, **extra), l1=0.01, l2=0.01, clip_norm=0.5)
    trainer = Trainer(graph, data(classes=0), plan)
    before = {name: trainer.parameters["dense_1", name].copy() for name in ("W", "b")}
    other = trainer.parameters["dense_2", "W"].copy()
    trainer.run(steps=12)
    assert trainer.outcome is None
    for name, array in before.items():
        same = np.array_equal(trainer.parameters["dense_1", name], array)
        assert same == (name in kept)
    assert not np.array_equal(trainer.parameters["dense_2", "W"], other)


def test_kept_parameters_do_not_lengthen_the_gradient(chain, dense, data):
    """Clipping by norm measures what learns only."""
    prepared = data(classes=0)
    plan = Plan(optimiser=OPTIMISERS.make("sgd", rate=1.0), clip_norm=1e-3, precision="float64")
    trainer = Trainer(chain(dense(3, learn="nothing"), dense(1)), prepared, plan)
    before = trainer.parameters.theta.copy()
    trainer.step_batch()
    moved = np.linalg.norm(trainer.parameters.theta - before)
    assert moved == pytest.approx(1e-3, rel=2e-3)


def test_freezing_while_it_trains_takes_effect_with_the_next_step(chain, dense, data):
    trainer = Trainer(chain(dense(3, "tanh"), dense(1)), data(classes=0), Plan())
    trainer.run(steps=3)
    before = trainer.parameters["dense_1", "W"].copy()
    trainer.regraph(chain(dense(3, "tanh", learn="nothing"), dense(1)))
    trainer.run(steps=3)
    assert np.array_equal(trainer.parameters["dense_1", "W"], before)
    trainer.regraph(chain(dense(3, "tanh"), dense(1)))
    trainer.run(steps=1)
    assert not np.array_equal(trainer.parameters["dense_1", "W"], before)


def test_nothing_is_added_to_the_step_when_everything_learns(chain, dense, data):
    graph, prepared = chain(dense(3, "tanh"), dense(1)), data(classes=0)
    free = Trainer(graph, prepared, Plan())
    held = Trainer(chain(dense(3, "tanh", learn="weights"), dense(1)), prepared, Plan())
    assert len(held._steps._update.calls) == len(free._steps._update.calls) + 3
