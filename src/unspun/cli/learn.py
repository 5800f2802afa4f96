"""`learn`: a spinner's substitutions from pairs of spun and original text."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
