"""Exit codes of the command line, and the sentence that goes with a bad one."""

from __future__ import annotations

import sys
from enum import IntEnum


class Exit(IntEnum):
    """What the shell is told."""

    FINE = 0
    PROBLEMS = 1
    WRONG_USE = 2
    INTERRUPTED = 130


HELP = """exit codes:
  0    fine
  1    the network or its data has problems, or training broke
  2    wrong use, or a file that can't be read or written
  130  interrupted (Ctrl-C)"""


def complain(sentence: object, code: Exit) -> Exit:
    """Say one sentence on stderr; gives the code back."""
    print(f"gradloom: {sentence}", file=sys.stderr)
    return code
