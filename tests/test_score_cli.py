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


@pytest.fixture
def boats(tmp_path: Path) -> Path:
    """A reference of 60 lines, a version as good, and a worse one."""
    reference = [f"Boat number {n} lay in the harbour of Tarn all winter.\n" for n in range(60)]
    (tmp_path / "ref.txt").write_text("".join(reference))
    (tmp_path / "good.txt").write_text("".join(reference))
    worse = [s.replace("lay in", "was lying at") for s in reference]
    (tmp_path / "worse.txt").write_text("".join(worse))
    return tmp_path


def test_a_significantly_worse_version_fails(boats: Path) -> None:
    args = ("score", "worse.txt", "ref.txt", "--by", "line", "--metric", "bleu")
    done = unspun(*args, "--fail-if-worse-than", "good.txt", cwd=boats)
    assert done.returncode == 1
    assert b"p=0.0" in done.stderr
    same = unspun(*args, "--fail-if-worse-than", "worse.txt", cwd=boats)
    assert same.returncode == 0


@pytest.mark.parametrize("test", ["bootstrap", "randomisation"])
def test_gates_ask_every_ranked_system(boats: Path, test: str) -> None:
    args = ("score", "ref.txt", "good.txt", "worse.txt", "--by", "line", "--metric", "bleu")
    old = "a version of the autumn before, 100% as it was then, with a long name.txt"
    (boats / old).write_bytes((boats / "good.txt").read_bytes())
    done = unspun(
        *args, "--fail-under", "bleu=90", "--fail-if-worse-than", old, "--test", test,
        "--junit", "gates.xml", "--github", cwd=boats,
    )  # fmt: skip
    assert done.returncode == 1
    notes = [x for x in done.stdout.decode().splitlines() if x.startswith("::error")]
    assert [x.split("::")[2].split(":")[0] for x in notes] == ["worse.txt", "worse.txt"]
    assert "100%25 as it was" in notes[1]  # a whole line, escaped
    assert "p=0.0" in notes[1]
    assert ET.parse(boats / "gates.xml").getroot().get("tests") == "4"
    assert (
        unspun(*args[:3], "ref.txt", *args[4:], "--fail-under", "bleu=90", cwd=boats).returncode
        == 0
    )


def test_a_ranking_has_intervals_and_coverage(boats: Path) -> None:
    args = ("score", "ref.txt", "good.txt", "worse.txt", "--by", "line", "--intervals", "--json")
    (record,) = lines(unspun(*args, cwd=boats).stdout)
    for system in record["systems"]:
        assert system["coverage"] == {"hyp": 1.0, "ref": 1.0}
        assert system["intervals"]["chrf"]["mean"] == pytest.approx(system["chrf"], abs=0.5)


def test_one_segment_says_nothing_about_significance(boats: Path) -> None:
    done = unspun("score", "worse.txt", "ref.txt", "--fail-if-worse-than", "good.txt", cwd=boats)
    assert done.returncode == 2
    assert b"one segment says nothing" in done.stderr
    several = ("score", "ref.txt", "worse.txt", "good.txt")
    refused = unspun(*several, "--fail-if-worse-than", "good.txt", cwd=boats)
    assert refused.returncode == 2
    assert b"one segment says nothing" in refused.stderr
    ranked = unspun(*several, cwd=boats)
    assert ranked.returncode == 0
    assert b"group" not in ranked.stdout
    assert ranked.stdout.index(b"good.txt") < ranked.stdout.index(b"worse.txt")


@pytest.mark.parametrize("by", ["document", "aligned", "line"])
def test_coverage_stands_beside_every_score(boats: Path, by: str) -> None:
    reference = (boats / "ref.txt").read_text().splitlines()
    kept = [x if n < 45 else "" for n, x in enumerate(reference)]
    (boats / "part.txt").write_text("\n".join(kept) + "\n")
    args = ("score", "part.txt", "ref.txt", "--by", by)
    shown = unspun(*args, cwd=boats).stdout.decode()
    assert shown.count("100% / 75%") == 2  # of the document, and of all
    (record,) = lines(unspun(*args, "--json", cwd=boats).stdout)
    assert record["coverage"]["ref"] == pytest.approx(0.75, abs=0.01)
    assert record["documents"][0]["coverage"] == record["coverage"]


SEEN = "The café at the quay is open on weekdays, and the owner knows every guest by name."
DOUBTED = [
    (SEEN.replace("é", "Ã©"), "damaged characters"),
    ("The café is open.", "of the hypotheses' length"),
    ("Hundreds of cyclists rode round the lake, although it had begun to snow heavily by noon.",
     "nearer to the others"),
]  # fmt: skip


def _guests(folder: Path, reference: str, texts: list[str]) -> list[str]:
    (folder / "ref.txt").write_text(reference + "\n")
    for number, text in enumerate(texts):
        (folder / f"{number}.txt").write_text(text + "\n")
    return [f"{number}.txt" for number in range(len(texts))]


@pytest.mark.parametrize(("reference", "reason"), DOUBTED)
def test_a_reference_that_looks_worse_is_named(tmp_path: Path, reference: str, reason: str) -> None:
    texts = [SEEN, SEEN.replace("guest", "visitor"), SEEN.replace("quay", "harbour")]
    systems = _guests(tmp_path, reference, texts)
    done = unspun("score", "ref.txt", *systems, cwd=tmp_path)
    assert reason in done.stderr.decode()
    assert done.returncode == 0


@pytest.mark.parametrize("count", [1, 3])
def test_a_reference_that_is_better_is_not_doubted(tmp_path: Path, count: int) -> None:
    texts = [
        "The cafe at quay open in weekdays, and owner know every guest by the name.",
        "The cafÃ© at the quay is open weekdays, the owner knows all guests by name.",
        "At the pier the café is opened on weekday and its owner is knowing each guest by name.",
    ]
    systems = _guests(tmp_path, SEEN, texts[:count])
    paths = ["ref.txt", *systems] if count > 1 else [*systems, "ref.txt"]
    assert unspun("score", *paths, cwd=tmp_path).stderr == b""


def test_a_damaged_reference_of_one_text_is_named(tmp_path: Path) -> None:
    _guests(tmp_path, DOUBTED[0][0], [SEEN])
    assert b"damaged" in unspun("score", "0.txt", "ref.txt", cwd=tmp_path).stderr


def test_each_line_has_its_scores(boats: Path) -> None:
    args = ("score", "worse.txt", "ref.txt", "--by", "line", "--segments")
    (record,) = lines(unspun(*args, "--json", cwd=boats).stdout)
    assert len(record["segments"]) == 60
    assert record["segments"][0].keys() == {"bleu", "chrf", "ter"}
    assert " 60 " in unspun(*args, cwd=boats).stdout.decode()
    assert unspun(*args[:3], "--segments", cwd=boats).returncode == 2


def test_lines_that_do_not_pair_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "hyp.txt").write_text("one\ntwo\n")
    (tmp_path / "ref.txt").write_text("one\n")
    done = unspun("score", "hyp.txt", "ref.txt", "--by", "line", cwd=tmp_path)
    assert done.returncode == 2
    assert b"2 lines against 1" in done.stderr
    whole = unspun("score", "hyp.txt", "ref.txt", "--json", cwd=tmp_path)
    assert json.loads(whole.stdout)["corpus"]["bleu"] < 100
