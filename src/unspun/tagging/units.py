"""The language of all words of a text in one script group, taken together."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from unspun.config import TagConfig
from unspun.tagging import confidence, detectors, profiles, scripts, supplement
from unspun.tagging.batch import Batch, Ints

DOUBT = 0.97
"""Below this confidence of the profiles the supplement is asked."""
BRIEF, SURE = 60, 0.999
"""Below so many letters it is asked below this confidence: few letters hold little evidence."""
RELATIVES = frozenset({"hr", "id", "tr", "ru", "uk", "mk", "fa"})
"""Languages with a near relative that the profiles lack: the supplement is always asked."""


_WEIGHT = {"Hani": 3, "Hang": 2}
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


class Units(NamedTuple):
    """The units of a batch, in the order of text and group.

    Attributes:
        key: 256 times the text, plus the group.
        of_run: Unit of each run.
        main: The best column of each unit.
        size: Letters of each word, 0 where it has no say.
        units: The units.
    """

    key: NDArray[np.int64]
    of_run: Ints
    main: Ints
    size: NDArray[np.int64]
    units: list[Unit]


def gather(batch: Batch, read: NDArray[np.bool_] | None, config: TagConfig | None = None) -> Units:
    """Total the evidence of each text in each script group, and name its language.

    Args:
        batch: The texts.
        read: Words that have a say; all, if None.
        config: Names another detector to ask; none, if None.
    """
    if not len(batch.start):
        none = np.zeros(0, np.intp)
        return Units(none, none, none, none, [])
    size = batch.letters[batch.stop] - batch.letters[batch.start]
    evidence = batch.evidence
    if read is not None:
        size = np.where(read, size, 0)
        evidence = evidence * read[:, None].astype(np.uint32)
    key = batch.text.take(batch.run) * 256 + batch.group.take(batch.run)
    of_run = np.arange(len(key))
    total = profiles.totals(evidence, batch.run)
    letters = np.add.reduceat(size, batch.run)
    if len(key) > 1 and not (key[1:] > key[:-1]).all():
        key, of_run = np.unique(key, return_inverse=True)
        runs_total, runs_letters = total, letters
        total = np.zeros((len(key), total.shape[1]), np.int64)
        letters = np.zeros(len(key), np.int64)
        np.add.at(total, of_run, runs_total)
        np.add.at(letters, of_run, runs_letters)
    # a stray mark may bring another script's evidence along
    total *= _columns().take(key & 255, axis=0)
    main = total.argmax(axis=1)
    ordered = total.copy()
    ordered.partition(-2, axis=1)
    seconds, tops = (ordered[:, -2:].T / profiles.STEPS).tolist()
    units = _named(key, main, seconds, tops, letters.tolist())
    _doubt(batch, units, key, of_run, total)
    if config is not None and config.detector:
        _ask(batch, units, key, of_run, config)
    columns = np.array([max(unit.column, 0) for unit in units])
    return Units(key, of_run, columns, size, units)


@lru_cache(maxsize=1)
def _columns() -> NDArray[np.int64]:
    """1 for each column that is a language of a script group, by group."""
    table = np.zeros((256, profiles.COLUMNS), np.int64)
    for script, languages in profiles.load().languages.items():
        table[scripts.load().number(script), : len(languages)] = 1
    return table


def weight(unit: Unit, group: str) -> int:
    """Letters that an alphabet would need; between equals, the script that says more counts."""
    each = _WEIGHT.get(group, 1)
    return unit.letters * each + (each > 1)


def too_short(unit: Unit, batch: Batch, text: int, least: int) -> bool:
    """Whether a text's only words are too few to name a language by."""
    if unit.letters >= least:
        return False
    first, last = np.searchsorted(batch.text, [text, text + 1])
    if last - first > 1:
        return unit.confidence < _WORDS
    return unit.letters < _LETTERS or unit.confidence < _WORD


