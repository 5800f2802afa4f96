"""The bullet glyph of a list of one: a standfirst that a page set as its only list item."""

from __future__ import annotations

from unspun.chrome.lines import Line, bare, shape
from unspun.chrome.page import Page

BULLET = 0.75
"""Confidence that such a glyph is no part of the text."""

_MIN_WORDS = 6
_AROUND = 3  # lines after it that hold no other item


def lone_bullet(page: Page) -> int | None:
    """The one item directly under the headline, if there is one.

    An item before or shortly after it makes it a list.
    """
    at = page.title + 1
    if page.title < 0 or at >= len(page.lines) - 1 or at > page.lead:
        return None
    line = page.lines[at]
    around = [page.lines[at - 1], *page.lines[at + 1 : at + 1 + _AROUND]]
    if any(other.shape.bullet for other in around) or bare(line.text) is None:
        return None
    return at if len(line.text.split()) > _MIN_WORDS or line.shape.words > _MIN_WORDS else None


def without_bullet(line: Line) -> Line:
    """The line as it reads once its glyph is gone; its place stays that of the whole line."""
    text = bare(line.text) or line.text
    lead = line.lead + len(line.text) - len(text)
    return line._replace(text=text, lead=lead, shape=shape(text))
