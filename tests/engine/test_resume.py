"""A run saved at any step, written as JSON text and read again, goes on to the same bits."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradloom.core.errors import BadValue
from gradloom.engine.optimisers import OPTIMISERS
from gradloom.engine.plan import Plan
from gradloom.engine.run import Checkpoint
from gradloom.engine.schedules import SCHEDULES
from gradloom.engine.trainer import Trainer
from gradloom.layers import LAYERS

OPTIMISER = st.sampled_from(
    [
        OPTIMISERS.make("sgd", rate=0.1),
        OPTIMISERS.make("sgd", rate=0.1, momentum=0.9, nesterov=True),
        OPTIMISERS.make("adam", rate=0.02, amsgrad=True),
        OPTIMISERS.make("adamw", rate=0.02),
        OPTIMISERS.make("adagrad", rate=0.1, rate_decay=0.01),
        OPTIMISERS.make("rmsprop", momentum=0.5, centred=True),
    ]
)
SCHEDULE = st.sampled_from(
    [
        SCHEDULES.make("constant"),
        SCHEDULES.make("cosine", epochs=7),
        SCHEDULES.make("plateau", patience=0, by=0.7),
    ]
)
PLAN = st.builds(
    Plan,
    optimiser=OPTIMISER,
    schedule=SCHEDULE,
    batch_size=st.integers(2, 25),
    l1=st.sampled_from([0.0, 0.01]),
    l2=st.sampled_from([0.0, 0.1]),
    clip_norm=st.sampled_from([None, 0.2]),
    precision=st.sampled_from(["float32", "float64"]),
    seed=st.integers(0, 5),
    shuffle=st.booleans(),
    epochs=st.sampled_from([None, 6]),
    patience=st.sampled_from([None, 2]),
    restore_best=st.booleans(),
)


def _text(checkpoint, layout):
    text = json.dumps(checkpoint.encode(), allow_nan=False)
    return Checkpoint.decode(json.loads(text), "run", layout)


def _same(one, other):
    first, second = one.encode(), other.encode()
    del first["seconds"], second["seconds"]
    assert first == second


@settings(max_examples=40)
@given(
    plan=PLAN,
    middle=st.lists(
        st.sampled_from(["relu", "batch_norm", "dropout", "tanh", "layer_norm"]), max_size=3
    ),
    first=st.integers(0, 30),
    second=st.integers(0, 30),
    classes=st.sampled_from([0, 3]),
)
def test_resume_is_exact(chain, dense, data, plan, middle, first, second, classes):
    rows = data(classes=classes, validation=plan.seed)
    last = dense(3, "softmax") if classes else dense(1)
    network = chain(dense(4, "tanh"), *[LAYERS.make(kind) for kind in middle], last)
    trainer = Trainer(network, rows, plan)
    trainer.run(steps=first)
    saved = trainer.checkpoint()
    other = Trainer(network, rows, plan, _text(saved, trainer.layout))
    _same(saved, other.checkpoint())
    trainer.run(steps=second)
    other.run(steps=second)
    _same(trainer.checkpoint(), other.checkpoint())
    assert trainer.outcome == other.outcome
    np.testing.assert_array_equal(trainer.parameters.theta, other.parameters.theta)


def test_a_change_of_batch_size_waits_in_the_checkpoint(chain, dense, data):
    network, rows = chain(dense(3, "tanh"), dense(1, "sigmoid")), data()
    trainer = Trainer(network, rows, Plan(batch_size=4))
    trainer.run(steps=2)
    trainer.replan(trainer.plan.replace(batch_size=7, shuffle=False))
    other = Trainer(network, rows, trainer.plan, _text(trainer.checkpoint(), trainer.layout))
    trainer.run(steps=20)
    other.run(steps=20)
    _same(trainer.checkpoint(), other.checkpoint())


def test_numbers_too_small_to_be_normal_are_saved_as_they_are(chain, dense, data):
    network, rows = chain(dense(3, "tanh"), dense(1, "sigmoid")), data()
    sgd = OPTIMISERS.make("sgd", momentum=0.5)
    plan = Plan(batch_size=4, optimiser=sgd, clip_value=1e-38, precision="float32")
    trainer = Trainer(network, rows, plan)
    trainer.run(steps=2)  # in the middle of an epoch
    momentum = np.abs(trainer.checkpoint().slots["b"])
    assert ((momentum > 0) & (momentum < np.finfo(np.float32).smallest_normal)).any()
    other = Trainer(network, rows, plan, _text(trainer.checkpoint(), trainer.layout))
    _same(trainer.checkpoint(), other.checkpoint())


@pytest.fixture
def saved(chain, dense, data):
    trainer = Trainer(
        chain(dense(3), LAYERS.make("batch_norm"), dense(1)),
        data(classes=0),
        Plan(batch_size=4, restore_best=True),
    )
    trainer.run(steps=12)
    return trainer


def test_checkpoints_do_not_move(saved):
    checkpoint = saved.checkpoint()
    theta = checkpoint.theta.copy()
    saved.run(steps=3)
    np.testing.assert_array_equal(checkpoint.theta, theta)
    with pytest.raises(ValueError, match="read-only"):
        checkpoint.slots["mv"][0, 0] = 1


def test_a_checkpoint_of_another_network_is_refused(chain, dense, data, saved):
    other = chain(dense(4), LAYERS.make("batch_norm"), dense(1))
    with pytest.raises(ValueError, match="another network"):
        Trainer(other, data(classes=0), saved.plan, saved.checkpoint())
    with pytest.raises(ValueError, match="precision"):
        Trainer(
            saved.graph,
            data(classes=0),
            saved.plan.replace(precision="float64"),
            saved.checkpoint(),
        )


def test_numbers_that_json_can_not_say_are_not_written(saved):
    saved.parameters.theta[2] = np.inf
    with pytest.raises(BadValue, match="theta: holds a number that is not finite"):
        saved.checkpoint().encode()


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("theta", None),
        ("theta", "text"),
        ("theta", [1.0]),
        ("theta", [[1.0], [1.0, 2.0]]),
        ("theta", ["a"] * 19),
        ("theta", [10**400] * 19),
        ("theta", [1e39] * 19),
        ("theta", [True] * 19),
        ("state", [None] * 6),
        ("dtype", "float16"),
        ("optimiser", 3),
        ("slots", []),
        ("slots.mv", [[1.0]]),
        ("count", -1),
        ("count", True),
        ("epoch", 1.5),
        ("batch_size", 0),
        ("shuffled", 1),
        ("loss_sum", None),
        ("loss_sum", 10**400),
        ("rng", {}),
        ("rng", {"state": "0x", "inc": "1", "has_uint32": 0, "uinteger": 0}),
        ("history", {}),
        ("best", 3),
        ("best.theta", None),
        ("best.theta", [1.0]),
        ("schedule", {"best": "x"}),
        ("seconds", "long"),
    ],
)
def test_bad_checkpoints_are_refused_with_their_place(saved, place, value):
    plain = json.loads(json.dumps(saved.checkpoint().encode()))
    assert (len(plain["theta"]), len(plain["state"])) == (19, 6)
    holder, parts = plain, place.split(".")
    for part in parts[:-1]:
        holder = holder[part]
    holder[parts[-1]] = value
    with pytest.raises(BadValue) as refused:
        Checkpoint.decode(plain, "run", saved.layout)
    assert refused.value.path.startswith("run." + parts[0])


@pytest.mark.parametrize("plain", [None, [], 3, "run"])
def test_a_checkpoint_is_an_object(saved, plain):
    with pytest.raises(BadValue, match="must be an object"):
        Checkpoint.decode(plain, "run", saved.layout)
