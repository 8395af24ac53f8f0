"""Pictures: the same handwritten digits, read as rows of numbers and read by small kernels."""

from __future__ import annotations

from gradloom.document.samples.build import (
    Sample,
    SampleGroup,
    chain,
    dense,
    plan,
    project,
    scaled,
)
from gradloom.document.state import State
from gradloom.layers import ACTIVATIONS, LAYERS, Kind


def _digits() -> State:
    layers = [dense(64, "relu"), dense(64, "relu"), dense(10, "softmax")]
    return project(layers, scaled("digits", "minmax"), plan("adam", 0.003, 32, epochs=40))


def _digits_cnn() -> State:
    def conv(filters: int) -> Kind:
        relu = ACTIVATIONS.make("relu")
        return LAYERS.make("conv2d", filters=filters, padding="same", activation=relu)

    pool, flatten = LAYERS.make("max_pool2d"), LAYERS.make("flatten")
    hidden = [conv(16), pool, conv(32), pool, flatten, dense(10, "softmax")]
    how = plan("adam", 0.005, 32, epochs=20)
    return project(chain(hidden, "picture"), scaled("digits", "minmax"), how)


PICTURES = SampleGroup(
    "Pictures",
    (
        Sample(
            "digits",
            "Digits",
            "1797 handwritten digits of 8 × 8 cells into two layers of 64. Train: about 97 % of the"
            " test rows are right; Measures shows which digits are confused.",
            _digits,
        ),
        Sample(
            "digits_cnn",
            "Digits, convolution",
            "The same digits, but small kernels slide over each picture. Train: fewer mistakes than"
            " the dense network, with fewer parameters.",
            _digits_cnn,
        ),
    ),
)
