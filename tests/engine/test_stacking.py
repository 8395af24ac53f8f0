"""Stacked calls give the bits of the operations run one by one."""

import numpy as np
import pytest

from gradloom.graph import Graph, edits
from gradloom.layers import ACTIVATIONS, LAYERS, LOSSES


def _fill(program, seed):
    rng = np.random.default_rng(seed)
    for array in (*program.inputs.values(), *program.targets.values()):
        array[...] = rng.normal(size=array.shape)


def _same(make):
    (one, first), (other, second) = make(), make()
    for seed in range(3):
        for made in (one, other):
            _fill(made, seed)
        one.run()
        for operation in other.operations:
            for call in operation.calls:
                call()
        np.testing.assert_array_equal(first.gradient, second.gradient)
        assert one.total == other.total
        assert first.gradient.any()
    return one


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("kind", [a.kind for a in ACTIVATIONS.kinds()])
def test_every_activation(chain, dense, data, program, kind, dtype):
    network = chain(*[dense(units, kind) for units in (7, 3, 5)], dense(1), loss=LOSSES.make("mse"))
    _same(lambda: program(network, data(classes=0).signature, 11, dtype=dtype))


def test_calls_are_fewer(chain, dense, data, program):
    network = chain(
        dense(4, "tanh"), dense(3, "relu"), dense(2, "tanh"), dense(5, "relu"), dense(1)
    )
    made = _same(lambda: program(network, data(classes=0).signature, 9))
    # two calls of tanh and one of ReLU, each made once instead of twice
    assert len(made.calls) == sum(len(op.calls) for op in made.operations) - 3


def test_branches_and_tensors_used_twice(dense, data, program):
    graph = edits.add(Graph(), LAYERS.make("input"))
    for kind in (
        dense(4),
        LAYERS.make("tanh"),
        LAYERS.make("tanh"),
        LAYERS.make("relu"),
        LAYERS.make("add"),
        dense(1, "tanh"),
        LAYERS.make("output", loss=LOSSES.make("mse")),
    ):
        graph = edits.add(graph, kind)
    for source, target in (
        ("input_1", "dense_1"),
        ("dense_1", "tanh_1"),
        ("dense_1", "tanh_2"),  # two tanh of one tensor: its slope has two shares
        ("tanh_1", "relu_1"),
        ("tanh_1", "add_1"),
        ("tanh_2", "add_1"),
        ("relu_1", "add_1"),
        ("add_1", "dense_2"),
        ("dense_2", "output_1"),
    ):
        graph = edits.connect(graph, source, target)
    _same(lambda: program(graph, data(classes=0).signature, 6))
