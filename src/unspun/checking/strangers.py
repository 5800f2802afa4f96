"""Names in Latin letters that have nothing on the other side that they could be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from unspun.align import Span
from unspun.checking import gazetteer, romanise, sides, sounds, transcribed
from unspun.checking.known import Known
from unspun.checking.sides import GENITIVE, LETTERS, Name, Sides

_BESIDE = 0.5  # Dice from which characters explain a name
_SURE = 0.85  # and from which they are its own without any likeness of sound
_SEEN = 3  # segments from which on a name is known
_DEAF = 0.55  # likeness below which a name is none of the text's
_STRANGER = 0.4  # likeness below which it is none of any name in it
_PAIR = 2  # words of a person's name
_CONSONANTS = 3  # of a name that can be told to sound otherwise


class Strange(NamedTuple):
    """A name in Latin letters without its characters."""

    name: Name
    kind: str


def find(side: Sides, learned: Known) -> list[Strange]:
    """The strange names of a unit, and how they are known to be."""
    listed = [
        m for m in gazetteer.mentions(side.latin) if any(_meet(n.span, m) for n in side.names)
    ]
    found = list(_listed(side, listed))[:1]
    for run in side.runs():
        if side.ends_as_site((run[0].span[0], run[-1].span[1])):
            continue
        rest = [name for name in run if not any(_meet(name.span, m) for m in listed)]
        if all(_may_be_read(name.word) for name in run) and len(run) > 1 and rest == run:
            if not _run_explained(run, side, learned):
                span = run[0].span[0], run[-1].span[1]
                kind = "misread" if _partly(run, side) else "run strange"
                found.append(Strange(Name(side.latin[slice(*span)], span), kind))
            continue
        odd = ((name, _kind(name, side, learned)) for name in rest)
        found += [Strange(name, kind) for name, kind in odd if kind][:1]
    return found


def _listed(side: Sides, listed: Sequence[gazetteer.Mention]) -> Iterator[Strange]:
    """Names of the list that the other side has no characters for."""
    for m in listed:
        span = m.start, m.end
        word = GENITIVE.sub("", side.latin[slice(*span)])
        if _meant(m, side) or side.ends_as_site(span) or _sounds_or_stands(word, side.han):
            continue
        if not any(o is not m and _in(span, o) and _meant(o, side) for o in listed):
            yield Strange(Name(word, span), "listed strange")


def _meet(span: Span, mention: gazetteer.Mention) -> bool:
    return mention.start < span[1] and span[0] < mention.end


def _in(span: Span, mention: gazetteer.Mention) -> bool:
    return mention.start <= span[0] and span[1] <= mention.end


def _sounds_or_stands(text: str, han: str) -> bool:
    if text.lower() in han.lower() or romanise.find(text, han):
        return True
    return any(sounds.alike(text, name) for _, name in transcribed.runs(han))


def _meant(mention: gazetteer.Mention, side: Sides) -> bool:
    return any(characters in side.han for characters in mention.characters)


def _may_be_read(word: str) -> bool:
    if romanise.is_syllable(word):
        return True
    return romanise.is_pinyin(word) and not sides.written_small(word.lower())  # Lake, Palace


def _partly(run: Sequence[Name], side: Sides) -> bool:
    """Whether a run reads as some characters but for one: Li Xiaoming, 李小鸣."""
    return romanise.near("".join(name.word for name in run), side.han) is not None


def _run_explained(run: Sequence[Name], side: Sides, learned: Known) -> bool:
    """Whether a run of Chinese names has its characters, in one piece or in several."""
    words = [name.word for name in run]
    for joined in ("".join(words), "".join(reversed(words))):
        if romanise.find(joined, side.han):
            return True
    if len(run) == _PAIR:
        longest = max(run, key=lambda n: len(n.word))
        if romanise.is_pinyin(longest.word):
            return explained(longest, side, learned)
        return any(explained(n, side, learned) and not _by_chance(n, side) for n in run)
    return all(_piece_explained(run, k, side, learned) for k in range(len(run)))


def _piece_explained(run: Sequence[Name], place: int, side: Sides, learned: Known) -> bool:
    """Whether a word of a run has its characters, by itself or with its neighbour."""
    for pair in (run[max(0, place - 1) : place + 1], run[place : place + _PAIR]):
        words = [name.word for name in pair]
        if len(words) == _PAIR and any(
            romanise.find(joined, side.han) for joined in ("".join(words), "".join(words[::-1]))
        ):
            return True
    return explained(run[place], side, learned) and not _by_chance(run[place], side)


def _by_chance(name: Name, side: Sides) -> bool:
    """Whether only a character that stands everywhere reads as a name: Shi, 是."""
    place = romanise.find(name.word, side.han)
    return bool(place) and romanise.find(name.word, _EVERYWHERE.sub(" ", side.han)) is None


_EVERYWHERE = re.compile("[的了是在有和就不一人上也很到说要去会着没看好自这为与及等将已于以其]")


def explained(name: Name, side: Sides, learned: Known) -> bool:
    """Whether something on the other side reads, sounds or is known as the name."""
    lower = name.word.lower()
    if _stands(name.word, side.han) or romanise.find(name.word, side.han):
        return True
    if any(c in side.han for c, dice in learned.origins.get(lower, {}).items() if dice >= _BESIDE):
        return True
    parts = [part for part in name.word.split("-") if len(part) >= LETTERS]
    if len(parts) > 1 or (parts and parts[0] != name.word):
        return any(explained(Name(part, name.span), side, learned) for part in parts)
    placed = gazetteer.characters_of(lower)
    if placed:
        return any(characters in side.han for characters in placed)
    chinese = _CHINESE.search(lower) and _may_be_read(lower)
    return not chinese and sounds.alike(name.word, transcribed.sounding(side.han))


def _stands(word: str, han: str) -> bool:
    """Whether a word stands between the characters as it is, or an acronym of which it is many."""
    small = han.lower()
    return word.lower() in small or (word[:-1].isupper() and word[:-1].lower() in small)


_CHINESE = re.compile(r"^x|[^aeiou]x|^q(?!u[aeiou]?[^aeiou])|zh|ng(?=[^aeiou]|$)|^[a-z]+ian|uo")
"""What words in Pinyin have and others hardly do."""


def _kind(name: Name, side: Sides, learned: Known) -> str:
    """How a name is known to be strange; empty where it is not."""
    lower = name.word.lower()
    if len(name.word) < LETTERS or explained(name, side, learned):
        return ""
    if gazetteer.characters_of(lower):
        return "listed strange"
    if sides.written_small(lower):
        return ""
    if romanise.is_pinyin(name.word):
        misread = lower not in learned.read and romanise.near(name.word, side.han)
        return "misread" if misread else "read strange"
    return _kind_by_sound(name.word, side, learned)


def _kind_by_sound(word: str, side: Sides, learned: Known) -> str:
    lower = word.lower()
    likeness = sounds.likeness(word, side.han)
    if lower in learned.heard:
        return "heard strange" if likeness < _DEAF else ""
    surest = max(learned.origins.get(lower, {}).values(), default=0.0)
    if surest >= _SURE and learned.counts[lower] >= _SEEN:
        return "heard strange"
    stranger = likeness < _STRANGER and len(sounds.skeleton(word)) >= _CONSONANTS
    return "unknown strange" if stranger else ""
