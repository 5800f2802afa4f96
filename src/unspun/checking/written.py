"""Dates, times and mixed numbers in digits, which most languages write alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from unspun.checking.quantities import Kind, Quantity, twelve_hours

_ISO_DATE = re.compile(r"(?<![\d.])(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?![\d.])")
_CLOCK = re.compile(
    r"(?<![\d:])(\d{1,2})(?::\s?|\s:\s)([0-5]\d)(?:\s?:\s?([0-5]\d))?(?![\d:])(?P<pm>\s*[Pp]\.?[Mm])?"
)
_CLOCK_APART = re.compile(  # 3.30 p.m., 15.30 Uhr, 18h30
    r"(?<![\d.:])(\d{1,2})(?:\.([0-5]\d)\s?(?:(?P<half>[ap])\.?\s?m\b|Uhr\b)|\s?h\s?([0-5]\d)\b)",
    re.IGNORECASE,
)
_DOTTED = re.compile(r"(?<![\d.])(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})(?![\d.])")
_MIXED = re.compile(r"(?<![\d.,/])(\d{1,3})(?:\s(\d)/(\d)(?![\d/])|\s?([½¼¾⅓⅔⅛]))")
_VULGAR = {"½": (1, 2), "¼": (1, 4), "¾": (3, 4), "⅓": (1, 3), "⅔": (2, 3), "⅛": (1, 8)}
_ROMAN = re.compile(
    r"(?<![A-Za-z])([IVXL]{1,6})(?=(?:er|e)?\s(?:siècle|secolo|siglo|век)|[章节卷篇届世]|\.\s?Jahrhundert)"
)
_ROMAN_SIGN = re.compile("[Ⅰ-Ⅻ]")
_SLASHED = re.compile(r"(?<![\d/.])(\d{1,2})/(\d{1,2})(?:/(\d{2,4}))?(?![\d/])")
_DATES: tuple[tuple[re.Pattern[str], tuple[tuple[int, Kind], ...]], ...] = (
    (_ISO_DATE, ((1, "year"), (3, "month"), (4, "day"))),
    (_DOTTED, ((1, "day"), (2, "month"), (3, "year"))),
)


def in_digits(text: str) -> Iterator[Quantity]:
    """The dates, times and mixed numbers of a text whose digits are half width.

    >>> [(q.kind, int(q.values[0])) for q in in_digits("07.03.2021, 18h30")]
    [('day', 7), ('month', 3), ('year', 2021), ('time', 18)]
    """
    yield from _mixed(text)
    if not _DATE_SIGNS.search(text):
        return
    for pattern, groups in _DATES:
        for match in pattern.finditer(text):
            for group, kind in groups:
                yield Quantity(*match.span(group), kind, (Fraction(int(match[group])),))
    for match in _CLOCK_APART.finditer(text):
        yield _time(match, match[2] or match[4], afternoon=(match["half"] or "").lower() == "p")
    for match in _CLOCK.finditer(text):
        yield _time(match, match[2], afternoon=bool(match["pm"]))
    for match in _SLASHED.finditer(text):
        yield from _slashed(match)


def _time(match: re.Match[str], minutes: str, *, afternoon: bool) -> Quantity:
    hours = Fraction(int(match[1])) + Fraction(int(minutes), 60)
    if afternoon and hours < 12:  # noqa: PLR2004
        hours += 12
    return Quantity(*match.span(), "time", twelve_hours(hours))


def _slashed(match: re.Match[str]) -> Iterator[Quantity]:
    """Day and month in either order, or a fraction."""
    first, second = Fraction(int(match[1])), Fraction(int(match[2]))
    share = (first / second,) if second else ()
    firm = bool(match[3])
    yield Quantity(*match.span(1), "number", (first, *share), firm)
    yield Quantity(*match.span(2), "number", (second, *share), firm)
    if match[3]:
        year = Fraction(int(match[3]))
        yield Quantity(*match.span(3), "year", (year, year + 2000, year + 1900))


_DATE_SIGNS = re.compile(r"[-/:.]|\dh|\d h")


def _mixed(text: str) -> Iterator[Quantity]:
    """Whole numbers with a fraction, 2 1/2, and Roman numerals that count: XXe siècle."""
    for match in _MIXED.finditer(text):
        top, bottom = _VULGAR[match[4]] if match[4] else (int(match[2]), int(match[3]))
        if bottom > top:
            value = int(match[1]) + Fraction(top, bottom)
            yield Quantity(*match.span(), "number", (value,))
    for match in _ROMAN_SIGN.finditer(text):
        value = Fraction(ord(match[0]) - ord("Ⅰ") + 1)
        yield Quantity(*match.span(), "ordinal", (value,), firm=False)
    for match in _ROMAN.finditer(text):
        value = Fraction(_roman(match[1]))
        yield Quantity(*match.span(1), "ordinal", (value, (value - 1) * 100), firm=False)


def _roman(text: str) -> int:
    """The value of a Roman numeral.

    >>> _roman("XIX")
    19
    """
    worth = {"I": 1, "V": 5, "X": 10, "L": 50}
    values = [worth[c] for c in text]
    return sum(-v if v < max(values[k:]) else v for k, v in enumerate(values))
