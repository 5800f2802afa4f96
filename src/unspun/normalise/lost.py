"""Apostrophes whose byte was lost: 'didn?t' was 'didn’t'.

Only a curly one is lost, since every code page has the straight one. The contractions of English
tell what it was; where they do, what stands behind a word that English has is a possessive.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from unspun.lm.packaged import english
from unspun.model import Edit

if TYPE_CHECKING:
    from unspun.config import NormaliseConfig

MARKS = "?\N{REPLACEMENT CHARACTER}"
"""What may stand in its place."""
ENDING = re.compile(r"\?(?:s|t|re|ve|ll|d|m)(?![\w?=&/])", re.IGNORECASE)
"""What goes on behind a question mark."""

_NEGATED = "ai|are|ca|could|did|does|do|had|has|have|is|might|must|need|should|was|were|wo|would"
_CONTRACTION = re.compile(
    rf"""(?<![\w/.=&?-])(?:
      (?:{_NEGATED})n[{MARKS}]t
    | I[{MARKS}](?:m|d|ve|ll) | (?:you|we|they)[{MARKS}](?:re|ve|d|ll)
    | (?:he|she|it|that|there|who)[{MARKS}](?:s|d|ll) | (?:what|where|here|how|let)[{MARKS}]s
    )(?![\w?=&/])""",
    re.IGNORECASE | re.VERBOSE,
)
_POSSESSIVE = re.compile(rf"(?<![\w/.=&?-])([^\W\d_]{{2,40}})[{MARKS}]s(?![\w?=&/])")
_APOSTROPHE = "\N{RIGHT SINGLE QUOTATION MARK}"
_SURE, _LESS_SURE = 0.9, 0.8


def mend_apostrophes(text: str, config: NormaliseConfig) -> list[Edit]:
    """Put apostrophes back for what stands in contractions of English."""
    if not any(mark in text for mark in MARKS):
        return []
    found: dict[int, float] = {}
    for match in _CONTRACTION.finditer(text):
        found[_place(match)] = _SURE
    marks = {text[at] for at in found}
    if marks:
        vocabulary = english().vocabulary
        for match in _POSSESSIVE.finditer(text):
            at = _place(match)
            if text[at] in marks and not vocabulary.is_unknown(match[1]):
                found.setdefault(at, _LESS_SURE)
    return [
        Edit(at, at + 1, text[at], _APOSTROPHE, "normalise", "lost-apostrophe", sure)
        for at, sure in sorted(found.items())
        if sure >= config.min_confidence
    ]


def _place(match: re.Match[str]) -> int:
    return next(at for at in range(match.end() - 1, match.start(), -1) if match.string[at] in MARKS)
