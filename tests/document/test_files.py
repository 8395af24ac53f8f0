from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gradloom.core.errors import UserError
from gradloom.data.drawing import add_points, blank, recolour
from gradloom.document import State
from gradloom.document.files import (
    Autosave,
    data_folder,
    load_project,
    recoveries,
    save_project,
)
from gradloom.document.samples import first_project, samples
from gradloom.engine.optimisers import OPTIMISERS
from gradloom.engine.plan import Plan
from gradloom.engine.schedules import SCHEDULES
from gradloom.engine.trainer import Trainer
from gradloom.layers import LAYERS


def _trainer(state: State, run=None) -> Trainer:
    return Trainer(state.graph, state.prepared, state.plan, run)


def _with(state: State, **plan) -> State:
    return State(state.graph, state.places, state.data, state.plan.replace(**plan))


def _dropout() -> State:
    """A network with every sort of randomness and state: dropout, batch norm, shuffling."""
    from gradloom.document.samples import chain
    from gradloom.layers import ACTIVATIONS

    layers = [
        LAYERS.make("dense", units=6, activation=ACTIVATIONS.make("relu")),
        LAYERS.make("batch_norm"),
        LAYERS.make("dropout", rate=0.3),
        LAYERS.make("dense", units=1, activation=ACTIVATIONS.make("sigmoid")),
    ]
    return State(chain(layers), plan=Plan(batch_size=7))


@pytest.mark.parametrize("optimiser", [kind.kind for kind in OPTIMISERS.kinds()])
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_a_project_opened_again_trains_on_to_the_same_bits(tmp_path, optimiser, precision) -> None:
    plan = {"optimiser": OPTIMISERS.make(optimiser, rate=0.01), "precision": precision}
    state = _with(_dropout(), **plan, schedule=SCHEDULES.make("plateau", patience=1))
    straight = _trainer(state)
    straight.run(steps=61)  # in the middle of an epoch
    path = tmp_path / "p.gradloom"
    save_project(path, state, straight.checkpoint())
    again, run = load_project(path)
    assert again == state
    resumed = _trainer(again, run)
    for trainer in (straight, resumed):
        trainer.run(steps=150)
    a, b = straight.checkpoint(), resumed.checkpoint()
    assert a.theta.tobytes() == b.theta.tobytes()
    assert a.state.tobytes() == b.state.tobytes()
    assert a.slots.keys() == b.slots.keys()
    for name in a.slots:
        assert a.slots[name].tobytes() == b.slots[name].tobytes(), name
    assert (a.count, a.steps, a.epoch, a.batch) == (b.count, b.steps, b.epoch, b.batch)
    assert a.rng == b.rng
    assert a.history == b.history
    assert a.schedule == b.schedule


def test_the_best_epoch_survives_the_file(tmp_path) -> None:
    state = _with(first_project(), restore_best=True, patience=1000)
    trainer = _trainer(state)
    trainer.run(steps=100)
    path = tmp_path / "p.gradloom"
    save_project(path, state, trainer.checkpoint())
    _, run = load_project(path)
    best, again = trainer.checkpoint().best, run.best
    assert (best.loss, best.epoch) == (again.loss, again.epoch)
    assert np.array_equal(best.theta, again.theta)


def test_saving_what_was_opened_gives_the_same_file(tmp_path) -> None:
    trainer = _trainer(first_project())
    trainer.run(steps=20)
    one, two = tmp_path / "1.gradloom", tmp_path / "2.gradloom"
    save_project(one, first_project(), trainer.checkpoint())
    save_project(two, *load_project(one))
    assert one.read_bytes() == two.read_bytes()


def test_a_run_of_another_precision_is_refused(tmp_path) -> None:
    path = tmp_path / "p.gradloom"
    trainer = _trainer(first_project())
    save_project(path, first_project(), trainer.checkpoint())
    plain = json.loads(path.read_text("utf-8"))
    plain["run"]["dtype"] = "float64"
    path.write_text(json.dumps(plain), "utf-8")
    with pytest.raises(UserError, match=r"p\.gradloom: run\.dtype: must be float32"):
        load_project(path)


def test_a_run_that_is_not_finite_is_not_written(tmp_path) -> None:
    import dataclasses

    path = tmp_path / "p.gradloom"
    save_project(path, first_project())
    before = path.read_bytes()
    run = _trainer(first_project()).checkpoint()
    theta = run.theta.copy()
    theta[3] = np.nan
    with pytest.raises(UserError, match=r"p\.gradloom: .*not finite"):
        save_project(path, first_project(), dataclasses.replace(run, theta=theta))
    assert path.read_bytes() == before


