"""Edits that a topic offers: `set:plan.optimiser.rate=30&dense_1.activation=relu`.

Each part is a path and a value. A path begins with `plan`, `data` or the id of a layer; a value is
a number, `true`, `false`, `null`, a word, or a kind with its settings: `constant(value=-9)`. The
path `dense_1.next` puts layers behind a layer: `dense_1.next=5*dense(units=16,activation=tanh)`.
"""

from __future__ import annotations

import dataclasses
import json
import re
from typing import Any, TypeVar

from gradloom.core.checks import Check, Optional, Variant
from gradloom.core.errors import UserError
from gradloom.core.settings import Declared, Registry, Setting
from gradloom.document import State
from gradloom.graph.edits import set_kind
from gradloom.layers import LAYERS
from gradloom.ui.canvas.changes import add_into

D = TypeVar("D", bound=Declared)
_KIND = re.compile(r"(\w+)(?:\((.*)\))?")
_TIMES = re.compile(r"(?:(\d+)\*)?(.+)")
_COMMA = re.compile(r",(?![^(]*\))")  # not inside brackets
NEXT = "next"


def experiment(state: State, target: str) -> State:
    """The state with everything of a `set:` link set.

    UserError if this project has no such layer; ValueError if the link itself is wrong.
    """
    for part in target.split("&"):
        path, equals, text = part.partition("=")
        root, *names = path.split(".")
        if not equals or not names:
            raise ValueError(f"{part!r} is no path=value")
        state = _changed(state, root, names, text)
    return state


def _changed(state: State, root: str, names: list[str], text: str) -> State:
    if root == "plan":
        return dataclasses.replace(state, plan=_set(state.plan, names, text))
    if root == "data":
        return dataclasses.replace(state, data=_set(state.data, names, text))
    if root not in state.graph:
        raise UserError("This network has other layers; open the sample of this topic first.")
    if names == [NEXT]:
        return _inserted(state, root, text)
    kind = _set(state.graph[root].kind, names, text)
    return state.with_graph(set_kind(state.graph, root, kind))


def _inserted(state: State, layer: str, text: str) -> State:
    """With layers of a kind in the cable that leaves `layer`."""
    made = _TIMES.fullmatch(text)
    assert made is not None
    kind = _kind(LAYERS, made[2])
    for _ in range(int(made[1] or 1)):
        edges = state.graph.outgoing(layer)
        if not edges:
            raise UserError("Nothing is joined to this layer; open the sample of this topic first.")
        place = state.places.get(layer)
        at = (0.0, 0.0) if place is None else (place.x, place.y)
        before, state = state, add_into(kind, at, edges[0])(state)
        (layer,) = (new.id for new in state.graph if new.id not in before.graph)
    return state


def _set(record: D, names: list[str], text: str) -> D:
    name, *inner = names
    setting = _setting(type(record), name)
    if not inner:
        return record.replace(**{name: setting.check.decode(_plain(setting.check, text), name)})
    below = getattr(record, name)
    if not isinstance(below, Declared):
        raise UserError(f"{setting.label} is Automatic here; open the sample of this topic first.")
    return record.replace(**{name: _set(below, inner, text)})


def _setting(kind: type[Declared], name: str) -> Setting:
    found = next((s for s in kind.settings() if s.name == name), None)
    if found is None:
        raise ValueError(f"{name!r} is no setting of {kind.label or kind.__name__}")
    return found


def _plain(check: Check, text: str) -> Any:
    """The JSON that a text stands for where this check is asked; a word that is none stays text."""
    inner = check.check if isinstance(check, Optional) else check
    try:
        return json.loads(text)
    except ValueError:
        return _kind(inner.registry, text).encode() if isinstance(inner, Variant) else text


def _kind(registry: Registry[Any], text: str) -> Any:
    """A kind with its settings: `constant(value=-9)`."""
    made = _KIND.fullmatch(text)
    if made is None or made[1] not in registry:
        raise ValueError(f"{text!r} is no {registry.noun}")
    kind = registry[made[1]]
    values = {}
    for given in _COMMA.split(made[2]) if made[2] else []:
        name, _, value = given.partition("=")
        check = _setting(kind, name).check
        values[name] = check.decode(_plain(check, value), name)
    return kind(**values)
