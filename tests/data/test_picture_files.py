"""Pictures from files in a project: imported, looked up, changed, gone, embedded, trained on."""

from __future__ import annotations

import dataclasses
import gzip
import json
import shutil

import numpy as np
import pytest

from gradloom.api import load_project
from gradloom.cli.parser import arguments_of
from gradloom.core.errors import UserError
from gradloom.core.problem import Severity
from gradloom.core.resources import resource_path
from gradloom.data import SOURCES, DataSpec, FilePictures, prepare
from gradloom.data.files import load, moved, read_again
from gradloom.data.picture_files import holds_pictures, import_pictures
from gradloom.data.store import TABLES
from gradloom.data.waiting import Cancelled, Waiting
from gradloom.document.files import save_project
from gradloom.document.fixes import FIXES
from gradloom.document.samples import first_project


@pytest.fixture(autouse=True)
def empty_store():
    TABLES.clear()
    yield
    TABLES.clear()


@pytest.fixture
def images(tmp_path):
    """The bundled digits under names of their own."""
    folder = tmp_path / "data"
    folder.mkdir()
    for what in ("images-idx3", "labels-idx1"):
        name = f"digits-{what}-ubyte.gz"
        shutil.copy(resource_path("data", name), folder / f"d-{what}-ubyte.gz")
    return folder / "d-images-idx3-ubyte.gz"


@pytest.fixture
def shapes(tmp_path):
    """A folder of grey pictures (PGM) of 3 x 4 cells, two of each class."""
    folder = tmp_path / "shapes"
    for number, name in enumerate(("bar", "ring")):
        (folder / name).mkdir(parents=True)
        for i in range(2):
            cells = bytes(range(12 * i + number, 12 * i + number + 12))
            (folder / name / f"{i}.pgm").write_bytes(b"P5 4 3 255\n" + cells)
    return folder


def whole(source, **changes):
    return prepare(DataSpec(source=source, train=100, validation=0, test=0, **changes), 1)


def reopened(source):
    TABLES.clear()
    return FilePictures.decode(json.loads(json.dumps(source.encode())))


def test_import_gives_a_source_that_prepares(images, tmp_path):
    made = import_pictures(images, folder=tmp_path)
    source = made.source
    assert (source.path, source.labels) == (
        "data/d-images-idx3-ubyte.gz",
        "data/d-labels-idx1-ubyte.gz",
    )
    assert source.problems() == []
    assert not source.waiting
    ready, bundled = whole(source), whole(SOURCES.make("digits"))
    assert ready.problems == ()
    assert ready.signature.feature_shape == (1, 8, 8)
    assert ready.signature.features == bundled.signature.features
    assert np.array_equal(ready.features, bundled.features)
    assert np.array_equal(ready.targets, bundled.targets)
    assert SOURCES.decode(json.loads(json.dumps(source.encode()))) == source


def test_a_folder_is_a_source_as_well(shapes, tmp_path):
    source = import_pictures(shapes, folder=tmp_path).source
    assert (source.path, source.labels, source.size) == ("shapes", "", "1 x 3 x 4")
    assert source.classes == ("bar", "ring")
    assert whole(source).features[:2].tolist() == [list(range(12)), list(range(12, 24))]
    again = reopened(source)
    assert load(again, tmp_path) == ""
    assert len(whole(again).features) == 4


def test_cells_are_scaled_all_alike(shapes):
    source = import_pictures(shapes).source
    ready = whole(source, scaling="minmax")
    assert np.array_equal(ready.features, ready.dataset.features / 24)
    ready = whole(source, scaling="standard")
    assert ready.features.mean() == pytest.approx(0, abs=1e-12)
    assert ready.features.std() == pytest.approx(1, abs=1e-12)
    assert set(ready.transform.scale) == {ready.dataset.features.std()}


def test_a_project_opened_again_asks_for_reading_and_then_has_its_rows(images, tmp_path):
    source = import_pictures(images, folder=tmp_path).source
    before = whole(source)
    again = reopened(source)
    waiting = whole(again)
    (problem,) = waiting.problems
    assert problem.stops_training
    assert problem.text == "d-images-idx3-ubyte.gz has not been read yet."
    assert problem.fix == "load_file"
    assert waiting.signature == before.signature
    assert len(waiting.features) == 0
    assert load(again, tmp_path) == ""
    assert np.array_equal(whole(again).features, before.features)


def test_how_files_are_packed_is_nothing_to_a_project(images, tmp_path):
    source = import_pictures(images, folder=tmp_path).source
    again = reopened(source)
    images.write_bytes(gzip.compress(gzip.decompress(images.read_bytes()), 1))
    assert load(again, tmp_path) == ""


