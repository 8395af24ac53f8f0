"""Data with one class alone: a network may say that it is not there, and no view falls over it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPixmap

from gradloom.session.answering import Question
from gradloom.session.hidden import HiddenSpace, HiddenWish
from gradloom.session.mapping import Mapper
from gradloom.session.planes import Look, ground_of
from gradloom.session.telling import RowsStudy
from gradloom.ui.hidden.picture import words_of
from gradloom.ui.map.subject import (
    points_of,
    subjects_of,
    table_of,
    words_of_answer,
    words_of_point,
)
from gradloom.ui.table.columns import page_of
from gradloom.ui.table.tile import TilePainter
from single_class import DENIES, single_class, sure


@pytest.mark.parametrize("denies", DENIES)
def test_words_of_map_and_hidden_space(denies):
    state = single_class()
    progress, said = sure(state, denies=denies), "not cat" if denies else "cat"
    (subject,) = subjects_of(state)
    result = Mapper(state).draw(progress, fine=False)
    output = result.outputs[subject.sink][:, 0, 0]
    assert words_of_answer(subject, output).startswith(f"{said} (")
    points = points_of(state, subject, ground_of(state, Look()))
    told = result.told[subject.sink][:, 0]
    assert words_of_point(subject, points, 0, told).endswith(f"target cat, told {said}.")
    assert {"cat", "not cat"} <= set(table_of(state, subject, result))
    hidden = HiddenSpace(state).look(progress, HiddenWish("dense_1"))
    assert f"target cat, told {said}:" in words_of(state, subject, hidden, 0, 0)


@pytest.mark.parametrize("denies", DENIES)
def test_a_picture_in_the_gallery(qapp, theme, denies):
    state = single_class((1, 1, 2))
    question = Question(state, sure(state, denies=denies), running=False)
    painter = TilePainter(theme)
    painter.show_page(page_of(state))
    painter.told = RowsStudy().answer(question).classes
    assert painter.words_of(3).endswith(f"cat; the network tells {'not cat' if denies else 'cat'}")
    pixmap = QPixmap(100, 120)
    paint = QPainter(pixmap)
    painter.paint(paint, QRect(0, 0, 100, 120), 3, 1.0)
    paint.end()
