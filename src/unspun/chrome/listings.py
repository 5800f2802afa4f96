"""Lists of other articles under 'Related articles' and the like."""

from __future__ import annotations

from collections.abc import Iterator

from unspun.chrome.page import Page, Verdict

_OPENERS = frozenset({"read-next"})
_SUBHEAD = 5  # words of a subhead over the text that begins again
_ITEM_WORDS, _ITEMS = 25, 6  # of a related title, and of such titles between paragraphs


def listing(page: Page) -> Iterator[Verdict]:
    """What follows 'Related articles' and the like: titles, until text begins again."""
    i = 0
    while i < len(page.lines):
        hit = page.hits[i]
        i += 1
        if hit is None or hit.rule not in _OPENERS or not _opens(page, i - 1):
            continue
        start = i
        while i < len(page.lines) and _listed(page, i, start):
            i += 1
        stop = i
        if i < page.tail and i - start > 1 and page.lines[i - 1].shape.words <= _SUBHEAD:
            stop -= 1  # a subhead over the text that begins again
        for k in range(start, stop):
            if page.hits[k] is None:
                yield Verdict(k, "related-list", 0.85 if k >= page.tail else 0.75)


def _opens(page: Page, index: int) -> bool:
    return page.sure_hit(index) or page.at_edge(index)


def _listed(page: Page, index: int, start: int) -> bool:
    line = page.lines[index]
    if page.hits[index] is not None:
        return page.hits[index].rule not in _OPENERS  # type: ignore[union-attr]
    if line.body or line.shape.words > _ITEM_WORDS or index == page.title:
        return False
    return index >= page.tail or (index - start < _ITEMS and not line.shape.final)
