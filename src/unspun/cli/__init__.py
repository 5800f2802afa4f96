"""The command line: arguments in, answers out; the only room that prints or exits."""

from __future__ import annotations

from unspun.cli.app import app

__all__ = ["app", "main"]


def main() -> None:
    """The `unspun` command."""
    app(prog_name="unspun")
