"""The compiled first look answers as the plain code does, to the last bit."""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unspun import kernels
from unspun.channel import gate, keys, screen
from unspun.channel.gate import BLOCK, FIRST, Gate
from unspun.channel.keys import Words
from unspun.channel.markers import Glance
from unspun.config import RestoreConfig
from unspun.detect import look, spun
from unspun.detect.look import Spinner

needed = pytest.mark.skipif(
    "unspun.channel._look" not in kernels.loaded(),
    reason="no compiled kernel (no compiler when it was installed)",
)
kernel: Any = keys.kernel
SOME = ("The", "the", "corporate", "it's", "IT'S", "5", "5th", "Naïve", "one", "other", "a'", "'s")
BETWEEN = (" ", "  ", "\n", "-", ", ", "", "’", "'")
prose = st.lists(st.tuples(st.sampled_from(SOME), st.sampled_from(BETWEEN)), max_size=60).map(
    lambda rows: "".join(word + gap for word, gap in rows)
)
texts = st.one_of(st.text(st.sampled_from("aS9É '’s-.ÿ²×中\ud800\x00"), max_size=60), prose)


@pytest.fixture(scope="module")
def spinners() -> tuple[Spinner, ...]:
    return spun.load(RestoreConfig())


@needed
@given(st.one_of(texts, st.text(), st.text("abcXYZ'", max_size=200)))
def test_words_agree(text: str) -> None:
    words = Words.of(text)
    plain = Words(text, *keys.words_plain(text))
    for field in dataclasses.fields(Words)[1:]:
        got, want = getattr(words, field.name), getattr(plain, field.name)
        assert got.dtype == want.dtype
        assert np.array_equal(got, want)


@needed
@given(texts, st.data())
def test_the_classifier_agrees(
    spinners: tuple[Spinner, ...], text: str, data: st.DataObject
) -> None:
    chosen = spinners[0].gate
    assert chosen is not None
    words = Words.of(text * 9)
    look = chosen.look(words)
    places = chosen._first, chosen._bits, len(chosen._weights) - 1
    plain = gate.features_plain(words, chosen.vocabulary, *places)
    assert np.array_equal(look._features, plain)
    first = data.draw(st.integers(0, len(words)))
    last = data.draw(st.integers(first, len(words)))
    want = gate.blocks_plain(plain[:, first:last], chosen._weights) * chosen.step
    assert np.array_equal(look.blocks(first, last), want)


MARKERS = {"corporate": 3.0, "one other": 2.0, "The": 0.7, "5": -1.3, "other the": 2.2}
PAIRS = {name: weight for name, weight in MARKERS.items() if " " in name}


@needed
@given(texts, st.sampled_from((MARKERS, PAIRS, {})), st.data())
def test_markers_agree(text: str, weights: dict[str, float], data: st.DataObject) -> None:
    glance = Glance(weights)
    words = Words.of(text * 5)
    marks = glance.find(words)
    for got, want in zip(marks, glance.find_plain(words), strict=False):
        assert np.array_equal(got, want)
    first = data.draw(st.integers(0, len(words)))
    last = data.draw(st.integers(first, len(words)))
    block = data.draw(st.integers(1, 50))
    told = marks.blocks_plain(first, last, block)
    assert np.array_equal(marks.blocks(first, last, block), told)
    parts = [words.keys[at : min(at + block, last)] for at in range(first, last, block)]
    distinct = [len(set(part.tolist())) for part in parts]
    assert words.distinct(first, last, block).tolist() == distinct


@needed
def test_what_does_not_fit_is_refused() -> None:
    some, none = np.zeros(3, np.uint64), np.zeros(0, np.uint64)
    for first, last, block in ((0, 4, 1), (-1, 2, 1), (2, 1, 1), (0, 2, 0)):
        with pytest.raises(ValueError, match="do not fit"):
            kernel.distinct(some, first, last, block)
        with pytest.raises(ValueError, match="do not fit"):
            kernel.blocks(some, none, first, last, block)
    with pytest.raises(ValueError, match="do not fit"):
        kernel.cut("text", b"", b"", b"")
    with pytest.raises(ValueError, match="do not fit"):
        kernel.features(some, some, bytes(3), some, 0, 4, 0)
    with pytest.raises(ValueError, match="do not fit"):
        kernel.marked(some, b"", none, none, 1)
    with pytest.raises(ValueError, match="do not fit"):
        kernel.told(some, none, none, 0, 1, 1)


@needed
def test_numbers_beyond_the_tables_say_nothing() -> None:
    odd = np.array([-5, 1 << 40], np.int64)
    assert kernel.told(np.arange(2), odd, np.ones(3), 0, 2, 2) == bytes(8)
    features = np.array([-7, 99, 2**31 - 1, -1], np.int32)
    assert kernel.blocks(features, np.ones(9, np.int8), 0, 2, 2) == bytes(8)


pages = st.lists(
    st.sampled_from((*SOME, "corporate", "counterfeit", "consciousness", "timberland", "\n")),
    min_size=1,
    max_size=12,
).flatmap(lambda words: st.integers(1, 90).map(lambda times: " ".join(words * times)))


