"""Stepping through a training step: the panel, its timeline, equations and matrices.

- `panel`: StepperPanel, the dock's widget; `StepperView.moved` tells the canvas where one stands
- `controls`: what is stepped, and how one moves
- `timeline`: every operation of the step on a strip
- `detail`: the equation, the same with its numbers, term by term, copying
- `arrays`: the arrays of the operation; `matrix`: number by number; `tiles` (with `tiling`): as
  pictures; `cells`: what both have in common; `looking`: which of the two
- `boxes`: expressions laid out with hit boxes (`ui.formulas` typesets equations)
- `check`, `blame`: gradient check and contributions of a row
"""

from gradloom.ui.stepper.panel import StepperPanel, StepperView

__all__ = ["StepperPanel", "StepperView"]
