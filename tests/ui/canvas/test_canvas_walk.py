"""A step on the canvas: what lights up, what stays marked, what is gone afterwards."""

from __future__ import annotations

import dataclasses
import gc
import weakref

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QColor, QImage

from gradloom.graph import Edge
from gradloom.layers.site import Phase
from gradloom.session.explaining import explain, shown_arrays
from gradloom.session.lighting import Lit, lit_of
from gradloom.session.marks import Passed, Strip
from gradloom.session.stepping import Stepping
from gradloom.ui.canvas import changes, walk
from gradloom.ui.canvas.geometry import around
from gradloom.ui.canvas.heat import colours_of
from gradloom.ui.canvas.pulse import Dot
from gradloom.ui.canvas.tag import Tag, short
from gradloom.ui.canvas.walk import WALK_KEYS
from gradloom.ui.theme import phase_colour
from gradloom.ui.view import Selection

OPENED = {"input_1", "dense_1", "dense_2", "dense_3"}


@pytest.fixture
def stepping(chain):
    made = Stepping()
    made.enter(chain, None)
    return made


@pytest.fixture
def walking(canvas, stepping):
    """A canvas that follows a stepping; `go` moves to the first operation that fits."""

    def go(layer, phase, number=0):
        operations = stepping.trace.operations
        found = [i for i, o in enumerate(operations) if (o.layer, o.phase) == (layer, phase)]
        stepping.go(found[number] + 1)
        canvas.show_step(stepping.mark())
        return stepping.mark()

    canvas.go = go
    canvas.show_step(stepping.mark())
    return canvas


def tags(canvas):
    return {i: card.tag for i, card in canvas.sheet.cards.items() if card.tag is not None}


def flowing(canvas):
    return {edge for edge, cable in canvas.sheet.cables.items() if cable.phase is not None}


def explained(stepping, cell):
    trace = stepping.trace
    shown = next(a for a in shown_arrays(trace, None) if a.result)
    found = explain(trace, shown.value, shown.index_of(*cell))
    return lit_of(trace, [found.reference, *found.expression.references()])


def test_a_forward_step_lights_its_layer_and_the_cable_it_takes_from(walking):
    walking.go("dense_2", Phase.FORWARD)
    assert [i for i, c in walking.sheet.cards.items() if c.phase] == ["dense_2"]
    assert flowing(walking) == {Edge("dense_1", "dense_2")}
    assert set(tags(walking)) == {"input_1", "dense_1"}
    assert tags(walking)["dense_1"].passed.gradient is None


def test_a_backward_step_runs_against_the_cable_and_leaves_gradients(walking):
    mark = walking.go("dense_3", Phase.BACKWARD, 2)
    assert flowing(walking) == {Edge("dense_2", "dense_3")}
    assert walking.sheet.cables[Edge("dense_2", "dense_3")]._against
    assert tags(walking)["dense_2"].passed.gradient is mark.passed["dense_2"].gradient
    assert "output_1" not in tags(walking), "it gives nothing, so it has no port to mark"


def test_leaving_removes_everything(walking):
    before = len(walking.sheet.cards) + len(walking.sheet.cables)
    walking.go("dense_1", Phase.BACKWARD)
    walking.view.light(Lit("dense_1", 0))
    walking.show_step(None)
    assert not tags(walking)
    assert not flowing(walking)
    assert not any(c.phase or c.cells.strips != (None, None) for c in walking.sheet.cards.values())
    assert all(c.cells.lit is None for c in walking.sheet.cards.values())
    assert len(walking.sheet.items()) == before


def test_going_back_takes_marks_back(walking):
    walking.go("output_1", Phase.LOSS)
    assert "dense_3" in tags(walking)
    walking.go("dense_1", Phase.FORWARD)
    assert set(tags(walking)) == {"input_1"}


