"""The rules, in order. Each is a function of the page and gives verdicts.

Where two rules find the same line the surer one names it, of two equally sure ones the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from unspun.chrome.headlines import related_headline
from unspun.chrome.listings import listing
from unspun.chrome.neighbours import foreign_title, framed, leftover, offer, run, section, slug
from unspun.chrome.page import Page, Verdict
from unspun.chrome.paged import paged
from unspun.chrome.people import author, date
from unspun.chrome.repeats import duplicate, recurring, site_title
from unspun.chrome.separators import address, separator
from unspun.chrome.wording import block, wording

RULES: tuple[Callable[[Page], Iterator[Verdict]], ...] = (
    wording,  # what a line says is better evidence than where it stands
    block,  # weak words are strong together
    date,
    author,
    separator,
    address,
    section,
    listing,
    leftover,
    run,
    framed,
    offer,
    slug,
    foreign_title,
    site_title,
    duplicate,
    recurring,  # needs the batch
    paged,
    related_headline,  # the least sure: only where the page has other furniture
)
