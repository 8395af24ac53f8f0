"""Everything that is saved, as one frozen State; one door in (`edit`), one notice out (`changed`).

- `state`: State, the frozen value; places of layers on the canvas
- `document`: Document: the state now, undo and redo, `edit(label, change, merge)`
- `codec`: a project as plain JSON and back, in versions; `schema`: what is published of it
- `files`: projects in files, copies kept aside and their recovery
- `samples`: ready projects (the first network a person sees)
- `fixes`: one-click remedies for problems, State -> State
"""

from gradloom.document.document import Document
from gradloom.document.state import Place, RunEdit, State

__all__ = ["Document", "Place", "RunEdit", "State"]
