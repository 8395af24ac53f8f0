"""Pure edits: any series of them leaves a network that could be drawn."""

from __future__ import annotations

from graphlib import TopologicalSorter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradloom.graph import Edge, Graph, Layer, edits
from gradloom.graph.codec import graph_from_plain, graph_to_plain
from gradloom.layers import LAYERS

KINDS = ("input", "dense", "tanh", "add", "concatenate", "subtract", "dropout", "output")
OPERATIONS = ("add", "connect", "remove", "cut", "splice", "bypass", "paste", "rename", "kind")
STEPS = st.lists(
    st.tuples(st.sampled_from(OPERATIONS), *[st.integers(0, 50)] * 3), min_size=1, max_size=30
)


def step(graph: Graph, what: str, a: int, b: int, c: int) -> Graph:
    """One edit, chosen by numbers; a refused one changes nothing."""
    kind = LAYERS.make(KINDS[a % len(KINDS)])
    if what == "add" or not graph.layers:
        return edits.add(graph, kind)
    ids = [layer.id for layer in graph]
    one, other = ids[a % len(ids)], ids[b % len(ids)]
    edge = graph.edges[c % len(graph.edges)] if graph.edges else None
    try:
        match what:
            case "connect":
                return edits.connect(graph, one, other, None if c % 2 else c % 3)
            case "remove":
                return edits.remove(graph, {one, other})
            case "cut" if edge:
                return edits.remove(graph, (), [edge])
            case "splice" if edge:
                return edits.splice(graph, one, edge)
            case "bypass":
                return edits.bypass(graph, one)
            case "paste":
                return edits.paste(graph, edits.part_of(graph, {one, other}))[0]
            case "rename":
                return edits.rename(graph, one, f"name {b}")
            case "kind":
                return edits.set_kind(graph, one, kind)
    except ValueError:
        pass
    return graph


def sound(graph: Graph) -> None:
    """What every graph promises."""
    ids = [layer.id for layer in graph]
    assert len(set(ids)) == len(ids)
    assert all(edge.source in graph and edge.target in graph for edge in graph.edges)
    ports = [(edge.target, edge.port) for edge in graph.edges]
    assert len(set(ports)) == len(ports)
    tuple(TopologicalSorter({i: graph.sources_of(i) for i in ids}).static_order())
    for layer in graph:
        incoming, most = graph.incoming(layer.id), layer.kind.most_inputs
        if most is not None:
            assert all(0 <= edge.port < most for edge in incoming)
        if not layer.kind.has_output:
            assert not graph.outgoing(layer.id)


@given(STEPS)
def test_any_series_of_edits_leaves_a_sound_network(steps) -> None:
    graph = Graph()
    for what, a, b, c in steps:
        before = (graph.layers, graph.edges)
        after = step(graph, what, a, b, c)
        assert (graph.layers, graph.edges) == before
        sound(after)
        graph = after
    assert graph_from_plain(graph_to_plain(graph)) == graph


def _made(steps) -> Graph:
    graph = Graph()
    for what, a, b, c in steps:
        graph = step(graph, what, a, b, c)
    return graph


@given(STEPS, st.integers(0, 50), st.integers(0, 50), st.none() | st.integers(0, 3))
def test_why_not_and_connect_agree(steps, a, b, port) -> None:
    graph = _made(steps)
    ids = [layer.id for layer in graph]
    if not ids:
        return
    source, target = ids[a % len(ids)], ids[b % len(ids)]
    sentence = edits.why_not(graph, source, target, port)
    if sentence is not None:
        assert sentence.endswith(".")
        with pytest.raises(ValueError, match=r"\.$"):
            edits.connect(graph, source, target, port)
        return
    joined = edits.connect(graph, source, target, port)
    where = edits.free_port(graph, target) if port is None else port
    assert Edge(source, target, where) in joined.edges
    lost = set(graph.edges) - set(joined.edges)
    assert all((edge.target, edge.port) == (target, where) for edge in lost)


@given(STEPS, st.integers(0, 50), st.integers(0, 50))
def test_cutting_leaves_no_gap_in_a_merge(steps, a, b) -> None:
    graph = edits.close_up(_made(steps))
    after = step(graph, "cut", a, b, a + b) if graph.edges else graph
    for layer in after:
        if layer.kind.most_inputs is None:
            ports = [edge.port for edge in after.incoming(layer.id)]
            assert ports == list(range(len(ports)))


@given(STEPS, st.integers(0, 50), st.integers(0, 50))
def test_bypass_leaves_no_gap_in_a_merge(steps, a, b) -> None:
    graph = edits.close_up(_made(steps))
    after = step(graph, "bypass", a, b, 0)
    for layer in after:
        if layer.kind.most_inputs is None:
            ports = [edge.port for edge in after.incoming(layer.id)]
            assert ports == list(range(len(ports)))


