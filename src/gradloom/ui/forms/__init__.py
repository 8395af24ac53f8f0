"""One form builder for every `Declared` record: layers, plan, data, optimisers, initialisers ...

- `form`: Form, rows for the settings of a record; `row`: label, editor, refusal, live mark
- `field`: what an editor is; `fields`, `number`, `choice`, `names`, `variant`: one per check
- `make`: from a check to its editor; `steps`: how arrow keys move numbers (pure)
- `parts`: switch, segmented buttons, elided label, fold

A form shows a record and proposes another one; it never holds the truth. `show_record` sets only
what differs, and what a widget says about a value it was just given is recognised because it
equals the shown record, so that nothing echoes.
"""

from gradloom.ui.forms.field import NO_HINTS, Hints
from gradloom.ui.forms.form import Form

__all__ = ["NO_HINTS", "Form", "Hints"]
