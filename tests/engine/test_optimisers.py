"""Every optimiser takes the same steps as PyTorch's, on random gradients, in float64."""

import numpy as np
import pytest

from gradloom.engine.optimisers import OPTIMISERS
from gradloom.engine.parameters import Parameters, layout_of
from gradloom.engine.plan import Plan
from gradloom.engine.trainer import Trainer
from gradloom.engine.update import SLICE, Slots, compile_update
from gradloom.graph import analyse

CASES = [
    ("sgd", {}, "SGD", {}),
    ("sgd", {"momentum": 0.9}, "SGD", {"momentum": 0.9}),
    (
        "sgd",
        {"momentum": 0.8, "nesterov": True, "weight_decay": 0.05},
        "SGD",
        {"momentum": 0.8, "nesterov": True, "weight_decay": 0.05},
    ),
    ("adam", {}, "Adam", {}),
    (
        "adam",
        {"beta1": 0.7, "beta2": 0.95, "epsilon": 1e-3, "weight_decay": 0.1},
        "Adam",
        {"betas": (0.7, 0.95), "eps": 1e-3, "weight_decay": 0.1},
    ),
    ("adam", {"amsgrad": True}, "Adam", {"amsgrad": True}),
    ("adamw", {"weight_decay": 0.2}, "AdamW", {"weight_decay": 0.2}),
    (
        "adamw",
        {"weight_decay": 0.0, "amsgrad": True},
        "AdamW",
        {"weight_decay": 0, "amsgrad": True},
    ),
    ("adagrad", {}, "Adagrad", {}),
    (
        "adagrad",
        {"rate_decay": 0.1, "weight_decay": 0.1, "start": 0.3, "epsilon": 1e-4},
        "Adagrad",
        {"lr_decay": 0.1, "weight_decay": 0.1, "initial_accumulator_value": 0.3, "eps": 1e-4},
    ),
    ("rmsprop", {}, "RMSprop", {}),
    (
        "rmsprop",
        {"alpha": 0.8, "momentum": 0.9, "centred": True, "weight_decay": 0.1, "epsilon": 1e-4},
        "RMSprop",
        {"alpha": 0.8, "momentum": 0.9, "centered": True, "weight_decay": 0.1, "eps": 1e-4},
    ),
    ("rmsprop", {"centred": True}, "RMSprop", {"centered": True}),
]


def _parameters(chain, dense, data, width):
    graph = chain(dense(width), dense(1))
    return Parameters(layout_of(graph, analyse(graph, data(classes=0).signature)), "float64")


@pytest.mark.parametrize(("kind", "ours", "name", "theirs"), CASES)
def test_steps_equal_pytorch(chain, dense, data, kind, ours, name, theirs):
    torch = pytest.importorskip("torch")
    p = _parameters(chain, dense, data, 7)
    rng = np.random.default_rng(1)
    p.theta[...] = rng.normal(size=p.theta.size)
    reference = torch.tensor(p.theta.copy(), requires_grad=True)
    optimiser = getattr(torch.optim, name)([reference], lr=0.03, **theirs)
    rate = np.asarray(0.03)
    update = compile_update(
        p, Slots(p.theta.size, p.dtype), rate, [], [OPTIMISERS.make(kind, rate=0.03, **ours)]
    )
    for step in range(20):
        if step == 10:  # a live change of the rate
            rate[...] = optimiser.param_groups[0]["lr"] = 0.1
        gradient = rng.normal(size=p.theta.size) * 10.0 ** rng.integers(-3, 2)
        p.gradient[...] = gradient
        reference.grad = torch.tensor(gradient)
        for call in update.calls:
            call()
        optimiser.step()
        np.testing.assert_allclose(p.theta, reference.detach().numpy(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("kind", [k.kind for k in OPTIMISERS.kinds()])
def test_slices_and_whole_operations_agree_to_the_bit(chain, dense, data, kind):
    """What the stepper shows (whole vectors) is what the trainer runs (slice by slice)."""
    ends = []
    for way in ("calls", "operations"):
        p = _parameters(chain, dense, data, SLICE // 4 + 100)
        assert p.theta.size > SLICE
        rng = np.random.default_rng(2)
        p.theta[...] = rng.normal(size=p.theta.size)
        slots = Slots(p.theta.size, p.dtype)
        update = compile_update(p, slots, np.asarray(0.1), [], [OPTIMISERS.make(kind)])
        for _ in range(3):
            p.gradient[...] = rng.normal(size=p.theta.size)
            if way == "calls":
                for call in update.calls:
                    call()
            else:
                for operation in update.operations:
                    for call in operation.calls:
                        call()
        ends.append(p.theta.copy())
    np.testing.assert_array_equal(*ends)


@pytest.mark.parametrize("kind", [k.kind for k in OPTIMISERS.kinds()])
def test_a_rate_of_zero_moves_nothing(chain, dense, data, kind):
    p = _parameters(chain, dense, data, 3)
    p.theta[...] = np.linspace(-1, 1, p.theta.size)
    before = p.theta.copy()
    update = compile_update(
        p, Slots(p.theta.size, p.dtype), np.asarray(0.0), [], [OPTIMISERS.make(kind, rate=0.0)]
    )
    p.gradient[...] = 1.0
    p.gradient[0] = 0.0
    for call in update.calls:
        call()
    np.testing.assert_array_equal(p.theta, before)


@pytest.mark.parametrize("kind", OPTIMISERS.kinds())
def test_settings_round_trip(kind):
    assert OPTIMISERS.decode(kind().encode()) == kind()


def test_nesterov_needs_momentum():
    assert OPTIMISERS.make("sgd", nesterov=True).problems() == [
        ("nesterov", "needs a momentum above 0")
    ]


def test_subnormal_memory_is_flushed():
    slots = Slots(3, np.dtype("float32"))
    slots.get("b", 1)[...] = [1e-39, -1e-40, 2e-38]
    slots.flush()
    np.testing.assert_array_equal(slots.vectors["b"], np.array([[0, 0, 2e-38]], "float32"))


def test_a_dead_network_leaves_no_subnormal_memory(chain, dense, data):
    """Slopes that are exactly 0 let the momentum fade; it must not fade into slow numbers."""
    trainer = Trainer(
        chain(dense(3, "relu"), dense(1, "sigmoid")), data(), Plan(batch_size=5, l2=0.0)
    )
    trainer.run(steps=8)
    for unit in range(3):
        trainer.set_parameter("dense_1", "b", (unit,), -1e4)
    trainer.run(steps=1200)
    mean = trainer.layout.block(trainer.checkpoint().slots["mv"][0], "dense_1", "Wb")
    assert not mean.any()
