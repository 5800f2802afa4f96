"""The command line as its users meet it: real processes, real files."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ARTICLE = (
    "The harbour board met on Monday to talk about the new ferry line.\n\n"
    "Its chairwoman, Zoë Lindqvist, said that the first boats would arrive in spring and that "
    "fares would not rise before the summer season.\n"
)
BROKEN = ARTICLE.replace("Zoë", "ZoÃ«")


def unspun(
    *args: str | Path, stdin: bytes = b"", cwd: Path | None = None, **env: str
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "unspun", *map(str, args)],
        input=stdin,
        capture_output=True,
        check=False,
        cwd=cwd,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "120", **env},
    )


def lines(data: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in data.splitlines()]


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with results: two good documents, one with a reference, and one that is no text."""
    base = tmp_path_factory.mktemp("batch")
    (base / "raw/news").mkdir(parents=True)
    (base / "clean/news").mkdir(parents=True)
    (base / "raw/news/ferry.txt").write_text(BROKEN, encoding="utf-8")
    (base / "clean/news/ferry.txt").write_text(ARTICLE, encoding="utf-8")
    (base / "raw/alone.txt").write_bytes(b"\xef\xbb\xbf" + ARTICLE.encode().replace(b"\n", b"\r\n"))
    (base / "raw/picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    done = unspun("run", base / "raw", "--reference", base / "clean", "--out", base / "out")
    assert done.returncode == 1, done.stderr
    return base


def test_run_writes_everything_it_promises(batch: Path) -> None:
    out = batch / "out"
    names = {p.name for p in out.iterdir()}
    assert names == {
        "text", "quarantine", "documents.jsonl", "spans.jsonl", "ledger.jsonl", "diffs.jsonl",
        "report.html", "manifest.json",
    }  # fmt: skip
    assert (out / "text/news/ferry.txt").read_text("utf-8") == ARTICLE
    assert (out / "text/alone.txt").read_bytes() == ARTICLE.encode()
    documents = {d["id"]: d for d in lines((out / "documents.jsonl").read_bytes())}
    assert list(documents) == ["alone", "news/ferry", "picture"]
    assert documents["news/ferry"]["scores"]["clean"]["bleu"] == pytest.approx(100)
    assert documents["news/ferry"]["scores"]["raw"]["bleu"] < 100
    assert documents["alone"]["reference"] is None
    assert documents["picture"]["status"] == "quarantined"
    assert "not text" in documents["picture"]["reason"]
    manifest = json.loads((out / "manifest.json").read_bytes())
    assert manifest["counts"]["documents"] == 3
    assert manifest["counts"]["done"] + manifest["counts"]["quarantined"] == 3


def test_run_says_what_has_no_reference_and_what_failed(batch: Path) -> None:
    done = unspun("run", batch / "raw", "--reference", batch / "clean", "--out", batch / "out")
    assert b"alone" in done.stderr
    assert b"no reference" in done.stderr
    assert b"picture" in done.stderr
    assert b"report.html" in done.stdout


def test_undo_gives_every_raw_byte_back(batch: Path, tmp_path: Path) -> None:
    done = unspun("undo", batch / "out", "--to", tmp_path / "again")
    assert done.returncode == 0, done.stderr
    raw = {p.relative_to(batch / "raw"): p.read_bytes() for p in (batch / "raw").rglob("*.txt")}
    again = {p.relative_to(tmp_path / "again"): p.read_bytes() for p in tmp_path.rglob("*.txt")}
    assert again == raw


def test_undo_of_one_document_and_of_one_edit(batch: Path) -> None:
    whole = unspun("undo", batch / "out", "news/ferry.txt")
    assert whole.stdout == BROKEN.encode()
    one = unspun("undo", batch / "out", "news/ferry", "--edit", "1")
    assert one.stdout == BROKEN.encode()
    none = unspun("undo", batch / "out", "news/ferry", "--edit", "7")
    assert none.returncode == 2
    assert b"no edit 7" in none.stderr


def test_undo_notices_results_changed_by_hand(batch: Path, tmp_path: Path) -> None:
    copy = tmp_path / "out"
    shutil.copytree(batch / "out", copy)
    path = copy / "text/news/ferry.txt"
    path.write_text(path.read_text("utf-8").replace("Monday", "Sunday"), encoding="utf-8")
    done = unspun("undo", copy, "news/ferry")
    assert done.returncode != 0
    assert done.stdout == b""


def test_explain_names_rule_and_words(batch: Path) -> None:
    done = unspun("explain", batch / "out", "news/ferry")
    assert done.returncode == 0, done.stderr
    assert b"mojibake" in done.stdout
    (record,) = lines(unspun("explain", batch / "out", "news/ferry", "--json").stdout)
    assert [e["rule"] for e in record["edits"]] == ["mojibake"]
    missing = unspun("explain", batch / "out", "nothing")
    assert missing.returncode == 2
    assert b"news/ferry" in missing.stderr


def test_report_is_written_again_the_same(batch: Path) -> None:
    page = batch / "out/report.html"
    first = page.read_bytes()
    page.unlink()
    done = unspun("report", batch / "out")
    assert done.returncode == 0, done.stderr
    assert page.read_bytes() == first


def test_clean_json_keeps_the_contract(batch: Path) -> None:
    done = unspun("clean", batch / "raw/news", "--json")
    (record,) = lines(done.stdout)
    assert record["id"] == "ferry"
    assert record["text"] == ARTICLE
    assert record["language"] == "en"
    assert 0 <= record["quality"]["score"] <= 1
    (edit,) = record["edits"]
    assert edit["before"] == BROKEN[edit["start"] : edit["end"]]
    assert {"start", "end", "before", "after", "stage", "rule", "confidence"} <= edit.keys()


def test_tag_json_keeps_the_contract() -> None:
    text = "The report was quoted in full by the paper. 公司周二宣布完成重组并转向新的战略。"
    (record,) = lines(unspun("tag", "-", "--json", stdin=text.encode()).stdout)
    assert record["id"] == "-"
    assert {"language", "script", "confidence", "spans", "origin"} <= record.keys()
    chinese = [s for s in record["spans"] if s["language"] == "zh-Hans"]
    assert len(chinese) == 1
    assert text[chinese[0]["start"] : chinese[0]["end"]].startswith("公司")
    assert record["origin"].keys() >= {"label", "source_language", "evidence"}


def test_restore_json_keeps_the_contract() -> None:
    (record,) = lines(unspun("restore", "-", "--json", stdin=ARTICLE.encode()).stdout)
    assert record["text"] == ARTICLE
    assert record["spun"]["is_spun"] is False
    assert record["edits"] == []


def test_standard_input_to_standard_output() -> None:
    done = unspun("clean", "-", stdin=BROKEN.encode())
    assert done.stdout == ARTICLE.encode()
    assert done.stderr == b""


def test_score_and_diff_keep_the_contract(batch: Path) -> None:
    pair = (batch / "raw/news/ferry.txt", batch / "clean/news/ferry.txt")
    (scores,) = lines(unspun("score", *pair, "--json").stdout)
    assert scores["corpus"].keys() >= {"bleu", "chrf", "ter"}
    assert scores["signatures"].keys() >= {"bleu", "chrf", "ter"}
    assert scores["documents"][0]["id"] == "ferry"
    (differences,) = lines(unspun("diff", *pair, "--json").stdout)
    (document,) = differences["documents"]
    ops = [op for segment in document["segments"] for op in segment["ops"]]
    changed = [op for op in ops if op["op"] != "equal"]
    assert len(changed) == 1
    assert document["classes"] == {changed[0]["class"]: 1}


def test_references_are_found_by_content_where_names_differ(root: Path, tmp_path: Path) -> None:
    for folder in ("raw", "clean"):
        (tmp_path / folder).mkdir()
        for number, path in enumerate(sorted((root / folder).iterdir())):
            name = f"{folder}-{number}.txt"
            (tmp_path / folder / name).write_bytes(path.read_bytes())
    done = unspun("match", tmp_path / "raw", tmp_path / "clean", "--json")
    pairs = {m["id"]: m["reference"] for m in lines(done.stdout)}
    assert pairs == {f"raw-{n}": f"clean-{n}" for n in range(5)}
    assert b"5 of 5 documents have a reference" in done.stderr
    assert b"precision" not in done.stderr
    unspun("run", "raw", "--reference", "clean", cwd=tmp_path)
    records = lines((tmp_path / "out/documents.jsonl").read_bytes())
    assert [r["reference"] for r in records] == [f"clean-{n}" for n in range(5)]


def test_matches_are_measured_where_the_truth_is_known(batch: Path, tmp_path: Path) -> None:
    args = ("match", batch / "raw", batch / "clean")
    assert "precision 1.000, recall 1.000 of" in unspun(*args).stdout.decode()
    truth = tmp_path / "truth.tsv"
    truth.write_text("news/ferry\tnews/ferry\n")
    told = "precision 1.000, recall 1.000 of the 1 whose pairs are known"
    assert told in " ".join(unspun(*args, "--truth", truth).stdout.decode().split())
    for wrong, reason in (
        ("news/ferry", "a tab"),
        ("news/fery\tnews/ferry", "no document news/fery"),
        ("news/ferry\tnews/fery", "no reference news/fery"),
    ):
        truth.write_text(wrong + "\n")
        done = unspun(*args, "--truth", truth)
        assert done.returncode == 2
        assert reason in done.stderr.decode()


@pytest.mark.parametrize(
    "pair",
    [
        '{"spun": [1], "original": ["a"]}',
        '{"spun": "a b", "original": ["a"]}',
        '{"spun": ["a"]}',
        "[]",
        "{",
    ],
)
def test_pairs_that_are_none_are_told(pair: str, tmp_path: Path) -> None:
    (tmp_path / "pairs.jsonl").write_text(pair + "\n", encoding="utf-8")
    done = unspun("learn", "--pairs", "pairs.jsonl", "-o", "made.channel", cwd=tmp_path)
    assert done.returncode == 2
    assert b"pairs.jsonl:1: not a pair of spun and original" in done.stderr
    assert not (tmp_path / "made.channel").exists()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("restore = 5", "'restore' must be a table"),
        ("[restore]\nmin_confidence = 7", "restore.min_confidence must be 0 to 1"),
        ("[restore]\nmin_confidence = nan", "restore.min_confidence must be 0 to 1"),
        ("[normalise]\ndisable = ['html-entities']", "did you mean 'html-entity'?"),
        ("[chrome]\noff = ['login']", "unknown setting in 'chrome'"),
        ("[restore\n", "not TOML"),
    ],
)
def test_wrong_settings_are_told(settings: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(settings, encoding="utf-8")
    done = unspun("restore", "-", "--config", file, stdin=ARTICLE.encode())
    assert done.returncode == 2
    assert said in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_threshold_decides_the_status(batch: Path) -> None:
    pair = (batch / "raw/news/ferry.txt", batch / "clean/news/ferry.txt")
    assert unspun("score", *pair, "--fail-under", "bleu=50").returncode == 0
    failed = unspun("score", *pair, "--fail-under", "bleu=99.9")
    assert failed.returncode == 1
    assert b"bleu" in failed.stderr
    assert unspun("score", *pair, "--fail-under", "blue=50").returncode == 2


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["run", "nowhere"], "nowhere: no such file or folder"),
        (["clean", "nowhere.txt"], "nowhere.txt: no such file or folder"),
        (["run", "raw", "--reference", "nowhere"], "nowhere: no such file or folder"),
        (["run", "raw", "--out", "raw/out"], "raw"),
        (["run", "raw", "--profile", "asci"], "did you mean 'ascii'?"),
        (["run", "empty"], "holds no documents"),
        (["explain", "empty", "x"], "no results here"),
        (["report", "empty"], "no results here"),
        (["score", "raw/a.txt", "raw"], "raw"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage_is_one_clear_line_and_status_2(
    tmp_path: Path, args: list[str], says: str
) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "empty").mkdir()
    for name in ("a", "b"):
        (tmp_path / f"raw/{name}.txt").write_text("A line of text.\n", encoding="utf-8")
    done = unspun(*args, cwd=tmp_path)
    assert done.returncode == 2, (done.stdout, done.stderr)
    assert says in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1
    assert b"Traceback" not in done.stderr


