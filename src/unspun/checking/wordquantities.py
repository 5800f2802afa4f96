"""The quantities of a text in an alphabet: digits by the language's convention, number words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from unspun.checking.numberwords import Words, words
from unspun.checking.quantities import CURRENCIES, Kind, Quantity, literal, twelve_hours

_TOKEN = re.compile(
    r"""
      (?P<number> \d{1,3}(?:[\ \u00a0\u202f\u2009'’]\d{3}(?!\d))+(?:[.,]\d+)?
                | \d+(?:[.,]\d+)* )
      (?P<tail> [^\W\d_]{1,8} (?![^\W_]) | %)?
    | (?P<word> [^\W\d_]+(?:[-‑][^\W\d_]+(?=[-‑\ ](?:dix|sept|huit|neuf)\b))? )
    """,
    re.VERBOSE,
)
_JOINS = frozenset({" ", "-", "‑", "\u00a0", ""})
_AND = frozenset({"and", "und", "et", "y", "e", "en"})
_ORDINAL_TAILS = frozenset({"st", "nd", "rd", "th", "er", "re", "e", "ème", "º", "ª", "te", "ten"})
_UNIT_TAILS = frozenset(
    [
        "km",
        "m",
        "cm",
        "mm",
        "kg",
        "g",
        "mg",
        "t",
        "l",
        "ml",
        "kw",
        "mw",
        "gw",
        "kwh",
        "mhz",
        "ghz",
        "hz",
        "gb",
        "mb",
        "tb",
        "kb",
        "px",
        "p",
        "pm",
        "am",
        "h",
        "s",
        "min",
        "mph",
        "kmh",
        "mya",
        "ha",
        "sq",
        "ft",
        "lb",
        "lbs",
        "oz",
        "x",
        "pp",
        "pct",
        "c",
        "f",
    ]
)
_NOT_SCALE_WHEN_APART = frozenset({"k", "m", "b", "t", "p"})
_PERCENT = re.compile(
    r"\s?%|[\s-](?:per\s?cent|percentage\s+points?|pct|Prozent|pour\s?cent|por\s?ciento|por\s?cento"
    r"|per\s?cento|procent|процент\w*)\b",
    re.IGNORECASE,
)
_CLOCK_AFTER = re.compile(
    r"\s?(?P<half>[ap])\.?\s?m\b|\s?o[’']clock|\s?Uhr\b|\s?h\b", re.IGNORECASE
)
_MONTH_BEFORE = re.compile(
    r"(?:\d(?:st|nd|rd|th)?[.,]?|\b(?:in|of|since|by|until|till|last|this|next|early|late|mid|from|to"
    r"|between|and|before|after|during|for|through|or|on|every|each))[\s-]+$",
    re.IGNORECASE,
)
_MONTH_AFTER = re.compile(r"\.?,?\s*\d")
_DIGIT_BEFORE = re.compile(r"\d(?:st|nd|rd|th)?[.,]?[\s-]+$")
_SHORT = 3  # letters of a month's abbreviation
_FULL = frozenset({"may", "mai", "mei", "мая", "май"})
_AMBIGUOUS = frozenset({"may", "march", "mar", "jan", "jun", "sep", "dec", "mai", "mars", "marzo"})
_LOOSE = {
    "both": (2,), "couple": (2,), "pair": (2,), "double": (2,), "doubled": (2,), "twice": (2,),
    "twin": (2,), "twins": (2,), "duo": (2,), "two": (2,), "second": (2,), "secondly": (2,),
    "trio": (3,), "triple": (3,), "tripled": (3,), "thrice": (3,), "threefold": (3,),
    "triplets": (3,), "trilateral": (3,), "tertiary": (3,), "quadruple": (4,), "fourfold": (4,),
    "fivefold": (5,), "tenfold": (10,), "dozen": (12, 10), "dozens": (12, 10, 20),
    "decade": (10,), "decades": (10, 20, 30), "century": (100,), "centuries": (100,),
    "centenary": (100,), "centennial": (100,), "teenage": (13, 19), "fortnight": (14, 2),
    "half": (Fraction(1, 2), 50, Fraction(3, 2), 30, 90, 6, 18), "halved": (Fraction(1, 2), 50),
    "quarter": (Fraction(1, 4), 25, 15, 4, 3), "quarters": (Fraction(3, 4), 75, Fraction(1, 4)),
    "quarterly": (3, 4), "once": (1,), "single": (1,), "tens": (10,), "hundreds": (100,),
    "thousands": (1000, 10_000), "millions": (10**6,), "billions": (10**9, 10**8), "noon": (12, 0),
    "midnight": (12, 24, 0), "biweekly": (2,), "pentagon": (5,), "primary": (1,),
    "million": (10**6,), "billion": (10**9,), "thousand": (1000,), "hundred": (100,),
    "trillion": (10**12,), "myriad": (10_000,), "triennial": (3,), "quartet": (4,),
    "year-old": (1,), "nil": (0,), "none": (0,), "no": (0,), "tripling": (3,), "doubling": (2,),
    "four-star": (4,), "yearly": (1,), "semi": (Fraction(1, 2),), "tens-of-thousands": (10_000,),
}  # fmt: skip
_LEAST_FIRM = 3  # "one" and "two" are articles and pronouns as often as numbers


class _Token(NamedTuple):
    """A word or number; `value` is None for words."""

    start: int
    end: int
    word: str
    values: tuple[Fraction, ...] = ()


class _Phrase(NamedTuple):
    """A number that begins at a token: what it means and where it ends."""

    stop: int
    value: Fraction
    kind: Kind = "number"
    scaled: bool = False
    other: tuple[Fraction, ...] = ()


def read(text: str, language: str) -> Iterator[Quantity]:
    """The quantities of a text whose digits are half width.

    >>> [(q.kind, int(q.values[0])) for q in read("On March 5, 2021 it made 1.05 billion.", "en")]
    [('month', 3), ('number', 5), ('year', 2021), ('number', 1050000000)]
    """
    table = words(language)
    tokens = list(_tokens(text, table))
    place = 0
    while place < len(tokens):
        token = tokens[place]
        dated = _named(text, token, table)
        if dated is not None:
            yield dated
            place += 1
            continue
        phrase = _Reading(text, tokens, place, table).phrase()
        if phrase is None:
            if token.word in _LOOSE:
                values = tuple(map(Fraction, _LOOSE[token.word]))
                yield Quantity(token.start, token.end, "number", values, firm=False)
            place += 1
            continue
        yield _quantity(text, tokens[place : phrase.stop], phrase, table)
        place = phrase.stop


def _tokens(text: str, table: Words) -> Iterator[_Token]:
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        if match["word"]:
            yield _Token(start, end, match["word"].lower())
            continue
        number = match["number"]
        values = _values(number, table.decimal)
        stop = start + len(number)
        yield _Token(start, stop, "", values)
        tail = (match["tail"] or "").lower()
        if tail and tail != "%":
            yield _Token(stop, end, tail)


def _values(number: str, decimal: str) -> tuple[Fraction, ...]:
    try:
        return literal(number, decimal)
    except ValueError:  # 1.2.3,4: a version, an address
        return (Fraction(re.sub(r"\D", "", number)),)


def _named(text: str, token: _Token, table: Words) -> Quantity | None:
    """A month or a weekday."""
    word = token.word
    written = text[token.start : token.start + 1]
    day = table.weekdays.get(word)
    if day is not None and (written.isupper() or not word.isascii() or word[-1:] != "y"):
        return Quantity(token.start, token.end, "weekday", (Fraction(day),))
    month = table.months.get(word)
    if month is None:
        return None
    near = _MONTH_BEFORE.search(text[max(0, token.start - 12) : token.start]) or (
        _MONTH_AFTER.match(text, token.end)
    )
    digit = _DIGIT_BEFORE.search(text[max(0, token.start - 6) : token.start])
    if (
        len(word) <= _SHORT
        and word not in _FULL
        and not (digit or _MONTH_AFTER.match(text, token.end))
    ):
        return None  # Mar City, Jan Smith
    if word in _AMBIGUOUS and not (near and (written.isupper() or word == "mars")):
        return None
    if table.months.get("march") and not written.isupper():  # English months are capitalised
        return None
    return Quantity(token.start, token.end, "month", (Fraction(month),), firm=bool(near))


class _Reading:
    """A number phrase as it is read, token by token."""

    def __init__(self, text: str, tokens: Sequence[_Token], place: int, table: Words) -> None:
        self.text = text
        self.tokens = tokens
        self.place = place
        self.table = table
        self.total = Fraction(0)
        self.section: Fraction | None = None
        self.scaled = False

    def phrase(self) -> _Phrase | None:
        """The number that begins here; None where none does."""
        stop = self.place
        while stop < len(self.tokens) and self._joined(stop):
            token = self.tokens[stop]
            if token.word in _AND and self.scaled and self._small(stop + 1) is not None:
                stop += 1
                continue
            last = self._last(stop)
            if last is not None:
                return last
            if not self._take(token, stop):
                break
            stop += 1
        if stop == self.place:
            return None
        other = self.tokens[self.place].values[1:] if not self.scaled else ()
        return _Phrase(stop, self.total + (self.section or 0), scaled=self.scaled, other=other)

    def _joined(self, stop: int) -> bool:
        """Whether a token goes on where the one before it ended."""
        if stop == self.place:
            return True
        return self.text[self.tokens[stop - 1].end : self.tokens[stop].start] in _JOINS

    def _small(self, stop: int) -> int | None:
        if stop >= len(self.tokens):
            return None
        word = self.tokens[stop].word
        return self.table.units.get(word, self.table.tens.get(word))

    def _take(self, token: _Token, stop: int) -> bool:
        """Add a token to the number, if it can be part of it."""
        if token.values and stop > self.place:
            return False
        if token.values:
            self.section = token.values[0]
            return True
        if token.word in self.table.scales and not _apart(self.text, token):
            return self._scale(self.table.scales[token.word])
        small = self._small(stop)
        if small is not None and _fits(self.section, small):
            self.section = (self.section or Fraction(0)) + small
            return True
        return False

    def _scale(self, scale: int) -> bool:
        if self.section is None and self.total == 0:
            return False  # "hundreds of": nobody says how many
        if scale == 100:  # noqa: PLR2004
            self.section = (self.section or Fraction(1)) * 100
        else:
            self.total += (self.section if self.section is not None else Fraction(1)) * scale
            self.section = None
        self.scaled = True
        return True

    def _last(self, stop: int) -> _Phrase | None:
        """The phrase, where this token ends it: an ordinal, the part of a fraction."""
        word = self.tokens[stop].word
        if self.tokens[self.place].values and not self.total:
            part = None
        else:
            part = _PARTS.get(word.removesuffix("s"))
        if part and self.section and stop > self.place and self.section < _TEN:
            share = self.section / part
            return _Phrase(stop + 1, share, "fraction", other=(share * 100, self.section))
        last = self.table.ordinals.get(word)
        if last is None or self.tokens[self.place].values or not _fits(self.section, last):
            return None
        value = self.total + (self.section or 0) + last
        alone = stop == self.place and last > 1
        other = (Fraction(1, last), Fraction(100, last)) if alone else ()
        return _Phrase(stop + 1, value, "ordinal", other=other)


_TEN = 10
_PARTS = {"third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "tenth": 10}


def _fits(section: Fraction | None, small: int) -> bool:
    """Whether a small number can follow: `five` after `twenty`, `six` after `hundred`."""
    if section is None:
        return True
    if section.denominator != 1:
        return False
    if small < 10:  # noqa: PLR2004
        return section % 10 == 0 and section % 100 != 10 and section > 0  # noqa: PLR2004
    if 10 <= small < 20 and section % 100 in (60, 80):  # noqa: PLR2004 - quatre-vingt-dix
        return True
    return section % 100 == 0 and section > 0


def _apart(text: str, token: _Token) -> bool:
    """Whether a letter such as `m` stands alone, where it is no million."""
    return token.word in _NOT_SCALE_WHEN_APART and text[token.start - 1 : token.start].isspace()


def _quantity(text: str, tokens: Sequence[_Token], phrase: _Phrase, table: Words) -> Quantity:
    start, end = tokens[0].start, tokens[-1].end
    values: tuple[Fraction, ...] = (phrase.value, *phrase.other)
    digits = bool(tokens[0].values)
    kind = phrase.kind
    firm = (digits and phrase.value != 0 and not _in_code(text, start, end)) or (
        not digits and kind != "ordinal" and phrase.value >= _LEAST_FIRM
    )
    percent = _PERCENT.match(text, end)
    clock = None if phrase.scaled else _CLOCK_AFTER.match(text, end)
    if percent:
        return Quantity(start, percent.end(), "percent", values, firm)
    if digits and phrase.value.denominator == 1 and not phrase.scaled:
        dated = _digital(text, start, end, values, clock)
        if dated is not None:
            return dated
    if kind == "ordinal":
        firm = phrase.value > _LEAST_FIRM
    if kind == "fraction":
        firm = False
    return Quantity(start, end, kind, values, firm, _money(text, start, end, table), phrase.scaled)


def _digital(
    text: str, start: int, end: int, values: tuple[Fraction, ...], clock: re.Match[str] | None
) -> Quantity | None:
    """Ordinals, years, decades and hours in digits."""
    value = values[0]
    tail = re.match(r"[^\W\d_]{1,3}", text[end : end + 4])
    tail_word = tail[0].lower() if tail else ""
    if clock and value <= 24:  # noqa: PLR2004
        half = (clock["half"] or "").lower()
        hours = value + 12 if half == "p" and value < 12 else value  # noqa: PLR2004
        return Quantity(start, clock.end(), "time", (*twelve_hours(hours), value))
    if tail_word in _ORDINAL_TAILS:
        return Quantity(start, end + len(tail_word), "ordinal", values)
    if tail_word == "s" or text[end : end + 2] in {"'s", "’s"}:
        near = (value % 100, value) if value >= 100 else (value + 1900, value + 2000)  # noqa: PLR2004
        return Quantity(start, end, "number", (value, *near))
    if 1000 <= value <= 2999 and end - start == 4 and not _is_money(text, start):  # noqa: PLR2004
        return Quantity(start, end, "year", values, not _in_code(text, start, end))
    return None


def _in_code(text: str, start: int, end: int) -> bool:
    """Whether digits are part of a name such as A330, COVID-19 or 5G."""
    before = text[max(0, start - 2) : start]
    if before[-1:].isalpha() or (before[-1:] in {"-", "‑", "–"} and before[:1].isalpha()):
        return True
    tail = _TAIL.match(text, end)
    word = tail[0].lower() if tail else ""
    return bool(word) and word not in _UNIT_TAILS and word not in _ORDINAL_TAILS and word != "s"


_TAIL = re.compile(r"[^\W\d_]+")


def _is_money(text: str, start: int) -> bool:
    return text[max(0, start - 1) : start] in {"$", "€", "£", "¥", "￥"}


_MONEY_AFTER = re.compile(
    r"[\s-]*(?:(?:us|u\.s\.|american)[\s-]+(dollars?)|([^\W\d_]+))", re.IGNORECASE
)
_MONEY_BEFORE = re.compile(r"(US\$|HK\$|NT\$|[$€£¥￥₽₹₩]|RMB|CNY|USD|EUR|GBP)\s?$", re.IGNORECASE)


def _money(text: str, start: int, end: int, _table: Words) -> frozenset[str]:
    before = _MONEY_BEFORE.search(text[max(0, start - 5) : start])
    if before:
        return CURRENCIES.get(before[1].lower(), frozenset())
    after = _MONEY_AFTER.match(text, end)
    if after is None:
        return frozenset()
    return CURRENCIES["usd"] if after[1] else CURRENCIES.get(after[2].lower(), frozenset())
