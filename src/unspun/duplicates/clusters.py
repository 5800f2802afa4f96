"""Which documents belong together: whatever repeats one another, directly or through others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from unspun.duplicates.index import Index, Match


class Duplicate(NamedTuple):
    """What a document repeats.

    Attributes:
        cluster: The name of the first document of those that belong together.
        of: The name of the document that it is most like of those before it; None for the first.
        kind: ``first``, ``exact`` or ``near``.
        similarity: To that document, 0 to 1.
    """

    cluster: str
    of: str | None
    kind: Literal["first", "exact", "near"]
    similarity: float


class Clusters:
    """The documents of a batch, put together as they come."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._names: dict[int, str] = {}
        self._parents: dict[int, int] = {}
        self._own: list[tuple[int, Match | None]] = []

    def add(self, id_: str, text: str) -> None:
        """One more."""
        number, matches = self._index.add(id_, text)
        self._names[number] = id_
        self._own.append((number, matches[0] if matches else None))
        for match in matches:
            self._names.setdefault(match.number, match.id)
            self._join(number, match.number)

    def _root(self, number: int) -> int:
        while (parent := self._parents.get(number, number)) != number:
            self._parents[number] = self._parents.get(parent, parent)
            number = parent
        return number

    def _join(self, left: int, right: int) -> None:
        low, high = sorted((self._root(left), self._root(right)))
        if low != high:
            self._parents[high] = low

    def found(self) -> Sequence[Duplicate | None]:
        """For each document in its order what it repeats; None for those that stand alone."""
        roots = [self._root(number) for number, _ in self._own]
        sizes: dict[int, int] = {}
        for root in roots:
            sizes[root] = sizes.get(root, 0) + 1
        return [
            self._duplicate(root, match) if match is not None or sizes[root] > 1 else None
            for root, (_, match) in zip(roots, self._own, strict=True)
        ]

    def _duplicate(self, root: int, match: Match | None) -> Duplicate:
        name = self._names[root]
        if match is None:
            return Duplicate(name, None, "first", 1.0)
        return Duplicate(name, match.id, match.kind, match.similarity)
