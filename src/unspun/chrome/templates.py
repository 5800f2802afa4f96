"""Wording of furniture: templates of whole lines, found by their first or last letters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
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


@dataclass(frozen=True, slots=True)
class _Table:
    exact: dict[str, Hit]
    starts: dict[str, list[tuple[str, Hit]]]
    ends: dict[str, list[tuple[str, Hit]]]


def match(line: Line) -> Hit | None:
    """The surest template that a line matches as a whole, if any."""
    if line.shape.key:
        return match_key(line.shape.key)
    text = line.text
    if len(text) > MAX_WIDTH:
        return None
    table = _table()  # a long line is folded as a whole only if its ends promise something
    if _anchored(table.starts, _prefixes(fold(text[:_PEEK]))) or _anchored(
        table.ends, _suffixes(fold(text[-_PEEK:]))
    ):
        return match_key(fold(text))
    return None


def match_key(key: str) -> Hit | None:
    """The surest template that a folded line matches, if any.

    >>> match_key("5 comments").rule
    'comment'
    """
    table = _table()
    best = table.exact.get(key)
    for pattern, hit in (
        *_anchored(table.starts, _prefixes(key)),
        *_anchored(table.ends, _suffixes(key)),
    ):
        if best is None or _rank(hit) < _rank(best):
            found = _compiled(pattern).fullmatch(key)
            if found:
                name = next((group for group in found.groups() if group), "")
                best = hit._replace(name=name.strip())
    return best


def _anchored(
    index: Mapping[str, list[tuple[str, Hit]]], anchors: list[str]
) -> list[tuple[str, Hit]]:
    return [entry for anchor in anchors if anchor in index for entry in index[anchor]]


def _prefixes(key: str) -> list[str]:
    return [key[:size] for size in range(_ANCHOR + 1)]


def _suffixes(key: str) -> list[str]:
    return [key[-size:] for size in range(1, _ANCHOR + 1)]


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _rank(hit: Hit) -> tuple[int, float]:
    """The plainer place first, then by confidence."""
    return PLACES.index(hit.place), -hit.confidence


@cache
def _table() -> _Table:
    table = _Table({}, {}, {})
    for line in tables.text("chrome_phrases.tsv").splitlines():
        if line and not line.startswith("#"):
            rule, place, confidence, _language, template = line.split("\t")
            for tree in _alternatives(_parse(template)):
                _add(table, tree, Hit(rule, place, float(confidence)))
    return table


def _add(table: _Table, tree: _Sequence, hit: Hit) -> None:
    variants = _literals(tree)
    if variants is not None:
        for variant in variants:
            key = fold(variant)
            if key not in table.exact or _rank(hit) < _rank(table.exact[key]):
                table.exact[key] = hit
        return
    entry = (_regex(tree), hit)
    starts = _edges(tree, from_end=False)
    index, anchors = (table.starts, starts)
    if "" in starts:
        ends = _edges(tree, from_end=True)
        if "" not in ends:
            index, anchors = table.ends, ends
    for anchor in anchors:
        index.setdefault(anchor, []).append(entry)


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
