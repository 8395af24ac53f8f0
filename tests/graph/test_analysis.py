from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from tests import strategies

from gradloom.core.problem import Severity
from gradloom.graph import Edge, Graph, Layer, analyse, edits, trained_part
from gradloom.layers import ACTIVATIONS, LAYERS
from gradloom.layers.signature import Signature, Target

PLANE = Signature(("x1", "x2"), (Target("class", ("A", "B")),))


def _chain(*kinds) -> Graph:
    graph = edits.add(Graph(), LAYERS.make("input"))
    for kind in (*kinds, LAYERS.make("output")):
        graph = edits.add(graph, kind)
        a, b = graph.layers[-2:]
        graph = edits.connect(graph, a.id, b.id)
    return graph


def _dense(units: int, **settings):
    return LAYERS.make("dense", units=units, **settings)


def _says(graph: Graph, signature: Signature = PLANE) -> list[str]:
    return [problem.text for problem in analyse(graph, signature).problems]


@given(strategies.networks())
def test_every_layer_of_a_whole_network_has_its_shape(graph) -> None:
    analysis = analyse(graph, strategies.SIGNATURE)
    assert analysis.ready
    assert sorted(analysis.order) == sorted(layer.id for layer in graph)
    place = {id_: i for i, id_ in enumerate(analysis.order)}
    assert all(place[edge.source] < place[edge.target] for edge in graph.edges)
    for layer in graph:
        arriving = tuple(analysis.shapes[s] for s in graph.sources_of(layer.id))
        assert analysis.inputs[layer.id] == arriving
        assert analysis.counts[layer.id] == sum(b.size for b in layer.kind.blocks(*arriving))
    assert analyse(graph, strategies.SIGNATURE) is analysis


@given(strategies.networks())
def test_names_and_places_of_layers_do_not_matter(graph) -> None:
    renamed = graph
    for i, layer in enumerate(graph):
        renamed = edits.rename(renamed, layer.id, f"layer {i}")
    one, two = (analyse(g, strategies.SIGNATURE) for g in (graph, renamed))
    assert (one.order, one.shapes, one.counts) == (two.order, two.shapes, two.counts)


def test_counts_by_hand() -> None:
    graph = _chain(_dense(4), _dense(3, bias=False), LAYERS.make("batch_norm"), _dense(1))
    analysis = analyse(graph, PLANE)
    assert analysis.counts["dense_1"] == 2 * 4 + 4
    assert analysis.counts["dense_2"] == 4 * 3
    assert analysis.counts["batch_norm_1"] == 3 + 3
    assert analysis.counts["dense_3"] == 3 + 1
    assert analysis.parameter_count == 12 + 12 + 6 + 4


@pytest.mark.parametrize(
    ("graph", "sentence"),
    [
        (Graph(), "The network has no Input; drag one in from the palette."),
        (Graph(), "The network has no Output; drag one in and connect the last layer."),
        (edits.remove(_chain(_dense(1)), {"input_1"}), "Dense: nothing arrives here"),
        (
            edits.remove(_chain(_dense(1)), (), [Edge("dense_1", "output_1")]),
            "Dense leads to no Output, so it is not trained; connect or delete it.",
        ),
        (_chain(_dense(0)), "Dense: Units must be a whole number from 1 to 65536, not 0."),
        (_chain(_dense(3)), "Output: the data has 2 classes but 3 units arrive"),
        (_chain(ACTIVATIONS.make("tanh")), "Nothing here can learn"),
        (
            edits.set_kind(_chain(_dense(1)), "input_1", LAYERS.make("input", columns=("x9",))),
            "Input: the data has no feature 'x9'; choose among x1, x2.",
        ),
    ],
)
def test_problems_are_sentences(graph: Graph, sentence: str) -> None:
    assert any(said.startswith(sentence) for said in _says(graph)), _says(graph)


def test_layers_of_unknown_size_are_not_said_to_learn_nothing() -> None:
    graph = _chain(LAYERS.make("conv2d"), LAYERS.make("flatten"), _dense(1))
    assert _says(graph) == [said for said in _says(graph) if said.startswith("Conv2D takes")]


def test_a_circle_is_a_problem_and_no_crash() -> None:
    graph = _chain(_dense(2), _dense(2), _dense(1))
    circle = graph.with_edges([*graph.edges[1:], Edge("dense_2", "dense_1", 0)])
    (said,) = _says(circle)
    assert said.startswith("The cables run in a circle: ")
    assert "Dense → Dense 2" in said or "Dense 2 → Dense" in said


def test_a_gap_in_a_merge_is_a_problem() -> None:
    graph = _chain(_dense(2), LAYERS.make("add"), _dense(1))
    graph = graph.with_edges(
        Edge(e.source, e.target, 1) if e.target == "add_1" else e for e in graph.edges
    )
    assert any(said.startswith("Add: needs 2 inputs, has 1") for said in _says(graph))


def test_warnings_do_not_stop_training() -> None:
    graph = edits.add(_chain(_dense(1)), _dense(7))
    graph = edits.connect(graph, "input_1", "dense_2")
    analysis = analyse(graph, PLANE)
    assert [p.severity for p in analysis.problems] == [Severity.WARNING]
    assert analysis.ready
    assert analysis.problems_of("dense_2") == analysis.problems


def test_the_same_graph_on_other_data_is_analysed_again() -> None:
    graph = _chain(_dense(1))
    wide = Signature(("a", "b", "c"), PLANE.targets)
    assert analyse(graph, PLANE).counts["dense_1"] == 3
    assert analyse(graph, wide).counts["dense_1"] == 4
    assert analyse(graph, PLANE).counts["dense_1"] == 3


def test_a_very_deep_network_is_analysed() -> None:
    tanh = [Layer(f"t{i}", ACTIVATIONS.make("identity"), f"t{i}") for i in range(3000)]
    layers = [Layer("in", LAYERS.make("input"), "in"), Layer("d", _dense(1), "d"), *tanh]
    layers.append(Layer("out", LAYERS.make("output"), "out"))
    edges = [Edge(a.id, b.id) for a, b in pairwise(layers)]
    assert analyse(Graph(tuple(layers), tuple(edges)), PLANE).ready


def test_a_loose_layer_is_a_warning_and_does_not_stop_training() -> None:
    graph = edits.add(_chain(_dense(1)), _dense(3))
    analysis = analyse(graph, PLANE)
    assert analysis.ready
    (problem,) = analysis.problems_of("dense_2")
    assert problem.severity is Severity.WARNING
    assert "dense_2" not in analysis.trained


def test_a_branch_that_leads_nowhere_does_not_move_the_others() -> None:
    graph = _chain(_dense(3), _dense(1))
    before = analyse(graph, PLANE)
    branched = edits.connect(edits.add(graph, _dense(5)), "input_1", "dense_3")
    after = analyse(branched, PLANE)
    assert after.trained == before.trained
    assert after.parameter_count == before.parameter_count
    assert trained_part(branched, PLANE) == graph


def test_a_loose_output_beside_one_that_is_fed_is_a_warning() -> None:
    graph = edits.add(_chain(_dense(1)), LAYERS.make("output"))
    assert analyse(graph, PLANE).ready
    assert not analyse(edits.add(Graph(), LAYERS.make("output")), PLANE).ready
