"""Too large networks are refused before anything is allocated; the loop allocates nothing."""

import tracemalloc

import numpy as np
import pytest

from gradloom.core.errors import UserError
from gradloom.engine.compile import TRAIN, compile_graph
from gradloom.engine.memory import aligned
from gradloom.engine.parameters import Parameters, layout_of
from gradloom.engine.plan import Plan
from gradloom.engine.trainer import Trainer
from gradloom.graph import analyse
from gradloom.layers import LAYERS


def test_too_many_parameters(chain, dense, data):
    network = chain(*[dense(65_536) for _ in range(8)], dense(1))
    tracemalloc.start()
    try:
        with pytest.raises(UserError, match=r"has 30,065,\d{3},\d{3} parameters.*GiB are free"):
            Trainer(network, data(classes=0), Plan())
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_too_large_a_batch(chain, dense, data):
    network = chain(dense(60_000), dense(1))
    analysis = analyse(network, data(classes=0).signature)
    parameters = Parameters(layout_of(network, analysis))
    tracemalloc.start()
    try:
        with pytest.raises(UserError, match="A batch of 1,000,000 rows needs about"):
            compile_graph(network, analysis, parameters, 1_000_000, TRAIN)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_the_step_loop_does_not_grow(chain, dense, data):
    network = chain(dense(8, "relu"), LAYERS.make("dropout"), dense(3, "softmax"))
    trainer = Trainer(
        network, data(rows=6005, classes=3), Plan(batch_size=5, clip_norm=1.0, l2=0.1)
    )
    trainer.run(steps=100)
    tracemalloc.start()
    try:
        trainer.run(steps=10)
        before = tracemalloc.get_traced_memory()[0]
        trainer.run(steps=1000)
        assert tracemalloc.get_traced_memory()[0] - before < 2000
    finally:
        tracemalloc.stop()
    assert trainer.progress().epoch == 0


@pytest.mark.parametrize("shape", [(), (1,), (3, 5), (0,), (0, 4)])
def test_buffers_start_on_a_cache_line(shape):
    array = aligned(shape, np.float32)
    assert array.shape == shape
    assert not array.any()
    assert array.ctypes.data % 64 == 0 or not array.size
