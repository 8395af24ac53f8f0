"""How long a stroke on the map takes, with many points there already.

    python tests/benchmarks/drawing.py [--points 500 19000] [--train]

For each brush, in the real window: the time from a movement of the pointer to its painted picture
(median and largest), from the button coming up to the edited document, and to its painted picture.
Run it under a display (Xvfb will do), or it paints offscreen.
"""

from __future__ import annotations

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"
if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import argparse
import dataclasses
import statistics
import tempfile
from time import perf_counter

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QSettings, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest

from gradloom.data.drawing import add_points, blank
from gradloom.ui.app import application, build
from gradloom.ui.map.brushes import BRUSHES

_STEPS = 25


def drawn(count: int):
    points = np.random.default_rng(0).uniform(-5, 5, (count, 2))
    half = count // 2
    return add_points(add_points(blank(), points[:half], 0), points[half:], 1)


def measure(count: int, *, train: bool) -> None:
    app, parts, source = application(), build("light"), drawn(count)
    parts.window.docks.place()
    parts.window.show()
    QTest.qWait(300)
    parts.window.add_plots()
    parts.document.edit(
        "draw", lambda s: dataclasses.replace(s, data=s.data.replace(source=source))
    )
    map_ = parts.window.map
    map_.take("pencil")
    if train:
        parts.bridge.start()
    QTest.qWait(1000)
    view = map_.field.sheet.viewport()
    print(f"{count:,} points{', training' if train else ''}")
    for brush in BRUSHES:
        map_.drawing.tools.take(brush.name)
        QTest.qWait(300)
        start = map_.field.frame().at(-3, 2).toPoint()
        QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
        app.processEvents()
        moves = []
        for i in range(1, _STEPS + 1):
            at, began = QPointF(start + QPoint(3 * i, i)), perf_counter()
            there = QPointF(view.mapToGlobal(at.toPoint()))
            none, left = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton
            plain = Qt.KeyboardModifier.NoModifier
            move = QMouseEvent(QEvent.Type.MouseMove, at, there, none, left, plain)
            app.sendEvent(view, move)
            app.processEvents()
            moves.append(1e3 * (perf_counter() - began))
        began = perf_counter()
        QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=at.toPoint())
        edited = 1e3 * (perf_counter() - began)
        app.processEvents()
        painted = 1e3 * (perf_counter() - began)
        print(
            f"  {brush.label:13} move {statistics.median(moves):5.1f} ms,"
            f" at most {max(moves):5.1f}; release {edited:5.1f} ms, painted {painted:5.1f}"
        )
        if parts.document.undo_label != "draw":
            parts.document.undo()
    parts.document.mark_saved(parts.document.state)
    parts.window.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--points", type=int, nargs="+", default=[500, 19_000])
    parser.add_argument("--train", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        QSettings.setDefaultFormat(QSettings.Format.IniFormat)
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, folder)
        for count in options.points:
            measure(count, train=options.train)


if __name__ == "__main__":
    main()
