import dataclasses
import threading
from itertools import pairwise

import numpy as np
import pytest

from gradloom.core.errors import UserError
from gradloom.data import SOURCES, Dataset, DataSpec
from gradloom.data.waiting import Cancelled, Waiting
from gradloom.document import State
from gradloom.document.samples import chain, first_project, samples
from gradloom.document.samples.build import dense as _dense
from gradloom.engine.evaluator import Evaluator, sample
from gradloom.engine.plan import Plan
from gradloom.engine.trainer import Trainer
from gradloom.graph.edits import set_kind
from gradloom.layers import LAYERS, LOSSES
from gradloom.layers.signature import Target
from gradloom.session.landscape import POINTS, SIDES, Follower, survey
from gradloom.session.losses import Losses
from gradloom.session.slices import GRADIENT, PATH, RANDOM, WEIGHTS, Wish

W1, W2 = ("dense_1", "W", (0, 0)), ("dense_1", "W", (1, 0))


def trainer_of(state, steps=200, every=10):
    trainer = Trainer(state.graph, state.prepared, state.plan)
    trainer.progress()
    for _ in range(steps // every):
        trainer.run(steps=every)
        trainer.progress()
    return trainer


def last(*arguments, **options):
    *_, found = survey(*arguments, **options)
    return found


def table(features, targets, kinds, loss, **plan):
    features, targets = np.array(features, float), np.array(targets, float)
    content = Dataset(
        "table", features, tuple(f"x{i + 1}" for i in range(features.shape[1])),
        targets, (Target("y"),),
    )  # fmt: skip
    graph = set_kind(chain(kinds), "output_1", LAYERS.make("output", loss=LOSSES.make(loss)))
    data = DataSpec(source=SOURCES.make("table", content=content), train=100, validation=0, test=0)
    return State(graph, data=data, plan=Plan(precision="float64", **plan))


@pytest.fixture(scope="module")
def circles():
    """The first project after some training: (state, progress)."""
    state = first_project()
    return state, trainer_of(state, 2000, 50).progress(run=3)


@pytest.mark.parametrize(
    "state",
    [first_project(), samples()["iris"], samples()["sine"], samples()["spiral_three_arms"]],
    ids=["circles", "iris", "sine", "spiral"],
)
def test_the_loss_at_the_centre_is_the_runs_training_loss(state):
    trainer = trainer_of(state, 60, 20)
    progress = trainer.progress()
    rows = sample(state.prepared.split.train)
    make = (state.graph, state.analysis, trainer.parameters, state.prepared, rows)
    expected, _ = Evaluator(*make).measure()
    for wish in (Wish(), Wish(RANDOM)):
        found = last(state, progress, wish)
        assert found.here == pytest.approx(expected, rel=1e-6)
        assert Losses(state, progress.snapshot).at(
            found.axes.lift(found.axes.origin)
        ) == pytest.approx(expected, rel=1e-6)
    middle = len(found.losses) // 2  # the random plane has the run at its middle
    assert found.losses[middle, middle] == pytest.approx(expected, rel=1e-5)
    assert found.rows == len(rows)


@pytest.mark.parametrize("name", ["circles", "breast_cancer"])
def test_an_epochs_loss_of_one_batch_is_the_landscapes(name):
    # a whole epoch is one batch: what the history tells was measured at the same weights
    state = samples()[name].with_data(balance=True)
    assert (len(state.prepared.split.again) > 0) == (name == "breast_cancer")
    state = dataclasses.replace(state, plan=Plan(batch_size=1000, precision="float64"))
    trainer = Trainer(state.graph, state.prepared, state.plan)
    before = trainer.progress()
    trainer.step_epoch()
    told = trainer.progress().history.loss[0]
    assert Losses(state, before.snapshot).at(before.snapshot.theta) == pytest.approx(
        told, rel=1e-12
    )


def test_a_linear_network_with_squared_error_is_a_quadratic_form_worked_by_hand():
    # y = w1 x1 + w2 x2 over the rows (1, 0), (0, 2), (1, 1) with targets 1, 2, 3:
    # 3 L = (w1 - 1)^2 + (2 w2 - 2)^2 + (w1 + w2 - 3)^2
    dense = dataclasses.replace(_dense(1, "identity"), bias=False)
    state = table([[1, 0], [0, 2], [1, 1]], [[1], [2], [3]], [dense], "mse")
    progress = trainer_of(state, 10, 1).progress()
    found = last(state, progress, Wish(WEIGHTS, weights=(W1, W2)))
    x0, x1, y0, y1 = found.extent
    w1, w2 = np.meshgrid(np.linspace(x0, x1, SIDES[-1]), np.linspace(y0, y1, SIDES[-1]))
    expected = ((w1 - 1) ** 2 + (2 * w2 - 2) ** 2 + (w1 + w2 - 3) ** 2) / 3
    np.testing.assert_allclose(found.losses, expected, rtol=1e-12)
    # the place of the run is that of its weights
    weights = progress.snapshot.theta
    np.testing.assert_allclose(found.axes.origin, weights)
    np.testing.assert_allclose(found.trail.places[-1], weights)
    # and the slope of the form there, by hand
    a, b = weights
    slope = np.array([2 * (a - 1) + 2 * (a + b - 3), 8 * (b - 1) + 2 * (a + b - 3)]) / 3
    np.testing.assert_allclose(found.downhill, -slope, rtol=1e-12)
    assert found.downhill_share == pytest.approx(1)
    assert found.stride == pytest.approx(progress.rate * np.hypot(*slope))
    assert found.axes.names == ("W[1, 1] of Dense", "W[2, 1] of Dense")
    # any plane of the two is the same form: the principal one, too
    path = last(state, progress, Wish(PATH))
    x0, x1, y0, y1 = path.extent
    for i, j in ((0, 0), (5, 40), (48, 3)):
        xs, ys = np.linspace(x0, x1, SIDES[-1]), np.linspace(y0, y1, SIDES[-1])
        a, b = path.axes.lift(np.array([xs[i], ys[j]]))
        by_hand = ((a - 1) ** 2 + (2 * b - 2) ** 2 + (a + b - 3) ** 2) / 3
        assert path.losses[j, i] == pytest.approx(by_hand, rel=1e-12)
    assert path.shown == pytest.approx(1)
    assert sum(path.shares) == pytest.approx(1)


def test_along_the_gradient_of_a_parabola_it_turns_where_it_must():
    # L = (w - 3)^2 from w = 1: the slope is -4, down is up to 3 and back up at 5
    dense = dataclasses.replace(_dense(1, "identity"), bias=False)
    state = table([[1.0]], [[3.0]], [dense], "mse")
    trainer = Trainer(state.graph, state.prepared, state.plan)
    trainer.set_parameter("dense_1", "W", (0, 0), 1.0)
    progress = trainer.progress()
    found = last(state, progress, Wish(GRADIENT))
    assert found.losses.shape == (1, POINTS[-1])
    x = np.linspace(*found.extent[:2], POINTS[-1])
    np.testing.assert_allclose(found.losses[0], (1 + x - 3) ** 2, rtol=1e-9, atol=1e-12)
    assert x[found.losses[0].argmin()] == pytest.approx(2, abs=x[1] - x[0])
    assert found.extent[0] < 0
    assert 4 <= found.extent[1] <= 10  # shows how it rises again
    assert found.stride == pytest.approx(4 * progress.rate)


def test_each_picture_has_the_points_of_the_one_before(circles):
    state, progress = circles
    pictures = list(survey(state, progress, Wish(RANDOM)))
    assert [p.losses.shape for p in pictures] == [(side, side) for side in SIDES]
    assert [p.whole for p in pictures] == [False, False, False, True]
    for coarse, fine in pairwise(pictures):
        np.testing.assert_array_equal(coarse.losses, fine.losses[::2, ::2])
    lines = list(survey(state, progress, Wish(PATH, line=True)))
    assert [p.losses.shape for p in lines] == [(1, points) for points in POINTS]
    for coarse, fine in pairwise(lines):
        np.testing.assert_array_equal(coarse.losses, fine.losses[:, ::2])


def test_every_number_is_the_loss_at_its_place(circles):
    state, progress = circles
    found = last(state, progress, Wish(PATH))
    losses = Losses(state, progress.snapshot)
    x0, x1, y0, y1 = found.extent
    xs, ys = np.linspace(x0, x1, SIDES[-1]), np.linspace(y0, y1, SIDES[-1])
    for i, j in ((0, 0), (48, 0), (13, 30)):
        place = np.array([xs[i], ys[j]])
        assert found.losses[j, i] == pytest.approx(losses.at(found.axes.lift(place)), rel=1e-5)


def test_the_trail_has_the_true_losses_of_the_path(circles):
    state, progress = circles
    found = last(state, progress, Wish(PATH))
    trail, points = found.trail, progress.trajectory.points
    assert trail.points == points
    losses = Losses(state, progress.snapshot)
    np.testing.assert_allclose(trail.losses, [losses.at(p.theta) for p in points])
    np.testing.assert_allclose(trail.places[-1], [0, 0], atol=1e-9)
    assert (trail.places[0] < 0).all()
    assert trail.losses[trail.best] == trail.losses.min()
    x0, x1, y0, y1 = found.extent
    assert (trail.places >= (x0, y0)).all()
    assert (trail.places <= (x1, y1)).all()
    assert x1 - x0 == pytest.approx(y1 - y0)
    assert 0.8 < found.shown <= 1
    assert found.shown == pytest.approx(sum(found.shares))
    assert (found.run, found.steps) == (3, progress.steps)


def test_reach_makes_the_range_wider_and_a_close_look_is_at_the_run(circles):
    state, progress = circles
    plain, wide, close = (last(state, progress, Wish(PATH, reach=r)) for r in (1.0, 2.0, 0.1))
    width = plain.extent[1] - plain.extent[0]
    assert wide.extent[1] - wide.extent[0] == pytest.approx(2 * width)
    assert close.extent[1] - close.extent[0] == pytest.approx(0.1 * width)
    assert sum(close.extent[:2]) == pytest.approx(0, abs=1e-9)
    assert sum(wide.extent[:2]) == pytest.approx(sum(plain.extent[:2]))


def test_running_statistics_stay_as_they_were_in_the_snapshot():
    state = State(chain([_dense(4, "tanh"), LAYERS.make("batch_norm"), _dense(1, "sigmoid")]))
    trainer = trainer_of(state, 50)
    progress = trainer.progress()
    found = last(state, progress, Wish(RANDOM))
    make = (state.graph, state.analysis, trainer.parameters, state.prepared)
    expected = Evaluator(*make, sample(state.prepared.split.train)).loss()
    assert found.here == pytest.approx(expected, rel=1e-6)
    assert trainer.parameters.state.any()


def test_the_gradient_is_that_of_central_differences():
    kinds = [_dense(3, "tanh"), LAYERS.make("batch_norm"), LAYERS.make("dropout")]
    state = State(chain([*kinds, _dense(1, "sigmoid")]), plan=Plan(precision="float64"))
    progress = trainer_of(state, 50).progress()
    losses = Losses(state, progress.snapshot)
    theta = progress.snapshot.theta.copy()
    gradient = losses.gradient(theta)
    for i in range(0, len(theta), 3):
        step = np.zeros_like(theta)
        step[i] = 1e-6
        slope = (losses.at(theta + step) - losses.at(theta - step)) / 2e-6
        assert gradient[i] == pytest.approx(slope, abs=1e-8)


def test_what_does_not_learn_has_no_slope():
    fixed = dataclasses.replace(_dense(3, "tanh"), learn="weights")
    state = State(chain([fixed, _dense(1, "sigmoid")]))
    progress = trainer_of(state, 20).progress()
    losses = Losses(state, progress.snapshot)
    gradient = losses.gradient(progress.snapshot.theta)
    assert not losses.layout.parameter(gradient, "dense_1", "b").any()
    assert losses.layout.parameter(gradient, "dense_1", "W").all()


def test_numbers_that_run_away_are_told_as_such():
    layers = [_dense(8, "relu"), _dense(1, "identity")]
    relu = State(chain(layers), data=DataSpec(source=SOURCES.make("sine")))
    progress = trainer_of(relu, 20).progress()
    found = last(relu, progress, Wish(RANDOM, reach=1e25))
    assert not np.isfinite(found.losses).all()
    assert np.isfinite(found.here)


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        (Wish(WEIGHTS), "not the same"),
        (Wish(WEIGHTS, weights=(W1, W1)), "not the same"),
        (Wish(WEIGHTS, weights=(W1, ("dense_9", "W", (0, 0)))), "others now"),
        (Wish(WEIGHTS, weights=(W1, ("dense_1", "W", (7, 0)))), "others now"),
    ],
)
def test_slices_that_do_not_exist_are_refused_in_words(circles, wish, sentence):
    with pytest.raises(UserError, match=sentence):
        last(*circles, wish)


