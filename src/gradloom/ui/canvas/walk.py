"""A step on the canvas: what is at work lights up; what is passed stays marked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import perf_counter

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from gradloom.layers.site import Phase
from gradloom.session.lighting import Lit
from gradloom.session.marks import Passed, StepMark
from gradloom.ui.canvas.cable import Cable
from gradloom.ui.canvas.geometry import Box
from gradloom.ui.canvas.ink import reduced_motion
from gradloom.ui.canvas.pulse import Pulse
from gradloom.ui.canvas.scene import Scene
from gradloom.ui.canvas.tag import TAG_HEIGHT, Tag
from gradloom.ui.theme import phase_colour

_QUICK = 0.3  # s; marks that follow each other faster are not pulsed

WALK_KEYS: Mapping[tuple[int, bool], str] = {  # (key, with Shift): what `Stepping` calls it
    (Qt.Key.Key_Right, False): "forward",
    (Qt.Key.Key_Left, False): "back",
    (Qt.Key.Key_Down, False): "next_layer",
    (Qt.Key.Key_Up, False): "previous_layer",
    (Qt.Key.Key_Right, True): "next_phase",
    (Qt.Key.Key_Left, True): "previous_phase",
    (Qt.Key.Key_Home, False): "home",
    (Qt.Key.Key_End, False): "to_end",
}

Reveal = Callable[[Box, bool], None]


class Walk:
    """Follows a `StepMark`; with None the canvas is as if there had been no step."""

    def __init__(self, sheet: Scene, reveal: Reveal) -> None:
        self._sheet, self._reveal = sheet, reveal
        self.mark: StepMark | None = None
        self.lit: Lit | None = None
        self.pulse = Pulse(sheet)
        self._shown = -1.0

    @property
    def on(self) -> bool:
        """Whether a step is walked through."""
        return self.mark is not None

    def show(self, mark: StepMark | None) -> None:
        """Stand here now."""
        before, self.mark = self.mark, mark
        now = perf_counter()
        calm, self._shown = now - self._shown > _QUICK, now
        self.pulse.stop()
        self.again()
        if mark is None or mark.layer not in self._sheet.cards:
            return
        if before is None or before.layer != mark.layer:
            box = self._sheet.cards[mark.layer].box()
            self._reveal(box._replace(height=box.height + TAG_HEIGHT), calm)
        onwards = before is not None and mark.position > before.position
        if calm and onwards and not reduced_motion() and mark.phase is not None:
            self.pulse.start(
                self._cables(mark.entering),
                self._cables(mark.leaving),
                QColor(phase_colour(self._sheet.ink.tokens, mark.phase)),
                against=mark.direction < 0,
            )

    def light(self, lit: Lit | None) -> None:
        """The products that the step is about."""
        self.lit = lit
        if self.mark is None:
            lit = None
        sheet = self._sheet
        for link in sheet.links.values():
            mine = lit is not None and link.layer == lit.layer
            link.set_products(None if lit is None else lit.weights if mine else ())
        bright: dict[str, frozenset[int]] = {}
        if lit is not None and lit.layer in sheet.cards:
            bright[lit.layer] = lit.units
            between = sheet.links.get(lit.layer)
            if between is not None and lit.inputs:
                bright[between.source] = frozenset(lit.inputs)
        for id_, card in sheet.cards.items():
            card.set_lit_units(None if lit is None else bright.get(id_, frozenset()))

    def again(self) -> None:
        """Items or colours are new: paint them as the mark says."""
        mark, sheet = self.mark, self._sheet
        phase = None if mark is None else mark.phase
        lit = set() if mark is None else {*mark.entering, *mark.leaving}
        against = mark is not None and mark.direction < 0
        for edge, cable in sheet.cables.items():
            cable.set_flow(phase if edge in lit else None, against=against)
        passed = {} if mark is None else mark.passed
        for id_, card in sheet.cards.items():
            current = mark is not None and self._works(mark, id_)
            card.set_state(phase=phase if current else None)
            self._tag(id_, passed.get(id_), current=current)
        self.light(self.lit)

    def passed(self, layer: str) -> Passed | None:
        """What a layer has given by now."""
        return None if self.mark is None else self.mark.passed.get(layer)

    def _works(self, mark: StepMark, layer: str) -> bool:
        """Whether the operation is at work in a layer; an update is in all that have parameters."""
        if mark.layer or mark.phase is not Phase.UPDATE:
            return layer == mark.layer
        return bool(self._sheet.cards[layer].face.count)

    def _tag(self, layer: str, passed: Passed | None, *, current: bool) -> None:
        card = self._sheet.cards[layer]
        frame = card.face.frame
        if passed is None or not frame.has_output:
            if card.tag is not None:
                self._sheet.removeItem(card.tag)
                card.tag = None
                card.set_strips(None, None)
            return
        if card.tag is None:
            card.tag = Tag(card, card.ink)
        card.tag.setPos(0, frame.height)
        card.tag.mark(passed, card.ink, current=current)
        card.set_strips(passed.output, passed.gradient)

    def _cables(self, edges: tuple[object, ...]) -> list[Cable]:
        cables = self._sheet.cables
        return [cable for edge, cable in cables.items() if edge in edges]


def move_of(key: int, modifiers: Qt.KeyboardModifier) -> str | None:
    """The move that a key means in a step, where arrows walk instead of moving cards."""
    bare = modifiers & ~Qt.KeyboardModifier.KeypadModifier
    shift = bare == Qt.KeyboardModifier.ShiftModifier
    if bare != Qt.KeyboardModifier.NoModifier and not shift:
        return None
    return WALK_KEYS.get((key, shift)) or WALK_KEYS.get((key, False))
