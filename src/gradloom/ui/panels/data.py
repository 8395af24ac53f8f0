"""Where the data comes from and what of it enters the network."""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable
from functools import partial

import numpy as np
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gradloom.core.problem import Problem
from gradloom.data import DataSource, DataSpec, FileSource, Prepared
from gradloom.data.sources.table import TableSource
from gradloom.data.spec import SHARES
from gradloom.document import Document, State
from gradloom.ui.forms import Form
from gradloom.ui.forms.flow import FlowLayout
from gradloom.ui.forms.leaving import take_away
from gradloom.ui.forms.parts import explain, rule, sentence, small_button
from gradloom.ui.importing import Importer
from gradloom.ui.panels.features import SWITCHES, FeatureSwitches
from gradloom.ui.panels.fixing import ProblemCard
from gradloom.ui.panels.gallery import GROUPS, Offer, offers
from gradloom.ui.panels.shares import SharesField
from gradloom.ui.panels.thumbnails import Thumbnail, source_picture
from gradloom.ui.theme import NORMAL, SMALL, Theme, font
from gradloom.ui.view import View

_SIDE = 38
_OWN = (FileSource, TableSource)
# remedies that bring network and data together again after the data changed
_FITTING = frozenset(
    ("fit_output", "softmax", "sigmoid", "automatic_loss", "all_columns", "all_targets")
)


