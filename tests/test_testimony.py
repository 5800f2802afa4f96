"""What a text's odd phrases say together, and what is decided by it."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unspun.channel.alone import alone
from unspun.channel.document import Laid, laid_out
from unspun.channel.habits import Prices
from unspun.channel.index import Index
from unspun.channel.testimony import NAMES, oddest, phrases, together, weigh
from unspun.config import RestoreConfig
from unspun.detect import spun
from unspun.detect.look import Look

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases/restore.jsonl").read_text("utf-8").splitlines()
]
TEXTS = [case["text"] for case in CASES if case.get("family") != "tortured"][:6]
SPUN = """\
The corporate said on Monday that it's going to minimize one other hundred jobs within the coming
yr. Gross sales of its software program fell for the third quarter in a row, and the agency has \
misplaced clients to its greatest rivals. The board will meet once more subsequent week."""
CLEAN = """\
The company said on Monday that it would cut another hundred jobs in the coming year. Sales of its
software fell for the third quarter in a row, and the firm has lost customers to its biggest \
rivals. The board will meet again next week."""


@pytest.fixture(scope="module")
def index() -> Index:
    return spun.load(RestoreConfig(family="thesaurus"))[0].index


def laid(text: str, index: Index) -> Laid:
    found = laid_out(text, index)
    assert found is not None
    return found


@pytest.mark.parametrize("text", TEXTS)
def test_each_phrase_counts_once_where_it_gains_most(text: str, index: Index) -> None:
    both = laid(text, index)
    arcs, known = phrases(both, Prices())
    gains, table = alone(both.lattice, Prices()), both.table
    forms = table.form[arcs].tolist()
    assert len(set(forms)) == len(forms)
    best: dict[int, float] = {}
    for arc in np.flatnonzero(table.entry[: len(gains)] >= 0).tolist():
        form = int(table.form[arc])
        best[form] = max(best.get(form, -math.inf), float(gains[arc]))
    assert {form for form, gain in best.items() if gain > -4.0} == set(forms)
    told = known[:, NAMES.index("alone")].tolist()
    assert told == [min(best[form], 10.0) for form in forms]


Phrase = tuple[int, int, float]
rows = st.tuples(st.integers(0, 12), st.integers(1, 4), st.floats(-9.0, 9.0)).map(
    lambda row: (row[0], row[0] + row[1], row[2])
)


def said(chosen: list[Phrase]) -> float:
    start, end, odds = (np.array(column) for column in zip(*chosen, strict=True))
    return together(start.astype(np.int32), end.astype(np.int32), odds.astype(np.float64))


@given(st.lists(rows, min_size=1, max_size=8))
def test_of_phrases_that_share_words_the_strongest_counts(chosen: list[Phrase]) -> None:
    """Against a plain loop."""
    want, taken = 0.0, set[int]()
    for start, end, odds in sorted(chosen, key=lambda row: -row[2]):
        if odds > 0.0 and not taken.isdisjoint(range(start, end)):
            continue
        if odds > 0.0:
            taken.update(range(start, end))
        want += math.log(0.95 + 0.05 * math.exp(min(odds, 7.0)))
    assert said(chosen) == pytest.approx(want)


def test_what_says_nothing_for_it_speaks_against_it() -> None:
    nothing = np.zeros(0, np.int32)
    assert together(nothing, nothing, np.zeros(0)) == 0.0
    few, more = [(0, 1, -5.0)], [(at, at + 1, -5.0) for at in range(20)]
    assert said(more) < said(few) < 0.0
    assert said([(0, 1, 4.0)]) > 0.0


def test_a_spun_text_is_told_from_its_original(index: Index) -> None:
    assert weigh(laid(SPUN, index), Prices()) > 10.0
    assert weigh(laid(CLEAN, index), Prices()) < 0.0


def test_an_original_that_was_left_speaks_against_its_phrase(index: Index) -> None:
    """A spinner replaces a form throughout."""
    text = "It has lost one other client. The corporate fell."
    for left, more in itertools.product((0, 1, 2), ("company", "Company")):
        both = laid(text + f" The {more} rose." * left, index)
        arcs, known = phrases(both, Prices())
        words = [both.lattice.arcs(arcs[at : at + 1])[0] for at in range(len(arcs))]
        row = next(
            at for at, arc in enumerate(words) if (arc.spun, arc.text) == ("corporate", "company")
        )
        assert known[row, NAMES.index("left")] == (left if more == "company" else 0)


def test_a_short_text_has_more_to_prove() -> None:
    nats = [Look(200, 0.0, 1.0).probability(float(n)) for n in range(-3, 20)]
    assert nats == sorted(nats)
    assert nats[0] < 0.1
    assert nats[-1] > 0.9
    spread = [Look(words, 0.0, 1.0).probability(0.0) for words in (5, 20, 60, 200, 1000)]
    assert spread == sorted(spread)
    assert spread[-1] < 0.5


def test_more_is_looked_at_where_a_network_is_asked() -> None:
    for words in (60, 200, 1000):
        alone, asked = (
            [gate for gate in range(-9, 5) if Look(words, 0.0, gate, asked=also).suspicious]
            for also in (False, True)
        )
        assert set(alone) < set(asked)
        assert -9 not in asked
    assert not Look(20, 0.0, -1.0, asked=True).suspicious  # of few words it is not asked


@given(st.lists(st.floats(-8.0, 8.0), max_size=80))
def test_a_network_is_asked_about_the_oddest_phrases_alone(odds: list[float]) -> None:
    asked = oddest(np.array(odds, np.float64)).tolist()
    left = sorted(set(range(len(odds))) - set(asked))
    assert len(asked) == len(set(asked)) <= 32
    assert all(odds[one] > -2.5 for one in asked)
    assert all(odds[one] <= -2.5 or len(asked) == 32 for one in left)
    if asked and left:
        assert max(odds[one] for one in left) <= min(odds[one] for one in asked)
