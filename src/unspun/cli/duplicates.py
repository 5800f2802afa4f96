"""`duplicates`: which documents repeat one another, or what an index has seen."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from unspun import records
from unspun.cli import show, stages
from unspun.cli.app import FAILED
from unspun.cli.options import IdField, Json, Paths, StdinKind, TextField, spooled
from unspun.config import Config
from unspun.duplicates import Duplicate, Index
from unspun.duplicates.clusters import Clusters
from unspun.errors import InputError
from unspun.readers import Reading
from unspun.readers.rows import Columns

Threshold = Annotated[
    float,
    typer.Option(metavar="SHARE", help="Runs of words in common from which texts are alike."),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(duplicates)


def duplicates(
    paths: Paths,
    threshold: Threshold = 0.8,
    index: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Texts that were seen before, to compare with."),
    ] = None,
    text_column: TextField = "text",
    id_column: IdField = None,
    stdin: StdinKind = None,
    *,
    update: Annotated[
        bool, typer.Option("--update", help="Add the documents to the index; make it if need be.")
    ] = False,
    json: Json = False,
) -> None:
    """Say which documents repeat one another, or what an index has seen. Nothing is dropped.

    Examples:

        unspun duplicates raw/

        unspun duplicates monday/ --index seen.index --update

        unspun duplicates pages.jsonl --threshold .9 --json > duplicates.jsonl
    """
    if update and index is None:
        raise typer.BadParameter("name the index with --index", param_hint="--update")
    if index is not None and not update and not index.is_file():
        raise InputError(f"{index}: no such index; make one with --update")
    ids = []
    failed = False
    with Index(index, threshold) as seen, spooled(paths, stdin) as given:
        clusters = Clusters(seen)
        reading = Reading(Columns(text_column, id_column))
        for job, result in stages.process(given, Config(), ("extract", "normalise"), reading):
            if result is None:
                failed = True
                continue
            clusters.add(job.id, result.text)
            ids.append(job.id)
        found = clusters.found()
        if update:
            seen.keep()
    _print(ids, found, json=json)
    if failed:
        raise typer.Exit(FAILED)


def _print(ids: Sequence[str], found: Sequence[Duplicate | None], *, json: bool) -> None:
    if json:
        for id_, duplicate in zip(ids, found, strict=True):
            said = duplicate._asdict() if duplicate else dict.fromkeys(Duplicate._fields)
            sys.stdout.buffer.write(records.dumps({"id": id_, **said}) + b"\n")
        sys.stdout.buffer.flush()
        return
    rows = [
        [id_, d.cluster, d.kind, d.of or "", show.number(d.similarity, 2)]
        for id_, d in zip(ids, found, strict=True)
        if d is not None
    ]
    show.console.print(show.table(["document", "cluster", "kind", "of", "similarity"], rows))
