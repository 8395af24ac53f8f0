"""How long tables take to read: `python tests/benchmarks/tables.py [rows]`.

1 000 000 rows of 20 numbers unless told.

Prints seconds and MB/s for the program's reader, and for NumPy's and csv's alone.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import csv
import resource
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import numpy as np

from gradloom.data import SOURCES, DataSpec, prepare
from gradloom.data.store import TABLES
from gradloom.data.table_files import import_file, preview_file, sniff_file

COLUMNS = 20


def write(path: Path, rows: int, *, gaps: bool) -> float:
    """A file of `rows` normal numbers a column, six digits each; its size in MB."""
    rng = np.random.default_rng(1)
    with path.open("w") as file:
        file.write(",".join(f"c{i}" for i in range(COLUMNS)) + "\n")
        for _ in range(0, rows, 10_000):
            block = rng.normal(size=(min(10_000, rows), COLUMNS)).tolist()
            for i, row in enumerate(block):
                cells = [f"{value:.6g}" for value in row]
                if gaps and i % 10 == 0:
                    cells[3] = "NA"
                file.write(",".join(cells) + "\n")
    return path.stat().st_size / 1e6


def timed(label: str, size: float, work):
    start = time.perf_counter()
    made = work()
    seconds = time.perf_counter() - start
    print(f"{label:34} {seconds:8.2f} s {size / seconds:8.1f} MB/s", flush=True)
    return made


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        for gaps in (False, True):
            size = write(path, rows, gaps=gaps)
            print(
                f"{rows:,} x {COLUMNS}{', a gap in each tenth row' if gaps else ''}: {size:.0f} MB"
            )
            timed("sniff and preview", size, lambda: preview_file(path, sniff_file(path)))
            made = timed("import_file", size, lambda: import_file(path, missing="fill"))
            spec = DataSpec(made.source, scaling="standard")
            timed("prepare, standardised", size, partial(prepare, spec, 1))
            if not gaps:
                timed("np.loadtxt alone", size, lambda: np.loadtxt(path, delimiter=",", skiprows=1))
                timed("csv.reader alone", size, lambda: sum(1 for _ in csv.reader(path.open())))
            TABLES.clear()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"memory at most {peak:.2f} GiB")
    for kind in ("digits", "breast_cancer", "spiral"):
        source = SOURCES.make(kind, **({"count": 5000} if kind == "spiral" else {}))
        timed(
            f"prepare {kind}, first",
            0,
            lambda s=source: prepare(DataSpec(s, scaling="standard"), 1),
        )
        timed(
            f"prepare {kind}, again",
            0,
            lambda s=source: prepare(DataSpec(s, scaling="standard"), 2),
        )


if __name__ == "__main__":
    main()
