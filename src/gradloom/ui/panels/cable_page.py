"""A selected cable: what flows through it, and where from and to."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QPushButton, QSizePolicy, QVBoxLayout, QWidget

from gradloom.document import Document
from gradloom.graph import Edge
from gradloom.layers.shapes import size, words
from gradloom.ui.forms.parts import ElidedLabel, sentence
from gradloom.ui.theme import LARGE, NORMAL, Theme, font
from gradloom.ui.view import Selection, View


class CablePage(QWidget):
    """The shape of one cable and the layers at its ends; of several, how many."""

    def __init__(self, document: Document, view: View, theme: Theme) -> None:
        super().__init__()
        self._document, self._view = document, view
        self._edges: tuple[Edge, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.title = ElidedLabel("Cable", LARGE, strong=True)
        self.words = sentence(quiet=False)
        self.words.setFont(font(NORMAL))
        self.start, self.end = QPushButton(), QPushButton()
        column.addWidget(self.title)
        column.addWidget(self.words)
        for button in (self.start, self.end):
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            column.addWidget(button)
        self.start.clicked.connect(partial(self._go, 0))
        self.end.clicked.connect(partial(self._go, 1))

    def flush(self) -> None:
        """Nothing is typed here."""

    def show_edges(self, edges: Sequence[Edge]) -> None:
        """Show these cables of the document's network."""
        self._edges = tuple(edges)
        state, one = self._document.state, len(edges) == 1
        self.title.set_text("Cable" if one else f"{len(edges)} cables")
        self.start.setVisible(one)
        self.end.setVisible(one)
        if not one:
            self.words.setText("Select one of them to see what flows through it.")
            return
        edge = edges[0]
        source, target = state.graph[edge.source], state.graph[edge.target]
        shape = state.analysis.shapes.get(edge.source)
        port = target.kind.port_label(edge.port)
        if not port and len(state.graph.incoming(target.id)) > 1:
            port = f"input {edge.port + 1}"
        into = f"{target.name} ({port})" if port else target.name
        if shape is None:
            said = f"Its shape is not known yet: {source.name} has a problem."
        else:
            many = "1 number" if size(shape) == 1 else f"{size(shape)} numbers"
            said = f"Shape {words(shape)}: {many} per row."
        self.words.setText(said)
        for button, text, name in (
            (self.start, f"From {source.name}", source.name),
            (self.end, f"To {into}", target.name),
        ):
            button.setText(text)
            button.setToolTip(f"{text}. Selects {name}.")

    def _go(self, end: int) -> None:
        edge = self._edges[0]
        self._view.select(Selection(frozenset([edge.target if end else edge.source])))
