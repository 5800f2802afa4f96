"""Repetition: the rules and thresholds of Gopher (Rae et al. 2021, arXiv 2112.11446, table A1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from unspun.model import SubScore
from unspun.quality.shape import Shape, repeated

TOP = {2: 0.20, 3: 0.18, 4: 0.16}
"""Share of characters in the commonest n-gram of words, by n."""
DUPLICATE = {5: 0.15, 7: 0.13, 10: 0.10}
"""Share of characters in n-grams of words that occur twice and more, by n."""
_LEAST = 30  # words: in less, a refrain is no repetition


def parts(shape: Shape) -> list[SubScore]:
    """One part a rule; in languages without spaces a character counts as a word."""
    lines, line_characters = repeated(shape.lines)
    paragraphs, _ = repeated(shape.paragraphs)
    found = [
        _part("gopher-duplicate-lines", lines, 0.30),
        _part("gopher-duplicate-line-characters", line_characters, 0.20),
        _part("gopher-duplicate-paragraphs", paragraphs, 0.30),
    ]
    units: Sequence[str] = shape.words or [c for c in shape.text if not c.isspace()]
    # Two words of a language are some four characters of Han script.
    scale = 1 if shape.words else 2
    if len(units) < _LEAST * scale:
        return found
    length = sum(map(len, units))
    for n, threshold in TOP.items():
        found.append(_part(f"gopher-top-{n}-gram", _top(units, n * scale) / length, threshold))
    for n, threshold in DUPLICATE.items():
        value = _duplicate(units, n * scale) / length
        found.append(_part(f"gopher-duplicate-{n}-grams", value, threshold))
    return found


def _part(name: str, value: float, threshold: float) -> SubScore:
    score = 1.0 if value <= threshold else max(0.0, 1 - (value - threshold) / (1 - threshold))
    return SubScore(name, score, value, threshold, value > threshold)


def _grams(units: Sequence[str], n: int) -> list[tuple[str, ...]]:
    return list(zip(*(units[k:] for k in range(n)), strict=False))


def _top(units: Sequence[str], n: int) -> int:
    """Characters in the commonest n-gram, 0 where none comes twice."""
    counts = Counter(_grams(units, n))
    if not counts:
        return 0
    gram, count = counts.most_common(1)[0]
    return count * sum(map(len, gram)) if count > 1 else 0


def _duplicate(units: Sequence[str], n: int) -> int:
    """Characters in n-grams seen before, none counted twice."""
    seen: set[tuple[str, ...]] = set()
    total = covered = 0
    for at, gram in enumerate(_grams(units, n)):
        if gram in seen:
            total += sum(map(len, units[max(at, covered) : at + n]))
            covered = at + n
        else:
            seen.add(gram)
    return total
