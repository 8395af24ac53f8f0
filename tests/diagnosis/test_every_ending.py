"""Every loss after every activation, for every task: what is said is mended by what is offered."""

from __future__ import annotations

from itertools import product

import pytest

from gradloom.data import SOURCES, DataSpec
from gradloom.diagnosis import REMEDIES, Watch
from gradloom.document import State
from gradloom.document.fixes import FIXES
from gradloom.document.samples import chain
from gradloom.graph.edits import set_kind
from gradloom.layers import ACTIVATIONS, LAYERS, LOSSES
from single_class import single_class

TASKS = {
    "real": (DataSpec(source=SOURCES.make("plane")), 1),
    "two classes, one unit": (DataSpec(source=SOURCES.make("moons")), 1),
    "two classes, two units": (DataSpec(source=SOURCES.make("moons")), 2),
    "three classes": (DataSpec(source=SOURCES.make("spiral", arms=3)), 3),
}
# the others have the span of one of these
ACTS = ("identity", "relu", "gelu", "sigmoid", "tanh", "softmax", "log_softmax", "step")


def ending(task, activation, loss, levels):
    data, units = TASKS[task]
    dense = LAYERS.make("dense", units=units, activation=ACTIVATIONS.make(activation))
    graph = chain([LAYERS.make("dense", units=3, activation=ACTIVATIONS.make("tanh")), dense])
    made = None if loss is None else LOSSES.make(loss)
    output = LAYERS.make("output", loss=made, levels=levels)
    return State(set_kind(graph, "output_1", output), data=data)


@pytest.mark.parametrize("activation", ACTS)
@pytest.mark.parametrize("task", TASKS)
def test_problems_and_findings_can_be_clicked_away(task, activation):
    for loss, levels in product(
        [None, *(k.kind for k in LOSSES.kinds())], (None, "unit", "signed")
    ):
        state = ending(task, activation, loss, levels)
        said = f"{task}, {activation}, {loss}, {levels}"
        for _ in range(4):  # a mended problem may show the next one
            stops = [p for p in state.problems if p.stops_training]
            if not stops:
                break
            assert stops[0].fix, f"{said}: no remedy for {stops[0].text}"
            state = FIXES[stops[0].fix].apply(state, stops[0])
        assert state.ready, f"{said}: {[p.text for p in state.problems]}"
        for finding in Watch().follow(state):
            assert finding.remedies, f"{said}: {finding.sentence}"
            for name in finding.remedies:
                mended = REMEDIES[name].mend(state, finding)
                assert mended != state, f"{said}: {name} does nothing for {finding.sentence}"
                assert mended.ready, f"{said}: {name} leaves {[p.text for p in mended.problems]}"
                left = {f.key for f in Watch().follow(mended)}
                assert finding.key not in left, f"{said}: {name} leaves {finding.sentence}"


@pytest.mark.parametrize("activation", ["softmax", "log_softmax"])
def test_one_unit_of_shares_is_refused_for_cross_entropy(activation):
    """Its loss is 0 whatever the unit gives, while prediction minus target is not."""
    state = ending("two classes, one unit", activation, None, None)
    (problem,) = [p for p in state.problems if p.stops_training]
    assert problem.text == (
        "Output: the data has 2 classes but 1 unit arrives; set the output to 2 units with softmax"
        " and cross-entropy."
    )
    assert FIXES[problem.fix].apply(state, problem).ready


@pytest.mark.parametrize("activation", ["softmax", "log_softmax"])
def test_one_unit_of_shares_for_a_single_class_becomes_a_sigmoid(activation):
    state = single_class()
    kind = LAYERS.make("dense", units=1, activation=ACTIVATIONS.make(activation))
    state = state.with_graph(set_kind(state.graph, "dense_2", kind))
    (problem,) = [p for p in state.problems if p.stops_training]
    mended = FIXES[problem.fix].apply(state, problem)
    assert mended.ready
    assert mended.graph["dense_2"].kind.activation.kind == "sigmoid"
