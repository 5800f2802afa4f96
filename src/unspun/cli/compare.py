"""`diff`, and how texts find their references."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from unspun import diffing, files, records
from unspun.cli import show
from unspun.cli.app import Json, complain
from unspun.errors import InputError, MismatchError
from unspun.scoring import Pair

SHOWN_DIFFERENCES = 200


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(diff)


def diff(
    hyp: Annotated[Path, typer.Argument(metavar="HYP", help="A text, or a folder of texts.")],
    ref: Annotated[Path, typer.Argument(metavar="REF", help="Its reference, or their folder.")],
    *,
    json: Json = False,
) -> None:
    """Show what differs from the references, word by word, and what kind of difference it is.

    Examples:

        unspun diff out/text clean/

        unspun diff page.txt reference.txt --json
    """
    pairs = paired(hyp, [ref])
    found = [
        diffing.diff(p.hypothesis, p.references[0], id=p.id, reference=p.reference) for p in pairs
    ]
    if json:
        record = {"documents": [d.to_dict() for d in found]}
        sys.stdout.buffer.write(records.dumps(record) + b"\n")
        return
    for difference, pair in zip(found, pairs, strict=True):
        _print_difference(difference.to_dict(), pair.hypothesis, pair.references[0])


def _print_difference(record: dict[str, Any], hyp: str, ref: str) -> None:
    ops = [op for s in record["segments"] for op in s["ops"] if op["op"] != "equal"]
    rows = [
        [
            f"{op['hyp'][0]}:{op['hyp'][1]}",
            op["class"] or op["op"],
            show.visible(hyp[slice(*op["hyp"])]),
            show.visible(ref[slice(*op["ref"])]),
        ]
        for op in ops[:SHOWN_DIFFERENCES]
    ]
    title = f"{record['id']} against {record['reference']}: {len(ops)} differences"
    show.console.print(title, style="bold", markup=False)
    if rows:
        show.console.print(show.table(["place", "class", "text", "reference"], rows))
    if len(ops) > len(rows):
        show.console.print(f"and {len(ops) - len(rows)} more; --json prints all")


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
