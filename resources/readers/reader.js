// Predict with weights that Gradloom exported: node reader.js W.json 0.5 -1.2
const sum = (row) => row.reduce((a, b) => a + b, 0);
const sigmoid = (z) => 1 / (1 + Math.exp(-z));
const curves = { // number -> number, with the activation's settings s
  identity: (z) => z,
  step: (z) => (z > 0 ? 1 : 0),
  sigmoid,
  tanh: Math.tanh,
  relu: (z) => Math.max(z, 0),
  leaky_relu: (z, s) => Math.max(z, s.slope * z),
  elu: (z, s) => (z > 0 ? z : s.alpha * Math.expm1(z)),
  silu: (z) => z * sigmoid(z),
  softplus: (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))),
};
const merges = {
  add: sum,
  multiply: (column) => column.reduce((a, b) => a * b),
  maximum: (column) => Math.max(...column),
  average: (column) => sum(column) / column.length,
};
const crosses = { copy: (a) => a, square: (a) => a * a, product: (a, b) => a * b, sin: Math.sin };

function activate(row, s) {
  if (s.kind !== "softmax") return row.map((z) => curves[s.kind](z, s));
  const powers = row.map((z) => Math.exp(z - Math.max(...row)));
  return powers.map((power) => power / sum(powers));
}

/** What a layer with settings s and arrays p makes of the rows that enter it. */
function compute(s, rows, p) {
  const row = rows[0];
  if (s.kind === "dense") { // W is inputs x outputs
    const sums = p.W[0].map((_, j) => (p.b ? p.b[j] : 0) + sum(row.map((x, i) => x * p.W[i][j])));
    return activate(sums, s.activation);
  }
  if (s.kind in merges) return row.map((_, i) => merges[s.kind](rows.map((x) => x[i])));
  if (s.kind === "batch_norm") {
    const normal = row.map((x, i) => (x - p.running_mean[i]) / Math.sqrt(p.running_var[i] + s.epsilon));
    return normal.map((x, i) => p.gamma[i] * x + p.beta[i]);
  }
  return ["concatenate", "dropout", "flatten", "output"].includes(s.kind) ? rows.flat() : activate(row, s);
}

/** {id of an output: its numbers} for one row of raw columns. */
function predict(network, row) {
  const { inputs, features, offset, scale } = network.preprocessing;
  const raw = (name) => row[inputs.indexOf(name)];
  const values = features.map((f, i) => (crosses[f.op](...f.of.map(raw)) - offset[i]) / scale[i]);
  const column = (name) => values[features.findIndex((f) => f.name === name)];
  const results = {};
  for (const { id, kind, parameters, state } of network.layers) { // in an order that can be computed
    const cables = network.edges.filter((e) => e.target === id).sort((a, b) => a.port - b.port);
    const arrays = Object.entries({ ...parameters, ...state }).map(([name, a]) => [name, a.values]);
    const rows = cables.map((e) => results[e.source]);
    const enters = kind.kind === "input";
    const chosen = enters && (kind.columns ? kind.columns.map(column) : values);
    results[id] = enters ? chosen : compute(kind, rows, Object.fromEntries(arrays));
  }
  const answer = ({ layer, scale, offset }) => // scaled targets: back into their own units
    results[layer].map((z, i) => (scale ? z * scale[i] + offset[i] : z));
  return Object.fromEntries(network.outputs.map((o) => [o.layer, answer(o)]));
}

if (require.main === module) {
  const network = JSON.parse(require("fs").readFileSync(process.argv[2], "utf8"));
  console.log(JSON.stringify(predict(network, process.argv.slice(3).map(Number))));
}
module.exports = { predict };
