"""Texts in portions that are laid end to end and read together: so many stay in the cache."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

_MOST = 200_000  # characters of a portion


def portions(texts: Sequence[str], most: int = _MOST) -> Iterator[tuple[int, int]]:
    """Ranges of texts that together stay below a portion's size where they can.

    >>> list(portions(["one", "two", "three", "a longer one"], most=8))
    [(0, 2), (2, 3), (3, 4)]
    """
    start = size = 0
    for number, text in enumerate(texts):
        if size and size + len(text) > most:
            yield start, number
            start, size = number, 0
        size += len(text)
    if start < len(texts):
        yield start, len(texts)
