"""The plan, in groups that fold."""

from __future__ import annotations

import dataclasses
from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from gradloom.core.counting import counted
from gradloom.core.settings import Declared
from gradloom.document import Document, State
from gradloom.engine.plan import Plan
from gradloom.layers.base import Sink
from gradloom.ui.forms import Form
from gradloom.ui.forms.parts import ElidedLabel, Fold, sentence
from gradloom.ui.panels.fixing import WordsButton
from gradloom.ui.panels.said import setting_label
from gradloom.ui.theme import LARGE, Theme
from gradloom.ui.view import Selection, View

_GROUPS: dict[str, tuple[str, ...]] = {
    "Optimiser": ("optimiser",),
    "Schedule": ("schedule",),
    "Batches": ("batch_size", "shuffle"),
    "Regularisation": ("l1", "l2"),
    "Clipping": ("clip_value", "clip_norm"),
    "Stop rules": (
        "epochs",
        "seconds",
        "target_loss",
        "target_accuracy",
        "patience",
        "restore_best",
    ),
    "Precision and seed": ("precision", "seed"),
}
_OPEN = frozenset(("Optimiser", "Schedule", "Batches", "Regularisation"))


def groups() -> dict[str, tuple[str, ...]]:
    """Setting names by heading; a setting of the plan that no heading lists comes under More."""
    listed = {name for names in _GROUPS.values() for name in names}
    more = tuple(s.name for s in Plan.settings() if s.name not in listed)
    return {**_GROUPS, "More": more} if more else dict(_GROUPS)


class PlanPage(QWidget):
    """How the network is trained; each group of settings folds."""

    def __init__(self, document: Document, view: View, theme: Theme) -> None:
        super().__init__()
        self._document, self._view = document, view
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(ElidedLabel("Plan", LARGE, strong=True))
        self.summary = sentence()
        column.addWidget(self.summary)
        self._losses = QVBoxLayout()
        self._losses.setSpacing(4)
        column.addLayout(self._losses)
        self._loss_words: tuple[tuple[str, str], ...] = ()
        self._loss_buttons: list[WordsButton] = []
        self.forms: dict[str, Form] = {}
        self.folds: dict[str, Fold] = {}
        for title, names in groups().items():
            fold = Fold(theme, f"plan.{title}", title, opened=title in _OPEN, strong=True)
            form = Form(theme, only=names, ask=view.ask_help)
            form.edited.connect(self._edited)
            form.settled.connect(document.seal)
            fold.content.addWidget(form)
            column.addWidget(fold)
            self.forms[title], self.folds[title] = form, fold

    def flush(self) -> None:
        """Take what was typed and not taken yet."""
        for form in self.forms.values():
            form.flush()

    def show_state(self) -> None:
        """Show the plan of the document."""
        state = self._document.state
        layers, numbers = len(state.graph.layers), state.analysis.parameter_count
        self.summary.setText(
            f"How the network is trained: {counted(layers, 'layer')},"
            f" {counted(numbers, 'parameter')}. Select a layer to set it up."
        )
        for form in self.forms.values():
            form.show_record(state.plan)
        self._show_losses(state)

    def _show_losses(self, state: State) -> None:
        words = []
        for layer in state.graph:
            coding = state.analysis.codings.get(layer.id)
            if isinstance(layer.kind, Sink) and coding is not None:
                label = layer.kind.loss_of(coding).label
                words.append((layer.id, f"{layer.name}: {label}"))
        if tuple(words) == self._loss_words:
            return
        self._loss_words = tuple(words)
        for old in self._loss_buttons:
            old.hide()
            old.deleteLater()
        self._loss_buttons = []
        for id_, text in words:
            button = WordsButton(text, partial(self._view.select, Selection(frozenset([id_]))))
            button.setToolTip(f"{text}. Selects the layer, where its loss is set.")
            self._losses.addWidget(button)
            self._loss_buttons.append(button)

    def _edited(self, plan: Declared, path: str) -> None:
        def change(state: State) -> State:
            assert isinstance(plan, Plan)
            return dataclasses.replace(state, plan=plan)

        self._document.edit(setting_label(plan, path), change, ("plan", path))
