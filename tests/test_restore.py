"""Restoration: what must come back, what must stay, and the promises about both."""

from __future__ import annotations

import itertools
import json
import random
import re
from dataclasses import replace
from pathlib import Path
from time import process_time
from typing import Any

import pytest
import sacrebleu
from hypothesis import given, settings
from hypothesis import strategies as st

import unspun
from unspun import edits, pipeline
from unspun.channel import learn as learning
from unspun.channel.model import Channel
from unspun.channel.page import protected
from unspun.config import Config, RestoreConfig
from unspun.detect import spun
from unspun.detect.figures import half_spelled, is_part_of_number
from unspun.errors import ConfigError
from unspun.model import Document, Edit, Finding, Spun
from unspun.restoration import restore

CONFIG = RestoreConfig()
CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases/restore.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]
SPUN = [case for case in CASES if case["expect"] == "restored"]
CLEAN = [case for case in CASES if case["expect"] == "untouched"]


def restored(text: str, config: RestoreConfig = CONFIG) -> tuple[str, tuple[Edit, ...]]:
    result = unspun.restore(text, Config(restore=config))
    return result.text, result.edits


@pytest.mark.parametrize("case", SPUN, ids=[case["label"] for case in SPUN])
def test_spun_text_gets_its_words_back(case: dict[str, Any]) -> None:
    out, proposed = restored(case["text"])
    assert proposed
    for phrase in case["must"]:
        assert phrase in out
    for phrase in case["must_not"]:
        assert phrase not in out


@pytest.mark.parametrize("case", CLEAN, ids=[case["label"] for case in CLEAN])
def test_clean_text_is_left_alone(case: dict[str, Any]) -> None:
    verdict = spun.detect(case["text"], CONFIG)
    assert not verdict.is_spun
    assert restored(case["text"])[0] == case["text"]


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_a_text_is_decided_without_being_read_back(case: dict[str, Any]) -> None:
    assert spun.probability(case["text"], CONFIG) == spun.detect(case["text"], CONFIG).score


@pytest.mark.parametrize("asked", [0.3, 0.8, 0.95, 0.99])
@pytest.mark.parametrize("case", SPUN, ids=[case["label"] for case in SPUN])
def test_restoring_twice_changes_nothing(case: dict[str, Any], asked: float) -> None:
    config = RestoreConfig(min_confidence=asked)
    once, _ = restored(case["text"], config)
    assert restored(once, config)[0] == once


@pytest.mark.parametrize("case", SPUN, ids=[case["label"] for case in SPUN])
def test_more_confidence_asked_means_fewer_edits(case: dict[str, Any]) -> None:
    sets = []
    for asked in (0.0, 0.5, 0.9, 0.99):
        _, proposed = restored(case["text"], RestoreConfig(min_confidence=asked))
        assert all(edit.confidence >= asked for edit in proposed)
        sets.append({(edit.start, edit.end) for edit in proposed})
    assert all(more >= fewer for more, fewer in itertools.pairwise(sets))


@pytest.mark.parametrize("case", SPUN, ids=[case["label"] for case in SPUN])
def test_what_is_not_changed_is_tagged(case: dict[str, Any]) -> None:
    verdict = spun.detect(case["text"], CONFIG)
    sure = RestoreConfig(min_confidence=0.95)
    proposed, tags = restore(case["text"], verdict, sure)
    phrases = [finding for finding in verdict.findings if finding.kind != spun.PASSAGE]
    doubtful = [tag for tag in tags if tag.kind == "suspicious"]
    assert len(proposed) + len(doubtful) == len(phrases)
    assert any(tag.kind == "spun" for tag in tags)


def test_a_document_of_two_families_gets_the_words_of_both_back() -> None:
    of = {family: [c for c in SPUN if c.get("family") == family] for family in (None, "tortured")}
    for one, other in zip(of[None], of["tortured"], strict=False):
        out, _ = restored(one["text"] + "\n\n" + other["text"])
        assert all(phrase in out for phrase in one["must"] + other["must"])
        assert restored(out)[0] == out


