"""A glimpse of what a project will answer: a short training, then its map."""

from __future__ import annotations

from threading import Event
from time import perf_counter

from gradloom.document import State
from gradloom.engine.trainer import Trainer
from gradloom.session.mapping import Mapper, MapResult, why_no_map

SECONDS = 0.5
_EPOCHS = 100  # where the plan has no end


def preview(state: State, stop: Event, seconds: float = SECONDS) -> MapResult | None:
    """The map after training by the plan, for so many seconds at most or until `stop` is set.

    None for a project that can't be trained, for a single row, and for pictures, whose planes show
    little. The run is thrown away.
    """
    prepared = state.prepared
    pictures = prepared.dataset.feature_shape is not None
    if why_no_map(state) or pictures or len(prepared.dataset) < 2:
        return None
    plan = state.plan.replace(epochs=state.plan.epochs or _EPOCHS)
    trainer = Trainer(state.graph, prepared, plan)
    trainer.run(deadline=perf_counter() + seconds, stop=stop)
    return Mapper(state).draw(trainer.progress(), fine=False)
