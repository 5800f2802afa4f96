"""Closing quotation marks that lost their last byte.

UTF-8 writes ” as E2 80 9D, and windows-1252 has no character for 9D: read with it, the mark
becomes 'â€' and a control that most programs drop, or write as a question mark. What is left looks
like a dagger with a NO-BREAK SPACE, and ftfy reads it so; behind an opening mark it closes one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from unspun.encodings.charmaps import BEHIND
from unspun.model import Edit

if TYPE_CHECKING:
    from unspun.config import NormaliseConfig

REMAINS = "\u00e2\u20ac"
"""What is left of a mark that lost its last byte."""
_LOW, _HIGH = "\N{DOUBLE LOW-9 QUOTATION MARK}", "\N{LEFT DOUBLE QUOTATION MARK}"
_CLOSING = "\N{RIGHT DOUBLE QUOTATION MARK}"
_BROKEN = {f"{REMAINS}\u0153": _HIGH, f"{REMAINS}\u017e": _LOW, f"{REMAINS}\x9d": _CLOSING}
_CONTINUES = "".join(map(re.escape, sorted(BEHIND)))
# A question mark stands for the byte only where a sentence has ended before.
_LOST = f"{REMAINS}(?:(?<=[.,!?\u2026]..)\\?|(?![{_CONTINUES}?\ufffd]))"
# Each begins with a letter, not a class, so that the search passes over what begins none.
_MARK = re.compile("|".join((_LOST, *_BROKEN, _LOW, _HIGH, _CLOSING, "\n")))
_CONFIDENCE = 0.9


def close_quotes(text: str, _config: NormaliseConfig) -> list[Edit]:
    """Make closing marks of remains that stand behind an opening mark of their line."""
    if REMAINS not in text:
        return []
    found: list[Edit] = []
    opened = ""
    for match in _MARK.finditer(text):
        before = match[0]
        mark = _BROKEN.get(before, before)
        if mark == _LOW or (mark == _HIGH and opened != _LOW):
            opened = mark
            continue
        if opened and mark.startswith(REMAINS):
            start, end = match.span()
            found.append(Edit(start, end, before, _CLOSING, "normalise", "lost-quote", _CONFIDENCE))
        opened = ""
    return found
