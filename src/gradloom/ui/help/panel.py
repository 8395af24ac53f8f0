"""The help panel: a page, the index, a search over all texts, back and forward."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gradloom.ui.help.links import TOPIC, Link
from gradloom.ui.help.page import HelpPage
from gradloom.ui.help.results import Results
from gradloom.ui.help.topics import Spot, index, search, topics
from gradloom.ui.theme import Theme

INDEX = Spot("")  # the index, as a place in the history
_MOST = 100  # places that are remembered
_BACK, _FORWARD = "Back", "Forward"


@dataclass
class _Place:
    """Where one was: a spot, and how far it was scrolled."""

    spot: Spot
    scrolled: int = 0


class HelpPanel(QWidget):
    """Shows topics by name. What a link does besides is asked for by `followed`."""

    followed = Signal(object)  # Link, of any scheme but "topic"
    left = Signal()  # Esc was pressed: the keyboard may go elsewhere

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._places = [_Place(INDEX)]
        self._at = 0
        self.page = HelpPage(theme)
        self.page.followed.connect(self._follow)
        self.page.installEventFilter(self)
        self.page.viewport().installEventFilter(self)
        self.results = Results(theme)
        self.results.chosen.connect(self.show_topic)
        self.results.installEventFilter(self)
        self._nothing = QLabel("No topic holds these words; try another one.")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setWordWrap(True)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search help")
        self.search.setAccessibleName("Search help")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._search)
        self.search.installEventFilter(self)
        self.back = self._button(_BACK, "Goes back to what was read before.", "Alt+Left")
        self.forward = self._button(_FORWARD, "Goes forward again.", "Alt+Right")
        self.contents = self._button("Contents", "Every topic in one list.", "Alt+Home")
        self.back.clicked.connect(lambda: self._go(-1))
        self.forward.clicked.connect(lambda: self._go(1))
        self.contents.clicked.connect(self.show_index)
        self._shortcut("Ctrl+F", self.focus_search)
        head = QHBoxLayout()
        head.setContentsMargins(8, 6, 8, 6)
        head.setSpacing(2)
        for button in (self.back, self.forward, self.contents):
            head.addWidget(button)
        head.addSpacing(4)
        head.addWidget(self.search, 1)
        self._stack = QStackedWidget()
        for widget in (self.page, self.results, self._nothing):
            self._stack.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._stack, 1)
        theme.changed.connect(self._paint)
        self._paint()
        self._show(INDEX)

    @property
    def spot(self) -> Spot:
        """What is shown: a topic and a heading; the index has no name."""
        return self._places[self._at].spot

    def show_topic(self, name: str, heading: str = "") -> None:
        """Show a topic, from a heading if one is given."""
        self._go_to(Spot(name, heading))

    def show_index(self) -> None:
        """Show every topic in one list."""
        self._go_to(INDEX)

    def focus_search(self) -> None:
        """Put the cursor into the search field."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._key(watched, event.key())
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonPress:
            step = {Qt.MouseButton.BackButton: -1, Qt.MouseButton.ForwardButton: 1}
            if event.button() in step:
                self._go(step[event.button()])
                return True
        return super().eventFilter(watched, event)

    def _key(self, watched: QObject, key: int) -> bool:
        """Whether a key was taken: Esc leaves, arrows and Enter go from the field to the list."""
        if key == Qt.Key.Key_Escape:
            if self.search.text():
                self.search.clear()
                self.page.setFocus()
            else:
                self.left.emit()
            return True
        if watched is self.search and key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.results.move(1 if key == Qt.Key.Key_Down else -1)
            return True
        if watched is self.search and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.results.choose()
            return True
        return False

    def _follow(self, link: Link) -> None:
        if link.scheme == TOPIC:
            self.show_topic(link.target)
        else:
            self.followed.emit(link)

    def _go_to(self, spot: Spot) -> None:
        self._remember()
        if spot != self.spot:
            self._places = [*self._places[: self._at + 1], _Place(spot)][-_MOST:]
            self._at = len(self._places) - 1
        self._show(spot)
        self.page.setFocus()

    def _go(self, by: int) -> None:
        if 0 <= self._at + by < len(self._places):
            self._remember()
            self._at += by
            place = self._places[self._at]
            self._show(place.spot)
            self.page.verticalScrollBar().setValue(place.scrolled)

    def _remember(self) -> None:
        self._places[self._at].scrolled = self.page.verticalScrollBar().value()

    def _show(self, spot: Spot) -> None:
        topic = topics().get(spot.topic)
        if topic is None:
            self.page.show_markdown(f"# Help\n\n{index()}", "Every topic of the help")
        else:
            self.page.show_topic(topic, spot.heading)
        self.search.clear()
        self._stack.setCurrentWidget(self.page)
        self.back.setEnabled(self._at > 0)
        self.forward.setEnabled(self._at < len(self._places) - 1)

    def _search(self, wanted: str) -> None:
        if not wanted.strip():
            self._stack.setCurrentWidget(self.page)
            return
        hits = search(wanted)
        self.results.show_hits(hits)
        self._stack.setCurrentWidget(self.results if hits else self._nothing)

    def _button(self, name: str, tip: str, keys: str) -> QToolButton:
        button = QToolButton()
        button.setAutoRaise(True)
        button.setAccessibleName(name)
        button.setToolTip(f"{tip} ({keys})")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._shortcut(keys, button.click)
        return button

    def _shortcut(self, keys: str, do: object) -> None:
        made = QShortcut(QKeySequence(keys), self)
        made.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        made.activated.connect(do)

    def _paint(self) -> None:
        icons = {self.back: "chevron-left", self.forward: "chevron-right"}
        for button, name in (icons | {self.contents: "list-tree"}).items():
            button.setIcon(self._theme.icon(name))