def _named(
    key: NDArray[np.int64],
    main: Ints,
    seconds: list[float],
    tops: list[float],
    letters: list[int],
) -> list[Unit]:
    """What the scripts and the profiles say."""
    names, languages = scripts.load().names, profiles.load().languages
    units = []
    for number, column, second, top, count in zip(
        key.tolist(), main.tolist(), seconds, tops, letters, strict=True
    ):
        group = names[number & 255]
        if group in languages:
            certain = confidence.of_profiles(top - second, count, top / max(1, count))
            units.append(Unit(column, languages[group][column], certain, count))
        else:
            language = scripts.LANGUAGE_OF_SCRIPT.get(group, "und")
            units.append(Unit(-1, language, 0.999 if language != "und" else 0.5, count))
    return units


def _doubt(
    batch: Batch,
    units: list[Unit],
    key: NDArray[np.int64],
    of_run: Ints,
    total: NDArray[np.int64],
) -> None:
    """Read the doubtful units again, with the supplement."""
    doubtful = [
        number
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
    texts = _texts(batch, of_run, doubtful)
    scores = supplement.load().score(texts)
    for number, score in zip(doubtful, scores, strict=True):
        group = names[int(key[number]) & 255]
        units[number] = _second(units[number], group, score, total[number])


def _ask(
    batch: Batch, units: list[Unit], key: NDArray[np.int64], of_run: Ints, config: TagConfig
) -> None:
    """Ask another detector about what is still doubtful; the surer answer counts."""
    doubtful = [
        number
        for number, unit in enumerate(units)
        if unit.column >= 0 and unit.confidence < config.ask_below
    ]
    if not doubtful:
        return
    answers = detectors.ask(config.detector, _texts(batch, of_run, doubtful))
    names = scripts.load().names
    for number, (tag, certain) in zip(doubtful, answers, strict=True):
        unit = units[number]
        if certain > unit.confidence and tag != "und":
            group = names[int(key[number]) & 255]
            language = supplement.name(tag, group)
            known = supplement.load().names[group]
            columns = len(profiles.load().languages[group])
            column = known.index(language) if language in known[:columns] else unit.column
            units[number] = Unit(column, language, certain, unit.letters)


def _texts(batch: Batch, of_run: Ints, doubtful: list[int]) -> list[str]:
    """The text of each doubtful unit, from its first runs."""
    if len(batch.run) == 1:
        a, b = int(batch.start[0]), int(batch.stop[-1])
        return [batch.joined[a : min(b + 1, a + supplement.REACH * supplement.CHUNKS)]]
    wanted = dict.fromkeys(doubtful, "")
    stop = np.append(batch.run, len(batch.start))[1:]
    limit = supplement.REACH * supplement.CHUNKS
    for run in np.flatnonzero(np.isin(of_run, doubtful)).tolist():
        number = int(of_run[run])
        text = wanted[number]
        if len(text) < limit:
            a, b = int(batch.start[batch.run[run]]), int(batch.stop[stop[run] - 1])
            part = batch.joined[a : min(b + 1, a + limit)]
            wanted[number] = f"{text} {part}" if text else part
    return list(wanted.values())


def together(group: str, score: NDArray[np.int64]) -> NDArray[np.float64]:
    """The evidence of the supplement for each column of a script, less what it starts with."""
    handicap = supplement.load().handicap[group]
    return score[: len(handicap)] - handicap


def _second(unit: Unit, group: str, score: NDArray[np.int64], total: NDArray[np.int64]) -> Unit:
    """What the supplement says."""
    languages = profiles.load().languages[group]
    names = supplement.load().names[group]
    sums = together(group, score)
    best = int(sums.argmax())
    top, sums[best] = float(sums[best]), -np.inf
    second = int(sums.argmax())
    if names[second] == names[best]:
        sums[second] = -np.inf
        second = int(sums.argmax())
    margin = (top - float(sums[second])) / supplement.STEPS
    column = best if best < len(languages) else int(total[: len(languages)].argmax())
    if names[best] in languages:
        column = languages.index(names[best])
    loss = supplement.loss(score, best, min(unit.letters, supplement.REACH * supplement.CHUNKS))
    certain = confidence.of_supplement(margin, unit.letters, loss)
    return Unit(column, names[best], certain, unit.letters)
