"""Rules of corpus builders, each with its value and threshold; they flag and drop nothing.

Gopher: Rae et al. 2021, arXiv 2112.11446, table A1. C4: Raffel et al. 2020, arXiv 1910.10683,
section 2.2. FineWeb: Penedo et al. 2024, arXiv 2406.17557, section 3.6. Rules that count words are
silent where a language writes no spaces; the stop words are English and speak of English alone.
"""

from __future__ import annotations

import re
from itertools import filterfalse

from unspun.model import SubScore
from unspun.quality.shape import Shape, repeated

STOP_WORDS = frozenset({"the", "be", "to", "of", "and", "that", "have", "with"})
_DAMAGE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ue000-\uf8ff\ufffd-\uffff]"
)
_ASCII_DAMAGE = bytes({*range(0x20), 0x7F} - {*b"\t\n\v\f\r"})
_TERMINAL = tuple(".!?\"'”’»…。！？」』）।॥؟۔።။།:;)")
_BULLETS = tuple("•●○■□▪▫※·➤►-*–")
_LETTER = re.compile(r"[^\W\d_]")
_SHORT_LINE = 30
_CODE = ("{", "lorem ipsum")


def damage(text: str) -> int:
    """Characters that no sound text has."""
    if text.isascii():
        return len(text) - len(text.encode("ascii").translate(None, _ASCII_DAMAGE))
    return len(_DAMAGE.findall(text))


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
    return SubScore(name, score, value, threshold, flagged)


def _least(name: str, value: float, threshold: float) -> SubScore:
    """A rule with a lower bound."""
    flagged = value < threshold
    return SubScore(name, value / threshold if flagged else 1.0, value, threshold, flagged)


def _words(shape: Shape) -> list[SubScore]:
    count = len(shape.words)
    mean = sum(map(len, shape.words)) / count
    symbols = (shape.text.count("#") + shape.text.count("...") + shape.text.count("…")) / count
    odd = list(filterfalse(str.isalpha, shape.words))
    alphabetic = (count - len(odd) + sum(map(bool, map(_LETTER.search, odd)))) / count
    found = [
        _least("gopher-words", count, 50),
        _most("gopher-words-most", count, 100_000),
        _least("gopher-word-length", mean, 3),
        _most("gopher-word-length-most", mean, 10),
        _most("gopher-symbols", symbols, 0.1),
        _least("gopher-alphabetic", alphabetic, 0.8),
    ]
    if shape.language == "en":
        stops = len(STOP_WORDS.intersection(shape.lower.split()))
        found.append(_least("gopher-stop-words", stops, 2))
    return found


def _lines(shape: Shape) -> list[SubScore]:
    count = max(1, len(shape.lines))
    bullets = sum(line.startswith(_BULLETS) for line in shape.lines) / count
    ellipses = sum(line.endswith(("...", "…")) for line in shape.lines) / count
    ended = sum(line.endswith(_TERMINAL) for line in shape.lines) / count
    _, again = repeated(shape.lines)
    found = [
        _most("gopher-bullets", bullets, 0.9),
        _most("gopher-ellipses", ellipses, 0.3),
        _most("fineweb-duplicate-line-characters", again, 0.1),
    ]
    if shape.language not in {"th", "lo", "km", "my", "bo"}:  # they end a sentence with a space
        found.append(_least("fineweb-line-ends", ended, 0.12))
    if shape.words:
        short = sum(len(line) < _SHORT_LINE for line in shape.lines) / count
        found.append(_most("fineweb-short-lines", short, 0.67))
        feeds = shape.text.count("\n") / len(shape.words)
        found.append(_most("fineweb-list", feeds, 0.3))
    return found


def _c4(shape: Shape) -> list[SubScore]:
    marks = sum(map(shape.lower.count, _CODE))
    script = 0
    if "javascript" in shape.lower:
        script = sum("javascript" in line.lower() for line in shape.lines)
    return [_most("c4-code", marks, 0), _most("c4-javascript", script, 0)]
