"""Build the table of the tagger's second reading from what two other detectors have counted.

    pip download --no-deps lingua-language-detector==1.3.5
    python tools/build_tag_supplement.py lingua_language_detector-1.3.5-py3-none-any.whl [OUT]

Two sources, no text of anybody's:

- ``py3langid`` (Lui and Baldwin 2012, Barbaresi 2021, BSD-3-Clause) carries a naive Bayes model
  over byte n-grams of 140 languages, blanks included; those that are whole characters are taken.
- ``lingua`` 1.3.5 (Stahl 2021, Apache-2.0) carries, for 75 languages, how often a letter follows
  up to four others within a word; n-grams are taken by how much they say about the language, above
  all among near relatives: their frequency times the gain in log posterior over the shorter
  n-gram.

Both are folded into one row an n-gram: the log likelihood of each language of its script, relative
to the best, rounded to one of `LEVELS`. A language that only py3langid has is read by it alone.
"""

# ruff: noqa: SIM905 - lists of names read better as text

from __future__ import annotations

import json
import sys
import zipfile
from collections import deque
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import brotli
import numpy as np
import regex
from build_tag_tables import READERS
from py3langid import langid

LANGUAGES = {
    "Latn": [
        *READERS["Latn"],
        *(
            "nn sr is eu gl ga mt az ms eo la lb ha yo ig zu xh rw mg fo oc br fy gd ht "
            "uz ku jv sn st om"
        ).split(),
    ],
    "Cyrl": [*READERS["Cyrl"], *["sr", "be", "kk", "ky", "mn", "tg", "tt", "ba"]],
    "Arab": [*READERS["Arab"], *["ps", "ug", "sdh", "arz", "ary"]],
    "Deva": [*READERS["Deva"], *["sa", "gom"]],
}
RELATIVES = {
    "Latn": (
        "no nn da sv is", "cs sk sl hr sr pl", "es pt gl ca it fr ro oc eo la", "id ms jv tl",
        "lt lv", "et fi", "nl af de lb en fy", "sw zu xh so sn rw", "tr az uz", "ga gd cy br",
    ),
    "Cyrl": ("bg mk sr ru uk be", "kk ky tt ba mn tg", "ru uk be"),
    "Arab": ("ar arz ary", "fa ur ps ug"),
    "Deva": ("hi mr ne sa gom",),
}  # fmt: skip
ENOUGH = {"Latn": 8e-5, "Cyrl": 1e-4, "Arab": 4e-5, "Deva": 1e-6}
"""Gain, in nats a letter, from which an n-gram of lingua is taken."""
LEAST = (1e-6, 1e-6, 2e-6, 4e-6, 4e-6)
"""Share of a language's letters that end an n-gram, by its length, from which it is considered."""
SHARES = (0.5, 1.0)
"""Weight of py3langid's evidence and of lingua's."""
LEVELS = (0, 8, 16, 24, 32, 48, 64, 88, 112, 144, 184, 224, 255)
"""Evidence that a language lacks against the best one, in 1/16 nat; the last is of no language."""
BACK_OFF, UNSEEN = np.log(0.4), -9.0
HOME = 0.5  # of a language's letters, in the script that lingua has counted it in
LONGEST = 6
BITS = 10
COLUMNS = 62

_TAIL = regex.compile(r"[\p{L}\p{M}]*\Z")
_ALPHABET: dict[str, int] = {}


def number(gram: str) -> int:
    """An n-gram as a number, the first character highest, `BITS` a character."""
    key = 0
    for character in gram:
        key = key << BITS | _ALPHABET.setdefault(character, len(_ALPHABET) + 1)
    return key


@cache
def script_of(character: str) -> str | None:
    """The shared script of a character; a mark has the first one whose letters it may stand on."""
    return next((s for s in LANGUAGES if regex.match(rf"\p{{Script={s}}}", character)), None)


