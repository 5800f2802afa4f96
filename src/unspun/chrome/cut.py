"""Take lines out so that the rest stands as an editor would leave it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from unspun.chrome.lines import Line
from unspun.chrome.page import Verdict
from unspun.model import Edit


def cut(text: str, lines: list[Line], gone: Mapping[int, Verdict]) -> list[Edit]:
    """The edits that remove these lines.

    Between two lines that stay, of all the breaks between them the smallest that is a paragraph
    break stays; above the first and below the last line nothing does.
    """
    return [edit for first, last in _runs(gone) for edit in _run(text, lines, gone, first, last)]


def _runs(gone: Mapping[int, Verdict]) -> Iterator[tuple[int, int]]:
    """First and last index of each stretch of removed lines."""
    first = last = None
    for i in sorted(gone):
        if last is not None and first is not None and i > last + 1:
            yield first, last
            first = None
        if first is None:
            first = i
        last = i
    if first is not None and last is not None:
        yield first, last


def _run(
    text: str, lines: list[Line], gone: Mapping[int, Verdict], first: int, last: int
) -> Iterator[Edit]:
    """One edit for each line; the blank lines before `keep` go with the line before them."""
    keep = _kept_break(lines, first, last)
    for i in range(first, last + 1):
        if i < keep:  # the break after this line stays or comes later: take the one before
            start = lines[i - 1].end if i else 0
            end = lines[i].end
        else:
            start = lines[i].start
            end = lines[i + 1].start if i + 1 < len(lines) else len(text)
        if i == 0:
            start = 0
        yield Edit(
            start, end, text[start:end], "", "chrome", gone[i].rule, round(gone[i].confidence, 3)
        )


def _kept_break(lines: list[Line], first: int, last: int) -> int:
    """The line whose break before it stays."""
    if first == 0:
        return first
    if last == len(lines) - 1:
        return last + 1
    breaks = [i for i in range(first, last + 2) if lines[i].gap] or [first]
    return min(breaks, key=lambda i: lines[i].gap)
