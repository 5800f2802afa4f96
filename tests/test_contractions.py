"""Whether a text contracts: what counts as a choice, and what the rest of a text says of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unspun.channel.contractions import (
    CONTRACTED,
    FULL,
    NEITHER,
    choice,
    choices,
    ends_choice,
    odds,
    quoted,
    sided,
)
from unspun.lm.words import tokenise

CASES = [
    ("didn't", CONTRACTED),
    ("didn’t", CONTRACTED),
    ("we're", CONTRACTED),
    ("They’ve become", CONTRACTED),
    ("it's", CONTRACTED),
    ("That's", CONTRACTED),
    ("let's", CONTRACTED),
    ("did not", FULL),
    ("cannot", FULL),
    ("I am", FULL),
    ("they will", FULL),
    ("there is", FULL),
    ("the company's", NEITHER),
    ("Maria's", NEITHER),
    ("is", NEITHER),
    ("not only", NEITHER),
    ("the bakers are", NEITHER),
    ("rock 'n' roll", NEITHER),
    ("", NEITHER),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_what_a_choice_is(text: str, expected: int) -> None:
    assert choice(text) == expected


@pytest.mark.parametrize(("text", "expected"), [case for case in CASES if case[0]])
def test_words_that_stand_are_told_as_phrases_are(text: str, expected: int) -> None:
    words = tokenise(text)
    able = np.array([n for n, word in enumerate(words.words) if ends_choice(word)], np.int64)
    found = choices(words, able)
    assert sorted(set(found.tolist()) - {NEITHER}) == ([expected] if expected else [])
    assert np.count_nonzero(found) <= 1


def test_a_quotation_ends_with_its_mark_or_its_paragraph() -> None:
    text = 'He said "no way" and left. “Fine” was all.\n"An open one\nis closed here.'
    words = tokenise(text)
    inside = {w for w, q in zip(words.words, quoted(words), strict=True) if q and w.isalpha()}
    assert inside == {"no", "way", "Fine", "An", "open", "one"}


@given(st.text(alphabet='a"“”\n ', max_size=30))
def test_every_word_is_inside_or_outside(text: str) -> None:
    words = tokenise(text)
    assert len(quoted(words)) == len(words)


@given(
    st.lists(st.tuples(st.integers(0, 2), st.booleans(), st.floats(0.0, 1.0)), max_size=20),
)
def test_only_the_rarer_choice_pays(rows: list[tuple[int, bool, float]]) -> None:
    made = sided(
        np.array([kind for kind, _, _ in rows], np.int8), np.array([q for _, q, _ in rows], bool)
    )
    told = odds(made, np.array([share for _, _, share in rows]))
    assert (told <= 0.0).all()
    assert (told[made == NEITHER] == 0.0).all()


def test_a_text_that_writes_out_pays_for_contracting() -> None:
    made = np.array([FULL, FULL, FULL, CONTRACTED, FULL], np.int8)
    told = odds(made, np.array([1.0, 1.0, 1.0, 0.5, 0.5]))
    assert told[3] < -1.0
    assert told[4] == 0.0


def test_quotes_are_told_apart_but_not_wholly() -> None:
    made = sided(
        np.array([CONTRACTED] * 4 + [FULL] * 4 + [CONTRACTED, FULL], np.int8),
        np.array([True] * 4 + [False] * 4 + [True, True]),
    )
    told = odds(made, np.array([1.0] * 8 + [0.5, 0.5]))
    assert told[8] == 0.0
    assert told[9] < 0.0
