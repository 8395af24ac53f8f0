"""Every way by which data of one's own comes into the project."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSettings, QTimer
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from gradloom.core.errors import UserError
from gradloom.data import FilePictures, FileSource, FileTable
from gradloom.data.files import found_at, load, read_again
from gradloom.data.idx import is_idx
from gradloom.data.paths import absolute
from gradloom.data.picture_files import holds_pictures
from gradloom.data.sources.file import Imported
from gradloom.data.waiting import Waiting
from gradloom.document import Document
from gradloom.ui.importing.dialog import ImportDialog
from gradloom.ui.importing.frame import ImportFrame
from gradloom.ui.importing.origin import Origin, origin_of
from gradloom.ui.importing.pictures import FOLDER, LABELS, PICTURES, PicturesDialog
from gradloom.ui.tables import TableService
from gradloom.ui.theme import Theme
from gradloom.ui.view import View

_TABLES = "Tables (*.csv *.tsv *.txt *.dat *.data *.xlsx *.xlsm *.parquet);;All files (*)"
_IDX = "IDX files (*idx*ubyte* *.idx* *.gz);;All files (*)"
_TITLES = {
    FOLDER: "Open a folder of pictures",
    PICTURES: "Open a file of pictures",
    LABELS: "Open the file of labels",
}
_FOLDER = "tables/folder"
_OURS = ".gradloom"
_DROPS = (QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop)
_ONE_BY_ONE = (
    "One file at a time: drop a table, a project, a folder of pictures, or the two IDX files of a"
    " set of pictures."
)


class Importer(QObject):
    """Opens the import dialogs over the window; takes files that are dropped on it.

    `open_project` is given projects that are dropped; without it they are not taken. The importer
    also runs the errands of problems with a file (`document.fixes.ERRANDS`).
    """

    def __init__(
        self,
        document: Document,
        view: View,
        theme: Theme,
        tables: TableService,
        window: QWidget,
        open_project: Callable[[Path], object] | None = None,
    ) -> None:
        super().__init__(window)
        self._open_project = open_project
        self._document, self._view, self._theme = document, view, theme
        self.tables, self._window = tables, window
        self.dialog: ImportFrame | None = None
        tables.told.connect(view.say)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def ask(self) -> None:
        """Ask for a table, then show how it would be read."""
        path = self._ask_file("Open a table", _TABLES)
        if path is not None:
            self.open(path)

    def ask_pictures(self) -> None:
        """Show the dialog in which pictures are chosen."""
        self._show_pictures(None, None)

    def open(self, path: Path) -> None:
        """Show how a file or a folder would be read."""
        if holds_pictures(path):
            self._show_pictures(path, None)
        else:
            self._show_table(Origin(path))

    def paste(self) -> bool:
        """Show how the text of the clipboard would be read; False if there is none."""
        text = QGuiApplication.clipboard().text()
        if not text.strip():
            self._view.say("There is no table to paste: the clipboard holds no text.")
            return False
        self._show_table(Origin(None, text.encode()))
        return True

    def change(self) -> None:
        """Show how the project's own files are read, to change that."""
        source, folder = self._document.state.data.source, self.tables.folder()
        if isinstance(source, FilePictures):
            labels = absolute(source.labels, folder) if source.labels else None
            self._show_pictures(absolute(source.path, folder), labels, source)
        elif isinstance(source, FileTable):
            try:
                origin = origin_of(source, folder)
            except UserError as error:
                self._view.say(str(error))
                return
            self._show_table(origin, source)

    def run(self, errand: str) -> None:
        """Read the project's files: as they were, else as they are, else where a person says."""
        source = self._document.state.data.source
        if not isinstance(source, FileSource):
            return
        folder = self.tables.folder()
        places = [absolute(path, folder) for n in source.paths if (path := getattr(source, n))]
        if not places or not all(place.exists() for place in places):
            found = self._ask_where(source)
            if found is None:
                return
            try:
                source = found_at(source, found, folder)
            except UserError as error:
                self._view.say(str(error))
                return
        self._read(source, folder)

    def _read(self, source: FileSource, folder: Path | None) -> None:
        before = self._document.state
        digest = source.digest

        def work(waiting: Waiting) -> Imported[FileSource]:
            sentence = load(source, folder, waiting)
            made = Imported(source, ())
            if sentence:  # not what it was: take it as it is
                made = read_again(source, folder, waiting)
            _ = before.with_data(source=made.source).prepared  # here, so that the window need not
            return made

        def done(made: Imported[FileSource]) -> None:
            # the state may have gone on to other data meanwhile: that stays
            now = self._document.state.data.source
            if isinstance(now, FileSource) and now.digest == digest:
                self._document.edit(
                    f"Read {made.source.name} again", lambda s: s.with_data(source=made.source)
                )
                self._view.say(" ".join((f"{made.source.name} has been read.", *made.notes)))

        self.tables.run(f"Reading {source.name} …", work, done, self._view.say)

    def _show_table(self, origin: Origin, before: FileTable | None = None) -> None:
        self._show(
            ImportDialog(
                self._document, self._view, self._theme, self.tables, origin, before, self._window
            )
        )

    def _show_pictures(
        self, path: Path | None, labels: Path | None, before: FilePictures | None = None
    ) -> None:
        dialog = PicturesDialog(
            self._document,
            self._view,
            self._theme,
            self.tables,
            self._ask_pictures,
            before,
            self._window,
        )
        self._show(dialog)
        if path is not None:
            dialog.look_at(path, labels)

    def _show(self, dialog: ImportFrame) -> None:
        if self.dialog is not None:
            self.dialog.reject()
        self.dialog = dialog
        dialog.finished.connect(self._closed)
        dialog.setAcceptDrops(True)
        dialog.installEventFilter(self)
        dialog.open()

    def _closed(self) -> None:
        self.dialog = None

    def _ask_where(self, source: FileSource) -> Path | None:
        title = f"Where is {source.name}?"
        if isinstance(source, FilePictures):
            return self._ask_file(title, _IDX) if source.labels else self._ask_folder(title)
        return self._ask_file(title, _TABLES)

    def _ask_pictures(self, what: str) -> Path | None:
        title = _TITLES[what]
        return self._ask_folder(title) if what == FOLDER else self._ask_file(title, _IDX)

    def _ask_file(self, title: str, kinds: str) -> Path | None:
        chosen, _ = QFileDialog.getOpenFileName(self._window, title, self._start, kinds)
        return self._remembered(chosen)

    def _ask_folder(self, title: str) -> Path | None:
        return self._remembered(QFileDialog.getExistingDirectory(self._window, title, self._start))

    @property
    def _start(self) -> str:
        """Where a person is asked for files first."""
        stored = str(QSettings().value(_FOLDER, "", type=str))
        return stored or str(self.tables.folder() or Path.home())

    def _remembered(self, chosen: str) -> Path | None:
        if not chosen:
            return None
        QSettings().setValue(_FOLDER, str(Path(chosen).parent))
        return Path(chosen)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched not in (self._window, self.dialog) or event.type() not in _DROPS:
            return False
        assert isinstance(event, QDropEvent)
        paths = _files_of(event)
        take = self._taker(paths)
        if take is None:
            return False
        event.acceptProposedAction()
        if event.type() == QEvent.Type.Drop:
            take(paths[0])
        return True

    def _taker(self, paths: Sequence[Path]) -> Callable[[Path], object] | None:
        """What is done with files that are dropped; None if they are not taken."""
        if not paths:
            return None
        if len(paths) > 1 and not (len(paths) == 2 and all(map(is_idx, paths))):
            return lambda _: self._view.say(_ONE_BY_ONE)
        if paths[0].suffix != _OURS:
            return self.open
        opened = self._open_project
        if opened is None:
            return None
        # later, as it may ask: whoever the file comes from waits for the end of the drop
        return lambda path: QTimer.singleShot(0, self, lambda: opened(path))


def _files_of(event: QDropEvent) -> list[Path]:
    """The files and folders that are dragged; none if something else is among them."""
    urls = event.mimeData().urls()
    return [Path(url.toLocalFile()) for url in urls] if all(u.isLocalFile() for u in urls) else []
