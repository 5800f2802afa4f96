"""Paragraphs that were cut into lines of a fixed width, put together again.

A program that wraps text fills its lines: the first word of each next line would not have fitted.
Where that holds for nearly all lines of a document, it was wrapped; verse, code, tables, addresses
and lists do not fill their lines. What a printer set, and a PDF gives back, is filled by the width
of its letters. Off unless `NormaliseConfig.unwrap` asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from unspun.model import Edit
from unspun.normalise.hyphens import Hyphens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from unspun.config import NormaliseConfig

_STRUCTURE = re.compile(  # lines that stand alone: lists, quotations, headings, tables, code
    r"[ \t]|[-*+•–—>|#=~]|\(?[0-9ivxlc]{1,4}[.)]\s|[A-Za-z]\)\s|.*(?:\t|   |\||[{};]$)"
)
_CLOSED = re.compile(
    r"[.!?:][\"'\N{RIGHT DOUBLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK})]*\s*$"
)
_LETTER = re.compile(r"[^\W\d_]")
_LONG_WORD = re.compile(r"\w{4,}")
_WIDTHS = range(40, 121)
_FEWEST = 8  # line ends that make a width believable
_FILLED, _FILLED_IN_PRINT = 0.97, 0.93  # share of lines that must be filled, but for last ones
_MOST_CLOSED = 0.5  # share of lines that may end a paragraph
_MOST_BEGUN = 0.75  # share that may begin with a capital; a third does in German
_BROKEN = 0.2  # share of a paragraph's lines that may end before they are filled; they stay
_WORDS = 4  # in a line of prose
_SHRINK = 0.97  # a printer shrinks spaces to fit a word in, and letters are not all of one font

_LETTER_WIDTHS = {  # by an average one, in the mean of Times and Helvetica
    0.5: "ijl.,;:'!|\N{RIGHT SINGLE QUOTATION MARK} ",
    0.65: 'tfrI()[]-/"\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}',
    0.9: "aceszJ",
    1.3: "ABCDEFGHKLNOPQRSTUVXYZw&",
    1.55: "mMW%@\N{EM DASH}",
}
_WIDTH_OF = {ord(char): width for width, chars in _LETTER_WIDTHS.items() for char in chars}

Fills = Callable[[str, str], bool]
"""Whether the first word of a line would not have fitted into the line before it."""


@dataclass(frozen=True, slots=True)
class _Block:
    start: int
    lines: tuple[str, ...]

    @property
    def ends(self) -> list[tuple[str, str]]:
        """Each line, without the blanks behind it, and the next one."""
        return [(line.rstrip(), after) for line, after in pairwise(self.lines)]


def unwrap(text: str, config: NormaliseConfig) -> list[Edit]:
    """Join the lines of wrapped paragraphs."""
    if not config.unwrap:
        return []
    blocks = [block for block in _blocks(text) if _is_prose(block.lines)]
    fills = _filling([end for block in blocks for end in block.ends])
    if fills is None:
        return []
    hyphens = Hyphens(text)
    return [edit for block in blocks for edit in _joined(block, fills, hyphens)]


def _blocks(text: str) -> Iterator[_Block]:
    """Runs of two and more lines that are not blank."""
    at = start = 0
    lines: list[str] = []
    for line in [*text.split("\n"), ""]:
        if line.strip():
            start = start if lines else at
            lines.append(line)
        else:
            if len(lines) > 1:
                yield _Block(start, tuple(lines))
            lines = []
        at += len(line) + 1


def _is_prose(lines: tuple[str, ...]) -> bool:
    short = sum(line.count(" ") < _WORDS and not _is_closed(line) for line in lines[:-1])
    return short <= _BROKEN * len(lines) and not any(map(_STRUCTURE.match, lines))


def _filling(ends: Sequence[tuple[str, str]]) -> Fills | None:
    """The measure by which nearly all lines are filled, in characters or as a printer would."""
    if len(ends) < _FEWEST or max(len(line) for line, _ in ends) not in _WIDTHS:
        return None
    if sum(_begins(after) for _, after in ends) > _MOST_BEGUN * len(ends):
        return None
    for measure, share, least in ((len, 1.0, _FILLED), (_printed, _SHRINK, _FILLED_IN_PRINT)):
        width = share * max(measure(line) for line, _ in ends)
        fills = _filler(measure, width)
        short = [line for line, after in ends if not fills(line, after)]
        closed = sum(map(_is_closed, short))
        filled = len(ends) - len(short)
        enough = max(_FEWEST, least * (len(ends) - closed))
        if filled >= enough and closed <= _MOST_CLOSED * len(ends):
            return fills
    return None


def _filler(measure: Callable[[str], float], width: float) -> Fills:
    """A line of so much width has no room for the first word of the next."""

    def fills(line: str, after: str) -> bool:
        return measure(f"{line} {after.split(' ', 1)[0]}") > width

    return fills


def _printed(line: str) -> float:
    """The width of a line in print, in letters."""
    return sum(_WIDTH_OF.get(ord(char), 1.0) for char in line)


def _is_closed(line: str) -> bool:
    """Whether a paragraph may end with a line."""
    return _CLOSED.search(line) is not None


def _begins(line: str) -> bool:
    """Whether a sentence, a verse or a headline of its own may begin with a line."""
    first = _LETTER.search(line)
    return first is not None and first[0].isupper() and not line.isupper()


def _is_heading(line: str) -> bool:
    """Whether all its long words have capitals."""
    long = [word for word in _LONG_WORD.findall(line) if not word.isdigit()]
    return len(long) > 1 and all(word[0].isupper() for word in long)


def _joined(block: _Block, fills: Fills, hyphens: Hyphens) -> list[Edit]:
    filled = [fills(line, after) for line, after in block.ends]
    closed = [_is_closed(line) for line, _ in block.ends]
    broken = [not (full or end) for full, end in zip(filled, closed, strict=True)]
    if sum(broken) > _BROKEN * len(broken):
        return []
    found: list[Edit] = []
    at = block.start
    parted = any(end and not full for full, end in zip(filled, closed, strict=True))
    for k, (line, after) in enumerate(block.ends):
        spaces = len(block.lines[k]) - len(line)
        at += len(block.lines[k]) + 1
        # A last line may be full by chance, where nothing else parts paragraphs, or a heading
        # follows; and so may a heading be.
        last = closed[k] and (parted or any(broken[k + 1 : k + 2]))
        if not filled[k] or last or _is_heading(line):
            continue
        cut, glue, sure = False, " ", 0.95
        told = hyphens.cut(line, after)
        if told is not None:
            (cut, sure), glue = told, ""
        start = at - 1 - spaces - cut
        before = f"{block.lines[k]}\n"[start - at :]
        found.append(Edit(start, at, before, glue, "normalise", "unwrap", sure))
    return found
