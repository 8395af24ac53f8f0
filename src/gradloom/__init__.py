"""Gradloom, a desktop laboratory for neural networks: draw, train, watch, take the weights out.

Two promises: what trains is one compiled program (`engine`), and nothing you made is lost
(`document`). Imports go down only; the contracts are in pyproject.toml and run in CI.

    __main__   the command line and the start of the window; `cli/` its commands, `api` notebooks
    ui/        Qt and pyqtgraph, only here: `app` constructs, `actions` is the table of what one
               can do, `window` and `docks` the frame; canvas/ panels/ forms/ plots/ map/ hidden/
               landscape/ stepper/ measure/ table/ sketch/ samples/ help/; `worker`, `answers`,
               `jobs` bring threads to Qt
    session/   what is running, free of Qt: training and stepping as state machines, maps, curves
    diagnosis/ what keeps a network from learning: measurements, rules, remedies
    document/  the frozen State of a project, edits with undo, project files, fixes, samples
    exchange/  weights as JSON, with a published schema
    engine/    Graph -> Program over flat vectors; trainer, trace, optimisers, predictor
    graph/     the network as a value: model, pure edits, shapes and problems, automatic layout
    data/      datasets as values: generators, tables, pictures, split, scaling, feature crosses
    layers/    what a layer is: kinds/ (one file each), losses/, initialisers, expressions
    core/      declared settings and their checks, problems, errors, events, random streams

Where to change what:
- a new layer, activation or loss: one file in layers/kinds or layers/losses (recipe in `layers`)
- a new optimiser, schedule or dataset: one class in engine/optimisers, engine/schedules or
  data/sources
- a new setting: one `param(...)` line; the form, the file, the schema and the tests follow
- a new menu entry or key: one row in ui/actions
- a new one-click remedy: one entry in document/fixes; a new sign of illness: one in diagnosis/rules
- a new sample: one entry in document/samples; a new page of help: one file in resources/help
- a colour, a font size: ui/theme
"""

__version__ = "0.1.0"
