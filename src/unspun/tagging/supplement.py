"""A second reading for what the profiles leave in doubt: short texts, near relatives.

Three kinds of evidence, each summed over the text: the longest known n-gram, up to six characters,
that ends at each character (py3langid's model, Lui and Baldwin 2012; lingua's counts, Stahl
2021); words that a language cannot do without; letters that a language does not have. It also knows
some forty languages more than the profiles; they start with a handicap, for most texts are not in
them. `tools/build_tag_supplement.py` makes the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain, filterfalse
from typing import Any, NamedTuple

import numpy as np
import regex
from numpy.typing import NDArray

from unspun import kernels, tables
from unspun.tagging import sums

_kernel = kernels.load("unspun.tagging._grams", revision=5)

STEPS = 16  # of evidence to one nat
REACH = 210  # characters that 16 bits of evidence can add up
CHUNKS = 4  # stretches of that length that are read of a long text
_CHUNK = REACH - 2  # between two blanks
_SIGMA = "Σ"  # what it is in lower case depends on what stands about it
_BITS = 10
_LONGEST = 6
_TOP = _BITS * (_LONGEST - 1)
_COLUMNS = 64
_WORD, _LETTER = 4 * STEPS, 4 * STEPS
IDEAL = 63
"""The column of a language that every n-gram is likeliest in: what a perfect fit would score."""
HANDICAP = 15 * STEPS
"""A language that the profiles lack must be e^15 times as likely as the others."""
WIDESPREAD = {
    "gl": 6, "be": 8, "kk": 8, "ky": 8, "mn": 8, "tg": 8, "tt": 8, "ba": 8, "az": 8, "is": 8,
    "eu": 8, "ms": 12, "sr": 12,
}  # fmt: skip
"""Less, in nats, for those that millions write and that no commoner one is taken for: on messages
of software, no language of the profiles loses by it."""
COMMON = {"en": 2 * STEPS}
"""What one starts with that is met far more often than any other."""
ALIASES = {"nn": "no"}
SCRIPTED = {("sr", "Latn"): "sr-Latn", ("sr", "Cyrl"): "sr-Cyrl"}
_CODED = 0x3000  # code points that are told apart: the scripts of several languages end before
_RARE = chr(_CODED)
_ONE, _TWO = np.uint64(_BITS), np.uint64(2 * _BITS)
_DIFFER = np.array([1 << _BITS * n for n in range(_LONGEST)], np.uint64)
"""The least by which keys differ that differ in an n-gram's first character, its second, ..."""
_APART = "\0" * (_LONGEST - 1)
"""Characters in no n-gram, so many that none of one chunk can reach into the next."""
_TOKEN = regex.compile(r"[\p{L}\p{M}'’]+")


