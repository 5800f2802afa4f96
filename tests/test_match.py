"""References are found by content, and nothing is matched that does not belong."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unspun.match import Index, Match, match
from unspun.pairing import Rightness, rightness

STOCK = [
    f"{a}{b}"
    for a in ("har", "lun", "mop", "ter", "vas", "kil")
    for b in ("bour", "dish", "essen", "itude", "ward", "mont", "age", "fold", "ering", "ough")
]
SPUN = {word: word[::-1] for word in STOCK[::2]}


def story(seed: int) -> str:
    rng = random.Random(seed)
    names = ["".join(rng.choices("abcdefgh", k=5)).capitalize() for _ in range(6)]
    words = []
    for _ in range(150):
        words.append(rng.choice(STOCK) if rng.random() < 0.85 else rng.choice(names))
        if rng.random() < 0.04:
            words.append(str(rng.randint(10, 9999)))
    return " ".join(words) + "."


def spin(text: str) -> str:
    return " ".join(SPUN.get(word, word) for word in text.split())


REFERENCES = [(f"r{k}", story(k)) for k in range(200)]


@pytest.mark.parametrize("k", [0, 7, 63, 199])
def test_a_spun_copy_finds_its_original(k: int) -> None:
    found = match([("x", spin(story(k)))], REFERENCES)[0]
    assert found.reference == f"r{k}"
    assert found.score > found.runner_up


@pytest.mark.parametrize("k", [1000, 1001, 1002])
def test_a_stranger_finds_none(k: int) -> None:
    assert match([("x", story(k))], REFERENCES)[0].reference is None


def test_page_furniture_does_not_hide_the_reference() -> None:
    text = "Menu Home About Login\n" + story(5) + "\nRelated headlines: seven things to see"
    assert match([("x", text)], REFERENCES)[0].reference == "r5"


def test_two_copies_of_one_reference_are_no_answer() -> None:
    assert match([("x", story(3))], [*REFERENCES, ("again", story(3))])[0].reference is None


@pytest.mark.parametrize("text", ["", "   ", "...", "one"])
def test_texts_without_content(text: str) -> None:
    assert match([("x", text)], REFERENCES)[0].reference is None
    assert match([("x", text)], [("r", text)])[0].id == "x"


def test_no_references() -> None:
    assert match([("x", "some text")], [])[0].reference is None


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    found = Index([("r", text)]).find("x", text)
    assert found.reference in {"r", None}
    assert 0 <= found.score <= 1


def test_precision_and_recall_are_those_of_known_pairs() -> None:
    found = [
        Match("a", "a'", 0.9, 0.1),
        Match("b", "x", 0.5, 0.4),
        Match("c", None, 0.0, 0.0),
        Match("d", "y", 0.5, 0.1),
        Match("e", "z", 0.9, 0.1),  # nobody knows
    ]
    known = {"a": "a'", "b": "b'", "c": "c'", "d": None}
    assert rightness(found, known) == Rightness(4, 1 / 3, 1 / 3)
    assert rightness([], {}) == Rightness(0, 1.0, 1.0)
