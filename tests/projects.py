"""Small projects for tests, and runs of them."""

from gradloom.data import SOURCES, DataSpec
from gradloom.document import State
from gradloom.document.samples import chain
from gradloom.engine.trainer import Trainer


def project(source, *layers, scaling="none", **settings):
    spec = DataSpec(source=SOURCES.make(source, **settings), scaling=scaling)
    return State(chain(layers), data=spec)


def trained(state, epochs=30):
    trainer = Trainer(state.graph, state.prepared, state.plan)
    for _ in range(epochs):
        trainer.step_epoch()
    return trainer.checkpoint()