@given(STEPS, st.integers(0, 50))
def test_bypass_undoes_splice(steps, c) -> None:
    graph = edits.close_up(_made(steps))
    if not graph.edges:
        return
    edge = graph.edges[c % len(graph.edges)]
    with_new = edits.add(graph, LAYERS.make("tanh"))
    new = with_new.layers[-1].id
    spliced = edits.splice(with_new, new, edge)
    sound(spliced)
    assert Edge(edge.source, new) in spliced.edges
    assert Edge(new, edge.target, edge.port) in spliced.edges
    back = edits.bypass(spliced, new)
    assert back.layers == graph.layers
    assert sorted(back.edges) == sorted(graph.edges)


@given(STEPS, st.sets(st.integers(0, 50), max_size=5))
def test_a_paste_is_the_same_network_under_new_names(steps, picks) -> None:
    graph = _made(steps)
    ids = [layer.id for layer in graph]
    chosen = {ids[p % len(ids)] for p in picks} if ids else set()
    part = edits.part_of(graph, chosen)
    pasted, new = edits.paste(graph, part)
    sound(pasted)
    assert new.keys() == chosen
    assert not set(new.values()) & set(ids)
    copy = edits.part_of(pasted, set(new.values()))
    assert {(new[e.source], new[e.target], e.port) for e in part.edges} == {
        (e.source, e.target, e.port) for e in copy.edges
    }
    assert all(pasted[new[la.id]].kind == la.kind for la in part)
    names = [layer.name for layer in pasted]
    if len({la.name for la in graph}) == len(ids):
        assert len(set(names)) == len(names)
    assert edits.remove(pasted, set(new.values())) == edits.close_up(graph)


def test_the_reasons_are_sentences_about_names() -> None:
    graph = Graph()
    for kind in ("input", "tanh", "tanh", "subtract", "output"):
        graph = edits.add(graph, LAYERS.make(kind))
    graph = edits.connect(edits.connect(graph, "tanh_1", "tanh_2"), "tanh_2", "subtract_1")
    why = {
        ("output_1", "tanh_1", None): "Output ends the network; nothing can come after it.",
        ("tanh_1", "input_1", None): "Input is where data enters; it has no input.",
        ("tanh_1", "tanh_1", None): "A layer can't feed itself.",
        (
            "subtract_1",
            "tanh_1",
            None,
        ): "Tanh already leads to Subtract; this would close a circle.",
        ("input_1", "subtract_1", 2): "Subtract has only 2 inputs.",
        ("input_1", "tanh_1", 1): "Tanh has only 1 input.",
        ("input_1", "subtract_1", 0): None,
        ("input_1", "subtract_1", None): None,
    }
    for (source, target, port), sentence in why.items():
        assert edits.why_not(graph, source, target, port) == sentence


def test_a_full_port_is_replaced_and_a_merge_grows() -> None:
    graph = Graph()
    for kind in ("input", "tanh", "relu", "add"):
        graph = edits.add(graph, LAYERS.make(kind))
    graph = edits.connect(edits.connect(graph, "input_1", "tanh_1"), "tanh_1", "add_1")
    graph = edits.connect(graph, "relu_1", "add_1")
    graph = edits.connect(graph, "tanh_1", "add_1")
    assert graph.sources_of("add_1") == ("tanh_1", "relu_1", "tanh_1")
    graph = edits.connect(graph, "relu_1", "tanh_1")
    assert graph.sources_of("tanh_1") == ("relu_1",)
    graph = edits.remove(graph, {"relu_1"})
    assert graph.sources_of("add_1") == ("tanh_1", "tanh_1")
    assert [edge.port for edge in graph.incoming("add_1")] == [0, 1]


def test_equal_graphs_are_equal_whatever_was_computed_on_them() -> None:
    one = edits.add(Graph(), LAYERS.make("input"))
    two = Graph((Layer("input_1", LAYERS.make("input"), "Input"),))
    one.derived["something"] = 1
    assert one == two
    assert hash(one) == hash(two)
    assert edits.rename(one, "input_1", "x").derived == {}


def test_a_bypassed_layer_without_input_leaves_no_gap() -> None:
    graph = Graph()
    for kind in ("tanh", "relu", "add"):
        graph = edits.add(graph, LAYERS.make(kind))
    graph = edits.connect(edits.connect(graph, "tanh_1", "add_1"), "relu_1", "add_1")
    graph = edits.bypass(graph, "tanh_1")
    assert graph.incoming("add_1") == (Edge("relu_1", "add_1", 0),)
