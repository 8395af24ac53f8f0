"""Strokes become cells that look like the data's own."""

from __future__ import annotations

import dataclasses
from functools import cache
from itertools import pairwise
from time import perf_counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradloom.data import SOURCES, Dataset
from gradloom.data.ink import Ink, ink_of
from gradloom.document.samples import first_project
from gradloom.engine.trainer import Trainer
from gradloom.layers.signature import Target
from gradloom.session.answering import Question
from gradloom.session.sketching import Manner, Sketch, manner_of
from gradloom.session.telling import RowsStudy, RowStudy
from handwriting import DIGITS
from networks import dense, digits_state


def dataset(pictures):
    pictures = np.asarray(pictures, float)
    shape = pictures.shape[1:]
    names = tuple(f"p{i}" for i in range(int(np.prod(shape))))
    flat = pictures.reshape(len(pictures), len(names))
    return Dataset("d", flat, names, np.zeros((len(flat), 1)), (Target("y"),), shape)


def strokes(count=40, size=28, width=2.0, extent=18, value=255.0):
    """Pictures of one slanted line each, of known width, its longer side `extent` cells."""
    rng = np.random.default_rng(0)
    sub, found = 8, []
    y, x = np.mgrid[0 : size * sub, 0 : size * sub] / sub
    for _ in range(count):
        slant = rng.uniform(-0.8, 0.8)
        middle, half = size / 2, (extent - width) / 2
        a, b = np.array([-half, -half * slant]), np.array([half, half * slant])
        along = ((y - middle) * (b - a)[0] + (x - middle) * (b - a)[1]) / ((b - a) @ (b - a))
        along = np.clip(along + 0.5, 0, 1)
        py, px = middle + a[0] + along * (b - a)[0], middle + a[1] + along * (b - a)[1]
        inked = np.hypot(y - py, x - px) <= width / 2
        cells = inked.reshape(size, sub, size, sub).mean(axis=(1, 3))
        found.append(cells[None] * value)
    return np.array(found)


def test_the_manner_of_lines_of_known_width():
    manner = manner_of(dataset(strokes()))
    assert manner.shape == (1, 28, 28)
    assert (manner.ink.paper, manner.ink.ink) == (0, 255)
    assert manner.extent == pytest.approx(18, abs=1)
    assert manner.middle == pytest.approx((14, 14), abs=0.2)
    widths = [manner_of(dataset(strokes(width=w))).stroke for w in (1, 2, 3)]
    assert widths == pytest.approx([1, 2, 3], rel=0.25)  # the ends of lines are edges as well


def test_black_on_white_is_ink_too_and_a_photograph_is_none():
    drawn = strokes()
    manner = manner_of(dataset(255 - drawn))
    assert (manner.ink.paper, manner.ink.ink) == (255, 0)
    assert manner.stroke == pytest.approx(2, rel=0.25)
    assert ink_of(drawn) == Ink(0, 255)
    photographs = np.random.default_rng(1).integers(60, 256, (9, 1, 20, 20))
    assert not ink_of(photographs).drawn
    assert not ink_of(np.repeat(drawn, 3, axis=1)).drawn  # colours are their own
    assert ink_of(np.zeros((0, 1, 3, 3))) == Ink()


def test_without_rows_there_is_a_manner_as_well():
    assert manner_of(dataset(np.zeros((0, 1, 8, 8)))).extent > 0
    assert manner_of(dataset(np.zeros((3, 1, 8, 8)))).extent > 0


PLAIN = Manner((1, 8, 8), Ink(0, 16), 6.0, (4.0, 4.0), 1.0)


def test_a_line_is_as_wide_as_the_data_says_however_large_it_is_drawn():
    for far in (1.5, 3.5):
        sketch = Sketch(PLAIN)
        sketch.draw((4 - far, 3), (4 + far, 3))
        cells = sketch.cells(centred=True)
        # 6 cells long with round soft ends, and a cell wide
        assert cells.sum() == pytest.approx(5.8, abs=0.4)
        assert np.flatnonzero(cells.sum(axis=1) > 0.3).tolist() == list(range(1, 7))
        rows, columns = np.mgrid[0:8, 0:8] + 0.5
        assert (cells * rows).sum() / cells.sum() == pytest.approx(4, abs=0.05)
        assert (cells * columns).sum() / cells.sum() == pytest.approx(4, abs=0.05)


def test_without_centring_a_cell_is_what_is_drawn_in_it():
    sketch = Sketch(PLAIN)
    sketch.draw((2.5, 1.5), (2.5, 1.5))
    cells = sketch.cells(centred=False)
    assert np.unravel_index(cells.argmax(), cells.shape) == (2, 1)
    assert cells.sum() == pytest.approx(np.pi / 4, abs=0.1)
    assert sketch.raw(centred=False).max() == cells.max() * 16


def test_what_hardly_fits_is_not_pushed_out_of_the_picture():
    manner = dataclasses.replace(PLAIN, extent=8.0, middle=(4.0, 6.5))
    sketch = Sketch(manner)
    sketch.draw((1, 1), (1, 7))  # its mass is in the middle of it, not at 6.5
    cells = sketch.cells(centred=True)
    assert cells.sum(axis=0)[[0, 7]].min() > 0.3


