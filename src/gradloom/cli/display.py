"""Whether there is a display that a window can be opened on. Qt aborts where there is none."""

from __future__ import annotations

import os
import re
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

_PATIENCE = 1.0  # seconds for a display on another computer
_X11 = re.compile(r"(?P<host>.*):(?P<number>[0-9]{1,5})(\.[0-9]+)?")


def has_display(environment: Mapping[str, str]) -> bool:
    """Whether a window can be opened: on Linux, whether the display that is named answers."""
    if not sys.platform.startswith("linux") or environment.get("QT_QPA_PLATFORM"):
        return True
    return _x11_answers(environment.get("DISPLAY", "")) or _wayland_answers(environment)


def _x11_answers(display: str) -> bool:
    """`display` is [host]:number[.screen], or the path of a socket."""
    if display.startswith("/") and _answers(display):
        return True
    found = _X11.fullmatch(display)
    if found is None:
        return False
    host, number = found["host"].strip("[]"), int(found["number"])
    if host in ("", "unix"):
        path = f"/tmp/.X11-unix/X{number}"  # noqa: S108 - where X servers listen
        if _answers(path) or _answers(f"\0{path}"):
            return True
        host = "localhost"
    try:
        socket.create_connection((host, 6000 + number), _PATIENCE).close()
    except (OSError, ValueError, OverflowError):
        return False
    return True


def _wayland_answers(environment: Mapping[str, str]) -> bool:
    name, folder = environment.get("WAYLAND_DISPLAY", ""), environment.get("XDG_RUNTIME_DIR", "")
    path = Path(folder, name)
    return bool(name) and path.is_absolute() and _answers(os.fspath(path))


def _answers(address: str) -> bool:
    """Whether someone listens at a local socket."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(_PATIENCE)
        try:
            client.connect(address)
        except (OSError, ValueError):
            return False
    return True
