"""Decide whether a text, and which of its passages, was written by a spinner.

Three looks, each dearer than the one before. A classifier adds up what each word and each pair of
neighbours says (a family that was learned without one has its marker words instead); most clean
text goes no further. Of what is in doubt the oddest lines are decoded, of what is suspicious all,
and the gain in log likelihood of the spun reading over the text as it stands decides. Each
substitution that would be taken back is a finding, with its confidence; `restore` makes the edits.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from unspun import tables
from unspun.channel.document import SPUN, Decoded, Reading, read, search
from unspun.channel.gate import BLOCK, Gate, strongest
from unspun.channel.habits import Prices
from unspun.channel.index import Index
from unspun.channel.lattice import ARTICLE
from unspun.channel.model import Channel, Entry, stack
from unspun.config import RestoreConfig
from unspun.detect.confidence import confidence
from unspun.errors import ConfigError, unknown_name
from unspun.lm import LanguageModel
from unspun.model import Finding, Spun

FAMILIES = {"thesaurus": "thesaurus.channel", "tortured": "tortured.channel"}
GATES = {"thesaurus": "thesaurus.npz"}
LANGUAGE_MODEL = "english.lm"

PASSAGE = "spun-passage"
PHRASE, NAME, NUMBER, AGREEMENT = "phrase", "name", "number", "agreement"

# One choice in braces; with several, nobody can tell which was the original.
_BRACES = re.compile(r"\{[^{}|\n]{1,60}\}")
_REGION = 12_000  # code points that are decoded together
_SUSPICIOUS = 0.013  # nats a word of markers from which a region is read
_PLAINLY = 0.06  # the same from which it is read in full at once
_SUSPICIOUS_BLOCK = 0.04  # the same for a block of it
_SAMPLED = 8  # one part in so many of a region is read first
_LEAST_SAMPLE = 600  # code points of it at least
_WORTHWHILE = 0.1  # probability by the oddest lines from which the whole region is read
_BIAS, _GAIN, _GLANCE = -5.0, 5.2, 3.7  # of the markers' regression
_DOUBTFUL = 0.5  # nats of the classifier from which a region is sampled ...
_DOUBTFUL_WORD, _DOUBTFUL_MOST = 1 / 300, 6.0  # ... more for each word, up to this
_CERTAIN = 10.0  # the same from which it is read in full at once
_GATED_BIAS, _GATED_GAIN, _GATED = -2.8, 5.1, 0.265  # of the classifier's regression
_LEAST, _MOST = -6.0, 4.0  # nats of the classifier that count: old prose has more than that
_CAUTION = 4.8  # logits by which an edit wants its document surer than the decision does
_FEW = 25.0  # words that count against a text for being short
_SHORT = 60.0  # words of which a text has the more to prove the fewer it has


@dataclass(frozen=True, slots=True)
class Spinner:
    """A family, ready to be read back.

    Attributes:
        family: Its name.
        index: Its substitutions.
        gate: Its classifier, if it has one.
        marked: Whether its marker words are looked at.
    """

    family: str
    index: Index
    gate: Gate | None = None
    marked: bool = True


def detect(text: str, config: RestoreConfig, spinners: Sequence[Spinner] | None = None) -> Spun:
    """Decide whether a text is spun.

    Args:
        text: The text; nothing in it is changed.
        config: Family, threshold and models.
        spinners: The families to try; those that the configuration names if not given.

    Raises:
        ConfigError: if the configuration names an unknown family.
        ModelError: if a model is missing or damaged.
    """
    chosen = load(config) if spinners is None else spinners
    regions = [_Region.of(text, *span) for span in _cut(text, 0, len(text), _REGION)]
    best = Spun(0.0, is_spun=False)
    for spinner in chosen:
        verdict = _judged(regions, spinner, config)
        if verdict.score > best.score:
            best = verdict
    return best


@dataclass(frozen=True, slots=True)
class _Region:
    """A stretch of text that is decoded together.

    Attributes:
        text: The stretch.
        offset: Where it begins.
        words: Its words, cut at blanks.
    """

    text: str
    offset: int
    words: list[str]

    @classmethod
    def of(cls, text: str, start: int, end: int) -> _Region:
        stretch = text[start:end]
        return cls(stretch, start, stretch.split())


@dataclass(frozen=True, slots=True)
class Look:
    """What is known of a region before it is read.

    Attributes:
        words: How many it has.
        glance: Nats a word of its marker words; 0 if they are not suspicious.
        gate: Nats that its family's classifier gives it, or None if there is none.
    """

    words: int
    glance: float
    gate: float | None

    @property
    def suspicious(self) -> bool:
        """Whether the region is worth a sample."""
        return self.glance > 0.0 or (self.gate is not None and self.gate >= self._doubtful)

    @property
    def _doubtful(self) -> float:
        """Nats of the classifier from which a sample pays: a long text has more to say."""
        return min(_DOUBTFUL + _DOUBTFUL_WORD * self.words, _DOUBTFUL_MOST)

    @property
    def plain(self) -> bool:
        """Whether it is read in full at once."""
        return self.glance >= _PLAINLY or (self.gate is not None and self.gate >= _CERTAIN)

    def probability(self, gain: float) -> float:
        """Calibrated probability that it is spun (logistic regressions, tuned on development).

        Args:
            gain: Nats by which the spun reading of its spun passages beats the text as it stands.
        """
        root = math.sqrt(self.words + _FEW)
        logits = []
        if self.gate is not None:
            told = max(min(self.gate, _MOST), _LEAST)
            logits.append(
                _GATED_BIAS - _SHORT / (self.words + 1) + _GATED_GAIN * gain / root + _GATED * told
            )
        if self.gate is None or self.glance > 0.0:
            evidence = _GAIN * gain + _GLANCE * min(self.glance, _PLAINLY) * self.words
            logits.append(_BIAS + evidence / root)
        return 1.0 / (1.0 + math.exp(-max(min(max(logits), 30.0), -30.0)))


def load(config: RestoreConfig) -> tuple[Spinner, ...]:
    """The families that a configuration names, from the packaged and the user's models."""
    return _load(config.family, config.models)


