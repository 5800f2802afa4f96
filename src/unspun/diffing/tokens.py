"""Words, numbers and marks of a text, with their places."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from unspun.edits import common_prefix

Span = tuple[int, int]

IDEOGRAPHS = ("\u3040\u30ff", "\u3400\u4dbf", "\u4e00\u9fff", "\uf900\ufaff")
"""First and last characters of scripts that are written without spaces."""
MARKS = (
    *("!/", ":@", "[`", "{~", "\u00a1\u00a9", "\u00ab\u00b1", "\u00b4\u00b4", "\u00b6\u00b8"),
    *("\u00bb\u00bb", "\u00bf\u00bf", "\u00d7\u00d7", "\u00f7\u00f7", "\u2010\u205e"),
    *("\u20a0\u20cf", "\u2190\u2bff", "\u3000\u303f", "\ufe30\ufe6f", "\uff01\uff0f"),
    *("\uff1a\uff20", "\uff3b\uff40", "\uff5b\uff65", "\ufffd\ufffd"),
)
"""First and last characters of punctuation and symbols."""


def _ranges(pairs: Sequence[str]) -> str:
    """Inside of a character class."""
    return "".join("-".join(map(re.escape, pair)) for pair in pairs)


_CJK, _MARK = _ranges(IDEOGRAPHS), _ranges(MARKS)
_TOKEN = re.compile(
    rf"""
    [{_CJK}]                                          # written without spaces: a token each
    | \d+ (?: [.,:]\d+ )* [^\s\d{_MARK}{_CJK}]*       # 1,234.5 and 3.5bn and 20th
    | [^\s{_MARK}{_CJK}]+ (?: ['’] [^\s{_MARK}{_CJK}]+ | [.]\d+ )*  # it's, two.0
    | \S                                              # any mark
    """,
    re.VERBOSE,
)
_CHUNK = re.compile(r"\S+")
_IS_MARK = re.compile(rf"[{_MARK}\s]*")


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a passage.

    Attributes:
        text: The whole text.
        words: The tokens.
        spans: Their code points in the whole text.
    """

    text: str
    words: list[str]
    spans: list[Span]

    def add(self, word: str, span: Span) -> None:
        """Append a token."""
        self.words.append(word)
        self.spans.append(span)

    def extend(self, more: Tokens) -> None:
        """Append the tokens of the passage that follows."""
        self.words.extend(more.words)
        self.spans.extend(more.spans)

    def span(self, start: int, end: int) -> Span:
        """The code points from the first token to the last; empty after what stands before."""
        if start < end:
            return self.spans[start][0], self.spans[end - 1][1]
        place = self.spans[start - 1][1] if start else self.spans[0][0] if self.spans else 0
        return place, place

    def slice(self, start: int, end: int) -> str:
        """The text from the first token to the last."""
        first, last = self.span(start, end)
        return self.text[first:last]


def tokenize(text: str, span: Span) -> Tokens:
    """The tokens of a passage.

    >>> tokenize("It's 3.5bn, no?", (0, 15)).words
    ["It's", '3.5bn', ',', 'no', '?']
    """
    word = text[span[0] : span[1]]
    if word.isascii() and word.isalpha():
        return Tokens(text, [word], [span])
    matches = list(_TOKEN.finditer(text, *span))
    return Tokens(text, [m[0] for m in matches], [m.span() for m in matches])


@dataclass(frozen=True, slots=True)
class Chunks:
    """What stands between white space.

    Attributes:
        words: The chunks.
        starts: Their first code points in the whole text.
    """

    words: list[str]
    starts: list[int]

    def span(self, start: int, end: int) -> Span:
        """The code points from the first chunk to the last; of no use where there is none."""
        if start == end:
            return 0, 0
        return self.starts[start], self.starts[end - 1] + len(self.words[end - 1])


def chunks(text: str, span: Span) -> Chunks:
    """What stands between white space.

    >>> chunks("so  it's (here)", (0, 15)).starts
    [0, 4, 9]
    """
    words = text[span[0] : span[1]].split()
    ends = list(accumulate(map(len, words), initial=span[0]))
    if ends[-1] + len(words) - 1 == span[1]:  # single spaces: just count
        return Chunks(words, list(map(int.__add__, ends, range(len(words)))))
    return Chunks(words, [m.start() for m in _CHUNK.finditer(text, *span)])


def ends(hyp: str, ref: str) -> tuple[int, int]:
    """How many code points two texts share at their beginning and, after that, at their end.

    Both stop between words. Where only white space keeps the beginning from reaching further, the
    ends are not looked at: words that could stand in either belong to the beginning.

    >>> ends("so it is here", "so it was here")
    (6, 5)
    """
    head = common_prefix(hyp, ref)
    if not (_breaks(hyp, head) and _breaks(ref, head)):
        while head and not hyp[head - 1].isspace():
            head -= 1
    ours, theirs = _CHUNK.search(hyp, head), _CHUNK.search(ref, head)
    if ours and theirs and ours[0] == theirs[0]:
        return (head if hyp[:head].strip() else 0), 0
    least = min(len(hyp), len(ref)) - head
    tail = common_prefix(hyp[: -least - 1 : -1], ref[: -least - 1 : -1])
    if not (_breaks(hyp, len(hyp) - tail - 1) and _breaks(ref, len(ref) - tail - 1)):
        while tail and not hyp[-tail].isspace():
            tail -= 1
    return (head if hyp[:head].strip() else 0), tail if hyp[len(hyp) - tail :].strip() else 0


def _breaks(text: str, place: int) -> bool:
    """Whether no word goes on at a place."""
    return not 0 <= place < len(text) or text[place].isspace()


def stripped(text: str, span: Span) -> Span:
    """A span without the white space around it."""
    piece = text[slice(*span)]
    return span[0] + len(piece) - len(piece.lstrip()), span[0] + len(piece.rstrip())


def is_mark(text: str) -> bool:
    """Whether a text holds nothing but punctuation, symbols and white space."""
    return not (text.isascii() and text.isalnum()) and _IS_MARK.fullmatch(text) is not None
