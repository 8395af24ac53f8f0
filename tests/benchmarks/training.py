"""How quick a training step is, against plain NumPy, PyTorch, scikit-learn and JAX.

    python tests/benchmarks/training.py [--quick] [--only W1,W2]

A step is what a run does: shuffle and gather, forward, loss, backward, update; for Gradloom also
the guard in every step, and after each epoch the metric and the history, which the others leave
out. Everybody trains the same sizes on the same data with one thread on one core.

To be trusted on a machine that others use too, time is the processor time of this process (the
clock goes on while another process has the core, processor time does not), rounds are short and
interleaved, and a factor is the median of the quotients of each round, in which both contestants
met the same neighbours on the core's caches and the same clock rate. Brackets hold the quartiles.
Libraries that are not installed are left out; `/some/env/bin/python tests/benchmarks/training.py`
with `PYTHONPATH=src` measures with what that environment has.
"""

from __future__ import annotations

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

import argparse
import statistics
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from time import process_time
from types import SimpleNamespace

import numpy as np

from gradloom.data import Split
from gradloom.engine.optimisers import OPTIMISERS
from gradloom.engine.parameters import layout_of
from gradloom.engine.plan import Plan
from gradloom.engine.predictor import Predictor
from gradloom.engine.trainer import Trainer
from gradloom.graph import Graph, analyse, edits
from gradloom.layers import ACTIVATIONS, LAYERS, LOSSES
from gradloom.layers.signature import Signature, Target

Run = Callable[[int], None]  # trains so many steps


@dataclass(frozen=True)
class Work:
    """One workload; `classes` 0: one target of -1 or 1, tanh at the end, half squared error."""

    name: str
    features: int
    hidden: tuple[int, ...]
    activation: str
    classes: int
    batch: int
    optimiser: str
    rows: int
    steps: int  # per round
    # what issue 2 asks for: factors over plain NumPy and PyTorch
    over_numpy: float | None = None
    over_torch: float | None = None

    @property
    def sizes(self) -> tuple[int, ...]:
        """Units of every layer, the input's first."""
        return (self.features, *self.hidden, self.classes or 1)

    def data(self) -> tuple[np.ndarray, np.ndarray]:
        """(rows, features) and class numbers or targets (rows,), float32 and int64 or float32.

        One row in five is of a random class: on data that can be learnt without any error slopes
        fade into subnormal numbers, on which every library here is several times slower.
        """
        rng = np.random.default_rng(0)
        x = rng.normal(size=(self.rows, self.features)).astype(np.float32)
        score = x @ rng.normal(size=(self.features, max(self.classes, 1)))
        lost = rng.random(self.rows) < 0.2
        score[lost] = rng.normal(size=score[lost].shape)
        if self.classes:
            return x, score.argmax(axis=1)
        return x, np.sign(score[:, 0]).astype(np.float32)


WORKS = (
    Work("W1", 2, (4, 2), "tanh", 0, 10, "sgd", 250, 1000, 4.5, 25),
    Work("W2", 2, (16, 16), "relu", 3, 32, "adam", 1000, 320, 4.5, 20),
    Work("W3", 64, (128, 64), "relu", 10, 64, "adam", 1797, 58, 2, 4),
    Work("W4", 784, (512, 256), "relu", 10, 128, "adam", 10_000, 4, None, 1),
    Work("W6", 2, (32,) * 20, "tanh", 0, 32, "adam", 1000, 64, 4.5, 12),
)
RATE = 0.01


def graph_of(work: Work) -> Graph:
    """The network of a workload."""
    last = "softmax" if work.classes else "tanh"
    graph, before = edits.add(Graph(), LAYERS.make("input")), "input_1"
    for i, units in enumerate(work.sizes[1:]):
        activation = last if i == len(work.hidden) else work.activation
        graph = edits.add(
            graph, LAYERS.make("dense", units=units, activation=ACTIVATIONS.make(activation))
        )
        here = graph.layers[-1].id
        graph, before = edits.connect(graph, before, here), here
    loss = None if work.classes else LOSSES.make("half_squared")
    graph = edits.add(graph, LAYERS.make("output", loss=loss))
    return edits.connect(graph, before, graph.layers[-1].id)


def signature_of(work: Work) -> Signature:
    """The columns of a workload's data."""
    names = tuple(str(i) for i in range(work.classes))
    return Signature(tuple(f"x{i}" for i in range(work.features)), (Target("y", names),))


