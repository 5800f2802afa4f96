"""`diff`, and how texts find their references."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, cast, get_args

import typer

from unspun import diffing, files, records
from unspun.cli import differences, show
from unspun.cli.differences import View
from unspun.cli.options import Json
from unspun.cli.show import complain
from unspun.errors import InputError, MismatchError
from unspun.scoring import Pair


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(diff)


def diff(
    hyp: Annotated[Path, typer.Argument(metavar="HYP", help="A text, or a folder of texts.")],
    ref: Annotated[Path, typer.Argument(metavar="REF", help="Its reference, or their folder.")],
    *,
    view: Annotated[
        str,
        typer.Option(
            help="side (by side), inline or table; auto takes what fits, in a pipe the table."
        ),
    ] = "auto",
    context: Annotated[
        int, typer.Option(min=0, help="Passages that are the same, around those that are not.")
    ] = 1,
    json: Json = False,
) -> None:
    """Show what differs from the references, word by word, and what kind of difference it is.

    On a terminal, side by side from 120 columns on, in colour; without colours, `[-old-]` goes and
    `{+new+}` comes.

    Examples:

        unspun diff out/text clean/

        unspun diff page.txt reference.txt --view inline

        unspun diff page.txt reference.txt --json
    """
    chosen = _view(view)
    pairs = paired(hyp, [ref])
    found = [
        diffing.diff(p.hypothesis, p.references[0], id=p.id, reference=p.reference) for p in pairs
    ]
    if json:
        record = {"documents": [d.to_dict() for d in found]}
        sys.stdout.buffer.write(records.dumps(record) + b"\n")
        return
    marked = show.console.color_system is None or show.console.no_color
    for difference, pair in zip(found, pairs, strict=True):
        for piece in differences.rendered(
            difference, pair.hypothesis, pair.references[0], chosen, context=context, marked=marked
        ):
            show.console.print(piece)


def _view(name: str) -> View:
    if name == "auto":
        return differences.fitting(show.console)
    if name not in get_args(View):
        known = ", ".join(("auto", *get_args(View)))
        raise typer.BadParameter(f"{name!r}: the views are {known}", param_hint="--view")
    return cast("View", name)


def paired(hyp: Path, refs: list[Path]) -> list[Pair]:
    """Texts with their references; every text must have its own of each set.

    Raises:
        InputError: for a file against a folder, or what cannot be read.
        MismatchError: for a document without reference.
    """
    sources = files.discover([hyp])
    partners = [_partners(hyp, sources, ref) for ref in refs]
    return [
        Pair(
            source.id,
            files.read(source).text,
            partners[0][source.id].id,
            tuple(files.read(known[source.id]).text for known in partners),
        )
        for source in sources
    ]


def _partners(hyp: Path, sources: list[files.Source], ref: Path) -> dict[str, files.Source]:
    candidates = files.discover([ref])
    if ref.is_dir() != (hyp != files.STDIN and hyp.is_dir()):
        raise InputError(f"{hyp} and {ref}: compare a file with a file, or a folder with a folder")
    if not ref.is_dir():
        return {sources[0].id: candidates[0]}
    partners = files.pair(sources, ref)
    missing = [s.id for s in sources if s.id not in partners]
    if missing:
        names = ", ".join(missing[:5])
        raise MismatchError(f"{ref}: no reference for {len(missing)} documents: {names}")
    used = {source.id for source in partners.values()}
    idle = [s.id for s in candidates if s.id not in used]
    if idle:
        complain(f"{len(idle)} references have no text to compare: {', '.join(idle[:5])}")
    return partners
