"""What can be told of a text before it is read: where reading pays, and the odds of its being spun.

The text is cut into regions that are judged one by one, and each family looks at all its words at
once: a classifier adds up what distinct words and pairs of neighbours say, and a family that was
learned without one has its marker words instead.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from unspun.channel.gate import BLOCK, Gate, strongest
from unspun.channel.index import Index
from unspun.channel.keys import Words
from unspun.channel.screen import MOST, Told, kernel, screen

_REGION = 12_000  # code points that are decoded together
_SUSPICIOUS = 0.013  # nats a word of markers from which a region is read
_PLAINLY = 0.06  # the same from which it is read in full at once
_LEAST_TOLD = _SUSPICIOUS / 4  # nats a word of the first block below which no block is counted
_SUSPICIOUS_BLOCK = 0.04  # the same for a block of it
_ROUNDING = 1e-6  # nats by which two sums of the same may differ
_SAMPLED = 8  # one part in so many of a region is read first
_LEAST_SAMPLE = 600  # code points of it at least
_PLACES, _AROUND = 32, 5  # odd places of a region that are looked at, and words around each, ...
_REACH = 100  # ... up to so many code points: other scripts have no words here
_BIAS, _GAIN, _GLANCE = -5.0, 5.2, 3.7  # of the markers' regression
_DOUBTFUL, _DOUBTFUL_WORD = -3.2, 1 / 300  # nats of the classifier, and more for each word, ...
_DOUBTFUL_MOST = 4.0  # ... up to this, from which a region's odd places are read
_EAGER = 1.0  # nats less where a neural model is asked, who tells more of what is found
_BRIEF, _DOUBTFUL_BRIEF = 60, -0.3  # words below which lines are read, and from what nats
_CERTAIN = 10.0  # nats of the classifier from which it is read in full at once
_HUNCH = (5.55, 0.46, 11.16, -0.25, -2.35)  # weights of `Look.features`, for reading it in full
_DECISION = (-1.43, 11.91, -2.38)  # weights of what the phrases say (`tools/fit_decision.py`)
_ASKED = (-3.52, 9.55, 0.0)  # the same where a neural model was asked (`fit_second_opinion.py`)
_LEAST, _MOST = -6.0, 6.0  # nats of the classifier that count
_SCREENS = 8  # choices of families that are kept ready
_RICHNESS = 0.08  # distinct words in a word of prose, beyond its first block: far more, in fact
_FEW = 25.0  # words that count against a text for being short
_SHORT = 120.0  # words of which a text has the more to prove the fewer it has


Ints = NDArray[np.int64]
Span = tuple[int, int]  # first code point, and one past the last


@dataclass(frozen=True, slots=True, eq=False)
class Spinner:
    """A family, ready to be read back.

    Attributes:
        family: Its name.
        index: Its substitutions.
        gate: Its classifier, if it has one.
        marked: Whether its marker words are looked at.
        learned: By their phrases, the families of substitutions that are stacked on its own.
    """

    family: str
    index: Index
    gate: Gate | None = None
    marked: bool = True
    learned: Mapping[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of text that is judged by itself.

    Attributes:
        start: Its first code point.
        end: One past its last.
        first: Its first word.
        last: One past its last.
    """

    start: int
    end: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Look:
    """What is known of a region before it is read.

    Attributes:
        words: How many it has.
        glance: Nats a word of its marker words; 0 if they are not suspicious.
        gate: Nats that its family's classifier gives it, or None if there is none.
        asked: Whether a neural model will be asked.
    """

    words: int
    glance: float
    gate: float | None
    asked: bool = False

    @property
    def suspicious(self) -> bool:
        """Whether the region is worth a second look."""
        least = _doubtful(self.words, asked=self.asked)
        return self.glance > 0.0 or (self.gate is not None and self.gate >= least)

    @property
    def plain(self) -> bool:
        """Whether it is read in full at once."""
        return self.glance >= _PLAINLY or (self.gate is not None and self.gate >= _CERTAIN)

    @property
    def marked(self) -> bool:
        """Whether its marker words have a say."""
        return self.gate is None or self.glance > 0.0

    @property
    def brief(self) -> bool:
        """Whether it has too few words for odd places to tell."""
        return self.words < _BRIEF

    def worthwhile(self, evidence: float) -> bool:
        """Whether it is read in full (a logistic regression, fitted by `tools/fit_look.py`).

        Args:
            evidence: Nats that its odd places say.
        """
        return math.fsum(map(operator.mul, _HUNCH, self.features(evidence))) >= 0.0

    def features(self, evidence: float) -> list[float]:
        """What that counts: 1, classifier, odd places, length, and how short it is."""
        assert self.gate is not None  # noqa: S101  # who asks has looked
        root, short = math.sqrt(self.words + _FEW), _SHORT / (self.words + 1)
        return [1.0, max(min(self.gate, _MOST), _LEAST), evidence / root, root, short]

    def grounds(self, nats: float) -> list[float]:
        """What a decision counts: 1, what the phrases say, and how short the region is."""
        return [1.0, nats / math.sqrt(self.words + _FEW), _SHORT / (self.words + 1)]

    def probability(self, nats: float = 0.0, gain: float = 0.0, *, asked: bool = False) -> float:
        """Calibrated probability that it is spun (logistic regressions).

        Args:
            nats: What its phrases say, for a family that has a classifier.
            gain: Nats by which the spun reading beats the text as it stands, for markers.
            asked: Whether a neural model was asked about the phrases.
        """
        root = math.sqrt(self.words + _FEW)
        logits = []
        if self.gate is not None:
            weights = _ASKED if asked else _DECISION
            logits.append(math.fsum(map(operator.mul, weights, self.grounds(nats))))
        if self.marked:
            told = _GAIN * gain + _GLANCE * min(self.glance, _PLAINLY) * self.words
            logits.append(_BIAS + told / root)
        return 1.0 / (1.0 + math.exp(-max(min(max(logits), 30.0), -30.0)))


