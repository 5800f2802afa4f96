"""The only way to packaged data: tables and models, read-only."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

from unspun.errors import ModelError

if TYPE_CHECKING:
    from pathlib import Path


def path(name: str) -> Path:
    """The file of a packaged table, to be mapped into memory.

    Raises:
        ModelError: if this installation lacks it.
    """
    resource = files("unspun.data") / name
    if not resource.is_file():
        raise ModelError(f"this installation of unspun lacks the table {name!r}: install it again")
    with as_file(resource) as file:  # a wheel is installed unpacked, so the file stays
        return file


def text(name: str) -> str:
    """The text of a packaged table.

    Raises:
        ModelError: if this installation lacks it.
    """
    return path(name).read_text(encoding="utf-8")


@cache
def digests() -> dict[str, str]:
    """The first twelve digits of the SHA-256 of each packaged table, by name."""
    found = {}
    for resource in files("unspun.data").iterdir():
        if resource.is_file() and not resource.name.endswith((".py", ".pyc")):
            found[resource.name] = digest(resource.read_bytes())
    return dict(sorted(found.items()))


def digest(data: bytes) -> str:
    """The first twelve digits of the SHA-256 of what a model or table holds."""
    return hashlib.sha256(data).hexdigest()[:12]
