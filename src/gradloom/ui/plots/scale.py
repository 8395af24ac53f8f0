"""Ranges, ticks and numbers as words: the arithmetic of axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

THIN = "\u202f"  # between groups of three digits
MINUS = "\u2212"
_GAP = 8.0  # px between two words


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round numbers (1, 2, 5 times a power of ten) from `low` to `high`, about `most` of them.

    More where there would be a single one: that tells no scale.
    """
    found: list[float] = []
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return found
    for finer in (1, 2, 4):
        step = _step((high - low) / (max(most, 1) * finer))
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        found = [i * step for i in range(first, last + 1)]
        if len(found) > 1 or most < 2:
            break
    return found


def spaced(words: Sequence[str], widths: Sequence[float], apart: float) -> list[str]:
    """Words of ticks, only every second, third, … of them where they would touch; a 0 stays.

    `widths` of the words and `apart`, from tick to tick, in px.
    """
    for every in range(1, len(words) + 1):
        first = list(words).index("0") % every if "0" in words else 0
        kept = widths[first::every]
        if all((a + b) / 2 + _GAP <= every * apart for a, b in pairwise(kept)):
            return [word if i % every == first else "" for i, word in enumerate(words)]
    return list(words)


def decades(low: float, high: float, most: int = 5) -> list[float]:
    """Exponents of the powers of ten between 10**low and 10**high, thinned to about `most`."""
    first, last = math.ceil(low - 1e-9), math.floor(high + 1e-9)
    every = max(1, -(-(last - first + 1) // max(most, 1)))
    return [float(e) for e in range(first, last + 1) if e % every == 0]


def roomy(
    low: float,
    high: float,
    now: tuple[float, float] | None,
    *,
    steps: int = 4,
    filled: float = 0.35,
) -> tuple[float, float]:
    """A range around low..high that stays `now` while the data keeps to it and fills enough of it.

    It ends at multiples of a round number of which the data takes `steps` or fewer: the more, the
    closer it fits. `filled` is the share that the data must fill for the range to stay.

    Why: a range that follows every frame makes the axis flicker and costs a new layout each time.
    """
    if not (math.isfinite(low) and math.isfinite(high)):
        return now or (0.0, 1.0)
    fits = now is not None and now[0] <= low and high <= now[1]
    if now is not None and fits and high - low >= filled * (now[1] - now[0]):
        return now
    if high <= low:
        room = abs(high) * 0.1 or 1.0
        low, high = low - room, high + room
    step = _step((high - low) / steps)
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step


def _step(least: float) -> float:
    """The smallest of 1, 2, 5 times a power of ten that is at least this."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(f * power for f in (1.0, 2.0, 5.0, 10.0) if f * power >= least * (1 - 1e-9))


def tick_words(values: list[float]) -> list[str]:
    """All ticks of an axis with the same number of decimals."""
    if len(values) < 2:
        return [figure(v) for v in values]
    step = values[1] - values[0]
    if max(map(abs, values)) >= 1e6 or step < 1e-4:
        return [_power(v) if v else "0" for v in values]
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return [_grouped(v, decimals) for v in values]


def decade_words(values: list[float]) -> list[str]:
    """Powers of ten by their exponents: 10, 1, 0.1, 0.01, 1e−5."""
    return [
        _grouped(10**e, max(0, -round(e))) if -4 <= e <= 4 else f"1e{e:.0f}".replace("-", MINUS)
        for e in values
    ]


def figure(x: float) -> str:
    """A number in three significant digits; "–" if there is none."""
    if not math.isfinite(x):
        return "–" if math.isnan(x) else "∞"
    if x == 0:
        return "0"
    size = abs(x)
    if size >= 1e6 or size < 1e-4:
        return _power(x)
    return _grouped(x, max(0, 2 - math.floor(math.log10(size))))


def percent(share: float) -> str:
    """A share as "98.4 %"; "–" if there is none."""
    return f"{100 * share:.1f}{THIN}%" if math.isfinite(share) else "–"


def count(n: float) -> str:
    """A whole number in groups of three digits; "–" if there is none."""
    return _grouped(n, 0) if math.isfinite(n) else "–"


def epoch_words(values: list[float]) -> list[str]:
    """Whole numbers, the last one with its unit."""
    words = [count(v) for v in values]
    return [*words[:-1], f"{words[-1]} epochs"] if words else []


def percent_words(values: list[float]) -> list[str]:
    """Shares as percent."""
    return [f"{word}%" for word in tick_words([100 * v for v in values])]


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """Exponents: powers of ten, or steps in between where there are not two of them."""
    whole = decades(low, high, most)
    return whole if len(whole) >= 2 else ticks(low, high, most)


def log_words(values: list[float]) -> list[str]:
    """The numbers of `log_ticks`."""
    if all(abs(v - round(v)) < 1e-9 for v in values):
        return decade_words(values)
    return [figure(10**v) for v in values]


def _power(x: float) -> str:
    """Two digits and a power of ten: 7.1e−5."""
    digits, power = f"{x:.1e}".split("e")
    return f"{digits}e{int(power)}".replace("-", MINUS)


def whole_decades(low: float, high: float, now: tuple[float, float] | None) -> tuple[float, float]:
    """A range of exponents around low..high, like `roomy`, from one power of ten to another."""
    if (
        now is not None
        and now[0] <= low
        and high <= now[1]
        and high - low >= 0.35 * (now[1] - now[0])
    ):
        return now
    first, last = math.floor(low), math.ceil(high)
    return float(first), float(max(last, first + 1))


def _grouped(x: float, decimals: int) -> str:
    text = f"{x:,.{decimals}f}".replace(",", THIN).replace("-", MINUS)
    return text.removeprefix(MINUS) if not any(d in text for d in "123456789") else text
