"""What the trainer does with a plan."""

import math
import threading
import time

import numpy as np
import pytest

from gradloom.core.errors import UserError
from gradloom.engine.optimisers import OPTIMISERS
from gradloom.engine.plan import Plan
from gradloom.engine.progress import Finished
from gradloom.engine.run import Checkpoint
from gradloom.engine.schedules import SCHEDULES
from gradloom.engine.trainer import Trainer
from gradloom.graph import Graph, edits
from gradloom.layers import LAYERS, LOSSES


def sgd(rate=0.1, **settings):
    return OPTIMISERS.make("sgd", rate=rate, **settings)


def layer_of(trainer):
    """The first layer with parameters."""
    return next(layer for layer, _ in trainer.layout.parameters())


@pytest.fixture
def network(chain, dense):
    return chain(dense(4, "tanh"), dense(2, "tanh"), dense(1, "sigmoid"))


@pytest.fixture
def trainer(network, data):
    """A function that makes a trainer on the same network and data."""

    def make(checkpoint=None, **settings):
        settings.setdefault("batch_size", 5)
        return Trainer(network, data(), Plan(**settings), checkpoint)

    return make


def test_same_seed_same_bits(trainer):
    one, other = trainer(seed=3), trainer(seed=3)
    one.run(steps=50)
    for _ in range(10):
        other.run(steps=5)
    np.testing.assert_array_equal(one.parameters.theta, other.parameters.theta)
    another = trainer(seed=4)
    another.run(steps=50)
    assert not np.array_equal(one.parameters.theta, another.parameters.theta)


def test_an_epoch_by_hand(chain, dense, data):
    """Plain NumPy does the same two epochs: order, last partial batch, losses, update."""
    rows = data(rows=15, validation=3, classes=0)
    network = chain(dense(1), loss=LOSSES.make("mse"))
    trainer = Trainer(
        network, rows, Plan(optimiser=sgd(0.05), batch_size=5, shuffle=False, precision="float64")
    )
    w, b = trainer.parameters["dense_1", "W"].copy(), trainer.parameters["dense_1", "b"].copy()
    trainer.run(steps=6)
    x, y = rows.features, rows.targets
    for _ in range(2):
        losses = []
        for part in (slice(0, 5), slice(5, 10), slice(10, 12)):
            d = x[part] @ w + b - y[part]
            losses += [np.square(d)]
            n = len(d)
            w, b = w - 0.05 * 2 / n * x[part].T @ d, b - 0.05 * 2 / n * d.sum(axis=0)
    np.testing.assert_allclose(trainer.parameters["dense_1", "W"], w, rtol=1e-12)
    np.testing.assert_allclose(trainer.parameters["dense_1", "b"], b, rtol=1e-12)
    history = trainer.checkpoint().history
    assert history.loss[-1] == pytest.approx(np.concatenate(losses).mean(), rel=1e-12)
    d = x[12:] @ w + b - y[12:]
    assert history.validation_loss[-1] == pytest.approx(np.square(d).mean(), rel=1e-12)
    d, y = x[:12] @ w + b - y[:12], y[:12]
    r2 = 1 - np.square(d).sum() / np.square(y - y.mean()).sum()
    assert history.accuracy[-1] == pytest.approx(r2, rel=1e-12)
    assert trainer.progress().metric == "R²"


