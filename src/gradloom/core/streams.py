"""Named random streams of one project seed: the same seed gives the same bits.

A stream is keyed by words and numbers, so that drawing more from one never moves another:
`stream(7, "init", "dense_1")` is the same whatever other layers there are.
"""

from __future__ import annotations

from typing import Any
from zlib import crc32

import numpy as np

from gradloom.core.errors import BadValue


def stream(seed: int, *key: str | int) -> np.random.Generator:
    """The generator (PCG64) of `seed` for this key."""
    words = [crc32(part.encode()) if isinstance(part, str) else part for part in key]
    return np.random.Generator(np.random.PCG64([seed, *words]))


def generator_to_plain(generator: np.random.Generator) -> dict[str, Any]:
    """The state of a PCG64 generator with its 128-bit integers as hexadecimal text."""
    state = generator.bit_generator.state
    return {
        "state": hex(state["state"]["state"]),
        "inc": hex(state["state"]["inc"]),
        "has_uint32": int(state["has_uint32"]),
        "uinteger": int(state["uinteger"]),
    }


def generator_from_plain(plain: dict[str, Any], path: str = "") -> np.random.Generator:
    """The generator that `generator_to_plain` described; raises BadValue for anything else."""
    bits = np.random.PCG64(0)
    try:
        bits.state = {
            "bit_generator": "PCG64",
            "state": {"state": int(plain["state"], 16), "inc": int(plain["inc"], 16)},
            "has_uint32": int(plain["has_uint32"]),
            "uinteger": int(plain["uinteger"]),
        }
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise BadValue(path, "is not the state of a random generator (PCG64)") from error
    return np.random.Generator(bits)
