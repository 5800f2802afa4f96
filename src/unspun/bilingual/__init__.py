"""Bilingual files: TMX, XLIFF, tab-separated pairs, pairs of plain texts, test sets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from unspun import files
from unspun.bilingual import languages as detection
from unspun.bilingual import plain, testset, tmx, tsv, xliff
from unspun.bilingual.plain import By
from unspun.checking import Languages, Unit
from unspun.errors import InputError
from unspun.readers import containers

__all__ = ["SUFFIXES", "Bitext", "By", "open_bitexts"]

_XML = {".tmx": tmx.read, ".xliff": xliff.read, ".xlf": xliff.read, ".sdlxliff": xliff.read}
_PAIRS = frozenset({".tsv", ".tab"})
SUFFIXES = (*_XML, *sorted(_PAIRS))
"""Of the files that hold a source with its translation."""


class Bitext(NamedTuple):
    """A text with its translation.

    Attributes:
        name: Of the file, or of the system in a test set.
        path: Where the translation lies.
        languages: As the file says, or as they were asked for.
        units: The segments in order; read as they are asked for.
    """

    name: str
    path: Path
    languages: Languages
    units: Iterator[Unit]


def open_bitexts(
    paths: Sequence[Path],
    wanted: Languages | None = None,
    *,
    by: By = "auto",
    system: str | None = None,
) -> Iterator[Bitext]:
    """What one or two paths hold, with its languages known or found.

    Args:
        paths: A bilingual file, a folder of them or of a test set; or a source and its translation.
        wanted: Languages that are known.
        by: How two plain texts are paired.
        system: The translation of a test set that is meant; all where none is named.

    Raises:
        InputError: if something cannot be read, or is not what it has to be.
        MismatchError: for files or lines without partner.
    """
    if len(paths) == 2:  # noqa: PLR2004
        found = from_pair(paths[0], paths[1], wanted, by=by)
    elif len(paths) != 1:
        raise InputError("name a bilingual file or folder, or a source and its translation")
    elif paths[0].is_dir():
        found = from_folder(paths[0], wanted, system)
    else:
        found = iter((from_file(paths[0], wanted),))
    for bitext in found:
        languages, units = detection.resolve(bitext.units, bitext.languages)
        yield bitext._replace(languages=languages, units=units)


def from_file(path: Path, wanted: Languages | None = None) -> Bitext:
    """A file that holds both languages; it may be compressed.

    Raises:
        InputError: if its format is not known, or it is damaged.
    """
    languages = wanted or Languages()
    suffix = containers.bare(path).suffix.lower()
    if not path.is_file():
        raise InputError(f"{path}: no such file")
    if suffix in _PAIRS:
        return Bitext(path.name, path, languages, tsv.read(containers.pieces(path), str(path)))
    if suffix not in _XML:
        raise InputError(
            f"{path}: not a bilingual file ({', '.join(SUFFIXES)}); name a source and its "
            "translation, two files or two folders"
        )
    found = _XML[suffix](containers.pieces(path), str(path), languages)
    first = next(found, None)  # the languages are known from the first unit on
    if first is None:
        return Bitext(path.name, path, languages, iter(()))
    return Bitext(path.name, path, first[0], (unit for _, unit in chain([first], found)))


def from_pair(
    source: Path, target: Path, wanted: Languages | None = None, *, by: By = "auto"
) -> Iterator[Bitext]:
    """Two files, or the files of two folders.

    Raises:
        InputError: if a file cannot be read.
        MismatchError: for files without partner, or lines that do not pair.
    """
    for ours, theirs in plain.pairs(source, target):
        known = wanted or Languages()
        yield Bitext(ours.id, theirs.path, known, plain.units(ours, theirs, known, by=by))


def from_folder(folder: Path, wanted: Languages | None, system: str | None) -> Iterator[Bitext]:
    """A folder of bilingual files, or a test set.

    Raises:
        InputError: if it holds neither.
    """
    found = testset.find(folder)
    if found is not None:
        languages = wanted or Languages()
        ours = languages.source if languages.source != "und" else found.languages.source
        theirs = languages.target if languages.target != "und" else found.languages.target
        for name, path in testset.choose(found, system, folder).items():
            pair = from_pair(found.source, path, Languages(ours, theirs), by="line")
            yield next(pair)._replace(name=name)
        return
    known = [s for s in files.discover([folder]) if _suffix(s.path) in SUFFIXES]
    if not known:
        raise InputError(f"{folder}: no bilingual files ({', '.join(SUFFIXES)}) and no test set")
    for item in known:
        yield from_file(item.path, wanted)


def _suffix(path: Path) -> str:
    return containers.bare(path).suffix.lower()
