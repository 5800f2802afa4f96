"""The compiled readers of languages answer as the plain ones do."""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import texts
from unspun.config import TagConfig
from unspun.tagging import (
    blanks,
    compiled,
    detect,
    evidence,
    han,
    plain,
    profiles,
    scripts,
    style,
    supplement,
    units,
    words,
)

CASES = [
    orjson.loads(line)["text"]
    for line in (Path(__file__).parent / "cases" / "tag.jsonl").read_bytes().splitlines()
]
pytestmark = pytest.mark.skipif(
    compiled.reader() is None or supplement._compiled() is None or style._compiled() is None,
    reason="no compiled kernel (no compiler when it was installed)",
)
PIECES = [*CASES, "http://a.b/c?d ", "x@y.de ", "{a;b=c()};\n", '"', "(«", "\n", "\n\n", " ", "字",
          "한", "あ", "я", "a", "1", "\ud800", "😀", "e\u0301", "ا", "क", "ﬁ", "İ", "a" * 300, "ſ",
          "字" * 200, "ー", "の国", "国\n國", "\u3000", "\U00020000", "\U0010ffff"]  # fmt: skip
pieces = st.lists(st.one_of(st.sampled_from(PIECES), texts), max_size=8).map("".join)
many = st.lists(pieces, min_size=1, max_size=4)


def laid_apart(
    found: Sequence[str], skips: words.Skips = ()
) -> tuple[list[Any], Sequence[words.Words]]:
    return list(words.lay(found, skips)), plain.lay(found, skips)


