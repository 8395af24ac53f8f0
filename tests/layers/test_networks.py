"""Random networks with branches, merges, skips and several outputs against central differences."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings
from tests import strategies

from gradloom.graph import analyse


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(graph=strategies.networks())
def test_gradient_equals_central_differences(graph, lab):
    rig = lab.graph(graph, strategies.SIGNATURE, 4)
    rng = np.random.default_rng(2)
    for array in (*rig.program.inputs.values(), *rig.program.targets.values()):
        array[...] = rng.normal(size=array.shape)
    # a fourth root of the numbers keeps long products tame, so that differences stay exact
    rig.parameters.theta[...] *= 0.5
    wanted = rig.central()
    scale = max(1.0, np.abs(wanted).max(initial=0))
    np.testing.assert_allclose(rig.parameters.gradient, wanted, rtol=2e-5, atol=2e-7 * scale)


@settings(max_examples=50)
@given(graph=strategies.networks())
def test_drawn_networks_are_ready(graph):
    assert analyse(graph, strategies.SIGNATURE).ready


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(graph=strategies.networks())
def test_the_same_seed_gives_the_same_bits(graph, lab):
    first = lab.graph(graph, strategies.SIGNATURE, 3)
    second = lab.graph(graph, strategies.SIGNATURE, 3)
    for rig in (first, second):
        for array in (*rig.program.inputs.values(), *rig.program.targets.values()):
            array[...] = 0.3
        rig.run()
    assert first.parameters.gradient.tobytes() == second.parameters.gradient.tobytes()


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(graph=strategies.networks())
def test_every_value_of_a_program_has_a_name_of_its_own(graph, lab):
    rig = lab.graph(graph, strategies.SIGNATURE, 3)
    arrays = {}
    for op in rig.program.operations:
        for value in (*op.reads, *op.writes):
            known = arrays.setdefault(value.name, value.array)
            assert np.shares_memory(known, value.array) or known.size == 0
