"""One program over flat vectors: compile, train, predict, check gradients. NumPy only.

- `parameters`: Layout and Parameters, every learnable number in one vector
- `compile`: graph -> Program, an ordered list of operations over preallocated buffers
- `update`, `optimisers/`: the update phase, compiled the same way; one file per optimiser
- `plan`, `schedules`, `stopping`: how to train, as declared settings
- `feed`: a dataset as arrays a program reads; `metrics`: what is measured
- `run`, `trainer`: one training, its state as a frozen Checkpoint, its loop
- `predictor`: forward-only use of a network (maps, tables, tests)

Arrays keep the batch in the last axis (see `layers.site`): features first makes every buffer
contiguous, a dense layer one GEMM, and the bias its last row.
"""
