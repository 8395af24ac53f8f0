import dataclasses

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gradloom.document.samples import first_project
from gradloom.engine.run import Checkpoint
from gradloom.engine.trainer import Trainer
from gradloom.engine.trajectory import MOST, MOST_BYTES, Trajectory, Waypoint


def point(steps, size=3):
    theta = np.full(size, float(steps), np.float32)
    theta.flags.writeable = False
    return Waypoint(steps, steps // 10, theta)


def walked(steps, size=3):
    trajectory = Trajectory()
    for step in steps:
        trajectory = trajectory.reach(point(step, size))
    return trajectory


def numbers(trajectory):
    return [p.steps for p in trajectory.points]


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=700))
def test_it_is_bounded_and_keeps_the_first_and_the_newest(gaps):
    steps = np.cumsum(gaps).tolist()
    trajectory = walked(steps)
    kept = numbers(trajectory)
    assert len(kept) <= MOST
    assert kept[0] == steps[0]
    assert kept[-1] == steps[-1]
    between = np.diff(kept)
    assert (between > 0).all()


@given(st.lists(st.integers(1, 50), min_size=3, max_size=300), st.integers(2, 40))
def test_thinning_keeps_both_ends_and_no_more_than_asked(gaps, most):
    steps = np.cumsum(gaps).tolist()
    thinned = Trajectory(tuple(point(s) for s in steps)).thinned(most)
    kept = numbers(thinned)
    assert len(kept) <= max(most, 2)
    assert (kept[0], kept[-1]) == (steps[0], steps[-1])
    assert set(kept) <= set(steps)


def test_a_long_run_is_thinned_evenly():
    for count in (50, 128, 129, 130, 257, 1000, 9999):
        trajectory = walked(range(0, 10 * count, 10))
        kept = numbers(trajectory)
        assert min(MOST // 2, count) <= len(kept) <= MOST
        assert set(np.diff(kept)[:-1]) == {10 * trajectory.every}  # every 2^k-th
        assert kept[-1] - kept[-2] == 10 * trajectory.since
        assert trajectory.every.bit_count() == 1


def test_large_vectors_keep_fewer_points():
    size = MOST_BYTES // 4 // 10  # ten of them fill the room
    trajectory = Trajectory()
    theta = np.zeros(size, np.float32)
    for steps in range(400):
        trajectory = trajectory.reach(Waypoint(steps, 0, theta))
        assert len(trajectory.points) <= 10
    assert (trajectory.points[0].steps, trajectory.points[-1].steps) == (0, 399)
    resting = trajectory.at_rest()
    assert (numbers(resting)[0], numbers(resting)[-1]) == (0, 399)
    assert len(resting.points) == 2


def test_a_vector_larger_than_all_the_room_keeps_both_ends():
    class Large:
        nbytes = MOST_BYTES + 1

    trajectory = Trajectory()
    for steps in range(20):
        trajectory = trajectory.reach(Waypoint(steps, 0, Large()))
    assert numbers(trajectory) == [0, 19]


def test_no_step_further_takes_the_place_of_the_newest():
    trajectory = walked([0, 10, 20])
    other = Waypoint(20, 2, np.zeros(3))
    moved = trajectory.reach(other)
    assert numbers(moved) == [0, 10, 20]
    assert moved.points[-1] is other
    assert numbers(trajectory) == [0, 10, 20]  # a value
    assert trajectory.points[-1] is not other


def test_progress_records_its_own_snapshots():
    state = first_project()
    trainer = Trainer(state.graph, state.prepared, state.plan)
    seen = [trainer.progress()]
    for _ in range(3):
        trainer.run(steps=7)
        seen.append(trainer.progress())
    points = seen[-1].trajectory.points
    assert [p.steps for p in points] == [0, 7, 14, 21]
    for progress, kept in zip(seen, points, strict=True):
        assert kept.theta is progress.snapshot.theta  # no copy of its own


def test_a_checkpoint_brings_its_trajectory_and_a_file_does_not():
    state = first_project()
    trainer = Trainer(state.graph, state.prepared, state.plan)
    for _ in range(200):
        trainer.run(steps=5)
        trainer.progress()
    checkpoint = trainer.checkpoint()
    assert len(checkpoint.trajectory.points) <= 64
    again = Trainer(state.graph, state.prepared, state.plan, checkpoint)
    points = again.progress().trajectory.points
    assert points[0].steps == 5
    assert len(set(np.diff([p.steps for p in points])[:-1])) == 1  # goes on evenly
    assert points[-1].steps == 1000
    np.testing.assert_array_equal(points[-1].theta, checkpoint.theta)
    plain = checkpoint.encode()
    decoded = Checkpoint.decode(plain, "run", trainer.layout)
    assert decoded.trajectory.points == ()
    assert "trajectory" not in plain
    assert {f.name for f in dataclasses.fields(Checkpoint)} - set(plain) <= {
        "trajectory",
        "restored",
    }
