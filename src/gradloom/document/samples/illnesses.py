"""What can go wrong: projects that show one illness each, and where it helps, the cure."""

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
from gradloom.layers import INITIALISERS, Kind

_DEPTH, _WIDTH = 8, 12


def _deep(hidden: Kind) -> State:
    layers = [*[hidden] * _DEPTH, dense(1, "sigmoid")]
    return project(layers, drawn("circles"), plan("sgd", 0.05, 10, epochs=100))


def _vanishing() -> State:
    return _deep(dense(_WIDTH, "sigmoid"))


def _deep_relu() -> State:
    return _deep(dense(_WIDTH, "relu", kernel_init=INITIALISERS.make("he_normal")))


def _dying_relu() -> State:
    layers = [dense(8, "relu"), dense(8, "relu"), dense(1, "sigmoid")]
    return opened(project(layers, drawn("circles"), plan("sgd", 3.0, 10, epochs=50)))


def _linear_stack() -> State:
    layers = [dense(8, "identity"), dense(8, "identity"), dense(1, "sigmoid")]
    return opened(project(layers, drawn("circles"), plan("adam", 0.01, 10, epochs=50)))


def _equal_start() -> State:
    start = {"kernel_init": INITIALISERS.make("constant")}
    layers = [dense(6, "tanh", **start), dense(1, "sigmoid", **start)]
    return opened(project(layers, drawn("circles"), plan("adam", 0.01, 10, epochs=100)))


def _large_rate() -> State:
    return project([dense(1, "identity")], drawn("line"), plan("sgd", 0.12, 250, epochs=60))


def _overfitting() -> State:
    layers = [dense(32, "relu"), dense(32, "relu"), dense(1, "sigmoid")]
    data = drawn("moons", count=80, noise=30, label_noise=15)
    return project(layers, data, plan("adam", 0.01, 10, epochs=300))


def _unscaled_features() -> State:
    layers = [dense(16, "tanh"), dense(3, "softmax")]
    return project(layers, scaled("wine", "none"), plan("adam", 0.01, 16, epochs=100))


def _unscaled_targets() -> State:
    layers = [dense(8, "tanh"), dense(1, "identity")]
    return project(layers, scaled("diabetes"), plan("adam", 0.003, 32, epochs=100))


def _label_noise() -> State:
    layers = [dense(6, "tanh"), dense(1, "sigmoid")]
    data = drawn("circles", count=500, label_noise=15)
    return opened(project(layers, data, plan("adam", 0.01, 16, epochs=100)))


ILLNESSES = SampleGroup(
    "What can go wrong",
    (
        Sample(
            "vanishing_gradient",
            "Vanishing gradient",
            "Eight layers of sigmoid: press Space, and nothing happens. Health shows how the"
            " gradient fades on its way back, and offers a cure.",
            _vanishing,
            ("vanishing_gradient",),
        ),
        Sample(
            "deep_relu",
            "Deep and healthy",
            "The cure: the same eight layers with ReLU and He start values. Press Space and compare"
            " the gradient over depth in Health.",
            _deep_relu,
        ),
        Sample(
            "dying_relu",
            "Dying ReLU",
            "Press Space: the steps are so large that units of ReLU fall to 0 for every row and"
            " never come back. Health counts them; lower the rate there, reset and train.",
            _dying_relu,
            ("dead_units",),
        ),
        Sample(
            "linear_stack",
            "Linear layers collapse",
            "Three layers without a bend between them are one layer: the border stays straight,"
            " train as long as you like. Health shows the one layer they make.",
            _linear_stack,
            ("linear_stack",),
        ),
        Sample(
            "equal_start",
            "All neurons alike",
            "All weights start equal, so all six neurons get the same slope and stay one neuron."
            " Press Space and watch six equal pictures.",
            _equal_start,
            ("start_symmetry",),
        ),
        Sample(
            "large_rate",
            "Steps too large",
            "One neuron, one straight line, a learning rate a little too high: press “.” a few"
            " times and see the line swing wider with every step.",
            _large_rate,
            ("rate_too_large",),
        ),
        Sample(
            "overfitting",
            "Overfitting",
            "48 training rows, some of the wrong class, and 1,185 parameters: press Space. The"
            " training loss goes to 0, the validation loss climbs; Health says when to stop.",
            _overfitting,
            ("overfitting",),
        ),
        Sample(
            "unscaled_features",
            "Unscaled features",
            "The wines as they were measured, one column in hundreds: every tanh sits at its end."
            " Standardise the features in Health and train again.",
            _unscaled_features,
            ("unscaled_features", "saturated_units"),
        ),
        Sample(
            "unscaled_targets",
            "Unscaled targets",
            "The answers lie around 150, the network starts around 0 and crawls. Standardise the"
            " targets in Health and train again: answers stay in raw units.",
            _unscaled_targets,
            ("unscaled_targets",),
        ),
        Sample(
            "label_noise",
            "Label noise",
            "15 % of the points carry the wrong class, so the best possible network is right on"
            " 85 % of new rows. Press Space: this one gets near, and more layers do not help.",
            _label_noise,
        ),
    ),
)
