"""What the command line takes."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable

from gradloom import __version__
from gradloom.cli import tracehelp
from gradloom.cli.exits import HELP
from gradloom.cli.paths import named_path

_ABOUT = """A laboratory for neural networks: draw, train, watch, take the weights out.

  gradloom                 open the window
  gradloom PROJECT         open the window with a project (*.gradloom)
  gradloom COMMAND ...     work without a window (see below)"""


def parser() -> argparse.ArgumentParser:
    """The whole command line but for opening the window."""
    whole = argparse.ArgumentParser(
        prog="gradloom",
        usage="gradloom [PROJECT] | gradloom COMMAND ...",
        description=_ABOUT,
        epilog=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    whole.add_argument("--version", action="version", version=f"Gradloom {__version__}")
    commands = whole.add_subparsers(
        prog="gradloom", title="commands", dest="command", metavar="COMMAND"
    )
    _train(_command(commands, "train", "train a project"))
    _predict(_command(commands, "predict", "predict the rows of a table with exported weights"))
    check = _command(commands, "check", "say shapes, parameter count and problems of a project")
    check.add_argument("project", type=named_path, metavar="PROJECT")
    tracehelp.add_to(
        _command(commands, "trace", "walk through one training step, number by number")
    )
    _picture(_command(commands, "picture", "paint the whole window into a PNG file"))
    window = _command(commands, "window", "open the window (as without a command)")
    window.add_argument("project", type=named_path, nargs="?", metavar="PROJECT")
    return whole


def arguments_of(line: list[str]) -> argparse.Namespace:
    """The parsed command line; a path in the place of a command opens the window with it."""
    whole = parser()
    if not line or (not line[0].startswith("-") and line[0] not in COMMANDS):
        line = ["window", *line]
    return whole.parse_args(line)


COMMANDS = ("train", "predict", "check", "trace", "picture", "window")


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    does: str,
) -> argparse.ArgumentParser:
    return commands.add_parser(
        name,
        help=does,
        description=f"{does[:1].upper()}{does[1:]}.",
        epilog=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def _train(command: argparse.ArgumentParser) -> None:
    command.add_argument("project", type=named_path, metavar="PROJECT")
    command.add_argument(
        "--epochs",
        type=_whole(1, 10**9),
        metavar="N",
        help="train for N more epochs (default: until the plan's stop rules hold, else 100)",
    )
    command.add_argument(
        "--seed",
        type=_whole(0, 2**32 - 1),
        metavar="S",
        help="start a new run with this seed (default: go on with the saved run, if any)",
    )
    command.add_argument(
        "--export", type=named_path, metavar="W.json", help="write the weights there"
    )
    command.add_argument(
        "--save", type=named_path, metavar="P2", help="write project and run there"
    )
    command.add_argument("--json", action="store_true", help="print the result as one JSON object")


def _predict(command: argparse.ArgumentParser) -> None:
    command.add_argument("weights", type=named_path, metavar="W.json")
    command.add_argument("table", type=named_path, metavar="TABLE.csv")
    command.add_argument(
        "-o", "--out", type=named_path, metavar="OUT.csv", help="write there instead of printing"
    )


def _picture(command: argparse.ArgumentParser) -> None:
    command.add_argument("project", type=named_path, metavar="PROJECT")
    command.add_argument("out", type=named_path, metavar="OUT.png")
    command.add_argument("--size", type=_size, default=(1440, 900), metavar="1440x900")
    command.add_argument("--theme", choices=("light", "dark"), default="light")


def _whole(low: int, high: int) -> Callable[[str], int]:
    def convert(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,12}", text) or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {low} to {high}")
        return int(text)

    return convert


def _size(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"([0-9]{3,4})x([0-9]{3,4})", text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a size like 1440x900")
    return int(found[1]), int(found[2])