def test_a_strip_says_its_numbers_and_a_click_goes_to_the_layer(walking, hand, qtbot):
    walking.go("dense_3", Phase.FORWARD)
    x, y, width, _ = tags(walking)["dense_1"].box()
    at = (x + width - 20, y + 12)
    hand.move(hand.far())
    hand.move(at)
    said = walking.board._tip.text()
    strip = walking.walk.passed("dense_1").output
    assert "4 numbers" in said
    assert all(short(v, 4) in said for v in (strip.norm, strip.low, strip.high, strip.mean))
    with qtbot.waitSignal(walking.layer_activated) as caught:
        hand.click(at)
    assert caught.args == ["dense_1"]
    assert not walking.view.selection.layers, "going there selects nothing"


def test_a_double_click_goes_there_in_a_step_and_opens_otherwise(walking, hand, qtbot):
    walking.go("dense_3", Phase.FORWARD)
    with qtbot.waitSignal(walking.layer_activated) as caught:
        hand.double(hand.body("dense_2"))
    assert caught.args == ["dense_2"]
    assert not walking.document.state.places["dense_2"].open
    hand.move(hand.far())
    hand.move(hand.body("dense_2"))
    assert "Double-click" in walking.board._tip.text()
    walking.show_step(None)
    hand.double(hand.body("dense_2"))
    assert walking.document.state.places["dense_2"].open


def test_a_click_selects_as_ever(walking, hand):
    walking.go("dense_3", Phase.FORWARD)
    hand.click(hand.body("dense_2"))
    assert walking.view.selection == Selection(frozenset(("dense_2",)))


def test_opening_a_layer_keeps_the_marks_and_gives_each_unit_its_number(walking, hand):
    walking.go("dense_3", Phase.BACKWARD, 2)
    walking.toggle_open_of("dense_2")
    card = walking.sheet.cards["dense_2"]
    assert len(card.cells._bars) == 2
    assert card.tag.y() == card.face.frame.height
    hand.move(hand.far())
    hand.move(hand.unit("dense_2", 1))
    passed = walking.walk.passed("dense_2")
    said = walking.board._tip.text()
    assert f"a = {short(passed.output.cells[1], 4)}" in said
    assert f"∂L/∂a = {short(passed.gradient.cells[1], 4)}" in said


def test_moving_a_card_takes_its_strip_along(walking):
    walking.go("dense_3", Phase.FORWARD)
    walking.document.edit("Move", changes.move({"dense_1": (200.0, 96.0)}))
    box = tags(walking)["dense_1"].box()
    assert (box.x, box.y) == (200.0, 96.0 + 56.0)


def test_a_new_theme_repaints_the_strips(walking, theme):
    walking.go("dense_3", Phase.FORWARD)
    heat = tags(walking)["dense_1"]._rows[0]
    theme.set_mode("dark")
    redone = tags(walking)["dense_1"]._rows[0]
    assert redone.strip is heat.strip
    assert not np.array_equal(redone.colours, heat.colours)


def test_the_current_layer_comes_into_view_and_the_view_stays_where_it_is_seen(walking):
    board = walking.board
    walking.zoom_actual()
    board.centerOn(*walking.sheet.cards["dense_2"].box().middle)
    here = board.at(board.viewport().rect().center())
    walking.go("dense_2", Phase.FORWARD)
    assert board.at(board.viewport().rect().center()) == here
    board.centerOn(5000.0, 3000.0)
    walking.go("dense_3", Phase.FORWARD)
    box = walking.sheet.cards["dense_3"].box()
    seen = board.viewport().rect()
    assert seen.contains(board.mapFromScene(box.x, box.y))
    assert seen.contains(board.mapFromScene(box.right, box.bottom))
    assert board.zoom == 1.0


@pytest.fixture
def motion(monkeypatch):
    """Motion is wanted, and marks come slowly."""
    monkeypatch.setenv("GRADLOOM_REDUCED_MOTION", "0")
    clock = [0.0]

    def tick():
        clock[0] += 1.0
        return clock[0]

    monkeypatch.setattr(walk, "perf_counter", tick)
    return clock


