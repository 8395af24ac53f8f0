"""The command line and the start of the window."""

from __future__ import annotations

import argparse
import os
import sys

from gradloom.cli.display import has_display
from gradloom.cli.exits import Exit, complain
from gradloom.cli.parser import arguments_of
from gradloom.core.errors import UserError
from gradloom.core.reading import reason


def main(line: list[str] | None = None) -> int:
    """Run one command line; the exit code."""
    try:
        _prepare()
        code = _run(arguments_of(sys.argv[1:] if line is None else line))
        if sys.stdout is not None:  # closed by the caller, or a program without a console
            sys.stdout.flush()
    except UserError as error:
        return complain(error, Exit.WRONG_USE)
    except KeyboardInterrupt:
        return complain("Interrupted.", Exit.INTERRUPTED)
    except BrokenPipeError:
        # who read our output has gone (as `head` does); Python must not try to flush again
        _drop_output()
        return Exit.FINE
    except OSError as error:
        if error.filename is not None:
            raise
        _drop_output()
        return complain(f"The output can't be written: {reason(error)}.", Exit.WRONG_USE)
    return code


def _drop_output() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(arguments: argparse.Namespace) -> int:
    match arguments.command:
        case "train":
            from gradloom.cli import train

            return train.run(arguments)
        case "predict":
            from gradloom.cli import predict

            return predict.run(arguments)
        case "check":
            from gradloom.cli import check

            return check.run(arguments)
        case "trace":
            from gradloom.cli import trace

            return trace.run(arguments)
        case "picture":
            return _picture(arguments)
        case _:
            return _window(arguments)


def _picture(arguments: argparse.Namespace) -> int:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from gradloom.ui.picture import save_picture

    save_picture(arguments.project, arguments.out, arguments.size, arguments.theme)
    return Exit.FINE


def _window(arguments: argparse.Namespace) -> int:
    if arguments.project is not None and not arguments.project.exists():
        return complain(
            f"There is no file or command {str(arguments.project)!r}; see gradloom --help.",
            Exit.WRONG_USE,
        )
    if not has_display(os.environ):
        return complain(
            "There is no display to open a window on; without one, use"
            " gradloom train, predict, check, trace or picture (see gradloom --help).",
            Exit.WRONG_USE,
        )
    from gradloom.ui.app import run_window

    return run_window(arguments.project)


def _prepare() -> None:
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        # before NumPy is imported: several threads on matrices this small are much slower
        os.environ.setdefault(name, "1")
    # sentences hold signs like → and ², whatever the system's encoding
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


if __name__ == "__main__":
    sys.exit(main())
