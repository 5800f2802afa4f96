"""How likely text is in a language, by its letters beyond ASCII and their neighbours.

The statistics are those of langdetect's profiles (see tools/build_letters.py), in bits: negative
binary logarithms of probabilities.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from unspun import kernels, tables

_UNSEEN = 16.0  # bits of a letter that the language does not use
_PLAIN = 4.0  # an ASCII letter after another one
_BACK_OFF = 3.0  # bits for a pair that was not counted, beside those of its letter
_INSIDE_CAPITAL = 8.0  # a capital after a small letter
_CAPITAL = 2.0
_MARKS = {  # what stands beside letters in edited text
    **dict.fromkeys("’“”\xa0", 8.0),
    **dict.fromkeys("–—…«»„‘‐", 9.0),
    **dict.fromkeys("•·°§©®€£½¼¾²³№™‹›‚¿¡×±µ¥ªº´\xad", 11.5),
    **dict.fromkeys("、。，", 5.0),
    **dict.fromkeys("！？：；（）「」『』《》・ー", 8.0),
}
_FAMILIAR = 6.0  # a letter of a script without statistics, after another one of it
_WASTE = 24.0  # controls, private use, bytes that do not decode
_SYMBOL = 15.0
_INSIDE_SYMBOL = 20.0  # right behind a letter
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
def languages() -> tuple[str, ...]:
    """All languages with statistics."""
    return tuple(sorted(_all()))


@cache
def of_any() -> Letters:
    """Each letter and pair as in the language that has it most."""
    anywhere = Letters({}, {})
    for language in _all():
        model = of(language)
        for into, table in ((anywhere.letters, model.letters), (anywhere.pairs, model.pairs)):
            for gram, cost in table.items():
                into[gram] = min(cost, into.get(gram, cost))
    return anywhere


@cache
def _all() -> dict[str, dict[str, dict[str, int]]]:
    table: dict[str, dict[str, dict[str, int]]] = orjson.loads(tables.text("letters.json"))
    return table


def bits(text: str, among: tuple[str, ...], common: frozenset[str] = frozenset()) -> float:
    """How surprising the characters beyond ASCII are in the likeliest of the languages.

    Args:
        text: Some text; plain ASCII in it counts for nothing.
        among: The languages to try.
        common: The ideographs that are in daily use, for languages that have them.

    Returns:
        Bits in all.
    """
    text = unicodedata.normalize("NFC", " " + text)
    if len(among) > _FEW:
        among = _likely(text, among)
    return min(_tenths(text, name, common) for name in among) / 10


def _likely(text: str, among: tuple[str, ...]) -> tuple[str, ...]:
    """The languages whose letters fit best, each letter for itself."""
    found = Counter(_SPOT.findall(text))
    if not found:
        return among[:_FEW]
    counts = np.fromiter(found.values(), np.int64, len(found))
    totals = counts @ np.array([_singles(_counted(char), among) for char in found])
    return tuple(among[k] for k in np.argsort(totals, kind="stable")[:_FEW])


def _tenths(text: str, name: str, common: frozenset[str]) -> int:
    """Tenths of bits in one language."""
    compiled = _costs_in(name, common)
    return tenths_plain(text, name, common) if compiled is None else compiled.total(text)


def tenths_plain(text: str, name: str, common: frozenset[str] = frozenset()) -> int:
    """The same without the compiled kernel."""
    return sum(
        count * _pair_tenths_in(before, char, name, common)
        for (before, char), count in Counter(pairwise(" " + text)).items()
    )


@lru_cache(maxsize=1 << 16)
def _pair_tenths_in(before: str, char: str, name: str, common: frozenset[str]) -> int:
    if char < "\x80" and before < "\x80":
        return 0
    return _asked(before, char, of(name), common)


@cache
def _costs_in(name: str, common: frozenset[str]) -> Any:  # noqa: ANN401 - of the kernel
    model = of(name)
    return _costs_of(lambda before, char: _asked(before, char, model, common))


def least_bits(text: str) -> float:
    """How surprising the characters beyond ASCII are in any language: quick and generous."""
    compiled = _costs()
    return (least_tenths_plain(text) if compiled is None else compiled.total(text)) / 10


def least_tenths_plain(text: str) -> int:
    """The same in tenths of bits, without the compiled kernel."""
    return sum(map(_pair_tenths, " " + text, text))


@lru_cache(maxsize=1 << 16)
def _pair_tenths(before: str, char: str) -> int:
    if char < "\x80" and before < "\x80":
        return 0
    return _asked(before, char, of_any(), _NONE)


@cache
def _costs() -> Any:  # noqa: ANN401 - of the kernel
    model = of_any()
    return _costs_of(lambda before, char: _asked(before, char, model, _NONE))


def _asked(before: str, char: str, model: Letters, common: frozenset[str]) -> int:
    """What the kernel asks for once for each two characters, and remembers itself."""
    return round(10 * _char(_counted(before), _counted(char), model, common))


def _costs_of(ask: Callable[[str, str], int]) -> Any:  # noqa: ANN401 - of the kernel
    kernel = kernels.load("unspun.encodings._letters", revision=2)
    return None if kernel is None else kernel.Costs(ask)


def _counted(char: str) -> str:
    """The letter as which langdetect's profiles count a character."""
    return _COUNTED.get(char, char)


