"""The window: Qt and pyqtgraph live here and nowhere below.

- `app`: the one place that constructs; `window`: docks, menus, title
- `actions`: every action in one table (menus, shortcuts, command palette derive from it)
- `theme`: colours, fonts, icons; `view`: what is selected and hovered (not saved, not undone)
- `worker`: the training session as Qt signals; `answers`: what is worked out of a run
- `canvas/`: scene, cards, cables, gestures, the opened neuron view
- `panels/`: palette, properties (form builder), data, problems
- `samples/`: the gallery of ready projects; `help/`: topics with something to try
- `plots/`: loss and accuracy, speed; `map/`: the decision map; `hidden/`: hidden space;
  `landscape/`: the loss over the parameters
- `sketch/`: draw a picture; `pictures`: how those of the data are painted; `tiling`: where many
  stand side by side; `featuremaps`: what layers make of one
- `jobs`: long work on a thread, with progress and Cancel
"""
