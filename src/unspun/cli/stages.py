"""`clean`, `tag`, `restore`: one stage's answer for files, folders or standard input."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from pathlib import Path
from typing import IO, Annotated, Self

import typer

from unspun import chrome, files, pipeline, records, translators
from unspun.batches import plan
from unspun.cli import show
from unspun.cli.app import FAILED
from unspun.cli.options import (
    ConfigFile,
    Family,
    Html,
    IdField,
    Json,
    MinConfidence,
    Models,
    Paths,
    Profile,
    Rescorer,
    StdinKind,
    TextField,
    settings,
    spooled,
)
from unspun.cli.show import complain
from unspun.config import Config
from unspun.errors import ConfigError, InputError, ModelError, OutputError, message_of
from unspun.jobs import Job, glance, read
from unspun.pipeline import Result
from unspun.readers import Reading, containers
from unspun.readers.rows import Columns
from unspun.records import Record

Out = Annotated[
    Path | None,
    typer.Option("--out", "-o", metavar="DIR", help="Write the texts there, not to the screen."),
]


Rewriter = Annotated[
    str | None,
    typer.Option(
        help="Ask a language model for better wordings, too: openai, for any server that speaks "
        "that protocol. Each is checked, and must be likelier than ours."
    ),
]
RewriterModel = Annotated[str | None, typer.Option(metavar="NAME", help="The rewriter's model.")]
RewriterUrl = Annotated[str | None, typer.Option(help="Where the rewriter answers.")]


def rewrite_options(engine: str | None, model: str | None, url: str | None) -> dict[str, object]:
    """Settings of the section ``rewrite``; None where an option was not given."""
    return {"engine": engine, "models": [model] if model else None, "url": url}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(clean)
    app.command()(tag)
    app.command()(restore)


def clean(
    paths: Paths,
    html: Html = None,
    profile: Profile = None,
    config: ConfigFile = None,
    out: Out = None,
    text_column: TextField = "text",
    id_column: IdField = None,
    stdin: StdinKind = None,
    *,
    json: Json = False,
) -> None:
    """Repair encoding damage and strip page furniture.

    Examples:

        unspun clean page.txt

        unspun clean scraped/ --json > clean.jsonl

        curl -s https://example.org/a.txt | unspun clean -
    """
    chosen = settings(config, html=html, profile=profile)
    reading = Reading(Columns(text_column, id_column))
    with spooled(paths, stdin) as given:
        done = process(given, chosen, pipeline.CLEAN, reading)
        answer(done, records.cleaned, json=json, out=out)


def restore(
    paths: Paths,
    html: Html = None,
    min_confidence: MinConfidence = None,
    family: Family = None,
    model: Models = None,
    rescorer: Rescorer = None,
    rewriter: Rewriter = None,
    rewriter_model: RewriterModel = None,
    rewriter_url: RewriterUrl = None,
    config: ConfigFile = None,
    out: Out = None,
    text_column: TextField = "text",
    id_column: IdField = None,
    stdin: StdinKind = None,
    *,
    json: Json = False,
) -> None:
    """Decide whether a text is spun, and give it its own words back.

    Examples:

        unspun restore spun.txt

        unspun restore pages/ --min-confidence .95 --json

        unspun restore page.txt --rescorer smollm2

        unspun restore page.txt --rewriter openai --rewriter-url http://localhost:8080/v1 \
            --rewriter-model NAME
    """
    chosen = settings(
        config,
        html=html,
        min_confidence=min_confidence,
        family=family,
        models=model,
        rescorer=rescorer,
        restore=True,
        rewrite=rewrite_options(rewriter, rewriter_model, rewriter_url),
    )
    reading = Reading(Columns(text_column, id_column))
    with spooled(paths, stdin) as given:
        done = process(given, chosen, pipeline.RESTORE, reading)
        answer(done, records.restored, json=json, out=out)


Detector = Annotated[
    str | None,
    typer.Option(
        metavar="NAME[:ARGUMENT]",
        help="Another detector to ask where the language is in doubt: 'lingua', or one of yours.",
    ),
]


def tag(
    paths: Paths,
    html: Html = None,
    config: ConfigFile = None,
    detector: Detector = None,
    text_column: TextField = "text",
    id_column: IdField = None,
    stdin: StdinKind = None,
    *,
    json: Json = False,
) -> None:
    """Say the language, script and origin of documents and their passages.

    Examples:

        unspun tag pages/

        echo 'Guten Morgen, wie geht es Ihnen heute?' | unspun tag - --json
    """
    chosen = settings(config, html=html)
    if detector is not None:
        chosen = replace(chosen, tag=replace(chosen.tag, detector=detector))
    with spooled(paths, stdin) as given:
        done = process(given, chosen, pipeline.TAG, Reading(Columns(text_column, id_column)))
        if json:
            answer(done, _tag_record, json=True, out=None)
        else:
            _tag_table(done)


def _tag_table(done: Iterator[tuple[Job, Result | None]]) -> None:
    rows = []
    failed = False
    for _, result in done:
        if result is None:
            failed = True
        elif result.tagged is not None:
            rows.append(_tag_row(result))
    columns = ["document", "language", "script", "confidence", "origin", "other languages"]
    show.console.print(show.table(columns, rows))
    if failed:
        raise typer.Exit(FAILED)


def _tag_record(result: Result) -> Record:
    if result.tagged is None:  # pragma: no cover - the tag stage always answers
        return {"id": result.document.id}
    return records.tagged(result.tagged)


def _tag_row(result: Result) -> list[str]:
    tagged = result.tagged
    if tagged is None:  # pragma: no cover - the tag stage always answers
        return []
    others = sorted({s.language for s in tagged.spans} - {tagged.language, "und"})
    source = tagged.origin.source_language
    return [
        result.document.id,
        tagged.language,
        tagged.script,
        show.number(tagged.confidence, 2),
        tagged.origin.label + (f" ({source})" if source else ""),
        ", ".join(others),
    ]


def process(
    paths: list[Path], config: Config, stages: tuple[str, ...], reading: Reading | None = None
) -> Iterator[tuple[Job, Result | None]]:
    """Each document with its result; None, and a line of complaint, where it failed."""
    reading = reading or Reading()
    jobs = list(_chunks(paths, reading))
    recurring = _recurring(jobs, reading, config) if "chrome" in stages else frozenset()
    translator = translators.open_engine(config.translate) if "translate" in stages else None
    rewriter = translators.open_rewriter(config.rewrite) if "rewrite" in stages else None
    result: Result | None
    for chunk in jobs:
        for job in plan.jobs(chunk, reading):
            try:
                if job.problem:
                    raise InputError(job.problem)  # noqa: TRY301 - told below as all others are
                _, document = read(job)
                result = pipeline.process(
                    document,
                    config,
                    stages=stages,
                    recurring=recurring,
                    translator=translator,
                    rewriter=rewriter,
                )
            except (ConfigError, ModelError):
                raise  # no document's fault
            except Exception as error:  # noqa: BLE001 - a defect of ours must not stop the rest
                complain(_named(job, message_of(error)))
                result = None
            yield job, result


def _chunks(paths: list[Path], reading: Reading) -> list[plan.Chunk]:
    return plan.cut(files.discover(paths), {}, reading, goal=sys.maxsize)


def _recurring(chunks: list[plan.Chunk], reading: Reading, config: Config) -> frozenset[str]:
    """The lines that recur across documents; standard input can be read only once."""
    tally = chrome.Tally()
    for chunk in chunks:
        for job in plan.jobs(chunk, reading):
            tally.merge(glance(config.extract, None, job))
    return tally.recurring()


def _named(job: Job, said: str) -> str:
    """What went wrong, with the place where it did."""
    place = str(job.source.path)
    if job.number is not None:
        place = f"{place}: {job.id}"
    return said if said.startswith(str(job.source.path)) else f"{place}: {said}"


def answer(
    done: Iterator[tuple[Job, Result | None]],
    record: Callable[[Result], Record],
    *,
    json: bool,
    out: Path | None,
) -> None:
    """Print or write the results; status 1 if a document failed."""
    failed = several = False
    with _Texts(out) as texts:
        for job, result in done:
            if result is None:
                failed = True
            elif json:
                sys.stdout.buffer.write(records.dumps(record(result)) + b"\n")
            elif out is not None:
                texts.add(job, result.text)
            else:
                sys.stdout.buffer.write(b"\n" if several else b"")
                sys.stdout.buffer.write(result.text.encode("utf-8", "surrogateescape"))
                several = True
    sys.stdout.buffer.flush()
    if failed:
        raise typer.Exit(FAILED)


class _Texts:
    """Texts written to a folder: a file each, or a line of the file of records they came in."""

    def __init__(self, out: Path | None) -> None:
        self._out = out or Path()
        self._of: files.Source | None = None
        self._lines: IO[bytes] | None = None
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *reason: object) -> None:
        self._open.__exit__(*reason)  # type: ignore[arg-type]

    def add(self, job: Job, text: str) -> None:
        """One more."""
        source = job.source
        if job.number is None:
            target = source.target.name if source.path == files.STDIN else source.target
            with self._replacing(self._out / target, source) as file:
                file.write(text.encode("utf-8", "surrogateescape"))
            return
        if source != self._of or self._lines is None:
            self._open.close()
            self._of = source
            target = self._out / f"{source.target.as_posix()}.jsonl"
            if containers.bare(source.path).suffix.lower() == ".jsonl":
                target = self._out / source.target
            self._lines = self._open.enter_context(self._replacing(target, source))
        self._lines.write(records.dumps({"id": job.id, "text": text}) + b"\n")

    def _replacing(self, target: Path, source: files.Source) -> AbstractContextManager[IO[bytes]]:
        if target.resolve() == source.path.resolve():
            raise OutputError(f"{target}: would overwrite the document; name another folder")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"{self._out}: cannot be written ({error.strerror})") from error
        return files.replacing(target)