def gradloom(work: Work) -> Run:
    """This engine, through its Trainer."""
    x, y = work.data()
    index = np.arange(work.rows)
    prepared = SimpleNamespace(
        features=x.astype(float),
        targets=y.astype(float)[:, None],
        signature=signature_of(work),
        split=Split(index, index[:0], index[:0]),
    )
    plan = Plan(optimiser=OPTIMISERS.make(work.optimiser, rate=RATE), batch_size=work.batch)
    trainer = Trainer(graph_of(work), prepared, plan)  # type: ignore[arg-type]

    def run(steps: int) -> None:
        trainer.run(steps=steps)
        assert trainer.outcome is None

    return run


class Plain:
    """The same mathematics the way a textbook writes it, with NumPy's own speed and no tricks.

    Rows first and every line a vectorised expression that makes new arrays: a batch is gathered by
    its row numbers, z = a @ W + b, np.tanh or np.maximum, softmax shifted by the largest with
    keepdims, the loss as the mean over rows of a sum over outputs, a matrix product and a sum per
    layer backwards, and one update for each W and b. float32 throughout, as Gradloom; nothing is
    computed twice, nothing looped over that NumPy can do at once. After each epoch the mean loss
    is noted, and, unlike Gradloom, no accuracy is measured.
    """

    def __init__(self, work: Work) -> None:
        self.work = work
        self.rng = np.random.default_rng(1)
        self.x, y = work.data()
        self.y = np.eye(work.classes, dtype=np.float32)[y] if work.classes else y[:, None]
        pairs = list(zip(work.sizes, work.sizes[1:], strict=False))
        self.weights = [
            (self.rng.normal(size=(n, m)) / np.sqrt(n)).astype(np.float32) for n, m in pairs
        ]
        self.biases = [np.zeros(m, np.float32) for _, m in pairs]
        self.values = [*self.weights, *self.biases]
        self.means = [np.zeros_like(v) for v in self.values]
        self.squares = [np.zeros_like(v) for v in self.values]
        self.tanh = work.activation == "tanh"
        self.count = 0
        self.history = []

    def forward(self, a: np.ndarray) -> list[np.ndarray]:
        """What flows: the input, then the output of each layer."""
        kept = [a]
        for i, (w, b) in enumerate(zip(self.weights, self.biases, strict=True)):
            z = a @ w + b
            if i < len(self.weights) - 1:
                a = np.tanh(z) if self.tanh else np.maximum(z, 0)
            elif self.work.classes:
                e = np.exp(z - z.max(axis=1, keepdims=True))
                a = e / e.sum(axis=1, keepdims=True)
            else:
                a = np.tanh(z)
            kept.append(a)
        return kept

    def backward(self, kept: list[np.ndarray], wanted: np.ndarray) -> list[np.ndarray]:
        """Slopes of the weights, then of the biases."""
        a, n = kept[-1], len(wanted)
        delta = (a - wanted) / n
        if not self.work.classes:
            delta = delta * (1 - a * a)
        slopes_w, slopes_b = [], []
        for i in reversed(range(len(self.weights))):
            slopes_w.insert(0, kept[i].T @ delta)
            slopes_b.insert(0, delta.sum(axis=0))
            if i:
                delta = delta @ self.weights[i].T
                delta = delta * (1 - kept[i] ** 2) if self.tanh else delta * (kept[i] > 0)
        return slopes_w + slopes_b

    def update(self, slopes: list[np.ndarray]) -> None:
        """SGD or Adam."""
        self.count += 1
        for value, g, m, v in zip(self.values, slopes, self.means, self.squares, strict=True):
            if self.work.optimiser == "sgd":
                value -= RATE * g
                continue
            m[...] = 0.9 * m + 0.1 * g
            v[...] = 0.999 * v + 0.001 * g**2
            corrected = m / (1 - 0.9**self.count)
            value -= RATE * corrected / (np.sqrt(v / (1 - 0.999**self.count)) + 1e-8)

    def step(self, rows: np.ndarray) -> float:
        """One training step; gives the loss."""
        wanted = self.y[rows]
        kept = self.forward(self.x[rows])
        a = kept[-1]
        if self.work.classes:
            loss = -np.mean(np.sum(wanted * np.log(a + 1e-12), axis=1))
        else:
            loss = np.mean(0.5 * np.sum((a - wanted) ** 2, axis=1))
        self.update(self.backward(kept, wanted))
        return float(loss)

    def run(self, steps: int) -> None:
        """Epoch after epoch, each in a new order."""
        done = 0
        while done < steps:
            order = self.rng.permutation(self.work.rows)
            losses = []
            for lo in range(0, self.work.rows, self.work.batch):
                losses.append(self.step(order[lo : lo + self.work.batch]))
                done += 1
                if done == steps:
                    return
            self.history.append(np.mean(losses))


