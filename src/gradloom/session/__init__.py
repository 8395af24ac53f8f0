"""What is running: training and stepping as state machines, free of Qt.

- `training`: Training: start, pause, step, reset; follows the document; publishes Progress
- `loop`: the thread that runs commands and rounds of work
- `runs`: when an edit means a new run, and the store that undo brings runs back from
- `stepping`: Stepping, one step walked through on the rows that are `picked`; `playing` walks by
  itself, `editing` changes numbers, `marks` and `lighting` tell the canvas what to show,
  `explaining` and `terms` say where numbers come from
- `answering`: questions about a run, answered on a thread; `mapping` (over the `planes` of the
  data), `measuring` and `hidden` (a layer's activations as points; `principal`, `readout`) answer
  them, as pure computations; `spot`: one row with its loss
- `landscape`: the loss (`losses`) over a slice of the parameters, which `slices` and `directions`
  choose
- `sketching`: strokes, and the cells that they come to; `telling`: what is told of a row that need
  not be in the data; `featuring`: what the layers make of one picture
- `previewing`: the map of a sample after a short training
- `best`: the best that is possible on generated data, as a number of the loss plot

Rule: another thread gets frozen values and copies, never the document or a widget.
"""
