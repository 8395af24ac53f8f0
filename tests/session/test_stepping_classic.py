"""The worked example that everybody meets, Mazur's 2-2-2 sigmoid network, number by number."""

from __future__ import annotations

import pytest

from gradloom.core.resources import resource_path
from gradloom.document.files import load_project
from gradloom.session.explaining import explain
from gradloom.session.stepping import Stepping


@pytest.fixture(scope="module")
def walk():
    """Every number that the walk makes, with its position and name."""
    state, run = load_project(resource_path("samples", "classic_step.gradloom"))
    stepping = Stepping()
    stepping.enter(state, run)
    found = {}
    while stepping.position < stepping.end:
        stepping.forward()
        for value in stepping.trace.changed(stepping.position - 1):
            found[value.name] = value.array.copy()
    weights = stepping.trace.parameters
    found |= {key: weights[key].copy() for key in (("dense_1", "W"), ("dense_2", "W"))}
    found |= {key: weights[key].copy() for key in (("dense_1", "b"), ("dense_2", "b"))}
    return found


def printed(number, text):
    """Whether a number, cut or rounded to as many digits as were printed, is the printed one."""
    places = len(text.split(".")[1])
    return abs(number - float(text)) <= 0.5000001 * 10**-places


@pytest.mark.parametrize(
    ("name", "index", "text"),
    [
        ("dense_1.z", (0, 0), "0.3775"),
        ("dense_1.a", (0, 0), "0.593269992"),
        ("dense_1.a", (0, 1), "0.596884378"),
        ("dense_2.z", (0, 0), "1.105905967"),
        ("dense_2.a", (0, 0), "0.75136507"),
        ("dense_2.a", (0, 1), "0.772928465"),
        ("output_1.loss", (), "0.298371109"),
        ("dense_2.a.gradient", (0, 0), "0.74136507"),
        ("dense_2.z.gradient", (0, 0), "0.138498562"),
        ("dense_2.dW", (0, 0), "0.082167041"),
        ("dense_1.a.gradient", (0, 0), "0.036350306"),
        ("dense_1.dW", (0, 0), "0.000438568"),
        (("dense_2", "W"), (0, 0), "0.35891648"),
        (("dense_2", "W"), (1, 0), "0.408666186"),
        (("dense_2", "W"), (0, 1), "0.511301270"),
        (("dense_2", "W"), (1, 1), "0.561370121"),
        (("dense_1", "W"), (0, 0), "0.149780716"),
        (("dense_1", "W"), (1, 0), "0.19956143"),
        (("dense_1", "W"), (0, 1), "0.24975114"),
        (("dense_1", "W"), (1, 1), "0.29950229"),
    ],
)
def test_every_published_number_is_in_the_walk(walk, name, index, text):
    assert printed(walk[name][index], text)


def test_the_biases_are_kept_to_the_bit(walk):
    assert walk["dense_1", "b"].tolist() == [0.35, 0.35]
    assert walk["dense_2", "b"].tolist() == [0.60, 0.60]


def test_the_first_sum_is_told_as_the_text_tells_it():
    state, run = load_project(resource_path("samples", "classic_step.gradloom"))
    stepping = Stepping()
    stepping.enter(state, run)
    stepping.forward()
    (z,) = stepping.trace.changed(0)
    told = explain(stepping.trace, z, (0, 0))
    assert told.latex(stepping.trace) == (
        r"z_{1,1} = x_{1,1}\, W_{1,1} + x_{1,2}\, W_{2,1} + b_{1}"
        r" = 0.05 \cdot 0.15 + 0.1 \cdot 0.2 + 0.35 = 0.3775"
    )
    room = {}
    exec(told.code(stepping.trace), room)
    assert room["value"] == told.number
