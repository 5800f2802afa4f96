"""Quality without a reference: flags with value and threshold, nothing dropped."""

from __future__ import annotations

import random
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

import unspun
from strategies import texts
from unspun import quality
from unspun.config import TagConfig
from unspun.model import Quality, Spun, Tag
from unspun.quality import fluent, shape
from unspun.tagging import tag

PROSE = {
    "en": "The harbour office counted forty ships in March, two more than in the year before. "
    "Most of them carried timber from the north, and a few brought fruit. The master of the "
    "port said that he would have liked to see more, but that the crane was broken for a week "
    "and nobody could be found to mend it. It works again since Friday.",
    "de": "Das Hafenamt zählte im März vierzig Schiffe, zwei mehr als im Jahr davor. Die meisten "
    "brachten Holz aus dem Norden, einige auch Obst. Der Hafenmeister hätte gern mehr gesehen, "
    "doch der Kran war eine Woche lang kaputt, und niemand konnte ihn reparieren. Seit Freitag "
    "geht er wieder, und die Arbeit im Hafen läuft wie gewohnt weiter.",
    "zh-Hans": "港务局三月份统计了四十艘船，比去年多两艘。大多数船从北方运来木材，少数运来水果。"
    "港长说，他本来希望更多一些，但是起重机坏了一个星期，没有人能修好。星期五以后它又能用了。",
    "ja": "港の事務所は三月に四十隻の船を数えた。去年より二隻多い。ほとんどは北から木材を運び、"
    "いくつかは果物を運んできた。港長はもっと見たかったと言ったが、クレーンが一週間壊れていた。",
    "th": "สำนักงานท่าเรือนับเรือได้สี่สิบลำในเดือนมีนาคม มากกว่าปีก่อนสองลำ "
    "ส่วนใหญ่ขนไม้มาจากทางเหนือ และบางลำขนผลไม้มา หัวหน้าท่าเรือบอกว่าอยากเห็นมากกว่านี้",
    "hi": "बंदरगाह कार्यालय ने मार्च में चालीस जहाज़ गिने, पिछले साल से दो ज़्यादा। अधिकतर उत्तर से "
    "लकड़ी लाए और कुछ फल लाए। बंदरगाह के प्रमुख ने कहा कि वे और देखना चाहते थे, लेकिन क्रेन एक "
    "हफ़्ते तक ख़राब रही और उसे ठीक करने वाला कोई नहीं मिला। शुक्रवार से वह फिर चल रही है और काम ठीक है।",
}


def assess(text: str, **kinds: object) -> Quality:
    return quality.assess(text, tag(text, TagConfig()), **kinds)  # type: ignore[arg-type]


def flags(result: Quality) -> set[str]:
    return {part.name for part in result.parts if part.flagged}


@pytest.mark.parametrize("language", PROSE)
def test_sound_prose_is_not_flagged(language: str) -> None:
    result = assess(PROSE[language])
    assert not flags(result)
    assert result.score > 0.93


@pytest.mark.parametrize("language", ["zh-Hans", "ja", "th"])
def test_no_word_rules_where_no_spaces_are_written(language: str) -> None:
    names = {part.name for part in assess(PROSE[language]).parts}
    assert not {"gopher-words", "gopher-word-length", "gopher-stop-words"} & names


def test_stop_words_speak_of_english_alone() -> None:
    assert "gopher-stop-words" in {p.name for p in assess(PROSE["en"]).parts}
    assert "gopher-stop-words" not in {p.name for p in assess(PROSE["de"]).parts}


BAD = {
    "gopher-words": "Too short for a page.",
    "gopher-duplicate-lines": "Read more about the town\n" * 12,
    "gopher-top-2-gram": "buy now " * 60,
    "gopher-bullets": "\n".join(f"• item {k} of the long list of things" for k in range(20)),
    "gopher-ellipses": "\n".join(f"They went on and on to town {k}..." for k in range(20)),
    "gopher-symbols": "# tag # tag # tag # tag and so on it goes " * 10,
    "gopher-alphabetic": "12 34 56 78 90 - 11 22 33 and 44 " * 12,
    "c4-code": PROSE["en"] + " function() { return 1 }",
    "c4-javascript": PROSE["en"] + "\nPlease turn on JavaScript to see the map.",
    "fineweb-short-lines": "\n".join(f"Ship {k} came." for k in range(40)),
    "fineweb-line-ends": "\n".join(f"a heading of the page without an end {k}" for k in range(20)),
    "encoding-damage": PROSE["en"].replace("ships", "sh\ufffdps\x92"),
    "residue": PROSE["en"] + "\n" + PROSE["zh-Hans"],
}


