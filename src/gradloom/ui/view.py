"""What is selected and hovered: state of the view, neither saved nor undone."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from gradloom.graph import Edge
from gradloom.session.featuring import Specimen
from gradloom.session.lighting import Lit


@dataclass(frozen=True, slots=True)
class Selection:
    """Selected layers (ids) and cables."""

    layers: frozenset[str] = frozenset()
    edges: frozenset[Edge] = frozenset()

    @property
    def single(self) -> str | None:
        """The one selected layer, if it is just one."""
        return next(iter(self.layers)) if len(self.layers) == 1 else None

    def __bool__(self) -> bool:
        return bool(self.layers or self.edges)


@dataclass(frozen=True, slots=True)
class Neuron:
    """One unit of one layer."""

    layer: str
    unit: int


class View(QObject):
    """Shared by canvas, panels and plots."""

    selection_changed = Signal(object)  # Selection
    neuron_hovered = Signal(object)  # Neuron | None: the big map shows it instead of the output
    lit_changed = Signal(object)  # Lit | None: the products a step is about
    rows_selected = Signal(object)  # frozenset of row numbers of the dataset
    specimen_changed = Signal(object)  # Specimen | None: a drawing that layers are shown for
    message = Signal(str)  # one sentence for the status bar
    trouble_asked = Signal(str)  # a layer id: what is wrong with it is to be shown at its card
    help_asked = Signal(str)  # a subject of `ui.help`, such as "activation:relu"

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._selection = Selection()
        self._neuron: Neuron | None = None
        self._lit: Lit | None = None
        self._rows: frozenset[int] = frozenset()
        self._specimen: Specimen | None = None

    @property
    def selection(self) -> Selection:
        """What is selected now."""
        return self._selection

    def select(self, selection: Selection) -> None:
        """Select exactly this."""
        if selection != self._selection:
            self._selection = selection
            self.selection_changed.emit(selection)

    @property
    def neuron(self) -> Neuron | None:
        """The neuron under the pointer, if any."""
        return self._neuron

    def hover(self, neuron: Neuron | None) -> None:
        """The pointer entered a neuron (or left them all)."""
        if neuron != self._neuron:
            self._neuron = neuron
            self.neuron_hovered.emit(neuron)

    @property
    def lit(self) -> Lit | None:
        """The products a step is about now, if any."""
        return self._lit

    def light(self, lit: Lit | None) -> None:
        """A step is about these products (or about none)."""
        if lit != self._lit:
            self._lit = lit
            self.lit_changed.emit(lit)

    @property
    def rows(self) -> frozenset[int]:
        """The selected rows of the dataset, by number."""
        return self._rows

    def select_rows(self, rows: frozenset[int]) -> None:
        """Select exactly these rows of the dataset; none: the empty set."""
        if rows != self._rows:
            self._rows = rows
            self.rows_selected.emit(rows)

    @property
    def specimen(self) -> Specimen | None:
        """What was drawn, if it is to be looked at in place of a row of the data."""
        return self._specimen

    def show_specimen(self, specimen: Specimen | None) -> None:
        """Look at a drawing, or at the data again."""
        if specimen is not self._specimen:
            self._specimen = specimen
            self.specimen_changed.emit(specimen)

    def ask_trouble(self, layer: str) -> None:
        """Somebody wants to see what is wrong with this layer."""
        self.trouble_asked.emit(layer)

    def ask_help(self, subject: str) -> None:
        """Somebody wants to read about this subject."""
        self.help_asked.emit(subject)

    def say(self, sentence: str) -> None:
        """Show one sentence in the status bar."""
        self.message.emit(sentence)
