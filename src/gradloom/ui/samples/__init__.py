"""The gallery of samples: a card for each, with a picture made of the project itself.

- `dialog`: the cards by group, a search field, the keyboard
- `card`: one card; `pictures` paints its data and what a short training makes of it, `glyph` its
  network
- `previews`: the short trainings, on a thread of their own

Import it behind the first painted window, as its pictures share code with the plots.
"""

from gradloom.ui.samples.dialog import SamplesDialog
from gradloom.ui.samples.previews import Previews

__all__ = ["Previews", "SamplesDialog"]
