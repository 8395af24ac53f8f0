"""How well the network learns: findings with their remedies, and every layer in numbers."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from gradloom.diagnosis import Finding
from gradloom.document import Document, State
from gradloom.ui.forms.leaving import take_away
from gradloom.ui.forms.parts import rule, sentence
from gradloom.ui.health import HealthService, Report
from gradloom.ui.panels.health_cards import FindingCard, shape_of
from gradloom.ui.panels.health_curves import CourseChart, ValuesChart, WeightChart
from gradloom.ui.panels.health_flow import FlowChart
from gradloom.ui.panels.scales import short
from gradloom.ui.theme import NORMAL, SMALL, Theme, font
from gradloom.ui.view import Selection, View

NOTHING = "Nothing wrong to see."
UNTRAINED = "Nothing wrong to see so far. Press Space to train: some things show only then."
NOT_READY = "The layers are measured when the network is ready to train; see the problems."
_LEAST_STEPS = 1


class HealthPanel(QScrollArea):
    """Findings as cards; below, gradients over depth and time, and weights against their start."""

    counted = Signal(int)  # how many findings there are now

    def __init__(
        self,
        document: Document,
        view: View,
        theme: Theme,
        health: HealthService,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._view, self._theme, self._health = document, view, theme, health
        self.cards: list[FindingCard] = []
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Health")
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(12, 8, 12, 12)
        column.setSpacing(8)
        self.empty = sentence(NOTHING)
        self.empty.setFont(font(NORMAL))
        column.addWidget(self.empty)
        self._list = QVBoxLayout()
        self._list.setSpacing(14)
        column.addLayout(self._list)
        column.addSpacing(4)
        self._rule = rule()
        column.addWidget(self._rule)
        self.hint = sentence(NOT_READY)
        self.flow = FlowChart(theme)
        self.flow.chosen.connect(lambda layer: view.select(Selection(frozenset([layer]))))
        self.course = CourseChart(theme)
        self.values = ValuesChart(theme)
        self.weights = WeightChart(theme)
        self._flow_title = _title("Layers, from input to output")
        self._course_title = _title("Gradient over time")
        self._values_title, self._values_line = _title(""), sentence()
        self._weights_title, self._weights_line = _title(""), sentence()
        for widget in (
            self.hint,
            self._flow_title,
            self.flow,
            self._course_title,
            self.course,
            self._values_title,
            self.values,
            self._values_line,
            self._weights_title,
            self.weights,
            self._weights_line,
        ):
            column.addWidget(widget)
        column.addStretch(1)
        self.setWidget(inside)
        inside.installEventFilter(self)
        health.findings_changed.connect(self._show_findings)
        health.measured.connect(self._show_report)
        view.selection_changed.connect(self._selected)
        theme.changed.connect(self._repaint)
        self._disconnect = document.changed.connect(self._followed)
        self.destroyed.connect(lambda *_, disconnect=self._disconnect: disconnect())
        self._show_findings(health.findings)
        self._show_report(health.latest)
        self._selected(view.selection)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Qt asks for the height at the width without a scroll bar; words then need more lines
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            inside = self.widget()
            layout = inside.layout() if inside is not None else None
            if inside is not None and layout is not None:
                high = max(layout.heightForWidth(self.viewport().width()), 0)
                if high != inside.minimumHeight():
                    inside.setMinimumHeight(high)
        return super().eventFilter(watched, event)

    @Slot(object)
    def _show_findings(self, findings: tuple[Finding, ...]) -> None:
        state = self._document.state
        if [shape_of(state, f) for f in findings] == [card.shape for card in self.cards]:
            for card, finding in zip(self.cards, findings, strict=True):
                card.update_numbers(finding)
        else:
            self._rebuild(findings)
        self._say_empty()
        self.counted.emit(len(self.cards))

    def _rebuild(self, findings: tuple[Finding, ...]) -> None:
        """Cards anew; one that stays as it is keeps what was unfolded in it."""
        state = self._document.state
        kept = {card.shape: card for card in self.cards}
        self.cards = []
        for place, finding in enumerate(findings):
            card = kept.pop(shape_of(state, finding), None)
            if card is None:
                args = (self._document, self._view, self._theme, self._health)
                card = FindingCard(*args, finding)
            else:
                card.update_numbers(finding)
            self.cards.append(card)
            item = self._list.itemAt(place)
            if item is None or item.widget() is not card:
                # not takeAt: an item that lives on would keep the card's old height for ever
                self._list.removeWidget(card)
                self._list.insertWidget(place, card)
        for card in kept.values():
            self._list.removeWidget(card)
            take_away(card)

    @Slot(object)
    def _show_report(self, report: Report | None) -> None:
        measured = None if report is None else report.measured
        self.hint.setVisible(measured is None)
        for widget in (self._flow_title, self.flow, self._course_title, self.course):
            widget.setVisible(measured is not None)
        if report is not None and measured is not None:
            idle = frozenset(
                layer
                for f in report.findings
                if f.rule in ("dead_units", "saturated_units")
                for layer in f.places
            )
            self.flow.show_measurement(report.state.graph, measured, idle)
            self.course.show_course(report.course)
        self._show_numbers()
        self._say_empty()

    @Slot(object)
    def _selected(self, selection: Selection) -> None:
        layer = selection.single or ""
        self.flow.select(layer)
        self.course.select(layer)
        self._show_numbers()

    def _show_numbers(self) -> None:
        """Outputs and weights of the selected layer, or of the first that has weights."""
        report = self._health.latest
        found, graph = None, self._document.state.graph
        if report is not None and report.measured is not None:
            chosen = self._view.selection.single
            having = [h for h in report.measured.layers if h.layer in graph]
            own = [h for h in having if h.layer == chosen]
            learning = [h for h in having if h.parameters]
            if own or (chosen is None and learning):
                found = (own or learning)[0]
        values: tuple[QWidget, ...] = (self._values_title, self.values, self._values_line)
        weights: tuple[QWidget, ...] = (self._weights_title, self.weights, self._weights_line)
        for widget in values:
            widget.setVisible(found is not None)
        for widget in weights:
            widget.setVisible(found is not None and bool(found.parameters))
        if found is None:
            return
        name = graph[found.layer].name
        self._values_title.setText(f"Outputs of {name}")
        self.values.show_layer(found)
        self._values_line.setText(f"Mean {short(found.mean)}, deviation {short(found.deviation)}.")
        if found.parameters:
            health = found.parameters[0]
            self._weights_title.setText(f"{health.name} of {name} against its start")
            self.weights.show_parameter(health)
            self._weights_line.setText(
                f"Root mean square {short(health.rms)} now, {short(health.start_rms)} at the start."
            )

    def _followed(self, before: State, after: State) -> None:
        """What remedies do hangs on the settings: a rate ten times lower than which?"""
        if before.plan is not after.plan or before.graph is not after.graph:
            left = [f for f in self._health.findings if all(la in after.graph for la in f.places)]
            self._show_findings(tuple(left))

    def _say_empty(self) -> None:
        report = self._health.latest
        steps = 0 if report is None or report.measured is None else report.measured.steps
        self.empty.setText(NOTHING if steps >= _LEAST_STEPS else UNTRAINED)
        ready = self._document.state.ready
        self.empty.setVisible(not self.cards and ready)
        self._rule.setVisible(bool(self.cards) or ready)

    def _repaint(self) -> None:
        findings = tuple(card.finding for card in self.cards)
        for card in self.cards:
            self._list.removeWidget(card)
            take_away(card)
        self.cards = []
        self._rebuild(findings)


def _title(text: str) -> QLabel:
    label = QLabel(text)
    label.setFont(font(SMALL, strong=True))
    return label
