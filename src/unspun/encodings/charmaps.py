"""What UTF-8 looks like when a single-byte code page reads it.

A *sequence* is a run of characters whose bytes in the code page are one well-formed UTF-8 character
(RFC 3629). Code pages are taken sloppily, as browsers do (WHATWG Encoding): a byte without a
character of its own is the C1 control of the same number.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from unspun.kernels.windows import BEYOND, WORD, Window, escaped, scanner, spread

SEQUENCE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]"
    rb"|\xe0[\xa0-\xbf][\x80-\xbf]"
    rb"|[\xe1-\xec\xee\xef][\x80-\xbf]{2}"
    rb"|\xed[\x80-\x9f][\x80-\xbf]"
    rb"|\xf0[\x90-\xbf][\x80-\xbf]{2}"
    rb"|[\xf1-\xf3][\x80-\xbf]{3}"
    rb"|\xf4[\x80-\x8f][\x80-\xbf]{2}"
    rb"|\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]"  # CESU-8
)
"""A sequence, in the bytes that a code page has for the characters."""


@dataclass(frozen=True, slots=True)
class CodePage:
    """A single-byte code page.

    Attributes:
        name: Python's name of the codec.
        table: Its 256 characters.
        characters: Those beyond ASCII.
        leads: Those that start a sequence.
        behind: Those that follow in one.
        price: Bits for being rarely the cause of damage.
    """

    name: str
    table: str
    characters: frozenset[str]
    leads: frozenset[str]
    behind: frozenset[str]
    price: float
    _encoder: Any  # the C table behind Python's own code pages

    def as_bytes(self, text: str) -> bytes:
        """One byte for each character; ``?`` for those that the code page does not have."""
        return codecs.charmap_encode(text, "replace", self._encoder)[0]


def _page(name: str, price: float = 0.0) -> CodePage:
    table = "".join(
        bytes([byte]).decode(name, "replace").replace("\ufffd", chr(byte)) for byte in range(0x100)
    )
    return CodePage(
        name,
        table,
        frozenset(table[0x80:]),
        frozenset(table[0xC2:0xF5]),
        frozenset(table[0x80:0xC0]),
        price,
        codecs.charmap_build(table),
    )


_COMMON = (  # those that ftfy repairs, in its order
    "latin-1",
    "cp1252",
    "cp1251",
    "cp1250",
    "cp1253",
    "cp1254",
    "cp1257",
    "iso8859-2",
    "mac-roman",
    "cp437",
)
_RARE = (
    "cp850",
    "cp852",
    "iso8859-15",
    "iso8859-9",
    "iso8859-7",
    "cp1255",
    "cp1256",
    "cp1258",
    "koi8-r",
    "koi8-u",
    "cp866",
    "iso8859-5",
    "mac-latin2",
    "mac-cyrillic",
    "mac-turkish",
    "cp874",
)
PAGES: tuple[CodePage, ...] = (
    *(_page(name) for name in _COMMON),
    *(_page(name, price=8.0) for name in _RARE),
)
"""Where several read a sequence the same way it does not matter which is named."""


def _pages_by(characters: Callable[[CodePage], Iterable[str]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for number, page in enumerate(PAGES):
        for char in characters(page):
            found[char] = found.get(char, 0) | 1 << number
    return found


LEADS = _pages_by(lambda page: page.leads)
"""For each character the code pages (one bit each, in order) in which it starts a sequence."""

PAIRS = _pages_by(lambda page: page.table[0xC2:0xE0])
"""The same, where the sequence has two characters."""

LONGER = _pages_by(lambda page: page.table[0xE0:0xF5])
"""The same, where it has more."""

BEHIND = _pages_by(lambda page: page.behind)
"""The same, where it follows in a sequence."""

CHARACTERS = _pages_by(lambda page: page.characters)
"""The same, where the code page has it beyond ASCII."""


def pages_of(bits: int) -> Iterator[CodePage]:
    """The code pages of such bits."""
    return (page for number, page in enumerate(PAGES) if bits >> number & 1)


_BOX = frozenset("─│┌┐└┘├┤┬┴┼═║╒╓╔╕╖╗╘╙╚╛╜╝╞╟╠╡╢╣╤╥╦╧╨╩╪╫╬▀▄█▌▐░▒▓■∙√≈≤≥⌠⌡")
_LETTERS = frozenset("ёЁіїєґІЇЄҐ")
_LIKELY = _LETTERS | frozenset("،؛؟’‘“”„«»–—…\xa0\u200c\u200d\u200e\u200f")
"""Characters that follow the letters of a code page in right text as well."""

_OWN_LETTERS = {  # code pages of other scripts, whose letters follow each other as sequences do
    "cp1251": ("ВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ", "абвгдежзийклмноп"),
    "iso8859-5": ("аб", ""),
    "mac-cyrillic": ("–—√¬", "вг"),
    "koi8-u": ("ц", ""),
    "koi8-r": ("", ""),  # box drawing behind a letter finds these two
    "cp866": ("├┬─┼╨╤", ""),
    "cp874": ("", ""),
}


_CYRILLIC = frozenset(spread("А-я"))
_ALWAYS = spread("\x80-\x9f") + "\ufffd"
SPOT = "spot"
"""The sign of a place where a sequence of some code page may be."""


def _by_page() -> Iterator[tuple[str, str, frozenset[str]]]:
    """Of each page the leads of two, those of three and four, and what follows them."""
    for page in PAGES:
        twos, threes = page.table[0xC2:0xE0], page.table[0xE0:0xF5]
        behind = page.behind
        if page.name in _OWN_LETTERS:
            twos, threes = _OWN_LETTERS[page.name]
        if page.name == "cp1256":
            behind = frozenset(char for char in behind if not char.isalpha())
        if page.name in ("cp1251", "iso8859-5", "mac-cyrillic", "cp1256"):
            behind -= _LIKELY
        yield twos, threes, behind


def _tails() -> dict[tuple[int, frozenset[str]], set[str]]:
    """The leads with the same characters behind them, those of two and those of more apart."""
    tails: dict[tuple[int, frozenset[str]], set[str]] = {}
    for twos, threes, behind in _by_page():
        for size, leads in ((2, twos), (3, threes)):
            for lead in leads:  # only cp866 has Cyrillic behind a lead, a box-drawing character
                tail = behind if lead in _BOX else behind - _CYRILLIC
                tails.setdefault((size, tail), set()).add(lead)
    return tails


@cache
def _behind() -> frozenset[str]:
    """All that follows a lead, but for the Cyrillic letters of cp866."""
    return frozenset("،؛؟").union(*(tail for _, tail in _tails())) - _CYRILLIC


@cache
def windows() -> tuple[Window, ...]:
    """Where a sequence may be, what is left of one, a C1 control or a lost character."""
    behind = "".join(_behind())
    more = "".join(_behind() - _LETTERS)
    found = [
        Window(SPOT, "".join(leads), "".join(tail | {"\ufffd"}))
        if size == _PAIR
        else Window(SPOT, "".join(leads), "".join(tail), more)
        for (size, tail), leads in _tails().items()
    ]
    return (
        *found,
        Window(SPOT, "в", "„", more),
        Window(SPOT, "т", "А", spread("А-Яа-п")),
        Window(SPOT, spread("В-Я\u0622-\u063a\u0640-\u0643"), behind, before=spread("A-Za-z")),
        Window(SPOT, "Ã", " ?"),
        Window(SPOT, "â", "?€"),
        Window(SPOT, "â", " ", BEYOND),
        Window(SPOT, "".join(_BOX), before=WORD),
        Window(SPOT, _ALWAYS),
    )


_PAIR = 2  # characters of a sequence whose lead announces one more


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A quick pattern that finds too much, and a slow one that decides at a place."""
    box, behind = escaped(_BOX), escaped(_behind())
    first = escaped(set().union(*(window.first for window in windows())))
    quick = (
        f"[{first}](?:(?=[{behind}\ufffd])|(?<=т)(?=А)|(?<=[{_ALWAYS}])|(?<=[{box}])"
        "|(?<=[Ãâ])(?=[ ?]))"
    )
    return re.compile(quick), re.compile("|".join(window.pattern() for window in windows()))


_scanner = cache(lambda: scanner(windows()))


def next_spot(text: str, start: int = 0) -> int:
    """The next place where a sequence of some code page may be, a C1 control or a lost character.

    Returns:
        The place, or -1.

    >>> next_spot("It is a cafÃ© by the sea")
    11
    """
    compiled = _scanner()
    return next_spot_plain(text, start) if compiled is None else compiled.find(text, start)


def next_spot_plain(text: str, start: int = 0) -> int:
    """What `next_spot` says, without the compiled kernel."""
    quick, sure = _patterns()
    for match in quick.finditer(text, start):
        if sure.match(text, match.start()):
            return match.start()
    return -1
