"""`run`: the whole flow on a folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from unspun import batches
from unspun.cli import show, stages, thresholds, translate
from unspun.cli.app import FAILED
from unspun.cli.options import (
    ConfigFile,
    Family,
    Html,
    IdField,
    MinConfidence,
    Models,
    Profile,
    Rescorer,
    StdinKind,
    TextField,
    settings,
    spooled,
)
from unspun.cli.show import complain
from unspun.readers import Reading
from unspun.readers.rows import Columns
from unspun.store import LedgerFormat
from unspun.workers import Limits

SHOWN = 40
NAMED = 1000  # quarantined documents
DEFAULT_REFERENCE = Path("clean")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(run)


def run(
    raw: Annotated[Path, typer.Argument(metavar="[RAW]", help="Folder of documents.")] = Path(
        "raw"
    ),
    reference: Annotated[
        Path | None,
        typer.Option(
            "--reference",
            "-r",
            metavar="CLEAN",
            help="Folder of clean references. [default: clean]",
        ),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="OUT", help="Folder for the results.")
    ] = Path("out"),
    html: Html = None,
    profile: Profile = None,
    min_confidence: MinConfidence = None,
    family: Family = None,
    model: Models = None,
    rescorer: Rescorer = None,
    config: ConfigFile = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes; one a core for large batches.")
    ] = None,
    timeout: Annotated[
        float | None,
        typer.Option(
            min=0.001, metavar="SECONDS", help="Time of one document. [default: 60, and 60 a MB]"
        ),
    ] = None,
    memory: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="MB", help="Memory of one document. [default: 1024, and 256 a MB]"
        ),
    ] = None,
    ledger_format: Annotated[
        str, typer.Option("--format", help="Of the ledger: jsonl or parquet.")
    ] = "jsonl",
    text_column: TextField = "text",
    id_column: IdField = None,
    stdin: StdinKind = None,
    duplicate_threshold: Annotated[
        float | None,
        typer.Option(metavar="SHARE", help="From which texts are alike. [default: .8]"),
    ] = None,
    max_size: Annotated[
        int, typer.Option(min=1, metavar="MB", help="Larger documents are quarantined.")
    ] = 256,
    translate_to: Annotated[
        str | None,
        typer.Option(metavar="LANGUAGE", help="Translate what is in another language into this."),
    ] = None,
    translate_engine: translate.Engine = None,
    translate_model: translate.Model = None,
    translate_url: translate.Url = None,
    glossary: translate.Glossary = None,
    rewriter: stages.Rewriter = None,
    rewriter_model: stages.RewriterModel = None,
    rewriter_url: stages.RewriterUrl = None,
    fail_under: thresholds.FailUnder = None,
    junit: thresholds.JUnit = None,
    *,
    github: thresholds.GitHub = False,
    restore: Annotated[
        bool, typer.Option("--restore/--no-restore", help="Whether spun text is restored.")
    ] = True,
    duplicates: Annotated[
        bool,
        typer.Option("--duplicates", help="Say which documents repeat others; drop none."),
    ] = False,
    engine: Annotated[
        str, typer.Option(metavar="NAME", help="Where it is done: local, or ray.")
    ] = "local",
    address: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Of the cluster of Ray. [default: one started here]"),
    ] = None,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume/--no-resume", help="Go on where a run ended that was killed, or start again."
        ),
    ] = True,
    chunk: Annotated[
        int | None,
        typer.Option(min=1, metavar="KB", help="What is done, and kept, as one. [default: 256 up]"),
    ] = None,
) -> None:
    """Clean, tag, restore, compare and report on a folder of documents.

    Writes OUT/text, documents.jsonl, spans.jsonl, ledger.jsonl, diffs.jsonl, report.html and
    manifest.json. Never writes inside RAW or CLEAN. A run that was killed goes on where it ended
    when it is run again; 'unspun status OUT' says how far it is.

    Examples:

        unspun run

        unspun run scraped/ --reference edited/ --out results/

        unspun run scraped/ --no-restore --workers 4 --fail-under bleu=90

        unspun run scraped/ --translate-to en --translate-model opus-mt-zh-en/
    """
    limits = thresholds.parse(fail_under)
    chosen = settings(
        config,
        html=html,
        profile=profile,
        min_confidence=min_confidence,
        family=family,
        models=model,
        rescorer=rescorer,
        restore=restore,
        duplicates=duplicates or None,
        duplicate_threshold=duplicate_threshold,
        translate=translate.options(
            translate_to, translate_engine, translate_model, glossary, translate_url
        ),
        rewrite=stages.rewrite_options(rewriter, rewriter_model, rewriter_url),
    )
    if reference is None and DEFAULT_REFERENCE.is_dir():
        reference = DEFAULT_REFERENCE
    with spooled([raw], stdin) as (given,), _progress() as advance:
        summary = batches.run(
            given,
            reference,
            out,
            chosen,
            workers=workers,
            limits=Limits(timeout, memory),
            reading=Reading(Columns(text_column, id_column), max_size << 20),
            ledger_format=_ledger_format(ledger_format),
            resume=resume,
            at=_engine(engine),
            address=address,
            chunk_bytes=chunk and chunk << 10,
            progress=advance,
            notice=complain,
        )
    _print(summary)
    scores = summary.corpus.get("scores", {}).get("clean", {})
    passed = thresholds.report(thresholds.gates(scores, limits), junit=junit, github=github)
    if not passed or summary.manifest["counts"]["quarantined"]:
        raise typer.Exit(FAILED)


def _engine(name: str) -> batches.EngineName:
    if name == "local":
        return "local"
    if name == "ray":
        return "ray"
    raise typer.BadParameter(f"{name!r}: the engines are local and ray", param_hint="--engine")


def _ledger_format(name: str) -> LedgerFormat:
    if name == "jsonl":
        return "jsonl"
    if name == "parquet":
        return "parquet"
    raise typer.BadParameter(f"{name!r}: the formats are jsonl and parquet", param_hint="--format")


@contextmanager
def _progress() -> Iterator[batches.Progress | None]:
    """A bar with rate and time left on a terminal; nothing in a pipe."""
    if not show.errors_console.is_terminal:
        yield None
        return
    columns = (
        TextColumn("cleaning"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=show.errors_console, transient=True) as bar:
        task = bar.add_task("", total=None, rate="")

        def advance(done: int, total: int) -> None:
            speed = bar.tasks[0].speed
            rate = f"{speed:.1f} documents/s" if speed else ""
            bar.update(task, completed=done, total=total or None, rate=rate)

        yield advance


def _print(summary: batches.Summary) -> None:
    quarantined = summary.manifest["counts"]["quarantined"]
    for document in islice(summary.quarantined, NAMED):
        complain(f"{document['source']}: quarantined: {document['reason']}")
    if quarantined > NAMED:
        complain(f"and {quarantined - NAMED} more in {summary.out / 'documents.jsonl'}")
    if summary.unpaired:
        names = ", ".join(summary.unpaired[:SHOWN])
        complain(f"no reference for {len(summary.unpaired)} of {len(summary.documents)}: {names}")
    show.console.print(show.run_table(summary.documents[:SHOWN], summary.corpus))
    hidden = len(summary.documents) - SHOWN
    if hidden > 0:
        show.console.print(f"and {hidden} more in {summary.out / 'documents.jsonl'}")
    if summary.corpus.get("stages"):
        show.console.print(show.gains_table(summary.corpus))
    show.console.print(str(summary.out / "report.html"), markup=False, soft_wrap=True)
