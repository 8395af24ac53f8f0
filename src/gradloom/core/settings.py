"""Declared settings: one line per setting, from which form, file, schema and tests derive.

@LOSSES.add
@dataclass(frozen=True)
class Huber(Loss):
    kind, label, help = "huber", "Huber", "Squared near zero, absolute far away."
    delta: float = param(1.0, Real(0, above=True), "Delta", "Where it turns from one to the other")
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar, Generic, Self, TypeVar

from gradloom.core.checks import Check
from gradloom.core.errors import BadValue

_KEY = "gradloom.setting"


@dataclass(frozen=True)
class Setting:
    """What was declared about one setting of a `Declared` class."""

    name: str
    check: Check
    label: str
    help: str
    unit: str
    live: bool
    advanced: bool
    when: Callable[[Any], bool] | None

    def shown(self, record: Any) -> bool:
        """Whether a form shows this setting for `record` (it may hang on other settings)."""
        return self.when is None or self.when(record)


def param(
    default: Any,
    check: Check,
    label: str,
    help: str = "",  # noqa: A002 - the word a reader of a kind expects
    *,
    unit: str = "",
    live: bool = False,
    advanced: bool = False,
    when: Callable[[Any], bool] | None = None,
) -> Any:
    """Declare a setting as a dataclass field.

    `default` may be a callable without arguments, called for each new value (for defaults that
    live in a registry). `live`: may change during training. `advanced`: below a fold in forms.
    `when`: a predicate on the record that says whether the setting matters.
    """
    setting = Setting("", check, label, help, unit, live, advanced, when)
    if callable(default):
        return field(default_factory=default, metadata={_KEY: setting})
    return field(default=default, metadata={_KEY: setting})


@cache
def settings_of(cls: type) -> tuple[Setting, ...]:
    """The settings of a `Declared` class, in the order they were declared."""
    return tuple(
        dataclasses.replace(f.metadata[_KEY], name=f.name)
        for f in dataclasses.fields(cls)
        if _KEY in f.metadata
    )


@dataclass(frozen=True)
class Declared:
    """A frozen record of settings; `kind` is its name in files, `label` what people see."""

    kind: ClassVar[str] = ""
    label: ClassVar[str] = ""
    help: ClassVar[str] = ""

    @classmethod
    def settings(cls) -> tuple[Setting, ...]:
        """The declared settings, in order."""
        own: Any = cls  # mypy does not take a dataclass's type for hashable
        return settings_of(own)

    def rules(self) -> Iterator[tuple[str, str]]:
        """What is wrong between settings that are each right: (setting name, sentence)."""
        return iter(())

    def problems(self) -> list[tuple[str, str]]:
        """Everything wrong with the settings, all together: (setting name, end of sentence)."""
        found = [
            (s.name, why)
            for s in self.settings()
            if (why := s.check.why_not(getattr(self, s.name))) is not None
        ]
        return found or list(self.rules())

    def fixed(self) -> tuple[Any, ...]:
        """The class and the settings that are not live: what can't change while a run goes on."""
        return type(self), *(getattr(self, s.name) for s in self.settings() if not s.live)

    def replace(self, **changes: Any) -> Self:
        """A copy with some settings changed; nothing is checked (see `problems`)."""
        return dataclasses.replace(self, **changes)

    def encode(self) -> dict[str, Any]:
        """Plain JSON: {"kind": ..., and every setting}."""
        plain: dict[str, Any] = {"kind": self.kind} if self.kind else {}
        for s in self.settings():
            plain[s.name] = s.check.encode(getattr(self, s.name))
        return plain

    @classmethod
    def decode(cls, plain: Any, path: str = "") -> Self:
        """The record that `encode` wrote; a setting left out takes its default. Raises BadValue."""
        if not isinstance(plain, dict):
            raise BadValue(path, f"must be an object, not {_brief(plain)}")
        known = {s.name: s for s in cls.settings()}
        for name in plain:
            if name != "kind" and name not in known:
                raise BadValue(
                    _join(path, name), f"is not a setting of {cls.label or cls.__name__}"
                )
        values = {
            name: s.check.decode(plain[name], _join(path, name))
            for name, s in known.items()
            if name in plain
        }
        record = cls(**values)
        for name, sentence in record.problems():
            raise BadValue(_join(path, name), sentence)
        return record

    @classmethod
    def schema(cls) -> dict[str, Any]:
        """JSON Schema of what `encode` writes."""
        kind = {"kind": {"const": cls.kind}} if cls.kind else {}
        settings = {
            s.name: {"title": s.label, "description": s.help, **s.check.schema()}
            for s in cls.settings()
        }
        return {
            "type": "object",
            "title": cls.label,
            "description": cls.help,
            "properties": {**kind, **settings},
            "required": list(kind),
            "additionalProperties": False,
        }


K = TypeVar("K", bound=Declared)


class Registry(Generic[K]):
    """The kinds of one sort of thing (layers, losses ...), in the order they were added."""

    def __init__(self, noun: str) -> None:
        self.noun = noun
        self._kinds: dict[str, type[K]] = {}

    def add(self, cls: type[K]) -> type[K]:
        """Register a kind; a class decorator."""
        if not cls.kind or cls.kind in self._kinds:
            raise ValueError(f"{cls.__name__} needs a kind of its own, not {cls.kind!r}")
        self._kinds[cls.kind] = cls
        return cls

    def kinds(self) -> tuple[type[K], ...]:
        """Every registered class."""
        return tuple(self._kinds.values())

    def __contains__(self, kind: str) -> bool:
        return kind in self._kinds

    def __getitem__(self, kind: str) -> type[K]:
        return self._kinds[kind]

    def make(self, kind: str, **settings: Any) -> K:
        """A value of this kind, with defaults for the settings not given."""
        return self._kinds[kind](**settings)

    def decode(self, plain: Any, path: str = "") -> K:
        """The value that a tagged JSON object stands for; raises BadValue."""
        if not isinstance(plain, dict) or not isinstance(plain.get("kind"), str):
            raise BadValue(path, f'must be an object with a "kind", not {_brief(plain)}')
        kind = plain["kind"]
        if kind not in self._kinds:
            raise BadValue(_join(path, "kind"), f"{kind[:60]!r} is not a known {self.noun}")
        return self._kinds[kind].decode(plain, path)

    def schema(self) -> dict[str, Any]:
        """JSON Schema: any one of the kinds."""
        return {"oneOf": [kind.schema() for kind in self.kinds()]}


def _join(path: str, name: str) -> str:
    return f"{path}.{name[:60]}" if path else name[:60]


def _brief(plain: Any) -> str:
    names = {
        dict: "an object",
        list: "a list",
        str: "text",
        bool: "true or false",
        type(None): "null",
    }
    return names.get(type(plain), "a number")
