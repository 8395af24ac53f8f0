"""Projects and weights in files, as a person meets them: dialogs, recent files, recovery."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QMessageBox, QWidget

from gradloom.core.errors import UserError
from gradloom.data.files import moved
from gradloom.document import Document, State
from gradloom.document.files import (
    SUFFIX,
    data_folder,
    load_project,
    recoveries,
    save_project,
)
from gradloom.document.samples import Sample
from gradloom.engine.run import Checkpoint, TakenStep
from gradloom.session.copies import Copies
from gradloom.ui.view import Selection, View
from gradloom.ui.worker import TrainingBridge

if TYPE_CHECKING:
    from gradloom.ui.menus import Menus

PROJECTS = f"Gradloom projects (*{SUFFIX})"
WEIGHTS = "Weights (*.json)"
_RECENT, _MOST_RECENT = "files/recent", 10
_AUTOSAVE_MS = 20_000
_LARGE_RUN = 300_000  # numbers
_log = logging.getLogger(__name__)
_Buttons = QMessageBox.StandardButton


@contextlib.contextmanager
def _patience(run: Checkpoint | None) -> Iterator[None]:
    """The pointer that asks to wait, while a large run is written."""
    arrays = () if run is None else (run.theta, run.state, *run.slots.values())
    if sum(array.size for array in arrays) <= _LARGE_RUN:
        yield
        return
    QApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
    try:
        yield
    finally:
        QApplication.restoreOverrideCursor()


class Files(QObject):
    """Which file the project belongs to, and every way in and out of it."""

    changed = Signal()

    def __init__(
        self, document: Document, bridge: TrainingBridge, view: View, window: QWidget
    ) -> None:
        super().__init__(window)
        self._document = document
        self._bridge = bridge
        self._view = view
        self._window = window
        self._title = ""
        self._steps = 0  # of the run, when it was last in a file
        self._recent_menu: QMenu | None = None
        self._copied: tuple[State, int] | None = (document.state, 0)
        self.path: Path | None = None
        self._copies = Copies()
        self._timer = QTimer(self)
        self._timer.setInterval(_AUTOSAVE_MS)
        self._timer.timeout.connect(self.keep_copy)
        self._timer.start()

    @property
    def name(self) -> str:
        """What the title bar calls the project."""
        if self.path is not None:
            return self.path.name
        return self._title or "Untitled"

    @property
    def unsaved(self) -> bool:
        """Whether closing now would lose an edit."""
        return self._document.modified or (self.path is not None and self._trained)

    @property
    def _trained(self) -> bool:
        """Whether the run has gone on since the file was opened or saved."""
        latest = self._bridge.latest
        return latest is not None and latest.steps != self._steps

    # opening

    def new(self) -> None:
        """An empty canvas on the data that is there."""
        if self.may_leave():
            self._put(State(), None, None)
            self._view.say("")

    def open(self) -> None:
        """Ask for a project and open it."""
        if not self.may_leave():
            return
        chosen, _ = QFileDialog.getOpenFileName(
            self._window, "Open project", self._folder(), f"{PROJECTS};;All files (*)"
        )
        if chosen:
            self._try("This project can't be opened", lambda: self.load(Path(chosen)))

    def load(self, path: Path) -> None:
        """Open a project; raises UserError and leaves what is open untouched."""
        state, run = load_project(path)
        self._put(state, run, path.resolve())
        self._remember(path.resolve())
        self._view.say(f"Opened {path.name}.")

    def open_path(self, path: Path) -> None:
        """Open this project, if what is open may be left."""
        if self.may_leave():
            self._try("This project can't be opened", lambda: self.load(path))

    def open_sample(self, sample: Sample) -> bool:
        """Open a sample as a new project of your own; False when the person wants to stay."""
        if not self.may_leave():
            return False
        self._put(sample.state, None, None, sample.title)
        self._view.say(f"{sample.title}: {sample.sentence}")
        return True

    # saving

    def save(self) -> bool:
        """Save where the project belongs; ask where that is if it has no file yet."""
        return self.save_as() if self.path is None else self._write(self.path)

    def save_as(self) -> bool:
        """Ask for a file and save there."""
        start = self.path or Path(self._folder()) / f"{self.name}{SUFFIX}"
        chosen, _ = QFileDialog.getSaveFileName(self._window, "Save project", str(start), PROJECTS)
        if not chosen:
            return False
        path = Path(chosen)
        return self._write(path if path.suffix else path.with_suffix(SUFFIX))

    def export_weights(self) -> None:
        """Ask for a file and write the trained weights there."""
        from gradloom.exchange.weights import export_weights

        run = self._bridge.checkpoint()
        if run is None:
            self._warn("There are no weights to export", self._why_no_run())
            return
        start = Path(self._folder()) / f"{Path(self.name).stem}-weights.json"
        chosen, _ = QFileDialog.getSaveFileName(self._window, "Export weights", str(start), WEIGHTS)
        if chosen:
            path = Path(chosen)
            if self._try(
                "The weights were not written",
                lambda: export_weights(path, self._document.state, run),
            ):
                self._view.say(f"Weights written to {path.name}.")

    def import_weights(self) -> None:
        """Ask for a weights file and put its numbers into this network."""
        from gradloom.exchange.weights import import_weights

        chosen, _ = QFileDialog.getOpenFileName(
            self._window, "Import weights", self._folder(), f"{WEIGHTS};;All files (*)"
        )
        run = self._bridge.checkpoint()
        if not chosen:
            return
        if run is None:
            self._warn("The weights can't be put back", self._why_no_run())
            return

        def put() -> None:
            imported = import_weights(Path(chosen), self._document.state, run)
            self._bridge.take(TakenStep(run, imported), "Import Weights")

        if self._try("The weights can't be put back", put):
            self._view.say(f"Weights of {Path(chosen).name} are in the network now.")

    # leaving

    def may_leave(self) -> bool:
        """Ask about unsaved edits; False when the person wants to stay."""
        if not self.unsaved:
            return True
        answer = QMessageBox.question(
            self._window,
            "Save the changes?",
            f"“{self.name}” has changes that are in no file yet.",
            _Buttons.Save | _Buttons.Discard | _Buttons.Cancel,
            _Buttons.Save,
        )
        if answer == _Buttons.Save:
            return self.save()
        return answer == _Buttons.Discard

    def leave(self) -> None:
        """The program ends in order: no copy needs to be kept."""
        self._timer.stop()
        self._copies.close()

    # copies kept aside

    def keep_copy(self) -> None:
        """Keep a copy of unsaved edits, in case the program dies; it is written on a thread."""
        if not self.unsaved:
            self._copies.clear()
            self._copied = None
            return
        state = self._document.state
        try:
            run = self._bridge.checkpoint()
        except TimeoutError:  # one step takes very long; the next copy may find it done
            _log.info("autosave: the run did not answer in time")
            return
        steps = 0 if run is None else run.steps
        if self._copied is not None and not self._copies.failed:
            before, steps_before = self._copied
            if state is before and steps == steps_before:
                return
        self._copies.keep(state, run, self.path)
        self._copied = (state, steps)

    def offer_recovery(self) -> None:
        """Offer the newest copy that a program left behind when it died."""
        found = recoveries(data_folder())
        if not found:
            return
        newest = found[0]
        name = newest.origin.name if newest.origin else "an unsaved project"
        when = newest.written.astimezone().strftime("%H:%M on %d %B")
        answer = QMessageBox.question(
            self._window,
            "Recover your work?",
            f"Gradloom did not end in order. A copy of {name} from {when} was kept.",
            _Buttons.Open | _Buttons.Discard | _Buttons.Cancel,
            _Buttons.Open,
        )
        if answer == _Buttons.Open:

            def put() -> None:
                state, run = newest.load()
                self._put(state, run, newest.origin, saved=False)
                try:
                    with _patience(run):
                        self._copies.keep_now(state, run, newest.origin)
                except UserError as error:
                    _log.info("autosave: %s", error)  # the copy that was opened stays
                    return
                self._copied = (state, self._steps)
                newest.discard()

            self._try("The copy can't be opened", put)
        elif answer == _Buttons.Discard:
            for recovery in found:
                recovery.discard()

    # menus

    def add_menus(self, menus: Menus) -> None:
        """Recent files, filled when the menu is opened."""
        from PySide6.QtWidgets import QMainWindow

        window = self._window
        assert isinstance(window, QMainWindow)
        before = menus.actions["save"]
        file_menu = menus.menu(window, "File")
        self._recent_menu = QMenu("Open Recent", window)
        self._recent_menu.aboutToShow.connect(self._fill_recent)
        file_menu.insertMenu(before, self._recent_menu)

    def _fill_recent(self) -> None:
        menu = self._recent_menu
        assert menu is not None
        menu.clear()
        paths = [Path(p) for p in self._recent()]
        for path in paths:
            action = menu.addAction(path.name)
            action.setToolTip(str(path))
            action.setEnabled(path.exists())
            action.triggered.connect(lambda _=False, p=path: self.open_path(p))
        if not paths:
            menu.addAction("Nothing opened yet").setEnabled(False)

    # inside

    def _put(
        self,
        state: State,
        run: Checkpoint | None,
        path: Path | None,
        title: str = "",
        *,
        saved: bool = True,
    ) -> None:
        self._bridge.pause()
        self.path, self._title = path, title
        self._view.select(Selection())  # other layers and rows bear the same names
        self._view.select_rows(frozenset())
        self._document.replace(state)
        if not saved:
            self._document.mark_saved(State())
        self._steps = 0 if run is None else run.steps
        self._copied = (state, self._steps) if saved else None
        self._bridge.restore(run)
        self.changed.emit()

    def _write(self, path: Path) -> bool:
        state, run = self._at_home(path.resolve().parent), self._bridge.checkpoint()

        def put() -> None:
            with _patience(run):
                save_project(path, state, run)

        done = self._try("The project was not saved", put)
        if done:
            self._steps = 0 if run is None else run.steps
            self.path = path.resolve()
            self._document.edit("Save", lambda _: state)  # nothing, unless it went elsewhere
            self._document.mark_saved(state)
            self._remember(self.path)
            self._view.say(f"Saved {path.name}.")
            self.changed.emit()
        return done

    def _at_home(self, folder: Path) -> State:
        """The state as it is saved in a folder: its data's file by the way from there."""
        state = self._document.state
        source = moved(state.data.source, self.path.parent if self.path else None, folder)
        if source is state.data.source:
            return state
        return state.with_data(source=source)

    def _try(self, title: str, do) -> bool:  # type: ignore[no-untyped-def]
        try:
            do()
        except UserError as error:
            self._warn(title, str(error))
            return False
        return True

    def _warn(self, title: str, sentence: str) -> None:
        QMessageBox.warning(self._window, title, sentence)

    def _why_no_run(self) -> str:
        problems = [p.text for p in self._document.state.problems if p.stops_training]
        return problems[0] if problems else "Train the network first."

    def _folder(self) -> str:
        stored = QSettings().value("files/folder", "", type=str)
        return str(self.path.parent if self.path else stored or Path.home())

    def _recent(self) -> list[str]:
        stored = QSettings().value(_RECENT, [], type=list)
        return [str(p) for p in stored] if isinstance(stored, list) else []

    def _remember(self, path: Path) -> None:
        recent = [str(path), *(p for p in self._recent() if p != str(path))]
        settings = QSettings()
        settings.setValue(_RECENT, recent[:_MOST_RECENT])
        settings.setValue("files/folder", str(path.parent))
