"""Names in Han characters whose rendering is not in the Latin side."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from rapidfuzz import fuzz

from unspun.align import Span
from unspun.checking import gazetteer, known, people, romanise, sounds, transcribed
from unspun.checking.known import Known
from unspun.checking.sides import Sides

_ALWAYS = 0.7  # share of the other segments that have a name that sounds like the characters
_OFTEN = 6  # segments of a name that is known well
_BESIDE = 4  # characters between names of which one may go without the other
_SHORT = 2  # characters of a name that may well be another word
_SOUNDS_SO = 66  # per cent of likeness from which words may be what characters transcribe
_CAPITALISED = re.compile(r"[A-Z][^\W\d_]+")


class Lost(NamedTuple):
    """Characters of a name whose rendering is not there."""

    span: Span
    rendering: str
    kind: str


def find(side: Sides, learned: Known, *, replaced: bool) -> Iterator[Lost]:
    """The lost names of a unit.

    Args:
        side: The unit.
        learned: What its file says.
        replaced: Whether it has strange names, so that one mention too few tells, too.
    """
    runs = list(transcribed.runs(side.han))
    taken: list[Span] = []
    yield from _listed(side, runs, taken, replaced=replaced)
    yield from _learned(side, learned, taken, runs)
    for span, name in runs:
        if not _taken(span, taken) and not _transcribed(name, side):
            taken.append(span)
            yield Lost(span, "", "transcribed lost")
    for span, name in people.named(side.han):
        if not _taken(span, taken) and not people.spelt(name, side.latin):
            yield Lost(span, people.spelling(name), "introduced person lost")


def _listed(
    side: Sides, runs: Sequence[tuple[Span, str]], taken: list[Span], *, replaced: bool
) -> Iterator[Lost]:
    """Names of the list; the first mention of each, and others where a name was replaced."""
    named = list(gazetteer.names_in(side.han))
    starts = [start for start, _, _ in named] + [start for (start, _), _ in runs]
    mentions: Counter[str] = Counter()
    for start, characters, key in named:
        span = start, start + len(characters)
        if _inside(span, runs):
            continue  # 珀斯 in 科珀斯克里斯蒂
        taken.append(span)
        mentions[key] += 1
        if mentions[key] > 1:
            if replaced and 0 < gazetteer.times(key, side.unmasked) < mentions[key]:
                yield Lost(span, gazetteer.shown(key), "listed lost")
        elif not _may_go(side.han, span) and not _rendered(characters, key, side):
            beside = any(span[1] <= other <= span[1] + _BESIDE for other in starts)
            kind = "listed lost beside another" if beside else "listed lost"
            yield Lost(span, gazetteer.shown(key), kind)


def _may_go(han: str, span: Span) -> bool:
    """Whether a name stands where translations leave it out: in a body's, at a headline's end."""
    return bool(_OF_BODY.match(han, span[1]) or _SITE.search(han, span[0] - 3, span[0]))


_SITE = re.compile(r"[-－—_|] ?$")
"""What stands before the site's name at the end of a headline."""
_OF_BODY = re.compile(
    r".{0,8}?(?:公司|证监会|时间|大臣|大选|总理|大学|航天局|白宫|网|[（(][A-Z])|频|台湾|香港|澳门"
)
"""Bodies that often go without their country: 英国交通大臣, the transport secretary."""


def _rendered(characters: str, key: str, side: Sides) -> bool:
    return (
        gazetteer.stands(key, side.unmasked)
        or _read_in(characters, side)
        or _sounded(characters, side)
    )


def _inside(span: Span, runs: Sequence[tuple[Span, str]]) -> bool:
    """Whether a span is a part of a longer name."""
    return any(a <= span[0] and span[1] <= b and (a, b) != span for (a, b), _ in runs)


def _taken(span: Span, taken: Sequence[Span]) -> bool:
    return any(a < span[1] and span[0] < b for a, b in taken)


def _learned(
    side: Sides, learned: Known, taken: list[Span], runs: Sequence[tuple[Span, str]]
) -> Iterator[Lost]:
    """Characters whose rendering the file teaches."""
    candidates = [c for c in learned.renderings if c in side.han]
    candidates = [c for c in candidates if f"{c}网" not in side.han]  # a site, not the place
    for characters in sorted(candidates, key=lambda c: (-len(c), c)):
        start = side.han.find(characters)
        span = start, start + len(characters)
        rendering = learned.renderings[characters]
        if _taken(span, taken) or _inside(span, runs):
            continue
        if any(side.has(word) for word in rendering.words) or _read_in(characters, side):
            taken.append(span)
            continue
        if people.is_person(characters) and people.spelt(characters, side.latin):
            continue
        kind = _kind(characters, rendering)
        if kind:
            taken.append(span)
            word = max(rendering.words, key=lambda w: (learned.counts[w], w))
            yield Lost(span, word.capitalize(), kind)


def _kind(characters: str, rendering: known.Rendering) -> str:
    """What sort of loss it is; empty where the file does not say enough."""
    short = len(characters) <= _SHORT
    if not rendering.read:
        if rendering.seen > _OFTEN and rendering.share == 1:
            return "ever heard lost"
        return "heard lost" if rendering.share >= _ALWAYS else ""
    if people.is_person(characters):
        return "person of two characters lost" if short else "person lost"
    return "read of two characters lost" if short else "read lost"


def _read_in(characters: str, side: Sides) -> bool:
    """Whether a capitalised word reads as the characters, or as most of them."""
    return any(romanise.find(name.word, characters) for name in side.names)


def _transcribed(characters: str, side: Sides) -> bool:
    """Whether some capitalised words may be what the characters transcribe."""
    words = [m[0] for m in _CAPITALISED.finditer(side.latin)]
    words += [a + b for a, b in pairwise(words)]
    sound = sounds.sound(characters)
    return any(
        fuzz.partial_ratio(sound, skeleton) >= _SOUNDS_SO
        for word in words
        for skeleton in sounds.skeletons(word)
        if len(skeleton) > 1
    )


def _sounded(characters: str, side: Sides) -> bool:
    """Whether a name stands there as nobody spells it: Huston, 休斯敦."""
    if len(characters) <= _SHORT:
        return any(sounds.same(name.word, characters) for name in side.names)
    return any(
        len(sounds.skeleton(name.word)) > _SHORT and sounds.alike(name.word, characters)
        for name in side.names
    )
