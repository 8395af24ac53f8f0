"""Views look again without an edit."""

from __future__ import annotations

from gradloom.document import Document
from gradloom.document.samples import first_project


def test_a_refresh_tells_of_other_data_that_is_equal() -> None:
    document = Document(first_project())
    document.edit("Seed", lambda s: s.with_places({}))
    told = []
    document.changed.connect(lambda before, after: told.append((before, after)))
    before, modified, label = document.state, document.modified, document.undo_label
    document.refresh()
    ((old, new),) = told
    assert old is before
    assert new is document.state
    assert new == old
    assert new.data is not old.data
    assert new.graph is old.graph
    assert (document.modified, document.undo_label) == (modified, label)


def test_what_is_saved_stays_saved_and_a_series_goes_on() -> None:
    document = Document(first_project())
    document.refresh()
    assert not document.modified
    places = document.state.places
    for x in (1.0, 2.0):
        moved = {k: type(v)(x, v.y) for k, v in places.items()}
        document.edit("Move", lambda s, moved=moved: s.with_places(moved), "move")
        document.refresh()
    document.undo()
    assert document.state.places == places
    assert document.undo_label == ""
