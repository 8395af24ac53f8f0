"""The gallery of samples, by real keys and clicks."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from gradloom.document import Document
from gradloom.document.samples import GROUPS, SAMPLES
from gradloom.session.training import Status
from gradloom.ui.samples import Previews, SamplesDialog
from gradloom.ui.samples.pictures import sample_picture
from gradloom.ui.theme import DARK, LIGHT, class_colours
from gradloom.ui.worker import TrainingBridge

Key = Qt.Key


@pytest.fixture
def bridge(qapp):
    made = TrainingBridge(Document(SAMPLES["circles"].state))
    yield made
    made.shutdown()


@pytest.fixture
def gallery(qtbot, theme):
    """`gallery(size, previews)` opens it; what is opened from it lies in `gallery.opened`."""
    opened, windows = [], []

    def make(size=(1200, 860), previews=None, stays=False):
        window = QWidget()
        window.resize(*size)
        windows.append(window)
        window.show()

        def open_sample(sample):
            opened.append(sample.name)
            return not stays

        dialog = SamplesDialog(theme, previews, open_sample, window)
        dialog.open()
        qtbot.waitActive(dialog)
        return dialog

    make.opened = opened
    yield make
    for window in windows:
        window.close()


def _named(dialog, name):
    return next(card for card in dialog.cards if card.sample.name == name)


def test_every_sample_has_a_card_that_says_what_to_do(gallery):
    dialog = gallery()
    assert [card.sample.name for card in dialog.shown] == [*SAMPLES]
    for card in dialog.cards:
        assert card.accessibleName() == card.sample.title
        assert card.accessibleDescription() == card.sample.sentence
    assert len({card.height() for card in dialog.cards}) == 1
    dialog.reject()


def test_a_click_opens_and_closes_the_gallery(gallery, qtbot):
    dialog = gallery()
    card = _named(dialog, "classic_step")
    QTest.mouseClick(card, Qt.MouseButton.LeftButton, pos=QPoint(40, 40))
    assert gallery.opened == ["classic_step"]
    assert not dialog.isVisible()


def test_it_stays_open_while_the_person_wants_to_keep_the_project(gallery):
    dialog = gallery(stays=True)
    QTest.mouseClick(_named(dialog, "circles"), Qt.MouseButton.LeftButton)
    assert gallery.opened == ["circles"]
    assert dialog.isVisible()
    dialog.reject()


def test_words_find_samples_and_enter_opens_the_first(gallery):
    dialog = gallery()
    QTest.keyClicks(dialog.search, "relu")
    assert [c.sample.name for c in dialog.shown] == ["deep_relu", "dying_relu"]
    QTest.keyClick(dialog.search, Key.Key_Return)
    assert gallery.opened == ["deep_relu"]


def test_a_group_is_found_by_its_name(gallery):
    dialog = gallery()
    QTest.keyClicks(dialog.search, "logic gates")
    (group,) = [g for g in GROUPS if g.title == "Logic gates"]
    assert [c.sample for c in dialog.shown] == [*group.samples]
    headings = [label for _, label, _ in dialog._groups if not label.isHidden()]
    assert [label.text() for label in headings] == ["Logic gates"]
    dialog.reject()


def test_nothing_found_is_said_and_opens_nothing(gallery):
    dialog = gallery()
    QTest.keyClicks(dialog.search, "zebra")
    assert dialog._nothing.isVisible()
    QTest.keyClick(dialog.search, Key.Key_Return)
    QTest.keyClick(dialog.search, Key.Key_Down)
    assert gallery.opened == []
    assert dialog.isVisible()
    dialog.search.clear()
    assert not dialog._nothing.isVisible()
    assert len(dialog.shown) == len(SAMPLES)
    dialog.reject()


def test_arrows_walk_over_the_cards_and_enter_opens(gallery, qtbot):
    dialog = gallery()
    focused = dialog.focusWidget
    QTest.keyClick(dialog.search, Key.Key_Down)
    for key, name in (
        (Key.Key_Right, "classic_step"),
        (Key.Key_Down, "or_gate"),
        (Key.Key_Down, "xor_gate"),
        (Key.Key_Left, "xor_neuron"),
        (Key.Key_Up, "and_gate"),
        (Key.Key_Up, "circles"),
        (Key.Key_Left, "circles"),
        (Key.Key_Right, "classic_step"),
    ):
        QTest.keyClick(focused(), key)
        assert focused() is _named(dialog, name), (key, name)
    QTest.keyClick(focused(), Key.Key_Return)
    assert gallery.opened == ["classic_step"]


def test_up_from_the_first_line_is_the_search_field_and_esc_leaves(gallery):
    dialog = gallery()
    QTest.keyClick(dialog.search, Key.Key_Down)
    QTest.keyClick(dialog.focusWidget(), Key.Key_Up)
    assert dialog.focusWidget() is dialog.search
    QTest.keyClick(dialog.search, Key.Key_Escape)
    assert not dialog.isVisible()
    assert gallery.opened == []


def test_the_card_with_the_focus_is_in_sight(gallery, qtbot):
    dialog = gallery(size=(800, 600))
    QTest.keyClick(dialog.search, Key.Key_Down)
    for _ in range(len(SAMPLES) - 1):
        QTest.keyClick(dialog.focusWidget(), Key.Key_Right)
    card = dialog.focusWidget()
    assert card.sample.name == [*SAMPLES][-1]
    qtbot.waitUntil(lambda: card.visibleRegion().boundingRect() == card.rect(), timeout=2000)
    dialog.reject()


@pytest.mark.parametrize(("width", "across"), [(1400, 3), (800, 2), (420, 1)])
def test_it_fits_the_window(gallery, width, across):
    dialog = gallery(size=(width, 600))
    assert dialog.width() <= width
    first = _named(dialog, "circles")
    assert sum(card.y() == first.y() for card in dialog.cards) == across
    assert all(card.x() + card.width() <= dialog._area.viewport().width() for card in dialog.cards)
    dialog.reject()


def test_pictures_show_what_was_learnt_once_it_is_there(gallery, bridge, qtbot):
    previews = Previews(bridge)
    dialog = gallery(previews=previews)
    QTest.keyClicks(dialog.search, "any circuit")
    (card,) = dialog.shown
    before = card.grab().toImage()
    qtbot.waitUntil(lambda: previews.of(card.sample) is not None, timeout=10_000)
    qtbot.waitUntil(lambda: card._shown is previews.of(card.sample), timeout=3000)
    assert card.grab().toImage() != before
    assert previews.of(SAMPLES["label_noise"]) is None  # not seen, so not made
    dialog.reject()
    previews.shutdown()


def test_nothing_is_trained_beside_the_persons_own_network(gallery, bridge, qtbot):
    bridge.toggle()
    qtbot.waitUntil(lambda: bridge.status is Status.RUNNING, timeout=3000)
    previews = Previews(bridge)
    previews.ask(SAMPLES["and_gate"])
    assert previews._asked == set()
    bridge.pause()
    previews.shutdown()


def test_what_waits_is_not_trained_either_once_the_person_trains(gallery, bridge, qtbot):
    """A gallery full of cards waits for ten seconds of training."""
    previews, gate = Previews(bridge), threading.Event()
    previews._loop.post(gate.wait)
    previews.ask(SAMPLES["and_gate"])
    bridge.toggle()
    qtbot.waitUntil(lambda: bridge.status is Status.RUNNING, timeout=3000)
    gate.set()
    previews._loop.post(lambda: None).result(5)
    assert previews.of(SAMPLES["and_gate"]) is None
    bridge.pause()
    qtbot.waitUntil(lambda: bridge.status is Status.PAUSED, timeout=3000)
    previews.ask(SAMPLES["and_gate"])
    qtbot.waitUntil(lambda: previews.of(SAMPLES["and_gate"]) is not None, timeout=10_000)
    previews.shutdown()


@pytest.mark.parametrize("name", SAMPLES)
def test_every_picture_shows_data_and_network_in_both_themes(qapp, name):
    light, dark = (
        sample_picture(SAMPLES[name].state, None, tokens, QSize(262, 111), 1.0).toImage()
        for tokens in (LIGHT, DARK)
    )
    assert light != dark
    for left, right in ((0, 111), (112, 262)):
        colours = {light.pixel(x, y) for x in range(left, right) for y in range(0, 111, 3)}
        assert len(colours) > 4


@pytest.mark.parametrize("name", ["spiral", "spiral_three_arms"])
def test_a_picture_shows_every_class_though_they_take_turns(qapp, name):
    state = SAMPLES[name].state
    picture = sample_picture(state, None, LIGHT, QSize(262, 111), 1.0).toImage()
    seen = [picture.pixelColor(x, y).name() for x in range(111) for y in range(111)]
    (coding,) = state.analysis.codings.values()
    counts = [seen.count(c.lower()) for c in class_colours(LIGHT, len(coding.targets[0].classes))]
    assert min(counts) > 0.5 * max(counts)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_gallery_looks_as_it_did(gallery, theme, snapshot, mode):
    theme.set_mode(mode)
    dialog = gallery(size=(960, 640))
    snapshot(dialog, f"samples_gallery_{mode}")
    theme.set_mode("light")
    dialog.reject()
