"""Find the furniture of scraped plain text: what a page says about itself, not its article.

`find` proposes the removal of whole lines with the blank lines that this leaves over, and tags every
line found. It works on what `page.inspect` sees until nothing more goes, so that its own result
gives it nothing to do.
"""

from __future__ import annotations

from collections.abc import Collection

from unspun.chrome.bullets import lone_bullet
from unspun.chrome.cut import cut
from unspun.chrome.lines import Line, split
from unspun.chrome.page import Page, Verdict, inspect, read
from unspun.chrome.rules import RULES
from unspun.chrome.tally import Tally, recurring
from unspun.config import ChromeConfig
from unspun.model import Edit, Tag

__all__ = ["Tally", "find", "recurring"]

_PASSES = 24
"""Rounds of removal before a text counts as made to trouble the rules, and stays as it is."""


def find(
    text: str,
    config: ChromeConfig,
    *,
    recurring: Collection[str] = frozenset(),  # the name is the caller's word for it
) -> tuple[list[Edit], list[Tag]]:
    """Find page furniture.

    Args:
        text: A document after repair.
        config: The ``chrome`` section.
        recurring: Stripped lines known to recur across documents (see `Tally`).

    Returns:
        The edits that take out what is at least ``config.min_confidence`` sure, and a ``chrome``
        tag, with the rule as value, for every line found. Both in coordinates of ``text``, in
        order. A document of nothing but furniture keeps all of it.
    """
    lines = split(text)
    hits = [read(line) for line in lines]
    kept = list(range(len(lines)))
    gone: dict[int, Verdict] = {}
    found: dict[int, Verdict] = {}
    for _ in range(_PASSES):
        page = inspect([lines[i] for i in kept], [hits[i] for i in kept], recurring)
        verdicts = _verdicts(page)
        for verdict in verdicts.values():
            at = kept[verdict.line]
            if at not in found or found[at].confidence < verdict.confidence:
                found[at] = verdict
        going = {i for i, v in verdicts.items() if v.confidence >= config.min_confidence}
        if not going:
            break
        gone |= {kept[i]: verdicts[i] for i in going}
        kept = [k for i, k in enumerate(kept) if i not in going]
    else:
        gone = {}
    tags = [
        Tag("chrome", lines[i].start, _stop(text, lines[i]), verdict.rule, verdict.confidence)
        for i, verdict in sorted(found.items())
    ]
    if not config.enabled or not kept:
        return [], tags
    edits = cut(text, lines, gone)
    glyph = lone_bullet(text, inspect([lines[i] for i in kept], [hits[i] for i in kept], recurring))
    return sorted((*edits, *glyph), key=_place), tags


def _verdicts(page: Page) -> dict[int, Verdict]:
    """The surest verdict on each line."""
    best: dict[int, Verdict] = {}
    for rule in RULES:
        for verdict in rule(page):
            known = best.get(verdict.line)
            if known is None or known.confidence < verdict.confidence:
                best[verdict.line] = verdict
    return best


def _place(edit: Edit) -> int:
    return edit.start


def _stop(text: str, line: Line) -> int:
    return line.end - text[line.start : line.end].endswith("\n")
