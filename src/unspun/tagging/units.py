"""The language of all words of a text in one script group, taken together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from operator import sub
from typing import NamedTuple

from unspun.config import TagConfig
from unspun.kernels.values import changer, maker
from unspun.tagging import confidence, detectors, profiles, scripts, supplement
from unspun.tagging.words import Total, What, Words

DOUBT = 0.98
"""Below this confidence of the profiles the supplement is asked."""
BRIEF, SURE = 60, 0.999
"""Below so many letters it is asked below this confidence: few letters hold little evidence."""
RELATIVES = frozenset({"hr", "id", "tr", "ru", "uk", "mk", "fa"})
"""Languages with a near relative that the profiles lack: the supplement is always asked."""


_WEIGHT = {"Latn": 1, "Hani": 4, "Hang": 3}
_OTHER = 1.5  # letters of the Latin alphabet; names and brands are written in it everywhere
_WORD = 0.9  # a single short word must speak clearly
_LETTERS = 4  # of a word that alone can name a language
_WORDS = 0.2  # a short text of several words is named unless nothing speaks for the name


@dataclass(frozen=True, slots=True)
class Unit:
    """All words of one text in one script group.

    Attributes:
        group: The script group, named for its first script.
        column: The profiles' column nearest to it, -1 where the script has one language.
        language: Its language.
        confidence: Probability that it is right.
        letters: Letters read.
    """

    group: str
    column: int
    language: str
    confidence: float
    letters: int


_unit, _changed = maker(Unit), changer(Unit)


def name(laid: Sequence[Words], config: TagConfig | None = None) -> list[list[Unit]]:
    """Name the language of each unit of each text.

    Args:
        laid: The words of the texts.
        config: Names another detector to ask; none, if None.
    """
    named = partial(_named, _groups())
    found = [list(map(named, words.totals)) for words in laid]
    _doubt(laid, found)
    if config is not None and config.detector:
        _ask(laid, found, config)
    return found


def weight(unit: Unit) -> float:
    """Letters that the Latin alphabet would need; between equals, the denser script counts."""
    each = _WEIGHT.get(unit.group, _OTHER)
    return unit.letters * each + each / 8


def what(unit: Unit) -> What:
    """What a unit is: Hangul alone is called by the script of Korean."""
    group = "Kore" if unit.group == "Hang" else unit.group
    return unit.language, group, unit.confidence


def too_short(unit: Unit, words: Words) -> bool:
    """Whether a text's only words, of which there are few, do not name a language."""
    if words.count > 1:
        return unit.confidence < _WORDS
    return unit.letters < _LETTERS or unit.confidence < _WORD


class _Group(NamedTuple):
    """A script group: its name, its languages in the profiles, or else the one it is used for."""

    name: str
    shared: Sequence[str]
    language: str


@cache
def _groups() -> tuple[_Group, ...]:
    """The script groups by their numbers."""
    languages = profiles.load().languages
    return tuple(
        _Group(name, languages.get(name, ()), scripts.LANGUAGE_OF_SCRIPT.get(name, "und"))
        for name in scripts.load().names
    )


def _named(groups: Sequence[_Group], total: Total) -> Unit:
    """What the scripts and the profiles say of a total."""
    number, letters, column, top, second = total
    group, shared, language = groups[number]
    if not shared:
        return _unit(group, -1, language, 0.999 if language != "und" else 0.5, letters)
    best = top / profiles.STEPS
    margin = best - second / profiles.STEPS
    certain = confidence.of_profiles(margin, letters, best / (letters or 1))
    return _unit(group, column, shared[column], certain, letters)


def _doubt(laid: Sequence[Words], found: list[list[Unit]]) -> None:
    """Read the doubtful units again, with the supplement."""
    doubtful = [
        (text, number)
        for text, units in enumerate(found)
        for number, unit in enumerate(units)
        if unit.column >= 0
        and (
            unit.confidence < (SURE if unit.letters < BRIEF else DOUBT)
            or unit.language in RELATIVES
        )
    ]
    if not doubtful:
        return
    scores = supplement.load().score([_excerpt(laid[text], number) for text, number in doubtful])
    for (text, number), score in zip(doubtful, scores, strict=True):
        found[text][number] = _second(found[text][number], score)


def _ask(laid: Sequence[Words], found: list[list[Unit]], config: TagConfig) -> None:
    """Ask another detector about what is still doubtful; the surer answer counts."""
    doubtful = [
        (text, number)
        for text, units in enumerate(found)
        for number, unit in enumerate(units)
        if unit.column >= 0 and unit.confidence < config.ask_below
    ]
    if not doubtful:
        return
    texts = [_excerpt(laid[text], number) for text, number in doubtful]
    answers = detectors.ask(config.detector, texts)
    for (text, number), (tag, certain) in zip(doubtful, answers, strict=True):
        unit = found[text][number]
        if certain > unit.confidence and tag != "und":
            language = supplement.name(tag, unit.group)
            known = supplement.load().names[unit.group]
            columns = len(profiles.load().languages[unit.group])
            column = known.index(language) if language in known[:columns] else unit.column
            found[text][number] = _changed(
                unit, column=column, language=language, confidence=certain
            )


def _excerpt(words: Words, unit: int) -> str:
    """The beginning of a unit: its first runs, each with the character behind it."""
    limit = supplement.REACH * supplement.CHUNKS
    found = ""
    for _, _, start, stop, _, of in words.runs:
        if of == unit:
            end = min(stop + 1, start + limit)
            part = words.text[start:end] + "\n" * (end > len(words.text))
            found = f"{found} {part}" if found else part
            if len(found) >= limit:
                break
    return found


def together(group: str, score: Sequence[int]) -> list[int]:
    """The evidence of the supplement for each column of a script, less what it starts with."""
    return list(map(sub, score, supplement.load().handicap[group]))


def _second(unit: Unit, score: Sequence[int]) -> Unit:
    """What the supplement says."""
    languages = profiles.load().languages[unit.group]
    names = supplement.load().names[unit.group]
    sums = together(unit.group, score)
    top = max(sums)
    best = sums.index(top)
    second = _second_sum(sums, names, best)
    column = best if best < len(languages) else unit.column
    if names[best] in languages:
        column = languages.index(names[best])
    letters = min(unit.letters, supplement.REACH * supplement.CHUNKS)
    loss = supplement.loss(score, best, letters)
    certain = confidence.of_supplement((top - second) / supplement.STEPS, unit.letters, loss)
    return _changed(unit, column=column, language=names[best], confidence=certain)


def _second_sum(sums: list[int], names: Sequence[str], best: int) -> int:
    """The most evidence for another language than the best one, which may have two columns."""
    top, sums[best] = sums[best], min(sums) - 1
    second = max(sums)
    same = names[sums.index(second)] == names[best]
    sums[best] = top
    if not same:
        return second
    return max(sum_ for sum_, other in zip(sums, names, strict=True) if other != names[best])
