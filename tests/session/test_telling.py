"""What a network tells of a row, of every row, and of data with a single class."""

from __future__ import annotations

import numpy as np
import pytest

from gradloom.session.answering import Question
from gradloom.session.measuring import Measurer
from gradloom.session.telling import RowsStudy, RowStudy
from single_class import DENIES, single_class, sure


def _told(study, state, progress, wish=None):
    return study.answer(Question(state, progress, running=False, wish=wish))


@pytest.mark.parametrize("denies", DENIES)
def test_of_a_single_class_a_network_may_say_that_it_is_not_there(denies):
    state = single_class()
    progress = sure(state, denies=denies)
    (answer,) = _told(RowStudy(), state, progress, np.zeros(2)).answers
    assert answer.classes == ("cat", "not cat")
    assert answer.classes[answer.shares.argmax()] == ("not cat" if denies else "cat")
    (measured,) = Measurer(state).measure(progress).answers
    assert measured.classes == answer.classes
    assert set(_told(RowsStudy(), state, progress).classes.tolist()) == {int(denies)}