def test_rubbing_out_clearing_and_bounds():
    sketch = Sketch(PLAIN)
    assert sketch.blank
    sketch.draw((-9, -9), (-8, -8))  # off the paper
    assert sketch.blank
    sketch.draw((1, 4), (7, 4))
    kept = sketch.copy()
    sketch.draw((4, 0), (4, 8), 3.0, rub=True)
    assert sketch.cells(centred=False)[3:5].sum() == 0
    assert sketch.cells(centred=False)[1].sum() > 0.5
    assert kept.cells(centred=False)[4].sum() > 0.5
    sketch.draw((0, 0), (8, 8), 9.0, rub=True)
    sketch.draw((8, 0), (0, 8), 9.0, rub=True)
    assert sketch.blank
    assert not sketch.cells(centred=True).any()
    kept.clear()
    assert kept.blank


@given(
    st.lists(
        st.tuples(
            st.floats(-2, 10), st.floats(-2, 10), st.floats(0.1, 3), st.booleans(), st.booleans()
        ),
        max_size=12,
    )
)
def test_any_strokes_make_a_picture(marks):
    sketch = Sketch(PLAIN)
    sketch.load(np.linspace(0, 3, 64))
    if not marks or marks[0][4]:
        sketch.clear()
    here = (4.0, 4.0)
    for row, column, width, rub, _ in marks:
        sketch.draw(here, (row, column), width, rub=rub)
        here = (row, column)
        for centred in (True, False):
            raw = sketch.raw(centred=centred)
            assert np.isfinite(raw).all()
            assert raw.min() >= 0
            assert raw.max() <= 16
            if sketch.blank:
                assert raw.max() < 1


def test_a_row_of_the_data_is_given_exactly_until_it_is_drawn_over():
    data = SOURCES.make("digits").make(0)
    sketch = Sketch(manner_of(data))
    sketch.load(data.features[7])
    assert not sketch.blank
    assert sketch.raw(centred=True).tolist() == data.features[7].tolist()
    sketch.draw((4, 4), (4, 4), 0.1, rub=True)
    close = sketch.raw(centred=False)
    assert np.abs(close - data.features[7]).max() < 2.0


def test_colours_are_all_inked():
    manner = dataclasses.replace(PLAIN, shape=(4, 8, 8), ink=Ink(0, 255), middle=(4.5, 4.5))
    sketch = Sketch(manner)
    sketch.draw((1, 4), (7, 4))
    raw = sketch.raw(centred=True).reshape(4, 8, 8)
    assert (raw[0] == raw[1]).all()
    assert raw[0].max() > 200
    assert (raw[3] == 255).all()  # opaque


def test_it_is_quick_enough_to_be_done_at_every_move():
    sketch = Sketch(dataclasses.replace(PLAIN, shape=(1, 28, 28), stroke=2.5, extent=20))
    start = perf_counter()
    for i in range(50):
        sketch.draw((5 + i / 4, 9), (5.5 + i / 4, 9.5))
        sketch.raw(centred=True)
    assert (perf_counter() - start) / 50 < 0.01  # 0.7 ms on a slow machine


@cache
def digits():
    """A small network trained on the digits: its state and the run's progress."""
    state = digits_state(dense(64, "relu"), epochs=25)
    trainer = Trainer(state.graph, state.prepared, state.plan)
    trainer.run()
    return state, trainer.progress()


def told(sketch):
    state, progress = digits()
    question = Question(state, progress, False, sketch.raw(centred=True))
    (answer,) = RowStudy().answer(question).answers
    assert answer.classes == tuple("0123456789")
    assert answer.shares.sum() == pytest.approx(1)
    return int(answer.shares.argmax())


@pytest.mark.parametrize(("size", "across"), [(1.0, 0.0), (0.5, -0.2)], ids=["large", "small"])
def test_most_drawn_digits_are_told_right(size, across):
    state, _ = digits()
    manner = manner_of(state.prepared.dataset)
    right = 0
    for digit, lines in DIGITS.items():
        sketch = Sketch(manner)
        for line in lines:
            places = [((y - 0.5) * size + 0.5, (x - 0.5) * size + 0.5 + across) for x, y in line]
            for (y0, x0), (y1, x1) in pairwise(places):
                sketch.draw((y0 * 8, x0 * 8), (y1 * 8, x1 * 8))
        right += told(sketch) == digit
    assert right >= 8


def test_what_is_told_of_a_row_is_what_is_told_of_it_among_all():
    state, progress = digits()
    every = RowsStudy().answer(Question(state, progress, False)).classes
    truth = state.prepared.targets[:, 0]
    assert (every == truth).mean() > 0.9
    study = RowStudy()
    assert study.answer(Question(state, progress, False)).answers == ()
    for row in (0, 100, 1796):
        raw = state.prepared.dataset.features[row]
        (answer,) = study.answer(Question(state, progress, False, raw)).answers
        assert answer.shares.argmax() == every[row]


def test_a_real_target_is_told_as_a_number():
    state = first_project()
    state = state.with_data(source=SOURCES.make("line"))
    trainer = Trainer(state.graph, state.prepared, state.plan)
    question = Question(state, trainer.progress(), False, np.array([0.5]))
    (answer,) = RowStudy().answer(question).answers
    assert answer.classes == ()
    assert np.isfinite(answer.number)
    assert (RowsStudy().answer(question).classes == -1).all()
