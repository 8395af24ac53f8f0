"""`gradloom train`: train a project without a window."""

from __future__ import annotations

import argparse
import json
import math
import sys
from typing import Any

from gradloom.api import Project, load_project
from gradloom.cli.exits import Exit, complain
from gradloom.core.errors import UserError
from gradloom.engine.history import COLUMNS
from gradloom.engine.progress import Progress

_WIDTH = 24  # characters of the bar


def run(arguments: argparse.Namespace) -> Exit:
    """Train, then write what was asked for; raises UserError for files."""
    project = load_project(arguments.project)
    done = 0 if project.run is None or arguments.seed is not None else project.run.epoch
    bar = _Bar(done, arguments.epochs)
    try:
        project.train(arguments.epochs, arguments.seed, bar.show if sys.stderr.isatty() else None)
    except UserError as error:
        bar.clear()
        return complain(error, Exit.PROBLEMS)
    finally:
        bar.clear()
    if arguments.export is not None:
        project.export(arguments.export)
    if arguments.save is not None:
        project.save(arguments.save)
    print(json.dumps(_figures(project)) if arguments.json else _words(project))
    return Exit.FINE


def _figures(project: Project) -> dict[str, Any]:
    """The last measured figures; null where nothing was measured."""
    run = project.run
    assert run is not None
    last = {name: run.history.column(name)[-1:].tolist() for name in COLUMNS}
    figures = {name: _finite(values[0]) if values else None for name, values in last.items()}
    return {**figures, "epoch": run.epoch, "steps": run.steps, "seconds": round(run.seconds, 3)}


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None


def _words(project: Project) -> str:
    figures = _figures(project)
    names = {
        "loss": "Training loss",
        "validation_loss": "Validation loss",
        "accuracy": f"{_metric(project)} (training)",
        "validation_accuracy": f"{_metric(project)} (validation)",
    }
    lines = [f"{'Epochs':<24}{figures['epoch']}"]
    lines += [
        f"{label:<24}{figures[name]:.6g}"
        for name, label in names.items()
        if figures[name] is not None
    ]
    return "\n".join(lines)


def _metric(project: Project) -> str:
    real = all(c.style == "real" for c in project.state.analysis.codings.values())
    return "R²" if real else "Accuracy"


class _Bar:
    """One line on a terminal that shows how far the training is."""

    def __init__(self, done: int, epochs: int | None) -> None:
        self._done = done
        self._epochs = epochs
        self._shown = False

    def show(self, progress: Progress) -> None:
        """Write the line anew."""
        self._shown = True
        said = f"epoch {progress.epoch}"
        if self._epochs is not None:
            share = min((progress.epoch - self._done) / self._epochs, 1.0)
            filled = round(share * _WIDTH)
            said = f"[{'█' * filled}{'·' * (_WIDTH - filled)}] {said}"
        said += f"  loss {progress.loss:.4g}"
        if math.isfinite(progress.validation_loss):
            said += f"  validation {progress.validation_loss:.4g}"
        if math.isfinite(progress.accuracy):
            said += f"  {progress.metric} {progress.accuracy:.3f}"
        print(f"\r\x1b[K{said}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            self._shown = False
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
