"""`learn`: a spinner's substitutions from pairs of spun and original text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from unspun import align, files, records
from unspun.channel import learn as channel
from unspun.cli import show
from unspun.cli.show import complain
from unspun.errors import InputError, MismatchError


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(learn)


def learn(
    output: Annotated[Path, typer.Option("--output", "-o", metavar="MODEL", help="The model.")],
    spun: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Spun texts, files or a folder.")
    ] = None,
    original: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Their originals, with the same names.")
    ] = None,
    pairs: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Pairs as JSON Lines instead: "
            '{"spun": [paragraph, ...], "original": [paragraph, ...]}.',
        ),
    ] = None,
    family: Annotated[str, typer.Option(help="A name for the spinner.")] = "learned",
) -> None:
    """Learn what a spinner writes for what, from pairs of spun and original text.

    A few dozen documents are enough to begin with. Use the model with --model, on top of ours.

    Examples:

        unspun learn --spun spun/ --original original/ -o theirs.channel

        unspun restore page.txt --model theirs.channel
    """
    if (pairs is None) == (spun is None) or (spun is None) != (original is None):
        raise typer.BadParameter("give --spun and --original, or --pairs")
    known = _from_file(pairs) if pairs else _from_folders(spun or Path(), original or Path())
    learned = channel.learn(known, family)
    with files.replacing(output) as file:
        file.write(learned.to_bytes())
    line = f"{output}: {len(learned.entries):,} substitutions of {family!r}"
    show.console.print(line, markup=False, soft_wrap=True)


def _from_file(path: Path) -> Iterator[channel.Pair]:
    for number, line in enumerate(files.read_bytes(path).splitlines(), 1):
        try:
            record = records.loads(line)
            yield _paragraphs(record["spun"]), _paragraphs(record["original"])
        except (ValueError, KeyError) as error:
            raise InputError(
                f"{path}:{number}: not a pair of spun and original ({error})"
            ) from error


def _paragraphs(value: object) -> list[str]:
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return value
    raise ValueError("paragraphs must be a list of strings")


def _from_folders(spun: Path, original: Path) -> Iterator[channel.Pair]:
    """Paragraphs that pair; what one side lacks teaches nothing and is left out."""
    sources = files.discover([spun])
    partners = files.pair(sources, original)
    if not partners:
        raise MismatchError(f"{spun} and {original}: no file of the one has its name in the other")
    missing = [s.id for s in sources if s.id not in partners]
    if missing:
        complain(f"{len(missing)} spun texts have no original: {', '.join(missing[:5])}")
    for source in sources:
        if source.id in partners:
            left, right = files.read(source).text, files.read(partners[source.id]).text
            segments = align.align(left, right).segments
            kept = [s for s in segments if s.kind in ("equal", "changed")]
            yield [left[slice(*s.hyp)] for s in kept], [right[slice(*s.ref)] for s in kept]