def test_what_a_later_look_takes_back_is_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last look found nothing to do, so restoring once more changes nothing either."""
    text = "Those near the table left."
    looks = [("near", "close to"), ("close to", "near"), None]

    def judged(shown: str, _config: RestoreConfig) -> Spun:
        look = looks.pop(0)
        start = shown.index(look[0]) if look else 0
        found = look and Finding("x/phrase", start, start + len(look[0]), 0.9, look[1])
        return Spun(0.9, is_spun=True, family="x", findings=(found,) if found else ())

    monkeypatch.setattr(spun, "detect", judged)
    assert restored(text) == (text, ())
    assert not looks


def test_a_doubt_that_is_settled_later_is_no_doubt_any_more() -> None:
    for case in SPUN:
        result = pipeline.process(
            Document("x", case["text"]),
            Config(restore=RestoreConfig(min_confidence=0.95)),
            stages=("detect", "restore"),
        )
        doubts = [tag for tag in result.tags if tag.kind == "suspicious"]
        for edit in result.ledger:
            assert not any(tag.start < edit.end and edit.start < tag.end for tag in doubts)


SENTENCES = [
    sentence for case in SPUN for sentence in re.split(r"(?<=[.!?]) +", case["text"]) if sentence
]
KEPT = [
    "https://example.org/one-other/corporate?within=5",
    "`one_other(corporate)`",
    "`f{corporate}`",
    "within@example.org",
    "@corporate",
    "3.75",
    "1,250,000",
    "“Yes”",
    "C:\\corporate\\within.txt",
]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.sampled_from(SENTENCES), min_size=4, max_size=14, unique=True),
    st.lists(st.sampled_from(KEPT), max_size=3),
    st.sampled_from([" ", "\n"]),
)
def test_spun_text_of_any_kind(sentences: list[str], kept: list[str], gap: str) -> None:
    """Restored again it stays; links, code, quotation marks and figures stand as they stood."""
    text = gap.join(
        part for pair in itertools.zip_longest(sentences, kept) for part in pair if part
    )
    out, proposed = restored(text)
    assert restored(out)[0] == out
    assert edits.undo(out, proposed) == text
    assert all(out.count(thing) == text.count(thing) for thing in kept)
    assert [c for c in out if c in '“”"()'] == [c for c in text if c in '“”"()']
    assert out.count("\n") == text.count("\n")


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("the Web two.0 and the Web 2.zero", ["2", "0"]),
        ("from eight.5 to $forty-one.20, twenty one.75 and 3.fourteen.", ["8", "41", "21", "14"]),
        ("Two.0 is out", ["2"]),
        ("He has one. 3 is more. There are two.", []),
        ("That was day one.3 The next", []),  # a note's number
        ("That was day one.34 The next", []),
        ("some 3,500.two of them, or 1,2,two", ["2"]),
        ("three,000 Chinese and,forty-one,200,300 more, one,500.", ["3", "41", "1"]),
        ("one,25 two,5000 four,000,00 1,two,300 one, 200", []),
        ("2.one more thing\n  3.two things", []),  # items
        ("someone.5 sixty.x two.zero v.2.zero-day", []),
        ("pi is 3.14, not 3.15", []),
    ],
)
def test_figures_spelled_by_half(text: str, digits: list[str]) -> None:
    assert sorted(figure.digits for figure in half_spelled(text)) == sorted(digits)


def test_long_runs_of_figures_are_read_in_linear_time() -> None:
    started = process_time()
    assert not list(half_spelled("1," * 100_000))
    assert process_time() - started < 5.0


@pytest.mark.parametrize(
    ("text", "part", "is_part"),
    [
        ("one hundred and eleven people", "eleven", True),
        ("one hundred and eleven people", "one hundred", True),
        ("one hundred and eleven people", "one hundred and eleven", False),
        ("nineteen eighty four", "eighty four", True),
        ("forty four thousand", "forty four", False),
        ("three to four of eleven", "four", False),
        ("one hundred\neleven", "eleven", False),
        ("eleven, forty", "eleven", False),
    ],
)
def test_parts_of_numbers_in_words(text: str, part: str, *, is_part: bool) -> None:
    start = text.index(part)
    assert is_part_of_number(text, start, start + len(part)) == is_part


FENCED = """```python
corporate = one_other("massive")
# the corporate stated that it was within
```"""
INDENTED = """    def massive(corporate):
        return one_other
