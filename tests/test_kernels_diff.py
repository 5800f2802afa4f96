"""The compiled diff answers as the plain code does, whatever the texts."""

from __future__ import annotations

from itertools import chain

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from strategies import texts
from unspun import kernels
from unspun.align.likeness import alike, likeness, plain_alike, plain_likeness
from unspun.align.pairs import _pairer, in_order, likely, plain_in_order, plain_likely
from unspun.diffing.classes import CLASSES
from unspun.diffing.operations import Op, _scripter, operations, plain_operations
from unspun.diffing.script import runs

needed = pytest.mark.skipif(
    "unspun.diffing._script" not in kernels.loaded(),
    reason="no compiled kernel (no compiler when it was installed)",
)
WORD_LIST = """
the The cat cats Cats's it's it’s IT was is were went go I I'm I'M A x_y
3 3.5 three Three twenty 20th 1,234 50% % U.S. one first ١٢ ２０ 3.5bn
. , ; " ' - ’ “ ! ( ) ... foo-bar Ⓐ ⓐ & *
Paris Estonia Estonian boss's colour color recieve receive Smith Smyth
Café café CAFÉ ﬁne fine Ã© é ſ s K k ß ss 中 文 三 四 国家 阿巴贝 ー 𝔘
"""
WORDS = [*WORD_LIST.split(), "\ufeffx", "a\u200bb", "\ufffd", "x" * 70, "Ab" * 300]
SPACES = ("", " ", " ", " ", "  ", "\n", "\u3000", "\xa0", "\t")
words = st.tuples(st.sampled_from(WORDS), st.sampled_from(SPACES)).map("".join)
prose = st.lists(words, max_size=40).map("".join)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[str, str]:
    """A text, and the same with pieces changed, dropped, doubled and moved."""
    pieces = draw(st.lists(words, max_size=60))
    other = list(pieces)
    for _ in range(draw(st.integers(0, 5))):
        at, size = draw(st.integers(0, len(other))), draw(st.integers(0, 4))
        block, other[at : at + size] = other[at : at + size], draw(st.lists(words, max_size=3))
        if draw(st.booleans()):
            place = draw(st.integers(0, len(other)))
            other[place:place] = block
    return "".join(pieces), "".join(other)


def both(hyp: str, ref: str, *, moved: bool = False) -> tuple[list[Op], list[Op]]:
    spans = (min(1, len(hyp)), len(hyp)), (0, max(0, len(ref) - 1))
    found, plain = (
        list(run(hyp, spans[0], ref, spans[1], moved=moved))
        for run in (operations, plain_operations)
    )
    return found, plain


@needed
@settings(deadline=None)
@given(pairs(), st.booleans())
@example(("the" + "x" * 70,) * 2, False)  # noqa: FBT003
def test_operations_agree(pair: tuple[str, str], moved: bool) -> None:  # noqa: FBT001
    found, plain = both(*pair, moved=moved)
    assert found == plain


@needed
@settings(deadline=None)
@given(st.one_of(texts, prose), st.one_of(texts, prose))
def test_operations_of_any_two_texts_agree(hyp: str, ref: str) -> None:
    found, plain = both(hyp, ref)
    assert found == plain


@needed
def test_operations_of_every_two_words_agree() -> None:
    for k, one in enumerate(WORDS):
        for two in WORDS[k:]:
            found, plain = both(f". {one} a", f" {two} b")
            assert found == plain, (one, two)


@needed
@pytest.mark.parametrize("every", [2, 50])
def test_operations_of_long_passages_agree(every: int) -> None:
    hyp = [WORDS[k * k % len(WORDS)] for k in range(2_200)]  # more cells than are compared at once
    ref = [WORDS[k * k * k % len(WORDS)] if k % every == 0 else w for k, w in enumerate(hyp)]
    found, plain = both(" ".join(hyp), " ".join(ref[40:] + ref[:7]))
    assert found == plain


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 5), max_size=60),
    st.lists(st.integers(0, 7), max_size=60),
    st.sampled_from([4, 8, 16]),
)
def test_runs_in_windows_are_runs(hyp: list[int], ref: list[int], most: int) -> None:
    last = None
    i = j = 0
    for a, b, c, d in runs(hyp, ref, most):
        assert (i <= a < b, j <= c < d) == (True, True)
        assert hyp[a:b] == ref[c:d]
        assert (a, c) != last
        i, j = last = b, d
    assert list(runs(hyp, hyp, most)) == ([(0, len(hyp), 0, len(hyp))] if hyp else [])


