"""Feature maps are what the layers give for one row."""

from __future__ import annotations

import numpy as np
import pytest

from gradloom.data import SOURCES
from gradloom.document.samples import first_project
from gradloom.engine.trainer import Trainer
from gradloom.session.answering import Question
from gradloom.session.featuring import FeatureStudy, Specimen, picture_shape, specimen_of
from networks import dense, digits_state, small_cnn


def asked(state, specimen, progress=None):
    progress = progress or Trainer(state.graph, state.prepared, state.plan).progress()
    return FeatureStudy().answer(Question(state, progress, False, specimen))


def shapes(state):
    return {layer.id: picture_shape(state, layer) for layer in state.graph}


def test_which_layers_give_pictures():
    assert shapes(small_cnn()) == {
        "input_1": (1, 8, 8),
        "conv2d_1": (4, 8, 8),
        "max_pool2d_1": (4, 4, 4),
        "conv2d_2": (3, 3, 3),
        "flatten_1": None,
        "dense_1": None,
        "output_1": None,
    }
    assert shapes(digits_state(dense(5, "relu")))["input_1"] == (1, 8, 8)  # a flat row of all cells
    assert set(shapes(first_project()).values()) == {None}


def test_maps_are_what_the_network_computes():
    state = small_cnn()
    trainer = Trainer(state.graph, state.prepared, state.plan)
    trainer.run(steps=3)
    progress = trainer.progress()
    raw = state.prepared.dataset.features[7]
    made = asked(state, Specimen(raw, 7), progress)
    assert made.words == "row 8"
    assert {name: array.shape for name, array in made.maps.items()} == {
        name: shape for name, shape in shapes(state).items() if shape
    }
    picture = made.maps["input_1"][0]
    np.testing.assert_allclose(picture, raw.reshape(8, 8) / 16, rtol=1e-6)
    kernel = trainer.parameters["conv2d_1", "W"][2, 0].astype(float)
    bias = float(trainer.parameters["conv2d_1", "b"][2])
    padded = np.pad(picture, 1)
    met = np.array(
        [[(padded[y : y + 3, x : x + 3] * kernel).sum() for x in range(8)] for y in range(8)]
    )
    np.testing.assert_allclose(made.maps["conv2d_1"][2], np.maximum(met + bias, 0), atol=1e-5)
    np.testing.assert_array_equal(
        made.maps["max_pool2d_1"], made.maps["conv2d_1"].reshape(4, 4, 2, 4, 2).max(axis=(2, 4))
    )


def test_the_row_that_is_looked_at():
    state = small_cnn()
    chosen = specimen_of(state, frozenset([11]))
    assert chosen.number == 11
    assert chosen.raw.tolist() == state.prepared.dataset.features[11].tolist()
    first = int(state.prepared.split.train[0])
    for rows in (frozenset(), frozenset([1, 2]), frozenset([99_999])):
        assert specimen_of(state, rows).number == first
    assert asked(state, None).maps == {}
    drawing = asked(state, Specimen(np.zeros(64)))
    assert drawing.words == "the drawing"
    assert not drawing.maps["input_1"].any()


def test_a_row_of_other_data_has_no_maps():
    assert asked(small_cnn(), Specimen(np.zeros(3))).maps == {}


def test_no_pictures_no_maps():
    state = first_project()
    assert asked(state, specimen_of(state, frozenset())).maps == {}
    assert FeatureStudy().why_not(state) == ""
    assert "ready" in FeatureStudy().why_not(state.with_data(source=SOURCES.make("iris")))
    with pytest.raises(TypeError):
        asked(state, None).maps["x"] = 1
