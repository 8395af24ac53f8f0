"""Projects and weights in files, as a person meets them: dialogs, what is asked before leaving."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from gradloom.core.errors import UserError
from gradloom.data.files import moved
from gradloom.document import Document, State
from gradloom.document.files import (
    SUFFIX,
    load_project,
    save_project,
)
from gradloom.document.samples import Sample
from gradloom.engine.run import Checkpoint, TakenStep
from gradloom.ui.recent import RecentMenu, last_folder, remember
from gradloom.ui.recovery import SafeCopies, patience
from gradloom.ui.view import Selection, View
from gradloom.ui.worker import TrainingBridge

if TYPE_CHECKING:
    from gradloom.ui.menus import Menus

PROJECTS = f"Gradloom projects (*{SUFFIX})"
WEIGHTS = "Weights (*.json)"
_Buttons = QMessageBox.StandardButton


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
        self.path: Path | None = None
        self.recent: RecentMenu | None = None
        self.safe = SafeCopies(document, bridge, lambda: self.unsaved, lambda: self.path, window)

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
        remember(path.resolve())
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
        self.safe.close()

    def offer_recovery(self) -> None:
        """Offer the newest copy that a program left behind when it died."""
        found = self.safe.offered()
        if found is None:
            return

        def put() -> None:
            state, run = found.load()
            self._put(state, run, found.origin, saved=False)
            self.safe.take_over(found, state, run)

        self._try("The copy can't be opened", put)

    # menus

    def add_menus(self, menus: Menus) -> None:
        """Recent files, filled when the menu is opened."""
        from PySide6.QtWidgets import QMainWindow

        window = self._window
        assert isinstance(window, QMainWindow)
        before = menus.actions["save"]
        file_menu = menus.menu(window, "File")
        self.recent = RecentMenu(window, self.open_path)
        file_menu.insertMenu(before, self.recent)

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
        self.safe.opened(state if saved else None, self._steps)
        self._bridge.restore(run)
        self.changed.emit()

    def _write(self, path: Path) -> bool:
        state, run = self._at_home(path.resolve().parent), self._bridge.checkpoint()

        def put() -> None:
            with patience(run):
                save_project(path, state, run)

        done = self._try("The project was not saved", put)
        if done:
            self._steps = 0 if run is None else run.steps
            self.path = path.resolve()
            self._document.edit("Save", lambda _: state)  # nothing, unless it went elsewhere
            self._document.mark_saved(state)
            remember(self.path)
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
        return last_folder() if self.path is None else str(self.path.parent)
