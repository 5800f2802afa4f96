"""Where documents lie: local paths, patterns of them, and addresses of other file systems."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from unspun.errors import InputError

_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):/+(.*)", re.DOTALL)  # two letters: no drive
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE | re.DOTALL)
_SPECIAL = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]|[. ]\Z')
_PATTERN = re.compile(r"[*?\[]")


def address(path: Path | str) -> str | None:
    """The address that a path stands for, such as ``s3://bucket/folder``; None if it is none.

    >>> address(Path("s3://bucket/pages"))
    's3://bucket/pages'
    """
    match = _ADDRESS.fullmatch(str(path))
    if match is None:
        return None
    if match[1] in ("file", "local"):
        return f"file:///{match[2]}"
    return f"{match[1]}://{match[2]}"


def located(path: Path) -> Path:
    """The path; what an address stands for, as something with the interface of a path.

    Raises:
        InputError: if there is no such file system, or what it needs is not installed.
    """
    url = address(path)
    if url is None or not isinstance(path, Path):
        return path
    if url.startswith("file:///"):
        return Path(url.removeprefix("file://"))
    try:
        from upath import UPath  # noqa: PLC0415 - an extra
    except ImportError as error:
        said = f"{url}: addresses need universal-pathlib: pip install 'unspun[remote]'"
        raise InputError(said) from error
    try:
        found = UPath(url)
        found.fs  # noqa: B018 - loads the file system
    except (ImportError, ValueError, OSError) as error:
        raise InputError(f"{url}: {error}") from error
    return cast("Path", found)


def is_pattern(path: Path) -> bool:
    """Whether a path is a pattern of paths: it has wildcards, and there is nothing of that name."""
    return bool(_PATTERN.search(str(path))) and not path.exists()


def matches(pattern: Path) -> tuple[Path, list[Path]]:
    """The folder that a pattern begins with, and the files in it that fit, hidden ones left out."""
    parts = list(pattern.parts)
    fixed = next(k for k, part in enumerate(parts) if _PATTERN.search(part))
    rest = "/".join(parts[fixed:])
    base = pattern
    for _ in parts[fixed:]:
        base = base.parent
    found = sorted({file for file in base.glob(rest) if file.is_file()}, key=str)
    return base, [file for file in found if not _hidden(file, base)]


def walk(folder: Path) -> Iterator[Path]:
    """Regular files below a folder; links to folders are not followed, so there are no loops."""
    if not isinstance(folder, Path):  # of another file system
        yield from (f for f in folder.rglob("*") if f.is_file() and not _hidden(f, folder))
        return
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in names:
            path = Path(root, name)
            if not name.startswith(".") and path.is_file():
                yield path


def relative(file: Path, folder: Path) -> Path:
    """The path of a file below a folder, as a local one.

    Other file systems have names that a local one takes for something else, such as ``..`` or
    ``con``: what is special in them is written as in an address.
    """
    if isinstance(file, Path):
        return file.relative_to(folder)
    below = file.as_posix().removeprefix(folder.as_posix()).strip("/")
    return Path(*(_plain(part) for part in below.split("/") if part))


def _plain(part: str) -> str:
    if part in (".", "..") or _DEVICE.fullmatch(part):
        return f"%{ord(part[0]):02X}{_plain(part[1:]) if len(part) > 1 else ''}"
    return _SPECIAL.sub(lambda match: f"%{ord(match[0]):02X}", part)


def _hidden(file: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in relative(file, folder).parts)