class Supplement(NamedTuple):
    """The table.

    Attributes:
        code: Number of each code point below 0x3000, 0 where no n-gram has it, and at the end
            for every other.
        keys: The n-grams, 10 bits a character, the last one highest, ascending; 0 before them.
        spare: Bits of each key below its characters.
        shorter: Row of the longest known ending of each n-gram, 0 if none.
        weights: Evidence by n-gram and column, in 1/16 nat; then the rows of words and of letters.
        words: Row of each word.
        letters: Row of each letter.
        languages: Languages of each script, in the order of the columns.
        names: Their BCP 47 tags.
        handicap: What each of them starts with less.
    """

    code: NDArray[np.uint64]
    keys: NDArray[np.uint64]
    spare: NDArray[np.uint8]
    shorter: NDArray[np.int32]
    weights: NDArray[np.uint8]
    words: dict[str, int]
    letters: dict[str, int]
    languages: dict[str, tuple[str, ...]]
    names: dict[str, tuple[str, ...]]
    handicap: dict[str, tuple[int, ...]]

    def score(self, texts: Sequence[str]) -> list[tuple[int, ...]]:
        """Evidence of each text for each column, in 1/16 nat.

        Args:
            texts: Words of one script each, at most ``CHUNKS`` times ``REACH`` characters of which
                are read.
        """
        grams = _compiled()
        if grams is None:
            return self.score_plain(texts)
        return list(map(grams.score, texts))

    def score_plain(self, texts: Sequence[str]) -> list[tuple[int, ...]]:
        """The same without the compiled kernel."""
        chunks = [_chunks(text) for text in texts]
        joined = [_APART.join([*each, ""]) for each in chunks]
        grams = self._grams("".join(joined))
        rows: list[NDArray[np.intp]] = []
        starts = [0]
        at = 0
        for each, text in zip(chunks, joined, strict=True):
            named = [*chain.from_iterable(map(self.named, each))]
            rows += grams[at : at + len(text)], np.array(named, np.intp)
            starts.append(starts[-1] + len(text) + len(named))
            at += len(text)
        found = sums.over(self.weights, np.concatenate(rows), starts[:-1])
        return list(map(tuple, found.tolist()))

    def named(self, chunk: str) -> list[int]:
        """Rows of the words and letters of a chunk."""
        parts = chunk.split()
        words = list(filter(str.isalpha, parts))
        if len(words) < len(parts):
            words += _TOKEN.findall(" ".join(filterfalse(str.isalpha, parts)))
        found = [*map(self.words.get, words), *map(self.letters.get, set(chunk))]
        return list(filter(None, found))

    def _grams(self, text: str) -> NDArray[np.intp]:
        """Row of the longest n-gram that ends at each character of a text."""
        points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        codes = self.code.take(points, mode="clip")
        two = codes << _ONE
        two[1:] |= codes[:-1]
        key = two << _TWO
        key[2:] |= two[:-2]
        key <<= _TWO
        key[4:] |= two[:-4]
        order = key.argsort()  # neighbours are found near each other, which is much sooner
        key = key.take(order)
        near = self.keys.searchsorted(key, side="right")
        near -= 1  # a known ending is the nearest key below, or an ending of that
        key ^= self.keys.take(near)
        near *= _LONGEST + 1
        near += _DIFFER.searchsorted(key, side="right")
        row = np.empty_like(near)
        row[order] = _known().take(near)
        return row


def _chunks(text: str) -> list[str]:
    """The stretches of a text that are read, in lower case, each between blanks."""
    return [_chunk(text, at) for at in range(0, max(1, min(len(text), CHUNKS * REACH)), _CHUNK)]


def _chunk(text: str, at: int) -> str:
    return " " + text[at : at + _CHUNK].lower()[:_CHUNK] + " "


def loss(score: Sequence[int], column: int, letters: int) -> float:
    """How far a text is from fitting a language: evidence lost, in nats a letter."""
    return float(score[IDEAL] - score[column]) / STEPS / max(1, letters)


def name(language: str, script: str) -> str:
    """The BCP 47 tag of a column's language in a script."""
    return SCRIPTED.get((language, script), ALIASES.get(language, language))


@lru_cache(maxsize=1)
def _compiled() -> Any | None:  # noqa: ANN401 - an extension is not typed
    """The compiled sums of the table; None where the plain version must do."""
    if _kernel is None:
        return None
    table = load()
    token = np.zeros(len(table.code), np.uint8)
    for match in _TOKEN.finditer("".join(map(chr, range(_CODED)))):
        token[match.start() : match.end()] = 1
    letter = np.zeros(len(table.code), np.int32)
    for char, row in table.letters.items():
        letter[ord(char)] = row
    lower = np.zeros(len(table.code), np.uint16)
    for point in range(_CODED):
        small = chr(point).lower()
        if small < _RARE and len(small) == 1 and chr(point) != _SIGMA:
            lower[point] = ord(small)
    return _kernel.Grams(
        table.code,
        table.keys,
        table.spare,
        table.shorter,
        table.weights,
        token,
        letter,
        lower,
        table.words,
        table.named,
        _chunk,
        _CHUNK,
        CHUNKS * REACH,
    )


@lru_cache(maxsize=1)
def _known() -> NDArray[np.intp]:
    """Row of each n-gram's longest known ending outside the first n of six characters, n 0 to 6."""
    table = load()
    rows = [np.arange(len(table.keys))]
    for n in range(1, _LONGEST + 1):
        last = rows[-1]
        rows.append(np.where(table.spare[last] < _BITS * n, table.shorter[last], last))
    return np.stack(rows, axis=1).ravel()


