"""Style, only where a profile asks: ``ascii`` for plain ASCII typography, ``mt`` for translation.

The conservative profile leaves curly quotes, full-width forms, ligatures and composition alone:
they are somebody's choice, and right in somebody's language.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from unspun import edits

if TYPE_CHECKING:
    from unspun.config import NormaliseConfig
    from unspun.model import Edit

_QUOTES = {
    **dict.fromkeys(map(ord, "\u02bc\u2018\u2019\u201a\u201b\u2032"), "'"),
    **dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f\u2033"), '"'),
}
_SPACES = dict.fromkeys(map(ord, "\xa0\u2002\u2003\u2007\u2008\u2009\u200a\u202f\u205f"), " ")
_WIDE_LATIN = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_ALPHANUMERIC = {c: a for c, a in _WIDE_LATIN.items() if a.isalnum()}
_DASHES = {0x2010: "-", 0x2011: "-", 0x2013: "-", 0x2014: "-", 0x2015: "-", 0x2212: "-"}
_BOTH = {**_QUOTES, **_SPACES, 0x2026: "...", 0xAD: ""}
_MARKED = re.compile(r"[^\W\d_]?[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff]{1,32}")
_TRAILING = re.compile(r"(?<![ \t])[ \t]++(?=\n|\Z)")


@cache
def _table(profile: str) -> tuple[re.Pattern[str], dict[int, str]]:
    """What a profile replaces."""
    from ftfy import chardata  # noqa: PLC0415 - few ask for a profile

    own = {**chardata.WIDTH_MAP, **_DASHES} if profile == "ascii" else _ALPHANUMERIC
    table = {**own, **chardata.LIGATURES, **_BOTH}
    return re.compile("[" + "".join(map(re.escape, map(chr, table))) + "]"), table


def restyle(text: str, config: NormaliseConfig) -> list[Edit]:
    """Restyle as the profile asks."""
    if config.profile == "conservative":
        return []
    replaced, table = _table(config.profile)
    ledger: tuple[Edit, ...] = ()
    current = text
    for pattern, replacement in (
        (_MARKED, lambda match: unicodedata.normalize("NFC", match.group())),
        (replaced, lambda match: table[ord(match.group())]),
        (_TRAILING, ""),
    ):
        step = edits.sub(pattern, replacement, current, "normalise", "style", confidence=0.9)
        ledger = edits.compose(text, ledger, step)
        current = edits.apply(current, step)
    return list(ledger)