def test_results_of_others_are_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw/a.txt").write_text("A line of text.\n", encoding="utf-8")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/precious.txt").write_text("keep me", encoding="utf-8")
    done = unspun("run", "raw", "--out", "mine", cwd=tmp_path)
    assert done.returncode == 1
    assert b"did not write" in done.stderr
    assert [p.name for p in (tmp_path / "mine").iterdir()] == ["precious.txt"]


def test_bytes_do_not_depend_on_workers_or_hash_seed(batch: Path, tmp_path: Path) -> None:
    made = []
    for workers, seed in [("1", "0"), ("2", "1"), ("4", "2")]:
        out = tmp_path / workers
        args = ("run", batch / "raw", "--reference", batch / "clean", "--out", out)
        unspun(*args, "--workers", workers, PYTHONHASHSEED=seed)
        files = sorted(p for p in out.rglob("*") if p.is_file() and p.name != "manifest.json")
        made.append({p.relative_to(out): p.read_bytes() for p in files})
    assert made[0] == made[1] == made[2]
    assert Path("text/news/ferry.txt") in made[0]


def test_help_of_every_command_has_an_example() -> None:
    top = unspun("--help").stdout.decode()
    for command in (
        "run",
        "clean",
        "tag",
        "restore",
        "diff",
        "score",
        "explain",
        "undo",
        "report",
        "match",
        "learn",
    ):
        assert command in top
        done = unspun(command, "--help")
        assert done.returncode == 0
        assert f"unspun {command}" in done.stdout.decode().split("Example", 1)[1]
