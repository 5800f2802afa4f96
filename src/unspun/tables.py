"""The only way to packaged data: tables and models, read-only."""

from __future__ import annotations

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
