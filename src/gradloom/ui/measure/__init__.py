"""What the answers are worth: confusion matrix, scores, curves, calibration, residuals.

A `Face` paints one picture of one part of the data and knows what is where; a `Pane` shows it and
turns the pointer and the keys into words and selected rows, with the `numbers` above it; the panel
holds a pane per part.
"""

from gradloom.ui.measure.panel import MeasuresPanel

__all__ = ["MeasuresPanel"]
