"""Datasets as values: what makes them, how rows are split, what of them enters a network.

A project keeps a `DataSpec`; `prepare(spec, seed)` gives everything else, the same for the same
seed, with what is wrong as problems. NumPy only.

Recipe, to add a dataset: write a frozen dataclass that derives from `DataSource` (or `Points`) in
`sources/`, declare its settings with `param`, give it `draw`, decorate it with `@SOURCES.add`. Put
its formula in the docstring and its separating rule in the test; forms, files and the contract
tests find it.

- `dataset`: Dataset, DataSource, SOURCES; `sources/`: one file per family
- `spec`, `prepare`: the description in the project and what follows from it; `prepared`: that,
  and which of it is kept
- `split`, `transform`: rows into parts; columns into features, scaled by the training part
- `table`: small text files (CSV) as text, as numbers, as a dataset
- data from files: `files` (whatever the source: load, read again, move), `paths`, `store` (what was
  read, looked up by `prepare`; says how a window uses it)
- tables from files: `format` (TableFormat), `sniffing` with `marks`, `loading` (preview, blocks,
  progress), `workbooks` (Excel, Parquet), `columns` (roles and types), `table_files` (import,
  embed)
- pictures from files: `pictures` (what is read, a first look), `idx` (MNIST's format), `folders`
  (a folder for each class), `png`, `picture_files` (import, embed)
- `drawing`: edits of points drawn by hand; `bayes`: the best possible error of generated data
"""

import gradloom.data.sources  # noqa: F401 - fills SOURCES
from gradloom.data.columns import Column
from gradloom.data.dataset import SOURCES, Dataset, DataSource
from gradloom.data.format import TableFormat
from gradloom.data.prepare import prepare
from gradloom.data.prepared import Prepared
from gradloom.data.sources.classes import Circles
from gradloom.data.sources.drawing import Drawing
from gradloom.data.sources.file import FileSource, FileTable
from gradloom.data.sources.pictures import FilePictures
from gradloom.data.sources.table import TableSource
from gradloom.data.spec import DataSpec
from gradloom.data.split import Split
from gradloom.data.store import TABLES
from gradloom.data.table import Table, numbers, read_csv, read_table
from gradloom.data.transform import Feature, Transform

__all__ = [
    "SOURCES",
    "TABLES",
    "Circles",
    "Column",
    "DataSource",
    "DataSpec",
    "Dataset",
    "Drawing",
    "Feature",
    "FilePictures",
    "FileSource",
    "FileTable",
    "Prepared",
    "Split",
    "Table",
    "TableFormat",
    "TableSource",
    "Transform",
    "numbers",
    "prepare",
    "read_csv",
    "read_table",
]
