"""What `gradloom trace` takes and prints; apart, so that the parser imports no NumPy."""

from __future__ import annotations

import argparse

from gradloom.cli.paths import named_path

HELP = """\
Without --row the next mini-batch of the run is stepped. Nothing is changed: the project file is
only read. Rows count from 1.

The text shows, for every operation in order, its phase and layer, the equation, one sentence,
what it reads and the arrays it writes (at most 8 × 8 numbers of each). The JSON is complete:

  format, version   "gradloom-trace", 1
  rows              row numbers of the data, from 1
  inference         whether this is a forward-only walk
  learning_rate     in force in this step
  operations        in order, each with
    number          from 1
    layer, name     id and name of the layer; "" for the update of all parameters
    phase           "forward", "loss", "backward" or "update"
    latex, text     the equation, as LaTeX and as plain text
    words, source   one sentence, and where the equation is from
    reads, writes   arrays: name, symbol (LaTeX), shape and values (nested lists, batch first);
                    reads are as the operation found them; numbers are exact (the shortest text
                    that gives the same float64), null is NaN or infinite
  parameters        after the step: {layer id: {parameter: values}}
"""


def add_to(command: argparse.ArgumentParser) -> None:
    """Declare the arguments of this command."""
    command.description = f"{command.description}\n\n{HELP}"
    command.add_argument("project", type=named_path, metavar="PROJECT")
    which = command.add_mutually_exclusive_group()
    which.add_argument("--row", type=int, metavar="I", help="step this row of the data (from 1)")
    which.add_argument(
        "--batch", action="store_true", help="step the next mini-batch (the default)"
    )
    command.add_argument(
        "--inference",
        action="store_true",
        help="forward only: Dropout off, BatchNorm from its running values",
    )
    command.add_argument("--json", action="store_true", help="print everything as one JSON object")
