"""A display counts only if someone listens there."""

from __future__ import annotations

import socket
import sys

import pytest

from gradloom.cli.display import has_display

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="displays are named on Linux"
)


@pytest.fixture
def listen():
    """A function that listens at a local address."""
    opened = []

    def start(address):
        opened.append(socket.socket(socket.AF_UNIX))
        opened[-1].bind(address)
        opened[-1].listen()

    yield start
    for server in opened:
        server.close()


def test_x11_answers_at_its_abstract_socket(listen):
    assert not has_display({"DISPLAY": ":58731"})
    listen("\0/tmp/.X11-unix/X58731")
    for name in (":58731", ":58731.0", "unix:58731"):
        assert has_display({"DISPLAY": name})
    assert not has_display({"DISPLAY": ":58732"})


def test_x11_on_a_host_answers_at_its_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        display = server.getsockname()[1] - 6000
        assert has_display({"DISPLAY": f"127.0.0.1:{display}.0"})
    assert not has_display({"DISPLAY": f"127.0.0.1:{display}.0"})


def test_wayland_answers_in_the_runtime_folder(listen, tmp_path):
    named = {"WAYLAND_DISPLAY": "w-0", "XDG_RUNTIME_DIR": str(tmp_path)}
    (tmp_path / "w-0").touch()
    assert not has_display(named), "a file that nobody listens at"
    (tmp_path / "w-0").unlink()
    listen(str(tmp_path / "w-0"))
    assert has_display(named)
    assert has_display({"WAYLAND_DISPLAY": str(tmp_path / "w-0")})
    assert not has_display({"WAYLAND_DISPLAY": "w-0"})


def test_qt_is_trusted_with_a_platform_of_its_own():
    assert has_display({"QT_QPA_PLATFORM": "offscreen"})
    assert not has_display({"QT_QPA_PLATFORM": "", "DISPLAY": ""})