def test_changed_and_gone_are_problems(shapes, tmp_path):
    source = import_pictures(shapes, folder=tmp_path).source
    again = reopened(source)
    (shapes / "ring" / "2.pgm").write_bytes(b"P5 4 3 255\n" + bytes(12))
    assert load(again, tmp_path).startswith("shapes has changed since it was read")
    (problem,) = whole(again).problems
    assert problem.stops_training
    newer = read_again(again, tmp_path).source
    assert newer.digest != source.digest
    assert len(whole(newer).features) == 5
    shutil.rmtree(shapes)
    gone = reopened(newer)
    assert load(gone, tmp_path) == "shapes can't be read: no such file or directory."
    assert whole(gone).problems[0].stops_training


def test_the_copy_in_the_project_is_used_and_said(images, tmp_path):
    source = import_pictures(images, folder=tmp_path, embed=True).source
    before = whole(source)
    again = reopened(source)
    images.unlink()
    assert "no such file" in load(again, tmp_path)
    ready = whole(again)
    (problem,) = ready.problems
    assert problem.severity is Severity.WARNING
    assert problem.text.endswith("The copy in the project is used.")
    assert np.array_equal(ready.features, before.features)
    assert np.array_equal(ready.targets, before.targets)
    for broken in (
        again.replace(embedded=again.embedded[:-3]),
        again.replace(size="1 x 4 x 4"),
        again.replace(classes=("0", "1")),
    ):
        TABLES.clear()
        load(broken, tmp_path)
        assert whole(broken).problems[0].stops_training


def test_too_large_a_set_is_not_kept_in_a_project(images, monkeypatch):
    monkeypatch.setattr("gradloom.data.nested.MOST_EMBEDDED", 1000)
    with pytest.raises(UserError, match=r"d is too large to keep in a project"):
        import_pictures(images, embed=True)


def test_a_size_that_is_no_picture_is_a_problem_of_the_setting():
    assert FilePictures(size="8 x 8").problems()[0][0] == "size"


def test_a_project_that_moves_still_names_both_files(images, tmp_path):
    source = import_pictures(images).source
    assert source.path == str(images)
    home = moved(source, None, tmp_path)
    assert home.path == "data/d-images-idx3-ubyte.gz"
    away = moved(home, tmp_path, tmp_path / "sub")
    assert (away.path, away.labels) == (
        "../data/d-images-idx3-ubyte.gz",
        "../data/d-labels-idx1-ubyte.gz",
    )
    assert moved(home, tmp_path, tmp_path) is home


def test_reading_tells_progress_and_can_be_cancelled(shapes):
    told = []
    import_pictures(shapes, waiting=Waiting(told.append))
    assert told == [0, 0.25, 0.5, 0.75]
    with pytest.raises(Cancelled):
        import_pictures(shapes, waiting=Waiting(cancelled=lambda: True))


def test_what_is_looked_at_as_pictures(images, shapes, tmp_path):
    assert holds_pictures(images)
    assert holds_pictures(shapes)
    assert holds_pictures(shapes / "bar" / "0.pgm")
    assert not holds_pictures(tmp_path / "table.csv")


@pytest.fixture
def project(images, tmp_path):
    """A project on pictures, its network made to fit by the remedies that are offered."""
    source = import_pictures(images, folder=tmp_path).source
    state = first_project()
    state = dataclasses.replace(
        state, data=state.data.replace(source=source, scaling="minmax"), plan=state.plan.replace(
            batch_size=64
        )
    )  # fmt: skip
    while not state.ready:
        problem = next(p for p in state.problems if p.fix)
        state = FIXES[problem.fix].apply(state, problem)
    path = tmp_path / "p.gradloom"
    save_project(path, state)
    TABLES.clear()
    return path


def test_a_run_goes_on_bit_identically(project, tmp_path):
    straight = load_project(project)
    straight.train(epochs=4)
    TABLES.clear()
    first = load_project(project)
    first.train(epochs=2)
    first.save(tmp_path / "half.gradloom")
    TABLES.clear()
    second = load_project(tmp_path / "half.gradloom")
    second.train(epochs=2)
    assert np.array_equal(second.run.theta, straight.run.theta)


def run(command, *line):
    module = __import__(f"gradloom.cli.{command}", fromlist=["run"])
    return module.run(arguments_of([command, *map(str, line)]))


def test_the_command_line_reads_pictures(project, images, capsys):
    assert run("check", project) == 0
    assert "d: 1,797 rows (" in capsys.readouterr().out.replace("1797", "1,797")
    TABLES.clear()
    assert run("train", project, "--epochs", "1") == 0
    TABLES.clear()
    images.unlink()
    assert run("check", project) == 1
    assert "error: d-images-idx3-ubyte.gz can't be read" in capsys.readouterr().out
