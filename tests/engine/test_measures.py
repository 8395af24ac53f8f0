"""Measures against cases worked by hand, and against scikit-learn where it is installed."""

import math
import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose

from gradloom.engine.measures import (
    Fit,
    brier,
    calibration,
    confusion,
    precision_recall,
    roc,
)

EXACT = {"rtol": 1e-12, "atol": 1e-12}


def drawn(seed, rows=300, classes=4, ties=False):
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, classes, rows)
    shares = rng.dirichlet(np.ones(classes), rows).T
    shares[truth, np.arange(rows)] += 0.4
    shares /= shares.sum(axis=0)
    if ties:
        shares = np.round(shares, 1)
    return truth, shares


def test_confusion_by_hand():
    # true A A A B B C, told A A B B B A
    found = confusion(np.array([0, 0, 0, 1, 1, 2]), np.array([0, 0, 1, 1, 1, 0]), 3)
    assert found.counts.tolist() == [[2, 1, 0], [0, 2, 0], [1, 0, 0]]
    assert found.accuracy == 4 / 6
    assert_allclose(found.precision, [2 / 3, 2 / 3, 0])
    assert_allclose(found.recall, [2 / 3, 1, 0])
    assert_allclose(found.f1, [2 / 3, 4 / 5, 0])
    assert_allclose(found.macro.precision, (2 / 3 + 2 / 3 + 0) / 3)
    assert_allclose(found.weighted.recall, (3 * 2 / 3 + 2 * 1 + 1 * 0) / 6)
    assert_allclose(found.shares[0], [2 / 3, 1 / 3, 0])


def test_classes_that_do_not_occur_leave_the_mean_alone():
    found = confusion(np.array([0, 0, 2]), np.array([0, 0, 2]), 4)
    assert found.present.tolist() == [0, 2]
    assert found.macro.f1 == 1
    assert np.isnan(found.shares[1]).all()


def test_nothing_measured_is_not_a_number():
    none = np.zeros(0, np.int64)
    found = confusion(none, none, 2)
    assert math.isnan(found.accuracy)
    assert math.isnan(found.macro.f1)
    assert math.isnan(brier(none, np.zeros((2, 0))))
    assert math.isnan(roc(none == 1, np.zeros(0)).area)
    assert math.isnan(calibration(none == 1, np.zeros(0)).error)
    fit = Fit(np.zeros(0), np.zeros(0))
    assert math.isnan(fit.r2)
    assert math.isnan(fit.mae)
    assert math.isnan(fit.rmse)


def test_roc_and_precision_recall_by_hand():
    # sorted by score: + - + - ; thresholds 0.8, 0.4, 0.35, 0.1
    positive, score = np.array([False, False, True, True]), np.array([0.1, 0.4, 0.35, 0.8])
    curve = roc(positive, score)
    assert curve.false_rate.tolist() == [0, 0, 0.5, 0.5, 1]
    assert curve.true_rate.tolist() == [0, 0.5, 0.5, 1, 1]
    assert curve.thresholds.tolist() == [math.inf, 0.8, 0.4, 0.35, 0.1]
    assert curve.area == 0.75
    other = precision_recall(positive, score)
    assert_allclose(other.precision, [1 / 2, 2 / 3, 1 / 2, 1, 1])
    assert_allclose(other.recall, [1, 1, 0.5, 0.5, 0])
    assert_allclose(other.average, 0.5 * 1 + 0.5 * 2 / 3)


def test_all_scores_equal_say_nothing():
    positive = np.array([True, False, False])
    assert roc(positive, np.full(3, 0.5)).area == 0.5
    assert precision_recall(positive, np.full(3, 0.5)).average == pytest.approx(1 / 3)


@pytest.mark.parametrize("positive", [True, False])
def test_one_sort_of_rows_has_no_roc(positive):
    rows = np.full(5, positive)
    assert math.isnan(roc(rows, np.arange(5.0)).area)
    assert math.isnan(precision_recall(rows, np.arange(5.0)).average) is not positive


def test_calibration_by_hand():
    # told 0.1 and 0.2 in the first two bins of five, 0.9 and 1.0 in the last
    found = calibration(np.array([0, 1, 1, 0]), np.array([0.1, 0.2, 0.9, 1.0]), bins=5)
    assert found.count.tolist() == [2, 0, 0, 0, 2]
    assert_allclose(found.mean[[0, 4]], [0.15, 0.95])
    assert_allclose(found.share[[0, 4]], [0.5, 0.5])
    assert_allclose(found.error, (2 * 0.35 + 2 * 0.45) / 4)
    assert np.isnan(found.mean[1])


