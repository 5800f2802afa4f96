"""Decide whether a text, and which of its passages, was written by a spinner.

Three looks, each dearer than the one before. A classifier adds up what each word and each pair of
neighbours says; most clean text goes no further. Of what is in doubt the oddest places are priced,
each phrase taken back alone (a family that was learned without a classifier has its marker words
instead, and its oddest lines are decoded). What is suspicious is laid out all over, and what its
phrases say together decides (without a classifier, the gain in log likelihood of the spun reading
over the text as it stands). Each substitution that would be taken back is a finding, with its
confidence; `restore` makes the edits.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from pathlib import Path

from unspun import tables
from unspun.channel.alone import evidence
from unspun.channel.context import Context
from unspun.channel.document import (
    SPUN,
    Decoded,
    Laid,
    Reading,
    Searched,
    laid_out,
    read,
    searched,
)
from unspun.channel.gate import Gate
from unspun.channel.habits import Prices
from unspun.channel.index import Index
from unspun.channel.keys import Words
from unspun.channel.lattice import ARTICLE
from unspun.channel.model import Channel, Entry, stack
from unspun.channel.page import protected
from unspun.channel.testimony import weigh
from unspun.config import RestoreConfig
from unspun.detect.confidence import confidence
from unspun.detect.figures import Figure, half_spelled, is_part_of_number
from unspun.detect.look import Look, Region, Sight, Spinner, in_doubt, regions, spans_of
from unspun.edits import same_words
from unspun.errors import ConfigError, ModelError, unknown_name
from unspun.lm.packaged import english
from unspun.model import Finding, Spun
from unspun.neural import Reader, find

FAMILIES = {"thesaurus": "thesaurus.channel", "tortured": "tortured.channel"}
GATES = {"thesaurus": "thesaurus.npz"}
CONTEXTS = {"thesaurus": "context.npz"}

PASSAGE = "spun-passage"
PHRASE, NAME, NUMBER, AGREEMENT = "phrase", "name", "number", "agreement"

# One choice in braces; with several, nobody can tell which was the original.
_BRACES = re.compile(r"\{[^{}|\n]{1,60}\}")
_WORTHWHILE = 0.04  # probability by the oddest lines from which the whole region is read
UNSURE = (0.03, 0.75)  # probabilities between which a neural model is asked
_CLEAN = Spun(0.0, is_spun=False)
_CAUTION = 4.8  # logits by which an edit wants its document surer than the decision does


def detect(text: str, config: RestoreConfig, spinners: tuple[Spinner, ...] | None = None) -> Spun:
    """Decide whether a text is spun.

    Args:
        text: The text; nothing in it is changed.
        config: Family, threshold and models.
        spinners: The families to try; those that the configuration names if not given.

    Raises:
        ConfigError: if the configuration names an unknown family, or a rescorer whose packages are
            not installed.
        ModelError: if a model is missing or damaged.
    """
    asked = reader(config.rescorer) if config.rescorer else None
    best, most = _CLEAN, (False, 0.0)
    for spinner, judged in _families(text, config, spinners, asked):
        verdict, gain = _verdict(judged, spinner, config, asked)
        # Any that has the phrases is sure that a text is spun; its own table explains it best.
        rank = (verdict.is_spun, gain if verdict.is_spun else verdict.score)
        if rank > most:
            best, most = verdict, rank
    return best


def probability(text: str, config: RestoreConfig) -> float:
    """How likely a text is spun: the score of `detect`, without reading the text back."""
    asked = reader(config.rescorer) if config.rescorer else None
    families = _families(text, config, None, asked)
    return max((one.score for _, judged in families for one in judged), default=0.0)


def _families(
    text: str, config: RestoreConfig, spinners: tuple[Spinner, ...] | None, asked: Reader | None
) -> Iterator[tuple[Spinner, Iterator[_Judged]]]:
    """What each family that a text may be of makes of its regions."""
    chosen = load(config) if spinners is None else spinners
    spans = spans_of(text)
    doubtful = in_doubt(text, spans, chosen, asked=asked is not None)
    if doubtful:
        words = Words.of(text)
        parts = regions(spans, words)
        for spinner in doubtful:
            yield spinner, _judged(text, words, parts, spinner, config, asked)


def load(config: RestoreConfig) -> tuple[Spinner, ...]:
    """The families that a configuration names, from the packaged and the user's models."""
    return _load(config.family, config.models)


def digests(config: RestoreConfig) -> dict[str, str]:
    """The first twelve digits of the SHA-256 of each of the user's models, by its name.

    Raises:
        ConfigError: if the package that holds one is not installed.
        ModelError: if one is missing.
    """
    files = {name: Path(name) for name in config.models}
    if config.rescorer:
        files[config.rescorer] = find(config.rescorer)
    try:
        return {name: tables.digest(path.read_bytes()) for name, path in files.items()}
    except OSError as error:
        raise ModelError(f"{error.filename}: cannot be read ({error.strerror})") from error


