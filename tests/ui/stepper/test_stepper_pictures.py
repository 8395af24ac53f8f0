"""Stepping on pictures: feature maps and kernels as pictures, which patch meets which kernel."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gradloom.layers.site import Phase
from gradloom.session.lighting import Lit
from gradloom.ui.stepper.matrix import MatrixView
from gradloom.ui.stepper.tiles import TilesView
from gradloom.ui.tiling import LONGEST, SIZES, Tiling, tiled
from networks import small_cnn

CTRL = Qt.KeyboardModifier.ControlModifier


@given(
    st.integers(1, 64),
    st.integers(1, 40),
    st.integers(1, 40),
    st.integers(20, 900),
    st.integers(20, 500),
    st.integers(0, 14),
)
def test_pictures_stand_apart_and_every_cell_is_found(count, rows, columns, wide, high, head):
    made = tiled(Tiling(count, rows, columns, 1, 2, head), wide, high, flowing=True)
    assert made.cell in SIZES
    assert made.cell == SIZES[-1] or made.cell * max(rows, columns) <= LONGEST
    if made.cell > SIZES[-1]:
        assert made.size[0] <= wide
        assert made.size[1] <= high
    for tile in {0, count // 2, count - 1}:
        left, top = made.corner(tile)
        for row, column in ((0, 0), (rows - 1, columns - 1)):
            x, y = left + column * made.cell, top + row * made.cell
            for inside in (0, made.cell - 1):
                assert made.at(x + inside, y + inside) == (tile, row, column)
        right, bottom = left + columns * made.cell, top + rows * made.cell
        assert made.at(right, top) is None  # the gap
        assert right <= made.size[0]
        assert bottom <= made.size[1]


def names(s):
    return [shown.title for shown in s.body.arrays.arrays]


def cell_of(s, array, *index):
    return s.body.arrays.arrays[array].cell_of(index)


def go(s, layer, phase=Phase.FORWARD, title="z"):
    """To the operation of a layer that makes such a result."""
    for position in range(1, s.stepping.end + 1):
        s.stepping.go(position)
        operation = s.stepping.trace.current
        if (operation.layer, operation.phase) == (layer, phase) and title in names(s):
            return
    raise AssertionError(f"no {title} of {layer}")


@pytest.fixture
def walk(stepper):
    """A walk through a step of a small network on pictures, at its first convolution."""
    s = stepper(state=small_cnn(), size=(1000, 360))
    go(s, "conv2d_1")
    return s


def test_the_patch_and_the_kernel_that_make_a_number_are_framed(walk):
    assert names(walk)[:3] == ["z", "x", "W"]
    z, x, w = (walk.body.arrays.view(i) for i in range(3))
    assert all(isinstance(view, TilesView) for view in (z, x, w))
    assert z.tiling.count == 4
    assert x.tiling.count == 1
    walk.hover(0, cell_of(walk, 0, 0, 2, 3, 4))
    patch = {cell_of(walk, 1, 0, 0, row, column) for row in (2, 3, 4) for column in (3, 4, 5)}
    assert x._lit == patch
    assert w._lit == {cell_of(walk, 2, 2, 0, i, j) for i in range(3) for j in range(3)}
    walk.hover(0, cell_of(walk, 0, 0, 1, 0, 0))  # at the edge zeros are met as well
    assert len(x._lit) == 4
    assert len(w._lit) == 4
    assert walk.view.lit == Lit("conv2d_1", 1, (0,))
    text = walk.body.detail.numbers.text()
    assert text.startswith("z")
    assert x.cell_rect(cell_of(walk, 1, 0, 0, 1, 1)).width() == x.tiling.cell


def test_a_number_in_the_middle_is_explained_first(walk):
    shown, index = walk.body.shown_number
    assert shown.title == "z"
    assert index == (0, 0, 4, 4)
    assert len(walk.body.arrays.view(1)._lit) == 9


def test_another_row_of_the_batch_is_looked_at(walk):
    rows = walk.body.looking.rows
    assert rows.count() == 32
    rows.setFocus()
    QTest.keyClick(rows, Qt.Key.Key_Down)
    rows.activated.emit(rows.currentIndex())
    assert walk.body.shown_number[1][0] == 1
    assert walk.view.specimen.number == walk.stepping.trace.rows.numbers[1]
    assert walk.body.arrays.view(1)._lit == {
        cell_of(walk, 1, 1, 0, row, column) for row in (3, 4, 5) for column in (3, 4, 5)
    }
    z = walk.body.arrays.view(0)
    assert z.cell_at(z.cell_rect(cell_of(walk, 0, 1, 3, 7, 7)).center()) == cell_of(
        walk, 0, 1, 3, 7, 7
    )


def test_pictures_may_be_looked_at_as_numbers(walk):
    QTest.mouseClick(walk.body.looking.ways.buttons[1], Qt.MouseButton.LeftButton)
    z = walk.body.arrays.view(0)
    assert isinstance(z, MatrixView)
    assert not walk.body.looking.rows.isVisible()
    walk.hover(0, (0, 1))
    assert walk.body.shown_number[1] == (0, 0, 0, 1)
    QTest.mouseClick(walk.body.looking.ways.buttons[0], Qt.MouseButton.LeftButton)
    assert isinstance(walk.body.arrays.view(0), TilesView)


def test_a_click_on_the_input_leads_to_where_it_was_made(walk):
    go(walk, "max_pool2d_1", title="a")
    x = names(walk).index("x")
    walk.body.looking.see(3)
    at = walk.stepping.trace.position
    walk.click(x, cell_of(walk, x, 3, 1, 5, 5))
    assert walk.stepping.trace.position < at
    shown, index = walk.body.shown_number
    assert index == (3, 1, 5, 5)
    assert shown.result


def test_a_kernel_is_changed_in_place(walk):
    w = 2
    walk.click(w, cell_of(walk, w, 1, 0, 2, 2), double=True)
    editor = walk.body.arrays.view(w).viewport().findChild(type(walk.panel.source.values))
    editor.setText("0.75")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert walk.body.arrays.arrays[w].array[1, 0, 2, 2] == 0.75


def test_kernels_of_several_channels_stand_below_each_other(walk):
    go(walk, "conv2d_2")
    w = names(walk).index("W")
    view = walk.body.arrays.view(w)
    assert (view.tiling.count, view.tiling.across) == (12, 3)
    first, below, beside = (
        view.cell_rect(cell_of(walk, w, *index))
        for index in ((0, 0, 0, 0), (0, 1, 0, 0), (1, 0, 0, 0))
    )
    assert first.x() == below.x()
    assert first.y() < below.y()
    assert first.y() == beside.y()
    assert view.cell_at(below.center()) == cell_of(walk, w, 0, 1, 0, 0)
    walk.hover(0, cell_of(walk, 0, 0, 2, 1, 1))
    assert len(view._lit) == 16
    assert {c[0] for c in view._lit} == {2}


def test_slopes_of_kernels_and_pictures(walk):
    go(walk, "conv2d_1", Phase.BACKWARD, "∂L/∂W")
    view = walk.body.arrays.view(0)
    assert isinstance(view, TilesView)
    assert view.tiling.count == 4
    walk.panel.grab()


def test_the_keyboard_goes_from_picture_to_picture(walk):
    z = walk.body.arrays.view(0)
    z.setFocus()
    QTest.keyClick(z, Qt.Key.Key_Right, CTRL)
    assert z.cursor_cell == cell_of(walk, 0, 0, 0, 0, 0)
    for _ in range(8):
        QTest.keyClick(z, Qt.Key.Key_Right, CTRL)
    assert z.cursor_cell == cell_of(walk, 0, 0, 1, 0, 0)
    QTest.keyClick(z, Qt.Key.Key_Left, CTRL)
    QTest.keyClick(z, Qt.Key.Key_Up, CTRL)
    assert z.cursor_cell == cell_of(walk, 0, 0, 0, 0, 7)  # nothing is above
    QTest.keyClick(z, Qt.Key.Key_Return)
    assert walk.body.shown_number[1] == (0, 0, 0, 7)


def test_what_is_not_computed_yet_is_empty_and_dark_is_dark(stepper, theme):
    s = stepper(state=small_cnn(), size=(1000, 360))
    view = s.body.arrays.view(0)
    assert not view.shown.known
    empty = view.grab().toImage()
    go(s, "conv2d_1")
    light = s.body.arrays.view(0).grab().toImage()
    assert light != empty
    theme.set_mode("dark")
    assert s.body.arrays.view(0).grab().toImage() != light
    theme.set_mode("light")
    shades = {light.pixelColor(x, light.height() // 2).name() for x in range(light.width())}
    assert len(shades) > 5


def test_flat_data_has_no_choice_of_pictures(stepper):
    s = stepper()
    assert not s.body.looking.isVisible()
    assert np.all([isinstance(s.body.arrays.view(i), MatrixView) for i in range(2)])