def test_whole_training_equals_pytorch(chain, dense, data):
    torch = pytest.importorskip("torch")
    rows = data(rows=30, validation=0, classes=3)
    network = chain(dense(6, "relu"), dense(3, "softmax"))
    plan = Plan(
        optimiser=OPTIMISERS.make("adam", rate=0.02),
        schedule=SCHEDULES.make("exponential", by=0.8),
        batch_size=8,
        shuffle=False,
        precision="float64",
        l2=0.01,
        clip_norm=0.4,
    )
    trainer = Trainer(network, rows, plan)
    model = torch.nn.Sequential(
        torch.nn.Linear(2, 6), torch.nn.ReLU(), torch.nn.Linear(6, 3)
    ).double()
    linear = [model[0], model[2]]
    with torch.no_grad():
        for layer, name in zip(linear, ("dense_1", "dense_2"), strict=True):
            layer.weight[...] = torch.tensor(trainer.parameters[name, "W"].T.copy())
            layer.bias[...] = torch.tensor(trainer.parameters[name, "b"].copy())
    optimiser = torch.optim.Adam(model.parameters(), lr=0.02)
    scheduler = torch.optim.lr_scheduler.ExponentialLR(optimiser, 0.8)
    x, y = torch.tensor(rows.features), torch.tensor(rows.targets[:, 0]).long()
    for _ in range(5):
        for lo in range(0, 30, 8):
            optimiser.zero_grad()
            loss = torch.nn.functional.cross_entropy(model(x[lo : lo + 8]), y[lo : lo + 8])
            loss = loss + sum(0.005 * layer.weight.square().sum() for layer in linear)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 0.4)
            optimiser.step()
        scheduler.step()
    trainer.run(steps=20)
    assert trainer.progress().epoch == 5
    for layer, name in zip(linear, ("dense_1", "dense_2"), strict=True):
        weights = layer.weight.detach().numpy().T
        np.testing.assert_allclose(trainer.parameters[name, "W"], weights, rtol=1e-9, atol=1e-12)


def test_every_row_once_an_epoch(chain, dense, data):
    """A linear loss with one parameter per row sees each row exactly once, in a new order."""
    from gradloom.engine.feed import Feed, Orders

    packed = np.arange(24.0).reshape(2, 12)
    orders = Orders(7, 12)
    seen = [orders.of(epoch).tolist() for epoch in range(4)]
    assert all(sorted(order) == list(range(12)) for order in seen)
    assert len({tuple(order) for order in seen}) == 4
    assert orders.of(1).tolist() == seen[1]
    feed = Feed(packed, 7)
    feed.order(1, shuffle=True)
    np.testing.assert_array_equal(feed._shuffled, packed[:, seen[1]])


def test_a_batch_larger_than_the_data(trainer):
    made = trainer(batch_size=1000)
    made.run(steps=3)
    assert made.progress().epoch == 3


def test_step_batch_and_epoch(trainer):
    made = trainer()  # 18 rows in batches of 5
    made.step_batch()
    assert (made.progress().epoch, made.progress().batch) == (0, 1)
    made.step_epoch()
    assert (made.progress().epoch, made.progress().batch) == (1, 0)
    made.step_epoch()
    assert (made.progress().epoch, made.progress().steps) == (2, 8)


def test_deadline_and_event_end_a_run_between_steps(trainer):
    made = trainer()
    begun = time.perf_counter()
    made.run(deadline=begun + 0.05)
    assert 0.04 < time.perf_counter() - begun < 2
    steps = made.progress().steps
    assert steps > 10
    stop = threading.Event()
    stop.set()
    made.run(stop=stop)
    assert made.progress().steps == steps
    stop.clear()
    timer = threading.Timer(0.05, stop.set)
    timer.start()
    made.run(stop=stop)
    timer.join()
    assert made.progress().steps > steps
    assert made.outcome is None


def test_epochs_end_the_run(trainer):
    made = trainer(epochs=3)
    made.run(steps=1000)
    assert made.outcome == Finished("3 epochs are done.")
    assert made.progress().epoch == 3
    made.run(steps=10)
    assert made.progress().epoch == 3
    made.replan(made.plan.replace(epochs=5))
    made.run(steps=1000)
    assert made.progress().epoch == 5


def test_an_end_after_one_is_said_as_one(trainer):
    made = trainer(epochs=1)
    made.run(steps=1000)
    assert made.outcome.reason == "1 epoch is done."


def test_seconds_end_the_run(trainer):
    made = trainer(seconds=0.05)
    made.run(deadline=time.perf_counter() + 5)
    assert made.outcome == Finished("0.05 seconds of training are over.")
    assert 0.05 <= made.checkpoint().seconds < 1


