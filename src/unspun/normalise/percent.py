"""Percent-encoding that came along into text: 'caf%C3%A9%20cr%C3%A8me' was 'café crème'.

In addresses, file names and code it is right, and so it is in a text that speaks of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from unspun.model import Edit

if TYPE_CHECKING:
    from unspun.config import NormaliseConfig

ENCODED = re.compile(r"%(?:20|[C-Fc-f][0-9A-Fa-f]%[89ABab][0-9A-Fa-f])")
"""A blank, or the first two bytes of a character beyond ASCII."""

_RUN = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_ENDS = frozenset(' \t\n\r\f\v"<>\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}')
_LONGEST = 300  # code points of a passage
_NO_TEXT = re.compile(  # addresses, file names, code; '%20s%20d' pads what is printed
    r"[/\\:=&?#@+_`{}()\[\]]|\.\w|%(?![0-9A-Fa-f]{2})|^[^\w%]?%20[a-z](?![a-z])"
)
_SPEAKS_OF_IT = re.compile(r"percent.?encod|url.?(?:en|de)cod|\bur[il]s?\b|utf-?8", re.IGNORECASE)
_BLANKS = 2  # that tell without a character beyond ASCII
_LETTERS = 3  # beyond ASCII, that are a word by themselves
_CONFIDENCE = 0.8


def decode_percent(text: str, config: NormaliseConfig) -> list[Edit]:
    """Read percent-encoded words and phrases."""
    if (
        config.min_confidence > _CONFIDENCE
        or not ENCODED.search(text)
        or _SPEAKS_OF_IT.search(text)
    ):
        return []
    found: list[Edit] = []
    done = 0
    while sign := ENCODED.search(text, done):
        start, done = _passage(text, sign.start(), done)
        before = text[start:done]
        after = _read(before)
        if after is not None:
            found.append(
                Edit(start, done, before, after, "normalise", "percent-encoding", _CONFIDENCE)
            )
    return found


def _passage(text: str, at: int, least: int) -> tuple[int, int]:
    """What stands around a place without blanks and quotation marks."""
    start, end = at, at + 1
    while start > least and text[start - 1] not in _ENDS:
        start -= 1
    while end < len(text) and text[end] not in _ENDS:
        end += 1
    return start, end


def _read(passage: str) -> str | None:
    """The text behind a passage, if it is text."""
    if len(passage) > _LONGEST or _NO_TEXT.search(passage) or not passage.isascii():
        return None
    try:
        read = _RUN.sub(_bytes, passage).encode("latin-1").decode()
    except UnicodeDecodeError:
        return None
    beyond = sum(char.isalpha() for char in read if char > "\x7f")
    inside = any(passage[run.start() - 1 : run.start()].isalpha() for run in _RUN.finditer(passage))
    word = beyond >= _LETTERS or (inside and (beyond or passage.count("%20") >= _BLANKS))
    return read if word and read.isprintable() else None


def _bytes(run: re.Match[str]) -> str:
    return bytes.fromhex(run[0].replace("%", "")).decode("latin-1")
