from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradloom.api import Model, Project, load_project, load_weights
from gradloom.core.errors import UserError
from gradloom.data import SOURCES, Dataset, DataSpec, TableSource
from gradloom.document import State
from gradloom.document.files import save_project
from gradloom.document.samples import chain, first_project, samples
from gradloom.engine.optimisers import OPTIMISERS
from gradloom.engine.plan import Plan
from gradloom.engine.trainer import Trainer
from gradloom.exchange.weights import weights_of
from gradloom.graph import edits
from gradloom.layers import ACTIVATIONS, LAYERS
from gradloom.layers.signature import Target
from single_class import DENIES, single_class, sure


def test_the_example_of_the_docstring(tmp_path) -> None:
    path = tmp_path / "circles.gradloom"
    save_project(path, first_project())
    project = load_project(path)
    history = project.train(epochs=200, seed=1)
    assert len(history) == 200
    assert history.accuracy[-1] > 0.95
    project.export(tmp_path / "circles.json")
    model = load_weights(tmp_path / "circles.json")
    assert model.inputs == ("x1", "x2")
    assert model.predict([[0.2, -1.4], [0, 0]]).shape == (2, 1)
    assert model.predict_classes([[0.0, 0.0], [4.8, 0.3]]) == ["A", "B"]
    shares = model.probabilities([0.0, 0.0])
    assert shares.shape == (1, 2)
    assert shares.sum() == pytest.approx(1)
    assert shares[0, 0] > 0.9


def test_training_goes_on_where_the_saved_run_stopped(tmp_path) -> None:
    straight = Project(first_project())
    straight.train(epochs=30)
    halves = Project(first_project())
    halves.train(epochs=10)
    halves.save(tmp_path / "p.gradloom")
    again = load_project(tmp_path / "p.gradloom")
    assert len(again.history) == 10
    again.train(epochs=20)
    assert again.history == straight.history
    assert again.run.theta.tobytes() == straight.run.theta.tobytes()


def test_a_seed_starts_anew_and_gives_the_same_bits() -> None:
    project = Project(first_project())
    first = project.train(epochs=5, seed=3)
    second = project.train(epochs=5, seed=3)
    assert first == second
    assert project.state.plan.seed == 3
    assert project.train(epochs=5, seed=4) != first


def _sloped(raw, scaling: str) -> Project:
    """One number to tell from another, from targets in any unit."""
    x = np.linspace(-1, 1, 24)[:, None]
    content = Dataset("own", x, ("x",), np.asarray(raw, float)[:, None], (Target("price"),))
    data = DataSpec(TableSource(content=content), 75, 25, 0, target_scaling=scaling)
    hidden = LAYERS.make("dense", units=3, activation=ACTIVATIONS.make("tanh"))
    graph = chain([hidden, LAYERS.make("dense", units=1)])
    return Project(State(graph, data=data, plan=Plan(batch_size=6, precision="float64")))


def test_answers_to_scaled_targets_by_hand() -> None:
    x = np.linspace(-1, 1, 24)
    project = _sloped(4000 + 1000 * x, "minmax")
    project.state = dataclasses.replace(project.state, graph=chain([LAYERS.make("dense", units=1)]))
    project.train(epochs=1)
    weights = project.model().weights
    w, b = weights.theta.tolist()
    seen = project.state.prepared.targets[project.state.prepared.split.train, 0]
    low, high = seen.min(), seen.max()
    wanted = low + (high - low) * (w * 0.5 + b)
    assert project.model().predict([[0.5]])[0, 0] == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize("scaling", ["standard", "minmax"])
@given(factor=st.floats(1e-3, 1e3), offset=st.floats(-1e3, 1e3))
@settings(max_examples=15, deadline=None)
def test_answers_do_not_depend_on_the_unit_of_the_targets(scaling, factor, offset) -> None:
    x = np.linspace(-1, 1, 24)
    plain, other = (
        _sloped(np.sin(3 * x), scaling),
        _sloped(factor * np.sin(3 * x) + offset, scaling),
    )
    for project in (plain, other):
        project.train(epochs=5)
    assert plain.history.loss == pytest.approx(other.history.loss, rel=1e-6)
    assert plain.history.accuracy == pytest.approx(other.history.accuracy, rel=1e-6, abs=1e-6)
    rows = [[-0.7], [0.1], [2.0]]
    wanted = factor * plain.model().predict(rows) + offset
    bound = 1e-6 * (factor + abs(offset))
    assert other.model().predict(rows) == pytest.approx(wanted, abs=bound)


def test_the_plan_of_the_project_stays_as_it_is() -> None:
    project = Project(samples()["iris"])
    project.train(epochs=3)
    assert project.state == samples()["iris"]