def _doubtful(words: int, *, asked: bool) -> float:
    """Nats of the classifier from which a second look pays: a long text has more to say."""
    if words < _BRIEF:
        return _DOUBTFUL_BRIEF
    return min(_DOUBTFUL + _DOUBTFUL_WORD * words, _DOUBTFUL_MOST) - (_EAGER if asked else 0.0)


def in_doubt(
    text: str, spans: Sequence[Span], spinners: tuple[Spinner, ...], *, asked: bool
) -> list[Spinner]:
    """The families that may find some region suspicious; the others have looked at all of them."""
    if kernel is None or len(spinners) > MOST:
        return list(spinners)
    rows = _screen(spinners)(text, [end for _, end in spans])
    return [
        spinner
        for at, spinner in enumerate(spinners)
        if any(_may_be(row[at], asked=asked) for row in rows)
    ]


@lru_cache(_SCREENS)
def _screen(spinners: tuple[Spinner, ...]) -> Callable[[str, list[int]], list[tuple[Told, ...]]]:
    families = [(s.gate, s.index.glance if s.marked else None) for s in spinners]
    return screen(families, _SUSPICIOUS_BLOCK)


def _may_be(told: Told, *, asked: bool) -> bool:
    """Whether a region may be suspicious."""
    words, gate, marked, odd = told
    if gate is not None and gate >= _doubtful(words, asked=asked) - _ROUNDING:
        return True
    return odd or marked >= _SUSPICIOUS


