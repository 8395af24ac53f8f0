"""`gradloom train`: train a project without a window."""

from __future__ import annotations

import argparse
import json
import math
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, current_thread, main_thread
from types import FrameType
from typing import Any

from gradloom.api import Project, load_project
from gradloom.cli.exits import Exit, complain
from gradloom.core.counting import counted
from gradloom.core.errors import UserError
from gradloom.core.writing import refuse_unwritable
from gradloom.engine.history import COLUMNS
from gradloom.engine.metrics import ACCURACY, main_metric
from gradloom.engine.progress import Progress

_WIDTH = 24  # characters of the bar


def run(arguments: argparse.Namespace) -> Exit:
    """Train, then write what was asked for; raises UserError for files.

    Ctrl-C ends it after a step: the run is saved where --save says, nothing else is written.
    """
    for path in (arguments.export, arguments.save):
        if path is not None:
            refuse_unwritable(path)
    project = load_project(arguments.project)
    done = 0 if project.run is None or arguments.seed is not None else project.run.epoch
    bar = _Bar(done, arguments.epochs)
    report = bar.show if sys.stderr.isatty() else None
    try:
        with _interruptible() as stop:
            project.train(arguments.epochs, arguments.seed, report, stop)
    except UserError as error:
        bar.clear()
        return complain(error, Exit.PROBLEMS)
    finally:
        bar.clear()
    if stop.is_set():
        return _interrupted(project, arguments.save)
    if arguments.export is not None:
        project.export(arguments.export)
    if arguments.save is not None:
        project.save(arguments.save)
    print(json.dumps(_named(project)) if arguments.json else _words(project))
    return Exit.FINE


@contextmanager
def _interruptible() -> Iterator[Event]:
    """Inside, the first Ctrl-C sets the event, so that no step is torn; a second one interrupts."""
    stop = Event()
    before = signal.getsignal(signal.SIGINT)
    if before is not signal.default_int_handler or current_thread() is not main_thread():
        yield stop  # ignored, or someone else's to handle
        return

    def stopping(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    signal.signal(signal.SIGINT, stopping)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


def _interrupted(project: Project, save: Path | None) -> Exit:
    if save is None:
        return complain("Interrupted.", Exit.INTERRUPTED)
    project.save(save)
    return complain(
        f"Interrupted after {counted(len(project.history), 'epoch')}; the run is saved in {save}.",
        Exit.INTERRUPTED,
    )


def _figures(project: Project) -> dict[str, Any]:
    """The last measured figures; null where nothing was measured."""
    run = project.run
    assert run is not None
    last = {name: run.history.column(name)[-1:].tolist() for name in COLUMNS}
    figures = {name: _finite(values[0]) if values else None for name, values in last.items()}
    return {**figures, "epoch": run.epoch, "steps": run.steps, "seconds": round(run.seconds, 3)}


def _named(project: Project) -> dict[str, Any]:
    """The figures for a program, with the metric under its own name."""
    if _metric(project) == ACCURACY:
        return _figures(project)
    return {name.replace("accuracy", "r2"): value for name, value in _figures(project).items()}


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
    return main_metric(project.state.analysis.codings)[0]


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
