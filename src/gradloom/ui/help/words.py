"""What links say of themselves: a sign, a key, a tip; and whether they lead anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from PySide6.QtGui import QKeySequence

from gradloom.core.resources import resource_path
from gradloom.document.samples import SAMPLES
from gradloom.layers import LAYERS
from gradloom.ui.actions import ACTIONS, Action
from gradloom.ui.help.links import ACTION, ADD, PANEL, SAMPLE, SET, TABLE, TOPIC, Link
from gradloom.ui.help.topics import topics

_ICONS = {
    SAMPLE: "book-open",
    TABLE: "table",
    PANEL: "layout-grid",
    ADD: "plus",
    SET: "sliders-horizontal",
}


@cache
def actions() -> Mapping[str, Action]:
    """The actions table by name."""
    return {action.name: action for action in ACTIONS}


def table_path(name: str) -> Path:
    """The small table of this name that topics open."""
    return resource_path("help", "tables", f"{name}.csv")


def icon_of(link: Link) -> str:
    """The icon of what a link does; "" for one that only leads to a text."""
    if link.scheme == ACTION and link.target in actions():
        return actions()[link.target].icon
    return _ICONS.get(link.scheme, "")


def keys_of(link: Link) -> str:
    """The key that does the same, as people read it; ""  if there is none."""
    action = actions().get(link.target) if link.scheme == ACTION else None
    if action is None or not action.keys:
        return ""
    return QKeySequence(action.keys[0]).toString(QKeySequence.SequenceFormat.NativeText)


def tip_of(link: Link) -> str:
    """What a click on it will do, in a sentence."""
    if link.scheme == TOPIC and link.target in topics():
        return topics()[link.target].summary
    if link.scheme == ACTION and link.target in actions():
        return actions()[link.target].tip
    if link.scheme == SAMPLE and link.target in SAMPLES:
        return SAMPLES[link.target].sentence
    if link.scheme == TABLE:
        return "Shows how this small table is read; you may take it as your data."
    if link.scheme == ADD and link.target in LAYERS:
        return f"Adds {LAYERS[link.target].label} to the network. Can be undone."
    if link.scheme == SET:
        return "Changes this in your project. Can be undone."
    return "Brings this panel to the front." if link.scheme == PANEL else ""
