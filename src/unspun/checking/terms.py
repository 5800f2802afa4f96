"""A glossary's terms: where the source has one, the translation has a rendering of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from unspun.checking.findings import Context, QaFinding, Terms, Unit
from unspun.errors import InputError

_LONGEST_ENDING = 3  # letters that inflection may change at the end of a word
_SHORT = 4  # letters up to which a word must stand as it is


def read(lines: Iterable[str], where: str = "glossary") -> Terms:
    r"""A glossary from tab-separated lines: term, rendering, further renderings.

    Empty lines and lines that begin with `#` are passed over; a term may stand on several lines.

    Raises:
        InputError: for a line without a rendering.

    >>> dict(read(["# trees", "橡树\toak\toak tree"]))
    {'橡树': ('oak', 'oak tree')}
    """
    terms: dict[str, tuple[str, ...]] = {}
    for number, line in enumerate(lines, 1):
        text = line.rstrip("\r\n").removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
        if not text.strip() or text.startswith("#"):
            continue
        term, *renderings = (field.strip() for field in text.split("\t"))
        allowed = [r for r in renderings if r]
        if not term or not allowed:
            raise InputError(f"{where}: line {number}: write a term, a tab and its rendering")
        terms[term] = tuple(dict.fromkeys((*terms.get(term, ()), *allowed)))
    return terms


def check(unit: Unit, context: Context) -> Iterator[QaFinding]:
    """Terms of the source without any of their renderings in the translation."""
    if not context.terms or not unit.source:
        return
    taken: list[tuple[int, int]] = []
    for term in sorted(context.terms, key=len, reverse=True):
        match = next(
            (
                m
                for m in _pattern(term).finditer(unit.source)
                if not any(a < m.end() and m.start() < b for a, b in taken)
            ),
            None,
        )
        if match is None:
            continue
        taken.append(match.span())
        allowed = context.terms[term]
        if any(_pattern(rendering).search(unit.target) for rendering in allowed):
            continue
        expected = " / ".join(allowed)
        yield QaFinding(
            "term",
            "major",
            "Terminology/Inconsistent with resource",
            f"{match[0]} is not rendered as {expected}",
            match.span(),
            None,
            expected,
        )


@lru_cache(maxsize=8192)
def _pattern(term: str) -> re.Pattern[str]:
    """Where a term stands, inflected at most at the end of its words."""
    parts = [_word(word) for word in term.split()]
    body = r"\s+".join(parts)
    head = r"(?<!\w)" if _alphabetic(term[:1]) else ""
    tail = r"(?!\w)" if _alphabetic(term[-1:]) else ""
    flags = re.NOFLAG if term.isupper() else re.IGNORECASE
    return re.compile(head + body + tail, flags)


def _word(word: str) -> str:
    if not word.isalpha() or not _alphabetic(word[0]) or word.isupper():
        return re.escape(word)
    if len(word) <= _SHORT:
        return re.escape(word) + r"(?:e?s|['’]s)?"
    stem = word[:-1]
    return re.escape(stem) + rf"\w{{0,{_LONGEST_ENDING}}}(?:['’]s)?"


def _alphabetic(letter: str) -> bool:
    """Whether words of the letter's script stand between blanks."""
    return letter.isalnum() and not "\u0e00" <= letter <= "\u0eff" and letter < "\u3000"
