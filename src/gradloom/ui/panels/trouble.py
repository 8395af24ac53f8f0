"""What is wrong with one layer, at its card: problems and findings with what mends them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from gradloom.ui.forms.parts import ElidedLabel, rule
from gradloom.ui.panels.fixing import ProblemCard
from gradloom.ui.panels.health_cards import FindingCard
from gradloom.ui.theme import NORMAL

if TYPE_CHECKING:
    from gradloom.ui.parts import Parts

_WIDTH, _GAP = 340, 6  # px
_EDGES = 4  # px, of its border and margin
_MARGIN = 80  # px of the screen that stay free above and below


def show_trouble(parts: Parts, layer: str) -> None:
    """Open what is wrong with a layer beside its badge; nothing if nothing is."""
    card, board = parts.canvas.sheet.cards.get(layer), parts.canvas.board
    if card is None or not card.face.problems:
        return
    popup = Trouble(parts, layer, parts.window)
    badge = card.face.frame.badge.moved(card.x(), card.y())
    place = board.viewportTransform().mapRect(QRectF(*badge)).toRect()
    popup.open_at(board.viewport().mapToGlobal(place.bottomLeft() + QPoint(0, _GAP)))


class Trouble(QFrame):
    """The cards of one layer. It goes when something else is clicked, edited, or Esc pressed."""

    def __init__(self, parts: Parts, layer: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("trouble")
        tokens = parts.theme.tokens
        self.setStyleSheet(
            f"#trouble {{ background: {tokens.raised}; border: 1px solid {tokens.quiet}; }}"
            f"#inside {{ background: {tokens.raised}; }}"
        )
        state = parts.document.state
        name = state.graph[layer].name
        self.setAccessibleName(f"What is wrong with {name}")
        self._inside = QWidget()
        self._inside.setObjectName("inside")
        column = QVBoxLayout(self._inside)
        column.setContentsMargins(14, 12, 14, 14)
        column.setSpacing(10)
        column.addWidget(ElidedLabel(name, NORMAL, strong=True))
        self.cards: list[QWidget] = [
            ProblemCard(parts.document, parts.view, parts.theme, problem, show=False)
            for problem in state.analysis.problems_of(layer)
        ]
        self.cards += [
            FindingCard(parts.document, parts.view, parts.theme, parts.health, finding)
            for finding in parts.health.findings_of(layer)
        ]
        for number, card in enumerate(self.cards):
            if number:
                column.addWidget(rule())
            column.addWidget(card)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(self._inside)
        self._inside.installEventFilter(self)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.addWidget(self._area)
        disconnect = parts.document.changed.connect(lambda *_: self.close())
        self.destroyed.connect(lambda *_: disconnect())
        parts.view.help_asked.connect(self.close)

    def open_at(self, where: QPoint) -> None:
        """Show with its corner at this global point, inside the screen."""
        self._fit()
        screen = self.screen().availableGeometry()
        x = min(where.x(), screen.right() - self.width())
        y = min(where.y(), screen.bottom() - self.height())
        self.move(max(x, screen.left()), max(y, screen.top()))
        self.show()
        first = self.cards[0].nextInFocusChain()
        if first is not None:
            first.setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if watched is self._inside and event.type() == QEvent.Type.LayoutRequest:
            self._fit()  # a reason was unfolded
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def _fit(self) -> None:
        """As high as its words need at this width, and no higher than the screen."""
        layout = self._inside.layout()
        assert layout is not None
        most = self.screen().availableGeometry().height() - _MARGIN
        high = layout.heightForWidth(_WIDTH - _EDGES)
        fits = high + _EDGES <= most
        if not fits:
            bar = self._area.verticalScrollBar().sizeHint().width()
            high = layout.heightForWidth(_WIDTH - _EDGES - bar)
        policy = Qt.ScrollBarPolicy
        self._area.setVerticalScrollBarPolicy(
            policy.ScrollBarAlwaysOff if fits else policy.ScrollBarAlwaysOn
        )
        self._inside.setMinimumHeight(high)
        self.setFixedSize(_WIDTH, min(high + _EDGES, most))
