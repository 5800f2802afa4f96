"""How the model of contexts learns: slopes are slopes, what it sees is what its reader sees."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

if shutil.which("cc") is None:
    pytest.skip("the trainer compiles its kernel: no C compiler here", allow_module_level=True)

from context_examples import Candidates, Examples, Scores, Spinner, examples, thinned
from context_net import ARRAYS, Float32s, Net, Places, Text, step
from train_context import carried, net_of, parted

from unspun.channel.context import PARTS, Context
from unspun.channel.index import Index
from unspun.channel.model import Channel, Entry
from unspun.config import RestoreConfig
from unspun.detect import spun
from unspun.lm.words import words_of

INDEX: Index = spun.load(RestoreConfig(family="thesaurus"))[0].index
CANDIDATES = Candidates(INDEX)
PROSE = """The company said on Monday that its revenue rose because of higher prices , and that it
would use the money to buy another firm . Officials at the ministry talked about the agreement for
many hours before the government announced a new law on public health . People who need help can
ask the agency , which has offices in nearly every large city of the country ."""


def text(times: int = 4) -> Text:
    parts = [INDEX.lm.encode(words_of(PROSE), initial=True)] * times
    ids = np.concatenate([np.insert(part, 0, INDEX.lm.start) for part in parts]).astype(np.int32)
    blocks = np.repeat(np.arange(times, dtype=np.int32), len(ids) // times)
    every = examples(ids, Spinner(INDEX), np.random.default_rng(1))
    lm = Scores(INDEX).of(ids, every, CANDIDATES)
    return Text(ids, blocks, every, *CANDIDATES.said(every.form, lm))


TEXT = text()
EVERYTHING = np.ones(20_000, np.bool_)


def net() -> Net:
    made = Net(len(INDEX.originals) + len(INDEX.forms), np.random.default_rng(3))
    made.phrases *= 20
    return made


def places(made: Net) -> Places:
    return Places(made, TEXT, 0, len(TEXT.ids), EVERYTHING)


PHRASES = list(INDEX.originals), list(INDEX.forms)


def phrase(number: int) -> str:
    names = [*INDEX.originals, *INDEX.forms]
    return names[number]


def test_examples_say_what_stands_there() -> None:
    back = INDEX.lm.encode
    assert len(TEXT.examples.place) > 40
    for place, size, _, truth in zip(*(c.tolist() for c in TEXT.examples), strict=True):
        here = TEXT.ids[place : place + size].tolist()
        name = phrase(truth)
        forms = (name, name[:1].upper() + name[1:])
        assert any(
            here == back(words_of(form), initial=initial).tolist()
            for form in forms
            for initial in (False, True)
        ), name


def test_the_truth_is_among_the_candidates_and_the_best_has_no_nats_to_make_up() -> None:
    row, place = CANDIDATES.of(TEXT.examples.form)
    true = CANDIDATES.phrases[place] == TEXT.examples.truth[row]
    assert np.bincount(row[true], minlength=len(TEXT.examples.form)).tolist() == [1] * (row[-1] + 1)
    best = np.maximum.reduceat(TEXT.said.astype(np.float64), TEXT.begins[:-1])
    assert np.isfinite(TEXT.said).all()
    assert not best.any()


@pytest.mark.parametrize("name", ["words", "phrases", "prior"])
def test_slopes_are_slopes(name: str) -> None:
    made, far = net(), 3e-4
    array, slopes = getattr(made, name), slopes_of(made)[name]
    way = slopes / np.sqrt((slopes**2).mean(where=slopes != 0))
    before, losses = array.copy(), []
    for sign in (1, -1):
        array[:] = before + sign * far * way
        losses.append(step(made, places(made), CANDIDATES, 0.0).loss)
    assert (slopes != 0).any()
    assert np.isclose((losses[0] - losses[1]) / (2 * far), (slopes * way).sum(), rtol=0.02)


def slopes_of(made: Net) -> dict[str, Float32s]:
    """What a step would learn, caught before it is used up."""
    caught: dict[str, Float32s] = {}

    class Caught(Net):
        def sparse(self, name: str, rate: float) -> None:  # noqa: ARG002
            caught[name] = self.slopes[name].copy()
            self.slopes[name][:] = 0

        def dense(self, slopes: dict[str, Float32s], rate: float) -> None:
            pass

    made.__class__ = Caught
    step(made, places(made), CANDIDATES, 1.0)
    made.__class__ = Net
    return caught


def test_it_learns_and_does_so_again() -> None:
    made = net(), net()
    losses = [[step(one, places(one), CANDIDATES, 0.05).loss for _ in range(12)] for one in made]
    assert losses[0] == losses[1]
    assert losses[0][-1] < 0.7 * losses[0][0]
    one, other = (each.weights() for each in made)
    assert all(np.array_equal(getattr(one, name), getattr(other, name)) for name in one._fields)


def test_a_mean_lies_between_and_goes_on() -> None:
    one, other = net(), net()
    for made in (one, other):
        for _ in range(3 if made is one else 5):
            step(made, places(made), CANDIDATES, 0.05)
    mean = Net.averaged([one, other])
    for name in ARRAYS:
        ends = getattr(one, name), getattr(other, name)
        assert np.allclose(getattr(mean, name), (ends[0] + ends[1]) / 2)
        assert not np.array_equal(*ends)
    assert (
        step(mean, places(mean), CANDIDATES, 0.0).loss
        < step(net(), places(net()), CANDIDATES, 0.0).loss
    )


def test_far_words_that_were_one_sum_are_parted() -> None:
    weights = net().weights()
    assert parted(weights) is weights
    width, rng = weights.words.shape[1], np.random.default_rng(4)
    old = weights._replace(first=weights.first[:-width])
    near = rng.normal(size=(9, (PARTS - 2) * width))
    before, behind = rng.normal(size=(2, 9, width))
    together = np.hstack([near, (before + behind) / np.sqrt(2)]) @ old.first.astype(np.float64)
    apart = np.hstack([near, before, behind]) @ parted(old).first.astype(np.float64)
    assert np.allclose(together, apart, atol=0.01)
    assert np.array_equal(net_of(PHRASES, parted(old)).first, parted(old).first)


def test_the_reader_sees_what_the_learner_saw() -> None:
    made = net()
    reader = Context(made.weights(), list(INDEX.originals), list(INDEX.forms))
    seen = np.maximum(places(made).seen @ made.first + made.bias, 0) @ made.second
    size = len(TEXT.ids) // 4
    for block in range(4):
        mine = np.flatnonzero(TEXT.examples.place // size == block)
        some = TEXT.examples.take(mine)
        line, first = TEXT.ids[block * size :][:size].astype(np.int64), some.place - block * size
        told = reader.places(line, first, first + some.size)
        assert np.corrcoef(told.ravel(), seen[mine].ravel())[0, 1] > 0.98


def test_what_is_common_is_thinned_and_what_is_rare_stays() -> None:
    form = np.concatenate([np.zeros(90_000, np.int64), np.ones(50, np.int64)])
    every = Examples(np.arange(len(form)), form + 1, form, form)
    left = thinned(every, np.random.default_rng(1))
    assert (left.form == 1).sum() == 50
    assert 10_000 < (left.form == 0).sum() < 17_000


def test_a_model_goes_on_with_another_channel() -> None:
    old, first = INDEX.context, INDEX.channel.entries[0]
    assert old is not None
    added = Entry(first.original, "a phrase of its own", -0.1, 0.9, 3)
    strange = Entry("nothing that is known", "nor what it became", -0.1, 0.9, 3)
    entries = [*INDEX.channel.entries[: len(INDEX.channel.entries) // 2], added, strange]
    channel = Channel.of("other", entries, {}, {})
    weights = carried(old, channel)
    new = Context(weights, channel.originals(), channel.spun())
    for known, kept in zip(old.rows, new.rows, strict=True):
        both = [phrase for phrase in kept if phrase in known]
        assert len(both) > 1000
        rows = [[side[phrase] for phrase in both] for side in (known, kept)]
        assert (old.weights.phrases[rows[0]] == weights.phrases[rows[1]]).all()
        assert (old.weights.prior[rows[0]] == weights.prior[rows[1]]).all()
    like = weights.phrases[new.rows[0][first.original]]
    assert (weights.phrases[new.rows[1][added.spun]] == like).all()
    assert not weights.phrases[new.rows[1][strange.spun]].any()
    assert not weights.phrases[new.rows[0][strange.original]].any()
