"""Undo and redo, for any series of edits."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradloom.document import Document, State
from gradloom.document.samples import first_project
from gradloom.graph import edits

_STEPS = st.lists(
    st.tuples(
        st.sampled_from(("add", "remove", "rename", "rate", "undo", "redo", "seal", "nothing")),
        st.integers(0, 9),
    ),
    max_size=25,
)


def _change(what: str, n: int):
    def change(state: State) -> State:
        graph = state.graph
        match what:
            case "add":
                return state.with_graph(edits.add(graph, graph.layers[0].kind))
            case "remove" if len(graph.layers) > 1:
                return state.with_graph(edits.remove(graph, [graph.layers[-1].id]))
            case "rename":
                first = graph.layers[0].id
                return state.with_graph(edits.rename(graph, first, f"name {n}"))
            case "rate":
                plan = state.plan.replace(batch_size=n + 1)
                return State(graph, state.places, state.data, plan)
        return state

    return change


def _do(document: Document, what: str, n: int) -> None:
    if what in ("undo", "redo", "seal"):
        getattr(document, what)()
    else:
        merge = "rate" if what == "rate" else None
        document.edit(f"{what} {n}", _change(what, n), merge)


@given(_STEPS)
def test_undoing_all_gives_the_first_state_and_redoing_all_the_last(steps) -> None:
    first = first_project()
    document = Document(first)
    for what, n in steps:
        _do(document, what, n)
    while document.redo():
        pass
    last = document.state
    past = [last]
    while document.undo():
        past.append(document.state)
    assert document.state == first
    assert not document.modified
    assert document.undo_label == ""
    for state in reversed(past[:-1]):
        assert document.redo()
        assert document.state is state
    assert not document.redo()
    assert document.state is last


@given(_STEPS)
def test_one_notice_for_each_change_and_none_for_nothing(steps) -> None:
    document = Document(first_project())
    seen = [document.state]

    def listen(before: State, after: State) -> None:
        assert before is seen[-1]
        assert after is document.state
        assert after != before
        seen.append(after)

    document.changed.connect(listen)
    for what, n in steps:
        before, count = document.state, len(seen)
        _do(document, what, n)
        assert len(seen) - count == (document.state is not before)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=8))
def test_spinning_a_number_is_one_step_of_undo(numbers) -> None:
    document = Document(first_project())
    first = document.state
    for n in numbers:
        document.edit("Batch size", _change("rate", n), "rate")
    moved = document.state != first
    assert document.undo() == moved
    assert document.state == first
    assert not document.undo()


def test_seal_and_another_key_end_a_series() -> None:
    document = Document(first_project())
    document.edit("a", _change("rate", 1), "rate")
    document.seal()
    document.edit("b", _change("rate", 2), "rate")
    document.edit("c", _change("rate", 3), "other")
    for batch in (3, 2, 10):
        document.undo()
        assert document.state.plan.batch_size == batch


def test_an_edit_after_undo_forgets_what_was_undone() -> None:
    document = Document(first_project())
    document.edit("a", _change("add", 0))
    document.undo()
    assert document.redo_label == "a"
    document.edit("b", _change("rename", 1))
    assert document.redo_label == ""
    assert not document.redo()


def test_an_edit_that_fails_changes_nothing() -> None:
    document = Document(first_project())
    before = document.state

    def fail(state: State) -> State:
        raise ValueError("no")

    for merge in (None, "key"):
        with pytest.raises(ValueError):
            document.edit("bad", fail, merge)
        assert document.state is before
        assert document.undo_label == ""


def test_saved_means_equal_to_what_was_saved() -> None:
    document = Document(first_project())
    document.edit("a", _change("rename", 1))
    assert document.modified
    document.mark_saved(document.state)
    assert not document.modified
    document.undo()
    assert document.modified
    document.redo()
    assert not document.modified


def test_opening_another_project_leaves_nothing_to_undo() -> None:
    document = Document(first_project())
    document.edit("a", _change("rename", 1))
    document.replace(State())
    assert document.state == State()
    assert not document.modified
    assert not document.undo()
    assert not document.redo()


def test_many_edits_keep_the_last_500() -> None:
    document = Document(first_project())
    for n in range(520):
        document.edit("rename", _change("rename", n))
    steps = 0
    while document.undo():
        steps += 1
    assert steps == 500


def test_a_number_spun_back_to_its_start_leaves_no_step() -> None:
    document = Document(State())
    for size in (11, 12, 10):
        document.edit(
            "Batch size", lambda s, n=size: replace(s, plan=s.plan.replace(batch_size=n)), "batch"
        )
    assert document.undo_label == ""
    assert not document.modified
