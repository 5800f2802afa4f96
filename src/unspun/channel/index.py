"""A channel turned round: from what a spinner writes to what may have stood there."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from unspun.channel import tokens
from unspun.channel.context import Context
from unspun.channel.contractions import choice
from unspun.channel.forms import Forms, stem_of
from unspun.channel.heads import Heads
from unspun.channel.markers import Glance
from unspun.channel.matcher import Matcher, Numbers
from unspun.channel.model import Channel
from unspun.channel.page import parts_of
from unspun.channel.standing import Phrases, hashed
from unspun.lm.model import LanguageModel
from unspun.lm.words import tokenise

Int8s = NDArray[np.int8]
Int32s = NDArray[np.int32]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

_LONGEST_MISSED = 4  # words of a phrase that is missed where it stands
_UNKNOWN = 5  # ids up to this are classes of unknown words
_FULL = 0.96  # rate of the spinner's usual setting
_LEAST, _SUREST = 1e-9, 0.995  # probabilities of being replaced
_RATES = 16  # that are remembered
_SEPARATOR = "the"  # a word behind which no sentence begins


class Index:
    """A channel's entries by the phrases that stand in spun text and in originals.

    Each part is made when a text first needs it: most text is only looked at, never read.

    Attributes:
        channel: The channel.
        lm: The language model that readings are scored with.
        context: The model of what stands around them, if there is one.
    """

    def __init__(self, channel: Channel, lm: LanguageModel, context: Context | None = None) -> None:
        self.channel = channel
        self.lm = lm
        self.context = context
        self._words: Forms | None = None
        self._logs: dict[float, tuple[Floats, Floats]] = {}

    @property
    def words(self) -> Forms:
        """What is known of words as they are written; for one text, ask once."""
        words = self._words
        if words is None or words.full:
            words = self._words = Forms(self.forms, self._stems)
        return words

    def occurs(self, text: str) -> bool:
        """Whether any spun phrase stands in a text."""
        if not self._heads.may_stand(text):
            return False  # which is so of most text, and quicker to tell
        return len(self.spun.find(parts_of(text)[0]).place) > 0

    def logs(self, rate: float) -> tuple[Floats, Floats]:
        """Logarithms of how often each original is replaced at a document's rate, and is not."""
        known = self._logs.get(rate)
        if known is None:
            rates = np.clip(self.rates * rate / _FULL, 0.0, _SUREST)
            known = np.log(rates + _LEAST), np.log1p(-rates)
            if len(self._logs) < _RATES:
                self._logs[rate] = known
        return known

    @cached_property
    def families(self) -> Int32s:
        """A number for the family of each way to write an original, -1 for short words."""
        known = {"": -1, **self._stems}
        one = np.array([known[stem_of(text)] for text in self.texts.texts[::2]], np.int32)
        return np.repeat(one, 2)

    @cached_property
    def _stems(self) -> dict[str, int]:
        """A number for what the words of each family of originals share, capitals aside."""
        stems = dict.fromkeys(map(stem_of, self.texts.texts[::2]))
        stems.pop("", None)
        return {stem: number for number, stem in enumerate(stems)}

    @cached_property
    def glance(self) -> Glance:
        """The channel's markers."""
        return Glance(self.channel.markers)

    @cached_property
    def spun(self) -> Matcher:
        """The entries by their spun phrases, cut at hyphens and apostrophes too."""
        return Matcher([_parted(entry.spun) for entry in self.channel.entries])

    @cached_property
    def _heads(self) -> Heads:
        """What its spun phrases begin with."""
        return Heads(self.channel.spun())

    @cached_property
    def originals(self) -> dict[str, int]:
        """A number for each original phrase."""
        return {phrase: number for number, phrase in enumerate(self.channel.originals())}

    @cached_property
    def owner(self) -> Int32s:
        """For each entry, the number of its original phrase; at the end -1 twice."""
        numbers = self.originals
        owners = [numbers[entry.original] for entry in self.channel.entries]
        return np.array([*owners, -1, -1], np.int32)

    @cached_property
    def rates(self) -> NDArray[np.float64]:
        """How often each original phrase is replaced; at the end 0."""
        rates = {entry.original: entry.rate for entry in reversed(self.channel.entries)}
        return np.array([*(rates[phrase] for phrase in self.originals), 0.0])

    @cached_property
    def claims(self) -> Int32s:
        """For each entry, how many words its original has; at the end 0 twice."""
        claims = [entry.original.count(" ") + 1 for entry in self.channel.entries]
        return np.array([*claims, 0, 0], np.int32)

    @cached_property
    def logp(self) -> NDArray[np.float64]:
        """For each entry, the logarithm of its probability; at the end 0 twice."""
        return np.array([entry.logp for entry in self.channel.entries] + [0.0, 0.0])

    @cached_property
    def support(self) -> NDArray[np.float64]:
        """For each entry, the logarithm of how many documents it was seen in."""
        return np.log1p([entry.support for entry in self.channel.entries])

    @cached_property
    def forms(self) -> dict[str, int]:
        """A number for each spun phrase."""
        return {phrase: number for number, phrase in enumerate(self.channel.spun())}

    @cached_property
    def form(self) -> Int32s:
        """For each entry, the number of its spun phrase."""
        numbers = self.forms
        return np.array([numbers[entry.spun] for entry in self.channel.entries], np.int32)

    @cached_property
    def fits(self) -> tuple[Ints, Ints]:
        """For each entry, the rows of its original and of its spun phrase in the context model."""
        originals, spun = self.context.rows if self.context else ({}, {})
        entries = self.channel.entries
        return (
            np.array([originals.get(entry.original, -1) for entry in entries], np.int64),
            np.array([spun.get(entry.spun, -1) for entry in entries], np.int64),
        )

    @cached_property
    def amends(self) -> NDArray[np.float64]:
        """For each entry, nats by which a decoder thinks too little of it; at the end 0 twice."""
        return self._apart(self.context.weights.amends) if self.context else self._nothing

    @cached_property
    def commoner(self) -> NDArray[np.float64]:
        """For each entry, nats by which the original is commoner than what is written for it."""
        return self._apart(self.context.weights.prior) if self.context else self._nothing

    @property
    def _nothing(self) -> NDArray[np.float64]:
        return np.zeros(len(self.channel.entries) + 2)

    def _apart(self, weights: NDArray[np.float16]) -> NDArray[np.float64]:
        """For each entry, how the weights of its original and spun phrase differ."""
        out, (taken, kept) = self._nothing, self.fits
        both = np.flatnonzero((taken >= 0) & (kept >= 0))
        known = weights.astype(np.float64)
        out[both] = known[taken[both]] - known[kept[both]]
        return out

    @cached_property
    def replaced(self) -> Numbers:
        """Numbers, from one up, of the originals that are one part of a word."""
        originals = self.originals.items()
        return Numbers({phrase: n + 1 for phrase, n in originals if " " not in phrase})

    @cached_property
    def cased(self) -> Bools:
        """For each original, whether it is written otherwise with a capital."""
        texts = self.texts.texts
        return np.array([a != b for a, b in zip(texts[::2], texts[1::2], strict=True)], np.bool_)

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number of each way to write an original."""
        return {text: number for number, text in reversed(list(enumerate(self.texts.texts)))}

    @cached_property
    def choices(self) -> Int8s:
        """For each way to write an original, whether it is contracted or written out."""
        one = np.array([*map(choice, self.texts.texts[::2])], np.int8)
        return np.repeat(one, 2)  # whatever their case

    @cached_property
    def texts(self) -> Texts:
        """How the originals are written."""
        return Texts.of(self.originals, self.lm)

    @cached_property
    def phrases(self) -> Phrases:
        """Originals of several words, as the language model sees them."""
        return _phrases(self.texts, len(self.lm.vocabulary))


class Texts:
    """Ways to write phrases, as the language model sees them; those of original n are 2n, 2n + 1.

    Attributes:
        lm: The language model.
        texts: The texts: each original in lower case, then with a capital.
        plain: For each, whether it is made of letters and blanks alone.
        words: Its words' ids, -1 behind the last: (2, texts, words), as it stands inside a
            sentence and as it opens one.
        sizes: How many words it has.
    """

    def __init__(self, texts: Sequence[str], lm: LanguageModel) -> None:
        self.lm = lm
        self.texts = list(texts)
        self.plain: Bools = np.array([_plain(text) for text in texts], np.bool_)
        cut = tokenise("\n".join(texts))  # no word goes on behind a line
        ends = np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)) + 1)
        bounds = np.searchsorted(np.array(cut.starts, np.int64), ends)
        self.sizes: Int32s = np.diff(bounds, prepend=0).astype(np.int32)
        self.words = self._encoded(cut.words, bounds.tolist())

    @classmethod
    def of(cls, phrases: Iterable[str], lm: LanguageModel) -> Texts:
        """The two ways to write each of some phrases."""
        lower = map(unjoined, phrases)
        both = [form for text in lower for form in (text, tokens.upper_first(text))]
        return cls(both, lm)

    def _encoded(self, words: list[str], bounds: list[int]) -> Int32s:
        """The ids of texts whose words are given in a row, up to each bound those of one."""
        if not bounds:
            return np.full((2, 0, 1), -1, np.int32)
        parts = (words[first:last] for first, last in itertools.pairwise((0, *bounds)))
        flat = self.lm.encode([word for part in parts for word in (*part, _SEPARATOR)])
        flat = np.delete(flat, np.cumsum(self.sizes + 1) - 1)
        width = int(self.sizes.max(initial=1))
        rows = np.full((2, len(bounds), width), -1, np.int32)
        rows[:, np.arange(width) < self.sizes[:, None]] = flat
        heads = rows[0, :, 0]
        rows[1, :, 0] = np.where(heads >= 0, self.lm.vocabulary.lowered[heads], -1)
        return rows


def _plain(phrase: str) -> bool:
    return phrase.replace(" ", "").isalpha()


def _parted(phrase: str) -> str:
    return phrase if _plain(phrase) else " ".join(tokens.parts(phrase))


def unjoined(phrase: str) -> str:
    """Blank-joined words as they are written: no blank before a mark or inside an abbreviation.

    >>> unjoined("3 . 5 percent , not more")
    '3.5 percent, not more'
    """
    if _plain(phrase):
        return phrase
    parts = phrase.split(" ")
    out = parts[0]
    for before, word in itertools.pairwise(parts):
        tight = word in ".,;:!?)%'" or (before == "." and len(word) == 1) or before in "($"
        tight = tight or (before == "." and word.isdigit())
        out += word if tight else " " + word
    return out


def _phrases(texts: Texts, size: int) -> Phrases:
    """The original phrases of several words, in the language model's ids."""
    keys, owners, heads, ends = [], [], [], []
    sizes = np.zeros(len(texts.texts) // 2 + 1, np.int32)
    for length in range(2, _LONGEST_MISSED + 1):
        rows = np.flatnonzero(texts.sizes == length)
        grams = texts.words[0, rows, :length]
        known = grams.min(axis=1, initial=size) > _UNKNOWN
        grams, rows = grams[known], rows[known]
        hashes, first = np.unique(hashed(grams), return_index=True)
        keys.append(hashes)
        owners.append((rows[first] // 2).astype(np.int32))
        sizes[owners[-1]] = length
        heads.append(_among(grams[:, 0], size))
        ends.append(_among(grams[:, -1], size))
    return Phrases(tuple(keys), tuple(owners), tuple(heads), tuple(ends), sizes)


def _among(ids: Int32s, size: int) -> Bools:
    """Which words are among some; the last place answers for no word, -1."""
    found = np.zeros(size + 1, np.bool_)
    found[ids] = True
    return found
