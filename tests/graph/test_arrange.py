"""The automatic layout: columns in the direction of the data, nothing on top of another."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from gradloom.graph import Edge, Graph, Layer
from gradloom.graph.arrange import CARD, arrange
from gradloom.layers import LAYERS


def net(count, pairs):
    kind = LAYERS.make("add")
    layers = tuple(Layer(str(i), kind, str(i)) for i in range(count))
    ports: dict[int, int] = {}
    edges = []
    for a, b in pairs:
        port = ports[b] = ports.get(b, -1) + 1
        edges.append(Edge(str(a), str(b), port))
    return Graph(layers, tuple(edges))


def random_net(count, seed):
    rng = random.Random(seed)
    pairs = [(rng.randrange(max(0, b - 12), b), b) for b in range(1, count) for _ in range(2)]
    return net(count, sorted(set(pairs)))


def overlap(places, sizes):
    boxes = [(x, y, *sizes.get(i, CARD)) for i, (x, y) in places.items()]
    return any(
        ax < bx + bw and bx < ax + aw and ay < by + bh and by < ay + ah
        for (ax, ay, aw, ah), (bx, by, bw, bh) in combinations(boxes, 2)
    )


def crossings(places, graph):
    """Pairs of straight cables between the same two columns that cross."""
    found = 0
    for a, b in combinations(graph.edges, 2):
        if (
            places[a.source][0] == places[b.source][0]
            and places[a.target][0] == places[b.target][0]
        ):
            left = places[a.source][1] - places[b.source][1]
            right = places[a.target][1] - places[b.target][1]
            found += left * right < 0
    return found


def test_a_chain_is_one_straight_row():
    graph = net(5, [(i, i + 1) for i in range(4)])
    places = arrange(graph, corner=(16, 40))
    assert [places[str(i)] for i in range(5)] == [(16 + 208 * i, 40) for i in range(5)]


def test_cables_lead_to_the_right_and_cards_stand_apart():
    graph = random_net(60, 3)
    places = arrange(graph)
    for edge in graph.edges:
        assert places[edge.source][0] + CARD[0] < places[edge.target][0]
    assert not overlap(places, {})
    assert all(x % 8 == 0 and y % 8 == 0 for x, y in places.values())


def test_the_sizes_of_opened_cards_are_kept_free():
    graph = net(7, [(0, 1), (0, 2), (0, 3), (1, 4), (2, 4), (3, 4), (4, 5), (0, 6)])
    sizes = {"1": (152.0, 500.0), "2": (152.0, 900.0), "4": (400.0, 300.0)}
    assert not overlap(arrange(graph, sizes), sizes)


def test_cables_of_opened_cards_stay_straight_when_told_where_they_arrive():
    graph = net(4, [(0, 1), (1, 2), (2, 3)])
    sizes = {"1": (152.0, 400.0), "2": (152.0, 160.0)}
    levels = dict.fromkeys("0123", 28.0)
    places = arrange(graph, sizes, levels=levels)
    assert {y for _, y in places.values()} == {0}
    assert not overlap(places, sizes)


def test_two_branches_that_were_drawn_crossed_are_untangled():
    # 0 -> 1, 2; 1 -> 4; 2 -> 3: in the order of ids the cables 1 -> 4 and 2 -> 3 would cross
    graph = net(6, [(0, 1), (0, 2), (1, 4), (2, 3), (3, 5), (4, 5)])
    assert crossings(arrange(graph), graph) == 0


def test_a_skipping_cable_does_not_run_through_a_card():
    graph = net(4, [(0, 1), (1, 2), (2, 3), (0, 3)])
    places = arrange(graph)
    ends = {places["0"][1], places["3"][1]}
    assert places["1"][1] not in ends or places["2"][1] not in ends


def test_a_second_start_stands_just_before_what_it_feeds():
    graph = net(5, [(0, 1), (1, 2), (2, 3), (4, 3)])
    places = arrange(graph)
    assert places["4"][0] == places["2"][0]


def test_the_same_graph_gives_the_same_places():
    assert arrange(random_net(80, 5)) == arrange(random_net(80, 5))


def test_layers_without_cables_form_one_column():
    places = arrange(net(3, []))
    assert len({x for x, _ in places.values()}) == 1
    assert not overlap(places, {})


def test_an_empty_network_and_a_circle():
    assert arrange(Graph()) == {}
    circle = Graph(net(2, []).layers, (Edge("0", "1"), Edge("1", "0")))
    assert not overlap(arrange(circle), {})


@pytest.mark.parametrize("seed", range(5))
def test_random_networks_never_overlap(seed):
    graph = random_net(40, seed)
    rng = random.Random(seed)
    sizes = {str(i): (152.0, rng.choice([56.0, 240.0, 700.0])) for i in range(40)}
    places = arrange(graph, sizes)
    assert places.keys() == {la.id for la in graph}
    assert not overlap(places, sizes)
