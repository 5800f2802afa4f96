"""Find the furniture of scraped plain text: what a page says about itself, not its article.

`find` proposes the removal of whole lines with the blank lines that this leaves over, and tags
every line found. It looks at what is left (`page.inspect`) until nothing more goes, so that its
own result gives it nothing to do.
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
from unspun.errors import ConfigError, unknown_name
from unspun.model import Edit, Tag

__all__ = ["NAMES", "Tally", "find", "recurring"]

NAMES: tuple[str, ...] = (
    # by wording, in the order of data/chrome_phrases.tsv
    "advert",
    "promo",
    "login",
    "comment",
    "share",
    "navigation",
    "read-next",
    "author-card",
    "written-by",
    "photo-credit",
    "print-note",
    "translation-note",
    "legal",
    "tags",
    "forum",
    # by shape
    "byline",
    "date",
    "prompt",
    "breadcrumb",
    "read-also",
    "separator",
    "url",
    "count",
    # by place and neighbours
    "author-name",
    "author-bio",
    "section-label",
    "shut-in",
    "related-list",
    "leftover",
    "slug",
    "foreign-title",
    "related-headline",
    "lone-bullet",
    # by repetition
    "site-title",
    "duplicate",
    "recurring",
)
"""Every rule that an edit or tag can name, for ``ChromeConfig.off``."""

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

    Raises:
        ConfigError: if ``config.off`` names a rule that there is not.
    """
    _refuse_unknown(config.off)
    lines = split(text)
    hits = [read(line) for line in lines]
    kept = list(range(len(lines)))
    gone: dict[int, Verdict] = {}
    found: dict[int, Verdict] = {}
    for _ in range(_PASSES):
        page = inspect([lines[i] for i in kept], [hits[i] for i in kept], recurring)
        verdicts = _verdicts(page, config.off)
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
    glyph = (
        []
        if "lone-bullet" in config.off
        else lone_bullet(
            text, inspect([lines[i] for i in kept], [hits[i] for i in kept], recurring)
        )
    )
    return sorted((*edits, *glyph), key=_place), tags


def _verdicts(page: Page, off: Collection[str]) -> dict[int, Verdict]:
    """The surest verdict on each line, of the rules that are on."""
    best: dict[int, Verdict] = {}
    for rule in RULES:
        for verdict in rule(page):
            known = best.get(verdict.line)
            if verdict.rule in off:
                continue
            if known is None or known.confidence < verdict.confidence:
                best[verdict.line] = verdict
    return best


def _refuse_unknown(rules: Collection[str]) -> None:
    for rule in rules:
        if rule not in NAMES:
            raise ConfigError(unknown_name("chrome rule", rule, NAMES))


def _place(edit: Edit) -> int:
    return edit.start


def _stop(text: str, line: Line) -> int:
    return line.end - text[line.start : line.end].endswith("\n")
