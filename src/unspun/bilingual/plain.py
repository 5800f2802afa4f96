"""Two plain texts, paired line by line, or passage by passage where their lines do not agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

from unspun import files
from unspun.bilingual.languages import detect
from unspun.checking import Languages, Unit, pair_texts
from unspun.errors import InputError, MismatchError

By = Literal["auto", "line", "document"]


def pairs(source: Path, target: Path) -> list[tuple[files.Source, files.Source]]:
    """The files that belong together: two files, or those of two folders by their paths.

    Raises:
        InputError: for a file against a folder, or what does not exist.
        MismatchError: for a source without translation, or the reverse.
    """
    ours, theirs = files.discover([source]), files.discover([target])
    if source.is_dir() != target.is_dir():
        raise InputError(f"{source} and {target}: give two files or two folders")
    if not source.is_dir():
        return [(ours[0], theirs[0])]
    found = files.pair(ours, target)
    alone = [s.id for s in ours if s.id not in found]
    used = {partner.id for partner in found.values()}
    alone += [s.id for s in theirs if s.id not in used]
    if alone:
        raise MismatchError(f"{source} and {target}: without partner: {', '.join(alone[:5])}")
    return [(s, found[s.id]) for s in ours]


def units(
    source: files.Source, target: files.Source, known: Languages, *, by: By = "auto"
) -> Iterator[Unit]:
    """The units of two texts.

    Args:
        source: The text as its author wrote it.
        target: Its translation.
        known: Their languages, as far as they are known.
        by: `line` where line stands against line, `document` where passages have to be found,
            `auto` for lines if both texts have as many.

    Raises:
        InputError: if a file cannot be read.
        MismatchError: if lines are asked for and there are not as many.
    """
    ours, theirs = files.read(source).text, files.read(target).text
    left, right = ours.splitlines(), theirs.splitlines()
    if by == "line" and len(left) != len(right):
        raise MismatchError(
            f"{source.path} has {len(left)} lines, {target.path} {len(right)}: "
            "pair them with --by document"
        )
    if by == "document" or len(left) != len(right):
        languages = detect([Unit(ours, theirs)], known)
        for unit in pair_texts(ours, theirs, languages):
            yield replace(unit, document=source.id)
        return
    for number, (a, b) in enumerate(zip(left, right, strict=True), 1):
        if a.strip() or b.strip():
            yield Unit(a, b, str(number), source.id, number)
