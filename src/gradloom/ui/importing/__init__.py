"""Tables of one's own, into the project: by button, by dropping a file, by pasting.

- `importer`: Importer, every way in, and the errands of problems with files
- `dialog`: the preview in which format, roles and types are changed; `origin`: what is looked at
- `sample`: the model of the preview's table
"""

from gradloom.ui.importing.importer import Importer

__all__ = ["Importer"]
