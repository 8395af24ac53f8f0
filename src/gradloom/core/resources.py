"""Where the files that ship with the program are."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def resource_path(*parts: str) -> Path:
    """The path of a shipped file: `resource_path("data", "iris.csv")`.

    Why two places: an installed package holds them in `_resources`, but hatchling's force-include
    does nothing in an editable install, where the checkout's top-level `resources` serves.
    """
    inside = _PACKAGE / "_resources"
    root = inside if inside.is_dir() else _PACKAGE.parents[1] / "resources"
    return root.joinpath(*parts)
