"""What the decoder thinks too little of: the original is known by its words, slopes are slopes."""

from __future__ import annotations

import numpy as np
import pytest
from fit_amends import Example, example, fitted, slope, wrong

from unspun.channel.context import Context
from unspun.channel.document import read, rewritten, search
from unspun.channel.habits import Prices
from unspun.channel.index import Index
from unspun.config import RestoreConfig
from unspun.detect import spun

INDEX: Index = spun.load(RestoreConfig(family="thesaurus"))[0].index
SPUN = """The corporate mentioned on Monday that its income rose due to greater costs, and that it
would use the cash to purchase one other agency. Officers on the ministry talked concerning the
settlement for a lot of hours earlier than the federal government introduced a brand new regulation.
Individuals who want assist can ask the company, which has places of work in practically each giant
metropolis of the nation."""
ORIGINAL = """The company said on Monday that its revenue rose because of higher prices, and that it
would use the money to buy another firm. Officials at the ministry talked about the
agreement for many hours before the government announced a new law.
People who need help can ask the agency, which has offices in nearly every large
city of the country."""


def made() -> Example:
    one = example(SPUN, ORIGINAL, INDEX)
    assert one is not None
    return one


def count() -> int:
    assert INDEX.context is not None
    return len(INDEX.context.weights.amends)


def restated(text: str, original: str) -> tuple[set[str], set[str]]:
    """What arcs that change a text write: those that are not wrong, and those that are."""
    found = search(text, INDEX, Prices())
    assert found is not None
    changing = np.arange(len(found.lattice.readings.text))
    bad = wrong(found, original)
    right, other = (
        {arc.text for arc in found.lattice.arcs(changing[bad[changing] == it])}
        for it in (False, True)
    )
    return right, other - right


def test_only_paths_that_give_the_original_are_right() -> None:
    right, other = restated("Individuals want assist.", "People need help.")
    assert {"People", "need", "help"} <= right
    assert other
    assert not right & {"Persons", "want", "aid"}


@pytest.mark.parametrize("original", ["Nobody wrote this down.", "", "People need help"])
def test_a_line_that_no_path_gives_says_nothing(original: str) -> None:
    assert not restated("Individuals want assist.", original)[1]


def test_lines_are_judged_each_by_itself() -> None:
    text = "Individuals want assist.\nIndividuals want assist."
    assert restated(text, "People need help.\nSomething else.")[0] >= {"People", "need", "help"}
    found = search(text, INDEX, Prices())
    assert found is not None
    bad = wrong(found, "People need help.\nSomething else.")
    assert bad[found.table.start < 4].any()
    assert not bad[found.table.start > 5].any()


def test_slopes_are_slopes() -> None:
    one, nudge = made(), 1e-4
    amends = np.random.default_rng(1).normal(size=count() + 1) * 0.1
    amends[-1] = 0.0
    _, parts = slope(one, amends)
    taken, kept = (np.bincount(row, parts, count() + 1) for row in one.rows)
    slopes = (taken - kept)[:-1]
    for at in np.argsort(-np.abs(slopes))[:6].tolist():
        both = []
        for side in (-nudge, nudge):
            moved = amends.copy()
            moved[at] += side
            both.append(slope(one, moved)[0])
        assert slopes[at] == pytest.approx((both[1] - both[0]) / (2 * nudge), rel=1e-3, abs=1e-6)


def test_what_is_fitted_makes_the_originals_likelier() -> None:
    one = made()
    nothing = np.zeros(count() + 1)
    assert slope(one, fitted([one] * 100, count()))[0] < slope(one, nothing)[0]


@pytest.mark.parametrize(
    ("spun_word", "original"), [("income", "profits"), ("settlement", "agreement")]
)
def test_amends_decide_between_readings(spun_word: str, original: str) -> None:
    assert INDEX.context is not None
    old, names = INDEX.context.weights, [list(rows) for rows in INDEX.context.rows]
    at = SPUN.split().index(spun_word)
    words = []
    for nats in (-4, 4):
        amends = old.amends.copy()
        amends[INDEX.context.rows[0][original]] += nats
        index = Index(INDEX.channel, INDEX.lm, Context(old._replace(amends=amends), *names))
        found = search(SPUN, index, Prices())
        assert found is not None
        words.append(rewritten(read(found, Prices())).split())
    assert words[0] != words[1]
    assert original in words[1][at - 3 : at + 3]
    assert original not in words[0][at - 3 : at + 3]
