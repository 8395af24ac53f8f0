"""The README says what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize(("name", "language"), [("reader.py", "python"), ("reader.js", "js")])
def test_the_readers_are_shown_as_they_are(name: str, language: str) -> None:
    source = (ROOT / "resources" / "readers" / name).read_text("utf-8").strip()
    assert f"```{language}\n{source}\n```" in README


def test_every_picture_and_file_it_names_exists() -> None:
    named = set(re.findall(r"\]\((resources/[^)]+)\)|`((?:resources|tests)/[^` ]+)`", README))
    paths = [ROOT / (one or other) for one, other in named]
    assert paths
    assert [str(p) for p in paths if not p.exists()] == []


def test_every_command_it_names_is_there() -> None:
    from gradloom.__main__ import main

    for command in sorted(set(re.findall(r"^gradloom (\w+) [A-Z]", README, re.MULTILINE))):
        with pytest.raises(SystemExit) as left:
            main([command, "--help"])
        assert left.value.code == 0


def test_the_keys_it_names_are_in_the_actions_table() -> None:
    pytest.importorskip("PySide6")
    from gradloom.ui.actions import ACTIONS

    keys = {key for action in ACTIONS for key in action.keys}
    named = set(re.findall(r"\*\*((?:Ctrl\+|Shift\+)*(?:[A-Z.]|F\d+|Space))\*\*", README))
    assert named
    assert named <= keys