@needed
@given(st.one_of(texts, pages, st.text()), st.data())
def test_one_pass_tells_what_the_parts_tell(
    spinners: tuple[Spinner, ...], text: str, data: st.DataObject
) -> None:
    """What a classifier and markers find word by word, in regions cut anywhere."""
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=3)) - {0, len(text)})
    ends = [*cuts, len(text)]
    words, chosen = Words.of(text), spinners[0].gate
    assert chosen is not None
    glance, told = spinners[1].index.glance, chosen.look(words)
    families = [(chosen, None), (None, glance), (chosen, glance)]
    rows = screen.screen(families, 0.04)(text, ends)
    marks = glance.find(words)
    first = 0
    for end, (gated, marked, both) in zip(ends, rows, strict=True):
        last = int(np.searchsorted(words.starts, end))
        assert gated[0] == marked[0] == both[0] == last - first
        want = gate.strongest(told.blocks(first, last)) + chosen.bias
        assert gated[1] == both[1] == pytest.approx(want, abs=1e-9)
        assert marked[1] is None
        assert gated[2:] == (0.0, False)
        said, sizes = marks.blocks(first, last, BLOCK), words.distinct(first, last, BLOCK)
        assert marked[2:] == both[2:]
        exact = float(said.sum()) / max(int(sizes.sum()), 1)
        assert exact <= marked[2] <= 1.2 * exact  # none more distinct than there are
        odd = len(said) > 1 and bool((said >= 0.04 * sizes).any())
        assert marked[3] >= odd
        first = last


@needed
@given(st.one_of(texts, pages), st.booleans())
def test_no_text_in_doubt_is_passed_over(
    spinners: tuple[Spinner, ...],
    text: str,
    asked: bool,  # noqa: FBT001 - drawn
) -> None:
    spans, words = look.spans_of(text), Words.of(text)
    closer = look.in_doubt(text, spans, spinners, asked=asked)
    for spinner in spinners:
        sight = look.Sight(words, spinner, asked=asked)
        found = any(sight.look(region).suspicious for region in look.regions(spans, words))
        assert spinner in closer or not found


PLAIN = (((), ()),)  # one family that has nothing to say


def screened(text: str, ends: list[Any], families: tuple[Any, ...], block: int = BLOCK) -> Any:
    """What the kernel says of a text."""
    assert screen.kernel is not None
    return screen.kernel.Screen(keys.TABLES, families, block, gate.PART, 0.04).look(text, ends)


@needed
def test_a_pass_refuses_what_does_not_fit(spinners: tuple[Spinner, ...]) -> None:
    chosen = spinners[0].gate
    assert chosen is not None
    marks = spinners[1].index.glance.tables
    tables: tuple[Any, ...] = chosen.tables
    wild = np.full_like(tables[0], (1 << 18) - 1)  # ids beyond the words
    odd: list[tuple[Any, ...]] = [
        ((tables[:-1], ()),), (((*tables[:3], 40, *tables[4:]), ()),),
        (((*tables[:2], -1, *tables[3:]), ()),),
        (((tables[0], tables[1][:-2], *tables[2:]), ()),), (((tables[0][:1], *tables[1:]), ()),),
        (((wild, *tables[1:]), ()),),
        (((), marks[:4]),), (((), (*marks[:3], bytes(8), False)),),
        (((), (*marks[:2], marks[3], marks[2], False)),), ((), ()), ("", ""), ((tables, ()),) * 9,
    ]  # fmt: skip
    for families in odd:
        with pytest.raises(ValueError, match="do not fit"):
            screened("text", [4], families)
    for block in (0, -1, 257):
        with pytest.raises(ValueError, match="do not fit"):
            screened("text", [4], (), block)
    with pytest.raises(TypeError, match="int"):
        screened("text", ["4"], ())
    for end, words in ((-9, 0), (0, 0), (1, 1), (1 << 40, 2)):  # a region ends with its text
        assert screened("a text", [end], PLAIN) == [((words, None, 0.0, False),)]


@needed
def test_buckets_beyond_the_markers_hold_none() -> None:
    glance, words = Glance({"corporate": 3.0, "The": 0.7}), Words.of("The corporate " * 9)
    able, known, heads, nats, single = glance.tables
    for wild in (np.full_like(heads, -5), np.arange(len(heads), dtype=heads.dtype) * 1000 - 9):
        places, numbers = kernel.marked(words.keys, able, known, wild, single)
        assert len(places) == len(numbers)
        assert (np.frombuffer(numbers, np.int64) < len(known)).all()
        families = (((), (able, known, wild, nats, single)),)
        assert screened(words.text, [len(words.text)], families)[0][0][0] == len(words)


@needed
def test_all_that_differs_counts_once_however_much_it_is() -> None:
    some = ["".join(word) for word in itertools.product("abcdefghijklm", repeat=4)][:9000]
    rng = np.random.default_rng(1)
    single, pair = rng.integers(-9, 9, len(some) + FIRST), rng.integers(-9, 9, 1 << 14)
    chosen = Gate(some, single.astype(np.int8), pair.astype(np.int8), 0.5, 0.25)
    text = " ".join([*some, *some[::-1], *some])
    told = chosen.look(Words.of(text)).blocks(0, 3 * len(some))
    (row,) = screen.screen([(chosen, None)], 0.04)(text, [len(text)])
    assert row[0][1] == gate.strongest(told) + chosen.bias