def test_an_untrained_run_has_a_random_plane_but_no_path():
    state = first_project()
    progress = Trainer(state.graph, state.prepared, state.plan).progress()
    with pytest.raises(UserError, match="train a little"):
        last(state, progress, Wish(PATH))
    assert np.isnan(last(state, progress, Wish(RANDOM)).shown)


def test_a_single_weight_has_a_line_only():
    dense = dataclasses.replace(_dense(1, "identity"), bias=False)
    state = table([[1.0]], [[3.0]], [dense], "mse")
    progress = trainer_of(state, 5, 1).progress()
    with pytest.raises(UserError, match="choose a line"):
        last(state, progress, Wish(PATH))
    assert last(state, progress, Wish(PATH, line=True)).whole
    nothing = dataclasses.replace(dense, learn="nothing")
    state = dataclasses.replace(state, graph=set_kind(state.graph, "dense_1", nothing))
    with pytest.raises(UserError, match="No weights learn"):
        last(state, progress, Wish(RANDOM))


def test_units_of_a_single_weight_have_one_random_direction():
    """A weight and a bias: what is random is the weight's sign alone."""
    state = table([[1.0], [2.0]], [[3.0], [4.0]], [_dense(1, "identity")], "mse")
    progress = trainer_of(state, 5, 1).progress()
    with pytest.raises(UserError, match=r"single one here.*choose a line"):
        last(state, progress, Wish(RANDOM))
    assert last(state, progress, Wish(RANDOM, line=True)).whole


