"""One selected layer: name, kind, shapes, problems, settings, and its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gradloom.core.checks import Text
from gradloom.core.problem import Problem
from gradloom.core.settings import Declared
from gradloom.document import Document, State
from gradloom.graph.edits import rename, set_kind
from gradloom.layers import Kind
from gradloom.ui.forms import Form
from gradloom.ui.forms.asking import AskButton
from gradloom.ui.forms.fields import TextField
from gradloom.ui.forms.leaving import take_away
from gradloom.ui.forms.parts import ElidedLabel, sentence
from gradloom.ui.panels.feature_maps import LayerMaps
from gradloom.ui.panels.figures import Figures
from gradloom.ui.panels.fixing import ProblemCard
from gradloom.ui.panels.said import count, flow, hints, setting_label
from gradloom.ui.theme import NORMAL, Theme, font, icon_pixmap
from gradloom.ui.view import View

if TYPE_CHECKING:
    from gradloom.ui.featuremaps import FeatureService
    from gradloom.ui.worker import TrainingBridge


class NameField(TextField):
    """The name of a layer: not empty, and not another layer's."""

    def __init__(self, document: Document) -> None:
        super().__init__(Text(60))
        self._document = document
        self.layer = ""

    def read(self, text: str) -> tuple[Any, str]:
        name = text.strip()
        if not name:
            return name, "must have at least one character"
        graph = self._document.state.graph
        if any(layer.name == name and layer.id != self.layer for layer in graph):
            return name, f"“{name}” is another layer's; choose a different one"
        return name, ""


class LayerPage(QWidget):
    """Everything about one layer."""

    def __init__(
        self,
        document: Document,
        view: View,
        theme: Theme,
        bridge: TrainingBridge,
        features: FeatureService | None = None,
    ) -> None:
        super().__init__()
        self._document, self._view, self._theme = document, view, theme
        self._layer = ""
        self._problems: tuple[Problem, ...] = ()
        self.cards: list[ProblemCard] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self._icon = QLabel()
        self._icon.setFixedSize(22, 22)
        self.name = NameField(document)
        self.name.edit.setAccessibleName("Name of the layer")
        self.name.edit.setToolTip("The layer's name; Enter takes it, Esc brings the old one back.")
        self.name.edit.setFont(font(NORMAL, strong=True))
        self.name.proposed.connect(self._renamed)
        self.name.refused.connect(self._name_refused)
        self.name.settled.connect(document.seal)
        self.name_trouble = sentence(quiet=False)
        self.name_trouble.setVisible(False)
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self._icon)
        head.addWidget(self.name, 1)
        self.asking = AskButton(theme, view.ask_help)
        head.addWidget(self.asking)
        self.facts = ElidedLabel()
        self.help = sentence()
        column.addLayout(head)
        for widget in (self.name_trouble, self.facts, self.help):
            column.addWidget(widget)
        self._trouble = QVBoxLayout()
        self._trouble.setSpacing(8)
        column.addLayout(self._trouble)
        self.form = Form(theme, ask=view.ask_help)
        self.form.edited.connect(self._edited)
        self.form.settled.connect(document.seal)
        column.addWidget(self.form)
        self.maps = LayerMaps(document, theme, features)
        column.addWidget(self.maps)
        self.figures = Figures(document, view, theme, bridge)
        column.addWidget(self.figures)
        theme.changed.connect(self._repaint)

    @property
    def layer(self) -> str:
        """The id of the layer that is shown, or ""."""
        return self._layer

    @property
    def help_subject(self) -> str:
        """What help on this page is about."""
        return self.asking.subject

    def flush(self) -> None:
        """Take what was typed and not taken yet."""
        if self._layer in self._document.state.graph:
            self.name.flush()
            self.form.flush()

    def show_layer(self, id_: str) -> None:
        """Show this layer of the document's network."""
        state = self._document.state
        layer = state.graph[id_]
        if id_ != self._layer:
            self._layer = self.name.layer = id_
        self.name.show_value(layer.name)
        parts = [layer.kind.label, flow(state, id_), count(state, id_)]
        self.facts.set_text(" · ".join(part for part in parts if part), "Kind, shapes, parameters")
        self.help.setText(layer.kind.help)
        self.asking.show_subject(layer.kind)
        self._show_icon(layer.kind)
        self._show_problems(state)
        self.form.show_record(layer.kind, hints(state, id_))
        self.maps.show_layer(id_)
        self.figures.show_layer(id_)

    def _show_icon(self, kind: Kind) -> None:
        self._icon.setPixmap(icon_pixmap(kind.icon, self._theme.tokens.text, 20))
        self._icon.setToolTip(f"{kind.label}, one of {kind.category}")

    def _show_problems(self, state: State) -> None:
        found = state.analysis.problems_of(self._layer)
        if found == self._problems:
            return
        self._problems = found
        for card in self.cards:
            take_away(card)
        self.cards = [
            ProblemCard(self._document, self._view, self._theme, p, show=False) for p in found
        ]
        for card in self.cards:
            self._trouble.addWidget(card)

    def _edited(self, kind: Declared, path: str) -> None:
        id_, graph = self._layer, self._document.state.graph
        if id_ not in graph:
            return  # typed for a layer of a project that is closed

        def change(state: State) -> State:
            assert isinstance(kind, Kind)
            return state.with_graph(set_kind(state.graph, id_, kind))

        label = f"{setting_label(kind, path)} of {graph[id_].name}"
        self._document.edit(label, change, ("layer", id_, path))

    def _renamed(self, name: str, _: str) -> None:
        id_ = self._layer
        if id_ not in self._document.state.graph:
            return
        self._document.edit(
            f"Rename to {name}",
            lambda state: state.with_graph(rename(state.graph, id_, name)),
            ("layer", id_, "name"),
        )

    def _name_refused(self, why: str) -> None:
        self.name_trouble.setText(f"The name {why}." if why else "")
        self.name_trouble.setVisible(bool(why))
        colour = self._theme.tokens.error
        self.name_trouble.setStyleSheet(f"color: {colour};" if why else "")
        self.name.edit.setStyleSheet(f"QLineEdit {{ border: 1px solid {colour}; }}" if why else "")

    def _repaint(self) -> None:
        self._problems = ()
        state = self._document.state
        if self._layer in state.graph:
            self._show_icon(state.graph[self._layer].kind)
            self._show_problems(state)