@cache
def _load(family: str, models: tuple[str, ...]) -> tuple[Spinner, ...]:
    known = {"auto", *FAMILIES}
    try:
        learned = [Channel.open(path) for path in models]
    except OSError as error:
        raise ModelError(f"{error.filename}: cannot be read ({error.strerror})") from error
    names = {channel.family for channel in learned}
    if family not in known | names:
        raise ConfigError(unknown_name("family", family, known | names))
    lm = english()
    chosen = []
    for name, file in FAMILIES.items():
        if family in ("auto", name):
            packaged = _packaged(file)
            gate = _gate(GATES[name]) if name in GATES else None
            chosen.append(Spinner(name, Index(packaged, lm, _context(name)), gate, gate is None))
            if learned:
                index = Index(stack([packaged, *learned]), lm, _context(name))
                chosen.append(Spinner(name, index, gate, learned=_learned(packaged, learned)))
    for name in sorted(names):
        if family in ("auto", name):
            only = stack([channel for channel in learned if channel.family == name])
            chosen.append(Spinner(name, Index(only, lm)))
    return tuple(chosen)


def _learned(packaged: Channel, learned: Sequence[Channel]) -> dict[tuple[str, str], str]:
    """The family of each substitution, by its phrases, that the packaged table lacks."""
    own = {(entry.original, entry.spun) for entry in packaged.entries}
    pairs = {(e.original, e.spun): channel.family for channel in learned for e in channel.entries}
    return {pair: family for pair, family in pairs.items() if pair not in own}


@cache
def reader(rescorer: str) -> Reader:
    """The neural model that a configuration names, opened once a process.

    Raises:
        ConfigError: where the extra, or the package that holds the model, is not installed.
        ModelError: if the file is missing or no such model.
    """
    return Reader.open(find(rescorer))


@cache
def _gate(file: str) -> Gate:
    return Gate.open(tables.path(file))


@cache
def _context(family: str) -> Context | None:
    if family not in CONTEXTS:
        return None
    channel = _packaged(FAMILIES[family])
    return Context.open(tables.path(CONTEXTS[family]), channel.originals(), channel.spun())


@cache
def _packaged(file: str) -> Channel:
    return Channel.open(tables.path(file))


@dataclass(frozen=True, slots=True)
class _Judged:
    """A region that was looked at.

    Attributes:
        start: Its first code point.
        score: How likely it is spun.
        laid: It, laid out, if that was done.
        found: The search, if that was done.
    """

    start: int
    score: float
    laid: Laid | None = None
    found: Searched | None = None


def _judged(
    text: str,
    words: Words,
    parts: Sequence[Region],
    spinner: Spinner,
    config: RestoreConfig,
    asked: Reader | None,
) -> Iterator[_Judged]:
    """How likely the suspicious regions of a text are spun, by one family."""
    sight = Sight(words, spinner, asked=asked is not None)
    for region in parts:
        look = sight.look(region)
        if not look.suspicious:
            continue
        within = text[region.start : region.end]
        bare = look.probability()
        if spinner.gate is None and bare < config.threshold and not spinner.index.occurs(within):
            if look.plain or bare >= _WORTHWHILE or sight.sample(text, region) is None:
                yield _Judged(region.start, bare)
            continue  # rare phrases of science, say; those of a thesaurus stand everywhere
        if not _worthwhile(text, region, look, sight, spinner, asked):
            continue
        laid = laid_out(within, spinner.index)
        if laid is not None:
            score, found = _score(laid, look, asked)
            yield _Judged(region.start, score, laid, found)


def _verdict(
    judged: Iterator[_Judged], spinner: Spinner, config: RestoreConfig, asked: Reader | None
) -> tuple[Spun, float]:
    """One family's account of a text, and the nats that it gains; what is spun is read back."""
    findings: list[Finding] = []
    best = gain = 0.0
    for region in judged:
        best = max(best, region.score)
        if region.score >= config.threshold and region.laid is not None:
            found = region.found or searched(region.laid, Prices())
            decoded = read(found, Prices(), asked)
            findings += _findings(decoded, region.start, spinner, _cautious(region.score))
            gain += sum(decoded.gains)
    if best < config.threshold:
        return Spun(best, is_spun=False), 0.0
    spun = Spun(best, is_spun=True, family=spinner.family, findings=tuple(findings))
    return spun, gain


def _cautious(score: float) -> float:
    """The same probability where spun documents are rarer: most text is clean."""
    odds = score / max(1.0 - score, 1e-12) * math.exp(-_CAUTION)
    return odds / (1.0 + odds)


