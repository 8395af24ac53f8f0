"""Rules that need no run: each against a project that is ill and one that is not."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from gradloom.data import SOURCES, Dataset, DataSpec
from gradloom.data.table_files import import_text
from gradloom.diagnosis import REMEDIES
from gradloom.diagnosis.words import figure
from gradloom.layers import INITIALISERS, LAYERS, LOSSES
from gradloom.layers.signature import Target

RNG = np.random.default_rng(5)
X = RNG.normal(size=(80, 3))
Y = (X[:, 0] + X[:, 1] > 0).astype(float)
WAVE = X[:, 0] + np.sin(2 * X[:, 1])
NO_YES = ("no", "yes")


def mend(state, finding, number=0):
    return REMEDIES[finding.remedies[number]].mend(state, finding)


def test_a_stack_of_linear_layers(ward):
    ill = ward.state([ward.dense(5), ward.dense(4), ward.dense(1, "sigmoid")])
    found = ward.static(ill)["linear_stack"]
    assert found.layers == ("dense_1", "dense_2", "dense_3")
    assert "2 → 5 → 4 → 1" in found.evidence
    bent = mend(ill, found)
    assert [bent.graph[la].kind.activation.kind for la in found.layers] == [
        "relu",
        "relu",
        "sigmoid",
    ]
    assert "linear_stack" not in ward.static(bent)
    one = mend(ill, found, 1)
    assert "dense_1" not in one.graph
    assert one.ready
    assert "linear_stack" not in ward.static(one)


def test_an_identity_between_linear_layers_bends_nothing(ward):
    ill = ward.state([ward.dense(5), LAYERS.make("identity"), ward.dense(4), ward.dense(1)])
    found = ward.static(ill)["linear_stack"]
    assert found.layers == ("dense_1", "dense_2", "dense_3")
    one = mend(ill, found, 1)
    assert one.ready
    assert "linear_stack" not in ward.static(one)
    bent = ward.state([ward.dense(5), LAYERS.make("relu"), ward.dense(1)])
    assert "linear_stack" not in ward.static(bent)


def test_a_step_stops_what_stands_before_it(ward):
    for layers in (
        [ward.dense(4, "step"), ward.dense(1, "sigmoid")],
        [ward.dense(4), LAYERS.make("step"), ward.dense(1, "sigmoid")],
    ):
        ill = ward.state(layers)
        found = ward.static(ill)["no_slope"]
        assert found.sentence.startswith("Dense can't learn")
        assert "12 parameters" in found.evidence
        assert "no_slope" not in ward.static(mend(ill, found))
    frozen = ward.state([ward.dense(4, "step", learn="nothing"), ward.dense(1, "sigmoid")])
    assert "no_slope" not in ward.static(frozen)
    assert "no_slope" not in ward.static(ward.state([ward.dense(4, "tanh"), ward.dense(1)]))


def test_a_way_around_a_step_lets_the_slope_through(ward):
    from gradloom.graph import Edge

    state = ward.state(
        [ward.dense(4), LAYERS.make("step"), LAYERS.make("concatenate"), ward.dense(1, "sigmoid")]
    )
    around = state.graph.with_edges([*state.graph.edges, Edge("dense_1", "concatenate_1", 1)])
    assert "no_slope" not in ward.static(state.with_graph(around))


def test_one_linear_layer_and_a_branch_are_no_stack(ward):
    assert "linear_stack" not in ward.static(ward.state([ward.dense(4, "tanh"), ward.dense(1)]))


@pytest.mark.parametrize(
    ("units", "activation", "loss", "classes", "remedy"),
    [
        (1, "sigmoid", "mse", 2, "automatic_loss"),
        (3, "softmax", "mse", 3, "automatic_loss"),
        (3, "sigmoid", "binary_cross_entropy", 3, "softmax"),
        (3, "sigmoid", "mse", 3, "softmax"),
        (1, "identity", "mse", 2, "sigmoid"),
        (3, "relu", "mse", 3, "softmax"),
    ],
)
def test_losses_that_do_not_fit(ward, units, activation, loss, classes, remedy):
    data = ward.table(X, np.arange(80) % classes, tuple("abc"[:classes]))
    ill = ward.state([ward.dense(units, activation)], data, output={"loss": LOSSES.make(loss)})
    assert ill.ready
    found = ward.static(ill)["loss_fit"]
    assert found.remedies == (remedy,)
    mended = mend(ill, found)
    assert mended.ready
    assert "loss_fit" not in ward.static(mended)


@pytest.mark.parametrize(
    ("units", "activation", "classes"), [(1, "sigmoid", 2), (3, "softmax", 3), (1, "tanh", 2)]
)
def test_automatic_losses_fit(ward, units, activation, classes):
    data = ward.table(X, np.arange(80) % classes, tuple("abc"[:classes]))
    assert "loss_fit" not in ward.static(ward.state([ward.dense(units, activation)], data))


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
def test_real_targets_are_brought_into_reach_by_scaling(ward, activation):
    ill = ward.state([ward.dense(4, "tanh"), ward.dense(1, activation)], ward.table(X, 5 * WAVE))
    found = ward.static(ill)["output_range"]
    assert found.remedies == ("end_free", "targets_to_unit")
    mended = REMEDIES["targets_to_unit"].mend(ill, found)
    assert mended.data.target_scaling == "minmax"
    assert ward.static(mended) == {}


def test_targets_scaled_out_of_reach(ward):
    ill = ward.state([ward.dense(1, "sigmoid")], ward.table(X, 5 * X[:, 0]))
    standard = dataclasses.replace(ill, data=ill.data.replace(target_scaling="standard"))
    found = ward.static(standard)["output_range"]
    assert "but scaled targets go from -" in found.sentence.replace("−", "-")
    assert found.remedies == ("end_free", "targets_to_unit")


@pytest.mark.parametrize("target", [300 * WAVE, 1000 + WAVE, np.full(80, 1e5)])
def test_unscaled_targets(ward, target):
    ill = ward.state([ward.dense(4, "tanh"), ward.dense(1)], ward.table(X, target))
    found = ward.static(ill)["unscaled_targets"]
    assert "The target y is large" in found.sentence
    mended = mend(ill, found)
    assert mended.data.target_scaling == "standard"
    assert ward.static(mended) == {}
    well = ward.state([ward.dense(4, "tanh"), ward.dense(1)], ward.table(X, 3 * WAVE))
    assert ward.static(well) == {}


def test_a_target_that_drowns_another(ward):
    def state(times):
        columns = np.column_stack([WAVE, times * X[:, 0] * X[:, 1]])
        targets = (Target("small"), Target("wide"))
        content = Dataset("own", X, ("a", "b", "c"), columns, targets)
        data = DataSpec(SOURCES.make("table", content=content), 100, 0, 0)
        return ward.state([ward.dense(4, "tanh"), ward.dense(2)], data)

    found = ward.static(state(15))["unscaled_targets"]
    assert "misses of wide drown those of small" in found.sentence
    assert ward.static(mend(state(15), found)) == {}
    assert ward.static(state(4)) == {}


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
def test_real_targets_out_of_reach(ward, activation):
    ill = ward.state([ward.dense(4, "tanh"), ward.dense(1, activation)], ward.table(X, 5 * X[:, 0]))
    found = ward.static(ill)["output_range"]
    assert found.layer == "output_1"
    mended = mend(ill, found)
    assert mended.graph["dense_2"].kind.activation.kind == "identity"
    assert "output_range" not in ward.static(mended)


def test_class_levels_out_of_reach(ward):
    data = ward.table(X, Y, NO_YES)
    output = {"loss": LOSSES.make("mse"), "levels": "signed"}
    ill = ward.state([ward.dense(1, "sigmoid")], data, output=output)
    found = ward.static(ill)["output_range"]
    assert found.remedies == ("automatic_levels",)
    assert "output_range" not in ward.static(mend(ill, found))


@pytest.mark.parametrize("activation", ["softmax", "log_softmax"])
@pytest.mark.parametrize(("target", "classes"), [(Y, NO_YES), (X[:, 0] ** 2, ())])
def test_softmax_of_one_unit_always_gives_the_same(ward, activation, target, classes):
    output = {"loss": LOSSES.make("mse")}
    data = ward.table(X, target, classes)
    ill = ward.state([ward.dense(1, activation)], data, output=output)
    found = ward.static(ill)["output_range"]
    assert "for every row, as there is just one unit, but" in found.sentence
    mended = mend(ill, found)
    assert "output_range" not in ward.static(mended)
    ended = mended.graph["dense_1"].kind.activation.kind
    assert ended == ("sigmoid" if classes else "identity")
    several = ward.state([ward.dense(2, activation)], ward.table(X, Y, NO_YES))
    assert "output_range" not in ward.static(several)


def test_targets_at_the_ends_are_within_reach(ward):
    data = ward.table(X, Y, NO_YES)
    assert "output_range" not in ward.static(ward.state([ward.dense(1, "tanh")], data))
    reached = ward.table(X, np.abs(X[:, 0]))
    assert "output_range" not in ward.static(ward.state([ward.dense(1, "relu")], reached))


def test_unscaled_features(ward):
    for wide in (X * [1, 1000, 1], X * [1, 1, 0.001], np.add(X, [0, 0, 300])):
        ill = ward.state([ward.dense(1, "sigmoid")], ward.table(wide, Y, NO_YES))
        found = ward.static(ill)["unscaled_features"]
        mended = mend(ill, found)
        assert mended.data.scaling == "standard"
        assert "unscaled_features" not in ward.static(mended)
    well = ward.state([ward.dense(1, "sigmoid")], ward.table(3 * X, Y, NO_YES))
    assert "unscaled_features" not in ward.static(well)


def test_dots_of_digits_are_no_trouble(ward):
    data = DataSpec(source=SOURCES.make("digits"))
    assert ward.static(ward.state([ward.dense(16, "relu"), ward.dense(10, "softmax")], data)) == {}


def test_a_rare_class(ward):
    rare = (np.arange(80) < 6).astype(float)
    ill = ward.state([ward.dense(1, "sigmoid")], ward.table(X, rare, NO_YES))
    found = ward.static(ill)["class_imbalance"]
    assert "8 % of the training rows are of class yes" in found.sentence
    assert "always saying no gets 92 % right" in found.evidence
    assert found.remedies == ("balance",)
    even = mend(ill, found)
    assert even.data.balance
    assert "class_imbalance" not in ward.static(even)
    shares = even.prepared.targets[even.prepared.split.epoch].mean()
    assert shares == 0.5
    loose = dataclasses.replace(ill, data=ill.data.replace(stratify=False))
    found = ward.static(loose)["class_imbalance"]
    assert mend(loose, found).data.stratify
    well = ward.state([ward.dense(1, "sigmoid")], ward.table(X, Y, NO_YES))
    assert "class_imbalance" not in ward.static(well)


def test_copies_and_constants(ward):
    columns = np.column_stack([X[:, 0], 2 * X[:, 0] + 1, np.full(80, 7.0), X[:, 1]])
    ill = ward.state([ward.dense(1, "sigmoid")], ward.table(columns, Y, NO_YES))
    found = ward.static(ill)["idle_columns"]
    assert found.names == ("f2", "f3")
    mended = mend(ill, found)
    assert mended.graph["input_1"].kind.columns == ("f1", "f4")
    assert mended.ready
    assert "idle_columns" not in ward.static(mended)
    well = ward.state([ward.dense(1, "sigmoid")], ward.table(X, Y, NO_YES))
    assert "idle_columns" not in ward.static(well)


def test_a_rounded_copy_and_a_constant_alone(ward):
    columns = np.column_stack([X[:, 0], np.round(3.28 * X[:, 0], 3), X[:, 1]])
    ill = ward.state([ward.dense(1, "sigmoid")], ward.table(columns, Y, NO_YES))
    assert ward.static(ill)["idle_columns"].names == ("f2",)
    columns[:, 1] = 7.0
    ill = ward.state([ward.dense(1, "sigmoid")], ward.table(columns, Y, NO_YES))
    said = ward.static(ill)["idle_columns"].sentence
    assert said == "f2 tells the network nothing, as nothing changes there."


@pytest.mark.parametrize("width", [1, 3])
def test_nothing_that_enters_ever_changes(ward, width):
    still = ward.table(np.ones((len(X), width)), Y, NO_YES)
    found = ward.static(ward.state([ward.dense(1, "sigmoid")], still))["idle_columns"]
    assert "the same answer" in found.sentence
    assert found.remedies == ()
    assert found.places == ("input_1",)


def test_two_words_of_one_column_are_no_copies(ward):
    rows = "".join(f"{x:.3f},{'yes' if y > 0 else 'no'},{z:.3f}\n" for x, y, z in X)
    data = DataSpec(source=import_text(f"a,garage,price\n{rows}").source)
    state = ward.state([ward.dense(3, "tanh"), ward.dense(1)], data)
    assert state.prepared.signature.features == ("a", "garage=no", "garage=yes")
    assert "idle_columns" not in ward.static(state)


def test_a_feature_that_is_the_target(ward):
    for leak, target, classes in ((Y * 3 + 1, Y, NO_YES), (2 * X[:, 0] - 5, X[:, 0], ())):
        columns = np.column_stack([X[:, 1], leak])
        end = ward.dense(1, "sigmoid" if classes else "identity")
        ill = ward.state([end], ward.table(columns, target, classes))
        found = ward.static(ill)["target_leak"]
        assert found.names == ("f2",)
        assert "target_leak" not in ward.static(mend(ill, found))
    well = ward.state([ward.dense(1, "sigmoid")], ward.table(X, Y, NO_YES))
    assert "target_leak" not in ward.static(well)


def test_a_tiny_target_is_told_as_well_as_any(ward):
    """1e-200 has no square in float64."""
    leaking = np.column_stack([X, 3 * X[:, 0]])
    state = ward.state([ward.dense(1)], ward.table(leaking, 1e-200 * X[:, 0]))
    assert "target_leak" in ward.static(state)


def test_a_feature_that_is_a_curve_of_the_target(ward):
    """Its logarithm, coarsely rounded: no straight line leads from one to the other."""
    target = np.exp(3 * X[:, 0])
    columns = np.column_stack([X[:, 1], np.log(target).round(3)])
    ill = ward.state([ward.dense(1)], ward.table(columns, target))
    found = ward.static(ill)["target_leak"]
    assert found.names == ("f2",)
    assert "of the ranks of y" in found.evidence
    assert "target_leak" not in ward.static(mend(ill, found))
    noisy = np.column_stack([X[:, 1], np.log(target) + 0.1 * X[:, 2]])
    assert "target_leak" not in ward.static(ward.state([ward.dense(1)], ward.table(noisy, target)))


def test_generated_data_does_not_leak(ward):
    line = DataSpec(source=SOURCES.make("line", noise=0))
    assert "target_leak" not in ward.static(ward.state([ward.dense(1)], line))


def test_equal_starts_stay_equal(ward):
    same = INITIALISERS.make("constant", value=0.1)
    zero = INITIALISERS.make("zeros")
    for start in (same, zero):
        layers = [ward.dense(4, "tanh", kernel_init=start), ward.dense(1, kernel_init=start)]
        ill = ward.state(layers)
        found = ward.static(ill)["start_symmetry"]
        assert found.layer == "dense_1"
        assert "start_symmetry" not in ward.static(mend(ill, found))


def test_filters_that_start_alike(ward):
    same = INITIALISERS.make("constant", value=0.1)
    digits = DataSpec(source=SOURCES.make("digits"))

    def state(init):
        conv = LAYERS.make("conv2d", filters=4, kernel_init=same)
        end = ward.dense(10, "softmax", kernel_init=init)
        chain = [LAYERS.make("reshape", shape="1 × 8 × 8"), conv, LAYERS.make("max_pool2d")]
        return ward.state([*chain, LAYERS.make("flatten"), end], digits)

    ill = state(same)
    assert ill.ready
    found = ward.static(ill)["start_symmetry"]
    assert found.sentence.startswith("All 4 filters of Conv2D start alike")
    assert "start_symmetry" not in ward.static(mend(ill, found))
    assert "start_symmetry" not in ward.static(state(None))


def test_findings_about_columns_stand_on_the_cards_they_concern(ward):
    wide = ward.state([ward.dense(1, "sigmoid")], ward.table(X * [1, 1000, 1], Y, NO_YES))
    assert ward.static(wide)["unscaled_features"].places == ("input_1",)
    rare = (np.arange(80) < 6).astype(float)
    ill = ward.state([ward.dense(1, "sigmoid")], ward.table(X, rare, NO_YES))
    assert ward.static(ill)["class_imbalance"].places == ("output_1",)


def test_zeros_before_relu_never_learn(ward):
    zero = INITIALISERS.make("zeros")
    found = ward.static(ward.state([ward.dense(4, "relu", kernel_init=zero), ward.dense(1)]))
    assert "ReLU has no slope" in found["start_symmetry"].sentence


def test_zeros_that_learn_are_left_alone(ward):
    zero = INITIALISERS.make("zeros")
    # what follows breaks the tie, or the answers differ by what is asked of them
    assert "start_symmetry" not in ward.static(
        ward.state([ward.dense(4, "tanh", kernel_init=zero), ward.dense(1)])
    )
    data = ward.table(X, np.arange(80) % 3, tuple("abc"))
    assert "start_symmetry" not in ward.static(
        ward.state([ward.dense(3, "softmax", kernel_init=zero)], data)
    )


def test_the_symmetry_is_real(ward):
    """Units that are called alike are alike after training, and others are not."""
    from gradloom.engine.trainer import Trainer

    same = INITIALISERS.make("constant", value=0.1)
    for last, alike in ((same, True), (None, False)):
        layers = [ward.dense(4, "tanh", kernel_init=same), ward.dense(1, kernel_init=last)]
        state = ward.state(layers)
        trainer = Trainer(state.graph, state.prepared, state.plan)
        trainer.run(steps=100)
        w = trainer.parameters["dense_1", "W"]
        assert bool(np.allclose(w, w[:, :1], atol=1e-6)) is alike
        assert ("start_symmetry" in ward.static(state)) is alike


def test_batch_norm_on_single_rows(ward):
    layers = [ward.dense(4), LAYERS.make("batch_norm"), ward.dense(1, "sigmoid")]
    ill = ward.state(layers, batch_size=1)
    found = ward.static(ill)["single_row_batch"]
    assert found.layer == "batch_norm_1"
    mended = mend(ill, found)
    assert mended.plan.batch_size == 16
    assert "single_row_batch" not in ward.static(mended)
    without = ward.state([ward.dense(1, "sigmoid")], batch_size=1)
    assert "single_row_batch" not in ward.static(without)


def test_unready_networks_are_judged_as_far_as_they_go(ward):
    from gradloom.document import State

    assert ward.static(State()) == {}
    three = DataSpec(source=SOURCES.make("spiral", arms=3))
    broken = ward.state([ward.dense(5), ward.dense(4), ward.dense(1, "sigmoid")], three)
    assert not broken.ready
    assert set(ward.static(broken)) <= {"linear_stack"}


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (2714.3, "2,714"),
        (999.7, "1,000"),
        (-402314.0, "-402,314"),
        (0.3466, "0.347"),
        (2.6e10, "2.6e10"),
        (3e-7, "3e-7"),
    ],
)
def test_numbers_in_evidence_are_read_at_once(number, text):
    assert figure(number) == text
