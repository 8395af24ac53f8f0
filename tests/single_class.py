"""A project whose data has one class alone, and a network that is sure of it, or denies it."""

from __future__ import annotations

import dataclasses

import numpy as np

from gradloom.data import SOURCES, Dataset, DataSpec
from gradloom.document.samples.build import dense, project
from gradloom.engine.plan import Plan
from gradloom.engine.trainer import Trainer
from gradloom.layers.signature import Target

DENIES = (False, True)


def single_class(shape=None):
    """Twenty cats by two numbers, which may be the cells of a picture."""
    rows = np.random.default_rng(0).normal(size=(20, 2))
    content = Dataset(
        "Cats", rows, ("a", "b"), np.zeros((20, 1)), (Target("animal", ("cat",)),), shape
    )
    source = SOURCES.make("table", content=content)
    return project([dense(2, "tanh"), dense(1, "sigmoid")], DataSpec(source=source), Plan())


def sure(state, *, denies):
    """The run of a network that answers every row alike."""
    trainer = Trainer(state.graph, state.prepared, state.plan)
    progress = trainer.progress()
    theta = progress.snapshot.theta.copy()
    layout = trainer.layout
    layout.parameter(theta, "dense_2", "W")[...] = 0.0
    layout.parameter(theta, "dense_2", "b")[...] = 5.0 if denies else -5.0
    return dataclasses.replace(
        progress, snapshot=dataclasses.replace(progress.snapshot, theta=theta)
    )