"""
STATED = "The corporate stated that it was the primary time."


@pytest.mark.parametrize(
    "code", [FENCED, FENCED.replace("```", "~~~~"), INDENTED, "\tx = within;\n"]
)
def test_blocks_of_code_stay(code: str) -> None:
    text = f"{SPUN[0]['text']}\n\n{code}\n\n{STATED}"
    out, _ = restored(text)
    assert code in out
    assert out.endswith("The company said that it was the first time.")


@pytest.mark.parametrize(
    "prose",
    [
        f"    {STATED}",
        f"    {STATED}\n    The corporate(s) stated so (within the morning).",
        f"```\n{STATED}",  # nothing closes it
        f"{STATED}\n  {STATED}",
        f"{STATED}\n\t{STATED}",
    ],
)
def test_what_only_looks_like_code_comes_back(prose: str) -> None:
    out, _ = restored(f"{SPUN[0]['text']}\n\n{prose}")
    assert "corporate" not in out


@pytest.mark.parametrize(
    "unit", ["`", "```\n", "~~~\n````\n", "    a\n", "    f(a)\nb\n", "a.b ", "@"]
)
def test_what_stays_is_found_in_linear_time(unit: str) -> None:
    def cost(size: int) -> float:
        start = process_time()
        places = list(protected(unit * size + "\n" + "x\n" * size))
        assert places == sorted(places)
        return process_time() - start

    cost(100)
    assert cost(20_000) < 7 * cost(5_000) + 0.3


def test_a_mixed_page_is_restored_only_where_it_is_spun() -> None:
    clean = CLEAN[0]["text"]
    page = SPUN[0]["text"] + "\n" + clean
    out, proposed = restored(page)
    assert proposed
    assert out.endswith("\n" + clean)


def test_edits_are_small() -> None:
    _, proposed = restored(SPUN[0]["text"])
    assert max(len(edit.before) for edit in proposed) < 40


@given(st.text(max_size=300))
def test_any_text_is_taken_and_undone(text: str) -> None:
    verdict = spun.detect(text, CONFIG)
    proposed, _ = restore(text, verdict, CONFIG)
    assert edits.apply(text, proposed) == text or verdict.is_spun


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 10)), max_size=12), st.floats(0, 1))
def test_edits_never_overlap(spans: list[tuple[int, int]], asked: float) -> None:
    text = "x" * 60
    findings = tuple(Finding("t/phrase", a, a + n, 0.9, "y") for a, n in spans)
    verdict = Spun(1.0, is_spun=True, family="t", findings=findings)
    proposed, tags = restore(text, verdict, RestoreConfig(min_confidence=asked))
    assert all(a.end <= b.start for a, b in itertools.pairwise(proposed))
    assert len(proposed) + len(tags) == len(findings)


def test_switched_off_means_untouched() -> None:
    verdict = spun.detect(SPUN[0]["text"], CONFIG)
    assert restore(SPUN[0]["text"], verdict, RestoreConfig(enabled=False)) == ((), ())


def test_an_unknown_family_is_an_error() -> None:
    with pytest.raises(ConfigError, match="thesaurus"):
        spun.detect("Any text.", RestoreConfig(family="thesauris"))


def test_the_customers_page(shared: Path) -> None:
    """The figures of 2026-11: raw 43.0 BLEU and 36.0 TER."""
    raw = (shared / "corpus/raw/ft-spun.txt").read_text(encoding="utf-8")
    reference = (shared / "corpus/clean/ft-spun.txt").read_text(encoding="utf-8")
    out, _ = restored(raw)
    assert sacrebleu.corpus_bleu([out], [[reference]]).score > 88
    assert sacrebleu.corpus_ter([out], [[reference]]).score < 6
    assert restored(out)[0] == out
    assert restored(reference)[0] == reference


@pytest.mark.parametrize("text", ["", " ", "市长", "市长。", "?!", "123"])
def test_a_text_without_words_is_not_spun(text: str) -> None:
    result = unspun.restore(text)
    assert (result.text, result.spun.is_spun, result.edits) == (text, False, ())


QUAINT = {
    "said": "quoth", "company": "merchant house", "companies": "merchant houses",
    "people": "common folk", "year": "twelvemonth", "years": "twelvemonths", "new": "unworn",
    "market": "bazaar", "police": "constabulary", "because": "owing that", "many": "scads of",
    "large": "hulking", "money": "coinage", "town": "burgh place",
}  # fmt: skip
ORIGINALS = """The company said on Monday that the new market would open this year.
Many people in the town had waited for years because there was no money for it.
The police said that a large crowd had gathered before the gates of the market.
Two companies had offered money for the land, and the town took the large offer.
People who live near the market said that the new road was too large for the town.
The company has worked for many years with the police because it lost money to thieves.
A new school will open next year because many people have moved to the town.
Some companies lost money in the year when the market was closed.
The mayor said that the town had no money, and that people would have to wait for years.
The police closed the new road because a large tree had fallen near the market.
Many companies said that they needed new people and could find none in the town.
Last year the company sold its large mill because the market had changed.""".splitlines()
UNSEEN = """The museum said that its new hall had drawn many people since it opened last year.
The town paid for it with money that two companies had given, because the state would not help.
A large part of the market had to go, and the police kept people away for some days.
The company that built it said that it had never had so large an order in thirty years."""


def quaint(text: str) -> str:
    for word, other in QUAINT.items():
        for form, spun_form in ((word, other), (word.capitalize(), other.capitalize())):
            text = re.sub(rf"\b{form}\b", spun_form, text)
    return text


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A spinner that nobody has seen, learned from three dozen small documents."""
    draws = [random.Random(number).sample(ORIGINALS, 5) for number in range(36)]
    model = learning.learn([([*map(quaint, lines)], lines) for lines in draws], "quaint")
    path = tmp_path_factory.mktemp("models") / "quaint.channel"
    model.save(path)
    return str(path)


