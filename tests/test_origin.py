"""Original, machine-translated or spun, with evidence that a person can check."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given

import unspun
from strategies import texts
from unspun import batches, pipeline
from unspun.config import TagConfig
from unspun.model import Document, Origin, Spun
from unspun.tagging import evidence, origin, style, tag

BODY = (
    "Ludan Robotics opened a second plant in the spring. The plant makes joints for small arms. "
    "Its owners want to sell them in the north first. Nobody expects a profit this year. "
)
LINK = "https://example.org/zh/%E6%96%B0%E5%B7%A5%E5%BB%A0%E9%96%8B%E5%B9%95"


def judge(text: str) -> Origin:
    return origin.judge(text, tag(text, TagConfig()))


NOTES = [
    ("This article is an English translation of the original Chinese article.", "zh"),
    ("The text above was a translation of the original German version.", "de"),
    ("Original Japanese article at: https://example.org/ja", "ja"),
    ("This story was translated from Russian by our desk.", "ru"),
    ("Translated from the original Spanish.", "es"),
    ("Machine translation of the Korean report.", "ko"),
    ("This post has been automatically translated.", ""),
    ("Translated by Google", ""),
    ("Aus dem Englischen übersetzt von unserer Redaktion.", "en"),
    ("Traduit de l’anglais par la rédaction.", "en"),
]
NO_NOTES = [
    "She is a translator of Chinese novels and lives in Leeds.",
    "The book has been translated into nine languages.",
    "The original article was published in 2019 and drew many letters.",
    "Lost in translation: how menus go wrong.",
    "A translation error cost the firm two million pounds.",
    "The Chinese article said that prices would fall.",
    "He read the original German edition at school.",
    "Machine translation has made great strides, the lecturer said.",
    "Results translated into higher pay for the staff.",
    "We translated this into numbers that the board could follow.",
    "The report is available in French.",
]


@pytest.mark.parametrize(("note", "language"), NOTES)
def test_stated_translation_is_found(note: str, language: str) -> None:
    text = f"{BODY}\n\n{note}\n"
    found = evidence.notes(text)
    assert [f.detail for f in found] == [language]
    assert text[found[0].start : found[0].end] in note
    result = judge(text)
    assert result.label == "machine-translated"
    assert result.source_language == (language or None)


@pytest.mark.parametrize("line", NO_NOTES)
def test_talk_of_translation_is_no_note(line: str) -> None:
    assert evidence.notes(BODY + line) == []
    assert judge(BODY + line).label == "original"


def test_residue_and_links_point_to_the_source() -> None:
    text = f"{BODY}\n\n新工廠開幕儀式在北方舉行\n\n{LINK}\n"
    result = judge(text)
    kinds = {f.kind: f for f in result.evidence}
    assert result.label == "machine-translated"
    assert result.source_language == "zh"
    assert text[kinds["residue"].start : kinds["residue"].end].strip() == "新工廠開幕儀式在北方舉行"
    assert kinds["encoded-link"].detail == "zh-Hant 新工廠開幕"
    assert text[kinds["encoded-link"].start : kinds["encoded-link"].end].startswith("%E6")


def test_note_in_chinese() -> None:
    found = evidence.notes(f"{BODY}\n\n本文由机器翻译,仅供参考。\n")
    assert [(f.kind, f.detail) for f in found] == [("translation-note", "")]


def test_one_quoted_name_does_not_convict() -> None:
    assert judge(BODY + "The sign reads 新工廠 in red letters.").label == "original"
    assert judge(BODY + f"See {LINK} for pictures.").label == "original"


def test_encoded_latin_is_no_evidence() -> None:
    text = BODY + "https://example.org/a%20b%2Fc/caf%C3%A9%20%C3%A9t%C3%A9"
    assert evidence.encoded_links(text, tag(text, TagConfig())) == []


def test_no_verdict_on_one_sentence() -> None:
    assert judge("Translated from Chinese").label == "original"


def test_quotation_conventions_that_meet() -> None:
    found = evidence.quotations(r"It's “new”, she said: 'don't' isn't old，really.")
    assert {f.detail.split()[0] for f in found} == {"curly", "full-width"}
    assert evidence.quotations("It's \"new\", isn't it?") == []


def test_spun_outweighs_the_rest() -> None:
    text = f"{BODY}\n\n{NOTES[0][0]}"
    spun = Spun(0.98, is_spun=True)
    assert origin.judge(text, tag(text, TagConfig()), spun).label == "spun"


@given(texts)
def test_any_text_gets_a_sound_answer(text: str) -> None:
    result = judge(text)
    assert 0.5 <= result.score <= 1
    assert all(0 <= f.start < f.end <= len(text) for f in result.evidence)


def test_style_says_nothing_of_short_text() -> None:
    assert style.load().log_odds(BODY) == 0


def test_style_is_blind_to_topic() -> None:
    """Words of the topic are blanks: exchanging them changes nothing."""
    text = BODY * 8
    other = text.replace("plant", "stock").replace("joints", "charts").replace("spring", "string")
    assert style.load().log_odds(text) == style.load().log_odds(other)


def test_the_corpus(shared: Path) -> None:
    for path in sorted((shared / "corpus").rglob("*.txt")):
        text = path.read_text(encoding="utf-8")
        result = judge(text)
        if path.parent.name == "raw" and path.stem == "zh-translated":
            assert (result.label, result.source_language) == ("machine-translated", "zh")
            kinds = {f.kind for f in result.evidence}
            assert {"translation-note", "residue", "encoded-link", "mixed-quotation"} <= kinds
        else:
            assert result.label == "original", path


def test_style_ranks_systems_of_another_year(shared: Path) -> None:
    """WMT23 systems, none of them seen, against news that was not seen either."""
    zstandard = pytest.importorskip("zstandard")
    model = style.load()
    translated, written = [], []
    for path in sorted((shared / "data/mt/wmt23_zhen").glob("*.hyp.*.en"))[::4]:
        rows = path.read_text(encoding="utf-8").splitlines()
        translated += [" ".join(rows[k : k + 12]) for k in range(0, len(rows) - 12, 48)]
    for source in ("news_abc_au", "gov_senate_press", "tech_rust_blog", "news_agnews_test"):
        with (shared / f"data/lm-text/{source}.txt.zst").open("rb") as file:
            data = zstandard.ZstdDecompressor().stream_reader(file).read(200_000)
        rows = data.decode(errors="ignore").splitlines()
        written += [" ".join(rows[k : k + 8]) for k in range(0, len(rows) - 8, 8)]
    mine, theirs = ([x for x in map(model.log_odds, part) if x] for part in (translated, written))
    assert min(len(mine), len(theirs)) > 50
    wins = sum((a > b) + 0.5 * (a == b) for a in mine for b in theirs)
    assert wins / (len(mine) * len(theirs)) > 0.9


STATED = [
    (
        (
            'The ferry stays in harbour. The wind was too strong. This article "The ferry that '
            'never left" is an English translation of the original Chinese article, written '
            "by Lin Mei.\n\n"
            '"從未離開的渡船與它的船長\n\nOriginal Chinese article at:\n\n'
            "https://example.org/zh/%E5%BE%9E%E6%9C%AA%E9%9B%A2%E9%96%8B%E7%9A%84%E6%B8%A1%E8%88%B9/\n"
        ),
        ("zh", "從未離開的渡船與它的船長", "The ferry that never left", "Lin Mei"),
        "https://example.org/zh/%E5%BE%9E%E6%9C%AA%E9%9B%A2%E9%96%8B%E7%9A%84%E6%B8%A1%E8%88%B9/",
    ),
    (
        (
            "The mill was sold. Nobody asked why. This story was translated from Polish. "
            "Original title: Kto kupił młyn? Author: Jan Nowak\nIt first stood at "
            "https://example.org/mlyn.html."
        ),
        ("pl", "Kto kupił młyn?", "", "Jan Nowak"),
        "https://example.org/mlyn.html",
    ),
    (
        (
            "The bridge is open. Original Chinese article at: "
            "https://example.org/%E6%A9%8B%E6%A2%81%E9%87%8D%E9%96%8B"
        ),
        ("zh", "橋梁重開", "", ""),
        "https://example.org/%E6%A9%8B%E6%A2%81%E9%87%8D%E9%96%8B",
    ),
]
SILENT = [
    "The council met on Monday. It will meet again. Read more at https://example.org/a.",
    'She wrote "The ferry that never left" in a week. It was translated into ten languages.',
    "This article was translated from Polish. It is about a mill.",
]


@pytest.mark.parametrize(("text", "named", "link"), STATED)
def test_the_source_that_a_page_states(
    text: str, named: tuple[str, str, str, str], link: str
) -> None:
    stated = unspun.tag(text).origin.stated
    assert stated is not None
    assert (stated.language, stated.title, stated.translated, stated.author) == named
    assert stated.link == link
    assert 0 <= stated.start < stated.end <= len(text)


@pytest.mark.parametrize("text", SILENT)
def test_no_source_is_made_up(text: str) -> None:
    assert unspun.tag(text).origin.stated is None


def test_the_customers_page_names_its_source(shared: Path, tmp_path: Path) -> None:
    page = shared / "corpus/raw/zh-translated.txt"
    text = page.read_text(encoding="utf-8")
    result = pipeline.process(Document("page", text))
    assert result.tagged is not None
    stated = result.tagged.origin.stated
    assert stated is not None
    assert (stated.language, stated.author) == ("zh", "Xiao Lin")
    assert f'"{stated.title}' in text
    assert f'"{stated.translated}"' in text
    assert stated.link in text
    residue = [text[t.start : t.end] for t in result.tags if t.kind == "residue"]
    assert len(residue) == 3
    batches.run(page, None, tmp_path / "out")
    record = json.loads((tmp_path / "out/documents.jsonl").read_text(encoding="utf-8"))
    assert record["origin"]["stated"]["title"] == stated.title
    assert stated.title in (tmp_path / "out/report.html").read_text(encoding="utf-8")
