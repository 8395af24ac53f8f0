"""Checks: what values a setting takes, said once as an object.

A check answers `why_not(value)` with a sentence or None, turns values to and from plain JSON
(`encode`, `decode`), and describes itself as JSON Schema. Forms choose a widget by its class.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from gradloom.core.errors import BadValue

if TYPE_CHECKING:
    from gradloom.core.settings import Registry


def shown(value: Any) -> str:
    """A refused value as a sentence can hold it: short, whatever it is."""
    if isinstance(value, dict | list | tuple):
        return "an object" if isinstance(value, dict) else "a list"
    if isinstance(value, int) and value.bit_length() > 100:
        return "a number so large"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


class Check(Protocol):
    """What a setting's value must be."""

    def why_not(self, value: Any) -> str | None:
        """Why `value` is refused, as the end of a sentence that starts with its label; or None."""

    def encode(self, value: Any) -> Any:
        """`value` as plain JSON."""

    def decode(self, plain: Any, path: str) -> Any:
        """The value that plain JSON at `path` stands for; raises BadValue."""

    def schema(self) -> dict[str, Any]:
        """This check as JSON Schema."""


class Plain:
    """A check whose values are JSON values already."""

    def why_not(self, value: Any) -> str | None:
        """None when `value` is taken."""
        raise NotImplementedError

    def encode(self, value: Any) -> Any:
        """The value itself."""
        return value

    def decode(self, plain: Any, path: str) -> Any:
        """The value itself, once checked."""
        sentence = self.why_not(plain)
        if sentence is not None:
            raise BadValue(path, sentence)
        return plain


@dataclass(frozen=True)
class Flag(Plain):
    """True or False."""

    def why_not(self, value: Any) -> str | None:
        return None if isinstance(value, bool) else f"must be true or false, not {shown(value)}"

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


@dataclass(frozen=True)
class Whole(Plain):
    """A whole number from `low` to `high`, both allowed."""

    low: int
    high: int

    def why_not(self, value: Any) -> str | None:
        if (
            isinstance(value, int)
            and not isinstance(value, bool)
            and self.low <= value <= self.high
        ):
            return None
        return f"must be a whole number from {self.low} to {self.high}, not {shown(value)}"

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.low, "maximum": self.high}


@dataclass(frozen=True)
class Real(Plain):
    """A finite number between `low` and `high`; open ends are said with `above` and `below`.

    `log` asks forms to step by factors rather than by differences.
    """

    low: float = -math.inf
    high: float = math.inf
    above: bool = False
    below: bool = False
    log: bool = False

    def why_not(self, value: Any) -> str | None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return f"must be a number, not {shown(value)}"
        try:
            number = float(value)
        except OverflowError:
            return "must be a finite number"
        if not math.isfinite(number):
            return f"must be a finite number, not {shown(value)}"
        too_low = number <= self.low if self.above else number < self.low
        too_high = number >= self.high if self.below else number > self.high
        return f"must be {self.words()}, not {shown(value)}" if too_low or too_high else None

    def words(self) -> str:
        """The allowed range in words."""
        low = f"{'above' if self.above else 'at least'} {self.low:g}"
        high = f"{'below' if self.below else 'at most'} {self.high:g}"
        if math.isinf(self.low) and math.isinf(self.high):
            return "any finite number"
        if math.isinf(self.high):
            return low
        return high if math.isinf(self.low) else f"{low} and {high}"

    def decode(self, plain: Any, path: str) -> float:
        return float(super().decode(plain, path))

    def schema(self) -> dict[str, Any]:
        plain: dict[str, Any] = {"type": "number"}
        if math.isfinite(self.low):
            plain["exclusiveMinimum" if self.above else "minimum"] = self.low
        if math.isfinite(self.high):
            plain["exclusiveMaximum" if self.below else "maximum"] = self.high
        return plain


