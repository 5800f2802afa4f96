"""How translated English differs from written English: a linear model over style, not topic.

Function words, word endings, capitals, numbers and punctuation are kept; every other word is a
blank. One to three of them in a row are a feature, hashed. What remains says how a text is built
and nothing of what it is about (Volansky, Ordan and Wintner 2015, "On the features of
translationese"). `tools/train_origin.py` makes the model.
"""

# ruff: noqa: SIM905 - a list of words reads better as text

from __future__ import annotations

import math
import re
from functools import lru_cache
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from unspun import kernels, tables

if TYPE_CHECKING:
    from unspun.tagging.words import Words

_kernel = kernels.load("unspun.tagging._style", revision=6)

SIZE = 1 << 14
LONGEST = 5_000  # tokens read of a text
LEAST = 150  # tokens below which nothing is said
_REACH = 12 * LONGEST  # characters
_STOPS = re.compile(r"[.!?。！？।؟]+[\"'”’)\]]*(?:\s|$)|[。！？]|\n\s*\n")
_TOKEN = re.compile(r"[A-Za-z]+(?:['’][a-z]+)?|\d[\d.,]*|[^\w\s]")
_WORDS = (
    "the a an of to in and is are was were be been being i you he she it we they me him her "
    "us them my your his its our their this that these those not no do does did have has had "
    "will would can could should may might must what who which where when why how with from "
    "for on at by about into over under after before between through during against among "
    "within without because but or nor so as than then there here very too also just only "
    "even still yet already never always often sometimes again once now today if though "
    "although while whereas since until unless whether however therefore thus moreover "
    "meanwhile instead rather quite almost both either neither each every all any some many "
    "much more most few less least several other another such same own one two three first "
    "second last next new up down out off back away such well like per via upon toward "
    "towards around along across according due based order said says say according told added "
    "it's don't that's i'm we're can't didn't isn't there's they're you're won't doesn't he's "
    "she's let's i've we've i'd i'll who's what's wasn't"
).split()
_NUMBER = {word: k + 32 for k, word in enumerate(dict.fromkeys(_WORDS))}
_ENDINGS = {  # by their last letter
    "g": (("ing", 5),),
    "d": (("ed", 6),),
    "y": (("ly", 7), ("ity", 10)),
    "n": (("tion", 8),),
    "t": (("ment", 9), ("est", 15)),
    "s": (("ness", 11), ("s", 15)),
    "e": (("ive", 12),),
    "l": (("al", 13),),
    "r": (("er", 14),),
}
_MARKS = {mark: 16 + k for k, mark in enumerate(".,;:?!()-\"'%$&/")}
CONVENTIONS = {
    "straight": {"'": r"'(?<=\w')(?=\w)", '"': r"\"(?<=[\s(]\")(?=\w)"},
    "curly": {"’": r"’(?<=\w’)(?=\w)", "“": r"“(?=\w)"},
    "full-width": {
        **{mark: f"{mark}(?<=[A-Za-z].)" for mark in "，。；：？！（）、"},
        "「": r"「(?=[A-Za-z])",
    },
    "guillemets": {"«": r"«\s?(?=\w)"},
}
"""Marks of quotation and what goes with them, by where they stand; the kernel has the same."""
_CONVENTIONS = [
    [(mark, re.compile(pattern)) for mark, pattern in each.items()] for each in CONVENTIONS.values()
]
_STRAIGHT = str.maketrans("“”‘’–—", "\"\"''--")


class Style(NamedTuple):
    """The model.

    Attributes:
        weights: Weight of each hashed feature, in steps of ``scale``.
        scale: What one step is worth.
        bias: Added to the sum.
        slope: Turns the sum into calibrated log odds, with ``shift``.
        shift: Added after ``slope``.
    """

    weights: NDArray[np.int8]
    scale: float
    bias: float
    slope: float
    shift: float

    def log_odds(self, text: str, read: Words | None = None) -> float:
        """Log odds that an English text is machine-translated; 0 where it is too short.

        Args:
            text: The text.
            read: Its words, if they were read.
        """
        if read is None or _compiled() is None:
            found = weighed(text, self.weights)
        else:
            found = read.weigh(_REACH, self.weights)
        if found is None:
            return 0.0
        total, tokens = found
        sum_ = self.scale * total / math.sqrt(_rows(tokens))
        return self.slope * (sum_ + self.bias) + self.shift


def weighed(text: str, weights: NDArray[np.int8]) -> tuple[float, int] | None:
    """Roots of the counts, each times its weight, added up; and how many tokens were read."""
    counter = _compiled()
    if counter is None:
        return weighed_plain(text, weights)
    found: tuple[float, int] | None = counter.weigh(text, _REACH, weights)
    return found


