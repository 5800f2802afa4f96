"""What the words around a place tell: laws of the model, and that it tells what it was made for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unspun import tables
from unspun.channel import paths
from unspun.channel.context import FAR, Context, line_of
from unspun.channel.document import search
from unspun.channel.habits import Prices
from unspun.channel.index import Index
from unspun.channel.model import Channel
from unspun.config import RestoreConfig
from unspun.detect import spun
from unspun.errors import ModelError
from unspun.lm.words import words_of

SPINNER = spun.load(RestoreConfig(family="thesaurus"))[0]
INDEX: Index = SPINNER.index


def context() -> Context:
    assert INDEX.context is not None
    return INDEX.context


def odds(text: str, form: str, original: str) -> float:
    """Nats by which an original fits better than the spun phrase where that stands."""
    words, phrase = words_of(text), words_of(form)
    first = next(at for at in range(len(words)) if words[at : at + len(phrase)] == phrase)
    ids = INDEX.lm.encode(words, initial=True).astype(np.int64)
    place = context().places(ids, np.array([first]), np.array([first + len(phrase)]))
    originals, forms = context().rows
    told = context().odds(place, np.array([originals[original]]), np.array([forms[form]]))
    return float(told[0])


@pytest.mark.parametrize(
    ("form", "original", "fits", "other"),
    [
        (
            "authorities",
            "government",
            "The new authorities won a vote of confidence in parliament .",
            "Two men were handed over to the authorities after the robbery .",
        ),
        (
            "income",
            "revenue",
            "Its quarterly income rose 4 % and beat what analysts had forecast .",
            "Families with a low income can ask for free school meals .",
        ),
        (
            "company",
            "agency",
            "The news company reported it , citing two officials at the ministry .",
            "He walked home in the company of two friends .",
        ),
    ],
)
def test_an_original_fits_where_its_words_are(
    form: str, original: str, fits: str, other: str
) -> None:
    assert odds(fits, form, original) > odds(other, form, original)


ids = st.lists(st.integers(-1, 60_000), min_size=1, max_size=500)


@settings(deadline=None, max_examples=40)
@given(ids, st.data())
def test_only_words_within_reach_count(words: list[int], data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first + 1, len(words)))
    line, at, end = np.array(words, np.int64), np.array([first]), np.array([last])
    whole = context().places(line, at, end)
    low = max(first - FAR, 0)
    part = context().places(line[low : last + FAR], at - low, end - low)
    assert np.allclose(whole, part, atol=1e-3)
    unknown = context().places(np.full(len(words), -1, np.int64), at, end)
    assert np.allclose(unknown, context().places(np.full(9, -1, np.int64), at * 0, at * 0 + 1))


@settings(deadline=None, max_examples=40)
@given(ids, st.data())
def test_what_stands_in_the_place_does_not_count(words: list[int], data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first + 1, len(words)))
    at, end = np.array([first]), np.array([last])
    within = data.draw(
        st.lists(st.integers(-1, 60_000), min_size=last - first, max_size=last - first)
    )
    line, other = np.array(words, np.int64), np.array(words, np.int64)
    other[first:last] = within
    told, again = (context().places(one, at, end) for one in (line, other))
    assert np.allclose(told, again, atol=1e-3)


def test_phrases_of_no_row_say_nothing() -> None:
    place = context().places(np.array([5, 6, 7], np.int64), np.array([1]), np.array([2]))
    none, some = np.array([-1]), np.array([3])
    assert not context().odds(place, none, some).any()
    assert not context().odds(place, some, none).any()


def test_a_line_is_the_text_as_it_is_read() -> None:
    text = "The corporate grew.\nIt stated that it has new merchandise, with out one other yr."
    found = search(text, INDEX, Prices())
    assert found is not None
    table, lattice = found.table, found.lattice
    kept = np.arange(len(table.start) - len(lattice.words), len(table.start))
    line = line_of(table, kept[::-1].astype(np.int64), lattice.openings, INDEX.lm.start)
    want: list[int] = []
    for paragraph in text.split("\n"):
        want += [INDEX.lm.start, *INDEX.lm.encode(words_of(paragraph), initial=True).tolist()]
    assert line.words.tolist() == want
    assert (line.words[line.left[table.start[kept]]] == table.words[kept, 0]).all()
    assert (line.right[table.end[kept]] > line.left[table.start[kept]]).all()


def test_every_reading_has_its_place() -> None:
    text = "The corporate stated that it has new merchandise with out one other yr. " * 3
    found = search(text, INDEX, Prices())
    assert found is not None
    chosen = paths.best(found.graph, found.table, found.habits.weight(found.graph))
    arcs = found.graph.step[chosen].astype(np.int64)
    line = line_of(found.table, arcs, found.lattice.openings, INDEX.lm.start)
    size = found.table.size[arcs]
    span = line.right[found.table.end[arcs]] - line.left[found.table.start[arcs]]
    assert ((span == size) | (span == size + 1)).all()  # one more before a paragraph
    assert len(line.words) == size.sum() + 1


def test_a_file_gives_the_model_back(tmp_path: Path) -> None:
    channel = Channel.open(tables.path("thesaurus.channel"))
    file = tmp_path / "model.npz"
    context().save(file)
    again = Context.open(file, channel.originals(), channel.spun())
    for field in again.weights._fields:
        one, other = getattr(again.weights, field), getattr(context().weights, field)
        assert np.array_equal(one, other)


def test_a_model_of_another_channel_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="another channel"):
        Context.open(tables.path("context.npz"), ["year"], ["yr"])
    (tmp_path / "none.npz").write_bytes(b"nothing")
    with pytest.raises(ModelError, match="damaged"):
        Context.open(tmp_path / "none.npz", ["year"], ["yr"])
