"""What the window costs a training, and what a training costs the window.

    python tests/benchmarks/window.py [--seconds 1.5] [--rounds 7]

For W1 (2-4-2-1 tanh, half squared error, batch 10, SGD, 250 points) and W3 (64-128-64-10 ReLU,
batch 64, Adam, 1797 rows): steps per second without a window and in the real window with map and
loss shown, interleaved, medians; the lateness of the event loop (a 5 ms timer's delay, 99th
percentile and largest) while training and idle; and the time from starting Python to a painted
window. Run it under a display (Xvfb will do), or it paints offscreen.
"""

from __future__ import annotations

import os
import subprocess
import sys

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"
if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import argparse
import statistics
import tempfile
import time
from time import perf_counter

import numpy as np
from PySide6.QtCore import QEventLoop, QSettings, Qt, QTimer

from gradloom.data import SOURCES, DataSpec
from gradloom.data.dataset import Dataset
from gradloom.document import Place, State
from gradloom.document.samples import chain
from gradloom.engine.optimisers import OPTIMISERS
from gradloom.engine.plan import Plan
from gradloom.engine.trainer import Trainer
from gradloom.layers import ACTIVATIONS, LAYERS, LOSSES
from gradloom.layers.signature import Target

_START = """
import sys, time
began = float(sys.argv[1])
from PySide6.QtCore import QEvent, QObject, QTimer
from gradloom.ui.app import application, build
app = application()
parts = build("light")
parts.window.docks.place()
class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            QTimer.singleShot(0, app.quit)
            return False
        return False
watch = Watch()
parts.canvas.installEventFilter(watch)
for child in parts.canvas.findChildren(QObject):
    child.installEventFilter(watch)
parts.window.show()
app.exec()
painted = time.time() - began
parts.window.add_plots()
app.processEvents()
print(painted, time.time() - began)
parts.window.close()
"""


def dense(units: int, activation: str):
    return LAYERS.make("dense", units=units, activation=ACTIVATIONS.make(activation))


def w1() -> State:
    graph = chain([dense(4, "tanh"), dense(2, "tanh"), dense(1, "tanh")])
    output = LAYERS.make("output", loss=LOSSES.make("half_squared"))
    layers = [type(x)(x.id, output, x.name) if x.id == "output_1" else x for x in graph]
    graph = graph.with_layers(layers)
    data = DataSpec(source=SOURCES.make("circles", count=250)).replace(train=100, validation=0)
    plan = Plan(optimiser=OPTIMISERS.make("sgd", rate=0.03), batch_size=10)
    return State(graph, places(graph), data, plan)


def w3() -> State:
    graph = chain([dense(128, "relu"), dense(64, "relu"), dense(10, "softmax")])
    rng = np.random.default_rng(0)
    table = Dataset(
        "digits-like",
        rng.normal(size=(1797, 64)),
        tuple(f"p{i}" for i in range(64)),
        rng.integers(0, 10, (1797, 1)),
        (Target("digit", tuple("0123456789")),),
    )
    data = DataSpec(source=SOURCES.make("table", content=table)).replace(train=100, validation=0)
    plan = Plan(optimiser=OPTIMISERS.make("adam", rate=1e-4), batch_size=64)
    return State(graph, places(graph), data, plan)


def places(graph):
    return {layer.id: Place(220.0 * i, 0.0) for i, layer in enumerate(graph)}


def headless(state: State, seconds: float) -> float:
    trainer = Trainer(state.graph, state.prepared, state.plan)
    trainer.run(steps=200)
    before = trainer.progress().steps
    began = perf_counter()
    trainer.run(deadline=began + seconds)
    return (trainer.progress().steps - before) / (perf_counter() - began)


class Bench:
    """The real window around a state."""

    def __init__(self, state: State) -> None:
        from gradloom.ui.app import application, build

        self.app = application()
        self.parts = build("light")
        self.parts.bridge.set_pace(None)
        self.parts.document.replace(state)
        self.parts.window.docks.place()
        self.parts.window.show()
        self.parts.window.add_plots()
        self.parts.canvas.fit()
        self.spend(0.5)

    def spend(self, seconds: float) -> list[float]:
        """Let the event loop run; how late a 5 ms timer came, in ms."""
        late: list[float] = []
        last = perf_counter()

        def tick() -> None:
            nonlocal last
            now = perf_counter()
            late.append(max(0.0, 1000 * (now - last) - 5))
            last = now

        timer = QTimer()
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(tick)
        timer.start(5)
        loop = QEventLoop()
        QTimer.singleShot(round(1000 * seconds), loop.quit)
        loop.exec()
        timer.stop()
        return late

    def train(self, seconds: float) -> tuple[float, list[float], int]:
        """Steps per second, lateness, pictures."""
        pictures = [0]
        counted = self.parts.maps.updated.connect(
            lambda _: pictures.__setitem__(0, pictures[0] + 1)
        )
        self.parts.bridge.start()
        self.spend(0.5)
        began, before, pictures[0] = perf_counter(), self.steps(), 0
        late = self.spend(seconds)
        rate = (self.steps() - before) / (perf_counter() - began)
        self.parts.bridge.pause()
        self.spend(0.2)
        self.parts.maps.updated.disconnect(counted)
        return rate, late, pictures[0]

    def steps(self) -> int:
        return self.parts.bridge.checkpoint().steps

    def close(self) -> None:
        self.parts.document.mark_saved(self.parts.document.state)
        self.parts.window.close()
        self.spend(0.1)


def told(late: list[float]) -> str:
    middle, most = np.percentile(late, [50, 99])
    return f"p50 {middle:5.1f}  p99 {most:5.1f}  max {max(late):5.1f} ms"


def measure(name: str, state: State, seconds: float, rounds: int) -> None:
    bench = Bench(state)
    alone, shown, kept = [], [], []
    idle_late: list[float] = []
    busy_late: list[float] = []
    pictures = 0
    for _ in range(rounds):
        a = headless(state, seconds)
        rate, late, count = bench.train(seconds)
        alone.append(a)
        shown.append(rate)
        kept.append(rate / a)
        pictures += count
        busy_late += late
        idle_late += bench.spend(seconds)
    bench.close()
    print(f"{name}: headless {statistics.median(alone):9,.0f} steps/s"
          f"   window {statistics.median(shown):9,.0f}"
          f"   kept {statistics.median(kept):.2f} ({min(kept):.2f} to {max(kept):.2f})"
          f"   {pictures / seconds / rounds:.0f} maps/s")  # fmt: skip
    print(f"    event loop training  {told(busy_late)}")
    print(f"    event loop idle      {told(idle_late)}")


def start_to_paint(rounds: int) -> None:
    painted, whole = [], []
    for _ in range(rounds):
        found = subprocess.run(
            [sys.executable, "-c", _START, str(time.time())],
            capture_output=True, text=True, check=True,
        ).stdout.split()  # fmt: skip
        painted.append(float(found[-2]))
        whole.append(float(found[-1]))
    print(f"start to painted window {statistics.median(painted):.2f} s")
    print(f"    ({min(painted):.2f} to {max(painted):.2f})")
    print(f"    with plots {statistics.median(whole):.2f} s")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--seconds", type=float, default=1.5)
    arguments.add_argument("--rounds", type=int, default=7)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GRADLOOM_DATA"] = folder
        for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
            os.environ[name] = folder
        QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, folder)
        print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        start_to_paint(max(3, given.rounds))
        measure("W1", w1(), given.seconds, given.rounds)
        measure("W3", w3(), given.seconds, given.rounds)


if __name__ == "__main__":
    main()
