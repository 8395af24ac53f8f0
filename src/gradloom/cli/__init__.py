"""The commands that need no window: train, predict, check. No Qt in here.

- `parser`: what the command line takes; `exits`: what the exit codes mean
- `train`, `predict`, `check`: one file per command, each `run(arguments) -> exit code`

The window and `picture` need Qt, so `gradloom.__main__` starts them.
"""
