"""Rules of corpus builders, each with its value and threshold; they flag and drop nothing.

Gopher: Rae et al. 2021, arXiv 2112.11446, table A1. C4: Raffel et al. 2020, arXiv 1910.10683,
section 2.2. FineWeb: Penedo et al. 2024, arXiv 2406.17557, section 3.6. Rules that count words are
silent where a language writes no spaces; the stop words are English and speak of English alone.
"""

from __future__ import annotations

from unspun.kernels.values import maker
from unspun.model import SubScore
from unspun.quality.shape import Shape, share

_sub_score = maker(SubScore)


def parts(shape: Shape) -> list[SubScore]:
    """Every rule that speaks of the text's language."""
    found = [*_lines(shape), *_c4(shape)]
    if shape.words:
        found += _words(shape)
    return found


def _most(name: str, value: float, threshold: float) -> SubScore:
    """A rule with an upper bound."""
    flagged = value > threshold
    score = (threshold / value if threshold else 1 / (1 + value)) if flagged else 1.0
    return _sub_score(name, score, value, threshold, flagged)


def _least(name: str, value: float, threshold: float) -> SubScore:
    """A rule with a lower bound."""
    flagged = value < threshold
    return _sub_score(name, value / threshold if flagged else 1.0, value, threshold, flagged)


def _words(shape: Shape) -> list[SubScore]:
    count = shape.words
    mean = shape.word_characters / count
    found = [
        _least("gopher-words", count, 50),
        _most("gopher-words-most", count, 100_000),
        _least("gopher-word-length", mean, 3),
        _most("gopher-word-length-most", mean, 10),
        _most("gopher-symbols", shape.symbols / count, 0.1),
        _least("gopher-alphabetic", shape.alphabetic / count, 0.8),
    ]
    if shape.language == "en":
        found.append(_least("gopher-stop-words", shape.stops, 2))
    return found


def _lines(shape: Shape) -> list[SubScore]:
    count = max(1, shape.lines)
    again = share(shape.line_characters_again, shape.line_characters)
    found = [
        _most("gopher-bullets", shape.bullets / count, 0.9),
        _most("gopher-ellipses", shape.ellipses / count, 0.3),
        _most("fineweb-duplicate-line-characters", again, 0.1),
    ]
    if shape.language not in {"th", "lo", "km", "my", "bo"}:  # they end a sentence with a space
        found.append(_least("fineweb-line-ends", shape.ended / count, 0.12))
    if shape.words:
        found.append(_most("fineweb-short-lines", shape.short / count, 0.67))
        found.append(_most("fineweb-list", shape.feeds / shape.words, 0.3))
    return found


def _c4(shape: Shape) -> list[SubScore]:
    return [_most("c4-code", shape.marks, 0), _most("c4-javascript", shape.scripts, 0)]