@lru_cache(maxsize=1)
def load() -> Supplement:
    """The packaged table with the words and letters of each language."""
    with np.load(tables.path("tag_supplement.npz")) as data:
        points, codes, levels = data["points"], data["codes"], data["levels"]
        steps = np.ascontiguousarray(data["steps"].T).view(np.uint64)[:, 0]
        grams = (255 - levels)[data["rows"]]
        readers = [str(line).split() for line in data["readers"]]
    languages = {script: tuple(rest) for script, *rest in readers}
    first = len(grams) + 1
    words, of_words = _word_rows(languages, first)
    letters, of_letters = _letter_rows(languages, first + len(of_words))
    rows = np.concatenate([of_words, of_letters])
    weights = sums.zeros(first + len(rows), _COLUMNS, np.uint8)
    weights[1:first, : grams.shape[1]] = grams
    weights[1:first, IDEAL] = 255
    weights[first:] = rows
    code = np.zeros(_CODED + 1, np.uint64)
    code[points[points < _CODED]] = codes[points < _CODED]
    handicap = {s: _handicap(s, found) for s, found in languages.items()}
    names = {s: tuple(name(x, s) for x in found) for s, found in languages.items()}
    keys, spare, shorter = _endings(steps)
    return Supplement(
        code, keys, spare, shorter, weights, words, letters, languages, names, handicap
    )


def _endings(
    steps: NDArray[np.uint64],
) -> tuple[NDArray[np.uint64], NDArray[np.uint8], NDArray[np.int32]]:
    """Keys, their spare bits, and the row of the longest known ending of each."""
    keys = np.concatenate([np.zeros(1, np.uint64), np.cumsum(steps, dtype=np.uint64)])
    spare = np.full(len(keys), 63, np.uint8)  # nothing known ends every text
    shorter = np.zeros(len(keys), np.int32)
    for n in range(1, _LONGEST + 1):
        low = np.uint64(_TOP + _BITS - _BITS * n)
        cut = keys >> low << low
        spare[(cut == keys) & (spare == 63)] = low  # noqa: PLR2004
        at = np.searchsorted(keys, cut, side="right") - 1
        shorter = np.where((keys[at] == cut) & (cut != keys), at, shorter).astype(np.int32)
    spare[0] = 63
    return keys, spare, shorter


def _handicap(script: str, names: Sequence[str]) -> tuple[int, ...]:
    last = {"Latn": "nn", "Cyrl": "uk", "Arab": "ur", "Deva": "ne"}[script]
    known = names.index(last) + 1
    return tuple(
        -COMMON.get(name, 0)
        if k < known
        else STEPS * WIDESPREAD[name]
        if name in WIDESPREAD
        else HANDICAP
        for k, name in enumerate(names)
    )


def _places(languages: dict[str, tuple[str, ...]], tag: str) -> list[int]:
    """Columns of a language: its own, and those that stand for it."""
    base, _, script = tag.partition("-")
    return [
        column
        for group, names in languages.items()
        for column, language in enumerate(names)
        if ALIASES.get(language, language) == base and script in ("", group)
    ]


def _word_rows(
    languages: dict[str, tuple[str, ...]], first: int
) -> tuple[dict[str, int], NDArray[np.uint8]]:
    """The row of each word, from the first on, and the rows."""
    spoken = []
    for line in tables.text("tag_words.tsv").splitlines():
        tag, _, text = line.partition("\t")
        spoken.append((_places(languages, tag), text.lower().split()))
    every = dict.fromkeys(chain.from_iterable(words for _, words in spoken))
    found = {word: row for row, word in enumerate(every, first)}
    rows = np.zeros((len(found), _COLUMNS), np.uint8)
    for columns, words in spoken:
        rows[np.ix_([found[word] - first for word in words], columns)] = _WORD
    return found, rows


def _letter_rows(
    languages: dict[str, tuple[str, ...]], first: int
) -> tuple[dict[str, int], NDArray[np.uint8]]:
    """A letter speaks for every language that has it, or of whose letters nothing is known."""
    alphabets = {}
    for line in tables.text("tag_alphabets.tsv").splitlines():
        tag, _, letters = line.partition("\t")
        alphabets[tag] = set(letters)
    found: dict[str, int] = {}
    rows = []
    for group, names in languages.items():
        own = {t: a for t, a in alphabets.items() if t.split("-")[0] in names}
        every = sorted(set().union(*own.values()))
        found |= {letter: row for row, letter in enumerate(every, first)}
        rows.append(np.full((len(every), _COLUMNS), _LETTER, np.uint8))
        for tag, alphabet in own.items():
            silent = [row for row, letter in enumerate(every) if letter not in alphabet]
            rows[-1][np.ix_(silent, _places({group: names}, tag))] = 0
        first += len(every)
    return found, np.concatenate(rows)
