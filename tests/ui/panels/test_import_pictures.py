"""Pictures from files into the project, by real keys and clicks."""

from __future__ import annotations

import gzip
import shutil

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from desk import open_, press, reopened, settle
from gradloom.data import FilePictures
from picture_bytes import idx, png


@pytest.fixture
def pair(tmp_path):
    """An IDX pair of 30 pictures of three classes."""
    pixels = np.random.default_rng(0).integers(0, 256, (30, 4, 5))
    images = tmp_path / "few-images-idx3-ubyte.gz"
    images.write_bytes(gzip.compress(idx(pixels)))
    (tmp_path / "few-labels-idx1-ubyte").write_bytes(idx(np.arange(30) % 3))
    return images


@pytest.fixture
def animals(tmp_path):
    """A folder of cats and dogs."""
    rng = np.random.default_rng(1)
    folder = tmp_path / "animals"
    for name in ("cat", "dog"):
        (folder / name).mkdir(parents=True)
        for i in range(10):
            picture = png(rng.integers(0, 256, (5, 4, 1)))
            (folder / name / f"{i}.png").write_bytes(picture)
    return folder


def answer(monkeypatch, path):
    """Whatever a person is asked for is this; gives the titles of what was asked."""
    asked = []

    def file(_, title, *more):
        asked.append(title)
        return str(path), ""

    def folder(_, title, *more):
        asked.append(title)
        return str(path)

    monkeypatch.setattr(QFileDialog, "getOpenFileName", file)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", folder)
    return asked


def test_the_button_asks_what_to_open_and_ok_is_one_edit(desk, qtbot, animals, monkeypatch):
    press(desk.data.pictures_button)
    dialog = desk.dialog
    assert "folder of PNG or PGM pictures for each class" in dialog.hint.text()
    assert not dialog.ok.isEnabled()
    asked = answer(monkeypatch, animals)
    press(dialog.folder_button)
    settle(desk, qtbot)
    assert asked == ["Open a folder of pictures"]
    assert dialog.summary.text == "20 pictures of 1 × 5 × 4, 2 classes"
    assert dialog.classes.model().data(dialog.classes.model().index(1, 0)) == "dog: 10 pictures"
    assert not dialog.labels_button.isVisible()
    before = desk.bench.state
    press(dialog.ok)
    settle(desk, qtbot)
    assert desk.dialog is None
    assert isinstance(desk.source, FilePictures)
    assert desk.source.path == "animals"
    assert not desk.source.embedded
    state = desk.bench.state
    assert state.data.scaling == "minmax"
    assert state.prepared.features.max() == 1.0
    assert state.prepared.signature.feature_shape == (1, 5, 4)
    assert desk.data.counts.text().startswith("20 rows:")
    assert desk.data.change_button.text() == "Pictures…"
    assert desk.bench.document.undo_label == "Data: animals"
    desk.bench.document.undo()
    assert desk.bench.state == before


def test_pictures_that_do_not_fit_the_output_offer_their_remedy(desk, qtbot, pair):
    press(open_(desk, qtbot, pair).ok)
    settle(desk, qtbot)
    (card,) = [c for c in desk.data.cards if c.problem.fix == "fit_output"]
    press(card.fix)
    assert desk.bench.state.ready


def test_labels_that_are_not_beside_the_pictures_are_asked_for(
    desk, qtbot, pair, tmp_path, monkeypatch
):
    labels = (tmp_path / "few-labels-idx1-ubyte").rename(tmp_path / "answers.bin")
    dialog = open_(desk, qtbot, pair)
    assert "has no file of labels beside it; choose that file" in dialog.trouble.text()
    assert not dialog.ok.isEnabled()
    asked = answer(monkeypatch, labels)
    press(dialog.labels_button)
    settle(desk, qtbot)
    assert asked == ["Open the file of labels"]
    assert dialog.trouble.text() == ""
    assert "With answers.bin" in dialog.where.text()
    press(dialog.keep)
    press(dialog.ok)
    settle(desk, qtbot)
    assert (desk.source.path, desk.source.labels) == (pair.name, "answers.bin")
    assert desk.source.embedded


def test_scaling_is_chosen_before(desk, qtbot, pair):
    dialog = open_(desk, qtbot, pair)
    combo = dialog.form.rows["scaling"].field.combo
    combo.setFocus()
    QTest.keyClick(combo, Qt.Key.Key_Home)
    press(dialog.ok)
    settle(desk, qtbot)
    assert desk.bench.state.data.scaling == "none"
    assert desk.bench.state.prepared.features.max() == 255


