"""Two texts cut into sentences and paired, so that what one of them lacks stands alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from unspun.align import Group, Span, bitext, paragraphs, sentences
from unspun.checking import lengths, romanise
from unspun.checking.findings import Languages, Unit
from unspun.checking.lexicon import Lexicon, learn
from unspun.checking.numbers import quantities

_NAME = re.compile(r"\b[A-Z][\w'’-]+")
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9-]+")
_NUMBER_GAIN = 1.5  # log likelihood of a number, name or word that both sides have
_NAME_GAIN = 2.0
_WORD_GAIN = 1.2
_MOST_GAIN = 8.0
_ALONE = 0.9  # how likely a sentence has no partner, in a segment whose length is odd
_ENOUGH = 30  # pairs of sentences from which words can be learned
_ORDINALS = frozenset(  # languages that write an ordinal as a number with a full stop
    "bs cs da de dsb et fi fo hr hsb hu is lb lv nb nn no pl sk sl sr tr und".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Side:
    """A text and its sentences."""

    text: str
    spans: tuple[Span, ...]

    def texts(self) -> list[str]:
        """The sentences."""
        return [self.text[start:end] for start, end in self.spans]

    def breaks(self) -> NDArray[np.float64]:
        """1 for each sentence that begins a line, else 0."""
        ends = [0, *(end for _, end in self.spans)]
        return np.array(
            [
                float(not k or "\n" in self.text[before:start])
                for k, (before, (start, _)) in enumerate(zip(ends, self.spans, strict=False))
            ]
        )


def cut(text: str, language: str) -> Side:
    """The sentences of a text.

    >>> cut("We left at 9. It rained.", "en").spans
    ((0, 13), (14, 24))
    """
    ordinals = language.split("-", maxsplit=1)[0] in _ORDINALS
    spans = (s for p in paragraphs(text) for s in sentences(text, p, ordinals=ordinals))
    return Side(text, tuple(spans))


def _lines(text: str) -> Side:
    return Side(text, tuple(paragraphs(text)))


def pair_texts(source: str, target: str, languages: Languages) -> list[Unit]:
    r"""The passages of two texts, paired in order; what has no partner stands alone.

    >>> [(u.source, u.target) for u in pair_texts(
    ...     "Es regnet seit 3 Tagen.\nDer Bus 17 kommt nicht.\nWir warten.",
    ...     "It has rained for 3 days.\nWe wait.", Languages("de", "en"))]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('Es regnet seit 3 Tagen.', 'It has rained for 3 days.'), ('Der Bus 17 kommt nicht.', ''),
     ('Wir warten.', 'We wait.')]
    """
    ours, theirs = _lines(source), _lines(target)
    few, many = sorted((len(ours.spans), len(theirs.spans)))
    if 2 * few <= many:  # one of the texts has other paragraphs
        ours, theirs = cut(source, languages.source), cut(target, languages.target)
    groups = pair_sides(ours, theirs, languages)
    units = []
    for number, ((a, b), (c, d)) in enumerate(groups, 1):
        left = source[ours.spans[a][0] : ours.spans[b - 1][1]] if b > a else ""
        right = target[theirs.spans[c][0] : theirs.spans[d - 1][1]] if d > c else ""
        at = theirs.spans[c][0] if d > c else theirs.spans[c - 1][1] if c else 0
        units.append(Unit(left, right, str(number), line=target.count("\n", 0, at) + 1))
    return units


def pair_sides(
    ours: Side,
    theirs: Side,
    languages: Languages,
    lexicon: Lexicon | None = None,
    model: lengths.LengthModel | None = None,
) -> list[Group]:
    """Pairs of sentence groups, by lengths and what they share.

    Words are learned from a first pairing where no lexicon is given and the texts are long enough.
    Lengths are judged by the texts themselves where no model of them is given.
    """
    left, right = ours.texts(), theirs.texts()
    model = model or _lengths(left, right)
    sizes = bitext.Lengths(
        np.array([lengths.visible(t) for t in left], float),
        np.array([lengths.visible(t) for t in right], float),
        ours.breaks(),
        theirs.breaks(),
        model.ratio,
        model.variance,
    )
    shared = _anchors(left, right, languages)
    if lexicon is not None:
        return bitext.pair(sizes, _with_words(shared, left, right, lexicon), alone=_ALONE)
    groups = bitext.pair(sizes, shared)
    if len(groups) < _ENOUGH:
        return groups
    learned = learn([(left[a], right[c]) for (a, b), (c, d) in groups if b - a == d - c == 1])
    return bitext.pair(sizes, _with_words(shared, left, right, learned))


def _lengths(left: Sequence[str], right: Sequence[str]) -> lengths.LengthModel:
    """The ratio of the whole texts, where they look complete; else that of their scripts."""
    units = [Unit(a, b) for a, b in zip(left, right, strict=False)]
    model = lengths.of_scripts(units) if units else lengths.LengthModel(1.0, 6.8)
    ours, theirs = (sum(map(lengths.visible, side)) for side in (left, right))
    whole = theirs / ours if ours else model.ratio
    plausible = abs(log(whole / model.ratio)) < _PLAUSIBLE if whole else False
    return lengths.LengthModel(whole if plausible else model.ratio, model.variance)


_PLAUSIBLE = 0.25


def _anchors(left: Sequence[str], right: Sequence[str], languages: Languages) -> bitext.Shared:
    """What sentences share that needs no dictionary, weighed by how rare it is."""
    shared = bitext.nothing(len(left), len(right))
    ours, theirs = _features(left, languages.source), _features(right, languages.target)
    _read_names(left, right, ours, theirs)
    shared.ours_alone[[bool(_hard(f)) for f in ours], :] = 1
    shared.theirs_alone[:, [bool(_hard(f)) for f in theirs]] = 1
    where: dict[str, list[int]] = {}
    for j, found in enumerate(theirs):
        for feature in found:
            where.setdefault(feature, []).append(j)
    counts = Counter(feature for found in ours for feature in found)
    for i, found in enumerate(ours):
        for feature in sorted(found):
            places = where.get(feature, [])
            worth = _NAME_GAIN if feature.startswith("name:") else _NUMBER_GAIN
            worth /= max(1, min(len(places), counts[feature])) ** 0.5
            for j in places:
                shared.gain[i, j] += worth
                shared.ours_alone[i, j] = shared.theirs_alone[i, j] = 0
    np.minimum(shared.gain, _MOST_GAIN, out=shared.gain)
    return shared


def _hard(features: set[str]) -> bool:
    """Whether a sentence has numbers that the other side must have."""
    return any(feature.startswith("number:") for feature in features)


def _features(texts: Sequence[str], language: str) -> list[set[str]]:
    found = []
    for text in texts:
        numbers = {
            f"number:{value}"
            for q in quantities(text, language)
            if q.firm and q.kind != "weekday"
            for value in q.values[:1]
        }
        days = {f"day:{q.values[0]}" for q in quantities(text, language) if q.kind == "weekday"}
        names = {f"name:{word.lower()}" for word in _LATIN.findall(text)}
        found.append(numbers | days | names)
    return found


def _read_names(
    left: Sequence[str], right: Sequence[str], ours: list[set[str]], theirs: list[set[str]]
) -> None:
    """Let names in Latin letters meet the Han characters that read so."""
    for here, there, features in ((left, right, ours), (right, left, theirs)):
        words = {word for text in there for word in _NAME.findall(text)}
        readable = sorted(w for w in words if romanise.is_pinyin(w))
        for text, found in zip(here, features, strict=True):
            if any("\u3400" <= c <= "\u9fff" for c in text):
                found.update(f"name:{w.lower()}" for w in readable if romanise.find(w, text))


def _with_words(
    shared: bitext.Shared, left: Sequence[str], right: Sequence[str], lexicon: Lexicon
) -> bitext.Shared:
    """The same with the words that translate each other."""
    gain = np.zeros((len(left), len(right)))
    where: dict[str, list[int]] = {}
    for j, text in enumerate(right):
        for word in sorted(_lexical(text)):
            where.setdefault(word, []).append(j)
    for i, text in enumerate(left):
        for word, dice in sorted(lexicon.expected(text).items()):
            for j in where.get(word, ()):
                gain[i, j] += dice * _WORD_GAIN
    gain = np.minimum(shared.gain + np.minimum(gain, _MOST_GAIN), _MOST_GAIN)
    return bitext.Shared(gain, shared.ours_alone, shared.theirs_alone)


def _lexical(text: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[^\W\d_]{2,}", text)}