@dataclass(frozen=True)
class Choice(Plain):
    """One of a few names, each with the label a person sees: `Choice(("sum", "Sum"), ...)`."""

    options: tuple[tuple[str, str], ...]

    def __init__(self, *options: tuple[str, str]) -> None:
        object.__setattr__(self, "options", options)

    def why_not(self, value: Any) -> str | None:
        names = [name for name, _ in self.options]
        if isinstance(value, str) and value in names:
            return None
        return f"must be one of {', '.join(names)}, not {shown(value)}"

    def label(self, value: str) -> str:
        """The words a person sees for `value`."""
        return dict(self.options)[value]

    def schema(self) -> dict[str, Any]:
        return {"enum": [name for name, _ in self.options]}


@dataclass(frozen=True)
class Text(Plain):
    """A line of text of at most `longest` characters."""

    longest: int = 200

    def why_not(self, value: Any) -> str | None:
        if not isinstance(value, str):
            return f"must be text, not {shown(value)}"
        if len(value) > self.longest:
            return f"must have at most {self.longest} characters, not {len(value)}"
        return None if value.isprintable() else "must be one line of printable characters"

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": self.longest}


@dataclass(frozen=True)
class Numbers(Text):
    """A line of finite numbers, at least one, with spaces, commas or semicolons between."""

    longest: int = 100_000

    def why_not(self, value: Any) -> str | None:
        sentence = super().why_not(value)
        if sentence is not None:
            return sentence
        try:
            numbers = self.read(value)
        except ValueError as error:
            return str(error)
        return None if numbers else "must hold at least one number"

    @staticmethod
    def read(value: str) -> tuple[float, ...]:
        """The numbers; ValueError, in words, for a word that is none."""
        found = []
        for word in value.replace(",", " ").replace(";", " ").split():
            try:
                number = float(word)
            except ValueError:
                number = math.nan
            if not math.isfinite(number):
                raise ValueError(f"must hold numbers only, not {shown(word)}")
            found.append(number)
        return tuple(found)


@dataclass(frozen=True)
class Names:
    """Several different column names, at least one; held as a tuple."""

    most: int = 100_000

    def why_not(self, value: Any) -> str | None:
        if not isinstance(value, tuple) or not all(isinstance(name, str) for name in value):
            return "must be a list of column names"
        if not value:
            return "must name at least one column"
        if len(value) > self.most:
            return f"must name at most {self.most} columns, not {len(value)}"
        return None if len(set(value)) == len(value) else "names a column twice"

    def encode(self, value: Any) -> Any:
        return list(value)

    def decode(self, plain: Any, path: str) -> Any:
        value = tuple(plain) if isinstance(plain, list) else plain
        sentence = self.why_not(value)
        if sentence is not None:
            raise BadValue(path, sentence)
        return value

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": True}


@dataclass(frozen=True)
class Optional:
    """Another check, or None; `label` says what None means ("Automatic", "None", "All")."""

    check: Check
    label: str = "Automatic"

    def why_not(self, value: Any) -> str | None:
        return None if value is None else self.check.why_not(value)

    def encode(self, value: Any) -> Any:
        return None if value is None else self.check.encode(value)

    def decode(self, plain: Any, path: str) -> Any:
        return None if plain is None else self.check.decode(plain, path)

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [{"type": "null"}, self.check.schema()]}


@dataclass(frozen=True)
class Variant:
    """A value of one of the kinds in a registry, with that kind's own settings."""

    registry: Registry[Any]

    def why_not(self, value: Any) -> str | None:
        if type(value) not in self.registry.kinds():
            return f"must be a {self.registry.noun}, not {shown(value)}"
        first = next(iter(value.problems()), None)
        return None if first is None else f"has a bad {first[0]}: it {first[1]}"

    def encode(self, value: Any) -> Any:
        return value.encode()

    def decode(self, plain: Any, path: str) -> Any:
        return self.registry.decode(plain, path)

    def schema(self) -> dict[str, Any]:
        return self.registry.schema()
