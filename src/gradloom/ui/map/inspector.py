"""Keeps the card of a clicked place up to date: inputs, answer, target and loss."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from gradloom.document import State
from gradloom.engine.progress import Progress
from gradloom.layers.shapes import Array
from gradloom.session.answering import Kept
from gradloom.session.runs import rows_stay
from gradloom.session.spot import Spot
from gradloom.ui.map.card import PlaceCard, Told
from gradloom.ui.map.subject import Subject
from gradloom.ui.plots.points import PART_NAMES
from gradloom.ui.plots.scale import figure


class Inspector:
    """One place at a time, a row of the data or anywhere on the plane."""

    def __init__(self, card: PlaceCard) -> None:
        self.card = card
        self._spot = Kept(Spot)
        self._raw: Array | None = None
        self._row: int | None = None
        self._state: State | None = None  # whose row it is
        self._at, self._room = QPointF(), QRectF()
        card.closed.connect(self._forget)

    @property
    def open(self) -> bool:
        """Whether a place is looked at."""
        return self._raw is not None

    def look(self, raw: Array, row: int | None, at: QPointF, room: QRectF) -> None:
        """Look at raw features (F,), those of a `row` if given; the card stands at `at` (px)."""
        self.card.dismiss()
        self._raw, self._row = raw, row
        self._at, self._room = at, room

    def refresh(self, state: State, subject: Subject | None, progress: Progress | None) -> None:
        """Say what the network of this moment makes of it."""
        if self._raw is None:
            return
        raw = self._raw if self._row is None else self._of_row(self._row, state)
        width = state.prepared.dataset.features.shape[1]
        there = raw is not None and len(raw) == width and state.ready
        if raw is None or subject is None or progress is None or not there:
            self.card.dismiss()
            self._forget()  # the card may not have been told anything yet
            return
        fresh = self.card.told is None
        self.card.tell(self._told(state, subject, progress, raw))
        if fresh:
            self.card.place(self._at, self._room)

    def _of_row(self, row: int, state: State) -> Array | None:
        """The features of the row as they are now; None where the number means another row."""
        before, self._state = self._state, state
        if before is not None and not rows_stay(before, state):
            return None
        raw: Array = state.prepared.dataset.features[row]
        return raw

    def _told(self, state: State, subject: Subject, progress: Progress, raw: Array) -> Told:
        spot, row, prepared = self._spot.of(state), self._row, state.prepared
        targets = np.zeros(prepared.targets.shape[1]) if row is None else prepared.targets[row]
        seen = spot.see(progress.snapshot, raw, targets)
        output = seen.outputs[subject.sink]
        names = prepared.dataset.feature_names
        inputs = tuple(zip(names, raw.tolist(), strict=True))
        shares: tuple[tuple[str, float], ...] = ()
        if subject.classes:
            given = subject.coding.probabilities(output[:, None])[:, 0].tolist()
            told = int(subject.coding.classify(output[:, None])[0])
            shares = tuple(zip(subject.classes, given, strict=False))
            answer = subject.classes[told] if told < len(subject.classes) else ""
        else:
            answer = figure(float(output[subject.column]))
            if subject.spreads:
                sigma = subject.coding.deviation(output[:, None], subject.column)[0]
                answer += f" ± {figure(float(sigma))}"
        if row is None:
            found = spot.losses(progress.snapshot, raw)
            losses = tuple(
                (f"Loss if {name}", loss)
                for name, loss in zip(subject.classes, found, strict=False)
            )
            return Told("This place", inputs, answer, shares, losses=losses)
        target = float(prepared.targets[row, subject.target])
        right = subject.classes[int(target)] if subject.classes else figure(target)
        wrong = bool(subject.classes) and told != int(target)
        part = next((name for name in PART_NAMES if row in getattr(prepared.split, name)), "")
        return Told(
            f"Row {row + 1}, {part}",
            inputs,
            answer,
            shares,
            right,
            wrong,
            (("Loss", seen.loss),),
            row,
        )

    def _forget(self) -> None:
        self._raw = self._row = self._state = None
