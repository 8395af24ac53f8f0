"""Regularisation and clipping, and the gradient of whole networks against central differences."""

import numpy as np
import pytest

from gradloom.engine.gradient import gradient_steps, penalties
from gradloom.engine.optimisers import OPTIMISERS
from gradloom.engine.plan import Plan
from gradloom.engine.update import Slots, compile_update
from gradloom.graph import Graph, analyse, edits
from gradloom.layers import ACTIVATIONS, LAYERS, LOSSES


def _run(parameters, plan):
    update = compile_update(
        parameters,
        Slots(parameters.theta.size, parameters.dtype),
        np.asarray(0.1),
        gradient_steps(parameters, plan),
        [OPTIMISERS.make("sgd")],
    )
    for call in update.calls:
        call()


@pytest.fixture
def parameters(chain, dense, data, program):
    network = chain(dense(3, "tanh", l1=0.25, l2=0.5, regularise_bias=True), dense(1, l2=2.0))
    found = program(network, data(classes=0).signature, 4)[1]
    found.gradient[...] = np.random.default_rng(0).normal(size=found.theta.size) * 3
    return found


def test_penalties_add_the_plan_to_the_layers_own(parameters):
    l1, l2 = penalties(parameters, Plan(l1=1.0, l2=0.125))
    at = parameters.layout.parameter
    assert np.unique(at(l1, "dense_1", "W")) == [1.25]
    assert np.unique(at(l1, "dense_1", "b")) == [0.25]
    assert np.unique(at(l1, "dense_2", "W")) == [1.0]
    assert np.unique(at(l2, "dense_1", "W")) == [0.625]
    assert np.unique(at(l2, "dense_2", "W")) == [2.125]
    assert np.unique(at(l2, "dense_2", "b")) == [0.0]


def test_regularised_step(parameters):
    theta, gradient = parameters.theta.copy(), parameters.gradient.copy()
    plan = Plan(l1=0.5, l2=0.25)
    l1, l2 = penalties(parameters, plan)
    _run(parameters, plan)
    wanted = theta - 0.1 * (gradient + l1 * np.sign(theta) + l2 * theta)
    np.testing.assert_allclose(parameters.theta, wanted, rtol=1e-12)


def test_nothing_is_added_where_nothing_is_asked(chain, dense, data, program):
    _, plain = program(chain(dense(2)), data(classes=0, targets=2).signature, 4)
    assert gradient_steps(plain, Plan()) == []


@pytest.mark.parametrize("most", [0.5, 100.0])
@pytest.mark.parametrize("way", ["norm", "value"])
def test_clipping_is_pytorch_s(chain, dense, data, program, way, most):
    torch = pytest.importorskip("torch")
    _, p = program(chain(dense(3), dense(1)), data(classes=0).signature, 4)
    p.gradient[...] = np.random.default_rng(0).normal(size=p.theta.size) * 3
    reference = torch.tensor(p.theta.copy(), requires_grad=True)
    reference.grad = torch.tensor(p.gradient.copy())
    getattr(torch.nn.utils, f"clip_grad_{way}_")([reference], most)
    _run(p, Plan(**{f"clip_{way}": most}))
    np.testing.assert_allclose(p.gradient, reference.grad.numpy(), rtol=1e-12)
    assert (np.abs(p.gradient).max() <= 0.5) == (most == 0.5)


def _branched(dense):
    """Two inputs' worth of branches, a skip connection, a tensor used twice, two outputs."""
    graph = edits.add(Graph(), LAYERS.make("input"))
    graph = edits.add(graph, LAYERS.make("input", columns=("x3", "x1")))
    for kind in (
        dense(5, "tanh"),
        dense(5, "sigmoid"),
        LAYERS.make("add"),
        LAYERS.make("concatenate"),
        dense(3, "softmax"),
        dense(1, "identity", bias=False),
        LAYERS.make("output", columns=("kind",)),
        LAYERS.make("output", columns=("size",), weight=0.3, loss=LOSSES.make("mse")),
    ):
        graph = edits.add(graph, kind)
    for source, target in (
        ("input_1", "dense_1"),
        ("input_2", "dense_2"),
        ("dense_1", "add_1"),
        ("dense_2", "add_1"),
        ("dense_1", "add_1"),
        ("add_1", "concatenate_1"),
        ("dense_1", "concatenate_1"),
        ("concatenate_1", "dense_3"),
        ("concatenate_1", "dense_4"),
        ("dense_3", "output_1"),
        ("dense_4", "output_2"),
    ):
        graph = edits.connect(graph, source, target)
    return graph


def _check(program, parameters, rows=7):
    rng = np.random.default_rng(3)
    for array in program.inputs.values():
        array[...] = rng.normal(size=array.shape)
    for array in program.targets.values():
        if len(array) > 1:
            array[...] = 0
            array[rng.integers(0, len(array), rows), np.arange(rows)] = 1
        else:
            array[...] = rng.integers(0, 2, array.shape)
    parameters.theta[...] = rng.normal(size=parameters.theta.size) * 0.7
    program.run()
    gradient = parameters.gradient.copy()
    differences = np.empty_like(gradient)
    for i in range(gradient.size):
        sides = []
        for h in (1e-5, -1e-5):
            kept = parameters.theta[i]
            parameters.theta[i] = kept + h
            program.run()
            sides.append(float(program.total))
            parameters.theta[i] = kept
        differences[i] = (sides[0] - sides[1]) / 2e-5
    np.testing.assert_allclose(gradient, differences, rtol=1e-6, atol=1e-8)
    assert np.abs(gradient).max() > 1e-3


def test_gradient_of_a_branched_network(dense, program):
    from gradloom.layers.signature import Signature, Target

    signature = Signature(("x1", "x2", "x3"), (Target("kind", ("a", "b", "c")), Target("size")))
    _check(*program(_branched(dense), signature, 7))


@pytest.mark.parametrize("activation", [a.kind for a in ACTIVATIONS.kinds() if a.kind != "step"])
def test_gradient_through_every_activation(chain, dense, data, program, activation):
    network = chain(dense(4, activation), dense(3, "softmax"))
    assert analyse(network, data(classes=3).signature).ready
    _check(*program(network, data(classes=3).signature, 7))
