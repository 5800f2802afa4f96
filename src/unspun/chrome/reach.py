"""What lines that match templates begin with, end with and contain, for the compiled kernel.

Nothing here decides that a line is furniture: it tells which lines no template can match.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from unspun.chrome.lines import fold
from unspun.chrome.templates import Choice, Entry, Index, Slot, Tree, plain

_NUMBER = Slot("n")
_TELLING = 5  # letters of a word that few lines have, where it is written in ASCII
_FIGURES = "0123456789.,\u066b\u066c "  # one of which a number begins with, of whatever script


class Signs(NamedTuple):
    """Letters at one place of the lines that templates match, by what else those lines have.

    Attributes:
        free: Of templates that ask for no more.
        numbered: Of templates that begin with a number.
        worded: Of templates that contain one of the words.
        words: These words.
    """

    free: set[str]
    numbered: set[str]
    worded: set[str]
    words: set[str]

    def add(self, tree: Tree, letters: Iterable[str], others: Tree) -> None:
        """Take in the letters of a template, of which these nodes are not among them."""
        words = _literals(others)
        if any(word.isascii() and len(word) < _TELLING for word in words):
            words = set()
        if tree[0] == _NUMBER:
            self.numbered.update(letters)
        elif words:
            self.worded.update(letters)
            self.words.update(words)
        else:
            self.free.update(letters)


def fronts(index: Index, size: int) -> Signs:
    """Letters with which every line begins that matches a template of those indexed by the first.

    Args:
        index: Templates.
        size: Letters at most.
    """
    found = Signs(set(), set(), set(), set())
    for tree, anchors in _anchored(index.starts):
        free = next((i for i, node in enumerate(tree) if isinstance(node, Slot)), len(tree))
        found.add(tree, _longest(tree, anchors, size, from_end=False), tree[free:])
    return found


def backs(index: Index, size: int) -> Signs:
    """The same of the last letters, of templates that are indexed by these."""
    found = Signs(set(), set(), set(), set())
    for tree, anchors in _anchored(index.ends):
        free = max((i for i, node in enumerate(tree) if isinstance(node, Slot)), default=-1)
        before = tree[: free + 1] if any(isinstance(n, str) for n in tree[: free + 1]) else tree
        found.add(tree, _longest(tree, anchors, size, from_end=True), before)
    return found


def inner(index: Index) -> Signs:
    """Letters somewhere in every line that matches a template of those indexed by such."""
    found = Signs(set(), set(), set(), set())
    for tree, anchors in _anchored(index.inner):
        rest = tuple(n for n in tree if not (isinstance(n, str) and plain(n) in anchors))
        found.add(tree, anchors, rest)
    return found


def _anchored(entries: dict[str, list[Entry]]) -> Iterable[tuple[Tree, list[str]]]:
    anchors: dict[Tree, list[str]] = {}
    for anchor, known in entries.items():
        for template, _ in known:
            anchors.setdefault(template.tree, []).append(anchor)
    return anchors.items()


def _longest(tree: Tree, anchors: list[str], size: int, *, from_end: bool) -> Iterable[str]:
    """As many letters as can be told; the anchors where a match may begin with any."""
    numbers = any(anchor[0].isdecimal() or anchor[0] in _FIGURES for anchor in anchors)
    done, open_ = _reach(tree, size, from_end=from_end, numbers=numbers or from_end)
    return anchors if "" in done | open_ else done | open_


def _literals(tree: Tree) -> set[str]:
    """Letters one of which every match contains, as long as can be; none where any will do."""
    best: set[str] = set()
    for node in tree:
        if isinstance(node, str):
            found = {plain(node)}
        elif isinstance(node, Choice) and not node.optional:
            options = [_literals(option) for option in node.options]
            found = set().union(*options) if all(options) else set()
        else:
            continue
        if min(map(len, found), default=0) > min(map(len, best), default=0):
            best = found
    return best


def _reach(tree: Tree, size: int, *, from_end: bool, numbers: bool) -> tuple[set[str], set[str]]:
    """The first or last letters of what a tree matches: where they are cut; where they are all.

    Args:
        tree: A template, or an option of one.
        size: Letters at most.
        from_end: Whether the last are asked for.
        numbers: Whether lines that begin with a number count.
    """
    done: set[str] = set()
    open_ = {""}

    def grown(pieces: set[str]) -> set[str]:
        return {piece + text if from_end else text + piece for text in open_ for piece in pieces}

    def kept(texts: set[str]) -> set[str]:
        return {text[-size:] if from_end else text[:size] for text in texts}

    places = range(len(tree))
    for i in reversed(places) if from_end else places:
        node = tree[i]
        if isinstance(node, Slot):
            if node == _NUMBER and not numbers:
                open_ = open_ - {""}
            return done | open_, set()
        if isinstance(node, str):
            cut: set[str] = set()
            whole = _spacings(node, tree[i - 1] if i else None, tree[i + 1 : i + 2])
        else:
            parts = [
                _option(option, size, open_, from_end=from_end, numbers=numbers)
                for option in node.options
            ]
            cut = set().union(*(part[0] for part in parts))
            whole = set().union(*(part[1] for part in parts), {""} if node.optional else ())
        all_ = grown(whole)
        done |= kept(grown(cut)) | kept({text for text in all_ if len(text) >= size})
        open_ = {text for text in all_ if len(text) < size}
    return done, open_


def _option(
    tree: Tree, size: int, before: set[str], *, from_end: bool, numbers: bool
) -> tuple[set[str], set[str]]:
    """What an option reaches; a number is at the beginning where nothing may stand before it."""
    return _reach(tree, size, from_end=from_end, numbers=numbers or before != {""})


def _spacings(literal: str, before: str | Slot | Choice | None, after: Tree) -> set[str]:
    """A literal as a template's pattern lets it be written."""
    found = {fold("\0" + literal + "\0").replace("\0", "")}
    if isinstance(before, Choice) and before.optional:
        found |= {text.removeprefix(" ") for text in found}
    if after and isinstance(after[0], Choice) and after[0].optional:
        found |= {text.removesuffix(" ") for text in found}
    return found
