"""The command line: arguments in, answers out; the only room that prints or exits."""

from __future__ import annotations

from unspun.cli import compare, learn, results, run, stages
from unspun.cli.app import app

__all__ = ["app", "main"]

run.register(app)
stages.register(app)
compare.register(app)
results.register(app)
learn.register(app)


def main() -> None:
    """The `unspun` command."""
    app(prog_name="unspun")
