"""One program over flat vectors: compile, train, predict, check gradients. NumPy only.

- `parameters`: Layout and Parameters, every learnable number in one vector; `memory`: what fits
- `compile`: graph -> Program, an ordered list of operations over preallocated buffers, by way of
  a `draft` in which each kind is given its place (`sites`); `stacking`: like calls of all layers
  made as one; `straight`: calls written out as one function
- `update`, `optimisers/`: the update phase, compiled the same way; one file per optimiser;
  `planned`: the whole update of a plan, with what happens to the `gradient` before (L1, L2,
  clipping) and to parameters that do not learn (`freezing`)
- `plan`, `schedules`, `stopping`: how to train, as declared settings
- `feed`: a dataset as arrays a program reads; `metrics`, `evaluator`: what is measured, `history`
- `trainer`: one training; `steps`: its inner loop, with the `guard` that ends it when numbers are
  not finite; `course`: what its epochs gave; `run`: its state as a frozen Checkpoint; `progress`:
  what it tells the world, with the `trajectory` of its parameters; `speed`
- `trace`: a program run one operation at a time on some `rows`, both ways by its `journal`
- `predictor`: forward-only use of a network (maps, tables, tests)

Arrays keep the batch in the last axis (see `layers.site`): features first makes every buffer
contiguous, a dense layer one GEMM, and the bias its last row.
"""
