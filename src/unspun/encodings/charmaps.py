"""What UTF-8 looks like when a single-byte code page reads it.

A *sequence* is a run of characters whose bytes in the code page are one well-formed UTF-8 character
(RFC 3629). Code pages are taken sloppily, as browsers do (WHATWG Encoding): a byte without a
character of its own is the C1 control of the same number.
"""

from __future__ import annotations

import re
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
    """

    name: str
    characters: frozenset[str]
    table: dict[int, str]

    def as_bytes(self, text: str) -> str:
        """The text with each character replaced by the one whose number is its byte."""
        return text.translate(self.table)


def _read(name: str, byte: int) -> str:
    return bytes([byte]).decode(name, "replace").replace("\ufffd", chr(byte))


def _page(name: str) -> CodePage:
    high = {_read(name, byte): byte for byte in range(0xFF, 0x7F, -1)}
    table = dict.fromkeys(range(128, 256), _OUTSIDE)
    table.update({ord(char): chr(byte) for char, byte in high.items()})
    return CodePage(name, frozenset(high), table)


PAGES: tuple[CodePage, ...] = tuple(
    map(
        _page,
        (
            # Those that damage most text first; where several read a sequence the same way it does
            # not matter which is named.
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
        ),
    )
)

_NATIVE = {  # code pages whose own letters follow each other as sequences do: these leads only
    "cp1251": ("ВГДЕОРС", "авг"),
    "koi8-r": ("бцпядх", "Бцп"),
    "koi8-u": ("бцпядх", "Бцп"),
    "cp866": ("┬├─┼╨╤", ""),
    "iso8859-5": ("аб", ""),
    "cp1256": ("آأؤإخذطظر×", "âمàل"),
    "cp1255": ("×ײ׳", "גד"),
    "mac-cyrillic": ("–—√¬", "вг"),
    "cp874": ("รยฮฯ", ""),
}
_QUIET = frozenset("ёЁіїєґІЇЄҐ،؛؟")  # letters and marks that follow leads in right text


def _hot() -> re.Pattern[str]:
    """Leads and what follows them, over all code pages, in one pattern.

    It finds more than sequences (it mixes code pages) and is quick on text that has none.
    """
    twos: set[str] = set()
    threes: set[str] = set()
    rest: set[str] = set()
    for page in PAGES:
        if page.name == "cp874":
            continue
        by_byte = {byte: char for char in page.characters for byte in [ord(page.as_bytes(char))]}
        two = {by_byte[byte] for byte in range(0xC2, 0xE0) if byte in by_byte}
        three = {by_byte[byte] for byte in range(0xE0, 0xF5) if byte in by_byte}
        following = {by_byte[byte] for byte in range(0x80, 0xC0) if byte in by_byte}
        if page.name in _NATIVE:
            two, three = (set(leads) for leads in _NATIVE[page.name])
        if page.name in ("cp866", "iso8859-5", "mac-cyrillic"):
            rest |= {char for char in following if not char.isalpha()}
        else:
            rest |= following - _QUIET
        twos |= two
        threes |= three
    return re.compile(
        f"[{_class(twos | threes)}]"
        f"(?:(?<=[{_class(twos)}])[{_class(rest)}\ufffd]|(?<=[{_class(threes)}])[{_class(rest)}]{{2}}"
        f"|(?<=[ÃÂ])[ ?]|(?<=â)[ ?€])"
        "|\ufffd"
    )


def _class(chars: set[str]) -> str:
    return "".join(re.escape(char) for char in sorted(chars))


HOT = _hot()
"""Finds every place where a sequence of some code page may be."""
