"""Paths on the command line."""

from __future__ import annotations

import argparse
from pathlib import Path


def named_path(text: str) -> Path:
    """The path; an empty one names no file (and would count as the current folder)."""
    if not text:
        raise argparse.ArgumentTypeError("there is no such file: ''")
    return Path(text)
