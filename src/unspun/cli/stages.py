"""`clean`, `tag`, `restore`: one stage's answer for files, folders or standard input."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from unspun import engine, files, pipeline, records, translators
from unspun.cli import show
from unspun.cli.app import (
    FAILED,
    ConfigFile,
    Family,
    Html,
    Json,
    MinConfidence,
    Models,
    Paths,
    Profile,
    complain,
    settings,
)
from unspun.config import Config
from unspun.errors import ConfigError, ModelError, OutputError, UnspunError
from unspun.pipeline import Result
from unspun.records import Record

Out = Annotated[
    Path | None,
    typer.Option("--out", "-o", metavar="DIR", help="Write the texts there, not to the screen."),
]


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
    *,
    json: Json = False,
) -> None:
    """Repair encoding damage and strip page furniture.

    Examples:

        unspun clean page.txt

        unspun clean scraped/ --json > clean.jsonl

        curl -s https://example.org/a.txt | unspun clean -
    """
    done = process(paths, settings(config, html=html, profile=profile), pipeline.CLEAN)
    answer(done, records.cleaned, json=json, out=out)


def restore(
    paths: Paths,
    html: Html = None,
    min_confidence: MinConfidence = None,
    family: Family = None,
    model: Models = None,
    config: ConfigFile = None,
    out: Out = None,
    *,
    json: Json = False,
) -> None:
    """Decide whether a text is spun, and give it its own words back.

    Examples:

        unspun restore spun.txt

        unspun restore pages/ --min-confidence .95 --json
    """
    chosen = settings(
        config, html=html, min_confidence=min_confidence, family=family, models=model, restore=True
    )
    done = process(paths, chosen, pipeline.RESTORE)
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
    done = process(paths, chosen, pipeline.TAG)
    if json:
        answer(done, _tag_record, json=True, out=None)
        return
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
    paths: list[Path], config: Config, stages: tuple[str, ...]
) -> Iterator[tuple[files.Source, Result | None]]:
    """Each document with its result; None, and a line of complaint, where it failed."""
    sources = files.discover(paths)
    recurring = engine.recurring_lines(sources) if "chrome" in stages else frozenset()
    translator = translators.open_engine(config.translate) if "translate" in stages else None
    result: Result | None
    for source in sources:
        try:
            document = files.read(source)
            result = pipeline.process(
                document, config, stages=stages, recurring=recurring, translator=translator
            )
        except (ConfigError, ModelError):
            raise  # no document's fault
        except UnspunError as error:
            complain(str(error))
            result = None
        except Exception as error:  # noqa: BLE001 - a defect of ours must not stop the rest
            complain(f"{source.path}: {type(error).__name__}: {error}")
            result = None
        yield source, result


def answer(
    done: Iterator[tuple[files.Source, Result | None]],
    record: Callable[[Result], Record],
    *,
    json: bool,
    out: Path | None,
) -> None:
    """Print or write the results; status 1 if a document failed."""
    failed = False
    several = False
    for source, result in done:
        if result is None:
            failed = True
        elif json:
            sys.stdout.buffer.write(records.dumps(record(result)) + b"\n")
        elif out is not None:
            _write(out, source, result.text)
        else:
            if several:
                sys.stdout.buffer.write(b"\n")
            sys.stdout.buffer.write(result.text.encode("utf-8", "surrogateescape"))
            several = True
    sys.stdout.buffer.flush()
    if failed:
        raise typer.Exit(FAILED)


def _write(out: Path, source: files.Source, text: str) -> None:
    target = out / (source.target.name if source.path == files.STDIN else source.target)
    if target.resolve() == source.path.resolve():
        raise OutputError(f"{target}: would overwrite the document; name another folder")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{out}: cannot be written ({error.strerror})") from error
    with files.replacing(target) as file:
        file.write(text.encode("utf-8", "surrogateescape"))