@pytest.mark.parametrize("rule", BAD)
def test_rule_flags(rule: str) -> None:
    result = assess(BAD[rule])
    part = next(p for p in result.parts if p.name == rule)
    assert part.flagged
    assert part.score < 1
    assert result.score < assess(PROSE["en"]).score


def test_what_other_stages_found_counts() -> None:
    text = PROSE["en"]
    clean = assess(text).score
    assert assess(text, chrome=[Tag("chrome", 0, 120)]).score < clean
    assert assess(text, damage=[Tag("encoding-damage", 0, 9)]).score < clean
    assert assess(text, spun=Spun(0.97, is_spun=True)).score < 0.2
    assert assess(text, spun=Spun(0.0, is_spun=False)).score == pytest.approx(clean)
    poor, good = assess(text, fluency=(0.1, -7.9)), assess(text, fluency=(0.9, -6.2))
    assert poor.score < good.score < clean
    assert flags(poor) - flags(good) == {"fluency"}


def test_words_in_random_order_are_not_fluent() -> None:
    words = PROSE["en"].split()
    random.Random(5).shuffle(words)
    fluency, nats = fluent(PROSE["en"]) or (0.0, 0.0)
    other, fewer = fluent(" ".join(words)) or (1.0, 0.0)
    assert fluency > 0.8
    assert other < 0.4
    assert fewer < nats


@pytest.mark.parametrize("text", ["", "Too short to tell.", "  \n \n", "?" * 30])
def test_nothing_is_said_of_a_few_words(text: str) -> None:
    assert fluent(text) is None


def test_the_model_of_english_speaks_of_english_alone() -> None:
    spoken = {
        language: any(part.name == "fluency" for part in unspun.clean(text).quality.parts)
        for language, text in PROSE.items()
    }
    assert spoken == {language: language == "en" for language in PROSE}


@given(texts, st.floats(0, 1))
def test_any_text_gets_a_score(text: str, fluency: float) -> None:
    result = assess(text, fluency=(fluency, -7.0))
    assert 0 <= result.score <= 1
    assert all(0 <= part.score <= 1 for part in result.parts)
    assert len({part.name for part in result.parts}) == len(result.parts)


def _alike(size: int, between: str = "\n") -> str:
    """Lines of so many characters together that begin, end and are as long as each other."""
    return between.join(f"The first words {k:07} the last words." for k in range(size // 40))


@pytest.mark.parametrize("between", ["\n", "\n\n"])
@pytest.mark.parametrize("size", [400, 4_000, 40_000])
def test_lines_that_are_alike_at_both_ends_are_told_apart(size: int, between: str) -> None:
    text = _alike(size, between)
    once, twice = (shape.Shape.of(some, "en") for some in (text, text + between + text))
    assert (once.lines_again, once.paragraphs_again) == (0, 0)
    paragraphs = size // 40 if between == "\n\n" else 0
    assert (twice.lines_again, twice.paragraphs_again) == (size // 40, paragraphs)


@pytest.mark.parametrize("unit", ["word ", "字", "line\n", "a", "{", "\n\n"])
def test_time_is_linear(unit: str) -> None:
    def cost(size: int) -> float:
        text = unit * (size // len(unit))
        tagged = tag(text, TagConfig())
        start = process_time()
        quality.assess(text, tagged)
        return process_time() - start

    cost(1_000)
    assert cost(400_000) < 12 * cost(100_000) + 0.5


def test_lines_that_are_alike_take_no_more_time_each() -> None:
    def cost(size: int) -> float:
        text = _alike(size)
        start = process_time()
        shape.Shape.of(text, "en")
        return process_time() - start

    assert cost(3_200_000) < 12 * cost(800_000) + 0.2


@pytest.mark.parametrize(("language", "stops"), [("en", 3), ("en-GB", 3), ("de", 0), ("th", 0)])
def test_stop_words_are_those_of_english(language: str, stops: int) -> None:
    assert shape.Shape.of("That and the rest, THE more.", language).stops == stops


@pytest.mark.parametrize("count", [0, 1, 3])
def test_any_number_of_texts_is_counted_without_the_kernel(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = [(f"{PROSE['en']} {k}\n" * 300, "en") for k in range(count)]
    alone = [shape.Shape.of(text, language) for text, language in batch]
    monkeypatch.setattr(shape, "_counter", lambda: None)
    assert shape.Shape.of_many(batch) == alone


def test_clean_references_score_high(shared: Path) -> None:
    for path in sorted((shared / "corpus" / "clean").glob("*.txt")):
        assert assess(path.read_text(encoding="utf-8")).score > 0.95
