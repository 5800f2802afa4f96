"""Options that several commands share, and the settings that they make."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from unspun.config import Config
from unspun.errors import ConfigError
from unspun.files import STDIN

Paths = Annotated[
    list[Path],
    typer.Argument(metavar="PATH...", help="Files, folders, patterns, addresses; '-' is stdin."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object a document.")]
ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Settings as TOML, a table for each stage."),
]
Profile = Annotated[
    str | None,
    typer.Option(help="How far to normalise: conservative (default), ascii or mt."),
]
Html = Annotated[
    str | None,
    typer.Option(help="Which documents are HTML pages: auto (default), always or never."),
]
TextField = Annotated[str, typer.Option(metavar="NAME", help="Of records: where the text stands.")]
IdField = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Of records: what names them. [default: id, if any]"),
]
StdinKind = Annotated[
    str | None,
    typer.Option(
        "--stdin", metavar="KIND", help="What '-' is: txt (default), html, jsonl, csv, tsv, ..."
    ),
]
MinConfidence = Annotated[
    float | None,
    typer.Option(min=0, max=1, help="Restore only what is at least this sure, 0 to 1."),
]
Family = Annotated[str | None, typer.Option(help="The spinner family, or auto.")]
Models = Annotated[
    list[Path] | None,
    typer.Option("--model", metavar="FILE", help="A model of 'unspun learn', beside ours."),
]
Rescorer = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        help="A neural model to ask where in doubt: GGUF, or 'smollm2'. Better, and slow.",
    ),
]


_KIND = re.compile(r"[a-z]+(\.[a-z0-9]+)?")


@contextmanager
def spooled(paths: list[Path], kind: str | None) -> Iterator[list[Path]]:
    """The paths; standard input as a file of the kind that it is said to be.

    Args:
        paths: What was named.
        kind: The suffix that such a file would have, without its dot.

    Raises:
        ConfigError: for a kind that is none.
    """
    if kind is None or STDIN not in paths:
        yield paths
        return
    if not _KIND.fullmatch(kind):
        raise ConfigError(f"--stdin {kind}: name a kind of file, such as jsonl or csv.gz")
    with tempfile.TemporaryDirectory(prefix="unspun-") as folder:
        file = Path(folder, f"stdin.{kind}")
        with file.open("wb") as target:
            shutil.copyfileobj(sys.stdin.buffer, target)
        stamp = int.from_bytes(hashlib.sha256(file.read_bytes()).digest()[:6], "big")
        os.utime(file, ns=(stamp, stamp))  # a run that is taken up knows it by its content
        yield [file if path == STDIN else path for path in paths]


def settings(
    file: Path | None = None,
    *,
    html: str | None = None,
    profile: str | None = None,
    min_confidence: float | None = None,
    family: str | None = None,
    models: list[Path] | None = None,
    rescorer: str | None = None,
    restore: bool | None = None,
    duplicates: bool | None = None,
    duplicate_threshold: float | None = None,
    translate: Mapping[str, Any] | None = None,
    rewrite: Mapping[str, Any] | None = None,
) -> Config:
    """The configuration: defaults, then the file, then the options.

    Raises:
        ConfigError: for a file that is no TOML, or an unknown key or value.
    """
    values: dict[str, dict[str, Any]] = {}
    if file is not None:
        try:
            values = tomllib.loads(file.read_text(encoding="utf-8"))
        except OSError as error:
            raise ConfigError(f"{file}: cannot be read ({error.strerror})") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError(f"{file}: not TOML ({error})") from error
    options: dict[tuple[str, str], Any] = {
        ("extract", "html"): html,
        ("normalise", "profile"): profile,
        ("restore", "min_confidence"): min_confidence,
        ("restore", "family"): family,
        ("restore", "models"): [str(m) for m in models] if models else None,
        ("restore", "rescorer"): rescorer,
        ("restore", "enabled"): restore,
        ("duplicates", "enabled"): duplicates,
        ("duplicates", "threshold"): duplicate_threshold,
        **{("translate", key): value for key, value in (translate or {}).items()},
        **{("rewrite", key): value for key, value in (rewrite or {}).items()},
    }
    for (section, key), value in options.items():
        if value is not None and isinstance(table := values.setdefault(section, {}), dict):
            table[key] = value
    return Config.from_dict(values)
