"""The health service: findings after edits at once, of runs at most twice a second."""

from __future__ import annotations

import dataclasses
import threading
import time
from itertools import pairwise

import pytest

from gradloom.data import SOURCES
from gradloom.document.samples import SAMPLES, chain
from gradloom.engine.optimisers import OPTIMISERS
from gradloom.engine.trainer import Trainer
from gradloom.graph.edits import set_kind
from gradloom.layers import ACTIVATIONS, INITIALISERS, LAYERS
from gradloom.session.training import Status


@pytest.fixture
def health(bench, qtbot):
    from gradloom.ui.health import HealthService

    made = HealthService(bench.document, bench.bridge)
    yield made
    made.shutdown()


def dense(units, activation, **settings):
    return LAYERS.make("dense", units=units, activation=ACTIVATIONS.make(activation), **settings)


def rules(health):
    return {f.rule for f in health.findings}


def linear(state):
    kind = state.graph["dense_1"].kind.replace(activation=ACTIVATIONS.make("identity"))
    return state.with_graph(set_kind(state.graph, "dense_1", kind))


def test_an_edit_is_judged_at_once_and_so_is_its_undoing(bench, health, qtbot):
    assert health.findings == ()
    said = []
    health.findings_changed.connect(lambda found: said.append((found, threading.current_thread())))
    bench.document.edit("x", linear)
    qtbot.waitUntil(lambda: rules(health) == {"linear_stack"})
    assert said[-1] == (health.findings, threading.main_thread())
    assert [f.rule for f in health.findings_of("dense_2")] == ["linear_stack"]
    assert health.findings_of("dense_3") == ()
    bench.document.undo()
    qtbot.waitUntil(lambda: health.findings == ())


def test_findings_of_layers_that_are_gone_go_with_them(bench, health, qtbot):
    bench.document.edit("x", linear)
    qtbot.waitUntil(lambda: bool(health.findings))
    empty = chain([])
    bench.document.edit("y", lambda s: s.with_graph(empty))
    assert health.findings == ()


def test_an_untrained_run_is_measured(bench, health, qtbot):
    qtbot.waitUntil(lambda: health.latest is not None)
    assert health.latest.measured.steps == 0
    layers = [h.layer for h in health.latest.measured.layers]
    assert layers == ["input_1", "dense_1", "dense_2", "dense_3"]


def test_a_run_is_looked_at_twice_a_second_at_most(bench, health, qtbot):
    qtbot.waitUntil(lambda: health.latest is not None)
    seen = []
    health.measured.connect(lambda report: seen.append((time.perf_counter(), report)))
    bench.bridge.start()
    qtbot.waitUntil(lambda: len(seen) >= 3, timeout=5000)
    running = [at for at, report in seen if report.measured.steps > 0]
    assert min(b - a for a, b in pairwise(running)) > 0.4
    bench.bridge.pause()
    qtbot.waitUntil(lambda: bench.bridge.status is Status.PAUSED)
    last = lambda: health.latest.measured.steps == bench.bridge.latest.steps  # noqa: E731
    qtbot.waitUntil(last, timeout=3000)
    assert len(health.latest.course) >= 3


def test_an_illness_of_a_run_is_found_and_mended(bench, health, qtbot):
    cold = INITIALISERS.make("constant", value=-100.0)

    def ill(state):
        layers = [dense(6, "relu", bias_init=cold), dense(1, "sigmoid")]
        return dataclasses.replace(state, graph=chain(layers), places={})

    bench.document.edit("ill", ill)
    qtbot.waitUntil(lambda: bench.bridge.latest is not None)
    bench.bridge.start()
    qtbot.waitUntil(lambda: "dead_units" in rules(health), timeout=5000)
    bench.bridge.pause()
    (found,) = health.findings
    from gradloom.diagnosis import REMEDIES

    remedy = REMEDIES[found.remedies[0]]
    bench.document.edit("mend", lambda s: remedy.mend(s, found))
    qtbot.waitUntil(lambda: health.findings == ())


def test_a_run_that_broke_is_told_at_rest(bench, health, qtbot):
    def ill(state):
        plan = state.plan.replace(optimiser=OPTIMISERS.make("sgd", rate=1000.0))
        graph = chain([dense(6, "relu"), dense(1, "identity")])
        data = state.data.replace(source=SOURCES.make("plane"))
        return dataclasses.replace(state, graph=graph, plan=plan, data=data, places={})

    bench.document.edit("ill", ill)
    qtbot.waitUntil(lambda: bench.bridge.latest is not None)
    bench.bridge.start()
    qtbot.waitUntil(lambda: bench.bridge.status is Status.BROKEN, timeout=5000)
    qtbot.waitUntil(lambda: "rate_too_large" in rules(health), timeout=3000)


def test_an_opened_run_is_as_ill_as_it_was_when_it_was_saved(bench, health, qtbot):
    ill = SAMPLES["dying_relu"].state
    trainer = Trainer(ill.graph, ill.prepared, ill.plan)
    trainer.run(steps=40)
    trainer.progress()
    bench.document.edit("open", lambda _: ill)
    bench.bridge.restore(trainer.checkpoint())
    qtbot.waitUntil(lambda: bench.bridge.status is Status.PAUSED)
    qtbot.waitUntil(lambda: "dead_units" in rules(health), timeout=3000)


def test_a_network_that_is_not_ready_has_no_measurement(bench, health, qtbot):
    qtbot.waitUntil(lambda: health.latest is not None)
    empty = chain([])
    bench.document.edit("x", lambda s: s.with_graph(empty.with_edges([])))
    qtbot.waitUntil(lambda: health.latest is None)


def test_a_stack_is_shown_as_one_layer(bench, health, qtbot):
    bench.document.edit("x", linear)
    qtbot.waitUntil(lambda: bool(health.findings) and bench.bridge.latest is not None)
    with qtbot.waitSignal(health.collapsed) as caught:
        assert health.show_collapse(health.findings[0])
    finding, collapsed = caught.args
    assert finding.layers == ("dense_1", "dense_2")
    assert collapsed.difference < 1e-5
