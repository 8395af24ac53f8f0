"""A network that learns scaled targets answers, everywhere, in the targets' own units."""

from __future__ import annotations

import numpy as np
import pytest

from gradloom.data import SOURCES, Dataset, DataSpec
from gradloom.document import State
from gradloom.document.samples import chain
from gradloom.engine.plan import Plan
from gradloom.engine.rows import Rows
from gradloom.engine.trainer import Trainer
from gradloom.graph.edits import set_kind
from gradloom.layers import ACTIVATIONS, LAYERS, LOSSES
from gradloom.layers.signature import Target
from gradloom.session.answering import Question
from gradloom.session.blame import contributions, targets_of
from gradloom.session.mapping import Mapper, MapWish
from gradloom.session.measuring import Measurer
from gradloom.session.picked import DataRows
from gradloom.session.spot import Spot
from gradloom.session.stepping import Stepping
from gradloom.session.telling import RowStudy

X = np.random.default_rng(3).uniform(-1, 1, (40, 2))
Y = 5000 + 1200 * X[:, 0] - 800 * X[:, 1] + 50 * np.sin(9 * X[:, 0])


def _state(scaling: str = "standard", loss: str | None = None, features: int = 2) -> State:
    columns = ("a", "b")[:features]
    content = Dataset("own", X[:, :features], columns, Y[:, None], (Target("price"),))
    source = SOURCES.make("table", content=content)
    last = LAYERS.make("dense", units=2 if loss == "gaussian_nll" else 1)
    graph = chain([LAYERS.make("dense", units=5, activation=ACTIVATIONS.make("tanh")), last])
    if loss:
        graph = set_kind(graph, "output_1", LAYERS.make("output", loss=LOSSES.make(loss)))
    data = DataSpec(source=source, target_scaling=scaling)
    return State(graph, data=data, plan=Plan(precision="float64", batch_size=8))


def _trained(state: State, epochs: int = 20) -> Trainer:
    trainer = Trainer(state.graph, state.prepared, state.plan)
    for _ in range(epochs):
        trainer.step_epoch()
    return trainer


def _learnt(trainer: Trainer, state: State, x) -> np.ndarray:
    """What the network itself gives, worked out by hand: (outputs, rows)."""
    p = trainer.parameters
    hidden = np.tanh(np.asarray(x) @ p["dense_1", "W"] + p["dense_1", "b"])
    return (hidden @ p["dense_2", "W"] + p["dense_2", "b"]).T


def test_the_loss_that_is_minimised_is_of_scaled_targets() -> None:
    state = _state()
    trainer = _trained(state)
    (target,) = state.prepared.signature.targets
    rows = state.prepared.split.validation
    coded = (Y[rows] - target.offset) / target.scale
    missed = _learnt(trainer, state, X[rows])[0] - coded
    progress = trainer.progress()
    assert progress.validation_loss == pytest.approx(np.mean(missed**2), rel=1e-9)
    raw = missed * target.scale
    r2 = 1 - np.sum(raw**2) / np.sum((Y[rows] - Y[rows].mean()) ** 2)
    assert progress.validation_accuracy == pytest.approx(r2, rel=1e-9)


@pytest.mark.parametrize("scaling", ["standard", "minmax"])
def test_map_and_curve_are_in_the_targets_unit(scaling) -> None:
    for features in (1, 2):
        state = _state(scaling, features=features)
        trainer = _trained(state)
        for focus in (None, "dense_1"):
            wish = MapWish(focus=focus)
            result = Mapper(state).draw(trainer.progress(1), fine=True, wish=wish)
            picture = result.outputs["output_1"][0]
            (target,) = state.prepared.signature.targets
            x = np.array([result.extent[0], result.extent[2]])[None, :features]
            wanted = _learnt(trainer, state, x)[0, 0] * target.scale + target.offset
            assert picture[0, 0] == pytest.approx(wanted, rel=1e-6)
            assert 3000 < picture.mean() < 7000
            np.testing.assert_allclose(
                result.told["output_1"][0],
                _learnt(trainer, state, X[result.ground.rows, :features])[0] * target.scale
                + target.offset,
                rtol=1e-6,
            )


def test_a_single_place_is_answered_in_the_targets_unit() -> None:
    state = _state(loss="gaussian_nll")
    trainer = _trained(state)
    seen = Spot(state).see(trainer.progress(1).snapshot, X[3], Y[3:4])
    raw = state.analysis.codings["output_1"].decode(_learnt(trainer, state, X[[3]]))
    np.testing.assert_allclose(seen.outputs["output_1"], raw[:, 0], rtol=1e-9)


def test_what_is_told_of_a_row_is_in_the_targets_unit() -> None:
    state = _state(loss="gaussian_nll")
    trainer = _trained(state)
    question = Question(state, trainer.progress(1), running=False, wish=X[3])
    (told,) = RowStudy().answer(question).answers
    raw = state.analysis.codings["output_1"].decode(_learnt(trainer, state, X[[3]]))
    assert told.number == pytest.approx(raw[0, 0], rel=1e-9)
    assert told.number > 2000


def test_measures_are_in_the_targets_unit() -> None:
    state = _state(loss="gaussian_nll")
    trainer = _trained(state)
    (answer,) = Measurer(state).measure(trainer.progress(1)).answers
    (target,) = state.prepared.signature.targets
    for name, part in answer.parts.items():
        rows = getattr(state.prepared.split, name)
        mean, log_variance = _learnt(trainer, state, X[rows])
        told = mean * target.scale + target.offset
        fit = part.fit
        np.testing.assert_allclose(fit.told, told, rtol=1e-9)
        np.testing.assert_allclose(fit.sigma, np.exp(log_variance / 2) * target.scale, rtol=1e-9)
        assert fit.truth.tolist() == Y[rows].tolist()
        assert fit.mae == pytest.approx(np.mean(np.abs(Y[rows] - told)), rel=1e-9)
        assert fit.rmse > 10


def test_contributions_share_out_the_raw_answer() -> None:
    state = _state(loss="gaussian_nll")
    trainer = _trained(state)
    for target in targets_of(state)[:2]:
        row = Rows.of(state.prepared, (3,))
        found = contributions(state, trainer.checkpoint(), row, target, points=400)
        raw = state.analysis.codings["output_1"].decode(_learnt(trainer, state, X[[3]]))
        assert found.value == pytest.approx(raw[target.output, 0], rel=1e-9)
        for shares in found.layers:
            assert found.gap(shares) == pytest.approx(0, abs=1e-3 * max(1, abs(found.change)))


@pytest.mark.parametrize("loss", [None, "gaussian_nll", "huber"])
def test_the_stepper_says_that_the_loss_compares_scaled_targets(loss) -> None:
    state = _state(loss=loss)
    stepping = Stepping()
    stepping.enter(state, None, DataRows((0, 1)))
    trace = stepping.trace
    (words,) = [o.equation.words for o in trace.operations if o.phase.value == "loss"]
    (target,) = state.prepared.signature.targets
    assert f"y = (price − {target.offset:.4g}) / {target.scale:.4g}." in words
    stepping.leave()
    stepping.enter(_state("none", loss), None, DataRows((0, 1)))
    assert all("scaled" not in o.equation.words for o in stepping.trace.operations)