def test_what_an_own_model_explains_is_not_touched_by_ours(learned: str) -> None:
    out, proposed = restored(quaint(UNSEEN), RestoreConfig(models=(learned,)))
    assert {edit.rule.partition("/")[0] for edit in proposed} == {"quaint"}
    assert out == UNSEEN


def test_an_own_model_may_have_the_name_of_ours(learned: str, tmp_path: Path) -> None:
    channel = Channel.open(learned)
    named = tmp_path / "named.channel"
    replace(channel, family="thesaurus").save(named)
    out, proposed = restored(quaint(UNSEEN), RestoreConfig(models=(str(named),)))
    assert {edit.rule.partition("/")[0] for edit in proposed} == {"thesaurus"}
    assert out == UNSEEN


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_an_own_model_leaves_other_texts_as_they_were(case: dict[str, Any], learned: str) -> None:
    assert restored(case["text"], RestoreConfig(models=(learned,)))[0] == restored(case["text"])[0]


def test_the_family_of_each_edit_is_told(learned: str) -> None:
    """Where both had a hand in a passage, each edit names the table that has it."""
    both = quaint(SPUN[0]["text"])
    _, proposed = restored(both, RestoreConfig(models=(learned,), family="thesaurus"))
    families = {edit.before: edit.rule.partition("/")[0] for edit in proposed}
    assert {families[word] for word in families if word in QUAINT.values()} == {"quaint"}
    assert "thesaurus" in families.values()
