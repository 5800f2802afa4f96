"""Translation QA inside a run: findings in the results and on the page, where they stand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from typer.testing import CliRunner

import tiny_model
from browsing import browser, complaints, evaluate
from test_review import written
from unspun import batches, pipeline, records, review, verification
from unspun.cli import app
from unspun.config import Config
from unspun.model import Document
from unspun.protocol import Answer, Answers, Usage
from unspun.report import CheckedView, DocumentView, RunView, render
from unspun.store import Store

__all__ = ["browser"]  # a fixture

PAGE = "The harbour was closed on Monday.\n\n渡船因为风暴关闭了。他们花10.5亿元修桥。\n"


class Phrasebook:
    """An engine that knows two sentences, one of them badly."""

    name = "phrasebook"
    glossary: dict[str, tuple[str, ...]] = {}  # noqa: RUF012
    phrases = {  # noqa: RUF012
        "渡船因为风暴关闭了。": "The ferry was closed",
        "他们花10.5亿元修桥。": "They spent 1.5 billion yuan on the bridge.",
    }

    def placeholder(self, source: str, target: str) -> str:  # noqa: ARG002
        return "[{}]"

    def translate(self, segments: Sequence[str], source: str, target: str) -> Answers:  # noqa: ARG002
        return Answers(tuple(Answer(self.phrases.get(s), 0.9) for s in segments), "1", Usage(1))


def result() -> pipeline.Result:
    config = Config.from_dict({"translate": {"to": "en"}})
    return pipeline.process(Document("page", PAGE), config, translator=Phrasebook())


def test_findings_stand_where_they_say() -> None:
    done = result()
    found = {(v.finding.rule, v.finding.severity): v for v in verification.translated(done)}
    mark = found["final-mark", "minor"]
    assert PAGE[slice(*mark.passage)] == "渡船因为风暴关闭了。"
    assert mark.finding.target is not None
    assert done.text[slice(*mark.finding.target)] == "d"
    left = found["untranslated", "major"]
    assert PAGE[slice(*left.passage)] == "他们花10.5亿元修桥。"
    assert "1.5 billion" in left.finding.message
    assert all(0 <= s[0] <= s[1] <= len(PAGE) for v in found.values() if (s := v.finding.source))


def test_a_record_gives_the_finding_back() -> None:
    for item in verification.translated(result()):
        again = records.to_verified(json.loads(json.dumps(records.verified(item))))
        assert again.passage == item.passage
        assert again.finding.message == item.finding.message
        assert again.finding.target == item.finding.target


def test_nothing_is_said_of_what_was_not_translated() -> None:
    plain = pipeline.process(Document("page", "The harbour was closed on Monday.\n"))
    assert verification.translated(plain) == ()


CHINESE = "市长昨天在港口公布了新的计划，居民等了三天。\n\n渡船公司今年亏损10.5亿元，职员很担心。\n"
ENGLISH = (
    "The mayor announced the new plan at the harbour yesterday; residents had waited three days."
    "\n\nThe ferry company lost 1.5 billion yuan this year, and its staff is worried.\n"
)


def run(folder: Path, raw: str, reference: str | None = None) -> Path:
    (folder / "raw").mkdir()
    (folder / "raw/page.txt").write_text(raw, encoding="utf-8")
    clean = None
    if reference is not None:
        clean = folder / "clean"
        clean.mkdir()
        (clean / "page.txt").write_text(reference, encoding="utf-8")
    batches.run(folder / "raw", clean, folder / "out", Config(), workers=1)
    return folder / "out"


def findings(out: Path) -> list[dict[str, Any]]:
    lines = (out / "spans.jsonl").read_text(encoding="utf-8").splitlines()
    return [r for r in map(json.loads, lines) if r["type"] == "qa"]


def test_a_reference_in_another_language_is_a_translation(tmp_path: Path) -> None:
    out = run(tmp_path, CHINESE, ENGLISH)
    (found,) = findings(out)
    assert (found["kind"], found["severity"], found["of"]) == ("number", "major", "reference")
    assert CHINESE[found["start"] : found["end"]] == "10.5亿"
    assert ENGLISH[slice(*found["target"])] == "1.5 billion"
    assert "10.5亿" in (out / "report.html").read_text(encoding="utf-8")


def test_findings_of_a_run_are_written_as_sarif(tmp_path: Path) -> None:
    out = run(tmp_path, "One line\n\n" + CHINESE, "One line\n\n" + ENGLISH)
    asked = ["report", str(out), "--sarif", str(tmp_path / "qa.sarif")]
    assert CliRunner().invoke(app, asked).exit_code == 0
    (made,) = json.loads((tmp_path / "qa.sarif").read_bytes())["runs"]
    (result,) = made["results"]
    rule = made["tool"]["driver"]["rules"][result["ruleIndex"]]
    assert rule["id"] == result["ruleId"] == "number"
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "page.txt"
    region = place["region"]
    assert (region["snippet"]["text"], region["startLine"]) == ("10.5亿", 5)
    start = region["charOffset"]
    assert ("One line\n\n" + CHINESE)[start : start + region["charLength"]] == "10.5亿"


def test_a_reference_in_the_same_language_is_none(tmp_path: Path) -> None:
    assert findings(run(tmp_path, ENGLISH, ENGLISH.replace("1.5", "1.05"))) == []


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    words = {**tiny_model.WORDS, "居民": "▁Residents▁residents"}  # a word twice: one finding each
    return tiny_model.build(tmp_path_factory.mktemp("models") / "toy-zh-en", words)


def test_a_rejected_translation_takes_its_findings_along(toy: Path, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    text = f"{PAGE.splitlines()[0]}\n\n居民等了三天。\n\n居民昨天读报告。\n"
    (raw / "page.txt").write_text(text, encoding="utf-8")
    config = Config.from_dict({"translate": {"to": "en", "models": [str(toy)]}})
    batches.run(raw, None, tmp_path / "out", config, workers=0)
    ledger = [edit for stored in Store(tmp_path / "out") for edit in stored.ledger]
    edits = [edit for edit in ledger if edit.stage == "translate"]
    mine = [{**f, "target": None} for f in findings(tmp_path / "out")]
    choices = [("page", edits[0], "reject")]
    path = written(tmp_path / "d.json", tmp_path / "out", choices)
    review.apply(tmp_path / "out", path, tmp_path / "new")
    left = [{**f, "target": None} for f in findings(tmp_path / "new")]
    assert len(edits) == 2
    assert {f["passage"][0] for f in mine} == {edit.start for edit in edits}
    assert left == [f for f in mine if f["passage"][0] != edits[0].start]
    clean = (tmp_path / "new/text/page.txt").read_text(encoding="utf-8")
    assert all(
        text[slice(*f["passage"])] not in clean and f["target"][1] <= len(clean)
        for f in findings(tmp_path / "new")
        if f["target"]
    )


HOSTILE = '</script><img src=x onerror="document.title=1">'


@pytest.fixture
def page(tmp_path: Path) -> Path:
    view = DocumentView(
        "page",
        raw="市长付了10.5亿元。",
        clean=f"The mayor paid 1.5 billion yuan. {HOSTILE}",
        checked=(
            CheckedView("spacing", "minor", "Fluency", "two blanks", (0, 2), (0, 3), score=0.9),
            CheckedView(
                "number",
                "major",
                "Accuracy/Mistranslation",
                f"10.5亿 became {HOSTILE}",
                (4, 9),
                (15, 26 + 7 + len(HOSTILE)),
            ),
        ),
    )
    path = tmp_path / "report.html"
    path.write_text("".join(render(RunView(), [view])), encoding="utf-8")
    return path


@pytest.fixture
def opened(browser: webdriver.Chrome, page: Path) -> Iterator[webdriver.Chrome]:
    browser.get(page.as_uri())
    yield browser
    assert complaints(browser) == []


@pytest.mark.browser
@pytest.mark.timeout(300)
def test_the_page_lists_findings_the_severest_first(opened: webdriver.Chrome) -> None:
    script = (
        "return [...document.querySelectorAll('details.card')]"
        ".filter(c => c.textContent.startsWith('Translation QA'))"
        ".map(c => [c.querySelector('summary').textContent,"
        " ...[...c.querySelectorAll('li')].map(i => i.textContent)])[0]"
    )
    summary, first, second = evaluate(opened, script)
    assert summary == "Translation QA: 2 findings, 1 major or critical"
    assert first.startswith("major: number")
    assert "Accuracy/Mistranslation" in first
    assert HOSTILE in first
    assert "10.5亿" in first
    assert "1.5 billion" in first
    assert second.startswith("minor: spacing")
    assert evaluate(opened, "return document.querySelectorAll('img[src=x]').length") == 0
