"""Every sample trained over ten seeds by its own plan: what it reaches on rows it has not seen.

    python tests/benchmarks/results.py [NAME ...]

A seed draws the split (and generated points), the start values and the order of the rows. The
figure is the accuracy on the test rows, or R² for real targets; for gates, which have no test rows,
the share of seeds that learn the whole table, over a hundred seeds.
"""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Iterator
from time import perf_counter

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from gradloom.document.samples import GROUPS, SAMPLES, Sample
from gradloom.engine.trainer import Trainer
from gradloom.session.measuring import Measurer

SEEDS, GATE_SEEDS = 10, 100
# what the presets are there to reach, mean over the seeds
WANTED = {
    "iris": 0.89,
    "wine": 0.946,
    "breast_cancer": 0.947,
    "digits": 0.965,
    "diabetes": 0.32,
    "xor_gate": 0.95,
}
BEATS = {"digits_cnn": "digits"}


def held_out(sample: Sample, seed: int) -> float:
    """Accuracy or R² on the test rows after training with this seed; of a gate 1 or 0."""
    state = sample.state
    plan = state.plan.replace(seed=seed, epochs=state.plan.epochs or 300)
    state = dataclasses.replace(state, plan=plan)
    trainer = Trainer(state.graph, state.prepared, plan)
    trainer.run()
    (answer, *_) = Measurer(state).measure(trainer.progress(1)).answers
    if state.data.source.task == "gate":
        return float(answer.parts["train"].confusion.accuracy == 1.0)
    part = answer.parts["test"]
    return part.confusion.accuracy if answer.classes else part.fit.r2


def rows(names: list[str]) -> Iterator[tuple[str, str, list[float], float]]:
    """(group, name, figures, seconds) of the samples that are measured."""
    for group in GROUPS:
        for sample in group.samples:
            source = sample.state.data.source
            if (names and sample.name not in names) or source.task == "table":
                continue  # a single row, worked by hand, has no test rows
            began = perf_counter()
            seeds = GATE_SEEDS if source.task == "gate" else SEEDS
            found = [held_out(sample, seed) for seed in range(seeds)]
            yield group.title, sample.name, found, perf_counter() - began


def _figure(number: float) -> str:
    return f"{number:8.3f}" if abs(number) < 100 else f"{number:8.0e}"


def main(names: list[str]) -> int:
    """Print the table; 1 if something that is wanted is missed."""
    unknown = [name for name in names if name not in SAMPLES]
    if unknown:
        print(f"No sample is called {unknown[0]}; there are {', '.join(SAMPLES)}.")
        return 2
    means: dict[str, float] = {}
    missed, heading = 0, ""
    print(f"{'':22}{'mean':>8}{'spread':>8}{'least':>8}{'wanted':>9}{'':8}{'seconds':>8}")
    for group, name, found, seconds in rows(names):
        if group != heading:
            heading = group
            print(heading)
        mean = means[name] = float(np.mean(found))
        wanted = means.get(BEATS.get(name, ""), WANTED.get(name))
        verdict = ""
        if wanted is not None:
            met = mean > wanted if name in BEATS else mean >= wanted
            missed += not met
            verdict = "  met" if met else "  MISSED"
        spread = float(np.std(found, ddof=1))
        said = "" if wanted is None else f"{wanted:.3f}"
        figures = "".join(_figure(number) for number in (mean, spread, min(found)))
        print(f"  {name:20}{figures}{said:>9}{verdict:8}{seconds:8.1f}", flush=True)
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
