"""`match`: which reference belongs to which document."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from unspun import files, pairing, records
from unspun.cli import show
from unspun.cli.app import ConfigFile, Json, settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(match)


def match(
    raw: Annotated[Path, typer.Argument(metavar="RAW", help="A text, or a folder of texts.")],
    clean: Annotated[Path, typer.Argument(metavar="CLEAN", help="The references to find.")],
    config: ConfigFile = None,
    *,
    restore: Annotated[
        bool, typer.Option("--restore", help="Restore spun texts first: slower, finds more.")
    ] = False,
    json: Json = False,
) -> None:
    """Pair documents with their references by content, where names do not say.

    What spinning leaves alone decides: numbers, most names, runs of words.

    Examples:

        unspun match scraped/ originals/

        unspun match scraped/ originals/ --restore --json > pairs.jsonl
    """
    chosen = settings(config) if restore else None
    found = pairing.matches(files.discover([raw]), files.discover([clean]), chosen)
    if json:
        for item in found:
            sys.stdout.buffer.write(records.dumps(asdict(item)) + b"\n")
        return
    rows = [
        [m.id, m.reference or "–", show.number(m.score, 2), show.number(m.runner_up, 2)]
        for m in found
    ]
    show.console.print(show.table(["document", "reference", "score", "runner-up"], rows))