def test_a_line_of_many_words_loses_no_more_than_was_left_out() -> None:
    words = [number * 7919 % 4001 for number in range(40_000)]
    fewer = [word for number, word in enumerate(words) if number % 5]
    kept = sum(b - a for a, b, _, _ in runs(words, fewer, 1 << 12))
    assert kept == len(fewer)


def test_a_long_line_of_three_words_is_compared_as_if_without_windows() -> None:
    """Equal shares of both sides: else words would be replaced to let both end together."""
    words = [number * number % 1009 % 3 for number in range(40_000)]
    fewer = [word for number, word in enumerate(words) if number % 5]
    for hyp, ref in (words, fewer), (fewer, words):
        assert sum(b - a for a, b, _, _ in runs(hyp, ref, 1 << 12)) == len(fewer)


def test_lines_of_very_different_lengths_end() -> None:
    words = list(range(3_000))
    assert list(runs(words, words[:2], 64)) == [(0, 2, 0, 2)]
    assert list(runs(words[:1], words, 64)) == [(0, 1, 0, 1)]
    assert not list(runs(words, [-1], 64))


def test_a_gap_as_wide_as_half_a_window_is_bridged() -> None:
    words = list(range(3_000))
    assert list(runs(words, words[:500] + words[600:], 200)) == [
        (0, 500, 0, 500),
        (600, 3_000, 500, 2_900),
    ]


@settings(deadline=None)
@given(st.lists(st.integers(0, 6), max_size=200), st.lists(st.integers(0, 6), max_size=200))
def test_runs_are_equal_and_in_order(hyp: list[int], ref: list[int]) -> None:
    i = j = 0
    for a, b, c, d in runs(hyp, ref):
        assert (i <= a < b, j <= c < d) == (True, True)
        assert hyp[a:b] == ref[c:d]
        i, j = b, d


@pytest.mark.parametrize("every", [1, 2, 40, 900])
def test_runs_of_long_lists_leave_no_edit_too_many(every: int) -> None:
    hyp = [k * k % 389 for k in range(2_600)]
    ref = [k * 7 % 389 if k % every == 0 else n for k, n in enumerate(hyp)][30:] + hyp[:9]
    cost = i = j = 0
    for a, b, c, d in [*runs(hyp, ref), (len(hyp), len(hyp), len(ref), len(ref))]:
        cost += max(a - i, c - j)
        assert hyp[a:b] == ref[c:d]
        i, j = b, d
    assert cost == Levenshtein.distance(hyp, ref)


@settings(deadline=None)
@given(st.one_of(pairs(), st.tuples(texts, texts)))
def test_likeness_agrees(pair: tuple[str, str]) -> None:
    assert likeness(*pair) == plain_likeness(*pair)


def test_likeness_of_long_texts_agrees() -> None:
    numbers = [str(k * k % 97) for k in range(700)]
    for step in 1, 3, 64:
        texts = " ".join(numbers), " ".join(chain(numbers[::step], numbers[5:]))
        assert likeness(*texts) == plain_likeness(*texts)


@pytest.mark.parametrize("distinct", [3, 1009, 10**6])
def test_likeness_of_lines_of_many_words_agrees(distinct: int) -> None:
    """Nothing of it is lost near the diagonal; what stands far from its place is not counted."""
    words = [str(number * number % 1_000_003 % distinct) for number in range(24_000)]
    fewer = [word for number, word in enumerate(words) if number % 4]
    for pair in (words, fewer), (fewer, words), (words[::-1], fewer), (words[:9], fewer):
        texts = " ".join(pair[0]), " ".join(pair[1])
        found = likeness(*texts)
        assert found == plain_likeness(*texts)
    assert likeness(" ".join(words), " ".join(fewer)).common == len(fewer)
    moved = likeness(" ".join(words), " ".join(words[12_000:] + words[:12_000]))
    assert moved.common < 24_000