class Sight:
    """A text as one family sees it.

    Args:
        words: Its words.
        spinner: The family.
        asked: Whether a neural model will be asked.
    """

    def __init__(self, words: Words, spinner: Spinner, *, asked: bool = False) -> None:
        self._words, self._asked = words, asked
        self._marks = spinner.index.glance.find(words) if spinner.marked else None
        self._bias = spinner.gate.bias if spinner.gate else 0.0
        self._told = spinner.gate.look(words) if spinner.gate else None

    def look(self, region: Region) -> Look:
        """Look at a region, without reading it."""
        gate = None
        if self._told is not None:
            gate = strongest(self._told.blocks(region.first, region.last)) + self._bias
        look = Look(region.last - region.first, self._glance(region), gate, self._asked)
        return look if not look.suspicious or self._prose(region) else Look(look.words, 0.0, _LEAST)

    def _prose(self, region: Region) -> bool:
        """Whether words differ as they do in prose, and not as in a list or a table."""
        size = region.last - region.first
        distinct = self._words.distinct(region.first, region.last, max(size, 1)).sum()
        return bool(distinct >= _RICHNESS * (size - BLOCK))

    def _glance(self, region: Region) -> float:
        """Nats a word of a region's markers, or 0 if it looks clean all over."""
        marks, first, last = self._marks, region.first, region.last
        if marks is None or marks.told(first, last) <= _LEAST_TOLD * min(last - first, BLOCK):
            return 0.0
        said = marks.blocks(first, last, BLOCK)
        sizes = self._words.distinct(first, last, BLOCK)
        whole = float(said.sum() / sizes.sum())
        odd = bool((said >= _SUSPICIOUS_BLOCK * sizes).any())
        return whole if whole >= _SUSPICIOUS or (odd and len(said) > 1) else 0.0

    def oddest(self, text: str, region: Region) -> tuple[str, Ints, Ints]:
        """The oddest places of a region with the words around them.

        Returns:
            Their text, a line for each stretch; where in it each place begins, a word before the
            odd one; and where it ends, within that.
        """
        assert self._told is not None  # noqa: S101  # who asks has looked
        told = self._told.strongest(region.first, region.last, _PLACES)
        if not len(told):
            return "", told, told
        starts, last = self._words.starts, region.last
        begin, end, at = np.maximum(told - _AROUND, region.first), told + _AROUND, starts[told]
        closes = np.where(end < last, starts[np.minimum(end, last - 1)], region.end)
        begin, end = np.maximum(starts[begin], at - _REACH), np.minimum(closes, at + _REACH)
        heads = np.flatnonzero(np.append(True, begin[1:] > end[:-1]))
        after = np.append(heads[1:], len(told))
        opens, closes = begin[heads], end[after - 1]
        lines = [text[a:b] for a, b in zip(opens.tolist(), closes.tolist(), strict=True)]
        shift = np.repeat(np.cumsum(closes - opens + 1) - closes - 1, after - heads)
        first = np.maximum(starts[np.maximum(told - 1, region.first)], begin)
        return "\n".join(lines), first + shift, at + 1 + shift

    def sample(self, text: str, region: Region) -> str | None:
        """The oddest lines of a region, or None if they are most of it."""
        lines = text[region.start : region.end].split("\n")
        begins = np.cumsum([region.start, *(len(line) + 1 for line in lines)])
        bounds = np.searchsorted(self._words.starts, begins)
        nats = np.zeros(len(lines))
        if self._told is not None:
            nats += self._told.lines(bounds)
        if self._marks is not None:
            nats += self._marks.lines(bounds)
        size = region.end - region.start
        budget = max(size // _SAMPLED, _LEAST_SAMPLE)
        taken: list[int] = []
        for at in np.argsort(-nats, kind="stable").tolist():
            if nats[at] <= 0.0 or budget <= 0:
                break
            taken.append(at)
            budget -= len(lines[at])
        if 2 * sum(len(lines[at]) for at in taken) > size:
            return None
        return "\n".join(lines[at] for at in sorted(taken))


def spans_of(text: str) -> list[Span]:
    """Cut a text into what is judged one by one, at line ends or blanks, of about a size."""
    found, start, size = [], 0, len(text)
    while size - start > _REGION * 1.5:
        cut = text.rfind("\n", start + _REGION // 2, start + _REGION)
        if cut < 0:
            cut = text.rfind(" ", start + _REGION // 2, start + _REGION)
        cut = start + _REGION if cut < 0 else cut + 1
        found.append((start, cut))
        start = cut
    return [*found, (start, size)] if size > start else found


def regions(spans: Sequence[Span], words: Words) -> list[Region]:
    """The same with the words of each."""
    first = np.searchsorted(words.starts, [start for start, _ in spans]).tolist()
    last = [*first[1:], len(words)]
    rows = zip(spans, first, last, strict=False)  # without text, no region has the last word
    return [Region(*span, begin, end) for span, begin, end in rows]
