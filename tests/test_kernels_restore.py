"""The compiled search and n-gram scores answer as the plain code does, to the last bit."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unspun import kernels
from unspun.channel import context, decoder, habits, numbering, paths
from unspun.channel.habits import Habits, Kinds, Prices
from unspun.channel.index import Index
from unspun.channel.lattice import build
from unspun.channel.numbering import arrays
from unspun.config import RestoreConfig
from unspun.detect import spun
from unspun.lm import LanguageModel

SPUN = (
    "The corporate stated that it will be able to increase its income by 4 % within the yr.",
    'He mentioned: "We have now to make use of the software program that we\'ve."',
    "Is it?\nMonetary Instances, Could 15: the yield was two.0 per cent.",
    "It's top-tier , and and and with out one other phrase",
    "A",
    "",
)
SOME_WORDS = ("the", "corporate", "yr", "one", "other", "It", "with", "out", ".", "\n", "'s", "4%")

needed = pytest.mark.skipif(
    "unspun.channel._search" not in kernels.loaded() or "unspun.lm._ngrams" not in kernels.loaded(),
    reason="no compiled kernel (no compiler when it was installed)",
)
prose = st.one_of(
    st.sampled_from(SPUN), st.lists(st.sampled_from(SOME_WORDS), max_size=40).map(" ".join)
)


@pytest.fixture(scope="module")
def index() -> Index:
    return spun.load(RestoreConfig(family="thesaurus"))[0].index


@needed
@settings(deadline=None, max_examples=40)
@given(st.integers(1, 4), st.integers(0, 2**32 - 1), st.integers(0, 50))
def test_scores_agree(index: Index, width: int, seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    top = rng.choice([20, 2000, len(index.lm.vocabulary)])
    rows = rng.integers(-1, top, (count, width)).astype(np.int32)
    assert np.array_equal(index.lm.score(rows), index.lm.score_plain(rows))


@needed
@settings(deadline=None, max_examples=40)
@given(prose)
def test_scores_of_text_agree(index: Index, text: str) -> None:
    rows = index.lm.windows(index.lm.encode(text.split(" "), initial=True))
    assert np.array_equal(index.lm.score(rows), index.lm.score_plain(rows))


@needed
@settings(deadline=None, max_examples=25)
@given(prose)
def test_graphs_agree(index: Index, text: str) -> None:
    lattice = build(text, index)
    if not len(lattice.words):
        return
    table = arrays(lattice)
    guess = Habits.first_guess(table, index, Prices(), 0.9)
    prior = habits.guess_plain(table, index.logp, *index.logs(0.9), Prices())
    assert np.array_equal(guess.arc, prior)
    crest = np.zeros(table.nodes)
    graph = decoder.begin(table, index.lm, lattice.openings, 3)
    for order in range(2, index.lm.order + 1):
        below = graph if len(graph.step) else decoder.every_arc(graph, table)
        graph = decoder.expand(graph, table, index.lm, index.phrases, order)
        plain = decoder.expand_plain(below, table, index.lm, index.phrases, order)
        for field in dataclasses.fields(graph):
            got, want = getattr(graph, field.name), getattr(plain, field.name)
            assert got.dtype == want.dtype
            assert np.array_equal(got, want), (order, field.name)
        weight = guess.weight(graph)
        assert np.array_equal(
            weight, paths.weigh_plain(graph, guess.prices.lm, guess.arc, guess.missed)
        )
        share, total = paths.posteriors(graph, table, weight, crest)
        want, mass = paths.shares_plain(graph, table, weight, crest)
        assert np.array_equal(share, want)
        assert np.array_equal(total, np.log(mass))
        assert paths.best(graph, table, weight).tolist() == (
            paths.best_plain(graph, table, weight).tolist()
        )
        less, left = paths.pruned(graph, share, -3.0)
        assert np.array_equal(left, share[share > np.exp(-3.0)])
        assert np.array_equal(less.step, graph.step[share > np.exp(-3.0)])


@needed
@settings(deadline=None, max_examples=25)
@given(prose)
def test_lines_and_kinds_agree(index: Index, text: str) -> None:
    lattice = build(text, index)
    if not len(lattice.words):
        return
    table = arrays(lattice)
    kept = np.arange(len(table.start) - len(lattice.words), len(table.start))
    for chosen in (kept, kept[::-2].copy(), kept[:0]):
        got = context.line_of(table, chosen, lattice.openings, 0)
        want = context.line_plain(table, chosen, lattice.openings, 0)
        assert all(map(np.array_equal, got, want))
    expected = np.random.default_rng(len(text)).random(len(table.start))
    for one, other in zip(Kinds.of(table), Kinds.of_plain(table), strict=True):
        assert len(set(zip(one.tolist(), other.tolist(), strict=True))) == len(set(one.tolist()))
        assert np.array_equal(habits.together(one, expected), np.bincount(other, expected)[other])


@needed
@given(st.lists(st.sampled_from(["the", "The", "yr", "software program", "x", ""]), max_size=60))
def test_phrases_are_found_alike(index: Index, words: list[str]) -> None:
    parts = " ".join(words).split()
    both = np.array([index.spun._words[part] for part in parts], np.int64)
    for got, want in zip(index.spun.find(parts), index.spun.find_plain(both), strict=True):
        assert got.dtype == want.dtype
        assert np.array_equal(got, want)


@needed
@given(st.integers(0, 2**32 - 1), st.integers(0, 400), st.integers(0, 40))
def test_surroundings_agree(seed: int, count: int, places: int) -> None:
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(50, 8)).astype(np.float32)
    words = rng.integers(-1, 60, count)
    ends = np.sort(rng.integers(0, count + 1, (2, places)), axis=0)
    args = words, ends[0], ends[1], vectors
    assert np.array_equal(context.around(*args), context.around_plain(*args))
    if places:
        with pytest.raises(ValueError, match="do not fit"):
            context.around(words, ends[0], ends[1] + count + 1, vectors)


@needed
@pytest.mark.parametrize("bad", [-2, 10**6])
def test_what_does_not_fit_is_refused(index: Index, bad: int) -> None:
    with pytest.raises(ValueError, match="no n-grams"):
        index.lm.score(np.array([[1, bad]], np.int32))
    kernel: Any = paths.kernel
    step, state, node = np.array([bad], np.int32), np.zeros(2, np.int32), np.zeros(2, np.int32)
    one, odds, last = np.zeros(1, np.int32), np.ones(1), np.zeros(1, np.int32)
    with pytest.raises(ValueError, match="do not fit"):
        kernel.weigh(np.ones(1, np.float32), step, one, odds, odds, 1.0)
    with pytest.raises(ValueError, match="do not fit"):
        kernel.beside(odds, one, step, one, odds, 600.0)
    for source, segment in ((step, one), (one, step)):
        with pytest.raises(ValueError, match="do not fit"):
            kernel.shares(source, one, odds, state, node, last, one, segment, 1)
    with pytest.raises(ValueError, match="do not fit"):
        kernel.best(one, step, odds, state, node, last, 1)
    with pytest.raises(ValueError, match="do not fit"):
        kernel.kept(odds, one, one, one, one, node, 0.5)
    counts: Any = habits._kernel
    with pytest.raises(ValueError, match="do not fit"):
        counts.together(step.astype(np.int64), odds)
    with pytest.raises(ValueError, match="do not fit"):
        counts.kinds(one, one, node, one, one)
    for entry, phrase in ((step * abs(bad), one), (one, step)):
        flag = np.zeros(1, np.bool_)
        rows = entry, phrase, one, one, flag, flag, odds, odds, odds
        with pytest.raises(ValueError, match="do not fit"):
            counts.guess(*rows, (1.0,) * 6)
    lines: Any = context._kernel
    with pytest.raises(ValueError, match="do not fit"):
        lines.line(one, step, one, one, one, np.zeros(1, np.int64), np.zeros(1, np.bool_), 1, 0)
    with pytest.raises(ValueError, match="do not fit"):
        lines.line(one, *[one] * 4, np.zeros(2, np.int64), np.zeros(1, np.bool_), 1, 0)
    with pytest.raises(ValueError, match="do not fit"):  # a circle
        kernel.best(one, one, odds * 1e31, state, node, last, 1)


@needed
def test_tables_that_do_not_fit_are_refused(index: Index) -> None:
    kernel = __import__("unspun.lm._ngrams", fromlist=["Model"])
    lm: LanguageModel = index.lm
    table = lm._tables[0]
    logp = table.logp[:9].copy()
    row = (1, table.shape.segment, 1, table.prints, table.codes, logp, None)
    with pytest.raises(ValueError, match="do not fit"):
        kernel.Model(lm._unigram, lm._unigram_backoff, (row,))


@needed
@settings(deadline=None, max_examples=25)
@given(prose)
def test_lattices_are_numbered_alike(index: Index, text: str) -> None:
    lattice = build(text, index)
    if not len(lattice.words):
        return
    got, want = numbering.arrays(lattice), numbering.arrays_plain(lattice)
    for field in dataclasses.fields(got):
        one, other = getattr(got, field.name), getattr(want, field.name)
        assert np.array_equal(one, other), field.name
        assert field.name == "nodes" or one.dtype == other.dtype


@needed
def test_numbers_that_do_not_fit_are_refused() -> None:
    kernel: Any = numbering._kernel
    one, long, flag = np.ones(1, np.int32), np.zeros(1, np.int64), np.zeros(1, np.bool_)
    two = np.zeros(2, np.int32)
    given = [long, long + 1, long, long - 1, flag, flag, two, one, one, two[:0], one[:0], one[:0]]
    given += [np.zeros(3, np.int32)] * 2 + [one, one, flag, one, flag, np.array([0, 1], np.int32)]
    assert len(kernel.number(*given)) == 12
    for column, bad in ((0, long + 1), (1, long + 2), (2, long + 1), (3, long + 1), (3, long - 3)):
        with pytest.raises(ValueError, match="do not fit"):
            kernel.number(*given[:column], bad, *given[column + 1 :])
    for column in {*range(len(given))} - {6}:  # texts may be of any width
        with pytest.raises(ValueError, match="do not fit"):
            kernel.number(*given[:column], np.zeros(100, np.int64), *given[column + 1 :])