def test_a_pulse_runs_with_the_data_and_is_gone_soon(motion, walking, qtbot):
    walking.go("dense_2", Phase.FORWARD)
    (dot,) = walking.walk.pulse.dots
    start, end = walking.sheet.output_at("dense_1"), walking.sheet.input_at("dense_2", 0)
    assert (dot.x(), dot.y()) == pytest.approx(start)
    places = []
    walking.walk.pulse._clock.valueChanged.connect(lambda _: places.append(dot.x()))
    qtbot.waitUntil(lambda: not walking.walk.pulse.dots, timeout=2000)
    assert places == sorted(places)
    assert places[-1] == pytest.approx(end[0])
    assert not [i for i in walking.sheet.items() if isinstance(i, Dot)]


def test_a_pulse_runs_against_the_cable_in_a_backward_step(motion, walking):
    walking.go("dense_3", Phase.FORWARD)
    walking.go("dense_3", Phase.BACKWARD, 2)
    (dot,) = walking.walk.pulse.dots
    assert (dot.x(), dot.y()) == pytest.approx(walking.sheet.input_at("dense_3", 0))
    walking.show_step(None)
    assert not walking.walk.pulse.dots


def test_no_pulse_with_reduced_motion_nor_when_time_runs_back(motion, walking, monkeypatch):
    walking.go("dense_3", Phase.FORWARD)
    walking.go("dense_2", Phase.FORWARD)
    assert not walking.walk.pulse.dots
    monkeypatch.setenv("GRADLOOM_REDUCED_MOTION", "1")
    walking.go("dense_3", Phase.FORWARD)
    assert not walking.walk.pulse.dots


def test_no_pulse_when_marks_come_faster_than_can_be_seen(walking, monkeypatch):
    monkeypatch.setenv("GRADLOOM_REDUCED_MOTION", "0")
    walking.go("dense_2", Phase.FORWARD)
    walking.go("dense_3", Phase.FORWARD)
    assert not walking.walk.pulse.dots


def test_products_of_a_forward_element_light_its_row_of_weights(open_canvas, chain, stepping):
    canvas = open_canvas(changes.set_open(OPENED, {}, opened=True)(chain), live=True)
    stepping.go(3)
    canvas.show_step(stepping.mark())
    lit = explained(stepping, (0, 1))
    assert lit == Lit("dense_2", 1, (0, 1, 2, 3), ((0, 1), (1, 1), (2, 1), (3, 1)))
    canvas.view.light(lit)
    assert canvas.sheet.links["dense_2"]._lit_lines() == [1, 3, 5, 7]
    assert not canvas.sheet.links["dense_3"]._lit_lines()
    assert canvas.sheet.cards["dense_2"].cells.lit == {1}
    assert canvas.sheet.cards["dense_1"].cells.lit == {0, 1, 2, 3}
    assert canvas.sheet.cards["dense_3"].cells.lit == frozenset()
    canvas.view.light(None)
    assert canvas.sheet.cards["dense_2"].cells.lit is None
    assert canvas.sheet.links["dense_2"]._products is None


def test_products_of_a_backward_element_are_what_flows_through_its_weights(stepping):
    operations = stepping.trace.operations
    number = next(
        i
        for i, o in enumerate(operations)
        if o.layer == "dense_2" and any(v.name == "dense_1.a.gradient" for v in o.writes)
    )
    stepping.go(number + 1)
    assert explained(stepping, (0, 3)) == Lit("dense_2", None, (3,), ((3, 0), (3, 1)))
    stepping.go(number)
    assert explained(stepping, (3, 1)) == Lit("dense_2", 1, (3,), ((3, 1),))


def test_products_of_one_term_and_of_the_update(stepping):
    stepping.go(3)
    trace = stepping.trace
    shown = next(a for a in shown_arrays(trace, None) if a.result)
    found = explain(trace, shown.value, (0, 1))
    term = found.expression.terms[2]
    assert lit_of(trace, [found.reference, *term.references()]) == Lit(
        "dense_2", 1, (2,), ((2, 1),)
    )
    stepping.to_end()
    shown = next(a for a in shown_arrays(trace, ("dense_2", "W")) if a.result)
    found = explain(trace, shown.value, (3, 0))
    assert lit_of(trace, [found.reference]) == Lit("dense_2", 0, (3,), ((3, 0),))
    assert lit_of(trace, []) is None


