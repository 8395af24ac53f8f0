"""How arrow keys move numbers, how numbers are written and read: pure functions."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from gradloom.core.checks import Check, Choice, Flag, Names, Real, Text, Variant, Whole

LADDER_LOW, LADDER_HIGH = -5, 1  # powers of ten that sliders span: 0.00001 .. 10


def stops(check: Check) -> tuple[float, ...]:
    """Where a slider for this check stops; none if a slider would not help."""
    if isinstance(check, Real) and check.log:
        return ladder(check)
    if isinstance(check, Whole) and check.high - check.low <= 100:
        return tuple(range(check.low, check.high + 1))
    return ()


def ladder(check: Real) -> tuple[float, ...]:
    """The stops of a logarithmic slider: (0,) 0.00001, 0.00003, 0.0001 ... 3, 10, as allowed."""
    stops = [
        float(f"{digit}e{power}")
        for power in range(LADDER_LOW, LADDER_HIGH + 1)
        for digit in (1, 3)
        if (digit, power) != (3, LADDER_HIGH)
    ]
    return tuple(stop for stop in (0.0, *stops) if check.why_not(stop) is None)


def rung(value: float, up: bool) -> float:
    """The next of ... 0.1, 0.3, 1, 3, 10 ... above or below a positive value."""
    power = math.floor(math.log10(value))
    stops = [float(f"{digit}e{p}") for p in range(power - 1, power + 2) for digit in (1, 3)]
    if up:
        return min(stop for stop in stops if stop > value * (1 + 1e-9))
    return max(stop for stop in stops if stop < value * (1 - 1e-9))


def step(check: Whole | Real, value: float | None, count: int) -> float:
    """`value` moved by `count` steps, as far as the check allows; None moves to a start value."""
    if value is None:
        return float(start_of(check)) if isinstance(check, Real) else int(start_of(check))
    if isinstance(check, Whole):
        return max(check.low, min(check.high, int(value) + count))
    for _ in range(abs(count)):
        moved = _factor(check, value, count > 0) if check.log else _grain(check, value, count > 0)
        if check.why_not(moved) is not None:
            bound = check.high if count > 0 else check.low
            return bound if check.why_not(bound) is None else value
        value = moved
    return value


def _factor(check: Real, value: float, up: bool) -> float:
    if value < 0:
        return -_factor(check, -value, not up)
    if value == 0:
        return 10.0**LADDER_LOW if up else 0.0
    if not up and value <= 10.0**LADDER_LOW and check.why_not(0.0) is None:
        return 0.0
    return rung(value, up)


def _grain(check: Real, value: float, up: bool) -> float:
    """A twentieth of a finite range; else a tenth of the value's power of ten."""
    if math.isfinite(check.low) and math.isfinite(check.high) and check.high - check.low <= 100:
        grain = float(f"{(check.high - check.low) / 20:.1g}")
    else:
        grain = 0.1 if value == 0 else float(f"1e{math.floor(math.log10(abs(value))) - 1}")
    moved = (math.floor(value / grain + 1e-9) + 1) if up else (math.ceil(value / grain - 1e-9) - 1)
    return float(f"{moved * grain:.12g}")


def start_of(check: Check, names: tuple[str, ...] = ()) -> Any:
    """A sensible first value where there was none."""
    if isinstance(check, Whole):
        return max(check.low, min(check.high, 100))
    if isinstance(check, Real):
        ends = (check.low, check.high, (check.low + check.high) / 2)
        return next(float(v) for v in (1.0, 0.9, 0.5, *ends) if check.why_not(v) is None)
    simple: Mapping[type, Any] = {Flag: True, Text: "", Names: names}
    if isinstance(check, Choice):
        return check.options[0][0]
    if isinstance(check, Variant):
        return check.registry.kinds()[0]()
    return simple.get(type(check))


def write(value: float) -> str:
    """A number as people type it: the shortest text that reads back the same."""
    if isinstance(value, int):
        return str(value)
    text = repr(float(value))
    if "e" in text and 1e-7 <= abs(value) < 1e16:
        text = format(Decimal(text), "f")
    return text.removesuffix(".0")


def read(check: Whole | Real, text: str) -> float | str:
    """The number that was typed, or a sentence's end that says why it is none.

    Takes 1e-3, a decimal comma, a true minus sign and spaces between digits.
    """
    plain = text.strip().replace("−", "-").replace("\u202f", "").replace(" ", "")
    if "," in plain and "." not in plain:
        plain = plain.replace(",", ".")
    try:
        number = float(plain)
    except ValueError:
        example = "12" if isinstance(check, Whole) else "0.03 or 1e-3"
        return f"must be a number such as {example}" + (f", not “{text}”" if text else "")
    if isinstance(check, Whole):
        if not number.is_integer():
            return f"must be a whole number from {check.low} to {check.high}, not {text}"
        return int(plain) if plain.lstrip("+-").isdigit() else int(number)
    return number
