"""Wording of furniture: templates of whole lines, found by their first or last letters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
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
_PEEK = 24  # letters at either end of a long line that are looked at first
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

    tree: _Sequence

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(_regex(self.tree))


_Entry = tuple[_Template, Hit]


@dataclass(frozen=True, slots=True)
class _Index:
    """Templates with slots, by the first, the last or else other letters of what they match."""

    starts: dict[str, list[_Entry]]
    ends: dict[str, list[_Entry]]
    inner: dict[str, list[_Entry]]

    def promises(self, text: str) -> bool:
        """Whether a line may match."""
        first, last = fold(text[:_PEEK]), fold(text[-_PEEK:])
        return (
            not self.starts.keys().isdisjoint(_prefixes(first))
            or not self.ends.keys().isdisjoint(_suffixes(last))
            or any(map(text.__contains__, self.inner))
        )

    def entries(self, key: str) -> Iterator[_Entry]:
        """The templates that a folded line may match."""
        for anchor in _prefixes(key):
            yield from self.starts.get(anchor, ())
        for anchor in _suffixes(key):
            yield from self.ends.get(anchor, ())
        for needle, entries in self.inner.items():
            if needle in key:
                yield from entries

    def add(self, entry: _Entry) -> None:
        """Take a template in where the fewest lines will ask for it."""
        tree = entry[0].tree
        starts, ends = _edges(tree, from_end=False), _edges(tree, from_end=True)
        if "" not in starts:
            index, anchors = self.starts, starts
        elif "" not in ends:
            index, anchors = self.ends, ends
        else:
            index, anchors = self.inner, _inner(tree)
        for anchor in anchors:
            index.setdefault(anchor, []).append(entry)


@dataclass(frozen=True, slots=True)
class _Table:
    exact: dict[str, Hit]
    short: _Index
    long: _Index  # what a long line can match


def match(line: Line) -> Hit | None:
    """The surest template that a line matches as a whole, if any."""
    if line.shape.key:
        return match_key(line.shape.key)
    text, index = line.text, table().long
    if len(text) <= MAX_WIDTH and index.promises(text):
        return _surest(None, index, fold(text))
    return None


def match_key(key: str) -> Hit | None:
    """The surest template that a folded line matches, if any.

    >>> match_key("5 comments").rule
    'comment'
    """
    known = table()
    return _surest(known.exact.get(key), known.short, key)


def _surest(best: Hit | None, index: _Index, key: str) -> Hit | None:
    for template, hit in index.entries(key):
        if best is None or _rank(hit) < _rank(best):
            found = template.pattern.fullmatch(key)
            if found:
                name = next((group for group in found.groups() if group), "")
                best = hit._replace(name=name.strip())
    return best


def counted(entries: Iterable[_Entry]) -> bool:
    """Whether no template of these matches without a number."""
    return all(_Slot("n") in template.tree for template, _ in entries)


def fronts(index: _Index, size: int) -> set[str]:
    """Letters with which every line begins that matches a template of those indexed by the first.

    Args:
        index: Templates.
        size: Letters at most.
    """
    return _reached(index.starts, size, from_end=False)


def backs(index: _Index, size: int) -> set[str]:
    """The same of the last letters, of templates that are indexed by these."""
    return _reached(index.ends, size, from_end=True)


def _reached(entries: dict[str, list[_Entry]], size: int, *, from_end: bool) -> set[str]:
    anchors: dict[_Template, list[str]] = {}
    for anchor, known in entries.items():
        for template, _ in known:
            anchors.setdefault(template, []).append(anchor)
    found: set[str] = set()
    for template, short in anchors.items():
        done, open_ = _reach(template.tree, size, from_end=from_end)
        longer = done | open_
        found.update(longer if min(map(len, longer)) >= _ANCHOR else short)
    return found


def _reach(tree: _Sequence, size: int, *, from_end: bool) -> tuple[set[str], set[str]]:
    """The first or last letters of what a tree matches: where they are cut; where they are all."""
    done: set[str] = set()
    open_ = {""}

    def grown(pieces: set[str]) -> set[str]:
        return {piece + text if from_end else text + piece for text in open_ for piece in pieces}

    def kept(texts: set[str]) -> set[str]:
        return {text[-size:] if from_end else text[:size] for text in texts}

    places = range(len(tree))
    for i in reversed(places) if from_end else places:
        node = tree[i]
        if isinstance(node, _Slot):
            return done | open_, set()
        if isinstance(node, str):
            cut: set[str] = set()
            whole = _spacings(node, tree[i - 1] if i else None, tree[i + 1 : i + 2])
        else:
            parts = [_reach(option, size, from_end=from_end) for option in node.options]
            cut = set().union(*(part[0] for part in parts))
            whole = set().union(*(part[1] for part in parts), {""} if node.optional else ())
        all_ = grown(whole)
        done |= kept(grown(cut)) | kept({text for text in all_ if len(text) >= size})
        open_ = {text for text in all_ if len(text) < size}
    return done, open_


def _spacings(literal: str, before: str | _Slot | _Choice | None, after: _Sequence) -> set[str]:
    """A literal as `_spaced` lets it be written."""
    found = {fold("\0" + literal + "\0").replace("\0", "")}
    if isinstance(before, _Choice) and before.optional:
        found |= {text.removeprefix(" ") for text in found}
    if after and isinstance(after[0], _Choice) and after[0].optional:
        found |= {text.removesuffix(" ") for text in found}
    return found


def _prefixes(key: str) -> list[str]:
    return [key[:size] for size in range(1, _ANCHOR + 1)]


def _suffixes(key: str) -> list[str]:
    return [key[-size:] for size in range(1, _ANCHOR + 1)]


def _rank(hit: Hit) -> tuple[int, float]:
    """The plainer place first, then by confidence."""
    return PLACES.index(hit.place), -hit.confidence


@cache
def table() -> _Table:
    """The templates, read on first use."""
    known = _Table({}, _Index({}, {}, {}), _Index({}, {}, {}))
    for line in tables.text("chrome_phrases.tsv").splitlines():
        if line and not line.startswith("#"):
            rule, place, confidence, _language, template = line.split("\t")
            for tree in _alternatives(_parse(template)):
                _add(known, tree, Hit(rule, place, float(confidence)))
    return known


def _add(table: _Table, tree: _Sequence, hit: Hit) -> None:
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


def _inner(tree: _Sequence) -> set[str]:
    """Letters one of which every match contains."""
    literals = [_plain(node) for node in tree if isinstance(node, str)]
    if any(literals):
        return {max(literals, key=len)}
    choice = next(node for node in tree if isinstance(node, _Choice) and not node.optional)
    return {piece for option in choice.options for piece in _inner(option)}


def _plain(literal: str) -> str:
    return fold("\0" + literal + "\0").replace("\0", "").strip()


def _stretches(tree: _Sequence) -> bool:
    """Whether a template has room for a long text."""
    return any(
        (isinstance(node, _Slot) and node.kind == "any")
        or (isinstance(node, _Choice) and any(map(_stretches, node.options)))
        for node in tree
    )


@dataclass(frozen=True, slots=True)
class _Choice:
    options: tuple[_Sequence, ...]
    optional: bool


@dataclass(frozen=True, slots=True)
class _Slot:
    kind: str


_Sequence = tuple["str | _Slot | _Choice", ...]


def _parse(template: str) -> _Sequence:
    """A template as a tree: literals, slots and choices."""
    stack: list[list[list[str | _Slot | _Choice]]] = [[[]]]
    for slot, sign, literal in _TOKEN.findall(template):
        if slot:
            stack[-1][-1].append(_Slot(slot))
        elif literal:
            stack[-1][-1].append(literal)
        elif sign in "([":
            stack.append([[]])
        elif sign == "|":
            stack[-1].append([])
        else:
            options = tuple(tuple(option) for option in stack.pop())
            stack[-1][-1].append(_Choice(options, sign == "]"))
    return tuple(stack[0][0])


def _alternatives(tree: _Sequence) -> list[_Sequence]:
    """The options of a template that is one choice, else the template itself."""
    if len(tree) == 1 and isinstance(tree[0], _Choice) and not tree[0].optional:
        return [part for option in tree[0].options for part in _alternatives(option)]
    return [tree]


def _literals(tree: _Sequence) -> list[str] | None:
    """Every wording of a template without slots; None if it has slots or too many wordings."""
    parts: list[list[str]] = []
    size = 1
    for node in tree:
        if isinstance(node, _Slot):
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


def _regex(tree: _Sequence) -> str:
    """The template as a pattern of folded text; spaces beside a choice may be missing."""
    out = []
    for i, node in enumerate(tree):
        if isinstance(node, _Slot):
            out.append(_PIECES[node.kind])
        elif isinstance(node, _Choice):
            body = "|".join(_regex(option) for option in node.options)
            out.append(f"(?:{body})" + ("?" if node.optional else ""))
        else:
            out.append(_spaced(node, tree[i - 1] if i else None, tree[i + 1 : i + 2]))
    return "".join(out)


def _spaced(literal: str, before: str | _Slot | _Choice | None, after: _Sequence) -> str:
    text = re.escape(fold("\0" + literal + "\0")).replace("\0", "")
    text = text.replace("\\\x00", "")
    if isinstance(before, _Choice) and before.optional and text.startswith("\\ "):
        text = "\\ ?" + text[2:]
    if after and isinstance(after[0], _Choice) and after[0].optional and text.endswith("\\ "):
        text += "?"
    return text


def _edges(tree: _Sequence, *, from_end: bool) -> set[str]:
    """The letters that a match can start (or end) with, up to `_ANCHOR`; '' if it can be any."""
    done: set[str] = set()
    open_ = {""}
    for node in reversed(tree) if from_end else tree:
        if isinstance(node, _Slot):
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


def _choice_edges(node: _Choice, *, from_end: bool) -> set[str]:
    pieces: set[str] = set()
    for option in node.options:
        pieces |= _edges(option, from_end=from_end)
    return pieces | {""} if node.optional else pieces
