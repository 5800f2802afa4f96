"""Passages cut into what an engine translates at a time, and answers put back in their place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from unspun.align import sentences
from unspun.translation.passages import Passage

MOST = 400
"""Code points of a segment; models are trained on sentences and lose the end of longer ones."""
_BREAKS = (
    re.compile(r"[；;]\s*"),
    re.compile(r"[，、：:,]\s*"),
    re.compile(r"\s+"),
)
_UNDECODED = re.compile(r"[\ud800-\udfff]")  # no engine reads such bytes
_QUOTES = {"“": "”", "‘": "’", "「": "」", "『": "』", "«": "»", "„": "“", '"': '"', "《": "》"}
_BLANKS = re.compile(r" {2,}")
_JOINED = re.compile(r"[\w)\]%”’\"']")  # what an alphabet does not write against a word


class Segment(NamedTuple):
    """A stretch that is translated by itself.

    Attributes:
        start: First code point.
        end: One past the last.
        text: The text there.
        language: BCP 47 tag.
        confidence: Of the language, 0 to 1.
    """

    start: int
    end: int
    text: str
    language: str
    confidence: float


def segments(text: str, passages: Iterable[Passage]) -> list[Segment]:
    """Cut passages at sentences, and sentences that are too long at lesser marks."""
    found = []
    for passage in passages:
        for start, end in _lines(text, passage.start, passage.end):
            for begin, stop in sentences(text, (start, end)):
                for first, last in _short(text, begin, stop):
                    first, last = _bare(text, first, last)  # noqa: PLW2901
                    piece = text[first:last]
                    if any(map(str.isalpha, piece)) and not _UNDECODED.search(piece):
                        found.append(
                            Segment(first, last, piece, passage.language, passage.confidence)
                        )
    return found


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Lines: the line ends of a document are its own and stay."""
    for line in re.finditer(r"[^\n]+", text[start:end]):
        yield start + line.start(), start + line.end()


def _short(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Parts of at most `MOST` code points, cut at the best mark that there is."""
    while end - start > MOST:
        cut = start + MOST
        for mark in _BREAKS:
            places = [m.end() for m in mark.finditer(text, start, start + MOST)]
            late = [place for place in places if place > start + MOST // 4]
            if late:
                cut = late[-1]
                break
        yield start, cut
        start = cut
    yield start, end


def _bare(text: str, start: int, end: int) -> tuple[int, int]:
    """Without white space at the ends, nor a quotation mark whose partner is not in it."""
    while True:
        before = start, end
        while start < end and text[start].isspace():
            start += 1
        while start < end and text[end - 1].isspace():
            end -= 1
        if end - start > 1 and _alone(text[start], text[start + 1 : end]):
            start += 1
        if end - start > 1 and _alone_at_end(text[end - 1], text[start : end - 1]):
            end -= 1
        if before == (start, end):
            return start, end


def _alone(mark: str, rest: str) -> bool:
    partner = _QUOTES.get(mark)
    return partner is not None and partner not in rest


def _alone_at_end(mark: str, rest: str) -> bool:
    openings = [o for o, c in _QUOTES.items() if c == mark]
    return bool(openings) and not any(o in rest for o in openings)


def fitted(text: str, segment: Segment, answer: str, *, spaced: bool) -> str:
    """The answer with the blanks that its neighbours need.

    Args:
        text: The text that the segment stands in.
        segment: Where.
        answer: What will stand there.
        spaced: Whether the target language puts blanks between words.
    """
    answer = answer.strip()
    if "  " not in segment.text:
        answer = _BLANKS.sub(" ", answer)
    if not spaced:
        return answer
    before, after = text[segment.start - 1 : segment.start], text[segment.end : segment.end + 1]
    if before and before.isalnum() and answer[:1].isalnum():
        answer = f" {answer}"
    follows = bool(after) and (after.isalnum() or after in "“‘「『《（(")
    if (follows and _JOINED.match(answer[-1:])) or (follows and answer[-1:] in ".!?,;:…"):
        answer = f"{answer} "
    return answer
