"""No rule cries wolf: a bundled project has the findings that it is there to show, or none."""

from __future__ import annotations

import pytest

from gradloom.diagnosis import RULES, Watch
from gradloom.document.samples import SAMPLES
from gradloom.engine.trainer import Trainer

LOOKS = 12
EPOCHS = 300  # where the plan has no end


def test_what_samples_show_are_rules():
    shown = {rule for sample in SAMPLES.values() for rule in sample.shows}
    assert len(shown) >= 8
    assert shown <= {rule.name for rule in RULES}


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_project_has_the_findings_that_it_shows(name):
    sample = SAMPLES[name]
    state, watch = sample.state, Watch()
    found = [*watch.follow(state)]
    trainer = Trainer(state.graph, state.prepared, state.plan)
    found += watch.measure(trainer.progress(1))  # its start values
    per_epoch = -(-len(state.prepared.split.train) // state.plan.batch_size)
    total = min(state.plan.epochs or EPOCHS, 2000) * per_epoch
    for look in range(LOOKS):
        trainer.run(steps=total // LOOKS)
        found += watch.measure(trainer.progress(1), sure=look == LOOKS - 1)
    assert {f.rule for f in found} == {*sample.shows}, [f.sentence + f.evidence for f in found]
    assert {f.rule for f in watch.findings} == {*sample.shows}