class Counts(NamedTuple):
    """What lingua has counted in a language, by length of n-gram, less one.

    Attributes:
        keys: Numbers of the n-grams, ascending.
        logs: Log probability of the last letter after the others.
    """

    keys: list[np.ndarray]
    logs: list[np.ndarray]

    def conditional(self, keys: np.ndarray, length: int) -> np.ndarray:
        """Log probability of the last letter of n-grams, with back-off to shorter ones."""
        value, got = np.full(len(keys), UNSEEN), np.zeros(len(keys))
        for n in range(1, length + 1):
            at, hit = find(self.keys[n - 1], keys & np.uint64((1 << BITS * n) - 1))
            value[hit] = self.logs[n - 1][at[hit]]
            got = np.where(hit, n, got)
        return value + (length - got) * BACK_OFF

    def joint(self) -> list[np.ndarray]:
        """Share of the language's letters that end each n-gram."""
        found = [np.exp(self.logs[0])]
        for (shorter, keys), logs in zip(pairwise(self.keys), self.logs[1:], strict=True):
            at, hit = find(shorter, keys >> np.uint64(BITS))
            joint = np.zeros(len(keys))
            joint[hit] = found[-1][at[hit]] * np.exp(logs[hit])
            found.append(joint)
        return found


def find(known: np.ndarray, keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Places of keys among known ones, and whether they are there."""
    if not len(known):
        known = np.zeros(1, np.uint64)  # no n-gram has this number
    at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    return at, known[at] == keys


def counted(wheel: zipfile.ZipFile, language: str, script: str) -> Counts | None:
    """The counts of a language, None where lingua lacks it in this script."""
    folder = f"lingua/language-models/{'nb' if language == 'no' else language}/"
    found = Counts([], [])
    for n, name in enumerate(("uni", "bi", "tri", "quadri", "five"), 1):
        try:
            packed = wheel.read(f"{folder}{name}grams.json.br")
        except KeyError:
            return None
        grams = json.loads(brotli.decompress(packed))["ngrams"]
        shares = [int(a) / int(b) for a, b in (fraction.split("/") for fraction in grams)]
        logs = np.repeat(np.log(shares), [line.count(" ") + 1 for line in grams.values()])
        keys = _numbers(" ".join(grams.values()) + " ", n, script)
        order = np.argsort(keys)
        order = order[keys[order] > 0]
        found.keys.append(keys[order])
        found.logs.append(logs[order])
        if np.exp(found.logs[0]).sum() < HOME:
            return None
    return found


def _numbers(grams: str, length: int, script: str) -> np.ndarray:
    """Numbers of n-grams, each with a blank behind it; 0 for those not in the script."""
    points = np.frombuffer(grams.encode("utf-32-le"), np.uint32).reshape(-1, length + 1)[:, :-1]
    codes = np.zeros(0x110000, np.uint64)
    for point in np.unique(points).tolist():
        if script_of(chr(point)) == script:
            codes[point] = number(chr(point))
    read = codes[points]
    keys = np.zeros(len(points), np.uint64)
    for place in range(length):
        keys = keys << np.uint64(BITS) | read[:, place]
    return np.where((read > 0).all(axis=1), keys, 0)


def candidates(
    script: str, counts: list[Counts | None]
) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """By length: n-grams that are frequent somewhere, their log likelihoods and shares."""
    joints = [found.joint() if found else None for found in counts]
    result = []
    for n in range(1, 6):
        pairs = [(c, j) for c, j in zip(counts, joints, strict=True) if c and j]
        keys = np.unique(
            np.concatenate([c.keys[n - 1][j[n - 1] >= LEAST[n - 1]] for c, j in pairs])
        )
        logs = np.full((len(keys), len(counts)), np.nan, np.float32)
        share = np.zeros(logs.shape, np.float32)
        for column, (c, j) in enumerate(zip(counts, joints, strict=True)):
            if c and j:
                logs[:, column] = c.conditional(keys, n)
                at, hit = find(c.keys[n - 1], keys)
                share[hit, column] = j[n - 1][at[hit]]
        result.append((keys, logs, share))
        print(script, n, len(keys), "candidates", flush=True)
    return result


def gain(new: np.ndarray, old: np.ndarray, share: np.ndarray, script: str) -> np.ndarray:
    """How much n-grams say beyond shorter ones: of all languages, and twice of relatives."""

    def posterior(logs: np.ndarray) -> np.ndarray:
        logs = np.nan_to_num(logs, nan=-30.0)
        return logs - np.logaddexp.reduce(logs, axis=1, keepdims=True)

    def within(columns: list[int]) -> np.ndarray:
        more = posterior(new[:, columns]) - posterior(old[:, columns])
        return (share[:, columns] * np.clip(more, -3, 6)).sum(axis=1)

    names = LANGUAGES[script]
    total = within(list(range(len(names))))
    for relatives in RELATIVES[script]:
        total += 2 * within([names.index(name) for name in relatives.split()])
    return total


def chosen(
    script: str, found: list[tuple[np.ndarray, np.ndarray, np.ndarray]]
) -> dict[int, np.ndarray]:
    """Log likelihoods of the n-grams that say most, by number."""
    kept = [found[0][:2]]
    for n, (keys, logs, share) in enumerate(found[1:], 2):
        shorter, unknown = np.zeros_like(logs), np.ones(len(keys), bool)
        for m in range(n - 1, 0, -1):
            at, hit = find(kept[m - 1][0], keys & np.uint64((1 << BITS * m) - 1))
            new = hit & unknown
            shorter[new] = kept[m - 1][1][at[new]]
            unknown &= ~hit
        keep = gain(logs, shorter, share, script) > ENOUGH[script]
        kept.append((keys[keep], logs[keep]))
    print(script, [len(keys) for keys, _ in kept], "chosen", flush=True)
    return {k: row for keys, logs in kept for k, row in zip(keys.tolist(), logs, strict=True)}


def bayes() -> dict[str, tuple[str, np.ndarray]]:
    """Script and log likelihoods of py3langid's n-grams."""
    model = _model()
    found = {}
    for gram, feature in _whole_grams(model).items():
        script = _script(gram)
        if script is not None:  # punctuation speaks for the Latin alphabet's languages alone
            name = script or "Latn"
            row = _columns(model, feature, LANGUAGES[name])
            found[gram] = name, np.maximum(row - row.max(), -14.0)
    return found


def _whole_grams(model: langid.LanguageIdentifier) -> dict[str, int]:
    """The automaton's n-grams that are whole characters, in lower case; as lower case first."""
    reached, queue, found = {0: b""}, deque([0]), []
    while queue:
        state = queue.popleft()
        for byte in range(256):
            following = int(model.tk_nextmove[model._rowbase[state] + byte])  # noqa: SLF001
            if following not in reached:
                reached[following] = reached[state] + bytes([byte])
                queue.append(following)
                if model.tk_output[following] >= 0:
                    found.append((reached[following], int(model.tk_output[following])))
    grams: dict[str, int] = {}
    folded: dict[str, int] = {}
    for octets, feature in found:
        try:
            gram = octets.decode()
        except UnicodeDecodeError:
            continue
        if len(gram) <= LONGEST and len(gram.lower()) == len(gram):
            (grams if gram == gram.lower() else folded).setdefault(gram.lower(), feature)
    return {**folded, **grams}


def _script(gram: str) -> str | None:
    """The one shared script of an n-gram's letters, empty without letters, else None."""
    found = {script_of(c) for c in gram if regex.match(r"\p{L}|\p{M}", c)}
    return None if None in found or len(found) > 1 else next(iter(found), "")


def _columns(model: langid.LanguageIdentifier, feature: int, languages: list[str]) -> np.ndarray:
    """Log probability of a feature for each language; the best of a language's columns."""
    row = model.nb_ptc[feature].astype(np.float64)
    return np.array([max(row[_classes(name)], default=-99.0) for name in languages])


@cache
def _classes(language: str) -> list[int]:
    """Columns of a language: one for each script that it is written in."""
    return [column for column, name in enumerate(_model().nb_classes) if name == language]


@cache
def _model() -> langid.LanguageIdentifier:
    return langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE)


