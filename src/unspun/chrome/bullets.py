"""The bullet glyph of a list of one: a standfirst that a page set as its only list item."""

from __future__ import annotations

from unspun.chrome.lines import without_bullet
from unspun.chrome.page import Page
from unspun.model import Edit

_MIN_WORDS = 6
_CONFIDENCE = 0.75


def lone_bullet(text: str, page: Page) -> list[Edit]:
    """The edit that takes the glyph off the one item directly under the headline, if there is one.

    An item before or after it, or any list in the first lines of the text, makes it a list.
    """
    at = page.title + 1
    if page.title < 0 or at >= len(page.lines) - 1 or at > page.lead:
        return []
    line = page.lines[at]
    rest = without_bullet(line.text)
    around = [page.lines[at - 1], *page.lines[at + 1 : at + 4]]
    if rest is None or line.shape.count < _MIN_WORDS or any(o.shape.bullet for o in around):
        return []
    end = line.start + text[line.start : line.end].index(line.text) + len(line.text) - len(rest)
    before = text[line.start : end]
    return [Edit(line.start, end, before, "", "chrome", "lone-bullet", _CONFIDENCE)]
