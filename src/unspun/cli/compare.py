"""`score` and `diff`: texts against their references."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from unspun import diff as differ
from unspun import files, records
from unspun import score as scorer
from unspun.cli import show, thresholds
from unspun.cli.app import FAILED, ConfigFile, Json, complain, settings
from unspun.errors import InputError, MismatchError

Hyp = Annotated[Path, typer.Argument(metavar="HYP", help="A text, or a folder of texts.")]
Ref = Annotated[Path, typer.Argument(metavar="REF", help="Its clean reference, or their folder.")]
Pair = tuple[str, str, str, str]
SHOWN_DIFFERENCES = 200


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(score)
    app.command()(diff)


def score(
    hyp: Hyp,
    ref: Ref,
    fail_under: thresholds.FailUnder = None,
    config: ConfigFile = None,
    *,
    json: Json = False,
) -> None:
    """Score texts against their references: BLEU, chrF and TER as sacrebleu counts them.

    Each document is one segment; the corpus is scored from the summed counts.

    Examples:

        unspun score out/text clean/

        unspun score page.txt reference.txt --json --fail-under bleu=60
    """
    limits = thresholds.parse(fail_under)
    scores = scorer.score_documents(_pairs(hyp, ref), settings(config).score)
    record = scores.to_dict()
    if json:
        sys.stdout.buffer.write(records.dumps(record) + b"\n")
    else:
        _print_scores(record)
    if thresholds.missed(scores.corpus, limits):
        raise typer.Exit(FAILED)


def _print_scores(record: dict[str, Any]) -> None:
    names = list(record["corpus"])
    rows = [[d["id"], *(show.number(d[n]) for n in names)] for d in record["documents"]]
    rows.append(["all", *(show.number(record["corpus"][n]) for n in names)])
    show.console.print(show.table(["document", *names], rows))
    for name, signature in record["signatures"].items():
        show.console.print(f"{name}: {signature}", markup=False, soft_wrap=True)


def diff(hyp: Hyp, ref: Ref, *, json: Json = False) -> None:
    """Show what differs from the references, word by word, and what kind of difference it is.

    Examples:

        unspun diff out/text clean/

        unspun diff page.txt reference.txt --json
    """
    pairs = _pairs(hyp, ref)
    found = [differ.diff(h, r, id=id_, reference=name) for id_, h, name, r in pairs]
    if json:
        record = {"documents": [d.to_dict() for d in found]}
        sys.stdout.buffer.write(records.dumps(record) + b"\n")
        return
    for difference, (_, hypothesis, _, reference) in zip(found, pairs, strict=True):
        _print_difference(difference.to_dict(), hypothesis, reference)


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


def _pairs(hyp: Path, ref: Path) -> list[Pair]:
    """Texts with their references; every one must have its own.

    Raises:
        InputError: for a file against a folder.
        MismatchError: for a document without reference.
    """
    if hyp != files.STDIN and hyp.exists() and ref.exists() and hyp.is_dir() != ref.is_dir():
        raise InputError(f"{hyp} and {ref}: compare a file with a file, or a folder with a folder")
    sources = files.discover([hyp])
    if ref.is_dir():
        partners = files.pair(sources, ref)
    else:
        partners = dict(zip((s.id for s in sources), files.discover([ref]), strict=True))
    missing = [s.id for s in sources if s.id not in partners]
    if missing:
        names = ", ".join(missing[:5])
        raise MismatchError(f"{ref}: no reference for {len(missing)} documents: {names}")
    unused = files.discover([ref])
    used = {partners[s.id].id for s in sources}
    idle = [s.id for s in unused if s.id not in used]
    if idle:
        complain(f"{len(idle)} references have no text to compare: {', '.join(idle[:5])}")
    return [
        (s.id, files.read(s).text, partners[s.id].id, files.read(partners[s.id]).text)
        for s in sources
    ]
