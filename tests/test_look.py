"""Looking at text: words as numbers, the classifier, regions; and that nothing makes it slow."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unspun.channel.gate import BLOCK, FIRST, NUMBER, UNKNOWN, Gate, Vocabulary, hashed, strongest
from unspun.channel.keys import Words, key_of
from unspun.config import RestoreConfig
from unspun.detect import spun
from unspun.detect.look import regions, spans_of
from unspun.errors import ModelError

VOCABULARY = ["the", "corporate", "one", "other", "Could", "it's", "naïve"]
BITS = 6
STEP = 0.5
_WORD = re.compile(r"[^\W_]+(?:'(?=[^\W_])[^\W_]+)*")


def gate(seed: int = 1) -> Gate:
    rng = np.random.default_rng(seed)
    single = rng.integers(-9, 10, len(VOCABULARY) + FIRST).astype(np.int8)
    pair = rng.integers(-9, 10, 1 << BITS).astype(np.int8)
    return Gate(VOCABULARY, single, pair, STEP, 0.25)


def cut(text: str) -> list[str]:
    """The same words by a regular expression."""
    plain = re.sub("[\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}]", "'", text)
    found = _WORD.findall(plain.encode("latin-1", "replace").decode("latin-1"))
    return [word[:-2] if len(word) > 2 and word[-2:] in ("'s", "'S") else word for word in found]


@given(st.text(st.sampled_from("abSZ019 '’s-_.,\n\té²×中\ud800\x00"), max_size=60) | st.text())
def test_words_are_runs_of_letters_and_figures(text: str) -> None:
    words = Words.of(text)
    assert words.texts() == cut(text)
    assert [text[at] for at in words.starts.tolist()] == [word[0] for word in cut(text)]


@given(st.lists(st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=24), max_size=30))
def test_a_word_has_one_number_wherever_it_stands(words: list[str]) -> None:
    keys = key_of(words).tolist()
    assert Words.of("(" + ", ".join(words) + ")").keys.tolist() == keys
    assert len(set(keys)) == len(set(words))


def test_a_key_is_of_one_word() -> None:
    with pytest.raises(ValueError, match="one word"):
        key_of(["one other"])


def test_words_are_known_as_written_or_in_lower_case() -> None:
    ids = Vocabulary(VOCABULARY).ids(Words.of("The corporate, could Could 5 it’s Naïve ONE xyz"))
    first = FIRST
    the, corporate, one, could, its, naive = (first + n for n in (0, 1, 2, 4, 5, 6))
    assert ids.tolist() == [the, corporate, UNKNOWN, could, NUMBER, its, naive, one, UNKNOWN]


texts = st.lists(st.sampled_from([*VOCABULARY, "The", "5", "xyz", ".", "\n"]), max_size=40)


@given(texts, st.integers(1, 3))
def test_each_feature_counts_once(tokens: list[str], seed: int) -> None:
    """The arrays against a plain loop."""
    chosen = gate(seed)
    words = Words.of(" ".join(tokens))
    ids = Vocabulary(VOCABULARY).ids(words)
    rng = np.random.default_rng(seed)
    single = rng.integers(-9, 10, len(VOCABULARY) + FIRST)
    pair = rng.integers(-9, 10, 1 << BITS)
    want = float(single[sorted(set(ids.tolist()))].sum())
    if len(ids) > 1:
        want += float(pair[sorted(set(hashed(ids, words.joined, BITS).tolist()))].sum())
    told = chosen.look(words).blocks(0, len(words))
    assert told.sum() == pytest.approx(STEP * want)


@given(st.integers(1, 5))
def test_repetition_says_nothing_new(times: int) -> None:
    line = "the corporate one other. "
    chosen = gate()
    once = Words.of(line * 2)
    often = Words.of(line * (2 + times))
    first = chosen.look(once).blocks(0, len(once)).sum()
    assert chosen.look(often).blocks(0, len(often)).sum() == pytest.approx(first)


def test_nothing_says_nothing() -> None:
    look = gate().look(Words.of("中文 …"))
    assert look.blocks(0, 0).tolist() == []
    assert strongest(look.blocks(0, 0)) == 0.0


def test_the_strongest_stretch_of_a_mixed_text() -> None:
    assert strongest(np.array([-20.0, 9.0, 8.0, -20.0])) == 14.0
    assert strongest(np.array([2.0, 3.0])) == 5.0


@pytest.mark.parametrize("damage", ["cut", "missing", "text"])
def test_a_damaged_classifier_is_refused(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "gate.npz"
    np.savez(path, words=np.frombuffer(b"the", np.uint8), single=np.zeros(3, np.int8))
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:60])
    if damage == "text":
        path.write_text("no classifier", encoding="utf-8")
    with pytest.raises(ModelError):
        Gate.open(path)


@given(st.text("ab \n", max_size=80), st.integers(1, 900))
def test_regions_cover_a_text(text: str, times: int) -> None:
    text *= times
    words = Words.of(text)
    found = regions(spans_of(text), words)
    assert "".join(text[region.start : region.end] for region in found) == text
    assert sum(region.last - region.first for region in found) == len(words)
    assert all(a.last == b.first for a, b in itertools.pairwise(found))
    inside = [words.starts[region.first : region.last] for region in found]
    assert all(
        (starts >= region.start).all() and (starts < region.end).all()
        for region, starts in zip(found, inside, strict=True)
    )


HOSTILE = {
    "one word": "word ",
    "a spun phrase": "one other corporate ",
    "letters": "a b c d e ",
    "no blank": "x",
    "no blank, stops": "a.b.c.",
    "addresses": "a@b",
    "paths": "a/b\\c",
    "names of code": "a_",
    "figures": "12 34.5 678, 9 ",
    "a table": "within\t5\tCould\t15\n",
    "base64": "TWFuIGlzIGRpc3Rpbmd1aXNoZWQ",
    "braces": "{a|b} {hardware} ",
    "Chinese": "我们的公司今天宣布",
    "marks": "e\u0301\u0302\u0303",
    "possessives": "a'a's",
    "line breaks": "\n",
    "lone surrogates": "\udc80 ",
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_megabyte_of_anything_is_soon_decided(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    assert not spun.detect(text, RestoreConfig()).is_spun


@pytest.mark.timeout(20)
@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE.keys())
def test_junk_in_a_spun_text_does_not_hold_it_up(piece: str) -> None:
    page = (
        "The corporate stated on Thursday that it could open a brand new manufacturing unit within "
        "the metropolis earlier than the top of the 12 months. A spokesman mentioned the venture "
        "would create extra jobs for native folks, and that the federal government had supplied "
        "monetary assist. Nonetheless, some residents have been involved concerning the highway. "
    )
    junk = piece * (9_000 // len(piece))
    assert isinstance(spun.detect(page + junk + "\n" + page, RestoreConfig()).score, float)


def test_a_list_of_ambiguous_phrases_is_no_prose() -> None:
    """Reading all that each may stand for would take a multiple of what prose takes."""
    entries = spun.load(RestoreConfig())[0].index.channel.entries
    phrases = [form for form, _ in Counter(entry.spun for entry in entries).most_common(200)]
    assert not spun.detect(", ".join(phrases * 10), RestoreConfig()).is_spun


def test_blocks_are_summed_by_their_size() -> None:
    words = Words.of("the " * (2 * BLOCK + 1))
    assert len(gate().look(words).blocks(0, len(words))) == 3
