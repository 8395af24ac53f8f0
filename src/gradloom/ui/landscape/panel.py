"""The landscape panel: asks for surveys, shows the newest, and the run as it goes on."""

from __future__ import annotations

import math
from dataclasses import replace

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from gradloom.document import Document, State
from gradloom.engine.progress import Progress
from gradloom.engine.run import TakenStep, frozen
from gradloom.layers.shapes import Array
from gradloom.session.landscape import Follower, Landscape
from gradloom.session.planes import grid
from gradloom.session.training import Status
from gradloom.ui.forms.parts import ElidedLabel, StillText
from gradloom.ui.landscape import words
from gradloom.ui.landscape.controls import Controls
from gradloom.ui.landscape.schedule import Schedule, same_loss, within
from gradloom.ui.landscape.service import LandscapeService
from gradloom.ui.landscape.view import LandscapeView
from gradloom.ui.plots.export import Columns
from gradloom.ui.theme import SMALL, Theme, small_buttons
from gradloom.ui.view import View
from gradloom.ui.worker import TrainingBridge

_SOON = 200  # ms after which it is drawn by itself
_FLASH = 0.15  # seconds for which a coarse picture does not take the place of a finer one
_LEFT = "The run has left the picture; Compute draws it anew."
_LOW = 230  # px; a panel that is no higher has one line below the picture
_HINT = "Point at the landscape to read it; click a place to mark it."


