"""The gradient check agrees where backpropagation is right, and finds where it is not."""

from __future__ import annotations

from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings

from gradloom.data import Split
from gradloom.engine.gradcheck import GradientChecker, Verdict
from gradloom.engine.plan import Plan
from gradloom.engine.rows import Rows
from gradloom.engine.trainer import Trainer
from gradloom.layers import LAYERS
from gradloom.layers.kinds.tanh import Tanh
from strategies import SIGNATURE, networks

_F64 = Plan(precision="float64")


def _checker(graph, prepared, plan=_F64, rows=range(5), steps=0):
    trainer = Trainer(graph, prepared, plan)
    trainer.run(steps=steps) if steps else None
    chosen = Rows.of(prepared, tuple(rows))
    return GradientChecker(graph, prepared, plan, trainer.checkpoint(), chosen)


@settings(max_examples=15)
@given(networks(most=4))
def test_every_weight_of_any_smooth_network_agrees(graph):
    rng = np.random.default_rng(1)
    index = np.arange(9)
    prepared = SimpleNamespace(
        features=rng.normal(size=(9, 3)),
        targets=rng.normal(size=(9, 2)),
        signature=SIGNATURE,
        split=Split(index, index[:0], index[:0]),
    )
    report = _checker(graph, prepared).all()
    assert report.complete
    assert {c.verdict for c in report.compared} <= {Verdict.GOOD}, report.worst[0]


def test_dropout_is_checked_with_one_mask_and_says_so(chain, dense, data):
    graph = chain(dense(6, "tanh"), LAYERS.make("dropout", rate=0.5), dense(1))
    report = _checker(graph, data(classes=0), rows=(0,)).all()
    assert all(c.verdict is Verdict.GOOD for c in report.compared)
    assert any("mask" in note for note in report.notes)
    assert any(c.analytic == 0 for c in report.compared)


def test_a_wrong_slope_is_found(chain, dense, data, monkeypatch):
    right = Tanh.apply

    def wrong(self, at, z):
        a = right(self, at, z)
        spoilt = at.draft.pending[-1]

        def backward(back):
            spoilt.backward(back)
            slope = back.draft.gradients[z.name].flat
            op = back.draft.operations[-1]
            calls = (*op.calls, partial(np.multiply, slope, 1.1, slope))
            back.draft.operations[-1] = type(op)(
                op.layer, op.phase, op.equation, calls, op.reads, op.writes, op.explain
            )

        at.draft.pending[-1] = type(spoilt)(spoilt.layer, backward)
        return a

    monkeypatch.setattr(Tanh, "apply", wrong)
    graph = chain(dense(3, "tanh"), dense(1))
    report = _checker(graph, data(classes=0)).all()
    bad = {c.layer for c in report.compared if c.verdict is Verdict.WRONG}
    assert bad == {"dense_1"}
    assert report.worst[0].error == pytest.approx(0.1 / 1.1, rel=1e-3)
    assert "differ" in report.sentence()


def test_a_kink_within_the_step_excuses(chain, dense, data):
    graph = chain(dense(1, "relu"), dense(1))
    prepared = data(classes=0, features=1)
    trainer = Trainer(graph, prepared, _F64)
    x = float(prepared.features[0, 0])
    trainer.set_parameter("dense_1", "W", (0, 0), 1.0)
    trainer.set_parameter("dense_1", "b", (0,), -x + 1e-7)  # z is 1e-7: within the step of 6e-6
    rows = Rows.of(prepared, (0,))
    checker = GradientChecker(graph, prepared, _F64, trainer.checkpoint(), rows)
    compared = checker.one("dense_1", "b", (0,))
    assert compared.verdict is Verdict.EXCUSED
    assert "within the step" in compared.reason
    trainer.set_parameter("dense_1", "b", (0,), -x)  # exactly on the kink
    checker = GradientChecker(graph, prepared, _F64, trainer.checkpoint(), rows)
    compared = checker.one("dense_1", "b", (0,))
    assert compared.verdict is Verdict.EXCUSED
    assert "on a kink" in compared.reason


def test_a_32_bit_run_is_checked_in_64_bit_and_says_how_far_its_slopes_are_off(chain, dense, data):
    graph, prepared = chain(dense(3, "tanh"), dense(1)), data(classes=0)
    report = _checker(graph, prepared, Plan()).all()
    assert all(c.verdict is Verdict.GOOD for c in report.compared)
    assert any("32-bit" in note for note in report.notes)
    assert any(c.run != c.analytic for c in report.compared)
    assert all(c.run == pytest.approx(c.analytic, rel=1e-3, abs=1e-5) for c in report.compared)


def test_one_weight_gives_what_the_whole_check_gives(chain, dense, data):
    graph, prepared = chain(dense(3, "tanh"), dense(1)), data(classes=0)
    checker = _checker(graph, prepared, steps=2)
    report = checker.all()
    alone = checker.one("dense_1", "W", (1, 2))
    assert alone in report.compared
    assert len(report.compared) == checker.count == 2 * 3 + 3 + 3 + 1
    with pytest.raises(KeyError):
        checker.one("dense_1", "V", (0, 0))


def test_a_long_check_tells_how_far_it_is_and_can_be_cancelled(chain, dense, data):
    told = []

    def tell(done, count):
        told.append((done, count))
        return done < 4

    report = _checker(chain(dense(3, "tanh"), dense(1)), data(classes=0)).all(tell)
    assert told == [(1, 13), (2, 13), (3, 13), (4, 13)]
    assert not report.complete
    assert report.sentence().startswith("4 of 13 weights checked")


def test_the_check_leaves_the_run_alone(chain, dense, data):
    graph, prepared = chain(dense(3), LAYERS.make("batch_norm"), dense(1)), data(classes=0)
    trainer = Trainer(graph, prepared, _F64)
    before = trainer.checkpoint()
    GradientChecker(graph, prepared, _F64, before, Rows.of(prepared, (0, 1, 2))).all()
    after = trainer.checkpoint()
    assert after.theta.tobytes() == before.theta.tobytes()
    assert after.state.tobytes() == before.state.tobytes()
