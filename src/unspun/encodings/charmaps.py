"""What UTF-8 looks like when a single-byte code page reads it.

A *sequence* is a run of characters whose bytes in the code page are one well-formed UTF-8 character
(RFC 3629). Code pages are taken sloppily, as browsers do (WHATWG Encoding): a byte without a
character of its own is the C1 control of the same number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

SEQUENCE = re.compile(
    "[\xc2-\xdf][\x80-\xbf]"
    "|\xe0[\xa0-\xbf][\x80-\xbf]"
    "|[\xe1-\xec\xee\xef][\x80-\xbf]{2}"
    "|\xed[\x80-\x9f][\x80-\xbf]"
    "|\xf0[\x90-\xbf][\x80-\xbf]{2}"
    "|[\xf1-\xf3][\x80-\xbf]{3}"
    "|\xf4[\x80-\x8f][\x80-\xbf]{2}"
    "|\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]"  # CESU-8
)
"""A sequence, in text whose characters are its bytes."""

_OUTSIDE = "\u0100"  # stands for a character that the code page does not have


@dataclass(frozen=True, slots=True)
class CodePage:
    """A single-byte code page.

    Attributes:
        name: Python's name of the codec.
        characters: All its characters beyond ASCII.
        table: From code point to the character whose number is the byte, for ``str.translate``.
        price: Bits for being rarely the cause of damage.
    """

    name: str
    characters: frozenset[str]
    table: dict[int, str]
    price: float

    def as_bytes(self, text: str) -> str:
        """The text with each character replaced by the one whose number is its byte."""
        return text.translate(self.table)


def _read(name: str, byte: int) -> str:
    return bytes([byte]).decode(name, "replace").replace("\ufffd", chr(byte))


def _page(name: str, price: float = 0.0) -> CodePage:
    high = {_read(name, byte): byte for byte in range(0xFF, 0x7F, -1)}
    table = dict.fromkeys(range(128, 256), _OUTSIDE)
    table.update({ord(char): chr(byte) for char, byte in high.items()})
    return CodePage(name, frozenset(high), table, price)


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


def _neighbours() -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """What follows each lead of two, and of three and four, over all code pages."""
    pairs: dict[str, set[str]] = {}
    triples: dict[str, set[str]] = {}
    for page in PAGES:
        by_byte = {ord(page.as_bytes(char)): char for char in page.characters}
        twos = "".join(by_byte.get(byte, "") for byte in range(0xC2, 0xE0))
        threes = "".join(by_byte.get(byte, "") for byte in range(0xE0, 0xF5))
        behind = {by_byte[byte] for byte in range(0x80, 0xC0) if byte in by_byte}
        if page.name in _OWN_LETTERS:
            twos, threes = _OWN_LETTERS[page.name]
        if page.name == "cp1256":
            behind = {char for char in behind if not char.isalpha()}
        if page.name in ("cp1251", "iso8859-5", "mac-cyrillic", "cp1256"):
            behind -= _LIKELY
        for lead in twos:
            pairs.setdefault(lead, set()).update(behind)
        for lead in threes:
            triples.setdefault(lead, set()).update(behind)
    return pairs, triples


def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A quick pattern that finds too much, and a slow one that decides at a place."""
    pairs, triples = _neighbours()
    box, always = _class(_BOX), "\x80-\x9f\ufffd"
    behind = {
        char
        for char in set().union(*pairs.values(), *triples.values())
        if not "А" <= char <= "я"  # only cp866 has them there, behind box drawing
    }
    behind |= set("،؛؟")
    first = _class(set(pairs) | set(triples) | _BOX | {"т"})
    quick = (
        f"[{first}{always}]"
        f"(?:(?=[{_class(behind)}\ufffd])|(?<=т)(?=А)|(?<=[{always}])|(?<=[{box}])"
        "|(?<=[Ãâ])(?=[ ?]))"
    )
    more = _class(behind - _LETTERS)
    tails = [
        *(f"[{_class(leads)}][{tail}\ufffd]" for tail, leads in _grouped(pairs)),
        *(f"[{_class(leads)}][{tail}][{more}]" for tail, leads in _grouped(triples)),
        f"в„[{more}]",
        "тА[А-Яа-п]",
        f"(?<=[A-Za-z])[В-Яء-ك][{_class(behind)}]",
        "Ã[ ?]",
        "â(?:[?€]| [^\x00-\x7f])",
        rf"(?<=\w)[{box}]",
        f"[{always}]",
    ]
    return re.compile(quick), re.compile("|".join(tails))


def _grouped(table: dict[str, set[str]]) -> list[tuple[str, set[str]]]:
    """Leads with the same characters behind them together."""
    groups: dict[str, set[str]] = {}
    for lead, behind in table.items():
        groups.setdefault(_class(behind), set()).add(lead)
    return sorted(groups.items(), key=lambda group: sorted(group[1]))


def _class(chars: set[str] | frozenset[str]) -> str:
    return "".join(re.escape(char) for char in sorted(chars))


_QUICK, _SURE = _patterns()


def spots(text: str) -> Iterator[int]:
    """Places where a sequence of some code page may start, C1 controls and lost characters.

    >>> list(spots("It is a cafÃ© by the sea"))
    [11]
    """
    for match in _QUICK.finditer(text):
        if _SURE.match(text, match.start()):
            yield match.start()
