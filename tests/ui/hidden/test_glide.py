"""Points glide from layer to layer, and stand at once where there are other points."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QObject

from gradloom.data import SOURCES
from gradloom.document.samples import first_project
from gradloom.engine.trainer import Trainer
from gradloom.session.hidden import HiddenSpace, HiddenWish
from gradloom.ui.hidden import glide as module
from gradloom.ui.hidden.glide import Glide
from gradloom.ui.hidden.picture import picture_of
from gradloom.ui.map.subject import subjects_of


def picture(layer, count=250):
    source = SOURCES.make("circles", count=count)
    state = first_project().with_data(source=source)
    progress = Trainer(state.graph, state.prepared, state.plan).progress()
    hidden = HiddenSpace(state).look(progress, HiddenWish(layer, (0, 1)))
    return picture_of(state, subjects_of(state)[0], hidden, None)


@pytest.fixture
def glide(qapp, monkeypatch):
    monkeypatch.setattr(module, "reduced_motion", lambda: False)
    parent = QObject()
    yield Glide(parent)
    parent.deleteLater()


def test_other_data_in_the_middle_of_a_glide_stands_at_once(glide):
    """The same layer of other data has other points, perhaps fewer."""
    glide.show(picture("dense_1"))
    glide.show(picture("dense_2"))
    assert glide.under_way
    other = picture("dense_2", 100)
    glide.show(other)
    assert not glide.under_way
    np.testing.assert_array_equal(glide.picture.points.x, other.points.x)


def test_the_training_moves_the_end_of_a_glide(glide):
    glide.show(picture("dense_1"))
    glide.show(picture("dense_2"))
    again = picture("dense_2")
    glide.show(again)
    assert glide.under_way
    assert glide.end is again


def test_another_layer_of_other_data_is_not_glided_to(glide):
    glide.show(picture("dense_1"))
    glide.show(picture("dense_2", 100))
    assert not glide.under_way
    glide.show(None)
    assert glide.picture is None
