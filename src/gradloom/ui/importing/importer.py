"""Every way by which a table of one's own comes into the project."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSettings
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from gradloom.core.errors import UserError
from gradloom.data import FileTable
from gradloom.data.files import Imported, load, read_again, relative
from gradloom.data.prepare import prepare
from gradloom.data.waiting import Waiting
from gradloom.document import Document, State
from gradloom.ui.importing.dialog import ImportDialog
from gradloom.ui.importing.origin import Origin, origin_of
from gradloom.ui.tables import TableService
from gradloom.ui.theme import Theme
from gradloom.ui.view import View

_KINDS = "Tables (*.csv *.tsv *.txt *.dat *.data *.xlsx *.xlsm *.parquet);;All files (*)"
_FOLDER = "tables/folder"
_OURS = ".gradloom"
_DRAGS = (QEvent.Type.DragEnter, QEvent.Type.DragMove)


class Importer(QObject):
    """Opens the import dialog over the window; takes files that are dropped on it.

    It also runs the errands of problems with a file (`document.fixes.ERRANDS`).
    """

    def __init__(
        self, document: Document, view: View, theme: Theme, tables: TableService, window: QWidget
    ) -> None:
        super().__init__(window)
        self._document, self._view, self._theme = document, view, theme
        self.tables, self._window = tables, window
        self.dialog: ImportDialog | None = None
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def ask(self) -> None:
        """Ask for a file, then show how it would be read."""
        path = self._ask_file("Open a table")
        if path is not None:
            self.open(path)

    def open(self, path: Path) -> None:
        """Show how a file would be read."""
        self._show(Origin(path))

    def paste(self) -> bool:
        """Show how the text of the clipboard would be read; False if there is none."""
        text = QGuiApplication.clipboard().text()
        if not text.strip():
            self._view.say("There is no table to paste: the clipboard holds no text.")
            return False
        self._show(Origin(None, text.encode()))
        return True

    def change(self) -> None:
        """Show how the project's own table is read, to change that."""
        source = self._document.state.data.source
        if isinstance(source, FileTable):
            try:
                origin = origin_of(source, self.tables.folder())
            except UserError as error:
                self._view.say(str(error))
                return
            self._show(origin, source)

    def run(self, errand: str) -> None:
        """Read the project's file: as it was, else as it is now, else where a person says it is."""
        source = self._document.state.data.source
        if not isinstance(source, FileTable):
            return
        folder = self.tables.folder()
        path = Path(source.path) if folder is None else folder / source.path
        if not source.path or not path.is_file():
            found = self._ask_file(f"Where is {source.name}?")
            if found is None:
                return
            source = source.replace(path=relative(found, folder))
        self._read(source, folder)

    def _read(self, source: FileTable, folder: Path | None) -> None:
        before = self._document.state
        digest = source.digest

        def work(waiting: Waiting) -> Imported:
            sentence = load(source, folder, waiting)
            made = Imported(source, ())
            if sentence:  # not what it was: take it as it is
                made = read_again(source, folder, waiting)
            prepare(before.data.replace(source=made.source), before.plan.seed)
            return made

        def done(made: Imported) -> None:
            def change(state: State) -> State:
                return dataclasses.replace(state, data=state.data.replace(source=made.source))

            # the state may have gone on to other data meanwhile: that stays
            now = self._document.state.data.source
            if isinstance(now, FileTable) and now.digest == digest:
                self._document.edit(f"Read {made.source.name} again", change)
                self._view.say(" ".join((f"{made.source.name} has been read.", *made.notes)))

        self.tables.run(f"Reading {source.name} …", work, done, self._view.say)

    def _show(self, origin: Origin, before: FileTable | None = None) -> None:
        if self.dialog is not None:
            self.dialog.reject()
        self.dialog = ImportDialog(
            self._document, self._view, self._theme, self.tables, origin, before, self._window
        )
        self.dialog.finished.connect(self._closed)
        self.dialog.open()

    def _closed(self) -> None:
        self.dialog = None

    def _ask_file(self, title: str) -> Path | None:
        start = str(QSettings().value(_FOLDER, "", type=str))
        folder = self.tables.folder()
        chosen, _ = QFileDialog.getOpenFileName(
            self._window, title, start or str(folder or Path.home()), _KINDS
        )
        if not chosen:
            return None
        QSettings().setValue(_FOLDER, str(Path(chosen).parent))
        return Path(chosen)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is not self._window:
            return False
        if event.type() in (*_DRAGS, QEvent.Type.Drop):
            assert isinstance(event, QDropEvent)
            path = _file_of(event)
            if path is None:
                return False
            event.acceptProposedAction()
            if event.type() == QEvent.Type.Drop:
                self.open(path)
            return True
        return False


def _file_of(event: QDropEvent) -> Path | None:
    """The one file that is dragged, unless it is a project."""
    urls = event.mimeData().urls()
    if len(urls) != 1 or not urls[0].isLocalFile():
        return None
    path = Path(urls[0].toLocalFile())
    return None if path.suffix == _OURS else path
