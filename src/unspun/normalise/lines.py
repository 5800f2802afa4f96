"""Paragraphs that were cut into lines of a fixed width, put together again.

A program that wraps text fills its lines: the first word of each next line would not have fitted.
Where that holds for nearly all lines of a document, it was wrapped; verse, code, tables, addresses
and lists do not fill their lines. Off unless `NormaliseConfig.unwrap` asks for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from unspun.model import Edit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from unspun.config import NormaliseConfig

_STRUCTURE = re.compile(  # lines that stand alone: lists, quotations, headings, tables, code
    r"[ \t]|[-*+•–—>|#=~]|\(?[0-9ivxlc]{1,4}[.)]\s|[A-Za-z]\)\s|.*(?:\t|   |\||[{};]$)"
)
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_HYPHEN = re.compile(r"([^\W\d_]+)-$")
_FIRST = re.compile(r"[^\W\d_]+")
_WIDTHS = range(40, 101)
_FEWEST = 8  # line ends that make a width believable
_FILLED = 0.97  # share of lines that must be filled
_WORDS = 4  # in a line of prose


@dataclass(frozen=True, slots=True)
class _Block:
    start: int
    lines: tuple[str, ...]


def unwrap(text: str, config: NormaliseConfig) -> list[Edit]:
    """Join the lines of wrapped paragraphs."""
    if not config.unwrap:
        return []
    blocks = [block for block in _blocks(text) if _is_prose(block.lines)]
    ends = [pair for block in blocks for pair in zip(block.lines, block.lines[1:], strict=False)]
    if len(ends) < _FEWEST:
        return []
    width = max(len(line) for line, _ in ends)
    filled = sum(_fills(line, after, width) for line, after in ends)
    if width not in _WIDTHS or filled < _FILLED * len(ends):
        return []
    words = frozenset(_WORD.findall(text.lower()))  # compounds are words of their own here
    return [edit for block in blocks for edit in _joined(block, width, words)]


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
    return all(
        not _STRUCTURE.match(line) and line.count(" ") >= _WORDS for line in lines[:-1]
    ) and not _STRUCTURE.match(lines[-1])


def _fills(line: str, after: str, width: int) -> bool:
    """Whether the next line's first word would not have fitted."""
    return len(line.rstrip()) + 1 + len(after.split(" ", 1)[0]) > width


def _joined(block: _Block, width: int, words: frozenset[str]) -> list[Edit]:
    pairs = list(zip(block.lines, block.lines[1:], strict=False))
    if not all(_fills(line, after, width) for line, after in pairs):
        return []
    found = []
    at = block.start
    for line, after in pairs:
        at += len(line) + 1
        start = at - 1 - (len(line) - len(line.rstrip()))
        hyphen = _HYPHEN.search(line)
        first = _FIRST.match(after)
        glue = " "
        if hyphen and first:
            whole, compound = hyphen[1] + first[0], f"{hyphen[1]}-{first[0]}"
            broken = whole.lower() in words and compound.lower() not in words
            start, glue = (start - 1, "") if broken else (start, "")
        before = line[start - at + 1 :] if start < at - 1 else ""
        found.append(
            Edit(start, at, before + "\n", glue, "normalise", "unwrap", 0.95 if glue else 0.85)
        )
    return found
