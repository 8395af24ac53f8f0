"""Data of one's own, into the project: by button, by dropping files, by pasting.

- `importer`: Importer, every way in, and the errands of problems with files
- `frame`: what the dialogs have in common: work on the thread, progress, one edit
- `dialog`: tables, with format, roles and types to change; `origin`: what is looked at; `sample`:
  the model of its rows
- `pictures`: sets of pictures; `classes`: some pictures of each class
"""

from gradloom.ui.importing.importer import Importer

__all__ = ["Importer"]