def _worthwhile(
    text: str, region: Region, look: Look, sight: Sight, spinner: Spinner, asked: Reader | None
) -> bool:
    """Whether a region may be spun, by its oddest places or lines: that is quicker to tell."""
    if look.plain:
        return True
    if look.gate is not None and look.glance <= 0.0 and not look.brief:
        if asked is not None:  # it tells more than odd places do
            return True
        return look.worthwhile(evidence(*sight.oddest(text, region), spinner.index, Prices()))
    sample = sight.sample(text, region)
    if sample is None:
        return True
    laid = laid_out(sample, spinner.index)
    return laid is not None and _score(laid, look)[0] >= _WORTHWHILE


def _score(laid: Laid, look: Look, asked: Reader | None = None) -> tuple[float, Searched | None]:
    """The probability that a region, or its oddest lines, is spun, and the search that told it."""
    nats = weigh(laid, Prices()) if look.gate is not None else 0.0
    found = searched(laid, Prices()) if look.marked else None
    gain = found.gain if found else 0.0
    score = look.probability(nats, gain)
    if asked is not None and look.gate is not None and UNSURE[0] <= score < UNSURE[1]:
        score = look.probability(weigh(laid, Prices(), asked), gain, asked=True)
    return score, found


def _findings(decoded: Decoded, offset: int, spinner: Spinner, score: float) -> Iterator[Finding]:
    """Passages, and the substitutions in them, in coordinates of the whole text."""
    index = spinner.index
    yield from _passages(decoded, offset)
    yield from _spintax(decoded, offset, spinner.family, score)
    text, figures = decoded.lattice.text, list(_figures(decoded))
    figured = _shaded(text, ((figure.first, figure.last) for figure in figures))
    for figure in figures:
        at = offset + figure.start, offset + figure.end
        yield Finding(f"{spinner.family}/{NUMBER}", *at, score, figure.digits)
    for reading in decoded.readings:
        arc = reading.arc
        if any(figured[arc.first : arc.last]):
            continue
        before = text[arc.first : arc.last]
        head, tail = same_words(before, arc.text)
        after = arc.text[head : len(arc.text) - tail]
        if head < len(before) - tail or after:
            rule = _rule(reading, before)
            if rule == NUMBER and is_part_of_number(text, arc.first, arc.last):
                continue
            entry = entry_of(arc.entry, index)
            family = spinner.family
            if entry is not None:
                family = spinner.learned.get((entry.original, entry.spun), family)
            yield Finding(
                f"{family}/{rule}",
                offset + arc.first + head,
                offset + arc.last - tail,
                score * confidence(reading, entry, decoded),
                after,
            )


def _spintax(decoded: Decoded, offset: int, family: str, score: float) -> Iterator[Finding]:
    """Braces that the spinner's own notation left behind: '{hardware}' was 'hardware'."""
    for start, end in _open(
        decoded, (match.span() for match in _BRACES.finditer(decoded.lattice.text))
    ):
        for at in (start, end - 1):
            yield Finding(f"{family}/spintax", offset + at, offset + at + 1, score, "")


def _figures(decoded: Decoded) -> Iterator[Figure]:
    """Figures spelled by half, 'two.0' for '2.0', that no reading takes back."""
    text = decoded.lattice.text
    figures = {(figure.first, figure.last): figure for figure in half_spelled(text)}
    if not figures:
        return
    arcs = (reading.arc for reading in decoded.readings)
    read_back = _shaded(text, ((arc.first, arc.last) for arc in arcs))
    for place in _open(decoded, figures):
        if not any(read_back[figures[place].start : figures[place].end]):
            yield figures[place]


def _open(decoded: Decoded, places: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The places that lie in a spun segment, and in no link or code."""
    places = list(places)
    if not places:
        return
    words = decoded.lattice.words
    spun = [
        (words.starts[begin], words.ends[end - 1])
        for (begin, end), share in zip(decoded.lattice.segments, decoded.spun, strict=True)
        if share >= SPUN
    ]
    kept = _shaded(decoded.lattice.text, protected(decoded.lattice.text))
    for start, end in places:
        at = bisect_right(spun, start, key=itemgetter(0)) - 1
        if at >= 0 and end <= spun[at][1] and not any(kept[start:end]):
            yield start, end


def _shaded(text: str, places: Iterable[tuple[int, int]]) -> bytearray:
    """1 for each code point of a text that lies in one of some places."""
    shaded = bytearray(len(text))
    for start, end in places:
        shaded[start:end] = b"\1" * (end - start)
    return shaded


def entry_of(number: int, index: Index) -> Entry | None:
    """A substitution by its number; None for an article, which is in no table."""
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


def _rule(reading: Reading, before: str) -> str:
    if reading.arc.entry == ARTICLE:
        return AGREEMENT
    written = before + reading.arc.text
    if not written.replace(" ", "").isalpha() and any(map(str.isdigit, written)):
        return NUMBER
    opens = reading.arc.capital and reading.named
    return NAME if opens else PHRASE