@pytest.mark.parametrize("base", ["a", "é", "я", "😀"])
@pytest.mark.parametrize("other", ["a", "é", "я", "\ud800", "😀"])
def test_samples_agree(base: str, other: str) -> None:
    for size in 0, 1, 1249, 1250, 1251, 1252, 4000, 4001:
        for at in {0, 400, 499, 500, 700, size // 2, size // 2 + 249, size - 251, size - 1}:
            text = base * at + other + base * (size - at - 1)
            sample = compiled.reader().sample(text, detect.HEAD, detect.PART)  # type: ignore[union-attr]
            assert sample == detect.sample_plain(text)
            assert sys.getsizeof(sample) == sys.getsizeof(detect.sample_plain(text))


@pytest.mark.parametrize("sizes", [(-1, 2), (2, -1), ("a", 2), (2,)])
def test_samples_of_no_size_are_refused(sizes: tuple[object, ...]) -> None:
    with pytest.raises((TypeError, ValueError)):
        compiled.reader().sample("text", *sizes)  # type: ignore[union-attr]


@given(many, st.randoms(use_true_random=False))
def test_words_agree(found: list[str], rng: random.Random) -> None:
    spans = [[(rng.randint(0, len(t)), rng.randint(0, len(t)))] for t in found]
    for skips in (), spans:
        for one, other in zip(*laid_apart(found, skips), strict=True):
            assert one.count == other.count
            assert list(one.runs) == list(other.runs)
            assert list(one.totals) == list(other.totals)
            assert list(one.blanks) == list(other.blanks)
            assert list(one.lines()) == list(other.lines())
            for _ in range(4):
                a, b = sorted((rng.randint(0, len(one.text)), rng.randint(0, len(one.text))))
                assert one.letters(a, b) == other.letters(a, b)
                assert one.said(a, b) == other.said(a, b)
            if one.count:
                first = rng.randrange(one.count)
                last = rng.randint(first + 1, one.count)
                assert one.bounds(first, last) == other.bounds(first, last)


@given(many)
def test_loud_windows_agree(found: list[str]) -> None:
    one, other = laid_apart([" ".join(found), *found])
    columns = [[unit.column % 32 for unit in each] for each in units.name(one, TagConfig())]
    apart = [list(each) for each in plain.loud(other, columns)]  # type: ignore[arg-type]
    assert [list(each) for each in words.loud(one, columns)] == apart
    late = words.lay([" ".join(found), *found], windows=False)
    assert [list(each.totals) for each in late] == [list(each.totals) for each in one]
    assert [list(each) for each in words.loud(late, columns)] == apart
    for mine, theirs, mains in zip(one, other, columns, strict=True):
        for first, last, _, _, _, unit in mine.runs:
            questions = [
                (first, last, mains[unit]),
                (first, last, 31),
                ((first + last) // 2, last, 0),
            ]
            for question in questions:
                assert mine.turns(*question) == theirs.turns(*question)


def test_some_windows_are_loud() -> None:
    mixed = " ".join(CASES[:40])
    one, other = laid_apart([mixed])
    columns = [[0] * len(one[0].totals)]
    assert len(words.loud(one, columns)[0]) > 50
    assert list(words.loud(one, columns)) == plain.loud(other, columns)  # type: ignore[arg-type]
    turns = [each.turns(a, b, 0) for each in (one[0], other[0]) for a, b, *_ in one[0].runs]
    assert turns[: len(turns) // 2] == turns[len(turns) // 2 :]
    assert max(map(len, turns)) > 3


@given(pieces)
def test_lines_agree(text: str) -> None:
    reader = compiled.reader()
    assert reader is not None
    assert reader.code(text) == blanks.code_plain(text)
    for start, end in ((0, len(text)), (len(text) // 3, len(text) // 2)):
        assert reader.han(text, start, end) == han.counts_plain(text, start, end)


@given(st.lists(pieces, min_size=1, max_size=3))
def test_second_readings_agree(found: list[str]) -> None:
    table = supplement.load()
    found.append("".join(found) * 9)
    found.append("".join(found).replace("字", "l'été, d’un").replace("国", "ЙКУ\u0301_и"))
    assert table.score(found) == table.score_plain(found)


TOKENS = ["the ", "It's ", "don’t ", "DON'T", "RUNNING ", "Running ", "running", "naïve ", "a_b ",
          "1,000.5 ", "٣٤ ", "x² ", "“q”", "—", "'", "’s", "…", "%", "\x1c", "\u3000", "\ud800",
          "congratulationsandmore ", "字", "\n", " "]  # fmt: skip
tokens = st.lists(st.one_of(st.sampled_from(TOKENS), texts), max_size=12).map("".join)


@given(tokens, st.sampled_from([1, 40, 400, 3000]))
def test_styles_agree(text: str, times: int) -> None:
    counter = style._compiled()
    assert counter is not None
    model = style.load()
    assert counter.count(text * times, style._REACH) == style.counted_plain(text * times)
    plain_sum = style.weighed_plain(text * times, model.weights)
    assert counter.weigh(text * times, style._REACH, model.weights) == plain_sum
    for read in (words.lay([text * times])[0], plain.lay([text * times])[0]):
        assert read.weigh(style._REACH, model.weights) == plain_sum


STOPS = [".", "!", "?", "。", "！", "؟", "।", "...", "?!", '"', "'", "”", ")", " ", "\n", "\n \n",
         "\n\n", "\u3000", "\x1c", "a", "字", "é", "ж", "😀"]  # fmt: skip


@given(st.lists(st.one_of(st.sampled_from(STOPS), texts), max_size=20).map("".join))
def test_stops_agree(text: str) -> None:
    for most in (1, 9, 1000):
        assert style.stops(text, most) == style.stops_plain(text, most)


MARKS = [*"'\"’“«」「，。、！(a.Z_é9", " ", "\n", "\u3000", "\xa0", "字", "😀", "\x80"]


@given(st.lists(st.one_of(st.sampled_from(MARKS), texts), max_size=20).map("".join))
def test_conventions_agree(text: str) -> None:
    assert style.conventions(text) == style.conventions_plain(text)


def test_no_letter_of_a_hint_is_left_out() -> None:
    letters = set("".join(evidence._WITHIN))
    every = [chr(c) for c in range(0x110000) if chr(c).casefold() in letters]
    assert set(every) == set("".join(map(evidence._cased, letters)))
    signs = evidence._signs()
    assert signs is not None
    for sign in evidence._SIGNS:
        for text in (sign, sign.upper(), f"x{sign.title()}y", sign.replace("s", "ſ")):
            assert "note" in signs.shown(text), text
    assert not signs.shown("Members of the party numbered their demands, as is usual.")


def test_no_table_leads_out_of_another() -> None:
    table, known = profiles.load(), scripts.load()
    right = [table.letters, known.group, table.code, table.pair, table.triple, table.back,
             table.weights, scripts.kinds(), np.zeros(9, np.uint8), np.zeros(256, np.uint8),
             scripts.CODE, (3, 2, 1), 9, None]  # fmt: skip
    assert compiled._kernel is not None
    make = compiled._kernel.Reader
    assert make(*right).read("abc", blanks.find, (), 1).count == 1
    with pytest.raises(RuntimeError, match="style"):
        make(*right).read("abc", blanks.find, (), 1).weigh(9, style.load().weights)
    with pytest.raises(ValueError, match="Capsule"):
        make(*right[:-1], "no tables")
    for place in range(1, 8):
        wrong = list(right)
        wrong[place] = right[place][:-1]  # type: ignore[index]
        with pytest.raises(ValueError, match="fit"):
            make(*wrong)
    for place in (2, 3, 4, 5):
        wrong = list(right)
        wrong[place] = np.full_like(right[place], 1 << 15)
        with pytest.raises(ValueError, match="fit"):
            make(*wrong)


def test_wrong_questions_are_refused() -> None:
    reader = compiled.reader()
    assert reader is not None
    with pytest.raises(ValueError, match="outside"):
        reader.read("abc@", lambda _text, _signs: [(0, 9)], (), 1)
    found = reader.read("abc def", blanks.find, (), 1)
    for question in ((0, 3, 0), (1, 1, 0), (-1, 1, 0), (0, 1, 32), (0, 1, -1)):
        with pytest.raises(IndexError):
            found.turns(*question)
    with pytest.raises(IndexError):
        found.bounds(0, 3)
    with pytest.raises(ValueError, match="as many"):
        found.loud([])
    with pytest.raises(IndexError):
        reader.han("abc", 2, 1)
    assert found.letters(0, 3) == 3
