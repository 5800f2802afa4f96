"""Chinese or Japanese, simplified or traditional: by the characters themselves."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from unspun import tables
from unspun.tagging import scripts

_SIMPLIFIED, _TRADITIONAL, _JAPANESE = 1, 2, 3
_KANA_SHARE = 0.1
"""Japanese prose is some 40% to 70% kana; Chinese that quotes a Japanese brand stays below 5%."""


class HanLine(NamedTuple):
    """What a line of Han text, kana or both is.

    Attributes:
        start: First character.
        end: One past the last.
        language: BCP 47 tag.
        script: ISO 15924 code.
        votes: Characters for the variant, less those against it; for Japanese, its kana.
    """

    start: int
    end: int
    language: str
    script: str
    votes: int


@lru_cache(maxsize=1)
def variants() -> NDArray[np.uint8]:
    """For each code point below U+A000: 1 simplified, 2 traditional, 3 Japanese only."""
    table = np.zeros(0xA000, np.uint8)
    with np.load(tables.path("tag_han.npz")) as data:
        table[data["hans"]] = _SIMPLIFIED
        table[data["hant"]] = _TRADITIONAL
        table[data["japanese"]] = _JAPANESE
    return table


def lines(points: NDArray[np.uint32], start: int, end: int) -> list[HanLine]:
    """Tell apart the lines of a stretch of Han characters and kana, which is ``[start, end)``."""
    part = points[start:end]
    script = scripts.load().of[part]
    number = scripts.load().number
    kana = (script == number("Hira")) | (script == number("Kana"))
    han = script == number("Hani")
    variant = variants()[np.minimum(part, np.uint32(0x9FFF))]
    masks = (kana, han, variant == _SIMPLIFIED, variant == _TRADITIONAL)
    cuts = (part == ord("\n")).nonzero()[0] + 1
    if not len(cuts):
        counted = [int(np.count_nonzero(mask)) for mask in masks]
        return [_line(start, end, counted, counted)]
    begins = np.concatenate([[0], cuts[cuts < len(part)]])
    counts = np.stack([np.add.reduceat(mask.astype(np.int64), begins) for mask in masks])
    total = counts.sum(axis=1)
    ends = [*begins[1:].tolist(), len(part)]
    found = [
        _line(start + begin, start + stop, line.tolist(), total.tolist())
        for begin, stop, line in zip(begins.tolist(), ends, counts.T, strict=True)
    ]
    return _merge(found)


def _line(start: int, end: int, line: list[int], total: list[int]) -> HanLine:
    kana, han, hans, hant = line
    within = total[0] >= _KANA_SHARE * (total[0] + total[1])
    if kana >= _KANA_SHARE * max(1, kana + han) and kana:
        return HanLine(start, end, "ja", "Jpan", kana)
    if not kana and within and not hans:
        return HanLine(start, end, "ja", "Jpan", 0)  # a heading of a Japanese text
    if hans == hant:
        hans, hant = total[2], total[3]
    if hant > hans:
        return HanLine(start, end, "zh-Hant", "Hant", hant - hans)
    return HanLine(start, end, "zh-Hans", "Hans", hans - hant)


def _merge(found: list[HanLine]) -> list[HanLine]:
    merged: list[HanLine] = []
    for line in found:
        if merged and merged[-1].language == line.language:
            last = merged.pop()
            merged.append(line._replace(start=last.start, votes=last.votes + line.votes))
        else:
            merged.append(line)
    return merged
