"""The gate: text in which no rule can find anything passes all of them untouched.

It is exact: whatever a rule could change holds a character or a pair of neighbours that one of the
patterns below finds.
"""

from __future__ import annotations

import re
from functools import lru_cache

from unspun.encodings.charmaps import next_spot

_ASCII_TROUBLE = bytes({*range(0x20), 0x7F} - {*b"\t\n\f"}) + b"&"
_TROUBLE = re.compile(
    "[\x00-\x08\x0b\r\x0e-\x1f\x7f-\x9f"  # controls, carriage returns
    "&"  # entities
    "\u061c\u200b-\u200f\u2028-\u202e\u2060\u2066-\u206f"  # invisible, bidirectional, separators
    "\ud800-\udfff"  # surrogates and escaped bytes
    "\ufeff\ufff9-\ufffc"  # byte order mark, annotations, object
    "\U000e0000-\U000e007f]"  # tags
)


@lru_cache(maxsize=2)
def inert(text: str, profile: str) -> bool:
    """Whether no rule can change the text. Remembers the text it saw last."""
    if profile != "conservative":
        return False
    if text.isascii():
        data = text.encode("ascii")
        return len(data.translate(None, _ASCII_TROUBLE)) == len(data)
    return not _TROUBLE.search(text) and next_spot(text) < 0
