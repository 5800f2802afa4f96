"""The command line: arguments in, answers out; the only room that prints or exits."""

from __future__ import annotations

from unspun.cli import (
    compare,
    duplicates,
    learn,
    match,
    models,
    qa,
    results,
    score,
    stages,
    status,
    translate,
)
from unspun.cli import run as runs
from unspun.cli.app import app

__all__ = ["app", "main"]

runs.register(app)
stages.register(app)
translate.register(app)
compare.register(app)
score.register(app)
match.register(app)
duplicates.register(app)
qa.register(app)
results.register(app)
status.register(app)
learn.register(app)
models.register(app)


def main() -> None:
    """The `unspun` command."""
    app(prog_name="unspun")