def test_target_loss_and_accuracy_end_the_run(trainer):
    made = trainer(target_loss=10.0)
    made.run(steps=1000)
    assert made.progress().epoch == 1
    assert "validation loss reached" in made.outcome.reason
    made = trainer(target_accuracy=0.0)
    made.run(steps=1000)
    assert made.progress().epoch == 1
    assert "Accuracy on the validation rows reached" in made.outcome.reason


def test_patience_and_restore_best(trainer):
    made = trainer(patience=4, restore_best=True, optimiser=sgd(2.0))
    made.run(steps=100_000)
    best = int(made.checkpoint().history.validation_loss.argmin()) + 1
    assert made.progress().epoch == best + 4
    assert f"parameters of epoch {best} are back" in made.outcome.reason
    again = trainer(epochs=best, optimiser=sgd(2.0))
    again.run(steps=100_000)
    np.testing.assert_array_equal(made.parameters.theta, again.parameters.theta)


def test_the_best_is_restored_once_and_what_is_set_by_hand_after_it_stays(trainer):
    made = trainer(patience=4, restore_best=True, optimiser=sgd(2.0))
    made.run(steps=100_000)
    assert "are back" in made.outcome.reason
    made.set_parameter(layer_of(made), "W", (0, 0), 0.125)
    plain = Checkpoint.decode(made.checkpoint().encode(), "run", made.layout)
    for one in (made, trainer(plain, patience=4, restore_best=True, optimiser=sgd(2.0))):
        one.run(steps=1000)
        assert isinstance(one.outcome, Finished)
        assert "are back" not in one.outcome.reason
        assert one.parameters[layer_of(one), "W"][0, 0] == 0.125
    made.replan(made.plan.replace(patience=None, epochs=made.progress().epoch + 3))
    made.run(steps=1000)
    assert "are back" in made.outcome.reason, "another end of the run restores again"
    assert made.parameters[layer_of(made), "W"][0, 0] != 0.125


def test_live_plan_is_the_plan_from_then_on(trainer):
    """A change between steps gives the bits of a run that starts there under the new plan."""
    made = trainer(optimiser=sgd(0.1, momentum=0.9))
    made.run(steps=6)
    new = made.plan.replace(
        optimiser=sgd(0.3, momentum=0.5), l2=0.1, clip_value=0.05, schedule=SCHEDULES.make("step")
    )
    other = trainer(made.checkpoint(), **{s.name: getattr(new, s.name) for s in new.settings()})
    made.replan(new)
    assert made.progress().rate == 0.3
    made.run(steps=30)
    other.run(steps=30)
    np.testing.assert_array_equal(made.parameters.theta, other.parameters.theta)


def test_another_optimiser_starts_empty(trainer):
    made = trainer(optimiser=sgd(0.1, momentum=0.9))
    made.run(steps=6)
    made.replan(made.plan.replace(optimiser=OPTIMISERS.make("adam")))
    kept = made.checkpoint()
    assert (set(kept.slots), kept.count, kept.steps) == ({"mv"}, 0, 6)
    assert not kept.slots["mv"].any()


def test_batch_size_changes_with_the_next_epoch(trainer):
    made = trainer()
    made.step_batch()
    made.replan(made.plan.replace(batch_size=9))
    made.step_epoch()
    assert made.progress().steps == 4
    made.step_epoch()
    assert made.progress().steps == 6


@pytest.mark.parametrize("change", [{"seed": 5}, {"precision": "float64"}])
def test_seed_and_precision_need_a_new_run(trainer, change):
    made = trainer()
    with pytest.raises(ValueError, match="new run"):
        made.replan(made.plan.replace(**change))


def test_rate_follows_the_schedule(trainer):
    made = trainer(optimiser=sgd(0.8), schedule=SCHEDULES.make("step", every=1, by=0.5))
    made.run(steps=12)
    assert made.checkpoint().history.rate.tolist() == [0.8, 0.4, 0.2]
    assert made.progress().rate == pytest.approx(0.1)