def test_without_a_number_the_plan_says_when_to_stop() -> None:
    assert len(Project(samples()["iris"]).train()) == samples()["iris"].plan.epochs
    assert len(Project(first_project()).train()) == 100


def test_progress_is_reported() -> None:
    seen = []
    Project(first_project()).train(epochs=400, report=seen.append)
    assert seen
    assert seen[-1].epoch == 400


def test_a_model_agrees_with_its_file(tmp_path) -> None:
    project = Project(samples()["iris"])
    project.train()
    project.export(tmp_path / "w.json")
    rows = project.state.prepared.dataset.features
    from_file = load_weights(tmp_path / "w.json")
    assert np.array_equal(project.model().predict(rows), from_file.predict(rows))
    truth = project.state.prepared.dataset.targets[:, 0].astype(int)
    names = from_file.coding().targets[0].classes
    right = [names[t] == c for t, c in zip(truth, from_file.predict_classes(rows), strict=True)]
    assert np.mean(right) > 0.95


@pytest.mark.parametrize(
    "rows", [[[1.0]], [1.0, 2.0, 3.0], [["a", "b"]], [[1.0], [1.0, 2.0]], np.zeros((2, 2, 2)), None]
)
def test_rows_of_another_shape_are_refused(rows) -> None:
    project = Project(first_project())
    project.train(epochs=1)
    with pytest.raises(UserError, match=r"row|Rows"):
        project.model().predict(rows)


def test_no_rows_give_no_predictions() -> None:
    project = Project(first_project())
    project.train(epochs=1)
    model = project.model()
    assert model.predict(np.zeros((0, 2))).shape == (0, 1)
    assert model.predict_classes(np.zeros((0, 2))) == []


@pytest.mark.parametrize("denies", DENIES)
def test_a_single_class_or_not(denies) -> None:
    state = single_class()
    snapshot = sure(state, denies=denies).snapshot
    run = Trainer(state.graph, state.prepared, state.plan).checkpoint()
    model = Model(weights_of(state, dataclasses.replace(run, theta=snapshot.theta)))
    assert model.predict_classes([[0.0, 1.0]]) == ["not cat" if denies else "cat"]


def test_real_targets_have_no_classes() -> None:
    project = Project(samples()["sine"])
    project.train(epochs=2)
    for ask in (project.model().predict_classes, project.model().probabilities):
        with pytest.raises(UserError, match="real numbers, not classes"):
            ask([[0.0]])


def _two_outputs() -> Model:
    graph = chain([LAYERS.make("dense", units=1)])
    graph = edits.connect(edits.add(graph, LAYERS.make("output")), "dense_1", "output_2")
    project = Project(State(graph, data=DataSpec(source=SOURCES.make("plane"))))
    project.train(epochs=1)
    return project.model()


def test_several_outputs_have_to_be_named() -> None:
    model = _two_outputs()
    assert model.outputs == ("output_1", "output_2")
    with pytest.raises(UserError, match="Say which output is meant: output_1, output_2"):
        model.predict([[0.0, 0.0]])
    with pytest.raises(UserError, match="Say which output"):
        model.predict([[0.0, 0.0]], "output_3")
    assert model.predict([[0.0, 0.0]], "output_2").shape == (1, 1)


def test_an_untrained_project_has_no_model(tmp_path) -> None:
    project = Project(first_project())
    for ask in (project.model, lambda: project.export(tmp_path / "w.json")):
        with pytest.raises(UserError, match="not trained yet"):
            ask()


def test_problems_are_said_before_training() -> None:
    project = Project(State(edits.remove(first_project().graph, ["dense_2"])))
    assert any("nothing arrives here" in sentence for sentence in project.problems)
    with pytest.raises(UserError, match=r"^The network can't be trained: "):
        project.train(epochs=1)


@pytest.mark.parametrize("epochs", [0, -1, 1.5, "3"])
def test_a_number_of_epochs_that_makes_no_sense(epochs) -> None:
    with pytest.raises(UserError, match="The number of epochs must be a whole number"):
        Project(first_project()).train(epochs=epochs)


@pytest.mark.parametrize("seed", [-1, 2**32, 0.5])
def test_a_seed_that_makes_no_sense(seed) -> None:
    project = Project(first_project())
    with pytest.raises(UserError, match="Seed must be a whole number"):
        project.train(epochs=1, seed=seed)
    assert project.state == first_project()


def test_a_run_that_breaks_says_so_and_keeps_finite_numbers() -> None:
    state = samples()["sine"]
    plan = Plan(optimiser=OPTIMISERS.make("sgd", rate=1e6))
    project = Project(dataclasses.replace(state, plan=plan))
    with pytest.raises(UserError, match="learning rate"):
        project.train(epochs=50)
    assert np.isfinite(project.run.theta).all()
