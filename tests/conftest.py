"""Shared fixtures: one BLAS thread, offscreen Qt, leak checks, pixel snapshots."""

from __future__ import annotations

import os
import signal
import sys

# a shell starts what it puts into the background with Ctrl-C ignored, and so their children
signal.signal(signal.SIGINT, signal.default_int_handler)

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"
os.environ.setdefault("GRADLOOM_REDUCED_MOTION", "1")
if "--headed" not in sys.argv:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"

import logging
import threading
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile(
    "gradloom", derandomize=True, deadline=None, max_examples=50, print_blob=False
)
settings.load_profile("gradloom")

SNAPSHOTS = Path(__file__).parent / "ui" / "snapshots"
FONT = "DejaVu Sans"


def pytest_addoption(parser):
    parser.addoption("--headed", action="store_true", help="show real windows while testing")
    parser.addoption("--update-snapshots", action="store_true", help="write new pixel snapshots")


@pytest.fixture(autouse=True)
def no_leaked_threads():
    """A thread that outlives its test fails it and is named."""
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        thread.join(timeout=2)
        assert not thread.is_alive(), f"the test left a running thread: {thread.name}"


@pytest.fixture(autouse=True)
def no_unexpected_log(request, caplog):
    """A warning or error in the log fails the test unless it is marked `expects_log`."""
    yield
    if request.node.get_closest_marker("expects_log"):
        return
    loud = [r for r in caplog.get_records("call") if r.levelno >= logging.WARNING]
    loud = [r for r in loud if not r.name.startswith("pytest-qt")]
    assert not loud, f"unexpected log: {loud[0].name}: {loud[0].getMessage()}"


@pytest.fixture(autouse=True)
def own_settings(tmp_path, monkeypatch):
    """No test reads or writes the settings and data folders of the person who runs it."""
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.setenv("GRADLOOM_DATA", str(tmp_path / "gradloom-data"))


@pytest.fixture(scope="session")
def qapp_args():
    return ["gradloom-tests"]


@pytest.fixture
def theme(qapp):
    """The light theme, in a font that snapshots were made with."""
    from PySide6.QtGui import QFont

    from gradloom.ui.theme import Theme

    qapp.setFont(QFont(FONT))
    made = Theme()
    made.set_mode("light")
    yield made
    qapp.setStyleSheet("")


@pytest.fixture(autouse=True)
def no_leaked_windows(request):
    """A window still open when its test ends fails it."""
    yield
    if "qapp" not in request.fixturenames and "qtbot" not in request.fixturenames:
        return
    from PySide6.QtWidgets import QApplication

    left = [w for w in QApplication.topLevelWidgets() if w.isVisible()]
    names = [f"{type(w).__name__} {w.objectName()}" for w in left]
    for widget in left:
        widget.close()
    assert not names, f"the test left windows open: {names}"


@pytest.fixture
def snapshot(request, qapp):
    """`snapshot(widget_or_image, name)` compares with the stored picture, within a tolerance."""
    import numpy as np
    from PySide6.QtGui import QFontDatabase, QImage
    from PySide6.QtWidgets import QWidget

    if FONT not in QFontDatabase.families():
        pytest.skip(f"the snapshots are painted with {FONT}, which this machine lacks")

    def pixels(image: QImage):
        image = image.convertToFormat(QImage.Format.Format_RGB32)
        data = np.frombuffer(image.constBits(), np.uint8)
        rows = data.reshape(image.height(), image.bytesPerLine() // 4, 4)
        return rows[:, : image.width(), :3].astype(int)

    def compare(shown, name: str) -> None:
        image = shown.grab().toImage() if isinstance(shown, QWidget) else shown
        path = SNAPSHOTS / f"{name}.png"
        if request.config.getoption("--update-snapshots"):
            path.parent.mkdir(parents=True, exist_ok=True)
            image.save(str(path))
            return
        assert path.exists(), f"no snapshot {name}; look at it and run with --update-snapshots"
        stored = QImage(str(path))
        assert (stored.width(), stored.height()) == (image.width(), image.height()), name
        difference = np.abs(pixels(stored) - pixels(image)).max(axis=2)
        share = float((difference > 24).mean())
        if share > 0.01:
            wrong = Path(request.config.rootpath) / "build" / f"{name}.actual.png"
            wrong.parent.mkdir(parents=True, exist_ok=True)
            image.save(str(wrong))
            pytest.fail(f"{share:.1%} of the pixels of {name} differ; see {wrong}")

    return compare
