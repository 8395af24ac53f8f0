"""States for the document's tests."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st
from tests import strategies

from gradloom.document import Place, RunEdit, State
from gradloom.engine.plan import Plan

_NUMBERS = st.floats(-1e9, 1e9)


@st.composite
def _states(draw) -> State:
    graph = draw(strategies.networks(most=4))
    ids = [layer.id for layer in graph]
    places = {
        id_: Place(draw(_NUMBERS), draw(_NUMBERS), draw(st.booleans()))
        for id_ in draw(st.lists(st.sampled_from(ids), unique=True))
    }
    edits = st.builds(
        RunEdit,
        st.sampled_from(ids),
        st.sampled_from(("W", "b")),
        st.tuples(st.integers(0, 99)),
        _NUMBERS,
        _NUMBERS,
    )
    return State(
        graph,
        places,
        draw(strategies.data_specs()),
        draw(strategies.records(Plan)),
        tuple(draw(st.lists(edits, max_size=2))),
    )


@pytest.fixture(scope="session")
def states():
    """A strategy for whole states, most of which can't be trained."""
    return _states()
