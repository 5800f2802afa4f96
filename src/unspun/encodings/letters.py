"""How likely text is in a language, by its letters beyond ASCII and their neighbours.

The statistics are those of langdetect's profiles (see tools/build_letters.py), in bits: negative
binary logarithms of probabilities.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import orjson

from unspun import tables

_UNSEEN = 16.0  # bits of a letter that the language does not use
_PLAIN = 4.0  # an ASCII letter after another one
_BACK_OFF = 3.0  # bits for a pair that was not counted, beside those of its letter
_INSIDE_CAPITAL = 8.0  # a capital after a small letter
_CAPITAL = 2.0
_MARKS = {  # what stands beside letters in edited text
    **dict.fromkeys("’“”\xa0", 8.0),
    **dict.fromkeys("–—…«»„‘", 9.0),
    **dict.fromkeys("•·°§©®€£½¼¾²³№™‹›‚¿¡×±µ¥ªº´\xad", 11.5),
    **dict.fromkeys("、。，", 5.0),
    **dict.fromkeys("！？：；（）「」『』《》・ー", 8.0),
}
_WASTE = 24.0  # controls, private use, bytes that do not decode
_SYMBOL = 15.0
_KANA = 6.5
_COMMON_HAN = 10.5  # the 3,000 to 5,400 characters of a standard's first level
_RARE_HAN = 16.0
_SYLLABLE = 14.0
_MIXED = 22.0  # Latin and other letters in one word


@dataclass(frozen=True, slots=True)
class Letters:
    """The statistics of one language.

    Attributes:
        letters: Bits of a letter.
        pairs: Bits of a pair's second letter after its first.
    """

    letters: dict[str, float]
    pairs: dict[str, float]


@cache
def of(language: str) -> Letters:
    """The statistics of a language."""
    found = _all().get(language, {"letters": {}, "pairs": {}})  # Chinese: by level alone
    return Letters(
        {gram: bits / 10 for gram, bits in found["letters"].items()},
        {gram: bits / 10 for gram, bits in found["pairs"].items()},
    )


@cache
def _all() -> dict[str, dict[str, dict[str, int]]]:
    table: dict[str, dict[str, dict[str, int]]] = orjson.loads(tables.text("letters.json"))
    return table


def bits(text: str, languages: tuple[str, ...], common: frozenset[str] = frozenset()) -> float:
    """How surprising the characters beyond ASCII are in the likeliest of the languages.

    Args:
        text: Some text; plain ASCII in it counts for nothing.
        languages: Those to try.
        common: The ideographs that are in daily use, for languages that have them.

    Returns:
        Bits in all.
    """
    text = _VIETNAMESE.sub("ể", unicodedata.normalize("NFC", " " + text))
    pairs = Counter(pairwise(text))
    spots = {pair: count for pair, count in pairs.items() if max(pair) > "\x7f"}
    if len(languages) > _FEW:
        languages = tuple(sorted(languages, key=lambda name: _single(spots, of(name)))[:_FEW])
    return min(_in_full(spots, of(name), common) for name in languages)


_VIETNAMESE = re.compile("[\u1ea0-\u1eff]")  # langdetect counts them as one
_FEW = 3  # languages that are compared in full


def _single(spots: dict[tuple[str, str], int], model: Letters) -> float:
    get = model.letters.get
    return sum(count * get(char.lower(), _UNSEEN) for (_, char), count in spots.items())


def _in_full(spots: dict[tuple[str, str], int], model: Letters, common: frozenset[str]) -> float:
    return sum(
        count * _char(before, char, model, common) for (before, char), count in spots.items()
    )


def _char(before: str, char: str, model: Letters, common: frozenset[str]) -> float:
    if not char.isalpha():
        return _mark(char, before, model)
    if _mixed(before, char):
        return _MIXED
    low = char.lower()
    first = before.lower() if before.isalpha() else " "
    total = model.pairs.get(first + low)
    if total is None:
        single = _PLAIN if char < "\x80" else model.letters.get(low)
        total = (0.0 if model.letters and not model.pairs else _BACK_OFF) + (
            _strange(char, common) if single is None else single
        )
    if low != char:
        total += _INSIDE_CAPITAL if before.islower() else _CAPITAL
    return total


def _mixed(before: str, char: str) -> bool:
    """Whether a word changes from Latin letters to others or back."""
    if not before.isalpha() or before > "\u2e7f" or char > "\u2e7f":
        return False
    return (before < "\u0250" or "\u1e00" <= before < "\u1f00") != (
        char < "\u0250" or "\u1e00" <= char < "\u1f00"
    )


def _mark(char: str, before: str, model: Letters) -> float:
    if char < "\x80":
        return model.pairs.get(before.lower() + " ", 6.0)
    found = _MARKS.get(char)
    if found is not None:
        return found
    if char in model.letters:  # vowel signs and tone marks
        return model.pairs.get(before + char, _BACK_OFF + model.letters[char])
    category = unicodedata.category(char)
    return _WASTE if category[0] == "C" else _SYMBOL


def _strange(char: str, common: frozenset[str]) -> float:
    """A letter that the language's statistics do not have."""
    if "\u3040" <= char <= "\u30ff":
        return _KANA if common and "あ" in common else _UNSEEN
    if "\u3400" <= char <= "\u9fff":
        return (_COMMON_HAN if char in common else _RARE_HAN) - _BACK_OFF
    if "\uac00" <= char <= "\ud7a3":
        return _SYLLABLE - _BACK_OFF
    return _UNSEEN if char < "\ue000" else _WASTE


__all__ = ["Letters", "bits", "of"]