def test_regraph_takes_live_settings_only(trainer, network, dense):
    made, plain = trainer(), trainer()
    first = network["dense_1"].kind
    made.regraph(edits.set_kind(network, "dense_1", first.replace(l2=0.5)))
    made.step_batch()
    plain.step_batch()
    assert not np.array_equal(made.parameters["dense_1", "W"], plain.parameters["dense_1", "W"])
    np.testing.assert_array_equal(made.parameters["dense_2", "W"], plain.parameters["dense_2", "W"])
    for other in (
        edits.set_kind(network, "dense_1", first.replace(units=5)),
        edits.set_kind(network, "dense_1", dense(4, "relu")),
        edits.remove(network, ["dense_2"]),
    ):
        with pytest.raises(ValueError, match="new run"):
            made.regraph(other)
    made.regraph(edits.rename(network, "dense_1", "First"))


def test_set_parameter(trainer):
    made = trainer()
    made.set_parameter("dense_1", "W", (1, 3), 0.625)
    made.set_parameter("dense_2", "b", (0,), -2.5)
    assert made.parameters["dense_1", "W"][1, 3] == 0.625
    assert made.parameters["dense_2", "b"][0] == -2.5
    for bad in (math.nan, math.inf, 1e39):
        with pytest.raises(UserError, match="can't be held"):
            made.set_parameter("dense_1", "W", (0, 0), bad)
    with pytest.raises(IndexError):
        made.set_parameter("dense_1", "W", (2, 0), 1.0)
    with pytest.raises(IndexError):
        made.set_parameter("dense_1", "W", (0,), 1.0)
    with pytest.raises(KeyError):
        made.set_parameter("dense_9", "W", (0, 0), 1.0)


def test_progress_is_frozen(trainer):
    made = trainer()
    before = made.progress(run=4)
    assert before.run == 4
    assert math.isnan(before.loss)
    theta = before.snapshot.theta.copy()
    made.run(steps=9)
    np.testing.assert_array_equal(before.snapshot.theta, theta)
    with pytest.raises(ValueError, match="read-only"):
        before.snapshot.theta[0] = 1
    after = made.progress()
    assert after.epochs_per_second > 0
    assert after.samples_per_second == pytest.approx(18 * after.epochs_per_second)
    assert after.loss == after.history.loss[-1]


def test_no_training_rows(network, data):
    with pytest.raises(UserError, match="no training rows"):
        Trainer(network, data(rows=5, validation=5), Plan())


def test_several_inputs_read_their_columns(dense, data):
    graph = edits.add(
        edits.add(Graph(), LAYERS.make("input")), LAYERS.make("input", columns=("x2",))
    )
    graph = edits.add(graph, LAYERS.make("concatenate"))
    graph = edits.add(graph, dense(1))
    graph = edits.add(graph, LAYERS.make("output"))
    for pair in (
        ("input_1", "concatenate_1"),
        ("input_2", "concatenate_1"),
        ("concatenate_1", "dense_1"),
        ("dense_1", "output_1"),
    ):
        graph = edits.connect(graph, *pair)
    rows = data(classes=0)
    trainer = Trainer(graph, rows, Plan(shuffle=False, batch_size=4, precision="float64"))
    trainer.step_batch()
    program = trainer._steps.program
    np.testing.assert_array_equal(program.inputs["input_1"], rows.features[:4].T)
    np.testing.assert_array_equal(program.inputs["input_2"], rows.features[:4, 1:].T)
    np.testing.assert_array_equal(program.targets["output_1"], rows.targets[:4].T)


def test_steps_are_counted_whether_or_not_the_optimiser_asks(trainer):
    for kind in ("sgd", "adam"):
        made = trainer(optimiser=OPTIMISERS.make(kind))
        made.run(steps=3)
        made.run(steps=4)
        assert made.checkpoint().count == made.checkpoint().steps == 7
