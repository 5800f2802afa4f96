"""Tell the encoding of bytes that declare none.

Every encoding is tried; the one in which the characters beyond ASCII are least surprising, in a
language that is written in it, is the likeliest: one bit string, several probabilities.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from unspun.encodings import letters

_WESTERN = tuple("af ca cy da de en es et fi fr id is it nl no pt sq sv sw tl".split())  # noqa: SIM905
_CENTRAL = tuple("cs de hr hu pl ro sk sl sq".split())  # noqa: SIM905
_CYRILLIC = ("ru", "bg", "mk", "uk")
_LATIN = {*_WESTERN, *_CENTRAL, "tr", "lt", "lv", "vi"}
_LOOKED_AT = 3000
"""Bytes beyond ASCII, with their neighbours, that are scored."""

_WIDE_ENOUGH = 4
_BIT_LIMIT = 16.0  # bits a byte beyond ASCII; wrong encodings are above, right ones far below


@dataclass(frozen=True, slots=True)
class Candidate:
    """An encoding and who writes in it.

    Attributes:
        name: Python's name of the codec.
        languages: Languages written in it.
        price: Bits for being rare.
        first: Lead bytes of the characters in daily use, for encodings of ideographs.
    """

    name: str
    languages: tuple[str, ...]
    price: float = 0.0
    first: tuple[int, int] | None = None

    @property
    def latin(self) -> bool:
        """Whether its languages are written in Latin letters."""
        return self.languages[0] in _LATIN


CANDIDATES: tuple[Candidate, ...] = (
    Candidate("cp1252", _WESTERN),
    Candidate("cp1251", _CYRILLIC),
    Candidate("cp1250", _CENTRAL, 2),
    Candidate("cp1253", ("el",), 2),
    Candidate("cp1254", ("tr",), 2),
    Candidate("cp1255", ("he",), 2),
    Candidate("cp1256", ("ar", "fa", "ur"), 2),
    Candidate("cp1257", ("lt", "lv", "et"), 2),
    Candidate("cp1258", ("vi",), 2),
    Candidate("cp874", ("th",), 2),
    Candidate("shift_jis", ("ja",), 2, (0x88, 0x97)),
    Candidate("cp932", ("ja",), 3, (0x88, 0x97)),
    Candidate("euc_jp", ("ja",), 2, (0xB0, 0xCF)),
    Candidate("gb18030", ("zh",), 2, (0xB0, 0xD7)),
    Candidate("big5", ("zh",), 2, (0xA4, 0xC6)),
    Candidate("cp950", ("zh",), 3, (0xA4, 0xC6)),
    Candidate("cp949", ("ko",), 2),
    Candidate("koi8-r", ("ru", "bg"), 2),
    Candidate("koi8-u", ("uk",), 3),
    Candidate("cp866", ("ru", "bg", "uk"), 3),
    Candidate("iso8859-2", _CENTRAL, 3),
    Candidate("iso8859-5", _CYRILLIC, 4),
    Candidate("iso8859-7", ("el",), 4),
    Candidate("iso8859-15", _WESTERN, 2),
    Candidate("mac-roman", _WESTERN, 6),
    Candidate("mac-cyrillic", _CYRILLIC, 6),
    Candidate("cp850", _WESTERN, 6),
    Candidate("cp437", _WESTERN, 7),
    Candidate("cp852", _CENTRAL, 6),
)

ENCODINGS: tuple[str, ...] = ("utf-8", *(candidate.name for candidate in CANDIDATES))
"""All that can be found or may be declared; others may be declared as well."""


def ranked(sample: bytes) -> tuple[str, ...]:
    """Encodings that the bytes may be in, the likeliest first."""
    data = _spots(sample)
    high = sum(byte > 0x7F for byte in data)  # noqa: PLR2004
    foreign = _FOREIGN * len(_RUN.findall(data)) if _mostly_latin(data, high) else 0.0
    scored = sorted(
        (_bits(data, candidate) + (0.0 if candidate.latin else foreign), candidate.name)
        for candidate in CANDIDATES
    )
    return tuple(name for bits, name in scored if bits < _BIT_LIMIT * high + _PATIENCE)


_PATIENCE = 20.0  # bits that a short text may be above the limit
_FOREIGN = 9.0  # bits for a run of other letters in text of Latin letters
_RUN = re.compile(rb"[\x80-\xff]+")
_LINE = re.compile(rb"[^\n]*[\x80-\xff][^\n]*")


def _spots(sample: bytes) -> bytes:
    """Lines with bytes beyond ASCII, as many as are looked at."""
    lines: list[bytes] = []
    seen = 0
    for line in _LINE.finditer(sample):
        lines.append(line.group())
        seen += len(line.group())
        if seen > _LOOKED_AT:
            break
    return b"\n".join(lines)[: 2 * _LOOKED_AT]


def _mostly_latin(data: bytes, high: int) -> bool:
    return sum(map(data.count, b"aeinorst")) > high


def _bits(data: bytes, candidate: Candidate) -> float:
    text = data.decode(candidate.name, "surrogateescape")
    return candidate.price + letters.bits(text, candidate.languages, _common(candidate))


def daily(encoding: str) -> frozenset[str]:
    """The ideographs of an encoding that are in daily use; none for other encodings."""
    return _common(next(candidate for candidate in CANDIDATES if candidate.name == encoding))


@cache
def _common(candidate: Candidate) -> frozenset[str]:
    """The ideographs of an encoding that are in daily use: its standard's first level."""
    if candidate.first is None:
        return frozenset()
    low, high = candidate.first
    trails = [*range(0x40, 0x7F), *range(0x80, 0xFD)]
    if candidate.name in ("gb18030", "euc_jp"):
        trails = [*range(0xA1, 0xFF)]
    pairs = (bytes([lead, trail]) for lead in range(low, high + 1) for trail in trails)
    chars = "".join(pair.decode(candidate.name, "ignore") for pair in pairs)
    return frozenset(chars) | (frozenset("あ") if "ja" in candidate.languages else frozenset())


def wide(sample: bytes) -> str | None:
    """UTF-16 or UTF-32 without a byte order mark, if the bytes are that."""
    even = sample[: len(sample) & ~3]
    if len(even) < _WIDE_ENOUGH:
        return None
    rows = [even[at::4].count(0) * 4 / len(even) for at in range(4)]
    if min(rows[2:]) > _ALWAYS and rows[0] < _HARDLY:
        return "utf-32-le"
    if min(rows[:2]) > _ALWAYS and rows[3] < _HARDLY:
        return "utf-32-be"
    low, high = (rows[0] + rows[2]) / 2, (rows[1] + rows[3]) / 2
    if high > _OFTEN and high > _AGAINST * low:
        return "utf-16-le"
    if low > _OFTEN and low > _AGAINST * high:
        return "utf-16-be"
    return _wide_ideographs(even)


def _wide_ideographs(data: bytes) -> str | None:
    """UTF-16 of a script whose characters have no zero byte."""
    for name in ("utf-16-le", "utf-16-be"):
        text = data.decode(name, "replace")
        known = sum(char in _wide_text() for char in text)
        if known > _ALWAYS * len(text):
            return name
    return None


@cache
def _wide_text() -> frozenset[str]:
    """Ideographs in daily use, kana, and what stands between them."""
    kana = map(chr, range(0x3000, 0x3100))
    width = map(chr, range(0xFF01, 0xFF5F))
    return frozenset().union(*map(_common, CANDIDATES), kana, width, " \n\r“”‘’—…·")


_ALWAYS, _HARDLY, _OFTEN, _AGAINST = 0.95, 0.1, 0.2, 8