def plain_numpy(work: Work) -> Run:
    """Plain NumPy."""
    return Plain(work).run


def pytorch(work: Work) -> Run:
    """PyTorch eager, its own optimisers, one thread."""
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(0)
    x, y = (torch.from_numpy(a) for a in work.data())
    parts: list[torch.nn.Module] = []
    for n, m in zip(work.sizes, work.sizes[1:], strict=False):
        parts += [
            torch.nn.Linear(n, m),
            torch.nn.Tanh() if work.activation == "tanh" else torch.nn.ReLU(),
        ]
    if work.classes:
        parts.pop()
    model = torch.nn.Sequential(*parts)
    kind = torch.optim.SGD if work.optimiser == "sgd" else torch.optim.Adam
    optimiser = kind(model.parameters(), lr=RATE)

    def run(steps: int) -> None:
        done = 0
        while done < steps:
            order = torch.randperm(work.rows)
            for lo in range(0, work.rows, work.batch):
                rows = order[lo : lo + work.batch]
                optimiser.zero_grad()
                out = model(x[rows])
                if work.classes:
                    loss = torch.nn.functional.cross_entropy(out, y[rows])
                else:
                    loss = 0.5 * torch.nn.functional.mse_loss(out[:, 0], y[rows])
                loss.backward()
                optimiser.step()
                done += 1
                if done == steps:
                    return

    return run


