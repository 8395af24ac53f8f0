"""Kinds for pictures: a case of each worked by hand, refusals in words, how windows slide."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradloom.core.errors import UserError
from gradloom.engine.compile import TRAIN, compile_graph
from gradloom.engine.parameters import Parameters, layout_of
from gradloom.graph import Graph, analyse, edits
from gradloom.layers import ACTIVATIONS, LAYERS
from gradloom.layers.shapes import Refusal
from gradloom.layers.signature import Signature, Target
from gradloom.layers.site import Phase
from gradloom.layers.sizes import Sizes, sizes_of
from gradloom.layers.sliding import Axis, Sliding, likely_picture


def sent(count):
    """What the lab sends back to each number, in the order of the output."""
    return np.sin(np.arange(1, count + 1) * 1.7)


def rig_with(lab, kind, picture, **made):
    """A rig whose only sample is this picture (channels, height, width)."""
    picture = np.asarray(picture, float)
    rig = lab.kind(kind, [picture.shape], batch=1, **made)
    rig.free[0][..., 0] = picture
    return rig


def test_conv2d(lab):
    """x = [[1, 2, 3], [4, 5, 6]], W = [[1, 10], [100, 1000]], b = 7.

    1 + 20 + 400 + 5000 + 7 = 5428 and 2 + 30 + 500 + 6000 + 7 = 6539.
    """
    kind = LAYERS.make("conv2d", filters=1, kernel=2)
    rig = rig_with(lab, kind, [[[1, 2, 3], [4, 5, 6]]])
    shown = rig.shown(rig.parameters.theta, "it")
    shown["W"][...] = [[[[1, 10], [100, 1000]]]]
    shown["b"][...] = 7
    rig.run()
    np.testing.assert_array_equal(rig.output(), [[[[5428, 6539]]]])
    c, d = sent(2)
    slopes = rig.shown(rig.parameters.gradient, "it")
    # each weight meets two numbers: the first 1 and 2, the second 2 and 3 ...
    wanted = [[[[c + 2 * d, 2 * c + 3 * d], [4 * c + 5 * d, 5 * c + 6 * d]]]]
    np.testing.assert_allclose(slopes["W"], wanted, rtol=1e-14)
    np.testing.assert_allclose(slopes["b"], [c + d], rtol=1e-14)
    # the middle column is met twice
    wanted = [[[c, 10 * c + d, 10 * d], [100 * c, 1000 * c + 100 * d, 1000 * d]]]
    np.testing.assert_allclose(rig.free_slopes[0][..., 0], wanted, rtol=1e-14)


def test_conv2d_same_puts_the_odd_zero_at_the_end(lab):
    """Row (1, 2, 3), W = (1, 10): 1 + 20, 2 + 30, 3 + 0."""
    kind = LAYERS.make("conv2d", filters=1, kernel=1, kernel_width=2, padding="same", bias=False)
    rig = rig_with(lab, kind, [[[1, 2, 3]]])
    rig.shown(rig.parameters.theta, "it")["W"][...] = [[[[1, 10]]]]
    rig.run()
    np.testing.assert_array_equal(rig.output(), [[[[21, 32, 3]]]])


def test_conv2d_groups_see_their_own_channels(lab):
    """Channels 3 and 5, W = 10 and 100, b = 1 and 2: 31 and 502."""
    kind = LAYERS.make("conv2d", filters=2, kernel=1, groups=2)
    rig = rig_with(lab, kind, [[[3]], [[5]]])
    shown = rig.shown(rig.parameters.theta, "it")
    shown["W"][...] = [[[[10]]], [[[100]]]]
    shown["b"][...] = [1, 2]
    rig.run()
    np.testing.assert_array_equal(rig.output(), [[[[31]], [[502]]]])


def test_max_pool2d(lab):
    """Windows of 2 × 2 over 2 × 5: the largest of each; the last column is not covered."""
    rig = rig_with(lab, LAYERS.make("max_pool2d"), [[[1, 4, 7, 7, 9], [3, 2, 7, 5, 9]]])
    rig.run()
    np.testing.assert_array_equal(rig.output(), [[[[4, 7]]]])
    c, d = sent(2)
    # three sevens: the first, row by row, takes the slope
    np.testing.assert_array_equal(rig.free_slopes[0][..., 0], [[[0, c, d, 0, 0], [0, 0, 0, 0, 0]]])


def test_max_pool2d_of_overlapping_windows_adds_slopes(lab):
    """Row (1, 5, 2), windows of two, one apart: 5 is the largest of both."""
    kind = LAYERS.make("max_pool2d", size=1, width=2, stride=1)
    rig = rig_with(lab, kind, [[[1, 5, 2]]])
    rig.run()
    np.testing.assert_array_equal(rig.output(), [[[[5, 5]]]])
    np.testing.assert_allclose(rig.free_slopes[0][..., 0], [[[0, sent(2).sum(), 0]]], rtol=1e-15)


def test_padding_is_never_the_largest(lab):
    rig = rig_with(lab, LAYERS.make("max_pool2d", size=2, padding=1), [[[-1, -2], [-3, -4]]])
    rig.run()
    np.testing.assert_array_equal(rig.output(), [[[[-1, -2], [-3, -4]]]])


def test_average_pool2d(lab):
    """(1 + 4 + 3 + 2) / 4 and (7 + 5 + 6 + 4) / 4."""
    rig = rig_with(lab, LAYERS.make("average_pool2d"), [[[1, 4, 7, 5, 9], [3, 2, 6, 4, 9]]])
    rig.run()
    np.testing.assert_array_equal(rig.output(), [[[[2.5, 5.5]]]])
    c, d = sent(2) / 4
    np.testing.assert_array_equal(rig.free_slopes[0][..., 0], [[[c, c, d, d, 0], [c, c, d, d, 0]]])


@pytest.mark.parametrize(("counted", "first"), [(True, 2), (False, 8)])
def test_average_pool2d_counts_padding_as_pytorch_does(counted, first, lab):
    """A window that meets one cell of value 8: 8 / 4 with the padding counted, 8 without."""
    kind = LAYERS.make("average_pool2d", padding=1, count_padding=counted)
    rig = rig_with(lab, kind, [[[8]]])
    rig.run()
    np.testing.assert_array_equal(rig.output(), [[[[first]]]])


def test_global_average_pool2d(lab):
    """Means of (1, 2, 3, 6) and (10, 20, 30, 60)."""
    rig = rig_with(
        lab, LAYERS.make("global_average_pool2d"), [[[1, 2], [3, 6]], [[10, 20], [30, 60]]]
    )
    rig.run()
    np.testing.assert_array_equal(rig.output(), [[3, 30]])
    c, d = sent(2) / 4
    np.testing.assert_array_equal(rig.free_slopes[0][..., 0], [[[c, c]] * 2, [[d, d]] * 2])


def test_zero_pad2d(lab):
    kind = LAYERS.make("zero_pad2d", top=1, bottom=0, left=0, right=2)
    rig = rig_with(lab, kind, [[[1, 2]]])
    rig.run()
    np.testing.assert_array_equal(rig.output(), [[[[0, 0, 0, 0], [1, 2, 0, 0]]]])
    np.testing.assert_array_equal(rig.free_slopes[0][..., 0], [[sent(8)[4:6]]])


def test_upsample(lab):
    rig = rig_with(lab, LAYERS.make("upsample"), [[[1, 2]]])
    rig.run()
    np.testing.assert_array_equal(rig.output(), [[[[1, 1, 2, 2], [1, 1, 2, 2]]]])
    c = sent(8)
    np.testing.assert_allclose(
        rig.free_slopes[0][..., 0],
        [[[c[0] + c[1] + c[4] + c[5], c[2] + c[3] + c[6] + c[7]]]],
        rtol=1e-15,
    )


def test_reshape(lab):
    rig = lab.kind(LAYERS.make("reshape", shape="1 x 2 x 3"), [(6,)], batch=1)
    rig.free[0][:, 0] = [1, 2, 3, 4, 5, 6]
    rig.run()
    np.testing.assert_array_equal(rig.output(), [[[[1, 2, 3], [4, 5, 6]]]])
    np.testing.assert_array_equal(rig.free_slopes[0][:, 0], sent(6))


def test_batch_norm_of_pictures_takes_each_channel_over_rows_and_places(lab):
    """Channel 1 holds 0, 4, 4, 8: mean 4, variance 8; channel 2 is always 2."""
    kind = LAYERS.make("batch_norm", momentum=0.5, epsilon=1.0)
    rig = lab.kind(kind, [(2, 1, 2)], batch=2)
    shown = rig.shown(rig.parameters.theta, "it")
    shown["gamma"][...], shown["beta"][...] = [3, 1], [0, 10]
    rig.free[0][0, 0] = [[0, 4], [4, 8]]
    rig.free[0][1] = 2
    rig.run()
    # (x - 4) / sqrt(8 + 1) · 3 = x - 4
    np.testing.assert_allclose(rig.output()[:, 0, 0], [[-4, 0], [0, 4]], atol=1e-14)
    np.testing.assert_array_equal(rig.output()[:, 1], np.full((2, 1, 2), 10))
    # unbiased 32 / 3: running (0.5 · 4, 0.5 · 2) and (0.5 + 16 / 3, 0.5)
    np.testing.assert_allclose(rig.parameters.state, [2, 1, 0.5 + 16 / 3, 0.5], rtol=1e-15)


def test_kernels_start_by_their_fans():
    """2 of 4 channels and 3 × 5 cells come in; 6 / 2 filters and 3 × 5 cells go out."""
    kind = LAYERS.make("conv2d", filters=6, groups=2, kernel_width=5)
    (block,) = kind.blocks((4, 9, 9))
    kernel, bias = block.parameters
    assert kernel.shape == (6, 2, 3, 5)
    assert (kernel.fan_in, kernel.fan_out) == (30, 45)
    assert bias.shape == (6,)
    assert (kernel.weight, bias.weight) == (True, False)
    assert block.size == 6 * 30 + 6
    assert kind.automatic("kernel_init") == "Glorot uniform"
    relu = kind.replace(activation=ACTIVATIONS.make("relu"))
    assert relu.automatic("kernel_init") == "He normal"
    assert relu.summary() == "3 × 5 · ReLU"


def test_own_penalties_reach_the_parameters():
    kind = LAYERS.make("conv2d", l1=0.5, l2=0.25)
    kernel, bias = kind.blocks((1, 4, 4))[0].parameters
    assert (kernel.l1, kernel.l2, bias.l1, bias.l2) == (0.5, 0.25, 0, 0)
    _, bias = kind.replace(regularise_bias=True).blocks((1, 4, 4))[0].parameters
    assert (bias.l1, bias.l2) == (0.5, 0.25)


def refusal(kind, arriving, **made):
    found = LAYERS.make(kind, **made).infer(arriving)
    assert isinstance(found, Refusal)
    return found


PICTURE_KINDS = [
    kind.kind for kind in LAYERS.kinds() if kind.category == "Images" and kind.kind != "reshape"
]


@pytest.mark.parametrize("kind", PICTURE_KINDS)
def test_what_is_no_picture_is_refused_in_words(kind):
    label = LAYERS[kind].label
    found = refusal(kind, (64,))
    assert found.sentence == (
        f"{label} takes pictures (channels, height, width), got a flat row of 64;"
        " add a Reshape before it"
    )
    assert found.fix == "reshape"
    assert "got 3 × 4;" in refusal(kind, (3, 4)).sentence


@pytest.mark.parametrize(
    ("kind", "made", "sentence"),
    [
        (
            "conv2d",
            {"kernel": 5},
            (
                "Conv2D has a kernel of 5 × 5, too large for pictures of 4 × 3; make the kernel"
                " smaller or add padding"
            ),
        ),
        (
            "conv2d",
            {"dilation": 3, "padding": "number", "cells": 1},
            (
                "Conv2D has a kernel of 7 × 7 (dilated), too large for pictures of 4 × 3, 6 × 5"
                " with padding; make the kernel smaller or add padding"
            ),
        ),
        (
            "conv2d",
            {"groups": 3},
            (
                "Conv2D can't split 2 channels into 3 equal groups; choose groups that divide both"
                " 2 channels and 8 filters"
            ),
        ),
        (
            "conv2d",
            {"groups": 2, "filters": 3},
            (
                "Conv2D can't split 3 filters into 2 equal groups; choose groups that divide both 2"
                " channels and 3 filters"
            ),
        ),
        (
            "max_pool2d",
            {"size": 2, "width": 4},
            (
                "MaxPool2D has a window of 2 × 4, too large for pictures of 4 × 3; make the window"
                " smaller or add padding"
            ),
        ),
        (
            "reshape",
            {"shape": "1 x 8 x 8"},
            "Reshape to 1 × 8 × 8 = 64 numbers needs as many, got 2 × 4 × 3 = 24",
        ),
    ],
)
def test_refusals_say_the_numbers(kind, made, sentence):
    assert refusal(kind, (2, 4, 3), **made).sentence == sentence


def test_settings_that_do_not_go_together_are_refused_in_words():
    conv = LAYERS.make("conv2d", padding="same", stride=2)
    assert conv.problems() == [("padding", "must be none or a number with a stride of 2")]
    pool = LAYERS.make("max_pool2d", size=3, padding=2)
    assert pool.problems() == [("padding", "must be at most half the window, 1, not 2")]
    reshape = LAYERS.make("reshape", shape="1 x 0 x 8")
    assert reshape.problems() == [("shape", "must be sizes like 1 × 8 × 8, not '1 x 0 x 8'")]


@pytest.mark.parametrize("text", ["1x8x8", " 1 × 8 × 8 ", "1,8,8", "1 X 8*8"])
def test_sizes_are_read_however_they_are_typed(text):
    assert Sizes().why_not(text) is None
    assert sizes_of(text) == (1, 8, 8)


def test_sizes_that_no_computer_holds_are_refused():
    assert Sizes().why_not("999999999 x 999999999") == "must hold at most 1,000,000,000 numbers"


@pytest.mark.parametrize(
    ("count", "shape"),
    [(64, (1, 8, 8)), (784, (1, 28, 28)), (3072, (3, 32, 32)), (12, (3, 2, 2)), (6, (1, 2, 3))],
)
def test_the_likely_picture_of_a_flat_row(count, shape):
    assert likely_picture(count) == shape


AXES = st.builds(
    Axis,
    size=st.integers(1, 9),
    window=st.integers(1, 5),
    stride=st.integers(1, 4),
    dilation=st.integers(1, 3),
    before=st.integers(0, 4),
    after=st.integers(0, 4),
)


@settings(max_examples=50)
@given(axis=AXES)
def test_windows_and_cells_of_an_axis_meet_each_other(axis):
    """All four ways to ask give the same meetings, those found by laying the windows out."""
    padded = axis.before + axis.size + axis.after
    met = set()
    place = 0
    while place * axis.stride + axis.dilation * (axis.window - 1) < padded:
        for step in range(axis.window):
            cell = place * axis.stride + step * axis.dilation - axis.before
            if 0 <= cell < axis.size:
                met.add((step, place, cell))
        place += 1
    assert axis.places == place
    assert {(s, p, c) for p in range(place) for s, c in axis.cells(p)} == met
    assert {(s, p, c) for c in range(axis.size) for s, p in axis.windows(c)} == met
    taps = set()
    for step in range(axis.window):
        places, cells = axis.tap(step)
        pairs = zip(range(axis.places)[places], range(axis.size)[cells], strict=True)
        taps |= {(step, p, c) for p, c in pairs}
    assert taps == met


@settings(max_examples=50)
@given(rows=AXES, columns=AXES)
def test_what_a_sliding_window_says_of_itself(rows, columns):
    sliding = Sliding(rows, columns)
    count = np.zeros((rows.size, columns.size), int)
    for tap in sliding.taps:
        count[tap.cells[1:]] += 1
        whole = np.zeros(count.shape, bool)
        whole[tap.cells[1:]] = True
        assert sliding.covers(tap) == whole.all()
        seen = np.zeros(sliding.places, bool)
        seen[tap.places[1:]] = True
        assert sliding.everywhere(tap) == seen.all()
    if sliding.complete:
        assert (count == 1).all()
    if sliding.disjoint:
        assert (count <= 1).all()


def network(*kinds):
    """Layers in a row, before an Output."""
    graph, before = edits.add(Graph(), LAYERS.make("input")), "input_1"
    for kind in (*kinds, LAYERS.make("output")):
        graph = edits.add(graph, kind)
        here = graph.layers[-1].id
        graph, before = edits.connect(graph, before, here), here
    return graph


def test_a_network_for_digits_is_ready_and_counts_its_parameters():
    signature = Signature(
        tuple(f"p{i}" for i in range(64)), (Target("digit", tuple("0123456789")),)
    )
    graph = network(
        LAYERS.make("reshape"),
        LAYERS.make("conv2d", filters=16, padding="same", activation=ACTIVATIONS.make("relu")),
        LAYERS.make("max_pool2d"),
        LAYERS.make("batch_norm"),
        LAYERS.make("flatten"),
        LAYERS.make("dense", units=10, activation=ACTIVATIONS.make("softmax")),
    )
    analysis = analyse(graph, signature)
    assert analysis.ready
    assert analysis.shapes["conv2d_1"] == (16, 8, 8)
    # 16 · 9 + 16, 2 · 16, 256 · 10 + 10
    assert layout_of(graph, analysis).size == 160 + 32 + 2570


def test_a_flat_row_before_conv2d_is_a_problem_with_a_remedy():
    signature = Signature(("a", "b"), (Target("y"),))
    analysis = analyse(network(LAYERS.make("conv2d")), signature)
    (problem,) = [p for p in analysis.problems if p.layer == "conv2d_1"]
    assert problem.text.endswith("got a flat row of 2; add a Reshape before it.")
    assert problem.fix == "reshape"


def compiled(graph, signature, batch):
    """The training program of a network that is ready."""
    analysis = analyse(graph, signature)
    assert analysis.ready, analysis.problems
    return compile_graph(graph, analysis, Parameters(layout_of(graph, analysis)), batch, TRAIN)


def test_what_only_rearranges_the_data_has_no_slope():
    """A Reshape after the Input: no slope is computed for it, nor for the data."""
    signature = Signature(tuple("abcdefghi"), (Target("y"),))
    graph = network(
        LAYERS.make("reshape", shape="1 x 3 x 3"),
        LAYERS.make("zero_pad2d"),
        LAYERS.make("conv2d", filters=2),
        LAYERS.make("flatten"),
        LAYERS.make("dense", units=1),
    )
    program = compiled(graph, signature, 4)
    backward = [op.layer for op in program.operations if op.phase is Phase.BACKWARD]
    assert backward == ["output_1", "dense_1", "dense_1", "flatten_1", "conv2d_1"]


def test_patches_count_when_memory_is_short():
    """Three channels of 300 × 300 as patches of 9 × 9: 8.2 million numbers a row."""
    kind = LAYERS.make("conv2d", filters=1, kernel=9, padding="same")
    # 243 numbers of a patch and a one at each place, and the padded picture
    assert kind.working((3, 300, 300)) == 244 * 300 * 300 + 3 * 308 * 308
    signature = Signature(("a",), (Target("y"),), (3, 300, 300))
    graph = network(kind, LAYERS.make("global_average_pool2d"), LAYERS.make("dense", units=1))
    graph = edits.set_kind(graph, "input_1", LAYERS.make("input", shape="picture"))
    with pytest.raises(UserError, match="A batch of 1,000,000 rows needs about"):
        compiled(graph, signature, 1_000_000)
