"""`unspun qa` as its users meet it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import unspun
from test_cli import lines
from test_cli import unspun as command
from unspun.cli import app

PAIRS = (
    "营收10.5亿元。\tIt made 1.05 billion yuan.\n"
    "他26日抵达上海。\tHe arrived in Shanghai on the 28th.\n"
    "会议结束了\tThe meeting  is over\n"
)


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    path = tmp_path / "pairs.tsv"
    path.write_text(PAIRS, encoding="utf-8")
    return path


def test_findings_come_as_json_lines_with_spans(pairs: Path) -> None:
    done = command("qa", pairs, "-s", "zh", "-t", "en", "--json")
    assert done.returncode == 0
    first, second = lines(done.stdout)
    (finding,) = first["findings"]
    assert finding["rule"] == "number"
    assert first["source"][slice(*finding["source"])] == "26"
    assert first["target"][slice(*finding["target"])] == "28th"
    assert [f["rule"] for f in second["findings"]] == ["spacing"]
    assert (first["line"], second["line"]) == (2, 3)


@pytest.mark.parametrize(
    ("options", "status"),
    [
        (["--fail-on", "major"], 1),
        (["--fail-on", "critical"], 0),
        (["--fail-on", "minor", "--rule", "tag"], 0),
        (["--fail-on", "major", "--no-rule", "number"], 0),
        (["--fail-on", "grave"], 2),
        (["--rule", "nope"], 2),
    ],
)
def test_status_follows_the_severity_asked_for(
    pairs: Path, options: list[str], status: int
) -> None:
    done = CliRunner().invoke(app, ["qa", str(pairs), *options])
    assert done.exit_code == status


def test_sarif_has_what_its_schema_requires(pairs: Path, tmp_path: Path) -> None:
    CliRunner().invoke(app, ["qa", str(pairs), "--sarif", str(tmp_path / "qa.sarif")])
    log = json.loads((tmp_path / "qa.sarif").read_bytes())
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "unspun"
    ids = [rule["id"] for rule in driver["rules"]]
    assert len(set(ids)) == len(ids)
    assert run["columnKind"] == "unicodeCodePoints"
    assert len(run["results"]) == 2
    for result in run["results"]:
        assert result["message"]["text"]
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in {"none", "note", "warning", "error"}
        (place,) = result["locations"]
        physical = place["physicalLocation"]
        assert physical["artifactLocation"]["uri"].endswith("pairs.tsv")
        assert physical["region"]["startLine"] >= 1


def test_a_glossary_is_checked_and_a_broken_one_named(pairs: Path, tmp_path: Path) -> None:
    terms = tmp_path / "terms.tsv"
    terms.write_text("会议\tconference\n", encoding="utf-8")
    asked = ["qa", str(pairs), "--glossary", str(terms), "--rule", "term", "--json"]
    (record,) = lines(CliRunner().invoke(app, asked).stdout_bytes)
    assert record["findings"][0]["expected"] == "conference"
    terms.write_text("会议\n", encoding="utf-8")
    done = command("qa", pairs, "--glossary", terms)
    assert done.returncode == 2
    assert b"line 1" in done.stderr


def test_rules_are_listed_and_a_path_is_needed() -> None:
    assert "untranslated" in CliRunner().invoke(app, ["qa", "--rules"]).stdout
    assert CliRunner().invoke(app, ["qa"]).exit_code == 2


def test_python_pairs_passages_of_texts_and_segments_of_lists() -> None:
    report = unspun.qa(["Es kostet 5 Euro.", "Am 3. Mai."], ["It costs 6 euros.", "On 3 May."])
    assert [(c.unit.id, len(c.findings)) for c in report.units] == [("0", 1), ("1", 0)]
    text = "Es kostet heute nur 5 Euro.\nIm Mai 2019 kostete es noch 8 Euro.\n"
    report = unspun.qa(text, "It costs only 5 euros today.\n")
    assert [f.rule for f in report.findings] == ["omission"]
    assert report.languages.source == "de"
    with pytest.raises(unspun.MismatchError):
        unspun.qa(["a"], [])


RUBBISH = {
    "broken.tmx": (b'<tmx version="1.4"><body><tu><tuv xml:lang="zh"><seg>abc', "not well-formed"),
    "page.xliff": (b"<html><body>no</body></html>", "<xliff> is expected"),
    "empty.tmx": (b"", "not well-formed"),
    "empty.tsv": (b"", "no segments to check"),
    "one.tsv": (b"one column only\n", "line 1"),
    "bytes.tsv": (b"\xff\xfe\x00\x01garb", "bytes.tsv"),
}


@pytest.mark.parametrize("name", RUBBISH)
def test_rubbish_says_what_is_wrong(tmp_path: Path, name: str) -> None:
    data, told = RUBBISH[name]
    (tmp_path / name).write_bytes(data)
    done = CliRunner().invoke(app, ["qa", str(tmp_path / name)])
    assert done.exit_code == 2
    assert told in done.output + str(done.exception)
