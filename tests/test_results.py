"""The results folder: whole or untouched, whatever happens to the run."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from unspun import batches, decode, edits, files
from unspun.config import Config
from unspun.errors import InputError, OutputError
from unspun.store import LedgerFormat, Store

LINE = "The mill by the river has been quiet since the spring, and nobody in Tarn knows why.\n"


def documents(folder: Path, count: int = 6) -> Path:
    """A folder of documents, some damaged, one with bytes that do not decode."""
    folder.mkdir()
    for number in range(count):
        text = LINE * (number + 1) + "It\u00e2\u20ac\u2122s said that the wheel broke.\n"
        (folder / f"{number:03}.txt").write_text(text, encoding="utf-8")
    (folder / "bytes.txt").write_bytes(LINE.encode() + b"Caf\xe9 and \xff\xfe or \xed\xa0\xbd.\r\n")
    return folder


def digests(folder: Path) -> dict[str, str]:
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


@pytest.mark.parametrize("ledger_format", ["jsonl", "parquet"])
def test_every_document_is_rewound_from_what_is_stored(
    tmp_path: Path, ledger_format: LedgerFormat
) -> None:
    raw = documents(tmp_path / "raw")
    batches.run(raw, None, tmp_path / "out", ledger_format=ledger_format)
    store = Store(tmp_path / "out")
    seen = 0
    for stored in store:
        source = raw / stored.document["source"]
        assert store.raw_bytes(stored) == source.read_bytes()
        assert stored.text is not None
        assert edits.apply(stored.raw_text, stored.ledger) == stored.text
        assert stored.raw_text == decode.decode(source.read_bytes(), id="x").text
        seen += 1
    assert seen == 7


def test_parquet_ledger_opens_as_it_is(tmp_path: Path) -> None:
    batches.run(documents(tmp_path / "raw"), None, tmp_path / "out", ledger_format="parquet")
    table = pq.read_table(tmp_path / "out/ledger.parquet")
    assert table.schema.names[:5] == ["id", "start", "end", "before", "after"]
    assert "mojibake" in set(table["rule"].to_pylist())


def test_results_of_an_earlier_run_are_replaced_whole(tmp_path: Path) -> None:
    raw = documents(tmp_path / "raw")
    batches.run(raw, None, tmp_path / "out", ledger_format="parquet")
    (raw / "000.txt").unlink()
    batches.run(raw, None, tmp_path / "out")
    names = {p.name for p in (tmp_path / "out").iterdir()}
    assert "ledger.parquet" not in names
    assert not (tmp_path / "out/text/000.txt").exists()
    assert not [name for name in names if name.startswith(".")]


def test_a_failing_run_leaves_the_earlier_results(tmp_path: Path) -> None:
    raw = documents(tmp_path / "raw")
    batches.run(raw, None, tmp_path / "out")
    before = digests(tmp_path / "out")

    def interrupt(done: int, _total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        batches.run(raw, None, tmp_path / "out", progress=interrupt, resume=False)
    assert digests(tmp_path / "out") == before


def test_a_killed_run_leaves_the_earlier_results_and_no_strays_after_the_next(
    tmp_path: Path,
) -> None:
    raw = documents(tmp_path / "raw", 40)
    out = tmp_path / "out"
    batches.run(raw, None, out)
    before = digests(out)
    draw = random.Random(7)
    for _ in range(4):
        process = subprocess.Popen(
            [sys.executable, "-m", "unspun", "run", str(raw), "--out", str(out), "--no-resume"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + 60
        while (
            not list(out.glob(".unspun-run/chunks/.*/documents.jsonl"))
            and time.monotonic() < deadline
        ):
            if process.poll() is not None:
                break
            time.sleep(0.005)
        time.sleep(draw.random() * 0.2)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        kept = {k: v for k, v in digests(out).items() if not k.startswith(".unspun-")}
        assert {k: v for k, v in kept.items() if k != "manifest.json"} == {
            k: v for k, v in before.items() if k != "manifest.json"
        }
    batches.run(raw, None, out, resume=False)
    assert not list(out.glob(".unspun-*"))
    after = digests(out)
    assert {k for k in after if after[k] != before.get(k)} <= {"manifest.json"}


def test_a_full_disk_is_one_clear_line_and_nothing_is_lost(tmp_path: Path) -> None:
    raw = documents(tmp_path / "raw", 40)
    out = tmp_path / "out"
    batches.run(raw, None, out)
    before = digests(out)
    run = f'"{sys.executable}" -m unspun run "{raw}" --out "{out}" --no-resume'
    limited = f"ulimit -f 4; exec {run}"
    done = subprocess.run(
        ["/bin/bash", "-c", limited],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode == 1
    assert done.stderr.count(b"\n") == 1, done.stderr
    assert b"cannot be written" in done.stderr
    assert digests(out) == before


def test_quarantine_keeps_the_bytes_and_the_reason(tmp_path: Path) -> None:
    raw = documents(tmp_path / "raw", 2)
    (raw / "picture.bin").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    summary = batches.run(raw, None, tmp_path / "out")
    (record,) = summary.quarantined
    assert record["source"] == "picture.bin"
    assert record["reason"]
    kept = tmp_path / "out/quarantine/picture.bin"
    assert kept.read_bytes() == (raw / "picture.bin").read_bytes()
    counts = summary.manifest["counts"]
    assert counts["documents"] == counts["done"] + counts["quarantined"] == 4


def test_manifest_names_what_is_behind_the_result(tmp_path: Path) -> None:
    raw = documents(tmp_path / "raw", 1)
    first = batches.run(raw, None, tmp_path / "a").manifest
    again = batches.run(raw, None, tmp_path / "b").manifest
    other = batches.run(
        raw, None, tmp_path / "c", Config.from_dict({"normalise": {"profile": "ascii"}})
    ).manifest
    assert first["fingerprint"] == again["fingerprint"] != other["fingerprint"]
    assert "english.lm" in first["models"]


def test_damaged_results_are_named(tmp_path: Path) -> None:
    batches.run(documents(tmp_path / "raw", 1), None, tmp_path / "out")
    ledger = tmp_path / "out/ledger.jsonl"
    ledger.write_bytes(ledger.read_bytes()[:-20])
    with pytest.raises(InputError, match=r"ledger\.jsonl:\d+: damaged"):
        list(Store(tmp_path / "out"))
    manifest = tmp_path / "out/manifest.json"
    manifest.write_text(json.dumps({"schema": 999}))
    with pytest.raises(InputError, match="another version"):
        Store(tmp_path / "out")


def test_ids_are_paths_without_suffix_unless_two_would_share_one(tmp_path: Path) -> None:
    (tmp_path / "a/deep").mkdir(parents=True)
    for name in ("a/one.txt", "a/one.md", "a/deep/two.txt", "a/.hidden.txt"):
        (tmp_path / name).write_text("x")
    assert [s.id for s in files.discover([tmp_path / "a"])] == ["deep/two", "one.md", "one.txt"]


def test_a_file_that_cannot_be_replaced_is_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(OutputError), files.replacing(tmp_path / "folder") as file:
        file.write(b"x")
    assert [p.name for p in tmp_path.iterdir()] == ["folder"]
