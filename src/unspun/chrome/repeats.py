"""Lines that say again what was said: doubled titles and captions, lines of a whole batch."""

from __future__ import annotations

import re
from collections.abc import Iterator

from unspun.chrome.page import Page, Verdict

SITE = re.compile(r"\s+[|\u2013\u2014\u00b7\u2022-]\s+|\s*[|\uff5c_]\s*")
"""What stands between a headline and the name of its site."""
_TITLE_WORDS = 3  # a shorter title may be another's beginning
_LONG_WORDS = 6
_SHARE = 0.5  # a document that recurs by more than this is itself a copy


def site_title(page: Page) -> Iterator[Verdict]:
    """'Headline | Site' beside the headline itself."""
    head = {line.shape.key for line in page.lines[: page.head]}
    for i in range(page.head):
        parts = SITE.split(page.lines[i].text)
        if len(parts) > 1 and page.hits[i] is None:
            key = page.lines[i].shape.key
            if any(other and key.startswith(other) and other != key for other in head) and any(
                len(other.split()) >= _TITLE_WORDS and key.startswith(other + " ") for other in head
            ):
                yield Verdict(i, "site-title", 0.85)


def duplicate(page: Page) -> Iterator[Verdict]:
    """A line that repeats its neighbour: captions and titles scraped twice."""
    for i, (line, after) in enumerate(zip(page.lines, page.lines[1:], strict=False)):
        same = line.text == after.text and page.hits[i] is None
        if same and (line.shape.words >= _LONG_WORDS or i + 1 < page.head):
            yield Verdict(i + 1, "duplicate", 0.75 if line.shape.words >= _LONG_WORDS else 0.6)


def recurring(page: Page) -> Iterator[Verdict]:
    """Lines that recur across the documents of a batch; not in a document that is a copy."""
    if not page.recurring:
        return
    found = [i for i, line in enumerate(page.lines) if line.text in page.recurring]
    total = sum(len(line.text) for line in page.lines)
    if sum(len(page.lines[i].text) for i in found) > _SHARE * total:
        return
    for i in found:
        yield Verdict(i, "recurring", _recurs(page, i))


def _recurs(page: Page, index: int) -> float:
    """How surely a recurring line is furniture: letters, statutes and transcripts recur too."""
    line = page.lines[index]
    if index < page.title:
        return 0.8
    long = line.body or (line.shape.words >= _LONG_WORDS and line.text[-1] not in ":\uff1a")
    if page.at_edge(index) and long:
        return 0.8
    if page.sure and (long or (page.at_edge(index) and not line.shape.final)):
        return 0.7 if page.at_edge(index) else 0.55
    return 0.4