@pytest.mark.parametrize(
    ("images", "labels", "words"),
    [
        (b"", [1, 2], "it starts with nothing"),
        (b"\x89PNG\r\n", [1, 2], "is no IDX file"),
        (idx(np.zeros((2, 3, 4)))[:20], [1, 2], "is cut short"),
        (idx(np.zeros((2, 3, 4))), [1, 2, 3], "do not belong together"),
        (b"\0\0\x08\x03" + b"\xff" * 12, [1, 2], "more than fit into memory"),
    ],
)
def test_a_bad_file_is_one_sentence(desk, qtbot, tmp_path, images, labels, words):
    path = tmp_path / "x-images-idx3-ubyte"
    path.write_bytes(images)
    (tmp_path / "x-labels-idx1-ubyte").write_bytes(idx(labels))
    before = desk.bench.state
    dialog = open_(desk, qtbot, path)
    assert words in dialog.trouble.text()
    assert not dialog.ok.isEnabled()
    assert desk.bench.state is before


def test_what_is_seen_only_at_the_end_is_told_and_nothing_changed(desk, qtbot, animals):
    dialog = open_(desk, qtbot, animals)
    (animals / "dog" / "3.png").write_bytes(b"\x89PNG\r\n\x1a\nno")
    before = desk.bench.state
    press(dialog.ok)
    settle(desk, qtbot)
    assert dialog.trouble.text() == "dog/3.png is cut short: its last part is missing."
    assert dialog.ok.isEnabled()
    assert desk.bench.state is before


def test_reading_is_cancelled_with_the_dialog(desk, qtbot, animals, monkeypatch):
    dialog = open_(desk, qtbot, animals)
    before = desk.bench.state

    def endless(path, labels, folder, waiting, **_):
        while True:
            waiting.tell(0.5)

    monkeypatch.setattr("gradloom.ui.importing.pictures.import_pictures", endless)
    press(dialog.ok)
    qtbot.waitUntil(lambda: dialog.bar.isVisible() and dialog.bar.value() == 50, timeout=3000)
    assert not dialog.folder_button.isEnabled()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    settle(desk, qtbot)
    assert desk.dialog is None
    assert desk.bench.state is before


def drop(widget, *paths):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    args = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0))
    enter = QDragEnterEvent(QPoint(5, 5), *args)
    enter.ignore()
    QApplication.sendEvent(widget, enter)
    if enter.isAccepted():
        QApplication.sendEvent(widget, QDropEvent(QPointF(5, 5), *args))
    return enter.isAccepted()


def test_folders_and_files_are_dropped_on_the_window(desk, qtbot, animals, pair, tmp_path):
    assert drop(desk.window, animals)
    settle(desk, qtbot)
    assert desk.dialog.title.text() == "animals"
    assert drop(desk.dialog, tmp_path / "few-labels-idx1-ubyte", pair)
    settle(desk, qtbot)
    assert desk.dialog.summary.text == "30 pictures of 1 × 4 × 5, 3 classes"
    before, said = desk.dialog, []
    desk.bench.view.message.connect(said.append)
    assert drop(desk.window, animals, pair)
    assert desk.dialog is before
    assert said[-1].startswith("One file at a time")


def test_a_project_that_is_opened_reads_its_pictures(desk, qtbot, pair):
    press(open_(desk, qtbot, pair).ok)
    settle(desk, qtbot)
    reopened(desk, qtbot)
    assert len(desk.bench.state.prepared.dataset) == 30
    assert not desk.bench.document.modified


@pytest.mark.parametrize("what", ["files", "folder"])
def test_pictures_that_are_gone_are_looked_for(desk, qtbot, what, request, tmp_path, monkeypatch):
    path = request.getfixturevalue("pair" if what == "files" else "animals")
    press(open_(desk, qtbot, path).ok)
    settle(desk, qtbot)
    there = tmp_path / "there"
    there.mkdir()
    for part in [path, *tmp_path.glob("few-labels*")]:
        shutil.move(part, there)
    reopened(desk, qtbot)
    (card,) = [c for c in desk.data.cards if c.problem.fix == "load_file"]
    asked = answer(monkeypatch, there / path.name)
    press(card.fix)
    settle(desk, qtbot)
    assert asked == [f"Where is {path.name}?"]
    assert desk.source.path == f"there/{path.name}"
    assert not desk.source.waiting


def test_pictures_are_changed_afterwards(desk, qtbot, pair):
    press(open_(desk, qtbot, pair).ok)
    settle(desk, qtbot)
    press(desk.data.change_button)
    settle(desk, qtbot)
    press(desk.dialog.keep)
    press(desk.dialog.ok)
    settle(desk, qtbot)
    assert desk.source.embedded
    assert desk.source.path == pair.name
