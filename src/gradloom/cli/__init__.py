"""The commands that need no window: train, predict, check, trace. No Qt in here.

- `parser`: what the command line takes; `exits`: what the exit codes mean
- `display`: whether a window could be opened at all
- `train`, `predict`, `check`, `trace`: one file per command, each `run(arguments) -> exit code`

The window and `picture` need Qt, so `gradloom.__main__` starts them.
"""
