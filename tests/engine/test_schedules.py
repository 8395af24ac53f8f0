"""Schedules give the same rates as torch.optim.lr_scheduler."""

from math import inf, isfinite, nan

import pytest

from gradloom.engine.schedules import SCHEDULES


def _torch(name, **settings):
    torch = pytest.importorskip("torch")
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.5)
    scheduler = getattr(torch.optim.lr_scheduler, name)(optimiser, **settings)
    return optimiser, scheduler


@pytest.mark.parametrize(
    ("schedule", "name", "theirs"),
    [
        (SCHEDULES.make("constant"), "ConstantLR", {"factor": 1.0}),
        (SCHEDULES.make("step", every=3, by=0.4), "StepLR", {"step_size": 3, "gamma": 0.4}),
        (SCHEDULES.make("exponential", by=0.9), "ExponentialLR", {"gamma": 0.9}),
        (
            SCHEDULES.make("cosine", epochs=20, floor=0.1),
            "CosineAnnealingLR",
            {"T_max": 20, "eta_min": 0.05},
        ),
        (
            SCHEDULES.make("warm_up", epochs=6, start=0.25),
            "LinearLR",
            {"start_factor": 0.25, "total_iters": 6},
        ),
    ],
    ids=lambda value: getattr(value, "kind", None),
)
def test_factor_is_pytorch_s(schedule, name, theirs):
    optimiser, scheduler = _torch(name, **theirs)
    for epoch in range(20):
        wanted = optimiser.param_groups[0]["lr"]
        assert 0.5 * schedule.factor(epoch, {}) == pytest.approx(wanted, rel=1e-9)
        optimiser.step()
        scheduler.step()


def test_plateau_is_pytorch_s():
    optimiser, scheduler = _torch(
        "ReduceLROnPlateau", factor=0.5, patience=2, threshold=0.01, eps=0.0
    )
    schedule = SCHEDULES.make("plateau", by=0.5, patience=2, threshold=0.01)
    losses = [3, 2, 2, 1.99, 1.985, 1.97, 1, 1, 1, 1, 1, 1, 1, 0.5, 0.6, 0.6, 0.6, 0.6]
    kept, seen = {}, set()
    for epoch, loss in enumerate(losses):
        kept = schedule.observe(kept, loss)
        scheduler.step(loss)
        wanted = optimiser.param_groups[0]["lr"]
        assert 0.5 * schedule.factor(epoch, kept) == pytest.approx(wanted, rel=1e-12)
        seen.add(wanted)
    assert len(seen) == 5


def test_plateau_takes_losses_that_are_not_finite_as_pytorch_does_and_can_be_saved():
    optimiser, scheduler = _torch("ReduceLROnPlateau", factor=0.5, patience=1, eps=0.0)
    schedule, kept = SCHEDULES.make("plateau", by=0.5, patience=1), {}
    for loss in (inf, nan, inf, 3.0, nan, inf, inf, 2.0):
        kept = schedule.observe(kept, loss)
        scheduler.step(loss)
        wanted = optimiser.param_groups[0]["lr"]
        assert 0.5 * schedule.factor(0, kept) == pytest.approx(wanted, rel=1e-12)
        assert all(isfinite(number) for number in kept.values())
    assert wanted < 0.5


def test_cosine_stays_on_the_floor():
    schedule = SCHEDULES.make("cosine", epochs=10, floor=0.2)
    assert schedule.factor(10, {}) == schedule.factor(25, {}) == pytest.approx(0.2)


@pytest.mark.parametrize("kind", SCHEDULES.kinds())
def test_starts_finite_and_round_trips(kind):
    assert 0 <= kind().factor(10**6, {}) <= 1
    assert SCHEDULES.decode(kind().encode()) == kind()
