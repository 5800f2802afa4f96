"""Where documents lie: local paths, patterns of them, and addresses of other file systems."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, cast

from unspun.errors import InputError, UnspunError

_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):/+(.*)", re.DOTALL)  # two letters: no drive
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE | re.DOTALL)
_SPECIAL = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]|[. ]\Z')
_PATTERN = re.compile(r"[*?\[]")
_PIECE = 1 << 20  # bytes passed over at a time
_VERSIONS = (  # what tells that a file changed, in the words of the file systems of fsspec
    "ETag",
    "etag",
    "Content-MD5",
    "Last-Modified",
    "LastModified",
    "last_modified",
    "updated",
    "mtime",
    "modified",
    "created",
)


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
        found.fs.invalidate_cache()  # what was listed before may be gone
    except (ImportError, ValueError, OSError) as error:
        raise InputError(f"{url}: {error}") from error
    return cast("Path", found)


@contextmanager
def reached(path: Path) -> Iterator[None]:
    """Whatever another file system raises says that a path cannot be read.

    Raises:
        InputError: for anything that is not raised by our own code or for a local path.
    """
    try:
        yield
    except UnspunError:
        raise
    except Exception as error:
        if isinstance(path, Path):
            raise
        said = " ".join(str(error).split()) or type(error).__name__
        raise InputError(f"{path}: cannot be read ({said})") from error


def opened(path: Path, start: int = 0) -> IO[bytes]:
    """A file, to be read from a place on.

    Servers of web pages send a part of a file only if they choose to; the whole, all do.
    """
    stream = not isinstance(path, Path) and str(path).startswith(("http:", "https:"))
    if not stream:
        file = path.open("rb")
        file.seek(start)
        return file
    if start:
        file = path.open("rb")
        if _reads(file, start):
            return file
        file.close()
    options: dict[str, Any] = {"block_size": 0}
    whole = cast("IO[bytes]", path.open("rb", **options))
    while start and (passed := whole.read(min(start, _PIECE))):
        start -= len(passed)
    return whole


def _reads(file: IO[bytes], start: int) -> bool:
    """Whether a file can be read from there on, and not only from its beginning."""
    with suppress(ValueError):
        file.seek(start)
        file.read(1)
        file.seek(start)
        return True
    return False


def stamp(path: Path) -> tuple[int, int]:
    """The size of a file in bytes, and a number that is another one when it has changed.

    Raises:
        OSError: if it cannot be read; any other error, too, where it is not a local one.
    """
    if isinstance(path, Path):
        found = path.stat()
        return found.st_size, found.st_mtime_ns
    told = path.fs.info(path.path)
    version = next((told[name] for name in _VERSIONS if told.get(name)), "")
    digest = hashlib.blake2b(str(version).encode(), digest_size=6).digest()
    return int(told.get("size") or 0), int.from_bytes(digest, "big")


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
    if isinstance(base, Path):
        found = {file for file in base.glob(rest) if file.is_file()}
    else:
        found = set(_listed(base, base.fs.glob(pattern.path, detail=True)))
    return base, [file for file in sorted(found, key=str) if not _hidden(file, base)]


def _listed(folder: Any, files: Mapping[str, Mapping[str, Any]]) -> Iterator[Path]:  # noqa: ANN401
    """The files that another file system lists, without asking for each whether it is one.

    A file that is there and cannot be read is said where it is read; it must not go unseen here.
    """
    for name, told in files.items():
        if told.get("type") == "file" and not name.endswith("/"):
            yield type(folder)(folder.fs.unstrip_protocol(name), **folder.storage_options)


def walk(folder: Path) -> Iterator[Path]:
    """Regular files below a folder; links to folders are not followed, so there are no loops."""
    if not isinstance(folder, Path):  # of another file system
        found = _listed(folder, folder.fs.find(folder.path, detail=True))
        yield from (file for file in found if not _hidden(file, folder))
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
    name, prefix = (path.path for path in (file, folder))  # az://a/b may be listed as abfs://a/b
    below = name.removeprefix(prefix).strip("/")
    return Path(*(_plain(part) for part in below.split("/") if part))


def _plain(part: str) -> str:
    if part in (".", "..") or _DEVICE.fullmatch(part):
        return f"%{ord(part[0]):02X}{_plain(part[1:]) if len(part) > 1 else ''}"
    return _SPECIAL.sub(lambda match: f"%{ord(match[0]):02X}", part)


def _hidden(file: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in relative(file, folder).parts)
