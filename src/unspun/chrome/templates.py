"""Wording of furniture: templates of whole lines, found by their first or last letters."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from itertools import product
from typing import NamedTuple

from unspun import tables
from unspun.chrome.lines import Line, fold

MAX_WIDTH = 400
"""Lines longer than this match no template."""

_PIECES = {
    "n": r"[\d.,\u066b\u066c ]*\d[\d.,]*\s?[km万萬천만]?\+?",
    "name": r"([^.!?;:|,\u3002\u3001\uff0c]{2,60}(?:\.[^.!?;:|]{1,40})?)",
    "few": r".{0,40}",
    "any": r".{0,300}",
}
_TOKEN = re.compile(r"\{(\w+)\}|([(\[|)\]])|([^{}()\[\]|]+)")
_ANCHOR = 4  # letters at either end that index a template
_ANCHORS = range(1, _ANCHOR + 1)
_PEEK = 24  # letters at either end of a long line that are looked at first
_REMEMBERED = 1 << 13  # ends of long lines
_MAX_VARIANTS = 200  # templates without placeholders up to this size are looked up, not matched


PLACES = ("any", "edge", "date", "above", "shape", "never")
"""Where furniture of some wording or shape is plainly furniture, plainest first."""


class Hit(NamedTuple):
    """A template that a whole line matched.

    Attributes:
        rule: The kind of furniture.
        place: One of `PLACES`: anywhere; at an edge or in company; as a date; above the headline;
            in company, by shape alone; nowhere (reported only).
        confidence: Of the wording alone.
        name: The person or source it names, folded, or an empty string.
    """

    rule: str
    place: str
    confidence: float
    name: str = ""


@dataclass(frozen=True, eq=False)
class _Template:
    """The wording of whole lines, compiled when a line may be one."""

    tree: Tree

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(_regex(self.tree))


Entry = tuple[_Template, Hit]


@dataclass(frozen=True, slots=True)
class Index:
    """Templates with slots, by the first, the last or else other letters of what they match.

    Attributes:
        starts: By the first.
        ends: By the last.
        inner: By others.
        ascii: Those of the others that are ASCII, in the same order.
    """

    starts: dict[str, list[Entry]] = field(default_factory=dict)
    ends: dict[str, list[Entry]] = field(default_factory=dict)
    inner: dict[str, list[Entry]] = field(default_factory=dict)
    ascii: list[str] = field(default_factory=list)

    def entries(self, key: str) -> list[Entry]:
        """The templates that a folded line may match."""
        found: list[Entry] = []
        for size in _ANCHORS:
            found += self.starts.get(key[:size], ())
        for size in _ANCHORS:
            found += self.ends.get(key[-size:], ())
        for needle in [needle for needle in self.needles(key) if needle in key]:
            found += self.inner[needle]
        return found

    def needles(self, text: str) -> Collection[str]:
        """Of the keys of ``inner`` those that a text may contain."""
        return self.ascii if text.isascii() else self.inner

    def add(self, entry: Entry) -> None:
        """Take a template in where the fewest lines will ask for it."""
        tree = entry[0].tree
        starts, ends = _edges(tree, from_end=False), _edges(tree, from_end=True)
        if "" not in starts:
            index, anchors = self.starts, starts
        elif "" not in ends:
            index, anchors = self.ends, ends
        else:
            index, anchors = self.inner, _inner(tree)
            self.ascii.extend(a for a in anchors if a.isascii() and a not in self.inner)
        for anchor in anchors:
            index.setdefault(anchor, []).append(entry)


@dataclass(frozen=True, slots=True)
class _Table:
    exact: dict[str, Hit]
    short: Index
    long: Index  # what a long line can match


def match(line: Line) -> Hit | None:
    """The surest template that a line matches as a whole, if any."""
    if line.shape.key:
        return match_key(line.shape.key)
    text = line.text
    if len(text) <= MAX_WIDTH and _promises(text):
        return _surest(None, table().long, fold(text))
    return None


def _promises(text: str) -> bool:
    """Whether a long line may match: by its ends, which are often those of others."""
    begins, ends = _begins(text[: _ANCHOR + 2]), _ends(text[-_ANCHOR - 2 :])
    if begins is None:
        begins = _anchored(table().long.starts, fold(text[:_PEEK]), _prefixes)
    if ends is None:
        ends = _anchored(table().long.ends, fold(text[-_PEEK:]), _suffixes)
    return begins or ends or any(map(text.__contains__, table().long.needles(text)))


@lru_cache(_REMEMBERED)
def _begins(front: str) -> bool | None:
    """Whether a long line with this front may match by it; None where that does not tell.

    A letter of ASCII that one of ASCII follows is folded by itself.
    """
    key = fold(front[:-1]) if front.isascii() else ""
    if len(key) < _ANCHOR:
        return None
    return _anchored(table().long.starts, key, _prefixes)


@lru_cache(_REMEMBERED)
def _ends(back: str) -> bool | None:
    """The same of its last characters."""
    key = fold(back) if back.isascii() else ""
    if len(key) < _ANCHOR:
        return None
    return _anchored(table().long.ends, key, _suffixes)


def _anchored(index: dict[str, list[Entry]], key: str, ends: Callable[[str], list[str]]) -> bool:
    return not index.keys().isdisjoint(ends(key))


def match_key(key: str) -> Hit | None:
    """The surest template that a folded line matches, if any.

    >>> match_key("5 comments").rule
    'comment'
    """
    known = table()
    return _surest(known.exact.get(key), known.short, key)


def _surest(best: Hit | None, index: Index, key: str) -> Hit | None:
    for template, hit in index.entries(key):
        if best is None or _rank(hit) < _rank(best):
            found = template.pattern.fullmatch(key)
            if found:
                name = next((group for group in found.groups() if group), "")
                best = hit._replace(name=name.strip())
    return best


def _prefixes(key: str) -> list[str]:
    return [key[:size] for size in _ANCHORS]


def _suffixes(key: str) -> list[str]:
    return [key[-size:] for size in _ANCHORS]


def _rank(hit: Hit) -> tuple[int, float]:
    """The plainer place first, then by confidence."""
    return PLACES.index(hit.place), -hit.confidence


@cache
def table() -> _Table:
    """The templates, read on first use."""
    known = _Table({}, Index(), Index())
    for line in tables.text("chrome_phrases.tsv").splitlines():
        if line and not line.startswith("#"):
            rule, place, confidence, _language, template = line.split("\t")
            for tree in _alternatives(_parse(template)):
                _add(known, tree, Hit(rule, place, float(confidence)))
    return known


def _add(table: _Table, tree: Tree, hit: Hit) -> None:
    variants = _literals(tree)
    if variants is not None:
        for variant in variants:
            key = fold(variant)
            if key not in table.exact or _rank(hit) < _rank(table.exact[key]):
                table.exact[key] = hit
        return
    entry = _Template(tree), hit
    table.short.add(entry)
    if _stretches(tree):
        table.long.add(entry)


def _inner(tree: Tree) -> set[str]:
    """Letters one of which every match contains."""
    literals = [plain(node) for node in tree if isinstance(node, str)]
    if any(literals):
        return {max(literals, key=len)}
    choice = next(node for node in tree if isinstance(node, Choice) and not node.optional)
    return {piece for option in choice.options for piece in _inner(option)}


def plain(literal: str) -> str:
    """A literal as folded lines have it, without the blanks around it."""
    return fold("\0" + literal + "\0").replace("\0", "").strip()


def _stretches(tree: Tree) -> bool:
    """Whether a template has room for a long text."""
    return any(
        (isinstance(node, Slot) and node.kind == "any")
        or (isinstance(node, Choice) and any(map(_stretches, node.options)))
        for node in tree
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several wordings, or none of them where it is optional."""

    options: tuple[Tree, ...]
    optional: bool


