"""Surrogates: halves of UTF-16 pairs, and bytes that did not decode (PEP 383).

Broken pairs come from UTF-16 written one unit at a time: as such in strings, and as CESU-8 (Unicode
Technical Report 26) in bytes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from unspun import edits
from unspun.model import Edit

if TYPE_CHECKING:
    from unspun.config import NormaliseConfig

_PAIR_OR_HALF = re.compile(
    "[\ud800-\udbff][\udc00-\udfff]"
    "|[\ud800-\udbff](?![\udc00-\udfff])"
    "|[\udc00-\udc7f\udd00-\udfff]+"  # the rest of the low half stands for escaped bytes
)
_CESU = re.compile(
    "\udced([\udca0-\udcaf])([\udc80-\udcbf])\udced([\udcb0-\udcbf])([\udc80-\udcbf])"
)
_BYTES = re.compile("[\udc80-\udcff]+")
_ANY = re.compile("[\ud800-\udfff]")
_SUBPART = re.compile(  # a character that was cut, as Unicode section 3.9 divides ill-formed bytes
    rb"[\xe0][\xa0-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]|\xed[\x80-\x9f]"
    rb"|\xf0[\x90-\xbf][\x80-\xbf]?|[\xf1-\xf3][\x80-\xbf]{1,2}|\xf4[\x80-\x8f][\x80-\xbf]?"
    rb"|\xc0\x80|.",
    re.DOTALL,
)
_LONE = "\N{REPLACEMENT CHARACTER}"
_UNDEFINED = b"\x81\x8d\x8f\x90\x9d"  # no character in windows-1252
_LONGEST = 2  # bytes in a row that Western text has


def join_surrogates(text: str, _config: NormaliseConfig) -> list[Edit]:
    """Join the halves of pairs; a half alone becomes U+FFFD."""
    if text.isascii() or not _ANY.search(text):
        return []
    found = [
        *edits.sub(_CESU, _from_cesu, text, "normalise", "surrogates"),
        *edits.sub(_PAIR_OR_HALF, _from_pair, text, "normalise", "surrogates"),
    ]
    return _ordered(found)


def _ordered(found: list[Edit]) -> list[Edit]:
    """In order of place; of two that meet, the first (a CESU pair may end where a pair starts)."""
    out: list[Edit] = []
    for edit in sorted(found, key=lambda edit: edit.start):
        if not out or edit.start >= out[-1].end:
            out.append(edit)
    return out


def _from_pair(match: re.Match[str]) -> str:
    pair = match.group()
    if len(pair) == 1 or pair[0] >= "\udc00":
        return _LONE * len(pair)
    return pair.encode("utf-16-le", "surrogatepass").decode("utf-16-le")


def _from_cesu(match: re.Match[str]) -> str:
    one, two, three, four = (ord(part) & 0x3F for part in match.groups())
    return chr(0x10000 + ((one & 0xF) << 16 | two << 10 | (three & 0xF) << 6 | four))


def read_bytes(text: str, _config: NormaliseConfig) -> list[Edit]:
    """Read escaped bytes as windows-1252 where that makes sense, else as U+FFFD."""
    if text.isascii() or not _ANY.search(text):
        return []
    found = []
    for match in _BYTES.finditer(text):
        after, confidence = _read(text, match.start(), match.end())
        found.append(
            Edit(
                match.start(),
                match.end(),
                match.group(),
                after,
                "normalise",
                "undecodable-bytes",
                confidence,
            )
        )
    return found


def _read(text: str, start: int, end: int) -> tuple[str, float]:
    data = bytes(ord(char) & 0xFF for char in text[start:end])
    before, after = text[start - 1 : start], text[end : end + 1]
    if _is_western(data, before, after):
        return data.decode("cp1252"), 0.8
    parts = _SUBPART.findall(data)
    return "".join("" if part == b"\xc0\x80" else _LONE for part in parts), 0.6


def _is_western(data: bytes, before: str, after: str) -> bool:
    """Whether bytes between these neighbours read well as windows-1252."""
    if any(byte in _UNDEFINED for byte in data):
        return False
    parts = _SUBPART.findall(data)
    if any(len(part) > 1 for part in parts) or len(data) > _LONGEST:
        return False
    read = data.decode("cp1252")
    if read.isalpha():
        return _is_latin(before) or _is_latin(after)
    return all(char in "€‚„…‘’“”•–—™\xa0£§©«®°·»¿¡" for char in read)


def _is_latin(char: str) -> bool:
    return char.isalpha() and char < "\u0250"
