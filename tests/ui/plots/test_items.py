"""Items of the plots: an axis that is kept as a picture, points that only move, markers."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QCoreApplication, QRectF
from PySide6.QtWidgets import QWidget

from gradloom.ui.plots.chart import Sheet
from gradloom.ui.plots.dots import Dots, DotsItem
from gradloom.ui.plots.markers import shape
from gradloom.ui.theme import class_colours


def sheet_of(qtbot, theme, size):
    host = QWidget()  # pyqtgraph's own `close` takes a widget to pieces that a test still holds
    qtbot.addWidget(host)
    sheet = Sheet(theme)
    sheet.setParent(host)
    sheet.host = host
    plot = sheet.add_plot(0, 46, 32, 12, 8)
    sheet.resize(*size)
    host.resize(400, 400)
    host.show()
    return sheet, plot


def settle():
    for _ in range(5):
        QCoreApplication.processEvents()


def test_an_axis_has_its_new_numbers_after_size_and_range_changed_together(qtbot, theme):
    sheet, plot = sheet_of(qtbot, theme, (320, 320))
    sheet.set_whole(plot, (-10.0, 10.0), (-10.0, 10.0))
    settle()
    sheet.grab()
    sheet.resize(324, 324)
    sheet.set_whole(plot, (-1.1, 1.1), (-1.1, 1.1))
    settle()
    shown = sheet.grab().toImage()
    other, plot = sheet_of(qtbot, theme, (324, 324))
    other.set_whole(plot, (-1.1, 1.1), (-1.1, 1.1))
    settle()
    assert shown == other.grab().toImage()


def dots_at(x, colour="#D9730D"):
    y = np.zeros(len(x))
    return (Dots(np.asarray(x, float), y, 0, "train", colour),)


def test_points_that_only_move_are_not_made_anew(qtbot, theme, monkeypatch):
    _, plot = sheet_of(qtbot, theme, (200, 200))
    item = DotsItem(theme)
    plot.addItem(item, ignoreBounds=True)
    item.give_room(QRectF(0, 0, 10, 10))
    item.show_dots(dots_at([1, 2, 3]), 150)
    made = []
    whole = item._fill
    monkeypatch.setattr(item, "_fill", lambda looks: (made.append(1), whole(looks)))
    item.show_dots(dots_at([4, 5, 6]), 150)
    assert made == []
    assert item.data["x"].tolist() == [4, 5, 6]
    assert item.dots[0].x.tolist() == [4, 5, 6]
    item.show_dots(dots_at([4, 5]), 150)
    item.show_dots(dots_at([4, 5], "#0F6FB8"), 150)
    assert made == [1, 1], "other points or colours are"


def numbered(part):
    """Three points of rows 4, 5 and 6."""
    x, rows = np.array([1.0, 2.0, 3.0]), np.array([4, 5, 6])
    return Dots(x, x, 1, part, "#0F6FB8", rows=rows)


def test_points_look_as_pyqtgraph_draws_them_one_by_one(qtbot, theme):
    pictures = []
    for by_hand in (False, True):
        sheet, plot = sheet_of(qtbot, theme, (200, 200))
        sheet.set_whole(plot, (0, 4), (0, 4))
        item = DotsItem(theme)
        plot.addItem(item, ignoreBounds=True)
        item.give_room(QRectF(0, 0, 4, 4))
        item.show_dots((numbered("validation"), numbered("test"), *dots_at([2.5])), 150)
        if by_hand:
            spots = {name: list(item.data[name]) for name in ("symbol", "size", "pen", "brush")}
            item.setData(x=item.data["x"].copy(), y=item.data["y"].copy(), **spots)
        settle()
        pictures.append(sheet.grab().toImage())
    assert pictures[0] == pictures[1]
    assert len(item.data) == 3 + 2 * 3 + 1


def test_rows_are_hidden_and_shown_again_with_every_layer_of_their_look(qtbot, theme):
    _, plot = sheet_of(qtbot, theme, (200, 200))
    item = DotsItem(theme)
    plot.addItem(item, ignoreBounds=True)
    item.show_dots((numbered("test"),), 150)
    gone = np.zeros(9, bool)
    gone[5] = True
    item.leave_out(gone)
    assert item.data["visible"].tolist() == [True, False, True] * 2
    item.leave_out(None)
    assert item.data["visible"].all()
    item.leave_out(gone)
    item.show_dots((numbered("test"),), 150)
    assert item.data["visible"].all(), "other points are all there"


def test_ten_classes_are_told_apart(theme):
    colours = class_colours(theme.tokens, 10)
    looks = {(tuple(map(str, [shape(i).boundingRect(), shape(i).elementCount()])), colours[i])
             for i in range(10)}  # fmt: skip
    assert len(looks) == 10
