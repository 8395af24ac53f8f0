"""The import dialog for pictures: which files, what they hold, how they are scaled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QPushButton, QWidget

from gradloom.core.counting import counted
from gradloom.data import DataSpec, FilePictures
from gradloom.data.picture_files import import_pictures, look_at, places_of
from gradloom.data.pictures import Look
from gradloom.document import Document
from gradloom.layers.shapes import words
from gradloom.ui.forms import Form
from gradloom.ui.forms.parts import ElidedLabel, sentence
from gradloom.ui.importing.classes import ClassList
from gradloom.ui.importing.frame import ImportFrame
from gradloom.ui.tables import TableService
from gradloom.ui.theme import NORMAL, Theme, font
from gradloom.ui.view import View

FOLDER, PICTURES, LABELS = "folder", "pictures", "labels"  # what a person is asked for
_NOTHING = (
    "Choose a folder that holds a folder of PNG or PGM pictures for each class, or a file of"
    " pictures in MNIST's IDX format (also .gz), whose file of labels is looked for beside it."
    " Dropping either on the window does the same."
)


class PicturesDialog(ImportFrame):
    """Shows what a folder or an IDX file holds; both can be chosen here."""

    def __init__(
        self,
        document: Document,
        view: View,
        theme: Theme,
        tables: TableService,
        ask: Callable[[str], Path | None],
        before: FilePictures | None,
        parent: QWidget,
    ) -> None:
        """`ask` has a person choose a folder, a file of pictures or one of labels.

        `before`: the same pictures as the project has them already.
        """
        super().__init__(document, view, theme, tables, parent, "Pictures")
        self.setWindowTitle("Open pictures")
        self._ask = ask
        self._path: Path | None = None
        self._labels: Path | None = None
        self._look: Look | None = None
        self.folder_button = _button("Choose a folder…", "A folder with a folder for each class.")
        self.file_button = _button(
            "Choose an IDX file…", "A file of pictures as MNIST has them, plain or packed (.gz)."
        )
        self.labels_button = _button(
            "Choose the labels…", "The IDX file with the label of each picture."
        )
        self.folder_button.clicked.connect(lambda: self._choose(FOLDER))
        self.file_button.clicked.connect(lambda: self._choose(PICTURES))
        self.labels_button.clicked.connect(lambda: self._choose(LABELS))
        self.where = sentence()
        self.form = Form(theme, only=("scaling",))
        self.form.edited.connect(lambda record, _: self.form.show_record(record))
        scaling = document.state.data.scaling if before is not None else "minmax"
        self.form.show_record(document.state.data.replace(scaling=scaling))
        for widget in (
            self.folder_button,
            self.file_button,
            self.labels_button,
            self.where,
            self.form,
        ):
            self.settings.addWidget(widget)
        self.keep.setChecked(bool(before and before.embedded))
        self.ok.setText("Use these pictures")
        self.summary = ElidedLabel(size=NORMAL, strong=True)
        self.hint = sentence(_NOTHING)
        self.hint.setFont(font(NORMAL))
        self.classes = ClassList(theme)
        for shown in (self.summary, self.hint):
            self.content.addWidget(shown)
        self.content.addWidget(self.classes, 1)
        self.content.addStretch(0)
        self.resize(820, 580)
        self.say("")
        self.enable()

    def look_at(self, path: Path, labels: Path | None = None) -> None:
        """Show what is there."""
        self._path, self._labels, self._look = path, labels, None
        self.title.setText(path.name)
        self.where.setText("")
        self.say(f"Looking at {path.name} …")
        self.enable()

        def work() -> tuple[tuple[Path, Path | None], Look]:
            return places_of(path, labels), look_at(path, labels)

        self.look(path.name, work, self._found)

    def take(self) -> None:
        path, labels, folder = self._path, self._labels, self._tables.folder()
        record, embed = self.form.record, self.keep.isChecked()
        if path is None or self._look is None or self.busy:
            return
        assert isinstance(record, DataSpec)
        self.bring(
            path.name,
            lambda waiting: import_pictures(path, labels, folder, waiting, embed=embed),
            scaling=record.scaling,
        )

    def enable(self) -> None:
        look, busy = self._look, self.busy
        self.ok.setEnabled(look is not None and not busy)
        for widget in (self.folder_button, self.file_button, self.labels_button, self.form):
            widget.setEnabled(not busy)
        single = self._path is not None and not self._path.is_dir()
        self.labels_button.setVisible(single)
        self.hint.setVisible(look is None)
        self.summary.setVisible(look is not None)
        self.classes.setVisible(look is not None)

    def _found(self, found: object) -> None:
        assert isinstance(found, tuple)
        (path, labels), look = found
        self._path, self._labels, self._look = path, labels, look
        self.title.setText(path.name)
        where = f"In {path.parent}." if labels is None else f"With {labels.name}, in {path.parent}."
        self.where.setText(f"{where} The numbers in the files are 0 to 255.")
        self.summary.set_text(
            f"{counted(look.count, 'picture')} of {words(look.shape)}, "
            f"{counted(len(look.classes), 'class', 'classes')}",
            "Channels × height × width",
        )
        self.classes.show_look(look)
        self.say("")
        self.enable()

    def _choose(self, what: str) -> None:
        chosen = self._ask(what)
        if chosen is None:
            return
        if what == LABELS and self._path is not None:
            self.look_at(self._path, chosen)
        else:
            self.look_at(chosen)


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setAccessibleDescription(tip)
    button.setAutoDefault(False)
    return button
