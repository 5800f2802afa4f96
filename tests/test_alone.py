"""The second look: odd places, and what each phrase says when it is taken back alone."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unspun.channel.alone import alone, evidence
from unspun.channel.gate import FIRST, Gate
from unspun.channel.habits import Habits, Prices
from unspun.channel.index import Index
from unspun.channel.keys import Words
from unspun.channel.lattice import build
from unspun.channel.numbering import arrays
from unspun.config import RestoreConfig
from unspun.detect import spun
from unspun.detect.look import Look, Region, Sight, Spinner

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases/restore.jsonl").read_text("utf-8").splitlines()
]
TEXTS = [case["text"] for case in CASES if case.get("family") != "tortured"]
VOCABULARY = ["the", "corporate", "one", "other", "Could"]


@pytest.fixture(scope="module")
def spinner() -> Spinner:
    return spun.load(RestoreConfig(family="thesaurus"))[0]


def by_hand(text: str, index: Index) -> list[float]:
    """What each substitution gains: the whole stretch with it, less the stretch as it stands."""
    lattice, lm, prices = build(text, index), index.lm, Prices()
    table, width = arrays(lattice), index.lm.order - 1
    price = Habits.first_guess(table, index, prices, 0.96).arc
    kept = table.words[len(table.start) - len(lattice.words) :, 0].tolist()
    stop = int(lm.encode(["."])[0])

    def score(number: int, words: list[int]) -> float:
        opens = lm.start if lattice.openings[number] else stop
        line = [-1] * (width - 1) + [opens] + words
        rows = [line[at : at + width + 1] for at in range(len(words))]
        return float(lm.score(np.array(rows, np.int32)).sum(dtype=np.float64)) * prices.lm

    out = []
    for arc in np.flatnonzero(table.entry >= 0).tolist():
        number = int(table.segment[arc])
        first, last = lattice.segments[number]
        words = kept[first:last]
        start, end = table.start[arc] - table.first[number], table.end[arc] - table.first[number]
        own = table.words[arc, : table.size[arc]].tolist()
        gain = score(number, [*words[:start], *own, *words[end:]]) - score(number, words)
        out.append(gain + float(price[arc]))
    return out


@pytest.mark.parametrize("text", TEXTS[:6])
def test_a_gain_is_that_of_the_whole_stretch(text: str, spinner: Spinner) -> None:
    lattice = build(text, spinner.index)
    found = alone(lattice, Prices())[lattice.readings.entry >= 0]
    assert found.tolist() == pytest.approx(by_hand(text, spinner.index), abs=1e-3)


def look(text: str, gate: Gate) -> tuple[Sight, Region]:
    words = Words.of(text)
    sight = Sight(words, Spinner("x", Index.__new__(Index), gate, marked=False))
    return sight, Region(0, len(text), 0, len(words))


@given(st.lists(st.sampled_from([*VOCABULARY, "it's", "so,", "\n", "é", "\ud800"]), max_size=120))
def test_odd_places_stand_in_the_text(parts: list[str]) -> None:
    rng = np.random.default_rng(1)
    single = rng.integers(-9, 10, len(VOCABULARY) + FIRST).astype(np.int8)
    pair = rng.integers(-9, 10, 64).astype(np.int8)
    text = " ".join(parts)
    sight, region = look(text, Gate(VOCABULARY, single, pair, 0.5, 0.25))
    found, first, last = sight.oddest(text, region)
    assert len(first) == len(last) <= 32
    assert (first >= 0).all()
    assert (last <= len(found)).all()
    assert (first < last).all()
    assert (np.diff(last) > 0).all()
    at = 0
    for line in found.split("\n") if "\n" not in text else ():
        at = text.index(line, at) + len(line)  # in the text's own order, none twice


def test_one_odd_word_is_found_with_what_surrounds_it() -> None:
    single = np.zeros(len(VOCABULARY) + FIRST, np.int8)
    single[FIRST + VOCABULARY.index("corporate")] = 9
    gate = Gate(VOCABULARY, single, np.zeros(64, np.int8), 0.5, 0.25)
    text = "a b c d e f g corporate h i j k l m n o corporate p q"
    found, first, last = look(text, gate)[0].oddest(text, look(text, gate)[1])
    assert found == "c d e f g corporate h i j k "  # the second says nothing new
    assert [found[a:b] for a, b in zip(first.tolist(), last.tolist(), strict=True)] == ["g c"]


def test_what_surrounds_a_place_is_short_in_other_scripts() -> None:
    single = np.zeros(len(VOCABULARY) + FIRST, np.int8)
    single[FIRST:] = 9
    gate = Gate(VOCABULARY, single, np.zeros(64, np.int8), 0.5, 0.25)
    text = "".join("\u4e2d" * 2000 + word for word in VOCABULARY)
    found, first, last = look(text, gate)[0].oddest(text, look(text, gate)[1])
    assert [len(line) for line in found.split("\n")] == [100, 200, 200, 200, 105]
    assert [found[b - 1] for b in last.tolist()] == [word[0] for word in VOCABULARY]
    assert (last - first <= 101).all()


@pytest.mark.parametrize("words", [0, 1, 59])
def test_text_of_few_words_is_told_by_its_lines(words: int, spinner: Spinner) -> None:
    """Text of another script has hardly a word: what is nothing to the classifier is not read."""
    text = "\u0939\u093f \u0928 " * 2000 + "the " * words
    every = Words.of(text)
    seen = Sight(every, spinner).look(Region(0, len(text), 0, len(every)))
    assert seen.words == words
    assert seen.brief
    assert not Look(60, 0.0, -1.0).brief
    assert not spun.detect(text, RestoreConfig()).is_spun


def test_nothing_odd_says_nothing(spinner: Spinner) -> None:
    none = np.zeros(0, np.int64)
    assert evidence("", none, none, spinner.index, Prices()) == 0.0
    assert evidence("One other day.", none, none, spinner.index, Prices()) == 0.0


def test_spun_places_say_more_than_clean_ones(spinner: Spinner) -> None:
    said: dict[str, list[float]] = {"restored": [], "untouched": []}
    for case in CASES:
        if case.get("family") == "tortured":
            continue
        words = Words.of(case["text"])
        region = Region(0, len(case["text"]), 0, len(words))
        places = Sight(words, spinner).oddest(case["text"], region)
        told = evidence(*places, spinner.index, Prices())
        said[case["expect"]].append(told / max(len(words), 1))
    assert np.median(said["restored"]) > 0.05 > np.median(said["untouched"])


def test_more_evidence_never_makes_a_region_less_worth_reading() -> None:
    for words in (60, 200, 1000):
        seen = Look(words, 0.0, -1.0)
        told = [seen.worthwhile(evidence / 10) for evidence in range(-50, 400)]
        assert told == sorted(told)
        assert told[-1]
        assert not told[0]
