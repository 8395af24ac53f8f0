"""The gallery: every sample as a card, by group, with a search field over them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gradloom.document.samples import GROUPS, Sample, SampleGroup
from gradloom.ui.forms.flow import FlowLayout
from gradloom.ui.samples.card import WIDTH, SampleCard
from gradloom.ui.samples.previews import Previews
from gradloom.ui.theme import GRID, LARGE, Theme, font

_ACROSS = 3  # cards side by side at most
_MARGIN = 2 * GRID


class SamplesDialog(QDialog):
    """`open_sample` opens one as a project and says whether it did; then the gallery closes."""

    def __init__(
        self,
        theme: Theme,
        previews: Previews | None,
        open_sample: Callable[[Sample], bool],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Samples")
        self.setObjectName("samples")
        self._open_sample = open_sample
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search samples")
        self.search.setAccessibleName("Search samples")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.search.installEventFilter(self)
        self.cards: list[SampleCard] = []
        self._groups: list[tuple[SampleGroup, QLabel, list[SampleCard]]] = []
        self._nothing = QLabel("No sample is about that; try another word.")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.hide()
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(self._fill(theme, previews))
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, _MARGIN, GRID, GRID)
        column.setSpacing(GRID)
        column.addWidget(self.search)
        column.addWidget(self._area, 1)
        column.addWidget(self._nothing, 1)
        theme.changed.connect(self._repaint)
        if previews is not None:
            previews.arrived.connect(self._follow)
        room = parent.size() - QSize(6 * GRID, 6 * GRID)
        across = max(1, min(_ACROSS, (room.width() - 3 * _MARGIN) // (WIDTH + _MARGIN)))
        self.resize(across * (WIDTH + _MARGIN) + 3 * _MARGIN, min(90 * GRID, room.height()))

    def _fill(self, theme: Theme, previews: Previews | None) -> QWidget:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, GRID, GRID)
        column.setSpacing(GRID)
        for group in GROUPS:
            heading = QLabel(group.title)
            heading.setFont(font(LARGE, strong=True))
            heading.setContentsMargins(0, GRID if self._groups else 0, 0, 0)
            column.addWidget(heading)
            flow = FlowLayout(spacing=_MARGIN)
            cards = [SampleCard(sample, theme, previews) for sample in group.samples]
            for card in cards:
                card.clicked.connect(lambda _=False, card=card: self._open(card))
                card.walked.connect(lambda key, card=card: self._walk(card, key))
                card.focused.connect(lambda card=card: self._area.ensureWidgetVisible(card, 0, 60))
                flow.addWidget(card)
            column.addLayout(flow)
            self._groups.append((group, heading, cards))
            self.cards += cards
        most = max(card.words_height() for card in self.cards)
        for card in self.cards:
            card.set_room(most)
        column.addStretch(1)
        return inside

    @property
    def shown(self) -> list[SampleCard]:
        """The cards that the search leaves."""
        return [card for card in self.cards if not card.isHidden()]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """From the search field on with Down, or straight into the first card with Enter."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and self.shown:
            if event.key() == Qt.Key.Key_Down:
                self.shown[0].setFocus(Qt.FocusReason.TabFocusReason)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._open(self.shown[0])
                return True
        return super().eventFilter(watched, event)

    def _filter(self, wanted: str) -> None:
        words = wanted.lower().split()
        for group, heading, cards in self._groups:
            for card in cards:
                sample = card.sample
                text = f"{group.title} {sample.title} {sample.sentence}".lower()
                card.setVisible(all(word in text for word in words))
            heading.setVisible(any(not card.isHidden() for card in cards))
        self._area.setVisible(bool(self.shown))
        self._nothing.setVisible(not self.shown)
        self._area.verticalScrollBar().setValue(0)

    def _walk(self, card: SampleCard, key: int) -> None:
        """The nearest card that way; up from the first line is the search field."""
        shown = self.shown
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            at = shown.index(card) + (1 if key == Qt.Key.Key_Right else -1)
            if 0 <= at < len(shown):
                shown[at].setFocus(Qt.FocusReason.TabFocusReason)
            return
        down = key == Qt.Key.Key_Down
        lines = [c for c in shown if (c.y() > card.y() if down else c.y() < card.y())]
        if lines:
            line = (min if down else max)(c.y() for c in lines)
            near = min((c for c in lines if c.y() == line), key=lambda c: abs(c.x() - card.x()))
            near.setFocus(Qt.FocusReason.TabFocusReason)
        elif not down:
            self.search.setFocus(Qt.FocusReason.TabFocusReason)

    def _open(self, card: SampleCard) -> None:
        if self._open_sample(card.sample):
            self.accept()

    def _repaint(self) -> None:
        for card in self.cards:
            card.refresh()

    def _follow(self) -> None:
        for card in self.cards:
            card.follow()
