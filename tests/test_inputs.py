"""Where documents come from: patterns, addresses, standard input; records in every command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import unspun
from unspun import files
from unspun.readers import places
from unspun.store import Store

BROKEN = "It\u00e2\u20ac\u2122s quiet at the mill, they said on Monday."
MENDED = "It’s quiet at the mill, they said on Monday."
GERMAN = "Der Zug nach Bremen fährt heute leider nicht."
RECORDS = [{"id": "a", "text": BROKEN}, {"id": "b", "text": None}, {"id": "c", "text": GERMAN}]


def command(
    *arguments: str, cwd: Path, given: bytes = b"", status: int = 0
) -> subprocess.CompletedProcess[bytes]:
    done = subprocess.run(
        [sys.executable, "-m", "unspun", *arguments],
        cwd=cwd,
        input=given,
        capture_output=True,
        check=False,
        env={**os.environ, "COLUMNS": "120"},
    )
    assert done.returncode == status, done.stderr.decode()
    return done


def answers(data: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in data.splitlines()]


def written(folder: Path, kind: str) -> Path:
    path = folder / f"pages.{kind}"
    if kind == "jsonl":
        path.write_text("".join(json.dumps(r) + "\n" for r in RECORDS), encoding="utf-8")
    elif kind == "parquet":
        pq.write_table(pa.Table.from_pylist(RECORDS), path)
    else:
        path.write_text(f'id,text\na,"{BROKEN}"\nb\nc,{GERMAN}\n', encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", ["jsonl", "csv", "parquet"])
def test_stages_take_records_for_documents(tmp_path: Path, kind: str) -> None:
    written(tmp_path, kind)
    done = command("clean", f"pages.{kind}", "--json", cwd=tmp_path, status=1)
    found = answers(done.stdout)
    assert [(r["id"], r["text"]) for r in found] == [("a", MENDED), ("c", GERMAN)]
    assert done.stderr.count(b"\n") == 1
    assert f"pages.{kind}".encode() in done.stderr
    tagged = answers(command("tag", f"pages.{kind}", "--json", cwd=tmp_path, status=1).stdout)
    assert [r["language"] for r in tagged] == ["en", "de"]


def test_stages_write_records_to_one_file(tmp_path: Path) -> None:
    written(tmp_path, "jsonl")
    written(tmp_path, "csv")
    (tmp_path / "page.txt").write_text(BROKEN, encoding="utf-8")
    command("clean", "pages.jsonl", "page.txt", "pages.csv", "--out", "o", cwd=tmp_path, status=1)
    expected = [{"id": "a", "text": MENDED}, {"id": "c", "text": GERMAN}]
    assert answers((tmp_path / "o/pages.jsonl").read_bytes()) == expected
    assert answers((tmp_path / "o/pages.csv.jsonl").read_bytes()) == expected
    assert (tmp_path / "o/page.txt").read_text(encoding="utf-8") == MENDED
    assert {p.name for p in (tmp_path / "o").iterdir()} == {
        "pages.jsonl",
        "pages.csv.jsonl",
        "page.txt",
    }
    command("clean", "pages.jsonl", "--out", ".", cwd=tmp_path, status=1)
    assert len(answers((tmp_path / "pages.jsonl").read_bytes())) == 3


def test_standard_input_is_what_it_is_said_to_be(tmp_path: Path) -> None:
    given = written(tmp_path, "jsonl").read_bytes()
    done = command("clean", "-", "--stdin", "jsonl", "--json", cwd=tmp_path, given=given, status=1)
    assert [r["id"] for r in answers(done.stdout)] == ["a", "c"]
    command("run", "-", "--stdin", "jsonl", "-o", "out", cwd=tmp_path, given=given, status=1)
    assert [d.document["id"] for d in Store(tmp_path / "out")] == ["a", "stdin:2", "c"]
    done = command("clean", "-", "--stdin", "../x", cwd=tmp_path, given=given, status=2)
    assert b"name a kind of file" in done.stderr


def test_patterns_name_files(tmp_path: Path) -> None:
    for name in ("a/1.txt", "a/b/2.txt", "a/3.md", "a/.hidden.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(GERMAN, encoding="utf-8")
    assert [s.id for s in files.discover([tmp_path / "a/*.txt"])] == ["1"]
    assert [s.id for s in files.discover([tmp_path / "a/**/*.txt"])] == ["1", "b/2"]
    assert [s.id for s in files.discover([tmp_path / "*/[0-9].*"])] == ["a/1", "a/3"]
    with pytest.raises(unspun.InputError, match="no file fits"):
        files.discover([tmp_path / "*.doc"])
    summary = unspun.run(tmp_path / "a/**/*.txt", out=tmp_path / "out")
    assert [d["id"] for d in summary.documents] == ["1", "b/2"]
    with pytest.raises(unspun.InputError, match="inside one another"):
        unspun.run(tmp_path / "**/*.txt", out=tmp_path / "out")


def test_a_file_with_a_name_like_a_pattern_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "what[1].txt").write_text(GERMAN, encoding="utf-8")
    assert [s.id for s in files.discover([tmp_path / "what[1].txt"])] == ["what[1]"]


@pytest.fixture
def memory() -> Iterator[str]:
    system = fsspec.filesystem("memory")
    system.pipe("/mill/a/1.txt", BROKEN.encode())
    system.pipe("/mill/.hidden/2.txt", b"no")
    system.pipe("/mill/pages.jsonl", b'{"id": "r", "text": "Der Zug."}\n')
    table = pa.BufferOutputStream()
    pq.write_table(pa.table({"text": [GERMAN]}), table)
    system.pipe("/mill/table.parquet", table.getvalue().to_pybytes())
    yield "memory://mill"
    system.rm("/mill", recursive=True)


def test_addresses_are_read_through_fsspec(memory: str, tmp_path: Path) -> None:
    summary = unspun.run(memory, out=tmp_path / "out", workers=0)
    assert [d["id"] for d in summary.documents] == ["a/1", "r", "table:1"]
    assert (tmp_path / "out/text/a/1.txt").read_text(encoding="utf-8") == MENDED
    assert [s.id for s in files.discover([Path("memory://mill/a/*.txt")])] == ["1"]
    summary = unspun.run(f"{memory}/a", f"{memory}/a", tmp_path / "scored", workers=0)
    assert summary.documents[0]["reference"] == "1"


def test_file_addresses_are_paths(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(GERMAN, encoding="utf-8")
    (source,) = files.discover([Path(f"file://{tmp_path}")])
    assert source.path == tmp_path / "a.txt"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("nope://x/y", "nope"),
        ("memory://nothing-here", "no such file or folder"),
    ],
)
def test_addresses_that_cannot_be_read_are_said(address: str, said: str) -> None:
    with pytest.raises(unspun.InputError, match=said):
        files.discover([Path(address)])


def test_results_are_local(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(GERMAN, encoding="utf-8")
    with pytest.raises(unspun.InputError, match="written to a local folder"):
        unspun.run(tmp_path / "a.txt", out="s3://bucket/out")
    assert places.address(Path("C:/x")) is None
    assert places.address(Path("a:b")) is None
