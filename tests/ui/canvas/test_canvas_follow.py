"""Whatever is done to the document, the items are exactly its layers and cables."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QRegion

from gradloom.core.problem import Problem, Severity
from gradloom.document import Document
from gradloom.document.samples import SAMPLES, first_project
from gradloom.graph import edits
from gradloom.layers import LAYERS
from gradloom.ui.canvas import Canvas, changes
from gradloom.ui.canvas.face import face_of
from gradloom.ui.canvas.scene import complete
from gradloom.ui.view import View

KINDS = ("dense", "relu", "add", "concatenate", "subtract", "input", "output", "dropout")


@pytest.fixture
def fresh(qtbot, theme):
    def make():
        canvas = Canvas(Document(first_project()), View(), theme)
        qtbot.addWidget(canvas)
        return canvas

    return make


def agree(canvas):
    """Items and document say the same."""
    state, sheet = canvas.document.state, canvas.sheet
    places = complete(state)
    assert set(sheet.cards) == {la.id for la in state.graph}
    assert set(sheet.cables) == set(state.graph.edges)
    for layer in state.graph:
        card = sheet.cards[layer.id]
        assert card.face == face_of(state, layer, places[layer.id])
        assert (card.x(), card.y()) == (places[layer.id].x, places[layer.id].y)
    for edge, cable in sheet.cables.items():
        assert cable.ends[:2] == sheet.output_at(edge.source)
        assert cable.ends[6:] == sheet.input_at(edge.target, edge.port)
    opened = {i for i, c in sheet.cards.items() if c.face.frame.neurons}
    for id_, link in sheet.links.items():
        assert {id_, link.source} <= opened
        assert state.graph.sources_of(id_) == (link.source,)
    count = len(sheet.cards) + len(sheet.cables) + len(sheet.links)
    assert len(sheet.items()) == count


def step(canvas, what, a, b):
    """One edit, chosen by numbers."""
    document, state = canvas.document, canvas.document.state
    ids = [la.id for la in state.graph]
    one = ids[a % len(ids)] if ids else None
    other = ids[b % len(ids)] if ids else None
    if what == "add" or one is None or other is None:
        kind = LAYERS.make(KINDS[a % len(KINDS)])
        document.edit("Add", changes.add(kind, (8.0 * (b % 90), 8.0 * (a % 60))))
    elif what == "connect" and edits.why_not(state.graph, one, other) is None:
        document.edit("Connect", changes.connect(one, other, None))
    elif what == "remove":
        document.edit("Delete", changes.remove({one}, ()))
    elif what == "unplug" and state.graph.edges:
        edge = state.graph.edges[a % len(state.graph.edges)]
        document.edit("Delete Cable", changes.remove((), (edge,)))
    elif what == "move":
        document.edit("Move", changes.move({one: (float(a), float(b))}))
    elif what == "open":
        corner = canvas.sheet.cards[one].box()
        document.edit("Open", changes.set_open({one}, {one: corner[:2]}, opened=b % 2 == 0))
    elif what == "bypass":
        document.edit("Bypass", changes.bypass(one))
    elif what == "undo":
        document.undo()
    elif what == "redo":
        document.redo()
    elif what == "arrange":
        canvas.arrange()


STEPS = st.tuples(
    st.sampled_from(
        ["add", "connect", "connect", "connect", "remove", "unplug", "move", "open", "open",
         "bypass", "undo", "undo", "redo", "arrange"]
    ),
    st.integers(0, 500),
    st.integers(0, 500),
)  # fmt: skip


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=25))
def test_items_are_the_document(fresh, steps):
    canvas = fresh()
    agree(canvas)
    for what, a, b in steps:
        step(canvas, what, a, b)
        agree(canvas)
    while canvas.document.undo():
        pass
    agree(canvas)
    canvas._disconnect()
    canvas.deleteLater()


def test_only_what_differs_is_touched(fresh):
    canvas = fresh()
    before = dict(canvas.sheet.cards)
    cables = dict(canvas.sheet.cables)
    faces = {i: card.face for i, card in before.items()}
    canvas.document.edit("Move", changes.move({"dense_1": (400.0, 400.0)}))
    assert canvas.sheet.cards == before
    assert canvas.sheet.cables == cables
    assert all(card.face is faces[i] for i, card in before.items())


def test_opening_another_project_shows_it_and_forgets_the_selection(fresh):
    canvas = fresh()
    canvas.select_all()
    state = first_project()
    state = changes.remove({"dense_1"}, ())(state)
    canvas.document.replace(state)
    agree(canvas)
    assert "dense_1" not in canvas.view.selection.layers
    assert canvas.view.selection.layers <= {la.id for la in state.graph}


def test_places_from_a_hostile_file_do_not_break_the_view(fresh):
    canvas = fresh()
    canvas.document.edit("Move", changes.move({"dense_1": (1e9, -1e9)}))
    agree(canvas)
    canvas.fit()
    assert canvas.board.zoom >= 0.1


def test_findings_of_a_diagnosis_are_badges_that_come_and_go(fresh):
    canvas = fresh()
    found = (Problem("Half of its units are dead.", severity=Severity.WARNING),)
    canvas.show_findings({"dense_1": found})
    assert canvas.sheet.cards["dense_1"].face.problems[-1:] == found
    canvas.document.edit("x", lambda s: s.with_graph(edits.rename(s.graph, "dense_1", "First")))
    assert canvas.sheet.cards["dense_1"].face.problems[-1:] == found
    canvas.show_findings({})
    assert canvas.sheet.cards["dense_1"].face.problems == ()


class Painted(QObject):
    """What of a widget is painted."""

    def __init__(self, widget):
        super().__init__(widget)
        self.region = QRegion()
        widget.installEventFilter(self)

    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            self.region += event.region()
        return False


def test_another_project_is_painted_over_all_that_was_seen(open_canvas, qtbot):
    canvas = open_canvas(SAMPLES["equal_start"].state)
    viewport = canvas.board.viewport()
    qtbot.wait(50)
    painted = Painted(viewport)
    canvas.document.replace(SAMPLES["xor_neuron"].state)
    qtbot.wait(50)
    assert (QRegion(viewport.rect()) - painted.region).isEmpty()