def test_a_path_on_a_line_has_a_plane_all_the_same():
    # both weights see the same input: they move by the same steps
    dense = dataclasses.replace(_dense(1, "identity"), bias=False)
    state = table([[1.0, 1.0], [2.0, 2.0]], [[3.0], [6.0]], [dense], "mse", batch_size=2)
    progress = trainer_of(state, 6, 1).progress()
    found = last(state, progress, Wish(PATH))
    assert found.shares[0] == pytest.approx(1)
    assert found.shares[1] == pytest.approx(0, abs=1e-9)
    np.testing.assert_allclose(found.axes.along @ found.axes.along.T, np.eye(2), atol=1e-9)


def test_it_tells_how_far_it_is_and_can_be_cancelled(circles):
    state, progress = circles
    told = []
    last(state, progress, Wish(RANDOM), Waiting(told.append))
    assert told == sorted(told)
    assert all(0 <= share <= 1 for share in told)
    stop = threading.Event()
    pictures = survey(state, progress, Wish(RANDOM), Waiting(cancelled=stop.is_set))
    next(pictures)
    stop.set()
    with pytest.raises(Cancelled):
        list(pictures)


def test_it_makes_room_for_a_training(circles, monkeypatch):
    import gradloom.session.landscape as module

    rests = []
    monkeypatch.setattr(module, "sleep", rests.append)
    last(*circles, Wish(RANDOM))
    assert not rests
    last(*circles, Wish(RANDOM), training=lambda: True)
    assert rests
    assert min(rests) >= 9 * 0.004


def test_a_slow_network_gets_a_coarser_picture(circles, monkeypatch):
    import gradloom.session.landscape as module

    monkeypatch.setattr(module, "_PATIENCE", 1e-9)
    pictures = list(survey(*circles, Wish(RANDOM)))
    assert [p.losses.shape for p in pictures] == [(7, 7)]
    assert pictures[-1].whole


def test_a_run_that_goes_on_is_followed_on_the_same_axes(circles, monkeypatch):
    state, progress = circles
    found = last(state, progress, Wish(PATH))
    trainer = trainer_of(state, 2000, 50)
    trainer.run(steps=30)
    later = trainer.progress()
    asked = []
    project = type(found.axes).project
    monkeypatch.setattr(
        type(found.axes), "project", lambda axes, theta: asked.append(0) or project(axes, theta)
    )
    follower = Follower(found)
    np.testing.assert_array_equal(follower.places(progress.trajectory), found.trail.places)
    assert not asked
    places = follower.places(later.trajectory)
    np.testing.assert_allclose(places[0], found.trail.places[0], atol=1e-6)
    np.testing.assert_allclose(places[-1], found.axes.project(later.snapshot.theta))
    asked.clear()
    follower.places(later.trajectory)
    assert not asked
