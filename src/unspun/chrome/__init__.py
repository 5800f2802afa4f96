"""Find the furniture of scraped plain text: what a page says about itself, not its article.

`find` proposes the removal of whole lines with the blank lines that this leaves over, and tags
every line found. It looks at what is left (`page.inspect`) until nothing more goes, so that its
own result gives it nothing to do.
"""

from __future__ import annotations

from collections.abc import Collection

from unspun.chrome.bullets import BULLET, lone_bullet, without_bullet
from unspun.chrome.calm import is_calm
from unspun.chrome.cut import cut
from unspun.chrome.lines import Line
from unspun.chrome.page import Page, Verdict, inspect, read
from unspun.chrome.reading import look, shows_nothing
from unspun.chrome.rules import RULES
from unspun.chrome.tally import Tally, recurring
from unspun.chrome.templates import Hit
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
    # of paged documents
    "page-number",
    "page-header",
)
"""Every rule that an edit or tag can name, for ``ChromeConfig.disable``."""

MOST = 50_000
"""Lines from which a text is a list or a table, no page, and stays as it is."""

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
        ConfigError: if ``config.disable`` names a rule that there is not.
    """
    _refuse_unknown(config.disable)
    if len(text) > MOST and text.count("\n") > MOST:
        return [], []
    if not recurring and shows_nothing(text):
        return [], []
    lines, hits = look(text)
    if not any(hits) and is_calm(lines, recurring):
        return [], []
    state = _State(lines, hits)
    for _ in range(_PASSES):
        if not _pass(state, config, recurring):
            break
    else:
        state.gone, state.glyphs = {}, {}
    tags = [
        Tag("chrome", line.start, _stop(text, line), verdict.rule, verdict.confidence)
        for line, verdict in ((state.lines[i], v) for i, v in sorted(state.found.items()))
    ]
    if not config.enabled or not state.kept:
        return [], tags
    glyphs = [
        Edit(start, end, text[start:end], "", "chrome", "lone-bullet", BULLET)
        for i, (start, end) in state.glyphs.items()
        if i not in state.gone
    ]
    return sorted((*cut(text, lines, state.gone), *glyphs), key=_place), tags


class _State:
    """What `find` knows so far: indices are those of the lines of the text."""

    def __init__(self, lines: list[Line], hits: list[Hit | None]) -> None:
        self.lines = list(lines)
        self.hits = hits
        self.kept = list(range(len(lines)))
        self.found: dict[int, Verdict] = {}
        self.gone: dict[int, Verdict] = {}
        self.glyphs: dict[int, tuple[int, int]] = {}

    def leave(self, going: set[int]) -> None:
        """Go on without these lines; the break above what follows them is the one that stays."""
        kept: list[int] = []
        gap = 0
        for i in self.kept:
            line = self.lines[i]
            gap = min(filter(None, (gap, line.gap)), default=0)
            if i in going:
                continue
            gap = gap if kept else 0
            if gap != line.gap:
                self.lines[i] = line._replace(gap=gap)
            kept.append(i)
            gap = 0
        self.kept = kept


def _pass(state: _State, config: ChromeConfig, recurring: Collection[str]) -> bool:
    """Look at what is left once; whether anything went."""
    kept = state.kept
    page = inspect([state.lines[i] for i in kept], [state.hits[i] for i in kept], recurring)
    going = set()
    for i, verdict in _verdicts(page, config.disable).items():
        known = state.found.get(kept[i])
        if known is None or known.confidence < verdict.confidence:
            state.found[kept[i]] = verdict
        if verdict.confidence >= config.min_confidence:
            going.add(i)
            state.gone[kept[i]] = verdict
    if going:
        state.leave({kept[i] for i in going})
    return bool(going) or _unbullet(state, page, config)


def _unbullet(state: _State, page: Page, config: ChromeConfig) -> bool:
    """Take the glyph off a list of one; whether there was one."""
    at = lone_bullet(page)
    if at is None or "lone-bullet" in config.disable or config.min_confidence > BULLET:
        return False
    i = state.kept[at]
    line = without_bullet(state.lines[i])
    state.glyphs[i] = (line.start, line.start + line.lead)
    state.lines[i] = line
    state.hits[i] = read(line)
    return True


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
