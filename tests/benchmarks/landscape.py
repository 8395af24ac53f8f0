"""What a loss landscape costs: the record of a run's path, the survey, the window meanwhile.

    python tests/benchmarks/landscape.py [--rounds 7]

For a small network (2-4-2-1, 300 rows) and one for digits (64-64-10, 1797 rows): microseconds to
publish a picture of the run with a record of its path and without (interleaved, median of the
rounds' differences) and what share of the training that is; seconds for 49 x 49 places at rest and
while it trains; the steps per second that are kept in the two seconds (or more) in which one is
computed, and the lateness of the event loop. Run it under a display (Xvfb will do), or it paints
offscreen.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
from pathlib import Path
from time import perf_counter, process_time

sys.path.insert(0, str(Path(__file__).parent))  # the window's benchmark sets the environment
from window import Bench, dense, places, told

# isort: split
import numpy as np

from gradloom.data import SOURCES, DataSpec
from gradloom.document import State
from gradloom.document.samples import chain
from gradloom.engine import trainer as trainer_module
from gradloom.engine.optimisers import OPTIMISERS
from gradloom.engine.plan import Plan
from gradloom.engine.trainer import Trainer
from gradloom.engine.trajectory import Trajectory
from gradloom.layers import LAYERS
from gradloom.session.landscape import survey
from gradloom.session.slices import Wish
from gradloom.ui.landscape import LandscapePanel


def small() -> State:
    graph = chain([dense(4, "tanh"), dense(2, "tanh"), dense(1, "tanh")])
    data = DataSpec(source=SOURCES.make("circles", count=300)).replace(train=100, validation=0)
    plan = Plan(optimiser=OPTIMISERS.make("sgd", rate=0.03), batch_size=10)
    return State(graph, places(graph), data, plan)


def digits() -> State:
    graph = chain([LAYERS.make("flatten"), dense(64, "relu"), dense(10, "softmax")])
    data = DataSpec(source=SOURCES.make("digits"), scaling="standard")
    plan = Plan(optimiser=OPTIMISERS.make("adam", rate=1e-4), batch_size=64)
    return State(graph, places(graph), data, plan)


class _NoRecord(Trajectory):
    def reach(self, point):
        return self


def publishing(state: State, rounds: int) -> tuple[float, float]:
    """Microseconds to publish with a record of the path, and the median difference to without."""
    trainers = []
    for record in (Trajectory, _NoRecord):
        trainer_module.Trajectory = record
        trainers.append(Trainer(state.graph, state.prepared, state.plan))
    trainer_module.Trajectory = Trajectory
    times = [[], []]
    for _ in range(rounds * 10):
        for trainer, found in zip(trainers, times, strict=True):
            spent = 0.0
            for _ in range(20):
                trainer.run(steps=5)
                began = process_time()
                trainer.progress()
                spent += process_time() - began
            found.append(spent / 20 * 1e6)
    differences = [a - b for a, b in zip(*times, strict=True)]
    return statistics.median(times[0]), statistics.median(differences)


def measure(name: str, state: State, rounds: int) -> None:
    cost, more = publishing(state, rounds)
    print(f"{name}: publishing {cost:.0f} µs, of which the path {more:+.1f} µs;"
          f" 30 a second: {30 * more / 1e4:+.4f} % of a processor")  # fmt: skip
    trainer = Trainer(state.graph, state.prepared, state.plan)
    for _ in range(60):
        trainer.run(steps=20)
        progress = trainer.progress()
    times = []
    for _ in range(rounds):
        began = perf_counter()
        for found in survey(state, progress, Wish()):
            shape = found.losses.shape
        times.append(perf_counter() - began)
    print(f"    {shape[0]} x {shape[1]} places headless {statistics.median(times):.2f} s")
    in_window(state, rounds)


def in_window(state: State, rounds: int) -> None:
    bench = Bench(state)
    docks, panel = bench.parts.window.docks, bench.parts.window.findChild(LandscapePanel)
    panel.controls.options.auto.setChecked(False)
    docks.show("landscape")
    bench.train(1.0)
    alone, meanwhile, took, at_rest = [], [], [], []
    late, late_alone, late_rest = [], [], []
    for _ in range(rounds):
        began, lates = perf_counter(), []
        panel.compute()
        while panel.service.computing:
            lates += bench.spend(0.05)
        at_rest.append(perf_counter() - began)
        late_rest += lates
        bench.parts.bridge.start()
        bench.spend(0.3)
        rate, lates = paced(bench, lambda began: perf_counter() - began < 2.0)
        alone.append(rate)
        late_alone += lates
        began = perf_counter()
        panel.compute()
        done = []
        panel.service.updated.connect(
            lambda found, done=done: done.append(perf_counter()) if found.whole else None
        )
        rate, lates = paced(
            bench, lambda began: perf_counter() - began < 2.0 or panel.service.computing
        )
        took.append(done[0] - began)
        meanwhile.append(rate / alone[-1])
        late += lates
        bench.parts.bridge.pause()
        bench.spend(0.3)
    bench.close()
    print(f"    in the window at rest {statistics.median(at_rest):.2f} s,"
          f" while it trains {statistics.median(took):.2f} s")  # fmt: skip
    kept = f"{statistics.median(meanwhile):.2f} ({min(meanwhile):.2f} to {max(meanwhile):.2f})"
    print(f"    training {statistics.median(alone):,.0f} steps/s, kept meanwhile {kept}")
    print(f"    event loop computing at rest  {told(late_rest)}")
    print(f"    event loop training           {told(late_alone)}")
    print(f"    event loop training+computing {told(late)}")


def paced(bench: Bench, go_on) -> tuple[float, list[float]]:
    """Steps per second and lateness for as long as `go_on(began)`."""
    before, began, late = bench.steps(), perf_counter(), []
    while go_on(began):
        late += bench.spend(0.1)
    return (bench.steps() - before) / (perf_counter() - began), late


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    print(f"{os.cpu_count()} processors, NumPy {np.__version__}")
    measure("2-4-2-1, 300 rows", small(), rounds)
    measure("digits 64-64-10", digits(), rounds)


if __name__ == "__main__":
    main()