units = st.lists(st.one_of(prose, texts, st.sampled_from(WORDS)), max_size=12)


@st.composite
def documents(draw: st.DrawFn) -> tuple[list[str], list[str]]:
    """Units, and much the same ones dropped, joined, split and out of order."""
    ours = draw(units)
    theirs: list[str] = []
    for unit in ours:
        half = len(unit) // 2
        kinds: tuple[list[str], ...] = (
            [],
            [unit],
            [unit + draw(prose)],
            [unit[:half], unit[half:]],
            [unit, unit],
        )
        theirs += draw(st.sampled_from(kinds))
        if len(theirs) > 1 and draw(st.integers(0, 3)) == 0:
            theirs[-2:] = [" ".join(theirs[-2:])]
    return ours, draw(st.permutations(theirs)) if draw(st.booleans()) else theirs


@settings(deadline=None)
@given(st.one_of(documents(), st.tuples(units, units)), st.sampled_from([-30.0, -1.0, 0.0, 1.0]))
@example((["ß" * 20_000, "a"], ["ß" * 19_000, "ss" * 9]), 0.0)
def test_pairs_of_units_agree(sides: tuple[list[str], list[str]], worth: float) -> None:
    assert in_order(*sides, worth) == plain_in_order(*sides, worth)
    assert likely(*sides, worth) == plain_likely(*sides, worth)


@settings(deadline=None)
@given(documents(), st.booleans())
def test_rows_of_like_units_agree(sides: tuple[list[str], list[str]], end: bool) -> None:  # noqa: FBT001
    assert alike(*sides, from_end=end) == plain_alike(*sides, from_end=end)


@pytest.mark.skipif("unspun.align._pairs" not in kernels.loaded(), reason="no compiled kernel")
def test_wrong_weights_and_units_are_refused() -> None:
    with pytest.raises(ValueError, match="a weight for each"):
        _pairer().in_order(["a"], ["b"], 0.0, b"")
    with pytest.raises(TypeError, match="units are texts"):
        _pairer().likely(["a"], [b"b"], 0.0, bytes(24))
    with pytest.raises(ValueError, match="one unit pairs"):
        type(_pairer())((0.0,) * 9, ((2, 2),), b"", len)


@needed
def test_wrong_tables_and_places_are_refused() -> None:
    scripter = _scripter()
    for hyp in (-1, 2), (2, 1), (0, 4):
        with pytest.raises(ValueError, match="not within"):
            scripter.operations("abc", *hyp, "abc", 0, 3, False)  # noqa: FBT003
    with pytest.raises(TypeError):
        scripter.operations(b"abc", 0, 1, "abc", 0, 3, False)  # noqa: FBT003
    made = type(scripter)
    rest = (tuple(Op.__slots__), ("equal", "insert", "delete", "replace", "move"), CLASSES)
    calls = (print,) * 4
    with pytest.raises(ValueError, match="do not fit"):
        made(("", ""), ({}, (), (), ""), ("", -1), (Op, *rest), calls)
    with pytest.raises(ValueError, match="do not fit"):
        made(("", ""), ({}, (), (), ""), ("", 9), (Op, *rest[:2], ()), calls)
    with pytest.raises(ValueError, match="first and a last"):
        made(("abc", ""), ({}, (), (), ""), ("", 9), (Op, *rest), calls)
    with pytest.raises(ValueError, match="too long"):
        made(("", ""), ({"x" * 16: 1}, (), (), ""), ("", 9), (Op, *rest), calls)
    with pytest.raises(ValueError, match="count from 0"):
        made(("", ""), ({"x": -1}, (), (), ""), ("", 9), (Op, *rest), calls)
    with pytest.raises(TypeError):  # what is asked answers with no class
        list(made(("", ""), ({}, (), (), ""), ("", 9), (Op, *rest), calls[:3]))
