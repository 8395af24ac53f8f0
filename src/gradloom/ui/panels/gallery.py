"""Which ready-made datasets there are to click on, and what clicking one gives: no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gradloom.core.checks import Choice
from gradloom.data import SOURCES, DataSource, Drawing
from gradloom.data.drawing import blank, same_form

GROUPS = ("Classes", "Regression", "Logic gates", "Tables")
_CARRIED = ("count", "noise")  # what a new source takes over from the one before
_MORE: Mapping[str, tuple[tuple[str, tuple[tuple[str, Any], ...]], ...]] = {
    "spiral": (("Spiral, 2 arms", (("arms", 2),)), ("Spiral, 3 arms", (("arms", 3),))),
}


@dataclass(frozen=True)
class Offer:
    """One picture of the gallery: a kind of source with some settings fixed."""

    group: str
    label: str
    kind: str
    fixed: tuple[tuple[str, Any], ...] = ()

    def make(self, before: DataSource | None = None) -> DataSource:
        """The source, with as many points and as much noise as the one before."""
        names = {s.name: s for s in SOURCES[self.kind].settings()}
        carried = {
            name: getattr(before, name)
            for name in _CARRIED
            if name in names
            and hasattr(before, name)
            and names[name].check.why_not(getattr(before, name)) is None
        }
        return SOURCES.make(self.kind, **{**carried, **dict(self.fixed)})

    def stands_for(self, source: DataSource) -> bool:
        """Whether this is the picture of `source`."""
        return source.kind == self.kind and all(
            getattr(source, name) == value for name, value in self.fixed
        )


@dataclass(frozen=True)
class Blank(Offer):
    """An empty plane to draw on; without classes the target is a real number."""

    classes: tuple[str, ...] = ()
    features: int = 2

    def make(self, before: DataSource | None = None) -> DataSource:
        return blank(self.classes, self.features)

    def stands_for(self, source: DataSource) -> bool:
        """Whether `source` is drawn on such a plane, whatever is drawn there."""
        return isinstance(source, Drawing) and same_form(source, blank(self.classes, self.features))


BLANKS = (
    Blank("Classes", "Drawing", Drawing.kind, classes=("A", "B")),
    Blank("Regression", "Drawn curve", Drawing.kind, features=1),
    Blank("Regression", "Drawn surface", Drawing.kind),
)


def group_of(source: DataSource) -> str:
    """The heading a source stands under."""
    if isinstance(source, Drawing):
        return "Classes" if source.target_columns[0].classes else "Regression"
    if source.task == "gate":
        return "Logic gates"
    if source.shipped or source.task == "table":
        return "Tables"
    return "Regression" if source.task == "real" else "Classes"


def offers() -> tuple[Offer, ...]:
    """Everything in the gallery, by group."""
    found: list[Offer] = []
    for kind in SOURCES.kinds():
        if not kind.offered:
            continue
        group = group_of(kind())
        more = _MORE.get(kind.kind, ())
        if group == "Logic gates":
            check = next(s.check for s in kind.settings() if s.name == "gate")
            assert isinstance(check, Choice)
            found += [Offer(group, label, kind.kind, (("gate", g),)) for g, label in check.options]
        elif more:
            found += [Offer(group, label, kind.kind, fixed) for label, fixed in more]
        else:
            found.append(Offer(group, kind.label, kind.kind))
    found += BLANKS
    return tuple(sorted(found, key=lambda offer: GROUPS.index(offer.group)))
