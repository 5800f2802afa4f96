"""The compiled cuts into words and parts are those of the regular expressions."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from unspun import kernels, tables
from unspun.channel import heads, page
from unspun.channel.tokens import upper_first
from unspun.lm import LanguageModel, english, model, words

needed = pytest.mark.skipif(
    "unspun.lm._words" not in kernels.loaded(),
    reason="no compiled kernel (no compiler when it was installed)",
)
PIECES = (
    "U.S.", "a.m", "e.g.x", "Mr.", "Mrs", "Sens.", "Sept.9", "https://", "http:/", "www.", "w",
    "don't", "O’Connor’s", "China's", "'ll", "’ve", "'S", "'sx", "RE", "'d2", "'s_", "G7",
    "Rmb3.4bn", "2.0", "1,200", "17m", "3.x", "4,", "..", "...", "--", "-", ".", "_", "__a", "²",
    "x²", "5²",
    "½", "٣", "٣.٣", "中文", "naïve", "\u0301", "“", "”", '"', "<", ">", ")", "]", " ", "\n",
    "\x00", "\xa0", "\x1c", "\ud800", "\U0001d7d9", "‐", "\u2011", "é", "/", ":", "a",
)  # fmt: skip
texts = st.one_of(st.lists(st.sampled_from(PIECES), max_size=30).map("".join), st.text())
PROSE = (
    "The", "the", "bank", "of", "Israel", "raised", "interest", "rates", "on", "May", "1998", ".",
    "It", "BANK", "shareholders", "responsibilities", "zzxqy", "\x80", "\x9f", "\x10", "<s>", "unk",
)  # fmt: skip
read = st.lists(st.sampled_from((*PIECES, *PROSE)), max_size=60).map(" ".join)


@needed
@settings(max_examples=400)
@given(texts)
@example("www.example.org/it's).")
@example("https://”")
@example("It's the U.S.'s 3.4bn 's")
def test_tokens_agree(text: str) -> None:
    assert words.tokenise(text) == words.tokenise_plain(text)


@needed
@settings(max_examples=400)
@given(texts)
def test_parts_agree(text: str) -> None:
    forms, starts, kinds = page.parts_of(text)
    want, places, classes = page.parts_plain(text)
    assert forms == want
    assert np.array_equal(starts, places)
    assert np.array_equal(kinds, classes)


PHRASES = (
    "cat",
    "in the presence of",
    "to the finest of all",
    "co - op",
    "l ' eau",
    "9 \u0636",
    "_",
)


@needed
@given(
    texts,
    st.lists(st.sampled_from((*" ".join(PHRASES).split(), "Cat", "To", "\u2019", "  ", "\n", "."))),
)
def test_beginnings_of_phrases_are_found(text: str, parts: list[str]) -> None:
    """One is found where the parts of a text hold its first four, and nowhere else."""
    known, page_text = heads.Heads(PHRASES), text + " " + " ".join(parts)
    cut, _, _ = page.parts_plain(page_text)
    written = f" {' '.join(cut)} "
    both = [*PHRASES, *map(upper_first, PHRASES)]
    wanted = any(f" {' '.join(phrase.split(' ')[:4])} " in written for phrase in both)
    assert known.may_stand(page_text) == wanted


@needed
def test_beginnings_refuse_what_does_not_fit() -> None:
    assert words.kernel is not None
    with pytest.raises(ValueError, match="no"):
        words.kernel.holds("text", bytes(3), b"")
    assert words.kernel.holds("text", bytes((1 << 18) // 8), bytes(3)) is False
    assert words.kernel.holds("text", b"\xff" * ((1 << 18) // 8), bytes(11)) is False
    assert words.kernel.heads("") == b""
    with pytest.raises(TypeError, match="string"):
        words.kernel.heads(b"bytes")


@needed
def test_every_character_is_what_it_is() -> None:
    """Each one alone, before and behind a letter, a figure and an apostrophe."""
    every = [
        chr(code) for code in (*range(0x3100), *range(0xA600, 0xAC00), *range(0xF900, 0x10A00))
    ]
    for at in range(0, len(every), 64):
        text = " ".join(f"{c} a{c}b 1{c}2 {c}'s a'{c} {c}.{c}. .{c}" for c in every[at : at + 64])
        assert words.tokenise(text) == words.tokenise_plain(text), hex(at)
        assert page.parts_of(text)[0] == page.parts_plain(text)[0], hex(at)


@needed
def test_only_text_is_cut() -> None:
    assert words.kernel is not None
    for cut in (words.kernel.tokens, words.kernel.parts):
        with pytest.raises(TypeError, match="string"):
            cut(b"bytes")


@needed
@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(read, texts), max_size=4))
@example(["the interest rates of the bank of Israel \u201cMay\u201d " * 40, "", "the"])
def test_texts_are_read_alike(given_texts: list[str]) -> None:
    """What their words are looked up by, and the contexts that are known from the word before."""
    lm = english()
    found = lm.logprobs(given_texts)
    for text, (said, count) in zip(given_texts, found, strict=True):
        ids = lm.encode(words.words_of(text), initial=True)
        assert count == len(ids)
        assert said == math.fsum(lm.score_plain(lm.windows(ids)).tolist())


@needed
def test_every_character_is_read_alike() -> None:
    lm = english()
    every = [chr(code) for code in (*range(0x2100), *range(0xFF00, 0x10010), 0x1F600)]
    found = lm.logprobs(["a " + c + " b" for c in every])
    for char, (said, _) in zip(every, found, strict=True):
        ids = lm.encode(words.words_of("a " + char + " b"), initial=True)
        assert said == math.fsum(lm.score_plain(lm.windows(ids)).tolist()), hex(ord(char))


@needed
def test_texts_are_read_alike_where_n_grams_are_known_without_their_contexts() -> None:
    """As after pruning, or where a fingerprint deceives: a fifth of the cells is spoiled."""
    lm = LanguageModel.open(tables.path("english.lm"))
    rng = np.random.default_rng(4)
    for at, table in enumerate(lm._tables):
        spoiled = table.prints ^ (rng.random(len(table.prints)) < 0.2).astype(np.uint16)
        lm._tables[at] = dataclasses.replace(table, prints=spoiled)
    lm._compiled = model._compiled(lm._unigram, lm._unigram_backoff, lm._tables)
    forms = lm.vocabulary.forms
    given_texts = [
        " ".join(forms[number] for number in rng.zipf(1.2, 300) + 5 if number < 5000)
        for _ in range(400)
    ]
    given_texts += ["It was said that the bank of Israel would raise rates this year. " * 9]
    for text, (said, _) in zip(given_texts, lm.logprobs(given_texts), strict=True):
        ids = lm.encode(words.words_of(text), initial=True)
        assert said == math.fsum(lm.score_plain(lm.windows(ids)).tolist())


@needed
def test_what_does_not_fit_is_not_read() -> None:
    lm = english()
    known, openers = lm.vocabulary._known, words.SENTENCE_OPENERS
    compiled, kernel = lm._compiled, __import__("unspun.lm._ngrams", fromlist=["forms"])
    table = kernel.forms(("the", "of"), known, openers)
    assert len(table) == 16 * 16
    assert compiled.read([], table, known, lm.vocabulary.lowered, openers, 0) == []
    with pytest.raises(TypeError, match="strings"):
        compiled.read([b"the"], table, known, lm.vocabulary.lowered, openers, 0)
    with pytest.raises(TypeError, match="strings"):
        kernel.forms((b"the",), known, openers)
    with pytest.raises(ValueError, match="no table"):
        compiled.read(["the"], table[:48], known, lm.vocabulary.lowered, openers, 0)
    with pytest.raises(ValueError, match="does not have"):
        compiled.read(["the"], table, known, lm.vocabulary.lowered[:3], openers, 0)
    with pytest.raises(ValueError, match="no n-grams"):
        compiled.read(["the"], table, known, lm.vocabulary.lowered, openers, 1 << 30)
