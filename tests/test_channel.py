"""The channel: what is learned from pairs, and that reading back finds the likeliest original."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unspun import tables
from unspun.channel import learn as learning
from unspun.channel import markers
from unspun.channel.align import regions
from unspun.channel.document import decode
from unspun.channel.habits import Prices
from unspun.channel.index import Index
from unspun.channel.keys import Words
from unspun.channel.model import Channel, Entry, stack
from unspun.channel.phrases import LONGEST, LONGEST_SPUN, Lexicon
from unspun.errors import InputError, MismatchError, ModelError
from unspun.lm import LanguageModel

TABLE = {
    "the company": ["the corporate"],
    "company": ["firm"],
    "begin": ["start", "commence"],
    "new": ["brand new"],
    "a lot of": ["plenty of"],
    "show": ["present"],
    "may": ["could"],
    "don't": ["do not"],
    "5": ["five"],
}
SUBJECTS = ["The company", "Every company", "A teacher", "My neighbour", "The council", "They"]
VERBS = ["will begin", "may show", "don't like", "may begin", "will show", "sold"]
OBJECTS = ["a new garden", "a lot of bread", "5 bicycles", "the old bridge", "its new plan"]
ENDS = ["today.", "near the river.", "before the company left.", "with 5 friends.", "at last."]


def toy_pairs(documents: int, seed: int = 1) -> list[tuple[list[str], list[str]]]:
    """Documents of our own sentences, spun by the table above as spinners do it."""
    rng = random.Random(seed)
    pairs = []
    for _ in range(documents):
        drawn = {original: rng.choice(options) for original, options in TABLE.items()}
        original = [" ".join(map(rng.choice, (SUBJECTS, VERBS, OBJECTS, ENDS))) for _ in range(8)]
        pairs.append(([spin(line, drawn) for line in original], original))
    return pairs


def spin(line: str, drawn: dict[str, str]) -> str:
    words, out, at = line.rstrip(".").split(), [], 0
    while at < len(words):
        for size in (3, 2, 1):
            phrase = " ".join(words[at : at + size])
            low = phrase[:1].lower() + phrase[1:]
            if low in drawn and len(phrase.split()) == size:
                spun = drawn[low]
                out.append(spun[:1].upper() + spun[1:] if phrase[:1].isupper() else spun)
                at += size
                break
        else:
            out.append(words[at])
            at += 1
    return " ".join(out) + "."


@pytest.fixture(scope="module")
def learned() -> Channel:
    return learning.learn(toy_pairs(60), "toy")


@pytest.fixture(scope="module")
def lm() -> LanguageModel:
    return LanguageModel.open(tables.path("english.lm"))


def test_learning_finds_the_table(learned: Channel) -> None:
    found = {(entry.original, entry.spun) for entry in learned.entries}
    assert ("the company", "the corporate") in found
    assert ("every company", "every firm") in found  # no other neighbour than 'every' was seen
    assert ("a lot of", "plenty of") in found or ("lot", "plenty") not in found
    assert {("begin", "start"), ("begin", "commence"), ("5", "five")} <= found
    assert any(spun.endswith("brand new") for _, spun in found)
    assert ("company", "corporate") not in found


def test_learned_probabilities_are_shares(learned: Channel) -> None:
    shares = {
        entry.spun: np.exp(entry.logp) for entry in learned.entries if entry.original == "begin"
    }
    assert 0.2 < shares["start"] < 0.8
    assert sum(shares.values()) <= 1.0
    assert all(0.0 <= entry.rate <= 1.0 for entry in learned.entries)


def test_learning_is_deterministic(learned: Channel) -> None:
    assert learning.learn(toy_pairs(60), "toy").to_bytes() == learned.to_bytes()


def test_a_file_gives_the_channel_back(learned: Channel) -> None:
    again = Channel.from_bytes(learned.to_bytes())
    assert again.to_bytes() == learned.to_bytes()
    assert again.markers.keys() == learned.markers.keys()
    assert [(e.original, e.spun) for e in again.entries] == [
        (e.original, e.spun) for e in learned.entries
    ]


@pytest.mark.parametrize("cut", [0, 7, 12, 40, -1])
def test_a_damaged_file_is_refused(learned: Channel, cut: int) -> None:
    with pytest.raises(ModelError):
        Channel.from_bytes(learned.to_bytes()[:cut])


def test_paragraphs_must_pair() -> None:
    with pytest.raises(MismatchError, match="pair 1: 2 spun paragraphs stand against 1"):
        learning.learn([(["One.", "Two."], ["One."])])


def test_nothing_teaches_nothing() -> None:
    with pytest.raises(InputError, match="no pairs"):
        learning.learn([])
    with pytest.raises(InputError, match="do not differ"):
        learning.learn([(["Same text."], ["Same text."])])


def test_stacked_channels_hold_both(learned: Channel) -> None:
    other = Channel.of("other", [Entry("bread", "loaf", -0.1, 0.9, 3)], {}, {"loaf": 2.0})
    both = stack([learned, other])
    assert ("bread", "loaf") in {(e.original, e.spun) for e in both.entries}
    assert len(both.entries) == len(learned.entries) + 1
    assert both.markers["loaf"] == 2.0


words = st.lists(
    st.sampled_from(["the", "a", "of", "firm", "company", "new", "plan", "show"]),
    min_size=1,
    max_size=14,
)


@given(words, words)
def test_regions_and_cuts_rebuild_the_spun_text(original: list[str], spun: list[str]) -> None:
    lexicon = Lexicon.from_cuts([])
    for left, right, start in regions(original, spun, frozenset({"the", "a", "of"})):
        assert tuple(original[start : start + len(left)]) == left
        out, at = [], 0
        cuts = lexicon.cut(left, right)
        if not cuts:  # too much for one phrase, too little to cut
            assert len(right) > LONGEST_SPUN or len(left) > LONGEST
            continue
        for old, new, place in cuts:
            out += [*left[at:place], *new.split()]
            at = place + len(old.split())
            assert list(left[place:at]) == old.split()
        assert (*out, *left[at:]) == right


@pytest.mark.parametrize(
    ("original", "spun", "count"),
    [
        ("want to use these boats", "want to make use of these boats", 1),
        ("the ferry fare was paid", "the fare of ferry was paid", 1),
        ("they sold the old house", "they bought the old home", 2),
        ("we hope to buy it here", "we wish to purchase it here now", 3),
    ],
)
def test_a_word_with_others_around_it_parts_nothing(original: str, spun: str, count: int) -> None:
    assert len(list(regions(original.split(), spun.split(), frozenset()))) == count


def test_markers_lean_to_their_side() -> None:
    weights = markers.weigh(toy_pairs(40))
    assert weights["corporate"] > 0 > weights["begin"]
    glance = markers.Glance(weights)
    assert told(glance, "Then the corporate will commence.") > 2
    assert told(glance, "nothing of note") == 0
    assert told(glance, "") == 0


def told(glance: markers.Glance, text: str) -> float:
    words = Words.of(text)
    return glance.find(words).told(0, len(words))


def test_a_marker_says_a_thing_once() -> None:
    glance = markers.Glance({"corporate": 3.0, "one other": 2.0, "top-tier": 1.0, "a b c": 9.0})
    once = told(glance, "one other corporate")
    assert once > 0
    assert told(glance, "one other corporate, one other corporate. Corporate") == once
    assert told(glance, "one, other") == told(glance, "one other")
    assert told(glance, "a b c") == 0


def test_the_best_reading_is_the_best_of_all(lm: LanguageModel) -> None:
    """The search against every reading scored one by one."""
    entries = [
        Entry("said", "mentioned", -0.7, 0.96, 9),
        Entry("government", "authorities", -0.1, 0.96, 9),
        Entry("plan", "scheme", -0.7, 0.96, 9),
        Entry("plan", "plot", -0.7, 0.96, 9),
        Entry("money", "scheme", -1.5, 0.96, 9),
    ]
    prices = Prices(rounds=0, missed=0.0, prune=-60.0, article=-1e9)
    index = Index(Channel.of("t", entries, {}, {}), lm)
    decoded = decode("The authorities mentioned the scheme was new.", index, prices)
    options = [["authorities", "government"], ["mentioned", "said"], ["scheme", "plan", "money"]]
    best, top = None, -np.inf
    for choice in itertools.product(*options):
        line = "The {} {} the {} was new.".format(*choice)
        score = prices.lm * lm.logprob(line)
        for word, spun in zip(choice, ("authorities", "mentioned", "scheme"), strict=True):
            entry = next((e for e in entries if (e.original, e.spun) == (word, spun)), None)
            if entry:
                replaced = entry.rate * 0.95 / 0.96
                score += prices.channel * entry.logp + np.log(replaced) + prices.take
        if score > top:
            best, top = choice, score
    taken = {reading.arc.spun: reading.arc.text for reading in decoded.readings}
    for word, spun in zip(best or (), ("authorities", "mentioned", "scheme"), strict=True):
        assert taken.get(spun, spun) == word
