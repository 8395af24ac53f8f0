"""Trained weights in files: out of a run, back into one, and for prediction without the project."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np

from gradloom.core.counting import counted
from gradloom.core.errors import BadValue, UserError
from gradloom.core.reading import in_file, read_file
from gradloom.core.writing import json_bytes, write_whole
from gradloom.data import Prepared
from gradloom.engine.history import COLUMNS
from gradloom.engine.parameters import layout_of
from gradloom.engine.plan import Plan
from gradloom.engine.run import Checkpoint
from gradloom.exchange.codec import Weights, weights_from_plain, weights_to_plain
from gradloom.exchange.fitting import put_into
from gradloom.graph import Graph, analyse, trained_part


class Project(Protocol):
    """What weights are exported from, such as a `document.State`."""

    @property
    def graph(self) -> Graph:
        """The network."""

    @property
    def prepared(self) -> Prepared:
        """Its data."""

    @property
    def plan(self) -> Plan:
        """How it is trained."""


def weights_of(project: Project, run: Checkpoint) -> Weights:
    """The weights of a run of this project, with what a prediction needs beside them.

    Raises UserError if the run is of another network.
    """
    prepared = project.prepared
    graph = trained_part(project.graph, prepared.signature)
    size = layout_of(graph, analyse(graph, prepared.signature)).size
    if size != run.theta.size:
        raise UserError(
            f"The run has {counted(run.theta.size, 'parameter')} and the network {size};"
            " train it first."
        )
    metrics = {name: run.history.column(name)[-1:].tolist() for name in COLUMNS}
    measured = {name: value[0] for name, value in metrics.items() if value}
    return Weights(
        graph,
        prepared.transform,
        prepared.signature.targets,
        run.theta,
        run.state,
        {**measured, "steps": run.steps, "seconds": run.seconds},
        project.plan,
    )


def export_weights(path: Path, project: Project, run: Checkpoint) -> None:
    """Write the weights of a run, whole or not at all; raises UserError."""
    try:
        plain = weights_to_plain(weights_of(project, run))
    except BadValue as error:
        raise in_file(path, error) from error
    write_whole(path, json_bytes(plain))


def import_weights(path: Path, project: Project, run: Checkpoint) -> Checkpoint:
    """`run` as it would start from the weights in a file: no history, no optimiser memory.

    Raises UserError, for a network of another structure with the first difference.
    """
    weights = load_weights(path)
    graph = trained_part(project.graph, project.prepared.signature)
    layout = layout_of(graph, analyse(graph, project.prepared.signature))
    theta, state = put_into(weights, graph, layout)
    dtype = run.theta.dtype
    if np.abs(theta).max(initial=0) > np.finfo(dtype).max:
        raise UserError(f"{path.name} holds numbers too large for {dtype.name}.")
    return run.begun_with(theta, state)


def load_weights(path: Path) -> Weights:
    """The weights in a file; raises UserError, one sentence that names the file and the place."""
    plain = read_file(path)
    try:
        return weights_from_plain(plain)
    except BadValue as error:
        raise in_file(path, error) from error
