"""How quick a small convolutional network trains, against PyTorch (W5).

    OMP_NUM_THREADS=1 python tests/benchmarks/images.py [--rounds 15] [--calls]

W5 is 28 x 28 x 1 -> conv 3 x 3 x 16 ReLU -> max pool 2 -> conv 3 x 3 x 32 ReLU -> max pool 2 ->
flatten -> dense 10 softmax, batch 64, Adam. A step is gather, forward, backward, update, and for
Gradloom also the guard and the metrics of all rows after each epoch; "steps alone" leaves these
metrics out, as PyTorch does. Rounds of all contestants are interleaved, one thread each; the table
shows medians in milliseconds per step and the quartiles of the rounds. `--calls` shows what each
operation of Gradloom's step takes.
"""

from __future__ import annotations

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

import argparse
import statistics
from collections.abc import Callable
from time import perf_counter
from types import SimpleNamespace

import numpy as np

from gradloom.data import Split
from gradloom.engine.optimisers import OPTIMISERS
from gradloom.engine.plan import Plan
from gradloom.engine.steps import Steps
from gradloom.engine.trainer import Trainer
from gradloom.graph import Graph, analyse, edits
from gradloom.layers import ACTIVATIONS, LAYERS
from gradloom.layers.signature import Signature, Target

Run = Callable[[int], None]  # trains so many steps
RATE, BATCH, ROWS, SIDE = 0.001, 64, 1280, 28


def data() -> tuple[np.ndarray, np.ndarray]:
    """Pictures (rows, 784) and class numbers that hang on them, one in five at random."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(ROWS, SIDE * SIDE)).astype(np.float32)
    score = x @ rng.normal(size=(SIDE * SIDE, 10))
    lost = rng.random(ROWS) < 0.2
    score[lost] = rng.normal(size=score[lost].shape)
    return x, score.argmax(axis=1)


def signature() -> Signature:
    """784 cells of a picture and ten classes."""
    names = tuple(f"p{i}" for i in range(SIDE * SIDE))
    return Signature(names, (Target("y", tuple("0123456789")),), (1, SIDE, SIDE))


def graph_of() -> Graph:
    """The network of W5."""
    relu = ACTIVATIONS.make("relu")
    layers = (
        LAYERS.make("conv2d", filters=16, activation=relu),
        LAYERS.make("max_pool2d"),
        LAYERS.make("conv2d", filters=32, activation=relu),
        LAYERS.make("max_pool2d"),
        LAYERS.make("flatten"),
        LAYERS.make("dense", units=10, activation=ACTIVATIONS.make("softmax")),
        LAYERS.make("output"),
    )
    graph, before = edits.add(Graph(), LAYERS.make("input", shape="picture")), "input_1"
    for kind in layers:
        graph = edits.add(graph, kind)
        here = graph.layers[-1].id
        graph, before = edits.connect(graph, before, here), here
    return graph


def trainer() -> Trainer:
    """This engine's trainer for W5."""
    x, y = data()
    index = np.arange(ROWS)
    prepared = SimpleNamespace(
        features=x.astype(float),
        targets=y.astype(float)[:, None],
        signature=signature(),
        split=Split(index, index[:0], index[:0]),
    )
    plan = Plan(optimiser=OPTIMISERS.make("adam", rate=RATE), batch_size=BATCH)
    return Trainer(graph_of(), prepared, plan)  # type: ignore[arg-type]


def gradloom() -> Run:
    """This engine, through its Trainer."""
    made = trainer()

    def run(steps: int) -> None:
        made.run(steps=steps)
        assert made.outcome is None

    return run


def steps_alone() -> Run:
    """This engine's steps, without the metrics that a run measures after each epoch."""
    made = trainer()
    steps = Steps(
        made.graph,
        analyse(made.graph, signature()),
        made.parameters,
        made.prepared,
        made.plan,
        np.random.default_rng(0),
    )
    steps.set_rate(RATE)
    epoch = 0

    def run(count: int) -> None:
        nonlocal epoch
        end = steps.total + count
        with np.errstate(all="ignore"):
            while steps.total < end:
                if steps.total == 0 or steps.at_end:
                    steps.begin(epoch, BATCH, shuffle=True)
                    epoch += 1
                steps.run(end - steps.total, None, None)

    return run


