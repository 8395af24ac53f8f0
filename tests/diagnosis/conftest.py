"""Networks with an illness and without, and a short training that is watched."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from gradloom.data import SOURCES, Dataset, DataSpec
from gradloom.diagnosis import REMEDIES, Watch
from gradloom.document import State
from gradloom.document.samples import chain
from gradloom.engine.optimisers import OPTIMISERS
from gradloom.engine.plan import Plan
from gradloom.engine.trainer import Trainer
from gradloom.graph.edits import set_kind
from gradloom.layers import ACTIVATIONS, LAYERS
from gradloom.layers.signature import Target


class Ward:
    """Makes networks and says what the rules find in them."""

    def dense(self, units, activation="identity", **settings):
        act = ACTIVATIONS.make(activation)
        return LAYERS.make("dense", units=units, activation=act, **settings)

    def table(self, features, target, classes=(), names=None):
        """A project's own table: all rows are trained on."""
        features = np.asarray(features, float)
        names = names or tuple(f"f{i + 1}" for i in range(features.shape[1]))
        column = np.asarray(target, float)[:, None]
        content = Dataset("own", features, names, column, (Target("y", tuple(classes)),))
        source = SOURCES.make("table", content=content)
        return DataSpec(source=source, train=100, validation=0, test=0)

    def state(self, hidden, data=None, optimiser="adam", rate=0.01, output=None, **plan):
        graph = chain(hidden)
        if output is not None:
            graph = set_kind(graph, "output_1", LAYERS.make("output", **output))
        made = Plan(optimiser=OPTIMISERS.make(optimiser, rate=rate), **plan)
        return State(graph, data=DataSpec() if data is None else data, plan=made)

    def planned(self, state, **changes):
        return dataclasses.replace(state, plan=state.plan.replace(**changes))

    def static(self, state):
        """Findings before any training, by rule."""
        return {f.rule: f for f in self.sound(state, Watch().follow(state))}

    def sound(self, state, findings):
        """The findings; each must be a sentence with remedies that can say what they do."""
        for finding in findings:
            for text in (finding.sentence, finding.evidence):
                assert text.endswith(".")
                assert "nan" not in text.split()
            assert all(layer in state.graph for layer in finding.places)
            assert all(REMEDIES[name].label(state, finding) for name in finding.remedies)
            for name in finding.remedies:
                assert REMEDIES[name].mend(state, finding) != state
        return findings

    def trained(self, state, epochs=30, looks=3):
        """Findings that stand after training, by rule (the first of each)."""
        assert state.ready, state.problems
        watch, trainer = Watch(), Trainer(state.graph, state.prepared, state.plan)
        watch.follow(state)
        for _ in range(looks):
            for _ in range(max(1, epochs // looks)):
                trainer.step_epoch()
            watch.measure(trainer.progress(1))
        found = {}
        for finding in self.sound(state, watch.findings):
            found.setdefault(finding.rule, finding)
        return found


@pytest.fixture
def ward():
    return Ward()