def scikit_learn(work: Work) -> Run:
    """scikit-learn's MLP; it trains whole epochs, so time is scaled to steps."""
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    x, y = work.data()
    kind = MLPClassifier if work.classes else MLPRegressor
    per_epoch = -(-work.rows // work.batch)

    def run(steps: int) -> None:
        epochs = max(1, round(steps / per_epoch))
        model = kind(
            hidden_layer_sizes=work.hidden,
            activation=work.activation,
            solver=work.optimiser,
            batch_size=work.batch,
            learning_rate_init=RATE,
            momentum=0.0,
            alpha=0.0,
            max_iter=epochs,
            tol=0.0,
            n_iter_no_change=10**9,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.fit(x, y)

    run.steps_of = lambda steps: max(1, round(steps / per_epoch)) * per_epoch  # type: ignore[attr-defined]
    return run


def jax_scan(work: Work) -> Run:
    """A whole epoch compiled by JAX: lax.scan over the batches under jit (whole batches only)."""
    import jax
    import jax.numpy as jnp
    from jax import lax

    x, y = (jnp.asarray(a) for a in work.data())
    target = jnp.eye(work.classes, dtype=jnp.float32)[y] if work.classes else y[:, None]
    rng = np.random.default_rng(1)
    start = [
        (jnp.asarray(rng.normal(size=(n, m)) / np.sqrt(n), jnp.float32), jnp.zeros(m))
        for n, m in zip(work.sizes, work.sizes[1:], strict=False)
    ]
    act = jnp.tanh if work.activation == "tanh" else jax.nn.relu

    def loss_of(params, a, wanted):
        for i, (w, b) in enumerate(params):
            a = a @ w + b
            if i < len(params) - 1:
                a = act(a)
        if work.classes:
            return -jnp.mean(jnp.sum(wanted * jax.nn.log_softmax(a), axis=1))
        return 0.5 * jnp.mean(jnp.sum((jnp.tanh(a) - wanted) ** 2, axis=1))

    def step(carry, rows):
        params, m, v, t = carry
        loss, g = jax.value_and_grad(loss_of)(params, x[rows], target[rows])
        tree = jax.tree_util.tree_map
        if work.optimiser == "sgd":
            return (tree(lambda p, d: p - RATE * d, params, g), m, v, t), loss
        t = t + 1
        m = tree(lambda k, d: 0.9 * k + 0.1 * d, m, g)
        v = tree(lambda k, d: 0.999 * k + 0.001 * d * d, v, g)
        c1, c2 = 1 - 0.9**t, 1 - 0.999**t
        params = tree(lambda p, k, s: p - RATE * (k / c1) / (jnp.sqrt(s / c2) + 1e-8), params, m, v)
        return (params, m, v, t), loss

    zeros = jax.tree_util.tree_map(jnp.zeros_like, start)
    per_epoch = work.rows // work.batch

    @jax.jit
    def epoch(carry, key):
        order = jax.random.permutation(key, work.rows)[: per_epoch * work.batch]
        return lax.scan(step, carry, order.reshape(per_epoch, work.batch))

    carry = (start, zeros, zeros, jnp.zeros(()))
    keys = iter(range(10**9))

    def run(steps: int) -> None:
        nonlocal carry
        for _ in range(max(1, round(steps / per_epoch))):
            carry, losses = epoch(carry, jax.random.PRNGKey(next(keys)))
        losses.block_until_ready()

    run.steps_of = lambda steps: max(1, round(steps / per_epoch)) * per_epoch  # type: ignore[attr-defined]
    return run


CONTESTANTS: dict[str, Callable[[Work], Run]] = {
    "Gradloom": gradloom,
    "NumPy": plain_numpy,
    "PyTorch": pytorch,
    "scikit-learn": scikit_learn,
    "JAX scan": jax_scan,
}
SLOW = {"PyTorch": 8, "scikit-learn": 4, "NumPy": 2}  # these get fewer steps per round


def measure(work: Work, rounds: int, share: float) -> dict[str, list[float]]:
    """Microseconds per step of each round, by contestant, interleaved."""
    runs: dict[str, Run] = {}
    for name, make in CONTESTANTS.items():
        try:
            runs[name] = make(work)
        except ImportError:
            continue
    found: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(rounds + 1):
        for name, run in runs.items():
            steps = max(2, int(work.steps * share / SLOW.get(name, 1)))
            begun = process_time()
            run(steps)
            elapsed = process_time() - begun
            real = getattr(run, "steps_of", lambda n: n)(steps)
            if number:  # the first round warms up (and lets JAX compile)
                found[name].append(elapsed / real * 1e6)
    return found


def map_milliseconds(rounds: int) -> list[float]:
    """W7: the decision map of 40 000 points through W2's network."""
    work = WORKS[1]
    graph = graph_of(work)
    analysis = analyse(graph, signature_of(work))
    layout = layout_of(graph, analysis)
    predictor = Predictor(graph, analysis, layout)
    rng = np.random.default_rng(0)
    predictor.load(rng.normal(size=layout.size).astype(np.float32), np.zeros(layout.state_size))
    points = rng.normal(size=(2, 40_000))
    found = []
    for _ in range(rounds + 1):
        begun = process_time()
        predictor.outputs(points)
        found.append((process_time() - begun) * 1e3)
    return found[1:]


def show(work: Work, found: dict[str, list[float]]) -> None:
    """One block of the table."""
    layers = (
        "-".join(map(str, work.sizes))
        if len(work.hidden) < 6
        else f"2 → 20 x 32 → {work.sizes[-1]}"
    )
    print(f"\n{work.name}  {layers} {work.activation}, batch {work.batch}, {work.optimiser}")
    for name, times in found.items():
        low, middle, high = statistics.quantiles(times, n=4)
        line = f"  {name:<13}{middle:>9.1f} µs/step [{low:.1f} … {high:.1f}]"
        if name != "Gradloom":
            ratios = [t / ours for t, ours in zip(times, found["Gradloom"], strict=True)]
            least, ratio, most = statistics.quantiles(ratios, n=4)
            line += f"   {ratio:.2f} x [{least:.2f} … {most:.2f}]"
            wanted = {"NumPy": work.over_numpy, "PyTorch": work.over_torch}.get(name)
            if wanted is not None:
                line += f"  (wanted {wanted:g}: {'reached' if ratio >= wanted else 'MISSED'})"
        print(line, flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("--only", default="", help="names of workloads, with commas")
    arguments = parser.parse_args()
    rounds, share = (10, 0.5) if arguments.quick else (40, 1.0)
    chosen = [w for w in WORKS if not arguments.only or w.name in arguments.only.split(",")]
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(f"NumPy {np.__version__}, {rounds} rounds, medians [quartiles]{load}")
    for work in chosen:
        show(work, measure(work, rounds, share))
    if not arguments.only or "W7" in arguments.only.split(","):
        low, middle, high = statistics.quantiles(map_milliseconds(rounds), n=4)
        verdict = "reached" if middle < 10 else "MISSED"
        print("\nW7  map of 40 000 points through W2's network")
        print(f"  Gradloom  {middle:.2f} ms  [{low:.2f} … {high:.2f}]  (wanted 10: {verdict})")


if __name__ == "__main__":
    main()