def test_the_data_folder_follows_the_environment(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("GRADLOOM_DATA", str(tmp_path / "mine"))
    assert data_folder() == tmp_path / "mine"
    monkeypatch.delenv("GRADLOOM_DATA")
    assert data_folder().name.lower() == "gradloom"
    if sys.platform == "linux":
        assert data_folder() == Path(os.environ["XDG_DATA_HOME"]) / "gradloom"


def test_a_copy_of_a_living_program_is_not_offered(tmp_path) -> None:
    copy = Autosave(tmp_path)
    copy.write(first_project(), None, None)
    assert copy.path.exists()
    assert recoveries(tmp_path) == []
    copy.close()
    assert list(tmp_path.iterdir()) == []


def test_a_copy_of_a_dead_program_is_offered_with_its_origin(tmp_path) -> None:
    code = f"""
import os
from pathlib import Path
from gradloom.document.files import Autosave
from gradloom.document.samples import samples
copy = Autosave(Path({str(tmp_path)!r}))
copy.write(samples()["sine"], None, Path("/home/me/sine.gradloom"))
os._exit(1)
"""
    subprocess.run([sys.executable, "-c", code], check=False)
    (found,) = recoveries(tmp_path)
    assert found.origin == Path("/home/me/sine.gradloom")
    assert found.load() == (samples()["sine"], None)
    found.discard()
    assert list(tmp_path.iterdir()) == []


def test_a_copy_without_its_lock_file_is_offered(tmp_path) -> None:
    save_project(tmp_path / "autosave-1-a.gradloom", first_project())
    (found,) = recoveries(tmp_path)
    assert found.origin is None


def test_several_programs_keep_copies_side_by_side(tmp_path) -> None:
    copies = [Autosave(tmp_path) for _ in range(3)]
    for copy in copies:
        copy.write(first_project(), None, None)
    assert len({copy.path for copy in copies}) == 3
    copies[0].clear()
    assert not copies[0].path.exists()
    for copy in copies:
        copy.close()


def test_no_folder_no_copies(tmp_path) -> None:
    assert recoveries(tmp_path / "nowhere") == []
    (tmp_path / "file").write_text("x")
    with pytest.raises(UserError, match="No copy can be kept"):
        Autosave(tmp_path / "file")


def test_a_full_disk_under_the_lock_file_is_said_in_a_sentence(tmp_path, monkeypatch) -> None:
    copy = Autosave(tmp_path)

    class Full:
        def __getattr__(self, name: str):
            def fail(*args):
                raise OSError(28, "No space left on device")

            return fail

    with monkeypatch.context() as patched:
        patched.setattr(copy, "_lock", Full())
        with pytest.raises(UserError, match=r"No copy can be kept in .*: no space left on device"):
            copy.write(first_project(), None, None)
    copy.write(first_project(), None, None)
    copy.close()
    assert list(tmp_path.iterdir()) == []


def test_long_arrays_of_a_run_are_written_in_pieces(monkeypatch) -> None:
    from gradloom.engine import run as module

    run = _trainer(_with(first_project(), optimiser=OPTIMISERS.make("adam"))).checkpoint()
    whole = run.encode()
    monkeypatch.setattr(module, "_PIECE", 4)
    assert run.encode() == whole
    assert whole["theta"] == run.theta.tolist()
    assert whole["slots"] == {name: rows.tolist() for name, rows in run.slots.items()}


def test_a_drawing_and_the_run_on_it_come_back_and_train_on_to_the_same_bits(tmp_path) -> None:
    first = first_project()
    points = np.random.default_rng(2).normal(size=(60, 2))
    source = add_points(blank(), points, 0)
    source = recolour(source, np.flatnonzero(points[:, 0] > 0), 1).replace(top=7.5)
    state = dataclasses.replace(first, data=first.data.replace(source=source))
    straight = _trainer(state)
    straight.run(steps=11)
    save_project(tmp_path / "drawn.gradloom", state, straight.checkpoint())
    again, run = load_project(tmp_path / "drawn.gradloom")
    assert again == state
    assert again.data.source.content.features.tobytes() == points.tobytes()
    resumed = _trainer(again, run)
    for trainer in (straight, resumed):
        trainer.run(steps=20)
    np.testing.assert_array_equal(resumed.parameters.theta, straight.parameters.theta)


def test_a_drawing_with_nothing_on_it_is_saved_with_the_run_it_had(tmp_path) -> None:
    first = first_project()
    state = dataclasses.replace(first, data=first.data.replace(source=blank()))
    run = _trainer(first).checkpoint()
    save_project(tmp_path / "empty.gradloom", state, run)
    again, kept = load_project(tmp_path / "empty.gradloom")
    assert again == state
    np.testing.assert_array_equal(kept.theta, run.theta)