def test_colours_of_a_strip_share_one_scale_and_tell_what_is_not_finite(canvas):
    ink = canvas.sheet.ink
    low, zero, high, wild = colours_of((-2.0, 0.0, 2.0, float("nan")), ink).tolist()
    t = ink.tokens
    assert [QColor.fromRgb(c).name() for c in (low, high, wild)] == [
        c.lower() for c in (t.negative, t.positive, t.error)
    ]
    assert zero in ink.table[126:130]
    assert set(colours_of((0.0,), ink).tolist()) <= set(ink.table[126:130].tolist())


@pytest.mark.parametrize(
    ("number", "said"),
    [(0.03125, "0.031"), (0.7, "0.70"), (-12.0, "−12"), (12345.0, "1.2e4"), (float("inf"), "inf")],
)
def test_numbers_are_short(number, said):
    assert short(number) == said


def test_a_strip_is_never_wider_than_its_room_nor_blurred(canvas):
    card = canvas.sheet.cards["dense_1"]
    for count in (1, 2, 5, 16, 33, 64):
        tag = Tag(card, canvas.sheet.ink)
        cells = tuple(np.linspace(-1, 1, count).tolist())
        strip = Strip((count,), cells, 1.0, -1.0, 1.0, 0.0)
        tag.mark(Passed(strip), canvas.sheet.ink, current=True)
        heat = tag._rows[0]
        assert heat.width <= 64
        assert heat.width % count == 0, "every number has the same whole width"
        assert heat.image.width() == count
        canvas.sheet.removeItem(tag)


def test_phases_have_the_colours_of_the_timeline(theme):
    from gradloom.ui.stepper import timeline

    for phase in Phase:
        assert QColor(phase_colour(theme.tokens, phase)) == timeline.phase_colour(theme, phase)


def test_a_canvas_that_is_closed_in_a_step_leaves_nothing(theme, chain, stepping, qapp):
    from gradloom.document import Document
    from gradloom.ui.canvas import Canvas
    from gradloom.ui.view import View

    document, view = Document(chain), View()
    canvas = Canvas(document, view, theme)
    stepping.go(3)
    canvas.show_step(stepping.mark())
    held = [weakref.ref(canvas), weakref.ref(canvas.walk), weakref.ref(canvas.sheet)]
    canvas.deleteLater()
    qapp.sendPostedEvents(None, 52)  # deferred delete
    del canvas
    gc.collect()
    assert [r() for r in held] == [None, None, None]
    stepping.leave()
    view.light(Lit("dense_1", 0))


# what it looks like


@pytest.fixture(params=["light", "dark"])
def mode(request, theme):
    theme.set_mode(request.param)
    return request.param


def rounded(mark):
    """The mark with numbers that are the same on every machine."""

    def same(strip):
        if strip is None:
            return None
        cells = tuple(round(c, 3) for c in strip.cells)
        return dataclasses.replace(strip, cells=cells, norm=round(strip.norm, 2))

    passed = {i: Passed(same(p.output), same(p.gradient)) for i, p in mark.passed.items()}
    return dataclasses.replace(mark, passed=passed)


@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_pictures(mode, direction, open_canvas, chain, stepping, snapshot):
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QPainter

    state = changes.set_open({"dense_1", "dense_2"}, {}, opened=True)(chain)
    canvas = open_canvas(state, live=True)
    stepping.go(3 if direction == "forward" else 14)
    canvas.show_step(rounded(stepping.mark()))
    canvas.view.light(explained(stepping, (0, 1)))
    hull = around(canvas.sheet.boxes().values())
    area = QRectF(hull.x - 24, hull.y - 24, hull.width + 48, hull.height + 72)
    image = QImage((area.size() * 2).toSize(), QImage.Format.Format_RGB32)
    image.fill(canvas.sheet.ink.window)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    canvas.sheet.render(painter, QRectF(image.rect()), area)
    painter.end()
    snapshot(image, f"canvas-step-{direction}-{mode}")


# polish of cards


