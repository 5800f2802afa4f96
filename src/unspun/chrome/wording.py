"""Lines whose wording is furniture, at once or by place and company."""

from __future__ import annotations

from collections.abc import Iterator

from unspun.chrome.page import Page, Verdict, stems

_LONE = 0.3  # a button's word alone between paragraphs: more often a subhead
_SUBHEAD = 2  # words of a button that could be a subhead
_TOPIC = 200  # code points of the next paragraph that tell its topic
_BLOCK = 3  # lines without a break that can be a block of furniture


def wording(page: Page) -> Iterator[Verdict]:
    """Lines whose wording is furniture: at once where it is plain, else by place and company."""
    for i, hit in enumerate(page.hits):
        if hit is None or hit.place not in ("any", "edge"):
            if hit is not None and hit.place == "never":
                yield Verdict(i, hit.rule, hit.confidence)
            continue
        if hit.place == "any":
            yield Verdict(i, hit.rule, hit.confidence)
        elif i == page.title:
            continue
        elif hit.rule != "written-by" and _first_subhead(page, i):
            yield Verdict(i, hit.rule, _LONE)
        elif page.at_edge(i) or page.beside_sure(i) or (page.sure and 0 < i < page.lead):
            yield Verdict(i, hit.rule, hit.confidence)
        elif (page.sure or hit.rule == "advert") and not page.subheads and _button(page, i):
            yield Verdict(i, hit.rule, 0.6)
        else:
            yield Verdict(i, hit.rule, _LONE)


def _button(page: Page, index: int) -> bool:
    """Whether a word alone between paragraphs is no item and the next does not speak of it."""
    line = page.lines[index]
    after = page.lines[index + 1].text[:_TOPIC] if index + 1 < len(page.lines) else ""
    return not line.shape.bullet and not stems(line.text) & stems(after)


def _first_subhead(page: Page, index: int) -> bool:
    """Whether a line right above the first paragraph may be a subhead.

    It may where nothing else is furniture, or other lines stand between paragraphs as it does.
    """
    short = page.lines[index].shape.words <= _SUBHEAD
    if index != page.head - 1 or page.sure or not short:
        return False
    alone = all(hit is None or i == index for i, hit in enumerate(page.hits))
    return alone or page.subheads + page.buttons > 0


def block(page: Page) -> Iterator[Verdict]:
    """Lines without a break between them that are all furniture of some kind."""
    start = 0
    for i in range(1, len(page.lines) + 1):
        if i < len(page.lines) and page.lines[i].gap == 0:
            continue
        hits = page.hits[start:i]
        words = sum(hit is not None and hit.place in ("any", "edge") for hit in hits)
        if i - start >= _BLOCK and words > 1 and all(hit is not None for hit in hits):
            for k, hit in enumerate(hits, start):
                if hit is not None and k != page.title:
                    yield Verdict(k, hit.rule, 0.8)
        start = i
