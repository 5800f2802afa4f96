"""`explain`, `undo`, `apply`, `report`: open the results of `unspun run` again."""

from __future__ import annotations

import hashlib
import sys
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from unspun import edits, files, records, reporting, review, sarif
from unspun.cli import show
from unspun.cli.app import FAILED
from unspun.cli.options import Json
from unspun.cli.show import complain
from unspun.errors import InputError, OutputError
from unspun.store import Store, Stored

OutFolder = Annotated[Path, typer.Argument(metavar="OUT", help="The results of 'unspun run'.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(explain)
    app.command()(undo)
    app.command()(apply)
    app.command()(report)


def explain(
    out: OutFolder,
    id_: Annotated[str, typer.Argument(metavar="ID", help="A document's id or path.")],
    *,
    json: Json = False,
) -> None:
    """Say why a document changed: every edit with its rule, confidence and place.

    Examples:

        unspun explain out/ news/spun-page

        unspun explain out/ news/spun-page --json
    """
    stored = Store(out).find(id_)
    if json:
        ledger = [records.edit(edit) for edit in stored.ledger]
        record = {**stored.document, "edits": ledger, "spans": list(stored.spans)}
        sys.stdout.buffer.write(records.dumps(record) + b"\n")
        return
    _print_facts(stored)
    rows = [
        [
            str(number),
            f"{edit.start}:{edit.end}",
            f"{edit.stage}/{edit.rule}",
            show.number(edit.confidence, 2),
            show.visible(edit.before),
            show.visible(edit.after),
        ]
        for number, edit in enumerate(stored.ledger, 1)
    ]
    columns = ["edit", "place", "rule", "sure", "before", "after"]
    show.console.print(show.table(columns, rows))


def _print_facts(stored: Stored) -> None:
    document = stored.document
    show.console.print(show.visible(document["id"]), style="bold", markup=False)
    if document["status"] != "done":
        reason = show.visible(document["reason"], sys.maxsize)
        show.console.print(f"quarantined: {reason}", markup=False)
        return
    facts = [
        f"read as {document['encoding']} ({document['encoding_evidence']})",
        f"language {document['language']}, script {document['script']}",
    ]
    origin = document["origin"]
    if origin:
        source = f" from {origin['source_language']}" if origin["source_language"] else ""
        facts.append(f"origin: {origin['label']}{source}")
        facts += [
            f"  evidence: {e['kind']} {show.visible(e['detail'])}" for e in origin["evidence"]
        ]
    if document.get("rejected"):
        facts.append(f"rejected in review: {len(document['rejected'])} edits")
    for fact in facts:
        show.console.print(fact, markup=False)


def undo(
    out: OutFolder,
    id_: Annotated[
        str | None,
        typer.Argument(metavar="[ID]", help="A document's id or path; all without it."),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option("--to", "-o", help="Where to write: a file for one document, else a folder."),
    ] = None,
    edit: Annotated[
        list[int] | None,
        typer.Option(metavar="N", help="Take back only this edit, numbered as 'explain' does."),
    ] = None,
    stage: Annotated[
        str | None, typer.Option(help="Take back only the edits of this stage, such as restore.")
    ] = None,
) -> None:
    """Give documents back as they came, byte for byte; or take single edits back.

    Without ID, every document is written below OUT/raw, or the folder of --to; records go to
    records.jsonl there.

    Examples:

        unspun undo out/ news/page > page.txt

        unspun undo out/ --to raw-again/

        unspun undo out/ news/page --edit 3 --edit 7

        unspun undo out/ news/page --stage restore
    """
    store = Store(out)
    if id_ is None:
        if edit or stage:
            raise typer.BadParameter("--edit and --stage need the ID of a document")
        _undo_all(store, to or out / "raw")
        return
    stored = store.find(id_)
    data = _kept(stored, edit, stage) if edit or stage else _raw(store, stored)
    if to is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        with files.replacing(to) as file:
            file.write(data)


def _kept(stored: Stored, numbers: list[int] | None, stage: str | None) -> bytes:
    """The clean text without some of its edits."""
    count = len(stored.ledger)
    for number in numbers or ():
        if not 1 <= number <= count:
            raise InputError(f"{stored.document['id']}: no edit {number}; there are {count}")
    kept = [
        edit
        for number, edit in enumerate(stored.ledger, 1)
        if number not in (numbers or ()) and (stage is None or edit.stage != stage)
    ]
    return edits.apply(stored.raw_text, kept).encode("utf-8", "surrogateescape")


def _raw(store: Store, stored: Stored) -> bytes:
    """The raw bytes, checked against their digest.

    Raises:
        InputError: if the stored results were changed by hand.
    """
    data = store.raw_bytes(stored)
    digest = stored.document.get("sha256")
    if digest is not None and hashlib.sha256(data).hexdigest() != digest:
        raise InputError(f"{stored.document['id']}: the stored text or ledger was changed by hand")
    return data


def _undo_all(store: Store, folder: Path) -> None:
    failed = count = 0
    for stored in store:
        if stored.is_record:
            continue
        target = files.inside(folder, stored.file)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"{folder}: cannot be written ({error.strerror})") from error
        try:
            data = _raw(store, stored)
        except InputError as error:
            complain(str(error))
            failed += 1
            continue
        with files.replacing(target) as file:
            file.write(data)
        count += 1
    done, broken = _undo_records(store, folder / "records.jsonl")
    count, failed = count + done, failed + broken
    show.console.print(f"{count} documents in {folder}", markup=False, soft_wrap=True)
    if failed:
        raise typer.Exit(FAILED)


def _undo_records(store: Store, path: Path) -> tuple[int, int]:
    """Write the raw texts of all records to one file; how many could be, and could not."""
    rows = (stored for stored in store if stored.is_record)
    first = next(rows, None)
    if first is None:
        return 0, 0
    done = failed = 0
    path.parent.mkdir(parents=True, exist_ok=True)
    with files.replacing(path) as file:
        for stored in chain([first], rows):
            try:
                _raw(store, stored)
            except InputError as error:
                complain(str(error))
                failed += 1
                continue
            kept = stored.text is None
            said = {"raw": stored.kept} if kept else {"text": stored.raw_text}
            file.write(records.dumps({"id": stored.document["id"], **said}) + b"\n")
            done += 1
    return done, failed


def apply(
    out: OutFolder,
    decisions: Annotated[
        Path,
        typer.Argument(metavar="DECISIONS", help="What the page saved; '-' is standard input."),
    ],
    to: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="NEW", help="Another folder. [default: in place]"),
    ] = None,
) -> None:
    """Take back the edits that were rejected on the report page.

    Open OUT/report.html, accept or reject edits, and save the decisions. Text, ledger, records,
    scores and the page are written anew, or nothing is: where a decision fits no edit of OUT,
    nothing changes.

    Examples:

        unspun apply out/ decisions.json

        unspun apply out/ decisions.json --out reviewed/
    """
    done = review.apply(out, decisions, to)
    told = (
        f"{done.rejected} edits taken back in {done.documents} documents, {done.accepted} accepted"
    )
    show.console.print(told, markup=False, soft_wrap=True)
    if done.before:
        scores = (f"{n} {show.change(done.before[n], after)}" for n, after in done.after.items())
        show.console.print(", ".join(scores), markup=False, soft_wrap=True)
    show.console.print(str(done.out / reporting.PAGE), markup=False, soft_wrap=True)


def report(
    out: OutFolder,
    sarif_file: Annotated[
        Path | None,
        typer.Option("--sarif", metavar="FILE", help="Write QA findings: SARIF 2.1.0."),
    ] = None,
) -> None:
    """Write the report page again, from stored results.

    Examples:

        unspun report out/

        unspun report out/ --sarif qa.sarif
    """
    page = reporting.write(out)
    show.console.print(str(page), markup=False, soft_wrap=True)
    if sarif_file is not None:
        with files.replacing(sarif_file) as file:
            found = ((s.document["source"], s.raw_text, s.verified) for s in Store(out))
            file.write(records.dumps(sarif.log_of_run(found)))