@dataclass(frozen=True, slots=True)
class Slot:
    """Room for a number, a name, or other words."""

    kind: str


Tree = tuple["str | Slot | Choice", ...]


def _parse(template: str) -> Tree:
    """A template as a tree: literals, slots and choices."""
    stack: list[list[list[str | Slot | Choice]]] = [[[]]]
    for slot, sign, literal in _TOKEN.findall(template):
        if slot:
            stack[-1][-1].append(Slot(slot))
        elif literal:
            stack[-1][-1].append(literal)
        elif sign in "([":
            stack.append([[]])
        elif sign == "|":
            stack[-1].append([])
        else:
            options = tuple(tuple(option) for option in stack.pop())
            stack[-1][-1].append(Choice(options, sign == "]"))
    return tuple(stack[0][0])


def _alternatives(tree: Tree) -> list[Tree]:
    """The options of a template that is one choice, else the template itself."""
    if len(tree) == 1 and isinstance(tree[0], Choice) and not tree[0].optional:
        return [part for option in tree[0].options for part in _alternatives(option)]
    return [tree]


def _literals(tree: Tree) -> list[str] | None:
    """Every wording of a template without slots; None if it has slots or too many wordings."""
    parts: list[list[str]] = []
    size = 1
    for node in tree:
        if isinstance(node, Slot):
            return None
        if isinstance(node, str):
            parts.append([node])
            continue
        options = [_literals(option) for option in node.options]
        if any(option is None for option in options):
            return None
        words = [word for option in options for word in option or ()]
        parts.append([*words, ""] if node.optional else words)
        size *= len(parts[-1])
    return ["".join(words) for words in product(*parts)] if size <= _MAX_VARIANTS else None