def pytorch(*, channels_last: bool) -> Run:
    """PyTorch eager, its own Adam, one thread."""
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(0)
    layout = torch.channels_last if channels_last else torch.contiguous_format
    x, y = (torch.from_numpy(a) for a in data())
    x = x.reshape(-1, 1, SIDE, SIDE).contiguous(memory_format=layout)
    model = torch.nn.Sequential(
        torch.nn.Conv2d(1, 16, 3),
        torch.nn.ReLU(),
        torch.nn.MaxPool2d(2),
        torch.nn.Conv2d(16, 32, 3),
        torch.nn.ReLU(),
        torch.nn.MaxPool2d(2),
        torch.nn.Flatten(),
        torch.nn.Linear(800, 10),
    ).to(memory_format=layout)
    optimiser = torch.optim.Adam(model.parameters(), lr=RATE)

    def run(steps: int) -> None:
        done = 0
        while done < steps:
            order = torch.randperm(ROWS)
            for lo in range(0, ROWS, BATCH):
                rows = order[lo : lo + BATCH]
                optimiser.zero_grad()
                loss = torch.nn.functional.cross_entropy(model(x[rows]), y[rows])
                loss.backward()
                optimiser.step()
                done += 1
                if done == steps:
                    return

    return run


CONTESTANTS: dict[str, Callable[[], Run]] = {
    "Gradloom": gradloom,
    "Gradloom, steps alone": steps_alone,
    "PyTorch": lambda: pytorch(channels_last=False),
    "PyTorch, channels last": lambda: pytorch(channels_last=True),
}


def measure(rounds: int, steps: int) -> dict[str, list[float]]:
    """Milliseconds per step of each round, by contestant."""
    runs: dict[str, Run] = {}
    for name, make in CONTESTANTS.items():
        try:
            runs[name] = make()
        except ImportError:
            continue
    found: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(rounds + 1):
        for name, run in runs.items():
            begun = perf_counter()
            run(steps)
            if number:  # the first round warms up
                found[name].append((perf_counter() - begun) / steps * 1e3)
    return found


def show_calls(repeats: int = 40) -> None:
    """The median microseconds of each bound call of one step, in the order they are made."""
    from gradloom.engine.compile import TRAIN, compile_graph

    made = trainer()
    graph = graph_of()
    analysis = analyse(graph, signature())
    program = compile_graph(graph, analysis, made.parameters, BATCH, TRAIN)
    program.feed[...] = np.random.default_rng(0).normal(size=program.feed.shape)
    times: list[list[list[float]]] = [[[] for _ in op.calls] for op in program.operations]
    for _ in range(repeats):
        for op, kept in zip(program.operations, times, strict=True):
            for call, found in zip(op.calls, kept, strict=True):
                begun = perf_counter()
                call()
                found.append((perf_counter() - begun) * 1e6)
    total = 0.0
    for op, kept in zip(program.operations, times, strict=True):
        each = [statistics.median(found) for found in kept]
        total += sum(each)
        said = " ".join(f"{one:.0f}" for one in each)
        print(
            f"  {sum(each):8.0f} µs  {op.phase:<9}{op.layer:<12}{op.equation.latex[:44]:<46}{said}"
        )
    print(f"  {total:8.0f} µs  forward, loss and backward")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--steps", type=int, default=20, help="steps in a round; an epoch has 20")
    parser.add_argument("--calls", action="store_true", help="show what each operation takes")
    arguments = parser.parse_args()
    if arguments.calls:
        show_calls()
        return
    print(f"W5  NumPy {np.__version__}, {arguments.rounds} rounds, medians with quartiles")
    found = measure(arguments.rounds, arguments.steps)
    ours = statistics.median(found["Gradloom"])
    for name, times in found.items():
        low, middle, high = statistics.quantiles(times, n=4)
        ratio = "" if name == "Gradloom" else f"   {middle / ours:.2f} x"
        verdict = ""
        if name == "PyTorch":
            verdict = f"  (wanted 1: {'reached' if middle >= ours else 'MISSED'})"
        print(f"  {name:<24}{middle:>8.2f} ms/step   [{low:.2f} … {high:.2f}]{ratio}{verdict}")


if __name__ == "__main__":
    main()
