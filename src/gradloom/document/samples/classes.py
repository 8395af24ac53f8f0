"""Classification: points in the plane, and real tables."""

from __future__ import annotations

from gradloom.document.samples.build import (
    Sample,
    SampleGroup,
    dense,
    drawn,
    opened,
    plan,
    project,
    scaled,
)
from gradloom.document.state import State


def _xor_points() -> State:
    layers = [dense(8, "tanh"), dense(4, "tanh"), dense(1, "sigmoid")]
    return opened(project(layers, drawn("xor"), plan("adam", 0.02, 10, epochs=150)))


def _spiral() -> State:
    layers = [dense(16, "tanh"), dense(16, "tanh"), dense(1, "sigmoid")]
    return project(layers, drawn("spiral", count=400, noise=5), plan("adam", 0.01, 16, epochs=500))


def _spiral_three_arms() -> State:
    layers = [dense(24, "relu"), dense(24, "relu"), dense(3, "softmax")]
    data = drawn("spiral", arms=3, count=600, noise=5, turns=1.0)
    return project(layers, data, plan("adam", 0.01, 32, epochs=400))


def _iris() -> State:
    layers = [dense(8, "tanh"), dense(3, "softmax")]
    how = plan("adam", 0.01, 16, epochs=100, seed=2)  # a split as the mean over many
    return project(layers, scaled("iris"), how)


def _wine() -> State:
    layers = [dense(16, "tanh"), dense(3, "softmax")]
    how = plan("adam", 0.01, 16, epochs=100, l2=1e-3, seed=2)  # a split as the mean over many
    return project(layers, scaled("wine"), how)


def _breast_cancer() -> State:
    layers = [dense(16, "tanh"), dense(1, "sigmoid")]
    return project(layers, scaled("breast_cancer"), plan("adam", 0.003, 16, epochs=50))


CLASSES = SampleGroup(
    "Classification",
    (
        Sample(
            "xor_points",
            "XOR points",
            "Opposite corners belong together. Press Space and point at the hidden neurons: each"
            " draws one line, and the next layer puts them together.",
            _xor_points,
        ),
        Sample(
            "spiral",
            "Spiral",
            "The hardest of the plane sets. Press Space and give it ten seconds: the border winds"
            " itself into the spiral from the middle.",
            _spiral,
        ),
        Sample(
            "spiral_three_arms",
            "Three arms",
            "Three classes, so three output units with softmax. Press Space; point at the map to"
            " read three probabilities that add up to 1.",
            _spiral_three_arms,
        ),
        Sample(
            "iris",
            "Iris",
            "150 flowers, four measurements, three kinds. Train, then open Measures: about 93 % of"
            " the test rows are right, and two kinds are mistaken for each other.",
            _iris,
        ),
        Sample(
            "wine",
            "Wine",
            "178 wines of three growers by thirteen measurements, standardised. Train: about 97 %"
            " of the test rows are right.",
            _wine,
        ),
        Sample(
            "breast_cancer",
            "Breast cancer",
            "569 tumours, malignant or benign, by thirty figures. Train, then look at ROC and at"
            " the confusion matrix in Measures: which mistakes matter more?",
            _breast_cancer,
        ),
    ),
)
