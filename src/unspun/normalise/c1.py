"""C1 controls: characters of a code page that was taken for ISO 8859-1.

Browsers read them as windows-1252 (WHATWG Encoding), and that is nearly always right. Two
exceptions: bytes of Mac OS Roman, whose letters would come out as symbols inside words; and the
remains of UTF-8 punctuation whose first byte was lost.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from unspun.encodings import letters
from unspun.model import Edit

if TYPE_CHECKING:
    from unspun.config import NormaliseConfig

WINDOWS = {
    byte: bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(0x80, 0xA0)
}
"""C1 controls as windows-1252; those that it does not have stay."""

_MAC = {byte: bytes([byte]).decode("mac-roman") for byte in range(0x80, 0xA0)}
_C1 = re.compile("[\x80-\x9f]+")
_AROUND = re.compile("(?:[^\x80-\x9f]?[\x80-\x9f])+[^\x80-\x9f]?")  # what is read, and beside what
_NO_MARK = re.compile("[\x80-\x84\x86-\x90\x98-\x9f]")  # no punctuation in windows-1252
_REST = re.compile("\x80([\x93\x94\x98\x99\x9c\x9d])")  # of E2 80 xx: dashes and quotes
_PRICED = re.compile("[0-9]\\s?|\\s?[0-9]")
_PROOF = 16.0
"""Bits by which Mac OS Roman must be likelier in the words of a line."""


def read_c1(text: str, _config: NormaliseConfig) -> list[Edit]:
    """Read C1 controls as windows-1252, or as Mac OS Roman where only that makes words."""
    found: list[Edit] = []
    end, table = -1, WINDOWS
    for match in _C1.finditer(text):
        if match.start() >= end:
            low = max(match.start() - _NEAR, 0)
            start = max(text.rfind("\n", low, match.start()) + 1, low)
            end = text.find("\n", match.end(), match.end() + _NEAR)
            end = min(match.end() + _NEAR, len(text)) if end < 0 else end
            table = _table(text[start:end])
        after, confidence = _read(text, match, table)
        if after != match.group():
            found.append(
                Edit(
                    match.start(),
                    match.end(),
                    match.group(),
                    after,
                    "normalise",
                    "c1-control",
                    confidence,
                )
            )
    return found


_NEAR = 1000  # characters of a line that are looked at


def _read(text: str, match: re.Match[str], table: dict[int, str]) -> tuple[str, float]:
    chars = match.group()
    if table is _MAC:
        return chars.translate(_MAC), 0.8
    rest = _REST.fullmatch(chars)
    if rest:
        return chr(0x2000 + ord(rest[1]) - 0x80), 0.8
    if chars == "\x80":
        before, after = text[max(match.start() - 2, 0) : match.start()], text[match.end() :][:2]
        if not (_PRICED.search(before) or _PRICED.match(after)):
            return chars, 0.0  # no price: not the euro sign
    return chars.translate(WINDOWS), 0.95


def _table(line: str) -> dict[int, str]:
    """The code page whose letters make the likelier words in a line."""
    words = " ".join(" ".join(_AROUND.findall(w)) for w in line.split(" ") if _NO_MARK.search(w))
    if not words:
        return WINDOWS
    gain = letters.least_bits(words.translate(WINDOWS)) - letters.least_bits(words.translate(_MAC))
    return _MAC if gain > _PROOF else WINDOWS
