"""No rule cries wolf: the bundled projects, trained by their own plans, have no finding."""

from __future__ import annotations

import pytest

from gradloom.core.resources import resource_path
from gradloom.diagnosis import Watch
from gradloom.document.samples import samples
from gradloom.engine.trainer import Trainer

LOOKS = 12
EPOCHS = 300  # where the plan has no end

STATES = samples()


def test_all_bundled_projects_are_judged():
    files = {path.stem for path in resource_path("samples").iterdir() if path.suffix == ".gradloom"}
    assert files == set(STATES)


@pytest.mark.parametrize("name", sorted(STATES))
def test_a_healthy_project_has_no_finding(name):
    state = STATES[name]
    watch = Watch()
    assert watch.follow(state) == ()
    trainer = Trainer(state.graph, state.prepared, state.plan)
    per_epoch = -(-len(state.prepared.split.train) // state.plan.batch_size)
    total = min(state.plan.epochs or EPOCHS, 2000) * per_epoch
    for look in range(LOOKS):
        trainer.run(steps=total // LOOKS)
        found = watch.measure(trainer.progress(1), sure=look == LOOKS - 1)
        assert found == (), [f.sentence + f.evidence for f in found]
