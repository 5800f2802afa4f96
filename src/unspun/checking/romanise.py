"""How Chinese names read in Latin letters (Hanyu Pinyin, ISO 7098), and whether a word is one.

GB 2312 puts its 3,755 common characters in the order of their readings, so the first character of
each reading is table enough. The rarer ones that stand in names have a list of their own.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from typing import NamedTuple

from unspun import tables

_LEVEL_ONE = 0xB0A1, 0xD7F9  # the codes of the characters in the order of their readings

_HAN = re.compile(r"[\u3400-\u9fff]+")
_APOSTROPHES = str.maketrans("", "", "'’‘-")


class _Table(NamedTuple):
    """The packaged readings: codes from which each begins, in order, and single characters."""

    starts: list[int]
    syllables: list[str]
    single: dict[str, tuple[str, ...]]
    all: frozenset[str]


@lru_cache(maxsize=1)
def _table() -> _Table:
    rows = [
        line.split("\t")
        for line in tables.text("pinyin.tsv").splitlines()
        if line and not line.startswith("#")
    ]
    level_one = [(_code(first), syllable) for syllable, first, _ in rows if first]
    single: dict[str, tuple[str, ...]] = {}
    for syllable, _, characters in rows:
        for character in characters:
            single[character] = (*single.get(character, ()), syllable)
    return _Table(
        [code for code, _ in level_one],
        [syllable for _, syllable in level_one],
        single,
        frozenset(row[0] for row in rows) | {"lu", "nu", "lyu", "nyu"},
    )


def _code(character: str) -> int:
    pair = character.encode("gb2312", "ignore")
    return int.from_bytes(pair, "big") if len(pair) == 2 else 0  # noqa: PLR2004


@lru_cache(maxsize=8192)
def readings(character: str) -> tuple[str, ...]:
    """How a character can read, without tones; empty where nobody knows.

    >>> readings("北"), readings("长"), readings("乐"), readings("q")
    (('bei',), ('chang', 'zhang'), ('le', 'yue'), ())
    """
    table = _table()
    code = _code(character)
    first: tuple[str, ...] = ()
    if _LEVEL_ONE[0] <= code <= _LEVEL_ONE[1]:
        first = (table.syllables[bisect_right(table.starts, code) - 1],)
    found = tuple(dict.fromkeys((*first, *table.single.get(character, ()))))
    if any(s in ("lv", "nv") for s in found):
        found += tuple(s[0] + "u" for s in found if s in ("lv", "nv"))
    return found


def plain(word: str) -> str:
    """A word as it is compared: small letters, no apostrophe, no umlaut.

    >>> plain("Xi’an"), plain("Lü")
    ('xian', 'lv')
    """
    return word.lower().translate(_APOSTROPHES).replace("ü", "v")


@lru_cache(maxsize=65_536)
def is_pinyin(word: str) -> bool:
    """Whether a word is made of at least two readings: a Chinese name, by its looks.

    >>> is_pinyin("Guangdong"), is_pinyin("Merkel"), is_pinyin("Li")
    (True, False, False)
    """
    return _cuts(plain(word)) >= 2  # noqa: PLR2004


def is_syllable(word: str) -> bool:
    """Whether a word is one reading: Li, Zhang."""
    return plain(word) in _table().all


def _cuts(word: str) -> int:
    """The fewest readings that a word is made of; 0 where it is not."""
    known = _table().all
    best = [0] + [99] * len(word)
    for end in range(1, len(word) + 1):
        for size in range(1, min(6, end) + 1):
            if best[end - size] < 99 and word[end - size : end] in known:  # noqa: PLR2004
                best[end] = min(best[end], best[end - size] + 1)
    return best[-1] if 0 < best[-1] < 99 else 0  # noqa: PLR2004


def find(word: str, text: str) -> tuple[int, int] | None:
    """Where a text reads as a word does; None where it nowhere does.

    >>> find("Chongqing", "他在重庆工作"), find("Beijing", "他在重庆工作")
    ((2, 4), None)
    """
    wanted = plain(word)
    for run in _HAN.finditer(text):
        for place in range(run.start(), run.end()):
            end = _reads(wanted, text, place, run.end())
            if end:
                return place, end
    return None


def _reads(word: str, text: str, place: int, stop: int) -> int:
    """Where the characters from a place on end that read as the word; 0 where they do not."""
    if not word:
        return place
    if place >= stop:
        return 0
    for reading in readings(text[place]) or _any_beginning(word):
        if word.startswith(reading):
            end = _reads(word[len(reading) :], text, place + 1, stop)
            if end:
                return end
    return 0


def _any_beginning(word: str) -> list[str]:
    """What a character without known reading may read as: any syllable, the longest first."""
    return [word[:size] for size in range(6, 0, -1) if word[:size] in _table().all]


def near(word: str, text: str) -> tuple[int, int] | None:
    """Where a text reads as a word does but for one character; None where it nowhere does.

    >>> near("Yulong", "向潴龙河等河流"), near("Yulong", "向唐河等河流")
    ((1, 3), None)
    """
    wanted = plain(word)
    for run in _HAN.finditer(text):
        for place in range(run.start(), run.end()):
            if end := _nearly_reads(wanted, text, place, run.end()):
                return place, end
    return None


def _nearly_reads(word: str, text: str, place: int, stop: int, *, missed: bool = False) -> int:
    if not word:
        return place if missed else 0
    if place >= stop:
        return 0
    known = readings(text[place])
    for reading in _any_beginning(word):
        miss = reading not in known
        if miss and missed:
            continue
        end = _nearly_reads(word[len(reading) :], text, place + 1, stop, missed=missed or miss)
        if end:
            return end
    return 0