@cache
def _load(family: str, models: tuple[str, ...]) -> tuple[Spinner, ...]:
    known = {"auto", *FAMILIES}
    learned = [Channel.open(path) for path in models]
    names = {channel.family for channel in learned}
    if family not in known | names:
        raise ConfigError(unknown_name("family", family, known | names))
    chosen = []
    lm = _language_model()
    for name, file in FAMILIES.items():
        if family in ("auto", name):
            index = Index(stack([_packaged(file), *learned]), lm)
            gate = _gate(GATES[name]) if name in GATES else None
            chosen.append(Spinner(name, index, gate, gate is None or bool(learned)))
    if family in names - FAMILIES.keys():
        only = stack([channel for channel in learned if channel.family == family])
        chosen.append(Spinner(family, Index(only, lm)))
    return tuple(chosen)


@cache
def _language_model() -> LanguageModel:
    return LanguageModel.open(tables.path(LANGUAGE_MODEL))


@cache
def _gate(file: str) -> Gate:
    return Gate.open(tables.path(file))


@cache
def _packaged(file: str) -> Channel:
    return Channel.open(tables.path(file))


def _judged(regions: Sequence[_Region], spinner: Spinner, config: RestoreConfig) -> Spun:
    """One family's account of a text."""
    index = spinner.index
    findings: list[Finding] = []
    best = 0.0
    for region in regions:
        look = _looked(region.words, spinner)
        if not look.suspicious or not (look.plain or _worthwhile(region, spinner, look)):
            continue
        found = search(region.text, index, Prices())
        if found is None:
            continue
        score = look.probability(found.gain)
        best = max(best, score)
        if score >= config.threshold:
            decoded = read(found, Prices())
            findings += _findings(decoded, region.offset, spinner, _cautious(score))
    if best < config.threshold:
        return Spun(best, is_spun=False)
    return Spun(best, is_spun=True, family=spinner.family, findings=tuple(findings))


def _cautious(score: float) -> float:
    """The same probability where spun documents are rarer: most text is clean."""
    odds = score / max(1.0 - score, 1e-12) * math.exp(-_CAUTION)
    return odds / (1.0 + odds)


def _looked(words: list[str], spinner: Spinner) -> Look:
    """Look at a region's words, without reading them."""
    gate = None
    if spinner.gate is not None:
        gate = strongest(spinner.gate(words)) + spinner.gate.bias
    glance = _glance(words, spinner.index) if spinner.marked else 0.0
    return Look(len(words), glance, gate)


def _glance(words: list[str], index: Index) -> float:
    """Nats a word of a region's markers, or 0 if it looks clean all over."""
    if not index.glance(words):
        return 0.0
    blocks = [words[at : at + BLOCK] for at in range(0, len(words), BLOCK)]
    said = [index.glance(block) for block in blocks]
    sizes = [len(set(block)) for block in blocks]
    whole = sum(said) / sum(sizes)
    odd = any(s >= _SUSPICIOUS_BLOCK * n for s, n in zip(said, sizes, strict=True))
    return whole if whole >= _SUSPICIOUS or (odd and len(said) > 1) else 0.0


