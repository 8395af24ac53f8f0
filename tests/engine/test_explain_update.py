"""Every number of the update tells where it comes from: penalties, clipping, every optimiser."""

from __future__ import annotations

import numpy as np
import pytest
from tests import explanations

from gradloom.engine.gradient import gradient_steps
from gradloom.engine.optimisers import OPTIMISERS
from gradloom.engine.parameters import Parameters, layout_of
from gradloom.engine.plan import Plan
from gradloom.engine.rows import Rows
from gradloom.engine.trace import Trace
from gradloom.engine.trainer import Trainer
from gradloom.engine.update import Slots, compile_update
from gradloom.graph import analyse
from gradloom.layers.expression import live
from gradloom.layers.site import Phase

RULES = [
    ("sgd", {}),
    ("sgd", {"weight_decay": 0.1}),
    ("sgd", {"momentum": 0.9}),
    ("sgd", {"momentum": 0.9, "nesterov": True}),
    ("adagrad", {}),
    ("adagrad", {"rate_decay": 0.2, "start": 0.4}),
    ("rmsprop", {}),
    ("rmsprop", {"centred": True}),
    ("rmsprop", {"momentum": 0.8, "centred": True, "weight_decay": 0.1}),
    ("adam", {}),
    ("adam", {"weight_decay": 0.1, "amsgrad": True}),
    ("adamw", {}),
    ("adamw", {"weight_decay": 0.0}),
]
PENALTIES = [{}, {"l1": 0.02}, {"l2": 0.03}, {"clip_value": 0.05}, {"clip_norm": 0.1}]
PENALTIES += [{"l1": 0.02, "l2": 0.03, "clip_value": 0.4, "clip_norm": 1e6}]


def ids(case):
    return "-".join([case[0], *case[1]]) if isinstance(case, tuple) else "-".join(case) or "none"


@pytest.fixture
def step(chain, dense, data):
    """A trace of a step after some steps, so that slots and the step number are not at 0."""

    def make(rule, before=3, **penalties):
        kind, settings = rule
        optimiser = OPTIMISERS.make(kind, rate=0.03, **settings)
        plan = Plan(precision="float64", optimiser=optimiser, batch_size=4, **penalties)
        rows = data(classes=0)
        trainer = Trainer(chain(dense(3, "tanh"), dense(1)), rows, plan)
        for _ in range(before):
            trainer.step_batch()
        checkpoint = trainer.checkpoint()
        return Trace(trainer.graph, rows, plan, checkpoint, Rows.of(rows, (0, 3, 5, 6, 7)))

    return make


@pytest.mark.parametrize("rule", RULES, ids=ids)
@pytest.mark.parametrize("before", [0, 3])
def test_rule(step, rule, before):
    explanations.check_trace(step(rule, before))


@pytest.mark.parametrize("penalties", PENALTIES, ids=ids)
def test_penalties_and_clipping(step, penalties):
    explanations.check_trace(step(("sgd", {}), **penalties))


def test_every_optimiser_is_here():
    assert {kind for kind, _ in RULES} == {cls.kind for cls in OPTIMISERS.kinds()}


@pytest.mark.parametrize("rule", RULES, ids=ids)
def test_an_operation_changes_what_it_writes_and_nothing_else(rule, chain, dense, data):
    kind, settings = rule
    optimiser = OPTIMISERS.make(kind, rate=0.03, **settings)
    plan = Plan(precision="float64", optimiser=optimiser, **PENALTIES[-1])
    graph = chain(dense(3), dense(1))
    p = Parameters(layout_of(graph, analyse(graph, data(classes=0).signature)), "float64")
    rng = np.random.default_rng(1)
    p.theta[...] = rng.normal(size=p.theta.size)
    slots = Slots(p.theta.size, p.dtype)
    steps = gradient_steps(p, plan)
    update = compile_update(p, slots, np.asarray(0.03), steps, [optimiser], sliced=False)
    for _ in range(3):
        p.gradient[...] = rng.normal(size=p.theta.size)
        others = [p.theta, p.gradient, p.state, *slots.vectors.values()]
        explanations.check_run(update.operations, others)


def test_only_what_is_read_and_written_is_named(step):
    trace = step(("adam", {}), clip_norm=1.0)
    found = [
        ([v.name for v in op.reads], [v.name for v in op.writes])
        for op in trace.operations
        if op.phase is Phase.UPDATE
    ]
    assert found == [
        (["step"], ["step"]),
        (["gradient"], ["gradient_norm"]),
        (["gradient", "gradient_norm"], ["gradient"]),
        (["slot.m", "slot.v", "gradient"], ["slot.m", "slot.v"]),
        (["theta", "rate", "slot.m", "slot.v", "step"], ["theta"]),
    ]


def test_the_step_number_goes_back_too(step):
    trace = step(("adam", {}), before=3)
    advance = next(op for op in trace.operations if op.phase is Phase.UPDATE)
    (t,) = advance.writes
    trace.go(0)
    assert t.array == 3
    trace.go(trace.end)
    assert t.array == 4
    trace.set_parameter("dense_1", "W", (0, 0), 0.5)
    assert t.array == 4
    explanations.check_trace(trace)


def test_adagrad_starts_where_its_setting_says(step):
    trace = step(("adagrad", {"start": 0.4}), before=0)
    assert trace.slots.vectors["sum"].min() == 0.4


def test_it_reads_like_a_textbook(step):
    said = {}
    for rule in (("sgd", {"momentum": 0.9}), ("adam", {}), ("rmsprop", {})):
        trace = step(rule)
        last = [op for op in trace.operations if op.phase is Phase.UPDATE]
        for op in last:
            for value in op.writes:
                index = (4,)[: value.array.ndim]
                said[rule[0], value.name] = op.explain(value.name, index).latex()
    assert said["sgd", "step"] == r"t^{\mathrm{old}} + 1"
    assert said["sgd", "slot.b"] == r"\mu\, b_{5}^{\mathrm{old}} + g_{5}"
    assert said["sgd", "theta"] == r"\theta_{5}^{\mathrm{old}} - \eta\, b_{5}"
    assert said["adam", "slot.m"] == (
        r"\beta_1\, m_{5}^{\mathrm{old}} + \left(1 - \beta_1\right)\, g_{5}"
    )
    assert said["adam", "slot.v"] == (
        r"\beta_2\, v_{5}^{\mathrm{old}} + \left(1 - \beta_2\right)\, g_{5}^{2}"
    )
    assert said["adam", "theta"] == (
        r"\theta_{5}^{\mathrm{old}} - \frac{\eta}{1 - \beta_1^{t}}\,"
        r" \frac{m_{5}}{\sqrt{\frac{v_{5}}{1 - \beta_2^{t}}} + \epsilon}"
    )
    assert said["rmsprop", "theta"] == (
        r"\theta_{5}^{\mathrm{old}} - \eta\, \frac{g_{5}}{\sqrt{v_{5}} + \epsilon}"
    )


def test_numbers_are_put_in(step):
    trace = step(("sgd", {}))
    operation = trace.operations[-1]
    trace.go(trace.end)
    expression = operation.explain("theta", (0,))
    old, slope = [
        trace.read(r) for r in expression.references() if r.value.name in ("theta", "gradient")
    ]
    assert expression.evaluate(trace.read) == old - 0.03 * slope
    assert expression.evaluate(live) != expression.evaluate(trace.read)
