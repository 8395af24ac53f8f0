import dataclasses

import numpy as np
import pytest

from gradloom.data import SOURCES, DataSpec
from gradloom.document.samples import chain, first_project, samples
from gradloom.engine.progress import Snapshot
from gradloom.engine.trainer import Trainer
from gradloom.graph.edits import set_kind
from gradloom.layers import ACTIVATIONS, LAYERS, LOSSES
from gradloom.session.measuring import NO_NUMBERS, Measurer


def trained(state, epochs=3):
    trainer = Trainer(state.graph, state.prepared, state.plan)
    for _ in range(epochs):
        trainer.step_epoch()
    return trainer.progress(run=5)


def measured(state, epochs=3):
    return Measurer(state).measure(trained(state, epochs))


def test_each_part_has_its_own_rows_and_the_accuracy_of_the_run():
    state = samples()["iris"]
    progress = trained(state, 20)
    found = Measurer(state).measure(progress)
    assert (found.run, found.sentence) == (5, "")
    (answer,) = found.answers
    split = state.prepared.split
    for name, part in answer.parts.items():
        assert part.rows.tolist() == getattr(split, name).tolist()
        assert part.truth.tolist() == state.prepared.targets[part.rows, 0].tolist()
        assert part.confusion.total == len(part.rows)
    assert answer.parts["validation"].confusion.accuracy == progress.validation_accuracy
    assert len(answer.parts["train"].curves) == 3


def test_two_classes_have_the_curves_of_the_second():
    (answer,) = measured(first_project()).answers
    part = answer.parts["train"]
    (curves,) = part.curves
    assert curves.number == 1
    assert 0 <= curves.roc.area <= 1
    assert part.calibration.count.sum() == len(part.rows)


def test_real_targets_have_the_r2_of_the_run():
    state = samples()["sine"]
    progress = trained(state)
    (answer,) = Measurer(state).measure(progress).answers
    fit = answer.parts["validation"].fit
    assert fit.r2 == pytest.approx(progress.validation_accuracy, abs=1e-5)
    assert fit.sigma is None


def test_the_gaussian_loss_tells_its_deviation():
    layers = [LAYERS.make("dense", units=2, activation=ACTIVATIONS.make("identity"))]
    graph = chain(layers)
    output = LAYERS.make("output", loss=LOSSES.make("gaussian_nll"))
    graph = set_kind(graph, "output_1", output)
    state = dataclasses.replace(first_project(), data=DataSpec(source=SOURCES.make("sine")))
    state = state.with_graph(graph)
    assert state.ready
    fit = measured(state).answers[0].parts["train"].fit
    assert fit.sigma.shape == fit.truth.shape
    assert (fit.sigma > 0).all()
    assert 0 <= fit.within(1) <= fit.within(2) <= len(fit.truth)


def test_bands_learnt_from_growing_noise_hold_the_shares_they_should():
    """A normal distribution has 68 % within one deviation and 95 % within two."""
    tanh, plain = ACTIVATIONS.make("tanh"), ACTIVATIONS.make("identity")
    layers = [(16, tanh), (16, tanh), (2, plain)]
    graph = chain([LAYERS.make("dense", units=n, activation=a) for n, a in layers])
    graph = set_kind(graph, "output_1", LAYERS.make("output", loss=LOSSES.make("gaussian_nll")))
    source = SOURCES.make("growing_noise", count=2000)
    state = dataclasses.replace(first_project(), data=DataSpec(source=source)).with_graph(graph)
    (answer,) = measured(state, 60).answers
    for part in answer.parts.values():
        fit, rows = part.fit, len(part.rows)
        assert fit.within(1) / rows == pytest.approx(0.683, abs=0.06)
        assert fit.within(2) / rows == pytest.approx(0.954, abs=0.03)
        assert fit.rmse**2 == pytest.approx(source.best_error(), rel=0.25)
        left = fit.sigma[state.prepared.dataset.features[part.rows, 0] < -3]
        right = fit.sigma[state.prepared.dataset.features[part.rows, 0] > 3]
        assert left.mean() < 0.5 * right.mean()


@pytest.mark.parametrize("last", ["softmax", "log_softmax"])
def test_logarithms_are_read_as_probabilities(last):
    loss = LOSSES.make("categorical_cross_entropy")
    graph = chain([LAYERS.make("dense", units=3, activation=ACTIVATIONS.make(last))])
    graph = set_kind(graph, "output_1", LAYERS.make("output", loss=loss))
    state = samples()["iris"].with_graph(graph)
    assert state.ready
    part = measured(state).answers[0].parts["train"]
    sure = np.nansum(part.calibration.mean * part.calibration.count) / len(part.rows)
    assert 0.34 < sure < 1


def test_a_gate_has_training_rows_only():
    (answer,) = measured(samples()["xor_gate"]).answers
    assert list(answer.parts) == ["train"]


def test_a_network_that_diverged_says_so():
    state = first_project()
    progress = trained(state)
    bad = Snapshot(np.full_like(progress.snapshot.theta, np.nan), progress.snapshot.state)
    found = Measurer(state).measure(dataclasses.replace(progress, snapshot=bad))
    assert found.sentence == NO_NUMBERS
    assert found.answers == ()
