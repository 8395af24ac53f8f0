"""`gradloom check`: what a project is and what is wrong with it."""

from __future__ import annotations

import argparse

from gradloom.cli.exits import Exit
from gradloom.core.counting import counted
from gradloom.data.files import load_source
from gradloom.document.files import load_project
from gradloom.document.state import State
from gradloom.layers.shapes import words


def run(arguments: argparse.Namespace) -> Exit:
    """Print data, layers and problems; 1 if training can't start. Raises UserError."""
    state, saved = load_project(arguments.project)
    load_source(state.data.source, arguments.project.parent)  # what goes wrong is a problem
    print(_data(state))
    print()
    print(_layers(state))
    trained = "not trained yet" if saved is None else f"trained for {counted(saved.epoch, 'epoch')}"
    print(f"\n{counted(state.analysis.parameter_count, 'parameter')}, {trained}")
    for problem in state.problems:
        print(f"{problem.severity.value}: {problem.text}")
    print("Ready to train." if state.ready else "Training can't start until the errors are mended.")
    return Exit.FINE if state.ready else Exit.PROBLEMS


def _data(state: State) -> str:
    prepared = state.prepared
    split = prepared.split
    targets = ", ".join(
        f"{t.name} ({', '.join(t.classes[:6])}{', …' if len(t.classes) > 6 else ''})"
        if t.classes
        else t.name
        for t in prepared.signature.targets
    )
    features = prepared.signature.features
    return (
        f"{prepared.dataset.name}: {counted(len(prepared.dataset), 'row')}"
        f" ({len(split.train)} training, {len(split.validation)} validation,"
        f" {len(split.test)} test)\n"
        f"{counted(len(features), 'feature')} → {targets}"
    )


def _layers(state: State) -> str:
    analysis = state.analysis
    rows = [("Layer", "Kind", "In → out", "Parameters")]
    for id_ in analysis.order:
        layer = state.graph[id_]
        summary = layer.kind.summary()
        kind = f"{layer.kind.label} ({summary})" if summary else layer.kind.label
        arriving = " + ".join(words(shape) for shape in analysis.inputs.get(id_, ()))
        leaving = words(analysis.shapes[id_]) if id_ in analysis.shapes else "?"
        shape = f"{arriving} → {leaving}".strip() if layer.kind.has_output else arriving
        rows.append((layer.name, kind, shape, f"{analysis.counts.get(id_, 0):,}"))
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    lines = []
    for *texts, count in rows:
        cells = [text.ljust(width) for text, width in zip(texts, widths, strict=False)]
        lines.append("  ".join([*cells, count.rjust(widths[3])]))
    return "\n".join(lines)
