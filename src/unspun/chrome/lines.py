"""Lines as the rules see them: text, place in the text, blank lines before, and shape."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

LONG = 600
"""Code points from which a line is running text, whatever it says: no furniture is that long."""
SHORT = 200
"""Code points up to which a line is looked at as a whole."""

_BODY_WIDTH = 100
_SENTENCE_WIDTH = 45
_SENTENCE_WORDS = 8
_WORD_WIDTH = 7  # of a word and its space
WIDE = "\u0e00-\u0e7f\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
"""Ranges of characters that say as much as two Latin letters and more."""
FINALS = (
    ".!?\u037e\u055d\u0589\u061d-\u061f\u06d4\u0700-\u0702\u07f9\u0964-\u0965\u0f0d-\u0f12"
    "\u104a-\u104b\u1362\u1367-\u1368\u166e\u1735-\u1736\u17d4-\u17d5\u1803\u1809\u1944-\u1945"
    "\u1aa8-\u1aab\u1b5a-\u1b5b\u1b5e-\u1b5f\u1c3b-\u1c3c\u1c7e-\u1c7f\u2024\u2026\u203c-\u203d"
    "\u2047-\u2049\u2e2e\u3002\ua4ff\ua60e-\ua60f\ua6f3\ua6f7\ua876-\ua877\ua8ce-\ua8cf\ua92f"
    "\ua9c8-\ua9c9\uaa5d-\uaa5f\uaaf0-\uaaf1\uabeb\ufe52\ufe56-\ufe57\uff01\uff0e\uff1f\uff61"
)
"""Ranges of what ends a sentence (Unicode Standard Annex 29), the shads of Tibetan among it."""
JOINTS = "-'\u2019\u2011.&/"
"""What joins the parts of a word."""
GLYPHS = "\u2022\u25cf\u25cb\u25aa\u25ab\u25e6\u2023\u2043\u25a0\u25a1\u2219\u30fb*\u2013+-"
"""Bullets of lists."""
_WIDE = re.compile(f"[{WIDE}]")
_FINAL = re.compile(rf"[{FINALS}][^\w\s]*$")
QUOTES = "\"'\u201c\u2018\u201d\u2019\u201e\u00ab\u00bb\u300c\u300d\u300e\u300f"
_WORD = re.compile(rf"[^\W_]+(?:[{JOINTS}][^\W_]+)*")
DECORATION = (
    " \t\r\N{NO-BREAK SPACE}\u200b\u200e\u200f\ufeff-\u2013\u2014|>\u203a\u00bb\u2192\u00b7\u2022*+"
    "#\u2026\u25b6\u25ba\u25b8.!:\uff1a\u3002\uff01\u2190\u00ab\u2039<[]\u3010\u3011(){}\u300c\u300d=~_"
    "\u2193\u2191\u2715\u00d7"
)
_new = tuple.__new__  # the classes' own take twice as long
_BULLET = re.compile(rf"^(\s*)(?:[{GLYPHS}]|\d{{1,2}}[.)])\s+")


class Shape(NamedTuple):
    """What a line looks like, apart from its place.

    Attributes:
        key: The line folded for look-up; empty for long lines.
        words: How many, from the width for long lines and for scripts without spaces.
        width: Length in Latin letters; a character of a dense script counts two and a half.
        final: Whether it ends as a sentence does.
        bullet: Whether it starts with a list mark.
        quoted: Whether it starts or ends with a quotation mark.
        body: Whether it reads as running text: a long line that ends as a sentence, or a sentence.
        long: Whether it is too long for a title or label.
    """

    key: str
    words: float
    width: float
    final: bool
    bullet: bool
    quoted: bool
    body: bool
    long: bool


class Line(NamedTuple):
    """A line that is not blank.

    Attributes:
        text: The line without surrounding white space.
        start: First code point of the line, its indent included.
        end: One past its line feed, or the end of the text.
        lead: White space before the text.
        gap: Blank lines before it; 0 for the first.
        shape: What it looks like.
        turn: Whether a form feed stands before it.
    """

    text: str
    start: int
    end: int
    lead: int
    gap: int
    shape: Shape
    turn: bool = False

    @property
    def body(self) -> bool:
        """Whether it reads as running text."""
        return self.shape.body

    @property
    def long(self) -> bool:
        """Whether it is too long for a title or label."""
        return self.shape.long


def fold(text: str) -> str:
    """Compatibility forms and case folded, ornament at the ends and doubled spaces gone.

    >>> fold("» Read  More…")
    'read more'
    """
    if not text.isascii():
        text = text.replace("\u24d2", "\u00a9")  # the circled letter stands for the sign
        text = unicodedata.normalize("NFKC", text).replace("\u2019", "'")
    return " ".join(text.casefold().replace("i\u0307", "i").split()).strip(DECORATION)


def shape(text: str) -> Shape:
    """The shape of a stripped line."""
    quoted = text[0] in QUOTES or text[-1] in QUOTES
    final = text[-1] in ".?!" or _FINAL.search(text[-6:]) is not None
    bullet = (text[0] in GLYPHS or text[0].isdecimal()) and _BULLET.match(text) is not None
    length = len(text)
    if length > (_BODY_WIDTH if final else SHORT):  # running text: nobody asks for its words
        return _new(Shape, ("", length / _WORD_WIDTH, length, final, bullet, quoted, True, True))
    dense = not text.isascii() and max(text) >= "\u0e00"
    width = length + (1.5 * len(_WIDE.findall(text)) if dense else 0)
    count = float(len(words(text)))
    if count * 12 < width:  # one long word, or no spaces between words
        count = max(count, width / _WORD_WIDTH)
    long = width >= _BODY_WIDTH
    sentence = final and width >= _SENTENCE_WIDTH and count >= _SENTENCE_WORDS
    body = sentence or (long and final) or width >= 2 * _BODY_WIDTH
    return _new(Shape, (fold(text), count, width, final, bullet, quoted, body, long))


def words(text: str) -> list[str]:
    """The words of a line as written."""
    return _WORD.findall(text)


def bare(text: str) -> str | None:
    """The line's words without its list mark, or None where it has no bullet glyph."""
    match = _BULLET.match(text)
    if match is None or text[match.end(1)].isdigit():
        return None
    return text[match.end() :].strip() or None


def split(text: str) -> list[Line]:
    """The lines of a text that are not blank, in order."""
    return list(_lines(text))


def _lines(text: str) -> Iterator[Line]:
    start, gap, first, turn = 0, 0, True, False
    paged = "\f" in text
    for line in text.split("\n"):
        end = min(start + len(line) + 1, len(text))
        stripped = line.strip()
        if stripped:
            lead = 0 if line[0] == stripped[0] else len(line) - len(line.lstrip())
            turn |= paged and "\f" in line[:lead]
            place = (start, end, lead, 0 if first else gap)
            yield _new(Line, (stripped, *place, shape(stripped), turn))
            gap, first, turn = 0, False, False
        else:
            gap += 1
            turn |= paged and "\f" in line
        start = end
