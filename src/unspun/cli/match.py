"""`match`: which reference belongs to which document."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from unspun import files, pairing, records
from unspun.cli import show
from unspun.cli.options import ConfigFile, Json, settings
from unspun.cli.show import complain
from unspun.errors import InputError
from unspun.match import Match


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(match)


def match(
    raw: Annotated[Path, typer.Argument(metavar="RAW", help="A text, or a folder of texts.")],
    clean: Annotated[Path, typer.Argument(metavar="CLEAN", help="The references to find.")],
    config: ConfigFile = None,
    truth: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Known pairs, to measure precision and recall: a document, a tab and its "
            "reference a line; nothing after the tab if it has none.",
        ),
    ] = None,
    *,
    restore: Annotated[
        bool, typer.Option("--restore", help="Restore spun texts first: slower, finds more.")
    ] = False,
    json: Json = False,
) -> None:
    """Pair documents with their references by content, where names do not say.

    What spinning leaves alone decides: numbers, most names, runs of words. Where names pair too,
    or --truth says which reference is whose, precision and recall are told.

    Examples:

        unspun match scraped/ originals/

        unspun match scraped/ originals/ --restore --json > pairs.jsonl

        unspun match scraped/ originals/ --truth pairs.tsv
    """
    chosen = settings(config) if restore else None
    sources, references = files.discover([raw]), files.discover([clean])
    named = {name: source.id for name, source in files.pair(sources, clean).items()}
    known = named if truth is None else _known(truth)
    if truth is not None:
        _check(truth, known, {s.id for s in sources}, {r.id for r in references})
    found = pairing.matches(sources, references, chosen)
    _print(found, json=json)
    tell = complain if json else show.console.print
    tell(_told(found, known, "names pair" if truth is None else "pairs are known"))


def _known(path: Path) -> dict[str, str | None]:
    """The reference of each document, by a table of two columns.

    Raises:
        InputError: for a line without a tab, and a file that cannot be read.
    """
    try:
        table = files.read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: {error}") from error
    known: dict[str, str | None] = {}
    for number, line in enumerate(table.split("\n"), 1):
        if not line.strip():
            continue
        name, tab, reference = line.partition("\t")
        if not tab:
            raise InputError(f"{path}:{number}: a document, a tab and its reference are expected")
        known[name.strip()] = reference.strip() or None
    return known


def _check(
    path: Path,
    known: Mapping[str, str | None],
    documents: Collection[str],
    references: Collection[str],
) -> None:
    """Say which names stand for nothing that is here: a slip would look like a wrong match.

    Raises:
        InputError: for a document or a reference that is not there.
    """
    for name, reference in known.items():
        if name not in documents:
            raise InputError(f"{path}: no document {name}")
        if reference is not None and reference not in references:
            raise InputError(f"{path}: no reference {reference}")


def _told(found: list[Match], known: Mapping[str, str | None], whose: str) -> str:
    given = sum(match.reference is not None for match in found)
    told = f"{given} of {len(found)} documents have a reference"
    if not known:
        return told
    right = pairing.rightness(found, known)
    return (
        f"{told}; precision {right.precision:.3f}, recall {right.recall:.3f} "
        f"of the {right.known} whose {whose}"
    )


def _print(found: list[Match], *, json: bool) -> None:
    if json:
        for item in found:
            sys.stdout.buffer.write(records.dumps(asdict(item)) + b"\n")
        return
    rows = [
        [m.id, m.reference or "–", show.number(m.score, 2), show.number(m.runner_up, 2)]
        for m in found
    ]
    show.console.print(show.table(["document", "reference", "score", "runner-up"], rows))
