"""What is selected, and everything that can be set about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from gradloom.document import Document, State
from gradloom.ui.panels.cable_page import CablePage
from gradloom.ui.panels.layer_page import LayerPage
from gradloom.ui.panels.plan_page import PlanPage
from gradloom.ui.panels.several_page import SeveralPage
from gradloom.ui.theme import Theme
from gradloom.ui.view import View

if TYPE_CHECKING:
    from gradloom.ui.featuremaps import FeatureService
    from gradloom.ui.worker import TrainingBridge

_PARTS = ("graph", "data", "plan")  # of a state, that this panel depends on


class Properties(QScrollArea):
    """Shows the selected layer, layers or cable, and the plan when nothing is selected."""

    def __init__(
        self,
        document: Document,
        view: View,
        theme: Theme,
        bridge: TrainingBridge,
        features: FeatureService | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._view = document, view
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Properties")
        self.plan = PlanPage(document, view, theme)
        self.layer = LayerPage(document, view, theme, bridge, features)
        self.several = SeveralPage(document, view, theme)
        self.cable = CablePage(document, view, theme)
        self._pages: tuple[PlanPage | LayerPage | SeveralPage | CablePage, ...] = (
            self.plan,
            self.layer,
            self.several,
            self.cable,
        )
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(12, 8, 12, 12)
        column.setSpacing(0)
        for page in self._pages:
            page.setVisible(False)
            column.addWidget(page)
        column.addStretch(1)
        self.setWidget(inside)
        self._page: QWidget = self.plan
        disconnect = document.changed.connect(self._follow)
        self.destroyed.connect(lambda *_: disconnect())
        view.selection_changed.connect(self._select)
        self._show()

    @property
    def page(self) -> QWidget:
        """The page that is shown."""
        return self._page

    def _follow(self, before: State, after: State) -> None:
        if any(getattr(before, part) is not getattr(after, part) for part in _PARTS):
            self._show()

    def _select(self, _: object) -> None:
        for page in self._pages:
            page.flush()
        self._document.seal()
        self._show()
        self.verticalScrollBar().setValue(0)

    def _show(self) -> None:
        state, selection = self._document.state, self._view.selection
        layers = [layer.id for layer in state.graph if layer.id in selection.layers]
        edges = [edge for edge in state.graph.edges if edge in selection.edges]
        if len(layers) == 1:
            self.layer.show_layer(layers[0])
            self._turn_to(self.layer)
        elif layers:
            self.several.show_layers(layers)
            self._turn_to(self.several)
        elif edges:
            self.cable.show_edges(edges)
            self._turn_to(self.cable)
        else:
            self.plan.show_state()
            self._turn_to(self.plan)

    def _turn_to(self, page: QWidget) -> None:
        self._page = page
        for other in self._pages:
            if other.isHidden() is (other is page):
                other.setVisible(other is page)
