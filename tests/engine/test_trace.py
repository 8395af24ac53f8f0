"""A trace is the trainer's step under a magnifying glass: same bits, and it runs both ways."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradloom.data import Split
from gradloom.engine.elements import address_of, bounds, index_at
from gradloom.engine.optimisers import OPTIMISERS
from gradloom.engine.plan import Plan
from gradloom.engine.rows import Rows, next_rows
from gradloom.engine.trace import Trace
from gradloom.engine.trainer import Trainer
from gradloom.graph.edits import set_kind
from gradloom.layers import LAYERS
from gradloom.layers.algebra import at, was
from strategies import SIGNATURE, networks

_ROWS = 17


def _prepared(seed=0):
    rng = np.random.default_rng(seed)
    index = np.arange(_ROWS)
    return SimpleNamespace(
        features=rng.normal(size=(_ROWS, 3)),
        targets=rng.normal(size=(_ROWS, 2)),
        signature=SIGNATURE,
        split=Split(index[:13], index[13:], index[:0], index[[2, 2, 5]]),  # some rows thrice
    )


@st.composite
def _plans(draw):
    kind = draw(st.sampled_from(sorted(kind.kind for kind in OPTIMISERS.kinds())))
    extra = {}
    if kind == "sgd":
        extra = draw(
            st.sampled_from(
                [{}, {"momentum": 0.8}, {"momentum": 0.8, "nesterov": True}, {"weight_decay": 0.1}]
            )
        )
    elif kind in ("adam", "adamw"):
        extra = {"amsgrad": draw(st.booleans())}
    return Plan(
        optimiser=OPTIMISERS.make(kind, rate=0.05, **extra),
        batch_size=draw(st.sampled_from([1, 4, 5, 50])),
        l1=draw(st.sampled_from([0.0, 0.01])),
        l2=draw(st.sampled_from([0.0, 0.02])),
        clip_value=draw(st.sampled_from([None, 0.05])),
        clip_norm=draw(st.sampled_from([None, 0.1])),
        precision=draw(st.sampled_from(["float32", "float64"])),
        shuffle=draw(st.booleans()),
        seed=draw(st.integers(0, 5)),
    )


def _livened(graph):
    """Some plain kinds made into ones with chance, state and kinks."""
    swaps = {
        "identity": LAYERS.make("dropout", rate=0.4),
        "softmax": LAYERS.make("batch_norm"),
        "log_softmax": LAYERS.make("relu"),
    }
    for layer in graph.layers:
        if layer.kind.kind in swaps:
            graph = set_kind(graph, layer.id, swaps[layer.kind.kind])
    return graph


def _same(one, other):
    return one.tobytes() == other.tobytes()


def _values(trace):
    """Every array that anybody can look at, each once."""
    found = {}
    for operation in trace.operations:
        for value in (*operation.reads, *operation.writes):
            found[bounds(value.array), value.array.strides] = value.array
    return list(found.values())


@settings(max_examples=40)
@given(networks(most=5), _plans(), st.integers(0, 9))
def test_a_trace_ends_where_the_trainers_step_ends_to_the_bit(graph, plan, before):
    graph, prepared = _livened(graph), _prepared()
    trainer = Trainer(graph, prepared, plan)
    trainer.run(steps=before)
    start = trainer.checkpoint()
    trace = Trace(graph, prepared, plan, start, next_rows(prepared, plan, start))
    trainer.step_batch()
    if trainer.outcome is not None:
        return  # the guard refused the step
    expected, taken = trainer.checkpoint(), trace.taken()
    assert _same(taken.theta, expected.theta)
    assert _same(taken.state, expected.state)
    assert taken.slots.keys() == expected.slots.keys()
    assert all(_same(taken.slots[name], expected.slots[name]) for name in taken.slots)
    assert (taken.rng, taken.count, taken.steps) == (expected.rng, expected.count, expected.steps)


@settings(max_examples=25)
@given(networks(most=5), _plans(), st.data())
def test_walking_to_and_fro_gives_the_same_arrays(graph, plan, data):
    graph, prepared = _livened(graph), _prepared()
    start = Trainer(graph, prepared, plan).checkpoint()
    trace = Trace(graph, prepared, plan, start, next_rows(prepared, plan, start))
    arrays = _values(trace)
    pictures = []
    for position in range(trace.end + 1):
        trace.go(position)
        pictures.append([array.copy() for array in arrays])
    for _ in range(8):
        position = data.draw(st.integers(0, trace.end))
        trace.go(position)
        assert all(map(_same, arrays, pictures[position]))
    assert _same(pictures[0][0], _pictured(trace, 0, arrays)[0])


def _pictured(trace, position, arrays):
    trace.go(position)
    return [array.copy() for array in arrays]


@settings(max_examples=25)
@given(networks(most=6), _plans())
def test_operations_say_all_they_change_and_never_twice(graph, plan):
    graph, prepared = _livened(graph), _prepared()
    start = Trainer(graph, prepared, plan).checkpoint()
    trace = Trace(graph, prepared, plan, start, next_rows(prepared, plan, start))
    arrays = _values(trace)
    trace.go(0)
    for operation in trace.operations:
        writes = {id(value.array): value.array for value in operation.writes}
        written = list(writes.values())
        for i, one in enumerate(written):
            for other in written[i + 1 :]:
                assert not np.shares_memory(one, other), operation.equation.latex
        before = [array.copy() for array in arrays]
        trace.go(trace.position + 1)
        for array, old in zip(arrays, before, strict=True):
            if not _same(array, old):
                assert any(np.shares_memory(array, w) for w in written), operation.equation.latex


@settings(max_examples=20)
@given(networks(most=5), _plans())
def test_running_the_calls_anew_changes_nothing_that_is_not_said(graph, plan):
    """The journal is complete: the operations run again from the start give the same pictures."""
    graph, prepared = _livened(graph), _prepared()
    start = Trainer(graph, prepared, plan).checkpoint()
    trace = Trace(graph, prepared, plan, start, next_rows(prepared, plan, start))
    arrays = _values(trace)
    trace.go(trace.end)
    ends = [array.copy() for array in arrays]
    trace._again(lambda: None)
    trace.go(trace.end)
    assert all(map(_same, arrays, ends))


def _small(chain, dense, data, **plan):
    graph = chain(dense(3, "tanh"), LAYERS.make("dropout", rate=0.5), dense(1))
    prepared = data(rows=20, classes=0)
    made = Plan(precision="float64", batch_size=6, **plan)
    trainer = Trainer(graph, prepared, made)
    trainer.run(steps=2)
    return graph, prepared, made, trainer.checkpoint()


def test_editing_a_weight_computes_everything_after_it_again(chain, dense, data):
    graph, prepared, plan, start = _small(chain, dense, data)
    rows = next_rows(prepared, plan, start)
    trace = Trace(graph, prepared, plan, start, rows)
    trace.go(5)
    trace.set_parameter("dense_1", "W", (1, 2), 0.75)
    assert trace.position == 5
    trainer = Trainer(graph, prepared, plan, start)
    trainer.set_parameter("dense_1", "W", (1, 2), 0.75)
    trainer.step_batch()
    taken = trace.taken()
    assert _same(taken.theta, trainer.checkpoint().theta)
    assert taken.rng == trainer.checkpoint().rng
    trace.go(0)
    assert trace.parameters["dense_1", "W"][1, 2] == 0.75


def test_editing_an_input_computes_everything_after_it_again(chain, dense, data):
    graph, prepared, plan, start = _small(chain, dense, data)
    rows = next_rows(prepared, plan, start)
    trace = Trace(graph, prepared, plan, start, rows)
    trace.set_feature(2, 1, -0.5)
    features = rows.features.copy()
    features[2, 1] = -0.5
    fresh = Trace(graph, prepared, plan, start, Rows(features, rows.targets, rows.numbers))
    assert _same(trace.taken().theta, fresh.taken().theta)
    assert not _same(trace.taken().theta, Trace(graph, prepared, plan, start, rows).taken().theta)


def test_forward_only_needs_no_targets_and_has_nothing_to_take(chain, dense, data):
    graph, prepared, plan, start = _small(chain, dense, data)
    rows = Rows(prepared.features[:1], None, (0,))
    trace = Trace(graph, prepared, plan, start, rows)
    assert {str(operation.phase) for operation in trace.operations} == {"forward"}
    assert not any("mask" in v.name for op in trace.operations for v in op.writes)
    with pytest.raises(ValueError):
        trace.taken()


def test_a_slope_is_followed_from_the_flat_gradient_to_its_layer(chain, dense, data):
    graph, prepared, plan, start = _small(chain, dense, data)
    trace = Trace(graph, prepared, plan, start, next_rows(prepared, plan, start))
    trace.go(trace.end)
    slopes = trace.parameters.layout.parameter(trace.parameters.gradient, "dense_1", "W")
    place = index_at(trace.parameters.gradient, address_of(slopes, (1, 0)))
    made = trace.maker_of(trace.parameters.gradient, place, trace.end)
    assert trace.operations[made].layer == "dense_1"
    assert "dense_1.dW" in {value.name for value in trace.operations[made].writes}
    weight = trace.parameters["dense_1", "W"]
    assert trace.maker_of(weight, (0, 0), trace.end) == trace.end - 1
    assert trace.maker_of(weight, (0, 0), made) is None


def test_numbers_are_read_as_the_operation_found_them(chain, dense, data):
    graph, prepared, plan, start = _small(chain, dense, data)
    trace = Trace(graph, prepared, plan, start, next_rows(prepared, plan, start))
    trace.go(trace.end)
    theta = next(v for v in trace.operations[-1].writes if v.name == "theta")
    assert trace.read(at(theta, 0)) == trace.parameters.theta[0]
    assert trace.read(was(theta, 0)) == start.theta[0] != trace.parameters.theta[0]
    assert trace.before(theta)[0] == start.theta[0]


def test_values_are_known_from_the_operation_that_makes_them(chain, dense, data):
    graph, prepared, plan, start = _small(chain, dense, data)
    trace = Trace(graph, prepared, plan, start, next_rows(prepared, plan, start))
    for number, operation in enumerate(trace.operations):
        trace.go(number)
        assert all(trace.known(value) for value in operation.reads), operation.equation.latex
    trace.go(0)
    first = trace.operations[0]
    assert not trace.known(first.writes[0])
    assert all(trace.known(value) for value in first.reads)


def test_the_place_of_a_number_in_every_view():
    whole = np.arange(24.0).reshape(4, 6)
    for view in (whole, whole.T, whole[:, :5].T, whole[1:, 2], whole.reshape(2, 2, 6)[:, 1]):
        for index in np.ndindex(view.shape):
            address = address_of(view, index)
            assert index_at(view, address) == index
            place = index_at(whole, address)
            assert whole[place] == view[index]
    assert index_at(whole[:, :5], address_of(whole, (1, 5))) is None
    assert index_at(whole[1:], address_of(whole, (0, 3))) is None
    assert index_at(whole[0], address_of(whole, (1, 0))) is None
    with pytest.raises(IndexError):
        address_of(whole, (4, 0))


def test_the_count_of_steps_goes_on_from_the_run(chain, dense, data):
    graph, prepared, plan, start = _small(chain, dense, data)
    trace = Trace(graph, prepared, plan, start, next_rows(prepared, plan, start))
    count = next(o for o in trace.operations if o.equation.latex == "t = t + 1").writes[0]
    assert count.array == start.count
    trace.go(trace.end)
    assert count.array == start.count + 1
