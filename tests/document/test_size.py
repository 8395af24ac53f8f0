"""A network too large for the memory is a problem of the state, before any run."""

from __future__ import annotations

import pytest

from gradloom.__main__ import main
from gradloom.document.files import save_project
from gradloom.document.samples import first_project
from gradloom.engine import memory
from gradloom.graph.model import Layer


@pytest.fixture
def huge():
    state = first_project()
    wide = ("dense_1", "dense_2")
    layers = [
        Layer(x.id, x.kind.replace(units=65_536), x.name) if x.id in wide else x
        for x in state.graph
    ]
    return state.with_graph(state.graph.with_layers(layers))


@pytest.fixture
def free(monkeypatch):
    """4 GiB free, and this program has nothing; `free` lists the looks."""
    looks = []

    def available():
        looks.append(1)
        return 4 * 2**30

    monkeypatch.setattr(memory, "available_bytes", available)
    monkeypatch.setattr(memory, "own_bytes", lambda: 0)
    return looks


def test_a_network_too_large_is_a_problem_with_its_sentence(huge, free):
    (problem,) = [p for p in huge.problems if p.stops_training]
    assert problem.text.startswith("This network has 4,295,")
    assert "4.0 GiB are free. Use fewer units or layers." in problem.text
    assert not huge.ready
    assert len(free) == 1, "asked once per state"


def test_what_the_program_has_already_does_not_count_as_taken(huge, free, monkeypatch):
    monkeypatch.setattr(memory, "own_bytes", lambda: 2**40)
    assert huge.ready


def test_a_small_network_is_not_looked_at(free):
    assert first_project().ready
    assert free == []


def test_check_says_it(huge, free, tmp_path, capsys):
    save_project(tmp_path / "huge.gradloom", huge)
    assert main(["check", str(tmp_path / "huge.gradloom")]) == 1
    assert "error: This network has 4,295," in capsys.readouterr().out
