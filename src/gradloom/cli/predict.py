"""`gradloom predict`: the rows of a table through exported weights."""

from __future__ import annotations

import argparse
import csv
import io
from collections.abc import Iterator

import numpy as np

from gradloom.api import Model, load_weights
from gradloom.cli.exits import Exit, complain
from gradloom.core.counting import counted
from gradloom.core.errors import UserError
from gradloom.core.writing import write_whole
from gradloom.data.table import numbers, read_table
from gradloom.layers.coding import Coding
from gradloom.layers.shapes import Array
from gradloom.layers.signature import answers_of

_Columns = Iterator[tuple[str, list[object]]]


def run(arguments: argparse.Namespace) -> Exit:
    """Read, predict, write; raises UserError."""
    model = load_weights(arguments.weights)
    table = read_table(arguments.table)
    rows = numbers(table, model.inputs, gaps=True)
    whole = np.asarray(np.isfinite(rows).all(axis=1))
    lines = [line for line, there in zip(table.lines, whole, strict=True) if not there]
    if len(lines) == len(rows):
        raise UserError(f"{table.name}: every row has a gap, so there is nothing to predict from.")
    columns = [(name, _spread(values, whole)) for name, values in _predicted(model, rows[whole])]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([name for name, _ in columns])
    writer.writerows(zip(*(values for _, values in columns), strict=True))
    if arguments.out is None:
        print(text.getvalue(), end="")
    else:
        write_whole(arguments.out, text.getvalue().encode())
    if lines:
        many = counted(len(lines), "row has a gap and no answer", "rows have gaps and no answer")
        where = "on" if len(lines) == 1 else "the first on"
        complain(f"{table.name}: {many} ({where} line {lines[0]}).", Exit.FINE)
    return Exit.FINE


def _spread(values: list[object], whole: Array) -> list[object]:
    """The values for the rows that are whole, and nothing for the others."""
    given = iter(values)
    return [next(given) if there else "" for there in whole]


def _predicted(model: Model, rows: Array) -> _Columns:
    """Named columns: the class and each class's share, or the real numbers."""
    for output in model.outputs:
        name = model.weights.graph[output].name
        before = f"{name}: " if len(model.outputs) > 1 else ""
        coding = model.coding(output)
        columns = _real(model, rows, output, coding)
        if coding.style != "real":
            columns = _classes(model, rows, output, coding)
        for column, values in columns:
            yield f"{before}{column}", values


def _real(model: Model, rows: Array, output: str, coding: Coding) -> _Columns:
    values = model.predict(rows, output).T.tolist()
    names = [target.name for target in coding.targets]
    if coding.parts > 1:
        names += [f"log variance of {name}" for name in names]
    yield from zip(names, values, strict=True)


def _classes(model: Model, rows: Array, output: str, coding: Coding) -> _Columns:
    (target,) = coding.targets
    yield target.name, list(model.predict_classes(rows, output))
    shares = model.probabilities(rows, output).T.tolist()
    for class_, values in zip(answers_of(target.classes), shares, strict=True):
        yield f"P({class_})", values
