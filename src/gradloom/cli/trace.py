"""`gradloom trace`: one training step, operation by operation, as text or complete as JSON."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from typing import Any

import numpy as np

from gradloom.cli.exits import Exit, complain
from gradloom.core.counting import counted
from gradloom.core.errors import UserError
from gradloom.data.files import load_source
from gradloom.document.files import load_project
from gradloom.engine.program import Operation
from gradloom.engine.trace import Trace
from gradloom.layers.shapes import Array, words
from gradloom.layers.site import Value
from gradloom.session.picked import DataRows, NextBatch
from gradloom.session.plain import plain
from gradloom.session.stepping import Stepping

_ROWS, _COLUMNS = 8, 8  # of an array in the text


def run(arguments: argparse.Namespace) -> Exit:
    """Print the walk; 1 if the network can't be stepped. Raises UserError for files."""
    state, saved = load_project(arguments.project)
    load_source(state.data.source, arguments.project.parent)  # what goes wrong is a problem
    rows = len(state.prepared.dataset)
    if arguments.row is not None and state.ready and not 1 <= arguments.row <= rows:
        return complain(
            f"The data has rows 1 to {rows}, not row {arguments.row}; choose among them.",
            Exit.WRONG_USE,
        )
    picked = NextBatch() if arguments.row is None else DataRows((arguments.row - 1,))
    stepping = Stepping()
    try:
        stepping.enter(state, saved, picked, forward_only=arguments.inference)
    except UserError as error:
        return complain(error, Exit.PROBLEMS)
    trace = stepping.trace
    assert trace is not None
    names = {layer.id: layer.name for layer in state.graph}
    if arguments.json:
        print(json.dumps(trace_to_plain(trace, names), allow_nan=False))
    else:
        for line in trace_to_text(trace, names):
            print(line)
    return Exit.FINE


def trace_to_plain(trace: Trace, names: dict[str, str]) -> dict[str, Any]:
    """The whole walk as plain JSON, as `tracehelp` describes it."""
    operations = []
    for number, operation in enumerate(trace.operations):
        trace.go(number + 1)
        equation = operation.equation
        operations.append(
            {
                "number": number + 1,
                "layer": operation.layer,
                "name": names.get(operation.layer, ""),
                "phase": str(operation.phase),
                "latex": equation.latex,
                "text": plain(equation.latex),
                "words": equation.words,
                "source": equation.source,
                "reads": [_array(value, trace.before(value)) for value in operation.reads],
                "writes": [_array(value, value.array) for value in trace.changed(number)],
            }
        )
    parameters: dict[str, dict[str, Any]] = {}
    for layer, parameter in trace.parameters.layout.parameters():
        array = trace.parameters[layer, parameter.name]
        parameters.setdefault(layer, {})[parameter.name] = _exact(array)
    return {
        "format": "gradloom-trace",
        "version": 1,
        "rows": [row + 1 for row in trace.rows.numbers],
        "inference": trace.forward_only,
        "learning_rate": trace.rate,
        "operations": operations,
        "parameters": parameters,
    }


def trace_to_text(trace: Trace, names: dict[str, str]) -> Iterator[str]:
    """The walk for people to read, line by line."""
    rows = ", ".join(str(row + 1) for row in trace.rows.numbers)
    many = "s" if len(trace.rows.numbers) > 1 else ""
    if trace.forward_only:
        yield f"Inference with row{many} {rows}: Dropout off, BatchNorm from its running values"
    else:
        yield f"One training step with row{many} {rows}, learning rate {trace.rate:g}"
    for number, operation in enumerate(trace.operations):
        trace.go(number + 1)
        yield ""
        yield from _operation(trace, number, operation, names)


def _operation(
    trace: Trace, number: int, operation: Operation, names: dict[str, str]
) -> Iterator[str]:
    name = names.get(operation.layer, "All parameters")
    yield f"{number + 1}  {operation.phase}  {name}   {plain(operation.equation.latex)}"
    yield f"   {operation.equation.words}"
    if operation.reads:
        yield "   reads " + ", ".join(_named(value) for value in operation.reads)
    for value in trace.changed(number):
        for title, array in _parts(trace, value, names):
            yield f"   {title} ({words(array.shape)})"
            for line in _table(array):
                yield f"     {line}"


def _parts(trace: Trace, value: Value, names: dict[str, str]) -> Iterator[tuple[str, Array]]:
    """A vector over all parameters as the parts of each, other values as they are."""
    layout = trace.parameters.layout
    symbol = plain(value.symbol)
    if value.array.shape != (layout.size,):
        yield symbol, value.array
        return
    for layer, parameter in layout.parameters():
        array = layout.parameter(value.array, layer, parameter.name)
        yield f"{symbol} of {parameter.name} in {names[layer]}", array


def _named(value: Value) -> str:
    return f"{plain(value.symbol)} ({words(value.array.shape)})"


def _table(array: Array) -> Iterator[str]:
    grid = array.reshape(1, -1) if array.ndim < 2 else array.reshape(len(array), -1)
    rows, columns = grid.shape
    cells = [[f"{x:.9g}" for x in row] for row in grid[:_ROWS, :_COLUMNS].tolist()]
    wide = max((len(cell) for row in cells for cell in row), default=0)
    for row in cells:
        line = "  ".join(cell.rjust(wide) for cell in row)
        yield f"{line}  …" if columns > _COLUMNS else line
    if rows > _ROWS:
        yield f"… {counted(rows - _ROWS, 'more row')}"


def _array(value: Value, array: Array) -> dict[str, Any]:
    return {
        "name": value.name,
        "symbol": value.symbol,
        "shape": list(array.shape),
        "values": _exact(array),
    }


def _exact(array: Array) -> Any:
    if np.isfinite(array).all():
        return array.tolist()
    return _without_infinities(array.tolist())


def _without_infinities(item: Any) -> Any:
    if isinstance(item, list):
        return [_without_infinities(part) for part in item]
    return item if np.isfinite(item) else None