def together(gram: str, script: str, one: dict, other: dict[int, np.ndarray]) -> np.ndarray:
    """The row of an n-gram: both sources' evidence of its longest ending that each has."""
    endings = [gram[k:] for k in range(len(gram))]
    first = next((one[e][1] for e in endings if e in one and one[e][0] == script), None)
    if first is None:
        first = np.zeros(len(LANGUAGES[script]))
    letters = _TAIL.search(gram)[0]
    numbers = [number(letters[k:]) for k in range(len(letters))]
    second = next((other[k] for k in numbers if k in other), None)
    alone = sum(SHARES) * first
    if second is None:
        row = alone
    else:
        row = SHARES[0] * first + SHARES[1] * (second - np.nanmax(second))
        row = np.where(np.isnan(row), alone, row)
    return row - row.max()


def table(wheel: zipfile.ZipFile) -> dict[int, np.ndarray]:
    """Levels of each n-gram of either source, by number."""
    one = bayes()
    levels = np.array(LEVELS)
    rows = {}
    for script, names in LANGUAGES.items():
        other = chosen(script, candidates(script, [counted(wheel, n, script) for n in names]))
        letters = {v: k for k, v in _ALPHABET.items()}
        grams = {gram for gram, (name, _) in one.items() if name == script and _wanted(gram)}
        for key in other:
            shifts = range(BITS * ((key.bit_length() - 1) // BITS), -1, -BITS)
            grams.add("".join(letters[key >> s & (1 << BITS) - 1] for s in shifts))
        for gram in grams:
            lost = np.minimum(-16 * together(gram, script, one, other), LEVELS[-2])
            row = np.full(COLUMNS, len(LEVELS) - 1, np.uint8)
            row[: len(names)] = np.abs(lost[:, None] - levels[:-1]).argmin(axis=1)
            rows[number(gram)] = row
    return rows


def _wanted(gram: str) -> bool:
    """Whether py3langid's n-gram is taken where lingua's was not: its letters alone are rarer."""
    return len(gram) <= 2 or _TAIL.fullmatch(gram) is None


def packed(rows: dict[int, np.ndarray]) -> dict[str, np.ndarray]:
    """The arrays; keys have the last character highest, so that like rows are neighbours."""
    keys = np.array(list(rows), np.uint64)
    turned = np.zeros_like(keys)
    left = keys.copy()
    for place in range(LONGEST):
        character = left & np.uint64((1 << BITS) - 1)
        turned |= character << np.uint64(BITS * (LONGEST - 1 - place))
        left >>= np.uint64(BITS)
    order = np.argsort(turned)
    steps = np.diff(turned[order], prepend=np.uint64(0))
    return {
        "points": np.array([ord(c) for c in _ALPHABET], np.uint32),
        "codes": np.array(list(_ALPHABET.values()), np.uint16),
        "steps": np.ascontiguousarray(steps.view(np.uint8).reshape(-1, 8).T),
        "rows": np.array(list(rows.values()))[order],
        "levels": np.array(LEVELS, np.uint8),
        "readers": np.array([f"{k} {' '.join(v)}" for k, v in LANGUAGES.items()]),
    }


def main() -> None:
    """Write the table."""
    out = Path(sys.argv[2] if len(sys.argv) > 2 else "src/unspun/data") / "tag_supplement.npz"
    with zipfile.ZipFile(sys.argv[1]) as wheel:
        rows = table(wheel)
    if len(_ALPHABET) >= 1 << BITS:
        raise SystemExit(f"{len(_ALPHABET)} characters do not fit {BITS} bits")
    np.savez_compressed(out, **packed(rows))
    print(f"{out} {len(rows):,} n-grams, {out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
