"""What the window asks of help: a topic, what help says of something, help for what has the focus.

The panel is made when help is first needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QApplication, QDockWidget, QWidget

from gradloom.core.errors import UserError
from gradloom.ui.help.links import ACTION, ADD, PANEL, SAMPLE, SET, TABLE, Link
from gradloom.ui.help.subjects import subject_of

if TYPE_CHECKING:
    from gradloom.ui.help.panel import HelpPanel
    from gradloom.ui.parts import Parts

DOCK = "help"


class Guide(QObject):
    """Help of one window; `parts.window.docks` has a dock for it, empty until it is shown."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts.window)
        self._parts = parts
        self._panel: HelpPanel | None = None
        parts.window.docks.when_shown(DOCK, self.furnish)
        parts.view.help_asked.connect(self.about)

    def furnish(self) -> None:
        """Fill the dock."""
        self.panel()

    def panel(self) -> HelpPanel:
        """The panel, made now if it is not there yet."""
        if self._panel is None:
            from gradloom.ui.help.panel import HelpPanel

            self._panel = HelpPanel(self._parts.theme)
            self._panel.followed.connect(self.follow)
            self._panel.left.connect(self._parts.canvas.focus)
            self._parts.window.docks.set(DOCK, self._panel)
        return self._panel

    def toggle(self) -> None:
        """Bring help to the front as it was left; close it if it has the keyboard already."""
        panel = self.panel()
        focus = QApplication.focusWidget()
        if panel.isVisible() and focus is not None and panel.isAncestorOf(focus):
            self._parts.window.docks.hide(DOCK)
            self._parts.canvas.focus()
        else:
            self._raise()
            panel.focus_search()

    def show(self, topic: str, heading: str = "") -> None:
        """Bring a topic to the front."""
        self._raise()
        self.panel().show_topic(topic, heading)

    @Slot(str)
    def about(self, subject: str) -> None:
        """Bring what help says of a subject to the front; the index if it says nothing."""
        from gradloom.ui.help.topics import spots

        spot = spots().get(subject)
        if spot is not None:
            self.show(spot.topic, spot.heading)
        else:
            self._raise()
            self.panel().show_index()

    def here(self) -> None:
        """Help on what has the focus."""
        self.about(self._subject_here(QApplication.focusWidget()))

    def follow(self, link: Link) -> None:
        """Do what a link says; where that can't be, a sentence says why."""
        from gradloom.document.samples import SAMPLES
        from gradloom.ui.help.words import actions, table_path

        parts = self._parts
        if link.scheme == SAMPLE:
            parts.window.open_sample(SAMPLES[link.target])
        elif link.scheme == TABLE:
            parts.window.importer.open(table_path(link.target))
        elif link.scheme == PANEL:
            parts.window.docks.show(link.target)
        elif link.scheme == ADD:
            parts.canvas.add_kind(link.target)
        elif link.scheme == SET:
            self._set(link.target)
        elif link.scheme == ACTION:
            action = actions()[link.target]
            if action.when(parts):
                action.do(parts)
            else:
                parts.view.say(f"“{action.text}” makes no sense just now. {action.tip}")

    def _set(self, target: str) -> None:
        from gradloom.ui.help.experiments import experiment

        before = len(self._parts.document.state.graph.layers)
        try:
            changed = self._parts.document.edit("Try It", lambda state: experiment(state, target))
        except UserError as error:
            self._parts.view.say(str(error))
            return
        if len(self._parts.document.state.graph.layers) != before:
            self._parts.canvas.fit()
        self._parts.view.say("Done; Ctrl+Z takes it back." if changed else "So it is already.")

    def _selected(self) -> str:
        single, graph = self._parts.view.selection.single, self._parts.document.state.graph
        return subject_of(graph[single].kind) if single is not None and single in graph else ""

    def _raise(self) -> None:
        self._parts.window.docks.show(DOCK)

    def _subject_here(self, widget: QWidget | None) -> str:
        """What the nearest widget that knows it says it is about; a layer on the canvas."""
        while widget is not None:
            subject = getattr(widget, "help_subject", "")
            if subject:
                return str(subject)
            if widget is self._parts.canvas:
                return self._selected() or "panel:canvas"
            if isinstance(widget, QDockWidget):
                return f"panel:{widget.objectName().removeprefix('dock_')}"
            widget = widget.parentWidget()
        return "panel:canvas"
