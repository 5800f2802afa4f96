"""The gate: what in a text could interest any rule, found in one look for all of them.

It is exact: a rule can change a text only if one of its signs is in it. Clean text shows none and
passes at the speed of one look at each character, in plain Python at that of one look with NumPy,
and plain ASCII at that of one translation of its bytes.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from unspun.encodings.charmaps import windows
from unspun.kernels.sieve import Sieve
from unspun.kernels.windows import Window, scanner, spread
from unspun.normalise.characters import BIDI, MARK, NOTHING, PLAIN, TAGS
from unspun.normalise.entities import has_entity
from unspun.normalise.lost import ENDING
from unspun.normalise.pages import LETTERS, WIDE
from unspun.normalise.percent import ENCODED
from unspun.normalise.quotes import REMAINS
from unspun.normalise.spoofs import SPOOF
from unspun.normalise.spoofs import windows as spoof_windows

if TYPE_CHECKING:
    from unspun.config import NormaliseConfig

PAGE = "page"
"""The sign of text that may be of another encoding."""

SURROGATE = "surrogate"
CONTROL = "control"
ESCAPE = "escape"
C1 = "c1"
LINE_END = "line end"
INVISIBLE = "invisible"
JOINER = "joiner"
"""The sign of what joins or parts letters and stands where it does neither."""
QUOTE = "quote"
"""The sign of what is left of a closing quotation mark."""

ENTITY_SIGN = "entity"
PERCENT = "percent"
"""The sign of a percent-encoded blank or character beyond ASCII."""
LOST = "lost"
"""The sign of a question mark where English has an apostrophe."""
STYLE = "style"
WRAP = "wrap"

_KINDS = {
    CONTROL: "\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\u206a-\u206f\ufff9-\ufffc",
    ESCAPE: "\x1b",
    C1: "\x80-\x9f",
    LINE_END: "\r\v\u2028\u2029",
    INVISIBLE: MARK + BIDI + TAGS,
    SURROGATE: "\ud800-\udfff",
}
_ASCII_TROUBLE = bytes({*range(0x20), 0x7F} - {*b"\t\n\f"})
_PLAIN_END = 0x3001  # behind the last of the characters beside which joiners do nothing
_FIRST = frozenset(spread(NOTHING))  # a text that begins with one has none before it
_BYTES = frozenset("2CDEFcdef")  # what bytes of a blank and of a first byte begin with
_ENDINGS = frozenset("strvldmSTRVLDM\u017f")  # and what follows a lost apostrophe, the long s too
_NONE: frozenset[str] = frozenset()


@cache
def _windows() -> tuple[Window, ...]:
    """All signs but those that need a longer look, and spoofs, which no rule asks for."""
    letters, nothing = spread(LETTERS), spread(NOTHING)
    plain = "".join(re.findall(f"[{PLAIN}]", "".join(map(chr, range(_PLAIN_END)))))
    return (
        *windows(),
        *(Window(kind, spread(chars)) for kind, chars in _KINDS.items()),
        Window(PAGE, letters, letters, letters, before=letters),
        Window(PAGE, WIDE),
        Window(JOINER, nothing, before=plain),
        Window(QUOTE, REMAINS[0], REMAINS[1]),
        *spoof_windows(),
    )


_scanner = cache(lambda: scanner(_windows()))


@lru_cache(maxsize=2)
def signs(text: str, config: NormaliseConfig) -> frozenset[str]:
    """The signs for the rules. Remembers the last texts it saw, for the rules that follow."""
    return shown(text, config) - {SPOOF}


def shown(text: str, config: NormaliseConfig) -> frozenset[str]:
    """The signs that a text shows: those for the rules, and whether it may have a spoof."""
    compiled = _scanner()
    found = plain_signs(text) if compiled is None else compiled.shown(text)
    if text[:1] in _FIRST:
        found |= {JOINER}
    if "&" in text and has_entity(text):
        found |= {ENTITY_SIGN}
    if "%" in text and _followed(text, "%", _BYTES) and ENCODED.search(text):
        found |= {PERCENT}
    if "?" in text and _followed(text, "?", _ENDINGS) and ENDING.search(text):
        found |= {LOST}
    if config.unwrap:
        found |= {WRAP}
    return found if config.profile == "conservative" else found | {STYLE}


def _followed(text: str, mark: str, behind: frozenset[str]) -> bool:
    """Whether one of these stands behind a mark: told sooner than a pattern is searched for."""
    at = text.find(mark)
    while at >= 0:
        if text[at + 1 : at + 2] in behind:
            return True
        at = text.find(mark, at + 1)
    return False


def plain_signs(text: str) -> frozenset[str]:
    """All signs but those that need a longer look, without the compiled kernel."""
    if text.isascii():
        data = text.encode("ascii")
        if len(data.translate(None, _ASCII_TROUBLE)) == len(data):
            return _NONE
    return _sieve().shown(text)


_sieve = cache(lambda: Sieve(_windows()))
