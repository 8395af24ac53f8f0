"""A rig around one kind or loss: inputs that are themselves parameters, and a probe at the end."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest

from gradloom.engine.compile import Mode, compile_graph
from gradloom.engine.parameters import Parameters, layout_of
from gradloom.graph import Graph, analyse, edits
from gradloom.graph.model import Edge
from gradloom.layers import INITIALISERS, LAYERS, Block, Parameter
from gradloom.layers.base import Sink, Source
from gradloom.layers.coding import Coding
from gradloom.layers.signature import Signature, Target
from gradloom.layers.site import Equation, Phase


@dataclass(frozen=True)
class Free(Source):
    """A source whose numbers (*shape, batch) are one parameter, so that slopes reach them."""

    kind, label = "free", "Free"
    shape: tuple = (3,)
    batch: int = 5

    def chosen(self, signature):
        return (0,)

    def shape_of(self, signature):
        return self.shape

    def blocks(self, *shapes):
        shape = (*self.shape, self.batch)
        return (Block("P", shape, (Parameter("P", shape, INITIALISERS.make("zeros"), 1, 1),)),)

    def build(self, at):
        x = at.tensor("p", self.shape)  # "x" is what enters from the data
        stored, gradient = at.parameter("P"), at.gradient("P")

        def backward(back):
            dx = back.gradient_of(x)
            back.operation(
                Equation("P", "copy"),
                [partial(np.copyto, gradient, dx.array)],
                [dx],
                [at.shown_gradient("P")],
            )

        at.operation(
            Equation("x = P", "copy"),
            [partial(np.copyto, x.array, stored)],
            [at.shown("P")],
            [x],
            backward,
        )
        return x


@dataclass(frozen=True)
class Probe(Sink):
    """L = sum of c a with fixed weights c, different for each number."""

    kind, label = "probe", "Probe"
    scale: float = 1.0

    def coding(self, signature, feeder, shape):
        return Coding((0,), signature.targets, "real", "mse")

    def build(self, at):
        (a,) = at.inputs
        c = (self.scale * np.sin(np.arange(1, a.flat.size + 1) * 1.7)).astype(at.dtype)

        def backward(back):
            da = back.into(a)
            back.operation(
                Equation("c", "c"),
                [partial(np.copyto, da.flat, c.reshape(da.flat.shape))],
                [],
                [da],
            )

        at.operation(
            Equation("L = c a", "c"),
            [partial(c.dot, a.flat.reshape(-1), at.loss)],
            [a],
            [at.value("L", "loss", at.loss)],
            backward,
            Phase.LOSS,
        )
        return a


@dataclass
class Rig:
    """A compiled graph with everything a test reads."""

    graph: Graph
    parameters: Parameters
    program: object
    rng: np.random.Generator
    state: dict = field(default_factory=dict)

    def run(self) -> float:
        """The total loss; randomness and kept state start the same each time."""
        self.rng.bit_generator.state = self.state["rng"]
        self.parameters.state[...] = self.state["kept"]
        self.program.run()
        return float(self.program.total)

    @property
    def free(self):
        """The free inputs, (*shape, batch), in order."""
        p = self.parameters
        return [p[la.id, "P"] for la in self.graph if isinstance(la.kind, Free)]

    @property
    def free_slopes(self):
        p = self.parameters
        return [
            p.layout.parameter(p.gradient, la.id, "P")
            for la in self.graph
            if isinstance(la.kind, Free)
        ]

    def shown(self, vector, layer):
        """{parameter name: array as people see it} of a layer."""
        layout = self.parameters.layout
        return {
            p.name: layout.parameter(vector, layer, p.name) for p in layout.parameters_of(layer)
        }

    def output(self, layer="it") -> np.ndarray:
        """What flows out of a layer, batch first."""
        return np.moveaxis(self.program.tensors[layer].array, -1, 0).copy()

    def central(self, step=1e-6) -> np.ndarray:
        """dL/dtheta by central differences."""
        theta = self.parameters.theta
        found = np.zeros_like(theta)
        for i in range(theta.size):
            kept = theta[i]
            theta[i] = kept + step
            up = self.run()
            theta[i] = kept - step
            found[i] = (up - self.run()) / (2 * step)
            theta[i] = kept
        self.run()
        return found

    def check_gradient(self, rtol=2e-6, atol=2e-8) -> None:
        wanted = self.central()
        np.testing.assert_allclose(self.parameters.gradient, wanted, rtol=rtol, atol=atol)


def rig_of(graph, signature, batch, *, dtype=np.float64, training=True, backward=True, seed=3):
    """A rig with random parameters for a graph that is ready."""
    analysis = analyse(graph, signature)
    assert analysis.ready, analysis.problems
    parameters = Parameters(layout_of(graph, analysis), dtype)
    parameters.initialise(seed)
    rng = np.random.default_rng(seed)
    parameters.theta[...] = np.random.default_rng(seed).normal(size=parameters.theta.size)
    mode = Mode(training=training, loss=True, backward=backward)
    program = compile_graph(graph, analysis, parameters, batch, mode, rng)
    rig = Rig(graph, parameters, program, rng)
    rig.state = {"rng": rng.bit_generator.state, "kept": parameters.state.copy()}
    return rig


def kind_rig(kind, shapes, batch=5, *, same=False, scale=1.0, **settings):
    """A rig: free inputs of `shapes` -> kind (id "it") -> probe; `same`: one for all ports."""
    graph = Graph()
    for shape in shapes[:1] if same else shapes:
        graph = edits.add(graph, Free(shape, batch))
    ids = [la.id for la in graph]
    graph = edits.add(graph, kind, "it")
    for port in range(len(shapes)):
        graph = edits.connect(graph, ids[0 if same else port], "it", port)
    graph = edits.connect(edits.add(graph, Probe(scale), "probe"), "it", "probe")
    return rig_of(graph, Signature(("f",), (Target("y"),)), batch, **settings)


def loss_rig(loss, activation, width, targets, batch=5, *, weight=1.0, levels=None, **settings):
    """A rig: free input -> activation (id "it") -> Output with `loss`; set its target yourself."""
    graph = edits.add(Graph(), Free((width,), batch))
    graph = edits.add(graph, activation, "it")
    output = LAYERS.make("output", loss=loss, weight=weight, levels=levels)
    graph = edits.add(graph, output, "out")
    edges = (Edge("free_1", "it", 0), Edge("it", "out", 0))
    return rig_of(graph.with_edges(edges), Signature(("f",), targets), batch, **settings)


@pytest.fixture(scope="session")
def lab():
    """Functions that build rigs, and the classes they use."""
    return SimpleNamespace(
        kind=kind_rig,
        loss=loss_rig,
        graph=rig_of,
        Free=Free,
        Probe=Probe,
        replace=dataclasses.replace,
    )
