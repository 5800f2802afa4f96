"""Text of one encoding that was read with another: Ïðèâåò for Привет, 鈥檚 for ’s.

The former has runs of accented Latin letters that no language has. It is read as the code page
in which its letters are a language, if the gain in likelihood leaves no doubt. The latter is UTF-8
read as GBK or Shift JIS: rare ideographs whose bytes are well-formed UTF-8 through and through.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from unspun import edits
from unspun.encodings import letters
from unspun.encodings.charmaps import PAGES, SEQUENCE
from unspun.encodings.detect import daily
from unspun.model import Edit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from unspun.config import NormaliseConfig

LETTERS = "\xa1-\xff"
"""Four of them in a row are the sign of this damage."""

WIDE = "鈥銆锛锟縺繧繝"
"""Ideographs that are the first two bytes of punctuation, kana or U+FFFD; in text they are rare."""

RUN = re.compile(f"[{LETTERS}]{{4}}")
_WIDE = re.compile(f"[{WIDE}]")

_LOST = re.compile("(?:锟斤拷)+")  # two of U+FFFD each, as GBK
_WIDE_RUN = re.compile("[^\x00-\x7f]+")
_WIDE_PAGES = ("gb18030", "cp932")
_WIDE_GAIN = 14.0  # bits, with the neighbours
_READERS = (  # what was meant, and in which languages it must make sense
    ("cp1251", ("ru", "bg", "uk", "mk")),
    ("koi8-r", ("ru", "bg")),
    ("cp1253", ("el",)),
    ("cp1255", ("he",)),
    ("cp1256", ("ar", "fa", "ur")),
    ("cp874", ("th",)),
    ("gb18030", ("zh",)),
    ("euc_jp", ("ja",)),
    ("cp949", ("ko",)),
)
_TAKEN_FOR = tuple(page for page in PAGES if page.name in ("cp1252", "latin-1"))
_GAIN = 60.0  # bits in all
_GAIN_EACH = 2.5  # bits a character
_SURE = 5.8  # bits a character that the right reading may cost at most
_SURE_OF_IDEOGRAPHS = 5.4  # nearly all of them in daily use
_DIFFERENT = 8  # characters that the damage must have
_SEGMENT = 2000


def read_again(text: str, config: NormaliseConfig) -> list[Edit]:
    """Read lines of another code page again."""
    if any(map(text.__contains__, WIDE)):  # sooner looked for one by one than as a set
        found = edits.sub(_LOST, _marked, text, "normalise", "wrong-code-page")
        found = found or [e for e in _from_wide(text) if e.confidence >= config.min_confidence]
        if found:
            return found  # the rest in the next round
    found = []
    for start, end in _lines(text):
        line = text[start:end]
        after, confidence = _reading(line)
        if after != line and confidence >= config.min_confidence:
            found.append(Edit(start, end, line, after, "normalise", "wrong-code-page", confidence))
    return found


def _marked(match: re.Match[str]) -> str:
    return "\N{REPLACEMENT CHARACTER}" * (2 * len(match.group()) // 3)


def _from_wide(text: str) -> Iterator[Edit]:
    """UTF-8 that was read as GBK or Shift JIS."""
    end = 0
    while sign := _WIDE.search(text, end):
        start = sign.start()
        while start > end and text[start - 1] > "\x7f":
            start -= 1
        run = _WIDE_RUN.match(text, start)
        end = run.end() if run else sign.end()
        chars = text[start:end]
        around = text[max(start - 1, 0) : start], text[end : end + 1]
        read = _narrow(chars, *around)
        if read is not None:
            yield Edit(start, end, chars, read, "normalise", "wrong-code-page", 0.9)


def _narrow(chars: str, before: str, after: str) -> str | None:
    for page in _WIDE_PAGES:
        try:
            read = chars.encode(page).decode("utf-8")
        except UnicodeError:
            continue
        gain = letters.least_bits(before + chars + after) - letters.least_bits(
            before + read + after
        )
        if gain > _WIDE_GAIN:
            return read
    return None


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """The stretches around runs of accented letters, line by line, without plain ends."""
    at = 0
    while match := RUN.search(text, at):
        at = max(at, match.start() - _SEGMENT)
        start = max(text.rfind("\n", at, match.start()) + 1, at)
        end = text.find("\n", match.end(), start + _SEGMENT)
        end = min(start + _SEGMENT, len(text)) if end < 0 else end
        yield start, end
        at = end


@lru_cache(maxsize=1 << 10)
def _reading(line: str) -> tuple[str, float]:
    beyond = [char for char in line if char > "\x7f"]
    if len(set(beyond)) < _DIFFERENT:
        return line, 1.0
    page = next((page for page in _TAKEN_FOR if page.characters.issuperset(beyond)), None)
    if page is None:
        return line, 1.0
    data = page.as_bytes(line)
    if 2 * sum(map(len, SEQUENCE.findall(data))) > len(beyond):
        return line, 1.0  # UTF-8: the next rule's
    readings = list(_sure_readings(data, len(beyond)))
    if not readings:
        return line, 1.0
    cost = letters.bits(line, letters.languages())
    best, reading = cost - max(_GAIN, _GAIN_EACH * len(beyond)), line
    for bits, read in readings:
        if bits < best:
            best, reading = bits, read
    return reading, 0.9


def _sure_readings(data: bytes, beyond: int) -> Iterator[tuple[float, str]]:
    """The readings of bytes that make sense in a language, each with its bits."""
    for name, languages in _READERS:
        read = data.decode(name, "replace")
        if "\ufffd" in read:
            continue
        limit = beyond * (_SURE if languages[0] != "zh" else _SURE_OF_IDEOGRAPHS)
        if letters.bits(read[: len(read) // 2], languages, daily(name)) < limit:
            bits = letters.bits(read, languages, daily(name))
            if bits < limit:
                yield bits, read