def weighed_plain(text: str, weights: NDArray[np.int8]) -> tuple[float, int] | None:
    """The same without the compiled kernel.

    The weights of features of one count are added up first: whole numbers, in any order.
    """
    read = _places(text)
    if read is None:
        return None
    places, tokens = read
    places.sort()
    new = np.ones(len(places) + 1, bool)
    np.not_equal(places[1:], places[:-1], out=new[1:-1])
    edges = new.nonzero()[0]
    each = np.bincount(edges[1:] - edges[:-1], weights.take(places.take(edges[:-1])))
    total = 0.0
    for count in each.nonzero()[0].tolist():
        total += math.sqrt(count) * float(each[count])
    return total, tokens


def _rows(tokens: int) -> int:
    """So many rows of one, two and three tokens there are."""
    return 3 * tokens - 3


def features(text: str) -> NDArray[np.float32] | None:
    """Hashed features of a text: square roots of their shares; None where it is too short."""
    counter = _compiled()
    counted = counted_plain(text) if counter is None else counter.count(text, _REACH)
    if counted is None:
        return None
    counts, tokens = counted
    shares = np.frombuffer(counts, np.uint32).astype(np.float32)
    shares /= np.float32(_rows(tokens))
    return np.sqrt(shares, out=shares)


def stops(text: str, most: int) -> int:
    """How many sentences end in a text, counted up to a number."""
    if _kernel is None:
        return stops_plain(text, most)
    found: int = _kernel.stops(text, most)
    return found


def stops_plain(text: str, most: int) -> int:
    """The same without the compiled kernel."""
    if text.count(". ") >= most:  # each ends a sentence of its own
        return most
    return sum(1 for _ in islice(_STOPS.finditer(text), most))


def conventions(text: str) -> list[tuple[int, int, int]]:
    """How often a text has the marks of each of `CONVENTIONS`; where the first begins and ends."""
    if _kernel is None:
        return conventions_plain(text)
    found: list[tuple[int, int, int]] = _kernel.conventions(text)
    return found


def conventions_plain(text: str) -> list[tuple[int, int, int]]:
    """The same without the compiled kernel."""
    found = []
    for patterns in _CONVENTIONS:
        spans = [m.span() for mark, each in patterns if mark in text for m in each.finditer(text)]
        found.append((len(spans), *min(spans, default=(0, 0))))
    return found


@lru_cache(maxsize=1)
def _compiled() -> Any | None:  # noqa: ANN401 - an extension is not typed
    """The compiled count; None where the plain version must do."""
    if _kernel is None:
        return None
    endings = list(chain.from_iterable(_ENDINGS.values()))
    return _kernel.Counter(_NUMBER, endings, _MARKS, LONGEST, LEAST)


def shared() -> Any | None:  # noqa: ANN401 - a capsule
    """The tables for the reader of words, which then knows the class of each; None without them."""
    counter = _compiled()
    return None if counter is None else counter.tables()


def counted_plain(text: str) -> tuple[bytes, int] | None:
    """How often each feature is there, as 32-bit numbers, and how many tokens were read."""
    read = _places(text)
    if read is None:
        return None
    places, tokens = read
    return np.bincount(places, minlength=SIZE).astype(np.uint32).tobytes(), tokens


def _places(text: str) -> tuple[NDArray[np.uint16], int] | None:
    """The features of a text, each as often as it is there, and how many tokens were read."""
    classes = "".join(map(_seen.__getitem__, text[:_REACH].split())).encode("utf-16-le")
    one = np.frombuffer(classes, np.uint16)[:LONGEST].astype(np.uint32)
    if len(one) < LEAST:
        return None
    two = one[1:] * 512 + one[:-1]
    three = two[1:] * 512 + one[:-2]
    keys = np.concatenate([one, two + (1 << 20), three + (1 << 30)])
    keys *= 0x9E3779B1
    return (keys >> 18).astype(np.uint16), len(one)


class _Seen(dict[str, str]):
    """The tokens of what stands between blanks, each as the character whose number is its class.

    They are remembered: each word of a text is asked for.
    """

    def __missing__(self, word: str) -> str:
        if word.isascii() and word.isalpha():
            found = chr(_class(word))
        else:
            found = "".join(map(chr, map(_class, _TOKEN.findall(word.translate(_STRAIGHT)))))
        if len(word) <= _SHORT:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[word] = found
        return found


_REMEMBERED, _SHORT = 1 << 15, 40  # words, and characters of one
_seen = _Seen()


def _class(token: str) -> int:
    """Number of a function word, a mark, or the shape of any other token."""
    lower = token.lower()
    if lower in _NUMBER:
        return _NUMBER[lower]
    first = token[0]
    if first.isdigit():
        return 1
    if not first.isalpha():
        return _MARKS.get(first, 2)
    if first.isupper():
        return 3 if len(token) > 1 and token.isupper() else 4
    for ending, number in _ENDINGS.get(lower[-1], ()):
        if lower.endswith(ending):
            return number
    return 0


@lru_cache(maxsize=1)
def load() -> Style:
    """The packaged model."""
    with np.load(tables.path("tag_origin.npz")) as data:
        rest = (float(data[name]) for name in ("scale", "bias", "slope", "shift"))
        return Style(data["weights"], *rest)