class LandscapePanel(QWidget):
    """The loss around the run: drawn when asked, and by itself when the run comes to rest."""

    def __init__(
        self, document: Document, view: View, theme: Theme, bridge: TrainingBridge
    ) -> None:
        super().__init__()
        self._document, self._messages, self._theme = document, view, theme
        self._bridge = bridge
        self._landscape: Landscape | None = None
        self._follower: Follower | None = None
        self._schedule = Schedule()
        self._place: Array | None = None  # that was clicked
        self._pointing = self._outside = False
        self.service = LandscapeService(document, bridge, self)
        self.controls = Controls(theme, self.service)
        self.view = LandscapeView(theme)
        self.caption, self.reading = ElidedLabel(size=SMALL), StillText()
        self.caption.set_quiet()
        self.put = QToolButton()
        self.put.setText("Put the run there")
        self.put.setToolTip(
            "Gives the network the weights of the marked place; Undo brings the run back."
        )
        self.put.clicked.connect(self._put)
        foot = QHBoxLayout()
        foot.setSpacing(6)
        foot.addWidget(self.reading, 1)
        foot.addWidget(self.put)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 4)
        column.setSpacing(3)
        column.addWidget(self.controls)
        column.addWidget(self.view, 1)
        column.addWidget(self.caption)
        column.addLayout(foot)
        self.setObjectName("landscape")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Loss landscape")
        self._soon = QTimer(self, singleShot=True, interval=_SOON)
        self._soon.timeout.connect(self._draw_by_itself)
        self._listen()
        self._clear("")
        self._paint()

    def _listen(self) -> None:
        self.controls.chosen.connect(self.compute)
        self.controls.asked.connect(self.compute)
        self.controls.options.rescaled.connect(self._draw)
        self.controls.options.switched.connect(self._soon.start)
        self.service.updated.connect(self._show)
        self.service.refused.connect(self._refuse)
        self.view.pointed.connect(self._read)
        self.view.left.connect(self._leave)
        self.view.clicked.connect(self._pick)
        self.view.table = self.columns
        self._bridge.progressed.connect(self._progressed)
        self._bridge.status_changed.connect(self._soon.start)
        self._disconnect = self._document.changed.connect(self._changed)
        self._theme.changed.connect(self._paint)

    def shutdown(self) -> None:
        """End the thread that computes; for closeEvent."""
        self._disconnect()
        self._soon.stop()
        self.service.shutdown()

    @property
    def landscape(self) -> Landscape | None:
        """What is shown."""
        return self._landscape

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.controls.show_state(self._document.state)
        self._follow()
        self._soon.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self.service.computing:
            self.service.stop()
            self._schedule.forget()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.caption.setVisible(self.height() > _LOW)
        self._leave()

    @Slot()
    def compute(self) -> None:
        """Draw the landscape around the run as it is now."""
        progress, wish = self._bridge.latest, self.controls.wish
        if progress is not None:
            self._schedule.ask(self._document.state, progress, wish)
        self.service.compute(wish)

    def columns(self) -> Columns:
        """The landscape as a table: a row for each of its places."""
        found = self._landscape
        if found is None:
            return {}
        ny, nx = found.losses.shape
        places = grid(found.extent, nx, ny)
        named = dict(zip(found.axes.names, places.T, strict=False))
        return {**named, "loss": found.losses.ravel()}

    # when to draw

    @Slot()
    def _draw_by_itself(self) -> None:
        """Draw what was not drawn or asked for yet, if that is wanted."""
        progress, state = self._bridge.latest, self._document.state
        if progress is None or not (self.isVisible() and state.ready):
            return
        wish, found = self.controls.wish, self._landscape
        if not self.controls.options.auto.isChecked():
            if found is None and not self.service.computing:
                self.view.notice = "Press Compute to draw the landscape around the run."
        elif self._bridge.status is not Status.RUNNING:
            if self._schedule.due_at_rest(state, progress, wish, found):
                self.compute()
        elif not self.service.computing:
            follower = self._follower
            place = None if follower is None else follower.places(progress.trajectory)[-1]
            if self._schedule.due_in_training(progress, wish, found, place):
                self.compute()

    @Slot(object)
    def _progressed(self, _: Progress) -> None:
        if self.isVisible():
            self._follow()
            if not self._soon.isActive():
                self._soon.start()

    def _changed(self, before: State, after: State) -> None:
        if same_loss(before, after):
            return
        self.service.stop()
        self._clear("" if after.ready else "The landscape appears when the network is ready.")
        if self.isVisible():
            self.controls.show_state(after)
        self._soon.start()

    # what is shown

    @Slot(object)
    def _show(self, found: Landscape) -> None:
        if not found.whole and self._landscape and self._schedule.age < _FLASH:
            return
        if found.whole:
            self._schedule.end()
        fresh = self._landscape is None or self._landscape.axes is not found.axes
        self._landscape = found
        if fresh:
            self._follower = Follower(found)
            self._mark(None)
        self._draw()

    @Slot()
    def _draw(self) -> None:
        found = self._landscape
        if found is None:
            return
        self.view.show_landscape(found, log=self.controls.options.log.isChecked())
        self.caption.set_text(words.slice_words(found), words.slice_tip(found))
        self._follow()

    def _follow(self) -> None:
        """The path of the run as it is now."""
        found, progress = self._landscape, self._bridge.latest
        if found is None or self._follower is None or progress is None:
            return
        places = self._follower.places(progress.trajectory)
        self.view.show_run(found, progress, places)
        self._outside = not within(found, places[-1])
        if not self._pointing:
            self._rest()

    @Slot(str)
    def _refuse(self, sentence: str) -> None:
        self._schedule.end()
        found = self._landscape
        if found is not None and found.wish == self.controls.wish:
            return  # after a reset: the new path is drawn on the landscape of the one before
        self._clear(sentence)

    def _clear(self, notice: str) -> None:
        self._landscape = self._follower = None
        self._mark(None)
        self.view.clear(notice)
        self.caption.set_text("")
        self.reading.setText("")

    # a place

    @Slot(object)
    def _read(self, place: Array) -> None:
        found = self._landscape
        if found is None:
            return
        self._pointing = True
        point = self.view.point_near(found, place)
        near = "" if point is None else words.point_words(found, point)
        self.reading.setText(words.place_words(found, place) + near)

    @Slot()
    def _leave(self) -> None:
        self._pointing = False
        self._rest()

    def _rest(self) -> None:
        """What is said while nobody points."""
        found, place = self._landscape, self._place
        if found is not None and place is not None:
            self.reading.setText(f"Marked: {words.place_words(found, place)}")
        elif found is not None:
            hint = self.caption.text if self.caption.isHidden() else _HINT
            self.reading.setText(_LEFT if self._outside else hint)

    @Slot(object)
    def _pick(self, place: Array) -> None:
        found = self._landscape
        if found is not None:
            self._mark(place)
            self._read(place)
            self.put.setEnabled(math.isfinite(words.loss_at(found, place)))

    def _mark(self, place: Array | None) -> None:
        self._place = place
        self.put.setVisible(place is not None)
        self.view.mark(self._landscape, place)

    @Slot()
    def _put(self) -> None:
        """Go on with the run at the marked place."""
        found, place, run = self._landscape, self._place, self._bridge.checkpoint()
        if found is None or place is None or run is None:
            return
        theta = frozen(found.axes.lift(place).astype(run.theta.dtype))
        self._mark(None)
        self._bridge.take(TakenStep(run, replace(run, theta=theta)), "Put Run There")
        self._messages.say("The run stands at the marked place; Undo brings it back.")

    def _paint(self) -> None:
        t = self._theme.tokens
        self.setStyleSheet(
            f"QWidget#landscape {{ background: {t.surface}; }}" + small_buttons(t, 5, t.accent)
        )
        self._draw()
