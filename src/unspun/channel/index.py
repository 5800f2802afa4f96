"""A channel turned round: from what a spinner writes to what may have stood there."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from unspun.channel import tokens
from unspun.channel.decoder import Phrases, hashed
from unspun.channel.markers import Glance
from unspun.channel.model import Channel
from unspun.lm.model import LanguageModel
from unspun.lm.words import words_of

_LONGEST_MISSED = 4  # words of a phrase that is missed where it stands
_STEM, _LEAST_STEM = 6, 5  # letters that words of one family share
_REMEMBERED = 8  # readings that are remembered for each entry: odd words must not grow it
_UNKNOWN = 5  # ids up to this are classes of unknown words


class Form(NamedTuple):
    """One substitution, ready to be written.

    Attributes:
        number: Its place among the channel's entries.
        spun: The phrase that the spinner writes.
        lower: The original as it stands inside a sentence.
        upper: The original with a capital.
        plain: Whether the original is made of letters and blanks alone.
    """

    number: int
    spun: str
    lower: str
    upper: str
    plain: bool


class Index:
    """A channel's entries by the phrases that stand in spun text and in originals.

    Attributes:
        channel: The channel.
        lm: The language model that readings are scored with.
        glance: The channel's markers.
        by_spun: For each spun phrase, cut at hyphens and apostrophes too, what it may stand for.
        sizes: For each first word of a spun phrase, how many words such phrases have.
        originals: A number for each original phrase.
        rates: How often each original phrase is replaced; at the end 0.
        owner: For each entry, the number of its original phrase; at the end -1 twice.
        claims: For each entry, how many words its original has; at the end 0 twice.
        logp: For each entry, the logarithm of its probability; at the end 0 twice.
        phrases: Originals of several words, as the language model sees them.
    """

    def __init__(self, channel: Channel, lm: LanguageModel) -> None:
        self.channel = channel
        self.lm = lm
        self.glance = Glance(channel.markers)
        self.by_spun: dict[str, list[Form]] = defaultdict(list)
        self.originals: dict[str, int] = {}
        rates: list[float] = []
        original_of: list[int] = []
        for number, entry in enumerate(channel.entries):
            spun = entry.spun
            if not _plain(spun):
                spun = " ".join(tokens.parts(spun))
            lower = unjoined(entry.original)
            upper = tokens.upper_first(lower)
            self.by_spun[spun].append(Form(number, entry.spun, lower, upper, _plain(lower)))
            if entry.original not in self.originals:
                self.originals[entry.original] = len(rates)
                rates.append(entry.rate)
            original_of.append(self.originals[entry.original])
        self.rates = np.array([*rates, 0.0])
        self.sizes = _sizes(self.by_spun)
        self.owner = np.array([*original_of, -1, -1], np.int32)
        claims = [entry.original.count(" ") + 1 for entry in channel.entries]
        self.claims = np.array([*claims, 0, 0], np.int32)
        self.logp = np.array([entry.logp for entry in channel.entries] + [0.0, 0.0])
        self.phrases = _phrases(self.originals, lm)
        self._ids: dict[tuple[str, bool], tuple[int, ...]] = {}
        self._stems: dict[str, str] = {}

    def stem(self, text: str) -> str:
        """First letters of a text's longest word, that words of its family share; '' if short."""
        found = self._stems.get(text)
        if found is None:
            found = _stem(text)
            if len(self._stems) < _REMEMBERED * len(self.channel.entries):
                self._stems[text] = found
        return found

    def ids(self, text: str, *, initial: bool) -> tuple[int, ...]:
        """Language model ids of a reading; what was asked before is remembered."""
        key = (text, initial)
        found = self._ids.get(key)
        if found is None:
            found = tuple(self.lm.encode(words_of(text), initial=initial).tolist())
            if len(self._ids) < _REMEMBERED * len(self.channel.entries):
                self._ids[key] = found
        return found


def _stem(text: str) -> str:
    word = max(text.split(), key=len, default="")[:_STEM].lower()
    return word if len(word) >= _LEAST_STEM else ""


def _plain(phrase: str) -> bool:
    return phrase.replace(" ", "").isalpha()


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


def _sizes(phrases: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """For each first word, the numbers of words of the phrases that it opens."""
    found: dict[str, set[int]] = defaultdict(set)
    for phrase in phrases:
        found[phrase.split(" ", 1)[0]].add(phrase.count(" ") + 1)
    return {word: tuple(sorted(sizes)) for word, sizes in found.items()}


def _phrases(originals: dict[str, int], lm: LanguageModel) -> Phrases:
    """The original phrases of several words, in the language model's ids."""
    numbers: list[int] = []
    forms: list[list[str]] = []
    for phrase, number in originals.items():
        written = unjoined(phrase)
        for form in (written, tokens.upper_first(written)):
            cut = words_of(form)
            if 1 < len(cut) <= _LONGEST_MISSED:
                numbers.append(number)
                forms.append(cut)
    ids = lm.encode([word for form in forms for word in form])
    ends = np.cumsum([len(form) for form in forms])
    rows: dict[int, list[tuple[list[int], int]]] = defaultdict(list)
    for number, cut, end in zip(numbers, forms, ends.tolist(), strict=True):
        row = ids[end - len(cut) : end].tolist()
        if min(row) > _UNKNOWN:
            rows[len(cut)].append((row, number))
    keys, owners, heads, ends_of = [], [], [], []
    for length in range(2, _LONGEST_MISSED + 1):
        grams = np.array([row for row, _ in rows[length]], np.int32).reshape(-1, length)
        hashes, first = np.unique(hashed(grams), return_index=True)
        keys.append(hashes)
        owners.append(np.array([number for _, number in rows[length]], np.int32)[first])
        heads.append(_among(grams[:, 0], len(lm.vocabulary)))
        ends_of.append(_among(grams[:, -1], len(lm.vocabulary)))
    return Phrases(tuple(keys), tuple(owners), tuple(heads), tuple(ends_of))


def _among(ids: NDArray[np.int32], size: int) -> NDArray[np.bool_]:
    """Which words are among some; the last place answers for no word, -1."""
    found = np.zeros(size + 1, np.bool_)
    found[ids] = True
    return found
