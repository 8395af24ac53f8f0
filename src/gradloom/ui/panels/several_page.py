"""Several selected layers: what they share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from gradloom.core.counting import counted
from gradloom.core.settings import Declared
from gradloom.document import Document, State
from gradloom.graph.edits import set_kind
from gradloom.ui.forms import Form
from gradloom.ui.forms.parts import ElidedLabel, sentence
from gradloom.ui.panels.said import hints, setting_label
from gradloom.ui.theme import LARGE, Theme
from gradloom.ui.view import View


class SeveralPage(QWidget):
    """How many of which kind; if they are of one kind, its form edits all of them in one step."""

    def __init__(self, document: Document, view: View, theme: Theme) -> None:
        super().__init__()
        self._document = document
        self._layers: tuple[str, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.title = ElidedLabel("", LARGE, strong=True)
        self.words = sentence()
        self.form = Form(theme, ask=view.ask_help)
        self.form.edited.connect(self._edited)
        self.form.settled.connect(document.seal)
        for widget in (self.title, self.words, self.form):
            column.addWidget(widget)

    def flush(self) -> None:
        """Take what was typed and not taken yet."""
        if not self.form.isHidden():
            self.form.flush()

    def show_layers(self, layers: Sequence[str]) -> None:
        """Show these layers of the document's network."""
        self._layers = tuple(layers)
        state = self._document.state
        kinds = [state.graph[id_].kind for id_ in layers]
        counts = Counter(kind.label for kind in kinds)
        numbers = sum(state.analysis.counts.get(id_, 0) for id_ in layers)
        self.title.set_text(f"{len(layers)} layers")
        named = ", ".join(f"{n} {label}" for label, n in counts.items())
        alike = len({type(kind) for kind in kinds}) == 1
        if not alike:
            more = "Layers of different kinds have no settings in common; select one kind only."
        elif kinds[0].settings():
            more = "A change here is made in all of them."
        else:
            more = "They have no settings."
        self.words.setText(f"{named}; {counted(numbers, 'parameter')}. {more}")
        self.form.setVisible(alike)
        if alike:
            first = kinds[0]
            mixed = {
                s.name
                for s in first.settings()
                if any(getattr(kind, s.name) != getattr(first, s.name) for kind in kinds[1:])
            }
            self.form.show_record(first, hints(state, layers[0]), mixed)

    def _edited(self, record: Declared, path: str) -> None:
        name = path.partition(".")[0]
        value, layers = getattr(record, name), self._layers
        if not all(id_ in self._document.state.graph for id_ in layers):
            return  # typed for layers of a project that is closed

        def change(state: State) -> State:
            graph = state.graph
            for id_ in layers:
                graph = set_kind(graph, id_, graph[id_].kind.replace(**{name: value}))
            return state.with_graph(graph)

        label = f"{setting_label(record, path)} of {len(layers)} layers"
        self._document.edit(label, change, ("layers", layers, path))