_NONE: frozenset[str] = frozenset()
_COUNTED = {
    **dict(zip("șțȘȚ", "şţŞŢ", strict=True)),  # langdetect has the letters with cedilla
    **dict.fromkeys(map(chr, range(0x1EA0, 0x1F00)), "ể"),  # Vietnamese; it counts them as one
}
_FEW = 3  # languages that are compared in full
_SPOT = re.compile("[^\x00-\x7f]|(?<=[^\x00-\x7f])[\x00-\x7f]")  # what is not plain ASCII


@lru_cache(maxsize=1 << 14)
def _singles(char: str, among: tuple[str, ...]) -> NDArray[np.int64]:
    """Tenths of bits of a letter in each language."""
    low = char.lower()
    return np.array([round(10 * of(name).letters.get(low, _UNSEEN)) for name in among], np.int64)


def _char(before: str, char: str, model: Letters, common: frozenset[str]) -> float:
    if _mixed(before, char):
        return _MIXED
    if not char.isalpha():
        return _mark(char, before, model)
    low = char.lower()
    first = before.lower() if before.isalpha() else " "
    total = model.pairs.get(first + low)
    if total is None:
        single = _PLAIN if char < "\x80" else model.letters.get(low)
        total = 0.0 if model.letters and not model.pairs else _BACK_OFF
        total += _strange(before, char, common) if single is None else single
    if low != char:
        total += _INSIDE_CAPITAL if before.islower() else _CAPITAL
    return total


def _mixed(before: str, char: str) -> bool:
    """Whether a word changes from one script to another."""
    one, other = _script(before), _script(char)
    return one != other and bool(one and other)


@lru_cache(maxsize=1 << 16)
def _script(char: str) -> int:
    """A number that tells scripts apart roughly; 0 for what stands beside any script."""
    code = ord(char)
    if code < _LATIN_END or _LATIN_MORE <= code < _LATIN_MORE_END:
        return 1 if char.isalpha() else 0
    if unicodedata.category(char)[0] not in "LMN" or code in _DIACRITICS:
        return 0
    return 2 + bisect_right(_STARTS, code)


_LATIN_END, _LATIN_MORE, _LATIN_MORE_END = 0x250, 0x1E00, 0x1F00
_DIACRITICS = range(0x2B0, 0x370)
_STARTS = (  # of scripts: Greek, Cyrillic, Armenian, Hebrew, Arabic, Syriac, ... ideographs
    *(0x370, 0x400, 0x530, 0x590, 0x600, 0x700, 0x780, 0x7C0, 0x800),
    *range(0x900, 0x1000, 0x80),
    *(0x1000, 0x10A0, 0x1100, 0x1200, 0x13A0, 0x1400, 0x1680, 0x1780, 0x1800, 0x1900),
    *(0x1F00, 0x2000, 0x2E80, 0xA000, 0xAC00, 0xD800),
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
    if category[0] == "M" and (ord(char) in _DIACRITICS or _script(before) == _script(char)):
        return _FAMILIAR
    if category[0] == "C":
        return _WASTE
    return _INSIDE_SYMBOL if before.isalpha() else _SYMBOL


def _strange(before: str, char: str, common: frozenset[str]) -> float:
    """A letter that the language's statistics do not have."""
    if "\u3040" <= char <= "\u30ff":
        return _KANA if common and "あ" in common else _UNSEEN
    if "\u3400" <= char <= "\u9fff":
        return (_COMMON_HAN if char in common or not common else _RARE_HAN) - _BACK_OFF
    if "\uac00" <= char <= "\ud7a3":
        return _SYLLABLE - _BACK_OFF
    if char >= "\ue000":
        return _WASTE
    return _FAMILIAR if char > "\u052f" and _script(before) == _script(char) else _UNSEEN
