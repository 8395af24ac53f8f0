"""Milliseconds per frame of the canvas: panning, zoomed out, dragging a card, opened layers.

Run: QT_QPA_PLATFORM=offscreen python tests/benchmarks/canvas.py [layers]
"""

from __future__ import annotations

import itertools
import os
import random
import statistics
import sys
from collections.abc import Callable
from time import perf_counter, thread_time

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication

from gradloom.document import Document, Place, State
from gradloom.document.samples import first_project
from gradloom.graph import Edge, Graph, Layer
from gradloom.graph.arrange import arrange
from gradloom.layers import ACTIVATIONS, LAYERS
from gradloom.session.stepping import Stepping
from gradloom.ui.canvas import Canvas, changes
from gradloom.ui.theme import Theme
from gradloom.ui.view import View

FRAMES = 60


def network(count: int) -> State:
    """Rows of Dense layers with merges, `count` layers in all."""
    rng = random.Random(1)
    layers = [Layer("input_1", LAYERS.make("input"), "Input")]
    edges = []
    for n in range(1, count - 1):
        if n > 10 and n % 7 == 0:
            layers.append(Layer(f"l{n}", LAYERS.make("average"), f"Average {n}"))
            sources = {rng.randrange(n - 8, n), n - 1}
            edges += [Edge(layers[s].id, f"l{n}", p) for p, s in enumerate(sorted(sources))]
        else:
            kind = LAYERS.make("dense", units=8, activation=ACTIVATIONS.make("tanh"))
            layers.append(Layer(f"l{n}", kind, f"Dense {n}"))
            edges.append(Edge(layers[max(0, n - rng.choice((1, 1, 3)))].id, f"l{n}"))
    layers.append(Layer("output_1", LAYERS.make("output"), "Output"))
    edges.append(Edge(layers[-2].id, "output_1"))
    graph = Graph(tuple(layers), tuple(edges))
    began = perf_counter()
    corners = arrange(graph)
    print(f"arrange {count} layers: {(perf_counter() - began) * 1e3:.1f} ms")
    # In rows, so that many are in view at once, whatever the depth of the network.
    rows = {i: (220.0 * (n % 20), 88.0 * (n // 20)) for n, i in enumerate(corners)}
    return State(graph, {i: Place(*at) for i, at in rows.items()})


def measure(name: str, canvas: Canvas, frame: Callable[[int], object]) -> None:
    """Wall time, and CPU time of the GUI thread: what it would be on an idle machine."""
    wall, cpu = [], []
    for n in range(FRAMES):
        began, worked = perf_counter(), thread_time()
        frame(n)
        QApplication.processEvents()
        wall.append((perf_counter() - began) * 1e3)
        cpu.append((thread_time() - worked) * 1e3)
    p95 = sorted(wall)[int(0.95 * len(wall))]
    print(
        f"{name:34} median {statistics.median(wall):6.2f} ms   p95 {p95:6.2f} ms"
        f"   CPU {statistics.median(cpu):6.2f} ms"
    )


def main(count: int) -> None:
    app = QApplication([])
    theme = Theme()
    theme.set_mode("light")
    document = Document(network(count))
    began = perf_counter()
    canvas = Canvas(document, View(), theme)
    print(f"build {count} cards: {(perf_counter() - began) * 1e3:.1f} ms")
    canvas.resize(1440, 900)
    canvas.show()
    app.processEvents()
    board = canvas.board
    canvas.zoom_actual()
    board.centerOn(QPointF(2000, 600))
    app.processEvents()
    measure("pan at 100 %, scrolled", canvas, lambda n: board.pan_by(7 if n % 20 < 10 else -7, 3))
    measure(
        "pan at 100 %, painted whole",
        canvas,
        lambda n: (board.pan_by(7, 3), board.viewport().update()),
    )
    canvas.fit()
    app.processEvents()
    print(f"fit: {count} cards in view at {board.zoom:.0%}")
    measure("pan at fit, scrolled", canvas, lambda n: board.pan_by(7 if n % 2 else -7, 3))
    measure(
        "pan at fit, painted whole",
        canvas,
        lambda n: (board.pan_by(1, 1), board.viewport().update()),
    )
    measure("zoom around fit", canvas, lambda n: board.zoom_by(1.04 if n % 20 < 10 else 1 / 1.04))
    measure("drag a card at fit", canvas, lambda n: canvas.sheet.place({"l30": (8.0 * n, 40.0)}))
    measure("hover at fit", canvas, lambda n: canvas.sheet.hit(60.0 * n, 9.0 * n))
    began = perf_counter()
    document.edit("Move", changes.move({"l30": (100.0, 100.0)}))
    print(f"one move edit: {(perf_counter() - began) * 1e3:.1f} ms")
    opened(app, theme)
    stepped(app, theme)


def stepped(app: QApplication, theme: Theme) -> None:
    """What one move of a step costs, to painted: 20 Dense layers of 16 units, all open."""
    layers = [Layer("input_1", LAYERS.make("input"), "Input")]
    for n in range(20):
        units = 1 if n == 19 else 16
        kind = LAYERS.make("dense", units=units, activation=ACTIVATIONS.make("tanh"))
        layers.append(Layer(f"d{n}", kind, f"Dense {n}"))
    layers.append(Layer("output_1", LAYERS.make("output"), "Output"))
    edges = tuple(Edge(a.id, b.id) for a, b in itertools.pairwise(layers))
    places = {la.id: Place(208.0 * n, 0.0, la.id != "output_1") for n, la in enumerate(layers)}
    state = State(Graph(tuple(layers), edges), places)
    canvas = Canvas(Document(state), View(), theme)
    canvas.resize(1440, 900)
    canvas.show()
    values = np.random.default_rng(0).normal(size=(16, 40, 40)).astype(np.float32)
    for id_, card in canvas.sheet.cards.items():
        card.set_values(values)
        if id_ in canvas.sheet.links and id_ not in ("d0", "d19"):
            canvas.sheet.links[id_].set_weights(np.random.default_rng(1).normal(size=(16, 16)))
    stepping = Stepping()
    stepping.enter(state, None)
    for motion, zoom in ((False, 1.0), (True, 1.0), (False, 0.0)):
        os.environ["GRADLOOM_REDUCED_MOTION"] = str(int(not motion))
        canvas.fit()
        if zoom:
            canvas.zoom_actual()
        stepping.go(0)
        canvas.show_step(None)
        app.processEvents()

        def move(n: int, clock: bool = motion) -> None:
            stepping.go(n * 2 % stepping.end)
            if clock:
                canvas.walk._shown = -1.0
            mark = stepping.mark()
            canvas.show_step(mark)

        how = "at 100 %" if zoom else "all in view"
        measure(f"a move, 20 open, {how}{', pulse' if motion else ''}", canvas, move)


def opened(app: QApplication, theme: Theme) -> None:
    """What one update of the pictures and lines of opened layers costs."""
    state = first_project()
    for id_ in ("dense_1", "dense_2"):
        kind = state.graph[id_].kind.replace(units=16)
        graph = state.graph.with_layers(
            la if la.id != id_ else Layer(id_, kind, la.name) for la in state.graph
        )
        state = state.with_graph(graph)
    ids = {la.id for la in state.graph} - {"output_1"}
    canvas = Canvas(Document(changes.set_open(ids, {}, opened=True)(state)), View(), theme)
    canvas.resize(1440, 900)
    canvas.show()
    app.processEvents()
    values = np.random.default_rng(0).normal(size=(16, 40, 40)).astype(np.float32)
    weights = np.random.default_rng(0).normal(size=(16, 16))

    def frame(n: int) -> None:
        for id_ in ("dense_1", "dense_2"):
            canvas.sheet.cards[id_].set_values(np.roll(values, n, axis=2))
        canvas.sheet.links["dense_2"].set_weights(np.roll(weights, n))

    measure("2 x 16 pictures and 256 lines", canvas, frame)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