def test_brier_by_hand():
    truth = np.array([0, 1])
    assert brier(truth, np.array([[0.9, 0.4], [0.1, 0.6]])) == pytest.approx((0.01 + 0.16) / 2)
    three = np.array([[0.5, 0.2], [0.3, 0.8], [0.2, 0.0]])
    assert brier(truth, three) == pytest.approx((0.25 + 0.09 + 0.04 + 0.04 + 0.04) / 2)


def test_fit_by_hand():
    fit = Fit(np.array([1.0, 2.0, 4.0]), np.array([1.0, 3.0, 2.0]), np.array([0.5, 0.6, 1.0]))
    assert fit.residuals.tolist() == [0, 1, -2]
    assert fit.r2 == 1 - 5 / 2
    assert fit.mae == 1
    assert fit.rmse == pytest.approx(math.sqrt(5 / 3))
    assert (fit.within(1), fit.within(2)) == (1, 3)
    assert math.isnan(Fit(np.array([1.0, 2.0]), np.array([3.0, 3.0])).r2)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("ties", [False, True])
def test_classes_as_scikit_learn(seed, ties):
    sklearn = pytest.importorskip("sklearn.metrics")
    truth, shares = drawn(seed, classes=2 + seed, ties=ties)
    told, classes = shares.argmax(axis=0), len(shares)
    found = confusion(truth, told, classes)
    assert (found.counts == sklearn.confusion_matrix(truth, told, labels=range(classes))).all()
    assert_allclose(found.accuracy, sklearn.accuracy_score(truth, told), **EXACT)
    each = sklearn.precision_recall_fscore_support(truth, told, zero_division=0)
    for ours, theirs in zip(
        (found.precision, found.recall, found.f1, found.support), each, strict=True
    ):
        assert_allclose(ours, theirs, **EXACT)
    for name in ("macro", "weighted"):
        theirs = sklearn.precision_recall_fscore_support(truth, told, average=name, zero_division=0)
        ours = getattr(found, name)
        assert_allclose((ours.precision, ours.recall, ours.f1), theirs[:3], **EXACT)


def test_rare_classes_as_scikit_learn():
    sklearn = pytest.importorskip("sklearn.metrics")
    truth, told = np.array([0, 0, 1, 4]), np.array([0, 1, 1, 2])
    found = confusion(truth, told, 6)
    for name in ("macro", "weighted"):
        theirs = sklearn.precision_recall_fscore_support(truth, told, average=name, zero_division=0)
        ours = getattr(found, name)
        assert_allclose((ours.precision, ours.recall, ours.f1), theirs[:3], **EXACT)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("ties", [False, True])
def test_curves_as_scikit_learn(seed, ties):
    sklearn = pytest.importorskip("sklearn.metrics")
    truth, shares = drawn(seed, ties=ties)
    positive, score = truth == 1, shares[1]
    curve = roc(positive, score)
    for ours, theirs in zip(
        (curve.false_rate, curve.true_rate, curve.thresholds),
        sklearn.roc_curve(positive, score),
        strict=True,
    ):
        assert_allclose(ours, theirs, **EXACT)
    assert_allclose(curve.area, sklearn.roc_auc_score(positive, score), **EXACT)
    other = precision_recall(positive, score)
    theirs = sklearn.precision_recall_curve(positive, score)
    for ours, their in zip((other.precision, other.recall, other.thresholds), theirs, strict=True):
        assert_allclose(ours, their, **EXACT)
    assert_allclose(other.average, sklearn.average_precision_score(positive, score), **EXACT)
    assert_allclose(other.area, sklearn.auc(theirs[1], theirs[0]), **EXACT)


@pytest.mark.parametrize("classes", [2, 5])
def test_probabilities_as_scikit_learn(classes):
    metrics = pytest.importorskip("sklearn.metrics")
    from sklearn.calibration import calibration_curve

    truth, shares = drawn(7, classes=classes)
    if classes == 2:
        assert_allclose(brier(truth, shares), metrics.brier_score_loss(truth, shares[1]), **EXACT)
    else:
        theirs = np.mean(np.square(np.eye(classes)[truth] - shares.T).sum(axis=1))
        assert_allclose(brier(truth, shares), theirs, **EXACT)
    found = calibration(truth == 1, shares[1])
    share, mean = calibration_curve(truth == 1, shares[1], n_bins=10)
    filled = found.count > 0
    assert_allclose(found.share[filled], share, **EXACT)
    assert_allclose(found.mean[filled], mean, **EXACT)


def test_fit_as_scikit_learn():
    sklearn = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(1)
    truth = rng.normal(5, 3, 200)
    told = truth + rng.normal(0, 1, 200)
    fit = Fit(told, truth)
    assert_allclose(fit.r2, sklearn.r2_score(truth, told), **EXACT)
    assert_allclose(fit.mae, sklearn.mean_absolute_error(truth, told), **EXACT)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert_allclose(fit.rmse, sklearn.root_mean_squared_error(truth, told), **EXACT)
