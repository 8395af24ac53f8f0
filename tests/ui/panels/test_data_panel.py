"""The data panel: pictures as switches, split, features, shipped tables."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtTest import QTest

from gradloom.data import SOURCES
from gradloom.data.drawing import add_points
from gradloom.ui.panels.data import DataPanel
from gradloom.ui.panels.features import SWITCHES
from gradloom.ui.panels.gallery import BLANKS, GROUPS, Blank, group_of, offers
from gradloom.ui.panels.thumbnails import source_picture


@pytest.fixture
def panel(bench, qtbot):
    made = DataPanel(bench.document, bench.view, bench.theme)
    qtbot.addWidget(made)
    made.resize(300, 900)
    made.show()
    made.activateWindow()
    return made


def click(panel, label):
    thumb = next(t for offer, t in panel.thumbnails.items() if offer.label == label)
    QTest.mouseClick(thumb, Qt.MouseButton.LeftButton)
    return thumb


def checked(panel):
    return [offer.label for offer, thumb in panel.thumbnails.items() if thumb.isChecked()]


def test_every_offered_source_is_in_the_gallery():
    found = offers()
    ready = {o.kind for o in found if not isinstance(o, Blank)}
    assert ready == {k.kind for k in SOURCES.kinds() if k.offered}
    assert [o.group for o in found] == sorted((o.group for o in found), key=GROUPS.index)
    assert [o.label for o in found if o.group == "Logic gates"] == [
        "AND",
        "OR",
        "NAND",
        "NOR",
        "XOR",
        "NOT",
    ]
    for offer in found:
        source = offer.make()
        assert offer.stands_for(source)
        assert source.problems() == []
        assert group_of(source) == offer.group


@pytest.mark.parametrize("offer", offers(), ids=lambda o: o.label)
def test_a_click_on_a_picture_changes_the_data_in_one_step(offer, panel, bench):
    before = bench.state
    thumb = panel.thumbnails[offer]
    QTest.mouseClick(thumb, Qt.MouseButton.LeftButton)
    assert offer.stands_for(bench.state.data.source)
    assert checked(panel) == [offer.label]
    assert panel.source_form.record == bench.state.data.source
    rows = len(bench.state.prepared.dataset)
    assert panel.counts.text().startswith(f"{rows:,} rows{':' if rows else '.'}")
    if bench.state.data != before.data:
        assert bench.document.undo()
        assert bench.state.data == before.data
        assert checked(panel) == ["Circles"]
    panel.grab()


def test_a_click_on_the_chosen_picture_leaves_it_on(panel, bench):
    before = bench.state
    thumb = click(panel, "Circles")
    assert thumb.isChecked()
    assert bench.state is before


def test_pictures_are_switched_by_the_keyboard(panel, bench):
    thumb = next(t for o, t in panel.thumbnails.items() if o.label == "Moons")
    QTest.keyClick(thumb, Qt.Key.Key_Space)
    assert bench.state.data.source.kind == "moons"


def test_noise_and_number_of_points_go_along(panel, bench):
    noise = panel.source_form.rows["noise"].field
    for _ in range(3):
        QTest.keyClick(noise.edit, Qt.Key.Key_Up)
    assert bench.state.data.source.noise == 13
    assert noise.slider.value() == 13
    click(panel, "Spiral, 3 arms")
    assert bench.state.data.source == SOURCES.make("spiral", arms=3, noise=13)
    bench.document.undo()
    bench.document.undo()
    assert bench.state.data.source.noise == 10


def test_noise_slides_live(panel, bench):
    slider = panel.source_form.rows["noise"].field.slider
    y = slider.rect().center().y()
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(20, y))
    for x in (60, slider.width() - 3):
        QTest.mouseMove(slider, QPoint(x, y))
    assert bench.state.data.source.noise == 50
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() - 3, y))
    bench.document.undo()
    assert bench.state.data.source.noise == 10


def test_features_are_switched_but_never_all_off(panel, bench):
    switches = panel.features.thumbnails
    QTest.mouseClick(switches["product"], Qt.MouseButton.LeftButton)
    assert bench.state.prepared.signature.features == ("x1", "x2", "x1*x2")
    for name in ("use_x1", "use_x2", "product"):
        QTest.mouseClick(switches[name], Qt.MouseButton.LeftButton)
    assert bench.state.prepared.signature.features == ("x1*x2",)
    assert [name for name in SWITCHES if switches[name].isChecked()] == ["product"]
    assert not panel.features.trouble.isHidden()


def test_features_are_for_two_columns_only(panel, bench):
    assert not panel.features.isHidden()
    click(panel, "Iris")
    assert panel.features.isHidden()
    click(panel, "XOR")
    assert not panel.features.isHidden()


def test_shares_always_make_a_hundred(panel, bench):
    train = panel.shares.fields["train"]
    train.edit.selectAll()
    QTest.keyClicks(train.edit, "80")
    QTest.keyClick(train.edit, Qt.Key.Key_Return)
    assert sum(bench.state.data.shares) == 100
    assert bench.state.data.train == 80
    assert panel.shares.fields["test"].edit.text() == "0"
    train.edit.selectAll()
    QTest.keyClicks(train.edit, "101")
    assert panel.shares.trouble.text().startswith("Training must be")


def test_a_border_of_the_split_is_dragged(panel, bench):
    bar = panel.shares.bar
    y = bar.height() // 2
    start = round(bar.border(0))
    QTest.mousePress(bar, Qt.MouseButton.LeftButton, pos=QPoint(start, y))
    for x in (start - 20, round(bar.width() * 0.3)):
        QTest.mouseMove(bar, QPoint(x, y))
    QTest.mouseRelease(bar, Qt.MouseButton.LeftButton, pos=QPoint(round(bar.width() * 0.3), y))
    assert bench.state.data.shares == (30, 50, 20)
    bench.document.undo()
    assert bench.state.data.shares == (60, 20, 20)


def test_gates_are_not_split(panel):
    click(panel, "AND")
    assert panel.shares.isHidden()
    assert panel.counts.text() == "4 rows: 4 training. Classes: 0 3, 1 1."


def test_data_that_does_not_fit_offers_its_remedy(panel, bench):
    assert panel.cards == []
    click(panel, "Spiral, 3 arms")
    (card,) = panel.cards
    assert card.fix is not None
    QTest.mouseClick(card.fix, Qt.MouseButton.LeftButton)
    assert bench.state.ready
    assert panel.cards == []


def test_shipped_tables_stand_under_tables_each_with_its_picture(panel):
    labels = {o.label for o in panel.thumbnails if o.group == "Tables"}
    assert labels == {"Iris", "Wine", "Breast cancer", "Diabetes", "Houses", "Linnerud", "Digits"}
    tokens, seen = panel._theme.tokens, set()
    for label in labels:
        offer = next(o for o in panel.thumbnails if o.label == label)
        image = source_picture(offer.make(), tokens, QSize(32, 32), 1.0).toImage()
        colours = {image.pixel(x, y) for x in range(32) for y in range(32)}
        assert len(colours) > 10
        seen.add(bytes(image.constBits()))
    assert len(seen) == len(labels)


def test_without_an_importer_no_table_is_offered_to_be_opened(panel):
    assert panel.open_button.isHidden()
    assert panel.change_button.isHidden()


def test_the_seed_of_the_plan_shuffles_the_split_and_the_panel_follows(panel, bench):
    words = panel.counts.text()
    bench.document.edit(
        "Seed", lambda s: dataclasses.replace(s, plan=s.plan.replace(seed=s.plan.seed + 1))
    )
    assert panel.counts.text() == words  # other rows, as many of them


@pytest.mark.parametrize("width", [220, 300])
def test_nothing_is_wider_than_a_narrow_panel(panel, width):
    panel.resize(width, 600)
    assert panel.widget().minimumSizeHint().width() <= width
    for thumb in panel.thumbnails.values():
        assert thumb.mapTo(panel.widget(), QPoint(thumb.width(), 0)).x() <= width


def test_both_themes(panel, bench):
    light = panel.grab().toImage()
    bench.theme.set_mode("dark")
    dark = panel.grab().toImage()
    bench.theme.set_mode("light")
    assert light != dark


@pytest.mark.parametrize("offer", BLANKS, ids=lambda o: o.label)
def test_a_drawing_stays_chosen_whatever_is_drawn(offer, panel, bench):
    click(panel, offer.label)
    source = add_points(bench.state.data.source, np.ones((3, 2)), 0)
    bench.document.edit(
        "draw", lambda s: dataclasses.replace(s, data=s.data.replace(source=source))
    )
    assert checked(panel) == [offer.label]
    click(panel, offer.label)
    assert bench.state.data.source == source, "a click takes nothing away"


def test_blank_planes_have_pictures_of_their_own(theme):
    tokens = theme.tokens
    pictures = [source_picture(o.make(), tokens, QSize(32, 32), 1.0).toImage() for o in BLANKS]
    assert len({bytes(picture.constBits()) for picture in pictures}) == 3


def test_the_edges_of_a_drawings_plane_are_set_without_a_reset(panel, bench):
    click(panel, "Drawn curve")
    field = panel.source_form.rows["top"].field
    field.edit.selectAll()
    QTest.keyClicks(field.edit, "9")
    QTest.keyClick(field.edit, Qt.Key.Key_Return)
    assert bench.state.data.source.room == (-5, 5, -5, 9)
    assert "content" not in panel.source_form.rows
