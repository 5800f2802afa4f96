"""The language of all words of a text in one script group, taken together."""

from __future__ import annotations

from collections.abc import Sequence
from operator import sub
from typing import NamedTuple

from unspun.config import TagConfig
from unspun.tagging import confidence, detectors, profiles, scripts, supplement
from unspun.tagging.words import Words

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


class Unit(NamedTuple):
    """All words of one text in one script group.

    Attributes:
        column: The profiles' column nearest to it, -1 where the script has one language.
        language: Its language.
        confidence: Probability that it is right.
        letters: Letters read.
    """

    column: int
    language: str
    confidence: float
    letters: int


def name(laid: Sequence[Words], config: TagConfig | None = None) -> list[list[Unit]]:
    """Name the language of each unit of each text.

    Args:
        laid: The words of the texts.
        config: Names another detector to ask; none, if None.
    """
    found = [[_named(*total) for total in words.totals] for words in laid]
    _doubt(laid, found)
    if config is not None and config.detector:
        _ask(laid, found, config)
    return found


def weight(unit: Unit, group: str) -> float:
    """Letters that the Latin alphabet would need; between equals, the denser script counts."""
    each = _WEIGHT.get(group, _OTHER)
    return unit.letters * each + each / 8


def too_short(unit: Unit, words: Words, least: int) -> bool:
    """Whether a text's only words are too few to name a language by."""
    if unit.letters >= least:
        return False
    if words.count > 1:
        return unit.confidence < _WORDS
    return unit.letters < _LETTERS or unit.confidence < _WORD


def _named(group: int, letters: int, column: int, top: int, second: int) -> Unit:
    """What the scripts and the profiles say."""
    script = scripts.load().names[group]
    languages = profiles.load().languages.get(script)
    if languages is None:
        language = scripts.LANGUAGE_OF_SCRIPT.get(script, "und")
        return Unit(-1, language, 0.999 if language != "und" else 0.5, letters)
    best = top / profiles.STEPS
    margin = best - second / profiles.STEPS
    certain = confidence.of_profiles(margin, letters, best / max(1, letters))
    return Unit(column, languages[column], certain, letters)


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
    names = scripts.load().names
    scores = supplement.load().score([_excerpt(laid[text], number) for text, number in doubtful])
    for (text, number), score in zip(doubtful, scores, strict=True):
        group, _, main, _, _ = laid[text].totals[number]
        found[text][number] = _second(found[text][number], names[group], score, main)


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
    names = scripts.load().names
    for (text, number), (tag, certain) in zip(doubtful, answers, strict=True):
        unit = found[text][number]
        if certain > unit.confidence and tag != "und":
            group = names[laid[text].totals[number][0]]
            language = supplement.name(tag, group)
            known = supplement.load().names[group]
            columns = len(profiles.load().languages[group])
            column = known.index(language) if language in known[:columns] else unit.column
            found[text][number] = Unit(column, language, certain, unit.letters)


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


def _second(unit: Unit, group: str, score: Sequence[int], main: int) -> Unit:
    """What the supplement says."""
    languages = profiles.load().languages[group]
    names = supplement.load().names[group]
    sums = together(group, score)
    top = max(sums)
    best = sums.index(top)
    second = _second_sum(sums, names, best)
    column = best if best < len(languages) else main
    if names[best] in languages:
        column = languages.index(names[best])
    letters = min(unit.letters, supplement.REACH * supplement.CHUNKS)
    loss = supplement.loss(score, best, letters)
    certain = confidence.of_supplement((top - second) / supplement.STEPS, unit.letters, loss)
    return Unit(column, names[best], certain, unit.letters)


def _second_sum(sums: list[int], names: Sequence[str], best: int) -> int:
    """The most evidence for another language than the best one, which may have two columns."""
    top, sums[best] = sums[best], min(sums) - 1
    second = max(sums)
    same = names[sums.index(second)] == names[best]
    sums[best] = top
    if not same:
        return second
    return max(sum_ for sum_, other in zip(sums, names, strict=True) if other != names[best])