def test_the_whole_activation_is_named_on_every_card(open_canvas, chain):
    from gradloom.graph import Layer
    from gradloom.layers import ACTIVATIONS

    for activation in ACTIVATIONS.kinds():
        kind = chain.graph["dense_1"].kind.replace(activation=activation())
        graph = chain.graph.with_layers(
            Layer("dense_1", kind, "Dense 12") if la.id == "dense_1" else la for la in chain.graph
        )
        state = changes.set_open({"dense_1"}, {}, opened=True)(chain.with_graph(graph))
        canvas = open_canvas(state)
        card = canvas.sheet.cards["dense_1"]
        said = [text.text() for _, text in (*card._texts, card._summaries[1])]
        assert any(kind.summary() in text for text in said), (activation, said)
        canvas.close()


def test_opening_pushes_away_only_what_it_would_cover(canvas):
    canvas.document.edit(
        "Move", changes.move({"dense_2": (192.0, 96.0), "output_1": (192.0, 184.0)})
    )
    places = canvas.document.state.places
    canvas.toggle_open_of("dense_1")
    after = canvas.document.state.places
    bottom = canvas.sheet.cards["dense_1"].box().bottom
    assert after["dense_2"].y >= bottom + 24
    assert after["output_1"].y >= after["dense_2"].y + 56 + 24
    assert (after["dense_3"], after["input_1"]) == (places["dense_3"], places["input_1"])
    boxes = list(canvas.sheet.boxes().values())
    assert not any(a.meets(b) for a in boxes for b in boxes if a is not b)
    canvas.document.undo()
    assert canvas.document.state.places == places


def test_opening_in_a_row_leaves_the_others_where_they_are(canvas):
    places = canvas.document.state.places
    canvas.toggle_open_of("dense_1")
    others = {i: p for i, p in canvas.document.state.places.items() if i != "dense_1"}
    assert others == {i: p for i, p in places.items() if i != "dense_1"}


def test_the_first_view_of_a_long_network_can_be_read_and_fit_shows_it_all(open_canvas, chain):
    far = {la.id: (560.0 * n, 0.0) for n, la in enumerate(chain.graph)}
    canvas = open_canvas(changes.move(far)(chain), size=(900, 500))
    assert canvas.board.zoom == 0.68
    start = canvas.board.mapFromScene(*canvas.sheet.cards["input_1"].box()[:2])
    assert canvas.board.viewport().rect().contains(start)
    canvas.fit()
    assert canvas.board.zoom < 0.75


# keys and screen readers


def test_arrows_walk_in_a_step_and_move_cards_otherwise(walking, hand):
    asked = []
    walking.step_asked.connect(asked.append)
    places = walking.document.state.places
    walking.view.select(Selection(frozenset(("dense_1",))))
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Down):
        hand.key(key)
    hand.key(Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    hand.key(Qt.Key.Key_End)
    assert asked == ["forward", "back", "previous_layer", "next_layer", "next_phase", "to_end"]
    assert all(callable(getattr(Stepping, name)) for name in WALK_KEYS.values())
    assert walking.document.state.places is places
    walking.show_step(None)
    hand.key(Qt.Key.Key_Right)
    assert walking.document.state.places["dense_1"].x == places["dense_1"].x + 8
    assert len(asked) == 6


def test_return_goes_to_the_chosen_layer(walking, hand, qtbot):
    walking.view.select(Selection(frozenset(("dense_3",))))
    with qtbot.waitSignal(walking.layer_activated) as caught:
        hand.key(Qt.Key.Key_Return)
    assert caught.args == ["dense_3"]


def test_a_screen_reader_hears_what_a_layer_gave(walking):
    walking.go("dense_3", Phase.BACKWARD, 2)
    card = walking.sheet.cards["dense_3"]
    interface = QAccessible.queryAccessibleInterface(card)
    said = interface.text(QAccessible.Text.Description)
    assert said.startswith("At work in this step: backward.")
    assert "Output of Dense 3: 1 number per row, norm" in said
    assert "Slope of the loss" in said


def test_an_update_of_everything_lights_all_that_learns(walking, stepping):
    stepping.to_end()
    walking.show_step(stepping.mark())
    lit = {i for i, c in walking.sheet.cards.items() if c.phase is Phase.UPDATE}
    assert lit == {"dense_1", "dense_2", "dense_3"}
    assert not flowing(walking)
