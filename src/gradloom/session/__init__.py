"""What is running: a training as a state machine, free of Qt.

- `training`: Training: start, pause, step, reset; follows the document; publishes Progress
- `loop`: the thread that runs commands and rounds of work
- `runs`: when an edit means a new run, and the store that undo brings runs back from
- `answering`: questions about a run, answered on a thread; `mapping`, `measuring` and `hidden`
  (a layer's activations as points; `principal`, `readout`) answer them, as pure computations
- `previewing`: the map of a sample after a short training
- `best`: the best that is possible on generated data, as a number of the loss plot

Rule: another thread gets frozen values and copies, never the document or a widget.
"""
