"""Rules of dashes and bare addresses that belong to no text."""

from __future__ import annotations

from collections.abc import Iterator

from unspun.chrome import labels
from unspun.chrome.page import Page, Verdict

_LONE = 0.3  # an address between paragraphs: more often part of the text
_HEADER = 30  # lines that front matter can have at most
_RULES_IN_ROW = 3
_UNDERLINE = 3  # dashes that underline a heading


def separator(page: Page) -> Iterator[Verdict]:
    """Rules of dashes that part nothing: beside furniture, at the ends, under the headline."""
    last = len(page.lines) - 1
    for i, hit in enumerate(page.hits):
        if hit is None or hit.rule != "separator" or _underlines(page, i) or _front_matter(page, i):
            continue
        near = _leads_to_sure(page, i)
        if i in (0, last) or near:
            yield Verdict(i, "separator", 0.85)
        elif i < page.head and i - 1 == page.title and labels.DASHES.match(page.lines[i].text):
            yield Verdict(i, "separator", 0.6)


def _leads_to_sure(page: Page, index: int) -> bool:
    """Whether only rules lie between a rule and furniture or an end, in either direction."""
    for step in (-1, 1):
        at = index + step
        while 0 <= at < len(page.lines) and abs(at - index) <= _RULES_IN_ROW:
            hit = page.hits[at]
            if hit is None or hit.rule != "separator":
                break
            at += step
        if page.sure_hit(at) or not 0 <= at < len(page.lines):
            return True
    return False


def _underlines(page: Page, index: int) -> bool:
    """Whether a rule of dashes marks the line above it as a heading."""
    line = page.lines[index]
    return (
        index > 0
        and line.gap == 0
        and len(line.text) >= _UNDERLINE
        and page.hits[index - 1] is None
    )


def _front_matter(page: Page, index: int) -> bool:
    """Whether a rule fences 'key: value' lines at the start of the text."""
    if page.lines[0].text != "---":
        return False
    for i, line in enumerate(page.lines[1:_HEADER], 1):
        if line.text == "---":
            return index in (0, i) and i > 1
        if ":" not in line.text and not line.text.startswith("-"):
            return False
    return False


def address(page: Page) -> Iterator[Verdict]:
    """Bare addresses beside furniture or at the very end; a colon before one claims it."""
    for i, hit in enumerate(page.hits):
        if hit is None or hit.rule != "url":
            continue
        claimed = i > 0 and page.lines[i - 1].text.endswith((":", "\uff1a"))
        if page.beside_sure(i):
            yield Verdict(i, "url", 0.85)
        elif i == len(page.lines) - 1 and i >= page.tail and not claimed:
            yield Verdict(i, "url", 0.6)
        elif i < page.title:
            yield Verdict(i, "url", 0.7)
        else:
            yield Verdict(i, "url", _LONE)