def _worthwhile(region: _Region, spinner: Spinner, look: Look) -> bool:
    """Whether the region may be spun by its oddest lines alone, which is quicker to tell."""
    sample = _sample(region.text, spinner)
    if sample is None:
        return True
    found = search(sample, spinner.index, Prices())
    return found is not None and look.probability(found.gain) >= _WORTHWHILE


def _sample(region: str, spinner: Spinner) -> str | None:
    """The oddest lines of a region, or None if they are most of it."""
    index, gate = spinner.index, spinner.gate
    told = []
    for at, line in enumerate(region.split("\n")):
        words = line.split()
        nats = float(gate(words).sum()) if gate is not None else 0.0
        told.append((nats + (index.glance(words) if spinner.marked else 0.0), at, line))
    told.sort(key=lambda line: -line[0])
    budget = max(len(region) // _SAMPLED, _LEAST_SAMPLE)
    taken: list[tuple[int, str]] = []
    for nats, at, line in told:
        if nats <= 0.0 or budget <= 0:
            break
        taken.append((at, line))
        budget -= len(line)
    if 2 * sum(len(line) for _, line in taken) > len(region):
        return None
    return "\n".join(line for _, line in sorted(taken))


def _cut(text: str, start: int, end: int, size: int) -> Iterator[tuple[int, int]]:
    """Cut at line ends or blanks, into pieces of about a size."""
    while end - start > size * 1.5:
        cut = text.rfind("\n", start + size // 2, start + size)
        if cut < 0:
            cut = text.rfind(" ", start + size // 2, start + size)
        cut = start + size if cut < 0 else cut + 1
        yield start, cut
        start = cut
    if end > start:
        yield start, end


def _findings(decoded: Decoded, offset: int, spinner: Spinner, score: float) -> Iterator[Finding]:
    """Passages, and the substitutions in them, in coordinates of the whole text."""
    index = spinner.index
    yield from _passages(decoded, offset)
    yield from _spintax(decoded, offset, spinner.family, score)
    for reading in decoded.readings:
        arc = reading.arc
        before = decoded.lattice.text[arc.first : arc.last]
        start, stop, after = _trimmed(before, arc.text)
        if start < stop or after:
            yield Finding(
                f"{spinner.family}/{_rule(reading, before)}",
                offset + arc.first + start,
                offset + arc.first + stop,
                score * confidence(reading, _entry(arc.entry, index), decoded.rate),
                after,
            )


def _spintax(decoded: Decoded, offset: int, family: str, score: float) -> Iterator[Finding]:
    """Braces that the spinner's own notation left behind: '{hardware}' was 'hardware'."""
    words, lattice = decoded.lattice.words, decoded.lattice
    spun = [
        (words.starts[begin], words.ends[end - 1])
        for (begin, end), share in zip(lattice.segments, decoded.spun, strict=True)
        if share >= SPUN
    ]
    for match in _BRACES.finditer(lattice.text):
        if any(start <= match.start() and match.end() <= end for start, end in spun):
            for at in (match.start(), match.end() - 1):
                yield Finding(f"{family}/spintax", offset + at, offset + at + 1, score, "")


def _entry(number: int, index: Index) -> Entry | None:
    return index.channel.entries[number] if number >= 0 else None


def _passages(decoded: Decoded, offset: int) -> Iterator[Finding]:
    words = decoded.lattice.words
    run: list[int] = []
    for number in range(len(decoded.spun) + 1):
        if number < len(decoded.spun) and decoded.spun[number] >= SPUN:
            run.append(number)
            continue
        if run:
            first = words.starts[decoded.lattice.segments[run[0]][0]]
            last = words.ends[decoded.lattice.segments[run[-1]][1] - 1]
            share = sum(decoded.spun[at] for at in run) / len(run)
            gain = sum(decoded.gains[at] for at in run)
            yield Finding(PASSAGE, offset + first, offset + last, share, f"{gain:.1f} nats")
        run = []


def _trimmed(before: str, after: str) -> tuple[int, int, str]:
    """The part that really changes, cut at blanks: 'the corporate' to 'the company'."""
    old, new = before.split(" "), after.split(" ")
    head = 0
    while head < min(len(old), len(new)) - 1 and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - 1 - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    start = sum(len(word) + 1 for word in old[:head])
    stop = len(before) - sum(len(word) + 1 for word in old[len(old) - tail :])
    return start, stop, " ".join(new[head : len(new) - tail])


def _rule(reading: Reading, before: str) -> str:
    if reading.arc.entry == ARTICLE:
        return AGREEMENT
    if any(c.isdigit() for c in before + reading.arc.text):
        return NUMBER
    opens = reading.arc.capital and reading.named
    return NAME if opens else PHRASE
