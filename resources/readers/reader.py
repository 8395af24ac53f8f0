"""Predict with weights from Gradloom, in plain Python: python reader.py W.json 0.5 -1.2."""

# ruff: noqa: ARG005, B905, PTH123, T201 - short enough to read in a README

import json
import math
import sys

CURVES = {  # number -> number, with the activation's settings s
    "identity": lambda z, s: z,
    "step": lambda z, s: float(z > 0),
    "sigmoid": lambda z, s: (1 + math.tanh(z / 2)) / 2,
    "tanh": lambda z, s: math.tanh(z),
    "relu": lambda z, s: max(z, 0.0),
    "leaky_relu": lambda z, s: max(z, s["slope"] * z),
    "elu": lambda z, s: z if z > 0 else s["alpha"] * math.expm1(z),
    "silu": lambda z, s: z * (1 + math.tanh(z / 2)) / 2,
    "softplus": lambda z, s: max(z, 0.0) + math.log1p(math.exp(-abs(z))),
}
MERGES = {"add": sum, "multiply": math.prod, "maximum": max, "average": lambda c: sum(c) / len(c)}
CROSSES = {"copy": float, "square": lambda a: a * a, "product": lambda a, b: a * b, "sin": math.sin}


def activate(row, s):
    """The row after an activation with settings s."""
    if s["kind"] != "softmax":
        return [CURVES[s["kind"]](z, s) for z in row]
    powers = [math.exp(z - max(row)) for z in row]
    return [power / sum(powers) for power in powers]


def compute(s, rows, p):
    """What a layer with settings s and arrays p makes of the rows that enter it."""
    kind, row = s["kind"], rows[0]
    if kind == "dense":
        sums = p.get("b") or [0.0] * len(p["W"][0])
        for x, weights in zip(row, p["W"]):  # W is inputs x outputs
            sums = [z + x * w for z, w in zip(sums, weights)]
        return activate(sums, s["activation"])
    if kind in MERGES:
        return [MERGES[kind](column) for column in zip(*rows)]
    if kind == "batch_norm":
        spread = [math.sqrt(v + s["epsilon"]) for v in p["running_var"]]
        normal = [(x - m) / d for x, m, d in zip(row, p["running_mean"], spread)]
        return [g * x + b for x, g, b in zip(normal, p["gamma"], p["beta"])]
    if kind in ("concatenate", "dropout", "flatten", "output"):
        return [x for row in rows for x in row]
    return activate(row, s)


def predict(network, row):
    """{id of an output: its numbers} for one row of raw columns."""
    pre = network["preprocessing"]
    raw, values, results = dict(zip(pre["inputs"], row)), {}, {}
    for f, offset, scale in zip(pre["features"], pre["offset"], pre["scale"]):
        values[f["name"]] = (CROSSES[f["op"]](*(raw[name] for name in f["of"])) - offset) / scale
    for layer in network["layers"]:  # in an order in which they can be computed
        cables = [e for e in network["edges"] if e["target"] == layer["id"]]
        rows = [results[e["source"]] for e in sorted(cables, key=lambda e: e["port"])]
        arrays = {name: a["values"] for name, a in (layer["parameters"] | layer["state"]).items()}
        s = layer["kind"]
        if s["kind"] == "input":
            results[layer["id"]] = [values[name] for name in s["columns"] or values]
        else:
            results[layer["id"]] = compute(s, rows, arrays)
    for output in network["outputs"]:
        if "scale" in output:  # the targets were scaled: back into their own units
            units = zip(results[output["layer"]], output["scale"], output["offset"])
            results[output["layer"]] = [z * s + o for z, s, o in units]
    return {output["layer"]: results[output["layer"]] for output in network["outputs"]}


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        print(json.dumps(predict(json.load(file), [float(x) for x in sys.argv[2:]])))
