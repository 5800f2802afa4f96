"""`unspun score` on real machine translation, as its users meet it."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from test_cli import lines, unspun

REFERENCE = "generaltest2023.zh-en.ref.refA.en"


@pytest.fixture(scope="module")
def wmt(shared: Path) -> Path:
    return shared / "data/mt/wmt23_zhen"


def test_scores_by_line_are_the_published_ones(wmt: Path) -> None:
    table = (wmt / "published_automatic_scores.tsv").read_text("utf-8").splitlines()
    rows = csv.DictReader(table, delimiter="\t")
    published = {(r["system"], r["metric"]): float(r["score"]) for r in rows}
    system = wmt / "generaltest2023.zh-en.hyp.ONLINE-Y.en"
    done = unspun("score", system, wmt / REFERENCE, "--by", "line", "--metric", "bleu", "--json")
    (record,) = lines(done.stdout)
    assert record["corpus"]["bleu"] == published["ONLINE-Y", "bleu-refA"]


def test_systems_are_ranked_in_groups(wmt: Path) -> None:
    systems = [wmt / f"generaltest2023.zh-en.hyp.{n}.en" for n in ("ONLINE-A", "Yishu", "ANVITA")]
    done = unspun("score", wmt / REFERENCE, *systems, "--by", "line", "--metric", "bleu", "--json")
    (record,) = lines(done.stdout)
    ranked = record["systems"]
    assert [s["system"].split(".")[3] for s in ranked] == ["Yishu", "ONLINE-A", "ANVITA"]
    assert [s["groups"]["bleu"] for s in ranked] == [1, 2, 3]


def test_gates_tell_junit_and_github(tmp_path: Path) -> None:
    (tmp_path / "hyp.txt").write_text("The ferry leaves at nine from the north pier.\n")
    (tmp_path / "ref.txt").write_text("The ferry leaves at ten from the south pier.\n")
    done = unspun(
        "score", "hyp.txt", "ref.txt", "--fail-under", "bleu=99", "--fail-under", "ter=90",
        "--junit", "gates.xml", "--github", cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 1
    assert b"::error" in done.stdout
    suite = ET.parse(tmp_path / "gates.xml").getroot()
    assert suite.get("tests") == "2"
    assert suite.get("failures") == "1"
    assert [c.get("name") for c in suite.iter("testcase")] == ["bleu=99", "ter=90"]


def test_a_significantly_worse_version_fails(tmp_path: Path) -> None:
    reference = [f"Boat number {n} lay in the harbour of Tarn all winter.\n" for n in range(60)]
    (tmp_path / "ref.txt").write_text("".join(reference))
    (tmp_path / "old.txt").write_text("".join(reference))
    worse = [s.replace("lay in", "was lying at") for s in reference]
    (tmp_path / "new.txt").write_text("".join(worse))
    args = ("score", "new.txt", "ref.txt", "--by", "line", "--metric", "bleu")
    done = unspun(*args, "--fail-if-worse-than", "old.txt", cwd=tmp_path)
    assert done.returncode == 1
    assert b"p=0.0" in done.stderr
    same = unspun(*args, "--fail-if-worse-than", "new.txt", cwd=tmp_path)
    assert same.returncode == 0


def test_lines_that_do_not_pair_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "hyp.txt").write_text("one\ntwo\n")
    (tmp_path / "ref.txt").write_text("one\n")
    done = unspun("score", "hyp.txt", "ref.txt", "--by", "line", cwd=tmp_path)
    assert done.returncode == 2
    assert b"2 lines against 1" in done.stderr
    whole = unspun("score", "hyp.txt", "ref.txt", "--json", cwd=tmp_path)
    assert json.loads(whole.stdout)["corpus"]["bleu"] < 100