class DataPanel(QScrollArea):
    """The gallery of datasets, the chosen one's settings, features, split and scaling.

    Without an `importer` only what ships with the program can be chosen.
    """

    def __init__(
        self,
        document: Document,
        view: View,
        theme: Theme,
        importer: Importer | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._view, self._theme = document, view, theme
        self._importer = importer
        self._errand = importer.run if importer is not None else None
        self._problems: tuple[Problem, ...] = ()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Data")
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(12, 8, 12, 12)
        self._column.setSpacing(6)
        self.thumbnails: dict[Offer, Thumbnail] = {}
        self._gallery()
        self._column.addWidget(rule())
        self._chosen()
        self._column.addStretch(1)
        self.setWidget(inside)
        disconnect = document.changed.connect(self._follow)
        self.destroyed.connect(lambda *_: disconnect())
        theme.changed.connect(self._repaint)
        self._repaint()
        self._show()

    def _gallery(self) -> None:
        found = offers()
        for group in GROUPS:
            self._column.addWidget(_heading(group))
            flow = FlowLayout()
            for offer in (o for o in found if o.group == group):
                tip = f"{offer.label}: {offer.make().help}"
                thumb = Thumbnail(offer.label, tip, _SIDE, caption=group == "Logic gates")
                thumb.clicked.connect(partial(self._choose, offer))
                self.thumbnails[offer] = thumb
                flow.addWidget(thumb)
            self._column.addLayout(flow)
        self.own = Thumbnail("Your data", "Your own data, from a file.", _SIDE, caption=False)
        self.own.setVisible(False)
        self.own.clicked.connect(lambda: self.own.setChecked(True))
        flow.addWidget(self.own)
        self.open_button = small_button(
            "Open table…",
            "A table of your own: CSV, TSV, Excel or Parquet. Dropping a file on the window does"
            " the same, and so does pasting rows: Ctrl+V here, Ctrl+Shift+V anywhere.",
        )
        self.pictures_button = small_button(
            "Open pictures…",
            "Pictures of your own: a folder with a folder for each class, or IDX files as MNIST has"
            " them. Dropping either on the window does the same.",
        )
        self.change_button = small_button("", "")
        importer = self._importer
        if importer is not None:
            self.open_button.clicked.connect(importer.ask)
            self.pictures_button.clicked.connect(importer.ask_pictures)
            self.change_button.clicked.connect(importer.change)
        line = FlowLayout()
        for button in (self.open_button, self.pictures_button, self.change_button):
            button.setVisible(importer is not None)
            line.addWidget(button)
        self._column.addLayout(line)

    def _chosen(self) -> None:
        column = self._column
        self.title = QLabel()
        self.title.setFont(font(NORMAL, strong=True))
        self.title.setWordWrap(True)
        self.help = sentence()
        self.source_form = Form(self._theme)
        self.source_form.edited.connect(self._source_edited)
        self.source_form.settled.connect(self._document.seal)
        self._trouble = QVBoxLayout()
        self._trouble.setSpacing(8)
        self.cards: list[ProblemCard] = []
        column.addWidget(self.title)
        column.addWidget(self.help)
        column.addLayout(self._trouble)
        column.addWidget(self.source_form)
        self.features_heading = _heading("Features")
        column.addWidget(self.features_heading)
        self.features = FeatureSwitches(self._theme)
        self.features.edited.connect(partial(self._edit, "Features", None))
        column.addWidget(self.features)
        self.split_heading = _heading("Split")
        column.addWidget(self.split_heading)
        self.shares = SharesField(self._theme)
        self.shares.edited.connect(partial(self._edit, "Split", ("data", "split")))
        self.shares.settled.connect(self._document.seal)
        column.addWidget(self.shares)
        self.counts = sentence()
        column.addWidget(self.counts)
        self.form = Form(self._theme, leave_out=("source", *SHARES, *SWITCHES))
        self.form.edited.connect(self._spec_edited)
        self.form.settled.connect(self._document.seal)
        column.addWidget(self.form)

    def event(self, event: QEvent) -> bool:
        # else the window's own action of that key is meant
        if event.type() == QEvent.Type.ShortcutOverride and self._is_paste(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._importer is not None and self._is_paste(event):
            self._importer.paste()
        else:
            super().keyPressEvent(event)

    def _is_paste(self, event: QEvent) -> bool:
        return (
            self._importer is not None
            and isinstance(event, QKeyEvent)
            and event.matches(QKeySequence.StandardKey.Paste)
        )

    def _choose(self, offer: Offer) -> None:
        def change(state: State) -> State:
            if offer.stands_for(state.data.source):
                return state
            source = offer.make(state.data.source)
            return state.with_data(source=source)

        if not self._document.edit(f"Data: {offer.label}", change):
            self._show()  # the click switched the picture of the chosen one off

    def _source_edited(self, source: DataSource, path: str) -> None:
        def change(state: State) -> State:
            return state.with_data(source=source)

        name = path.partition(".")[0]
        label = next((s.label for s in source.settings() if s.name == name), name)
        self._document.edit(f"{source.label}: {label}", change, ("data", "source", path))

    def _spec_edited(self, spec: DataSpec, path: str) -> None:
        label = next((s.label for s in spec.settings() if s.name == path), path)
        self._edit(label, ("data", path), spec)

    def _edit(self, label: str, merge: Hashable, spec: DataSpec) -> None:
        self._document.edit(label, lambda s: dataclasses.replace(s, data=spec), merge)

    def _follow(self, before: State, after: State) -> None:
        if before.data is not after.data or before.plan.seed != after.plan.seed:
            self._show()
        elif before.graph is not after.graph:
            self._show_problems()

    def _show(self) -> None:
        state = self._document.state
        spec, prepared = state.data, state.prepared
        source = spec.source
        for offer, thumb in self.thumbnails.items():
            on = offer.stands_for(source)
            if thumb.isChecked() != on:
                thumb.setChecked(on)
        own = isinstance(source, _OWN)
        from_file = isinstance(source, FileSource) and self._importer is not None
        self.change_button.setVisible(from_file)
        if isinstance(source, FileSource):
            self.change_button.setText(source.change_label)
            explain(self.change_button, source.change_help)
        self.own.setVisible(own)
        self.own.setChecked(own)
        if own:
            self._paint_own(source)
        self.title.setText(prepared.dataset.name)
        self.help.setText(source.help)
        self.source_form.show_record(source)
        plane = source.features == 2
        self.features.setVisible(plane)
        self.features_heading.setVisible(plane)
        self.features.show_spec(spec)
        split = source.task != "gate"
        self.shares.setVisible(split)
        self.split_heading.setVisible(split)
        self.shares.show_spec(spec)
        self.form.show_record(spec)
        self.counts.setText(count_words(prepared))
        self._show_problems()

    def _show_problems(self) -> None:
        state = self._document.state
        fitting = tuple(p for p in state.analysis.problems if p.fix in _FITTING)
        found = (*state.prepared.problems, *fitting)
        if found == self._problems:
            return
        self._problems = found
        for card in self.cards:
            take_away(card)
        self.cards = [
            ProblemCard(
                self._document, self._view, self._theme, problem, show=False, errand=self._errand
            )
            for problem in found
        ]
        for card in self.cards:
            self._trouble.addWidget(card)

    def _paint_own(self, source: DataSource) -> None:
        tokens = self._theme.tokens
        self.own.set_picture(lambda size, ratio: source_picture(source, tokens, size, ratio))

    def _repaint(self) -> None:
        tokens = self._theme.tokens
        for offer, thumb in self.thumbnails.items():
            source = offer.make()
            thumb.set_picture(partial(source_picture, source, tokens))
        if isinstance(self._document.state.data.source, _OWN):
            self._paint_own(self._document.state.data.source)
        self._problems = ()
        self._show_problems()


def count_words(prepared: Prepared) -> str:
    """Rows per part and per class, in words."""
    split, data = prepared.split, prepared.dataset
    parts = {"training": split.train, "validation": split.validation, "test": split.test}
    rows = ", ".join(f"{len(found):,} {name}" for name, found in parts.items() if len(found))
    words = f"{len(data):,} rows: {rows}." if rows else f"{len(data):,} rows."
    for i, target in enumerate(data.target_columns):
        if target.classes:
            counts = np.bincount(data.targets[:, i].astype(np.intp), minlength=len(target.classes))
            named = ", ".join(
                f"{name} {n:,}" for name, n in zip(target.classes, counts, strict=True)
            )
            words += f" Classes: {named}."
    return words


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setFont(font(SMALL, strong=True))
    label.setForegroundRole(label.palette().ColorRole.PlaceholderText)
    return label
