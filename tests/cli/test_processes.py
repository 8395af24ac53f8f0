"""The command line as a program of its own."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gradloom.document.files import save_project
from gradloom.document.samples import first_project

GRADLOOM = [sys.executable, "-m", "gradloom"]
FULL = Path("/dev/full")


@pytest.fixture
def project(tmp_path):
    path = tmp_path / "circles.gradloom"
    save_project(path, first_project())
    return path


def _bare() -> dict[str, str]:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return {name: value for name, value in os.environ.items() if name not in hidden}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="displays are named on Linux")
@pytest.mark.parametrize(
    "named",
    [
        {},
        {"DISPLAY": ":999"},
        {"DISPLAY": ":999.0", "WAYLAND_DISPLAY": "wayland-7"},
        {"DISPLAY": "127.0.0.1:999"},
        {"DISPLAY": "nonsense"},
    ],
)
def test_without_a_living_display_one_sentence_and_2(named, tmp_path) -> None:
    env = {**_bare(), **named, "XDG_RUNTIME_DIR": str(tmp_path)}
    done = subprocess.run(GRADLOOM, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == (
        "gradloom: There is no display to open a window on; without one, use"
        " gradloom train, predict, check, trace or picture (see gradloom --help).\n"
    )


def test_commands_do_not_load_qt(project) -> None:
    code = f"""
import sys
from gradloom.__main__ import main
for line in (["check", {str(project)!r}], ["train", {str(project)!r}, "--epochs", "1"]):
    assert main(line) == 0
assert not [m for m in sys.modules if m.startswith(("PySide6", "shiboken", "pyqtgraph"))]
"""
    env = {k: v for k, v in _bare().items() if not k.endswith("_NUM_THREADS")}
    code += "import os; assert os.environ['OPENBLAS_NUM_THREADS'] == '1'\n"
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_ctrl_c_ends_without_a_traceback(project, tmp_path) -> None:
    line = [*GRADLOOM, "train", str(project), "--epochs", "1000000", "--export", "w.json"]
    running = subprocess.Popen(line, stderr=subprocess.PIPE, stdout=subprocess.PIPE, cwd=tmp_path)
    time.sleep(1.5)
    assert running.poll() is None
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=10)
    assert running.returncode == 130
    assert b"Traceback" not in err
    assert b"Interrupted" in err
    assert out == b""
    assert not (tmp_path / "w.json").exists()


def test_a_reader_that_goes_away_is_no_error(project) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [*GRADLOOM, "check", str(project)], stdout=write, stderr=subprocess.PIPE, check=False
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")
@pytest.mark.parametrize("command", ["check", "trace", "train"])
def test_a_full_disk_is_said_in_one_sentence(project, command) -> None:
    with FULL.open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [*GRADLOOM, command, str(project)], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 2
    assert done.stderr == b"gradloom: The output can't be written: no space left on device.\n"


@pytest.mark.skipif(os.name != "posix", reason="needs a shell that closes files")
def test_a_closed_output_is_no_error(project) -> None:
    line = " ".join(shlex.quote(part) for part in [*GRADLOOM, "check", str(project)])
    done = subprocess.run(["sh", "-c", f"{line} >&-"], stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_signs_are_said_in_any_locale(project) -> None:
    env = {**_bare(), "LC_ALL": "C", "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        [*GRADLOOM, "check", str(project)], env=env, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "2 → 4" in done.stdout.decode()
