"""Find, read and write documents and results: paths in, bytes out, nothing torn.

Files appear under their name only when they are whole: they are written beside it, flushed to the
disk and renamed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import IO, Literal, NamedTuple

from unspun import decode
from unspun.errors import InputError, OutputError
from unspun.model import Document
from unspun.readers import containers, places

STDIN = Path("-")
MOST = 1 << 28  # bytes of a document, unless more are allowed
_PIECE = 1 << 20  # bytes copied at a time
_PAGES = {".html", ".htm", ".xhtml", ".xht"}


class Source(NamedTuple):
    """A document, or a file of many, that can be read.

    Attributes:
        id: Its name.
        path: Where it lies.
        relative: Its path below the folder that was asked for.
        target: The same for its text, which is not compressed where the file is.
        outside: Whether it is a link out of that folder, which is not followed.
    """

    id: str
    path: Path
    relative: Path
    target: Path
    outside: bool = False


def discover(paths: Iterable[Path]) -> list[Source]:
    """The documents under files, folders, patterns and addresses, in the order of their ids.

    Hidden files are passed over. An id is the path below its folder without the suffix (and that
    of a compression), or with it where two files would share one.

    Raises:
        InputError: for a path that does not exist, a folder without documents, a pattern that
            nothing fits, or an address that cannot be read.
    """
    found: list[tuple[Path, Path]] = []
    outside: set[Path] = set()
    for path in map(places.located, paths):
        with places.reached(path):
            base, inside = _files(path)
        found += ((f, places.relative(f, base) if base else Path(f.name)) for f in inside)
        outside.update(file for file in inside if base and _leads_out(file, base))
    stems = Counter(_stem(relative) for _, relative in found)
    names = Counter(relative.as_posix() for _, relative in found)
    targets = Counter(_target(relative) for _, relative in found)
    sources = []
    taken: set[str] = set()
    for path, relative in sorted(found, key=lambda entry: entry[1].parts):
        name = _stem(relative)
        if stems[name] > 1:
            full = relative.as_posix()
            name = full if names[full] == 1 else path.as_posix()
        bare = _target(relative)
        target = bare if targets[bare] == 1 else relative
        target = _own(target, relative, taken)
        sources.append(Source(name, path, relative, target, path in outside))
    return sorted(sources, key=lambda source: source.id)


def _files(path: Path) -> tuple[Path | None, list[Path]]:
    """The files that a path stands for, and the folder that they were found in, if it was one."""
    if path == STDIN:
        return None, [path]
    if path.is_dir():
        if not (inside := sorted(places.walk(path), key=_parts)):
            raise InputError(f"{path}: the folder holds no documents")
        return path, inside
    if path.exists():
        return None, [path]
    if not places.is_pattern(path):
        raise InputError(f"{path}: no such file or folder")
    base, inside = places.matches(path)
    if not inside:
        raise InputError(f"{path}: no file fits")
    return base, inside


def _own(target: Path, relative: Path, taken: set[str]) -> Path:
    """The path of a text, another one where a system takes two names for one.

    Some do not tell upper from lower case, or two forms of an accented letter.
    """
    folded = unicodedata.normalize("NFC", target.as_posix()).casefold()
    if folded in taken:
        data = relative.as_posix().encode("utf-8", "surrogateescape")
        mark = hashlib.blake2b(data, digest_size=4).hexdigest()
        target = target.with_name(f"{target.stem}~{mark}{target.suffix}")
    taken.add(folded)
    return target


def _parts(path: Path) -> tuple[str, ...]:
    return path.parts


def _target(relative: Path) -> Path:
    """The path of the clean text: it is neither compressed nor a page."""
    bare = containers.bare(relative)
    return bare.with_suffix(".txt") if kind(relative) == "html" else bare


def kind(path: Path) -> Literal["text", "html"]:
    """What a document is, by the suffix of its file."""
    return "html" if containers.bare(path).suffix.lower() in _PAGES else "text"


def _leads_out(file: Path, folder: Path) -> bool:
    """Whether a file in a folder is a link to something that is not."""
    return file.is_symlink() and not file.resolve().is_relative_to(folder.resolve())


def _stem(relative: Path) -> str:
    return containers.bare(relative).with_suffix("").as_posix()


def read_bytes(path: Path) -> bytes:
    """The bytes of a file, or of standard input for ``-``.

    Raises:
        InputError: if it cannot be read.
    """
    try:
        with places.reached(path):
            return sys.stdin.buffer.read() if path == STDIN else path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error


def content(source: Source, most: int = MOST) -> bytes:
    """The bytes of a document, decompressed where its file is compressed.

    Raises:
        InputError: if it cannot be read, is damaged, larger than ``most`` bytes, or a link out of
            its folder.
    """
    if source.outside:
        raise InputError(f"{source.path}: a link out of its folder, which is not followed")
    if source.path == STDIN:
        return read_bytes(STDIN)
    return containers.read(source.path, most)


def read(source: Source, most: int = MOST) -> Document:
    """Read and decode one document.

    Raises:
        InputError: if it cannot be read, is not text, or larger than ``most`` bytes.
    """
    return decode.decode(content(source, most), id=source.id, kind=kind(source.path))


def pair(sources: Iterable[Source], references: Path) -> dict[str, Source]:
    """The reference of each document that has one: same path, else same path without suffix.

    Raises:
        InputError: if the reference folder does not exist or is empty.
    """
    candidates = discover([references])
    by_path = {source.target.as_posix(): source for source in candidates}
    by_stem = {_stem(source.relative): source for source in candidates}
    pairs = {}
    for source in sources:
        match = by_path.get(source.target.as_posix()) or by_stem.get(_stem(source.relative))
        if match is not None:
            pairs[source.id] = match
    return pairs


def keep_apart(out: Path, inputs: Iterable[Path]) -> None:
    """Results never land among the documents, nor documents among the results.

    Raises:
        InputError: if a path lies inside another.
    """
    if url := places.address(out):
        raise InputError(f"{url}: results are written to a local folder: copy them from there")
    target = out.resolve()
    for given in _inputs(inputs):
        path = given
        if target == given or given in target.parents or target in given.parents:
            raise InputError(f"{out} and {path} lie inside one another: name another --out")


def _inputs(paths: Iterable[Path]) -> Iterator[Path]:
    """The local files and folders that are read."""
    for path in map(places.located, paths):
        if isinstance(path, Path):
            given = places.matches(path)[1] if places.is_pattern(path) else [path]
            yield from (one.resolve() for one in given)


def inside(folder: Path, name: str) -> Path:
    """The path of a name below a folder: names in stored results are no orders.

    Raises:
        InputError: if it leads out of the folder.
    """
    path = PurePath(name)
    if path.is_absolute() or path.drive or ".." in path.parts or not path.parts or "\0" in name:
        raise InputError(f"{name!r} leads out of {folder}: these results are not to be trusted")
    return folder / path


def write_text(path: Path, text: str) -> None:
    """Write a text as UTF-8, line ends as they are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8"))


def keep(path: Path, raw: bytes | Path) -> None:
    """Write the bytes of a document, or copy them from its file as far as it can be read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(raw, bytes):
        path.write_bytes(raw)
        return
    try:
        with places.reached(raw):
            source = places.opened(raw)
    except (OSError, InputError):  # the document's record says why it cannot be read
        return
    with source, path.open("wb") as target:
        shutil.copyfileobj(source, target, _PIECE)


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """Write a single file that appears under its name only when it is whole.

    Raises:
        OutputError: if it cannot be written; what stood there is unchanged.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror})") from error
    finally:
        temporary.unlink(missing_ok=True)
