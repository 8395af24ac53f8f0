from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from gradloom.api import Model, Project, load_project, load_weights
from gradloom.core.errors import UserError
from gradloom.data import SOURCES, DataSpec
from gradloom.document import State
from gradloom.document.files import save_project
from gradloom.document.samples import chain, first_project, samples
from gradloom.engine.optimisers import OPTIMISERS
from gradloom.engine.plan import Plan
from gradloom.graph import edits
from gradloom.layers import LAYERS


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
