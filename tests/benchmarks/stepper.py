"""How quick the stepper is: `python tests/benchmarks/stepper.py`, milliseconds.

To reach: building and showing a trace of W3 (64-128-64-10, batch 64) under 100, one move to its
painted frame under 16, also in a network of 20 layers. Medians and 99th percentiles over walks; the
first walk typesets formulas (once per formula and program) in the idle time between frames.
"""

from __future__ import annotations

import os
from time import perf_counter

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np

from gradloom.data import SOURCES, Dataset, DataSpec
from gradloom.document import Document, State
from gradloom.document.samples import chain, first_project
from gradloom.engine.optimisers import OPTIMISERS
from gradloom.engine.plan import Plan
from gradloom.layers import ACTIVATIONS, LAYERS, Kind
from gradloom.layers.signature import Target
from gradloom.session.stepping import Stepping
from gradloom.ui.app import application
from gradloom.ui.stepper import StepperPanel
from gradloom.ui.theme import Theme
from gradloom.ui.view import View
from gradloom.ui.worker import TrainingBridge

_SIZE = (900, 320)


def _dense(units: int, activation: str) -> Kind:
    return LAYERS.make("dense", units=units, activation=ACTIVATIONS.make(activation))


def _state(kinds: list[Kind], data: DataSpec, batch: int) -> State:
    plan = Plan(optimiser=OPTIMISERS.make("adam", rate=0.01), batch_size=batch)
    return State(chain(kinds), first_project().places, data, plan)


def _table(rows: int, features: int, classes: int) -> DataSpec:
    rng = np.random.default_rng(0)
    content = Dataset(
        "rows",
        rng.normal(size=(rows, features)),
        tuple(f"x{i}" for i in range(features)),
        rng.integers(0, classes, (rows, 1)).astype(float),
        (Target("y", tuple(str(i) for i in range(classes))),),
    )
    return DataSpec(source=SOURCES.make("table", content=content))


def workloads() -> dict[str, State]:
    """Networks by name."""
    deep = [_dense(32, "tanh") for _ in range(20)]
    wide = [_dense(512, "relu"), _dense(256, "relu"), _dense(10, "softmax")]
    w3 = [_dense(128, "relu"), _dense(64, "relu"), _dense(10, "softmax")]
    return {
        "W1 2-4-2-1": first_project(),
        "W3 64-128-64-10, batch 64": _state(w3, _table(1797, 64, 10), 64),
        "20 × 32 tanh": _state([*deep, _dense(1, "tanh")], DataSpec(), 32),
        "784-512-256-10, batch 128": _state(wide, _table(1000, 784, 10), 128),
    }


def _milliseconds(call: object) -> float:
    start = perf_counter()
    call()  # type: ignore[operator]
    return (perf_counter() - start) * 1e3


def _walk(panel: StepperPanel, app: object, move: object) -> list[float]:
    """Milliseconds from each move to its painted frame."""
    times = []
    for _ in range(panel.stepping.end):

        def frame() -> None:
            move()  # type: ignore[operator]
            panel.repaint()

        times.append(_milliseconds(frame))
        app.processEvents()  # type: ignore[attr-defined]
    return times


def _figures(times: list[float]) -> str:
    return f"{np.median(times):7.1f} {np.percentile(times, 99):7.1f} {max(times):7.1f}"


def measure(state: State, app: object, theme: Theme) -> str:
    """One line of figures."""
    document = Document(state)
    bridge = TrainingBridge(document)
    panel = StepperPanel(document, View(), theme, bridge)
    panel.resize(*_SIZE)
    panel.show()
    app.processEvents()  # type: ignore[attr-defined]
    stepping = Stepping()

    def enter() -> None:
        panel.enter()
        panel.repaint()

    trace = np.median([_milliseconds(lambda: stepping.enter(state, None)) for _ in range(5)])
    shown = np.median([_milliseconds(enter) for _ in range(5)])
    first = _walk(panel, app, panel.stepping.forward)
    later = _walk(panel, app, panel.stepping.back) + _walk(panel, app, panel.stepping.forward)
    panel.shutdown()
    panel.close()
    bridge.shutdown()
    return f"{trace:7.1f} {shown:7.1f}   {_figures(first)}   {_figures(later)}"


def main() -> None:
    """Measure and print."""
    app = application()
    theme = Theme()
    theme.set_mode("light")
    walks = "first walk: median, p99, max   later walks, both ways"
    print(f"{'':28}{'trace':>7}{'shown':>8}   {walks}")
    for name, state in workloads().items():
        print(f"{name:28}{measure(state, app, theme)}", flush=True)


if __name__ == "__main__":
    main()
