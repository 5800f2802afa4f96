"""`translate`: what was left in another language; and the options that `run` shares with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from unspun import pipeline, records, translation
from unspun.cli import show, stages
from unspun.cli.options import ConfigFile, Json, Paths, settings
from unspun.cli.show import complain
from unspun.jobs import Job
from unspun.pipeline import Result
from unspun.protocol import Usage

To = Annotated[str, typer.Option("--to", metavar="LANGUAGE", help="The language to write: en.")]
Engine = Annotated[
    str | None,
    typer.Option(
        help="Who translates: ctranslate2 (a model on this machine, the default), or a server: "
        "libretranslate, deepl, openai."
    ),
]
Model = Annotated[
    list[str] | None,
    typer.Option(
        metavar="DIR",
        help="Folder of a model, or of several; with openai, the model's name. "
        "[default: the models that 'unspun models' lists]",
    ),
]
Glossary = Annotated[
    Path | None,
    typer.Option(metavar="TSV", help="Terms: a term, a tabulator, what it must become."),
]
What = Annotated[
    str | None,
    typer.Option(
        help="What is translated: spans (every passage, the default), paragraphs (only whole "
        "ones), documents (only those in another language)."
    ),
]
Languages = Annotated[
    list[str] | None,
    typer.Option("--from", metavar="LANGUAGE", help="Translate from this one only; repeatable."),
]
Url = Annotated[str | None, typer.Option(help="Where the server answers.")]
KeyFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="File that holds the server's key. [default: the environment variable "
        "LIBRETRANSLATE_API_KEY, DEEPL_API_KEY or OPENAI_API_KEY]",
    ),
]
Cache = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        help="Where answers are kept; '' for nowhere. [default: a server's, in your cache folder]",
    ),
]
Sure = Annotated[
    float | None,
    typer.Option(
        "--min-confidence", min=0, max=1, help="Leave what is less sure than this, 0 to 1."
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(translate)


def options(
    to: str | None,
    engine: str | None = None,
    model: list[str] | None = None,
    glossary: Path | None = None,
    url: str | None = None,
    **more: Any,  # noqa: ANN401 - options as typer gives them
) -> dict[str, Any]:
    """Settings of the section ``translate``; None where an option was not given."""
    return {
        "to": to,
        "engine": engine,
        "models": model,
        "glossary": None if glossary is None else str(glossary),
        "url": url,
        **more,
    }


def translate(
    paths: Paths,
    to: To,
    engine: Engine = None,
    model: Model = None,
    glossary: Glossary = None,
    what: What = None,
    languages: Languages = None,
    min_confidence: Sure = None,
    url: Url = None,
    key_file: KeyFile = None,
    cache: Cache = None,
    config: ConfigFile = None,
    out: stages.Out = None,
    *,
    json: Json = False,
) -> None:
    """Translate the passages that are in another language, and check what was translated.

    Finds every passage that is not in the language you ask for and translates it; the rest of the
    text is not touched. Numbers, names, links, placeholders, markup and the terms of your glossary
    must survive: a translation that lost one is tried again another way, and if that fails too the
    passage stays as it was and you are told why. With --json each translation is an edit with its
    source text, engine and model, so it can be taken back.

    You need a translation model. `unspun models` tells how to get one (a folder of some 80 MB
    for a pair of languages); it works without a network. Or name a server with --engine.

    Examples:

        unspun translate page.txt --to en --model opus-mt-zh-en/

        unspun translate pages/ --to en --glossary terms.tsv --out translated/

        unspun translate pages/ --to de --engine libretranslate --url http://localhost:5000

        DEEPL_API_KEY=... unspun translate page.txt --to en --engine deepl --json
    """
    chosen = settings(
        config,
        translate=options(
            to,
            engine,
            model,
            glossary,
            url,
            what=what,
            languages=languages,
            min_confidence=min_confidence,
            key_file=None if key_file is None else str(key_file),
            cache=cache,
        ),
    )
    told = _Told()
    done = told.watch(stages.process(paths, chosen, pipeline.TRANSLATE))
    try:
        stages.answer(done, records.translated, json=json, out=out)
    finally:
        told.say()


class _Told:
    """What is said on standard error: passages that stayed, and what the engine took."""

    def __init__(self) -> None:
        self.segments = self.kept = 0
        self.usage = Usage()

    def watch(
        self, done: Iterator[tuple[Job, Result | None]]
    ) -> Iterator[tuple[Job, Result | None]]:
        """The same results, after counting them."""
        for source, result in done:
            told = result.translation if result is not None else None
            if result is not None and told is not None:
                self.usage = self.usage.added(result.usage)
                self.segments += sum(count for _, count in told.segments)
                self.kept += sum(count for _, count in told.kept)
                if told.kept:
                    complain(f"{source.id}: {_left(result)}")
            yield source, result

    def say(self) -> None:
        """One line at the end, on a terminal."""
        if show.errors_console.is_terminal:
            complain(
                f"{self.segments - self.kept} of {self.segments} segments translated; "
                f"{usage_line(self.usage)}"
            )


def _left(result: Result) -> str:
    """What stayed as it was, and why, the first reason in full."""
    told = result.translation
    assert told is not None  # noqa: S101 - only asked where there is one
    kept, all_ = (sum(count for _, count in counts) for counts in (told.kept, told.segments))
    kinds = ", ".join(f"{reason} {count}" for reason, count in told.kept)
    first = next((t.value for t in result.tags if t.kind == translation.UNTRANSLATED), "")
    detail = f"; for example {first!r}" if first else ""
    return f"{kept} of {all_} segments left as they were ({kinds}){detail}"


def usage_line(usage: Usage) -> str:
    """What the engine took, in words."""
    parts = [f"{usage.requests} requests", f"{usage.characters:,} characters"]
    if usage.tokens_in or usage.tokens_out:
        parts.append(f"{usage.tokens_in:,} tokens in, {usage.tokens_out:,} out")
    if usage.cached:
        parts.append(f"{usage.cached} segments from the cache")
    if usage.cost:
        parts.append(f"cost {usage.cost:.4f}")
    return ", ".join(parts)
