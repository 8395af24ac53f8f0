"""Regression: curves, surfaces, a network that says how sure it is, a real table."""

from __future__ import annotations

from gradloom.document.samples.build import (
    Sample,
    SampleGroup,
    chain,
    dense,
    drawn,
    plan,
    project,
    scaled,
)
from gradloom.document.state import State
from gradloom.graph.edits import set_kind
from gradloom.layers import LAYERS, LOSSES


def _sine() -> State:
    layers = [dense(12, "tanh"), dense(12, "tanh"), dense(1, "identity")]
    return project(layers, drawn("sine"), plan("adam", 0.01, 16, epochs=400))


def _bumps() -> State:
    layers = [dense(24, "tanh"), dense(24, "tanh"), dense(1, "identity")]
    return project(layers, drawn("bumps", count=1000), plan("adam", 0.01, 16, epochs=150))


def _how_sure() -> State:
    graph = chain([dense(16, "tanh"), dense(16, "tanh"), dense(2, "identity")])
    output = LAYERS.make("output", loss=LOSSES.make("gaussian_nll"))
    data = drawn("growing_noise", count=400)
    how = plan("adam", 0.005, 16, epochs=150)
    return project(set_kind(graph, "output_1", output), data, how)


def _diabetes() -> State:
    layers = [dense(8, "tanh"), dense(1, "identity")]
    data = scaled("diabetes", target_scaling="standard")
    return project(layers, data, plan("adam", 0.003, 32, epochs=100, l2=0.03))


def _houses() -> State:
    layers = [dense(32, "relu"), dense(16, "relu"), dense(1, "identity")]
    data = scaled("houses", target_scaling="standard")
    return project(layers, data, plan("adam", 0.003, 32, epochs=60, l2=0.01))


REGRESSION = SampleGroup(
    "Regression",
    (
        Sample(
            "sine",
            "Sine",
            "A curve over one feature. Press Space: the line bends into the wave, first its middle,"
            " then its ends.",
            _sine,
        ),
        Sample(
            "bumps",
            "Hills and hollows",
            "A number at every point of the plane. Press Space and watch hills and hollows come up;"
            " point at the map to read their height.",
            _bumps,
        ),
        Sample(
            "how_sure",
            "How sure is it?",
            "The network gives a mean and how far the truth may lie from it: little on the left,"
            " much on the right. Train, then look in Measures: about 68 % lie within one sigma.",
            _how_sure,
        ),
        Sample(
            "diabetes",
            "Diabetes",
            "442 patients; the illness is a number from 25 to 346, which the network learns"
            " standardised. Train: R² on the test rows is about 0.4, and answers are in raw units.",
            _diabetes,
        ),
        Sample(
            "houses",
            "Houses",
            "2930 houses sold in Ames, Iowa, by size, age and place. Train: R² on the test rows is"
            " about 0.85. Longitude and latitude on the map show dear and cheap quarters.",
            _houses,
        ),
    ),
)