def _regex(tree: Tree) -> str:
    """The template as a pattern of folded text; spaces beside a choice may be missing."""
    out = []
    for i, node in enumerate(tree):
        if isinstance(node, Slot):
            out.append(_PIECES[node.kind])
        elif isinstance(node, Choice):
            body = "|".join(_regex(option) for option in node.options)
            out.append(f"(?:{body})" + ("?" if node.optional else ""))
        else:
            out.append(_spaced(node, tree[i - 1] if i else None, tree[i + 1 : i + 2]))
    return "".join(out)


def _spaced(literal: str, before: str | Slot | Choice | None, after: Tree) -> str:
    text = re.escape(fold("\0" + literal + "\0")).replace("\0", "")
    text = text.replace("\\\x00", "")
    if isinstance(before, Choice) and before.optional and text.startswith("\\ "):
        text = "\\ ?" + text[2:]
    if after and isinstance(after[0], Choice) and after[0].optional and text.endswith("\\ "):
        text += "?"
    return text


def _edges(tree: Tree, *, from_end: bool) -> set[str]:
    """The letters that a match can start (or end) with, up to `_ANCHOR`; '' if it can be any."""
    done: set[str] = set()
    open_ = {""}
    for node in reversed(tree) if from_end else tree:
        if isinstance(node, Slot):
            return done | open_
        pieces = {node} if isinstance(node, str) else _choice_edges(node, from_end=from_end)
        folded = {fold("\0" + piece + "\0").replace("\0", "") for piece in pieces}
        grown = {part + text if from_end else text + part for text in open_ for part in folded}
        cut = {text.rstrip() if from_end else text.lstrip() for text in grown}
        cut = {text[-_ANCHOR:] if from_end else text[:_ANCHOR] for text in cut}
        done |= {text for text in cut if len(text) == _ANCHOR}
        open_ = {text for text in cut if len(text) < _ANCHOR}
        if not open_:
            return done
    return done | {text.strip() for text in open_}


def _choice_edges(node: Choice, *, from_end: bool) -> set[str]:
    pieces: set[str] = set()
    for option in node.options:
        pieces |= _edges(option, from_end=from_end)
    return pieces | {""} if node.optional else pieces
