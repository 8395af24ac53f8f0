"""The description of the data and what follows from it."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradloom.core.problem import Severity
from gradloom.data import SOURCES, Dataset, DataSpec, TableSource, prepare
from gradloom.data.prepare import _CACHE
from gradloom.layers.signature import Signature, Target


def own(features, targets, classes=()):
    features = np.array(features, dtype=float)
    names = tuple(f"c{i}" for i in range(features.shape[1]))
    column = Target("y", classes)
    return TableSource(content=Dataset("own", features, names, targets, (column,)))


class TestSpec:
    def test_default_is_good_and_survives_json(self):
        spec = DataSpec()
        assert spec.problems() == []
        assert spec.source.kind == "circles"
        assert DataSpec.decode(json.loads(json.dumps(spec.encode()))) == spec

    def test_shares_must_make_a_hundred(self):
        ((field, sentence),) = DataSpec(train=50, validation=20, test=20).problems()
        assert field == "train"
        assert "90 %" in sentence
        assert DataSpec(train=0, validation=50, test=50).problems()[0][0] == "train"

    @pytest.mark.parametrize(
        ("change", "shares"),
        [
            ({"train": 70}, (70, 20, 10)),
            ({"train": 95}, (95, 5, 0)),
            ({"train": 100}, (100, 0, 0)),
            ({"train": 50}, (50, 20, 30)),
            ({"validation": 0}, (60, 0, 40)),
            ({"validation": 90}, (10, 90, 0)),
            ({"test": 99}, (1, 0, 99)),
            ({"test": 0}, (60, 40, 0)),
            ({"train": 80, "validation": 10}, (80, 10, 10)),
            ({"train": 30, "validation": 30, "test": 40}, (30, 30, 40)),
        ],
    )
    def test_a_changed_share_takes_from_the_others(self, change, shares):
        changed = DataSpec().replace(**change)
        assert changed.shares == shares
        assert changed.problems() == []

    def test_a_bad_share_is_left_to_the_check(self):
        assert DataSpec().replace(train="x").problems()[0][0] == "train"
        assert DataSpec().replace(test=100).shares == (1, 0, 100)  # one row at least to learn from
        assert "101 %" in DataSpec().replace(test=100).problems()[0][1]

    def test_switches_are_shown_for_two_features_only(self):
        def shown(spec):
            return {s.name for s in spec.settings() if s.shown(spec)}

        assert "square_x1" in shown(DataSpec())
        assert "square_x1" not in shown(DataSpec(source=SOURCES.make("iris")))
        assert "stratify" in shown(DataSpec(source=SOURCES.make("iris")))
        assert "stratify" not in shown(DataSpec(source=SOURCES.make("plane")))
        gate = shown(DataSpec(source=SOURCES.make("gate")))
        assert gate.isdisjoint({"train", "validation", "test", "split_seed", "stratify"})
        assert "product" in gate

    def test_one_feature_must_stay_on(self):
        off = DataSpec(use_x1=False, use_x2=False)
        assert off.problems()[0][0] == "use_x1"
        assert off.replace(product=True).problems() == []
        assert off.replace(source=SOURCES.make("iris")).problems() == []

    def test_features_of_own_names_stay_apart(self):
        content = Dataset("own", np.ones((2, 2)), ("a", "a^2"), np.ones((2, 1)), (Target("y"),))
        spec = DataSpec(source=TableSource(content=content), square_x1=True)
        assert [f.name for f in spec.chosen_features()] == ["a", "a^2", "a^2'"]


class TestPrepare:
    def test_gate_is_trained_on_whole(self):
        made = prepare(DataSpec(source=SOURCES.make("gate")), 3)
        assert made.split.train.tolist() == [0, 1, 2, 3]
        assert len(made.split.validation) == len(made.split.test) == 0
        assert made.problems == ()

    def test_crosses_are_in_the_signature(self):
        made = prepare(DataSpec(use_x1=False, square_x2=True, product=True), 3)
        assert made.signature == Signature(("x2", "x2^2", "x1*x2"), (Target("class", ("A", "B")),))
        x1, x2 = made.dataset.features.T
        assert np.array_equal(made.features, np.stack([x2, x2**2, x1 * x2], axis=1))
        assert not made.features.flags.writeable

    @pytest.mark.parametrize("scaling", ["standard", "minmax"])
    def test_scaling_is_fitted_on_the_training_rows_only(self, scaling):
        spec = DataSpec(source=SOURCES.make("iris"), scaling=scaling)
        made = prepare(spec, 3)
        train = made.features[made.split.train]
        if scaling == "standard":
            assert np.allclose(train.mean(axis=0), 0)
            assert np.allclose(train.std(axis=0), 1)
            assert not np.allclose(made.features.mean(axis=0), 0, atol=1e-4)
        else:
            assert train.min(axis=0).tolist() == [0] * 4
            assert train.max(axis=0).tolist() == [1] * 4
        # rows outside the training part may be anything without moving the scaling
        content = made.dataset
        wild = content.features.copy()
        wild[made.split.test] = 1e9
        moved = Dataset(
            "iris", wild, content.feature_names, content.targets, content.target_columns
        )
        other = prepare(spec.replace(source=TableSource(content=moved)), 3)
        assert other.split.train.tolist() == made.split.train.tolist()
        assert other.transform == made.transform

    def test_targets_are_scaled_by_the_training_rows_only(self):
        rows = [[float(i)] for i in range(10)]
        content = Dataset("own", rows, ("x",), [[10.0 * i] for i in range(10)], (Target("y"),))
        spec = DataSpec(source=TableSource(content=content), target_scaling="minmax")
        made = prepare(spec, 3)
        seen = made.targets[made.split.train, 0]
        (target,) = made.signature.targets
        assert (target.offset, target.scale) == (seen.min(), np.ptp(seen))
        assert made.targets is made.dataset.targets
        assert made.dataset.target_columns == (Target("y"),)
        (target,) = prepare(spec.replace(target_scaling="standard"), 3).signature.targets
        assert (target.offset, target.scale) == (seen.mean(), seen.std())
        wild = np.where(np.isin(np.arange(10), made.split.train), content.targets[:, 0], 1e9)
        moved = Dataset("own", rows, ("x",), wild[:, None], (Target("y"),))
        other = prepare(spec.replace(source=TableSource(content=moved)), 3)
        assert other.signature == made.signature

    @pytest.mark.parametrize("scaling", ["standard", "minmax"])
    def test_classes_and_still_targets_keep_their_numbers_apart(self, scaling):
        classes = prepare(DataSpec(source=SOURCES.make("iris"), target_scaling=scaling), 1)
        assert not classes.signature.targets[0].scaled
        still = own([[1], [2], [3]], [[5.0]] * 3)
        made = prepare(DataSpec(still, 100, 0, 0, target_scaling=scaling), 1)
        assert made.signature.targets == (Target("y", (), 5.0, 1.0),)

    @pytest.mark.parametrize("scaling", ["standard", "minmax"])
    def test_targets_too_large_to_scale_are_a_problem(self, scaling):
        huge = own([[1], [2]], [[1.7e308], [-1.7e308]])
        made = prepare(DataSpec(huge, 100, 0, 0, target_scaling=scaling), 1)
        (problem,) = made.problems
        assert problem.field == "target_scaling"
        assert problem.stops_training
        assert not made.signature.targets[0].scaled

    def test_stratified_by_class(self):
        made = prepare(DataSpec(source=SOURCES.make("iris")), 3)
        for part, count in ((made.split.train, 30), (made.split.test, 10)):
            assert np.bincount(made.targets[part, 0].astype(int)).tolist() == [count] * 3
        plain = prepare(DataSpec(source=SOURCES.make("iris"), stratify=False), 3)
        assert len(plain.split.train) == 90
        assert plain.split.train.tolist() != made.split.train.tolist()

    def test_split_seed_frees_the_split_from_the_project_seed(self):
        free = DataSpec()
        assert prepare(free, 1).split.train.tolist() != prepare(free, 2).split.train.tolist()
        tied = DataSpec(split_seed=5)
        assert prepare(tied, 1).split.train.tolist() == prepare(tied, 2).split.train.tolist()
        assert (prepare(tied, 1).dataset.features == prepare(tied, 2).dataset.features).all()

    def test_cached_by_value(self):
        assert prepare(DataSpec(), 1) is prepare(DataSpec(), 1)
        assert prepare(DataSpec(), 1) is not prepare(DataSpec(), 2)

    @given(
        st.sampled_from([k for k in SOURCES.kinds() if k.offered]),
        st.integers(1, 100),
        st.sampled_from(["none", "standard", "minmax"]),
        st.booleans(),
        st.integers(0, 2**31 - 1),
    )
    def test_never_raises_for_a_good_description(self, kind, train, scaling, crossed, seed):
        spec = DataSpec(source=kind(), scaling=scaling, square_x1=crossed, sin_x2=crossed)
        spec = spec.replace(train=train)
        assert spec.problems() == []
        made = prepare(spec, seed)
        assert made.features.shape == (len(made.dataset), len(made.signature.features))
        assert np.isfinite(made.features).all()

    def test_5000_rows_are_quick(self):
        spec = DataSpec(source=SOURCES.make("spiral", count=5000), scaling="standard", product=True)
        times = []
        for seed in range(5):
            start = time.perf_counter()
            prepare(spec, seed)
            times.append(time.perf_counter() - start)
        assert min(times) < 0.02


class TestProblems:
    def test_no_row_to_train_on(self):
        spec = DataSpec(source=own([[1.0]], [[2.0]])).replace(train=1, validation=0)
        (problem,) = prepare(spec, 1).problems
        assert problem.stops_training
        assert problem.field == "train"
        assert len(prepare(spec, 1).split.test) == 1

    def test_too_few_rows_for_a_part(self):
        spec = DataSpec(source=own([[1.0], [2.0]], [[2.0], [3.0]]), train=90, validation=10, test=0)
        (problem,) = prepare(spec, 1).problems
        assert problem.severity is Severity.WARNING
        assert problem.field == "validation"
        assert problem.text.startswith("2 rows are too few for a validation share of 10 %")

    def test_a_class_without_training_rows_is_named(self):
        classes = ("red", "green")
        source = own([[1.0], [2.0], [3.0]], [[0.0], [0.0], [0.0]], classes)
        problems = prepare(DataSpec(source=source, train=100, validation=0, test=0), 1).problems
        (problem,) = problems
        assert not problem.stops_training
        assert "class green" in problem.text

    def test_numbers_too_large(self):
        source = own([[1e200, 1.0], [-1e200, 2.0]], [[0.0], [1.0]])
        spec = DataSpec(source=source, square_x1=True, train=100, validation=0, test=0)
        (problem,) = prepare(spec, 1).problems
        assert problem.stops_training
        assert "c0^2" in problem.text
        source = own([[1.7e308], [-1.7e308]], [[0.0], [1.0]])
        spec = DataSpec(source=source, scaling="minmax", train=100, validation=0, test=0)
        assert prepare(spec, 1).problems[0].stops_training

    def test_bad_settings_are_problems_and_data_still_comes(self):
        spec = DataSpec(train=50, scaling="minmax")
        made = prepare(spec, 1)
        assert made.problems[0].text.startswith("Data: Training must make 100 %")
        assert len(made.features) == 250
        made = prepare(DataSpec(source=SOURCES.make("xor", count=-1)), 1)
        assert made.problems[0].field == "source"
        assert made.problems[0].stops_training
        assert made.dataset.name == "XOR"


class TestLarge:
    def test_columns_that_change_nothing_are_not_copied(self):
        made = prepare(DataSpec(source=own(np.eye(6, 3), np.zeros((6, 1)))), 0)
        assert made.features is made.dataset.features

    def test_the_data_before_and_after_an_edit_are_both_kept(self, monkeypatch):
        monkeypatch.setattr(_CACHE, "_nbytes", 0)  # however large they are
        before = DataSpec(source=own(np.eye(6, 3), np.zeros((6, 1))))
        after = before.replace(scaling="standard")
        made = prepare(before, 0), prepare(after, 0)
        for _ in range(2):  # whoever follows the edit compares them, in turns
            assert (prepare(before, 0), prepare(after, 0)) == made
