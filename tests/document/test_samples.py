from __future__ import annotations

import pytest

from gradloom.core.resources import resource_path
from gradloom.document.files import load_project
from gradloom.document.samples import first_project, samples
from gradloom.engine.trainer import Trainer

# (accuracy or R² on training rows, the same on validation rows) to reach with the sample's own plan
_REACHED = {
    "circles": (0.99, 0.9),
    "and_gate": (1.0, None),
    "xor_gate": (1.0, None),
    "xor_points": (0.99, 0.9),
    "spiral": (0.99, 0.9),
    "spiral_three_arms": (0.99, 0.95),
    "iris": (0.97, 0.9),
    "sine": (0.95, 0.95),
    "skip_connection": (0.99, 0.95),
    "classic_step": (None, None),  # a single row has no R²
}


@pytest.mark.parametrize("name", samples())
def test_every_sample_trains_well(name: str) -> None:
    state = samples()[name]
    assert state.problems == ()
    plan = state.plan.replace(epochs=state.plan.epochs or 300)
    trainer = Trainer(state.graph, state.prepared, plan)
    trainer.run()
    progress = trainer.progress()
    train, validation = _REACHED[name]
    if train is not None:
        assert progress.accuracy >= train
    if validation is not None:
        assert progress.validation_accuracy >= validation


def test_the_classic_ends_where_the_text_says_after_10000_steps() -> None:
    state = samples()["classic_step"]
    trainer = Trainer(state.graph, state.prepared, state.plan)
    trainer.run()
    assert round(trainer.progress().loss, 10) == 0.0000351085


@pytest.mark.parametrize("name", samples())
def test_the_bundled_file_is_the_sample(name: str) -> None:
    assert load_project(resource_path("samples", f"{name}.gradloom")) == (samples()[name], None)


@pytest.mark.parametrize("name", samples())
def test_every_layer_has_a_place_of_its_own(name: str) -> None:
    state = samples()[name]
    assert state.places.keys() == {layer.id for layer in state.graph}
    assert len({(p.x, p.y) for p in state.places.values()}) == len(state.places)


def test_the_first_project_is_what_the_readme_says() -> None:
    state = first_project()
    dense = [la.kind for la in state.graph if la.kind.kind == "dense"]
    assert [d.units for d in dense] == [4, 2, 1]
    assert {d.activation.kind for d in dense} == {"tanh"}
    assert state.data.source.kind == "circles"
    assert state.ready
