"""A run that ended early goes on where it ended; what changed meanwhile is noticed and said."""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from unspun import batches, files, report, reporting, tables
from unspun.batches import engine, passes, plan, runs, scans
from unspun.batches.engine import Hand, Here, Order
from unspun.batches.runs import RunFolder
from unspun.chrome import tally
from unspun.config import Config
from unspun.errors import ModelError, OutputError
from unspun.readers import Reading
from unspun.store import Store
from unspun.workers import Limits

LINE = "The mill by the river has been quiet since the spring, and nobody in Tarn knows why.\n"
FAST = Config.from_dict({"restore": {"enabled": False}})
Bytes = dict[str, bytes]


def corpus(folder: Path) -> Path:
    """Files and records of all kinds, several chunks of each."""
    folder.mkdir()
    for n in range(12):
        (folder / f"page{n:02}.txt").write_text(
            f"{LINE * 8}Page {n}. It\u00e2\u20ac\u2122s here.\n"
        )
    (folder / "picture.bin").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    rows = [{"id": f"r{n % 50}", "text": f"{LINE * (n % 5)} number {n}"} for n in range(60)]
    lines = [json.dumps(row) for row in rows]
    lines[7:7] = ["{broken", "", '{"id": "r3#a:5", "text": "x"}']
    (folder / "a.jsonl").write_text("\n".join(lines))
    (folder / "b.csv.gz").write_bytes(
        gzip.compress(("text\n" + "".join(f'"{LINE}{n}"\n' for n in range(40))).encode())
    )
    table = pa.table({"text": [f"{LINE * 3}{n}" for n in range(40)]})
    pq.write_table(table, folder / "c.parquet", row_group_size=15)
    return folder


def content(out: Path) -> Bytes:
    return {
        p.relative_to(out).as_posix(): p.read_bytes()
        for p in sorted(out.rglob("*"))
        if p.is_file() and p.name != "manifest.json"
    }


def run(raw: Path, out: Path, **options: Any) -> tuple[batches.Summary, list[str]]:
    said: list[str] = []
    options = {"workers": 0, "config": FAST, "chunk_bytes": 3000, "notice": said.append, **options}
    return batches.run(raw, None, out, **options), said


class Killed(BaseException):
    """What no part of a run catches."""


def stopped(raw: Path, out: Path, after: int, **options: Any) -> None:
    """A run that ends when so many documents are done."""

    def stop(done: int, _: int) -> None:
        if done >= after:
            raise Killed

    with pytest.raises(Killed):
        run(raw, out, progress=stop, **options)


def chunks(out: Path) -> dict[str, int]:
    """What is done, with the time when it was."""
    return {p.name: p.stat().st_mtime_ns for p in (out / runs.NAME / "chunks").glob("[!.]*")}


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return corpus(tmp_path_factory.mktemp("resume") / "raw")


@pytest.fixture(scope="module")
def whole(raw: Path) -> Bytes:
    """What an undisturbed run in one chunk a file gives."""
    out = raw.parent / "whole"
    run(raw, out, chunk_bytes=1 << 30)
    return content(out)


@pytest.mark.parametrize("size", [1, 500, 3000, 40_000, None])
def test_bytes_do_not_depend_on_chunks(
    raw: Path, whole: Bytes, tmp_path: Path, size: int | None
) -> None:
    run(raw, tmp_path / "out", chunk_bytes=size)
    assert content(tmp_path / "out") == whole


@pytest.mark.parametrize("after", [0, 30, 90, 120])
def test_a_run_goes_on_where_it_ended(raw: Path, whole: Bytes, tmp_path: Path, after: int) -> None:
    out = tmp_path / "out"
    stopped(raw, out, after)
    kept = chunks(out) if (out / runs.NAME).exists() else {}
    stopped(raw, out, after + 25)
    assert kept.items() <= chunks(out).items()
    _, said = run(raw, out)
    assert any("documents were done before" in line for line in said)
    assert content(out) == whole


def test_finished_results_are_not_made_again(raw: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first, _ = run(raw, out)
    again, said = run(raw, out, progress=lambda *_: pytest.fail("something was done"))
    assert again.manifest == first.manifest
    assert list(again.documents) == list(first.documents)
    assert "nothing to do" in said[0]
    other, _ = run(raw, out, resume=False)
    assert other.manifest["timings"] != first.manifest["timings"]
    (out / "documents.jsonl").write_bytes(b"")
    assert len(list(run(raw, out)[0].documents)) == len(first.documents)


@pytest.mark.parametrize(
    ("change", "notice"),
    [
        (lambda raw: (raw / "page03.txt").write_text(LINE), r"1 changed \(page03.txt\)"),
        (lambda raw: (raw / "page03.txt").unlink(), r"1 gone \(page03.txt\)"),
        (lambda raw: (raw / "new.txt").write_text(LINE), r"1 new \(new.txt\)"),
        (lambda raw: (raw / "a.jsonl").write_text('{"text": "x"}\n'), r"1 changed \(a.jsonl\)"),
    ],
)
def test_changed_input_is_noticed(
    tmp_path: Path, change: Callable[[Path], object], notice: str
) -> None:
    raw, out = corpus(tmp_path / "raw"), tmp_path / "out"
    stopped(raw, out, 120)
    change(raw)
    _, said = run(raw, out)
    assert len(said) >= 1
    assert re.search(notice, said[0]), said
    run(raw, tmp_path / "fresh")
    assert content(out) == content(tmp_path / "fresh")


def test_what_does_not_depend_on_the_change_is_kept(tmp_path: Path) -> None:
    raw, out = corpus(tmp_path / "raw"), tmp_path / "out"
    stopped(raw, out, 130)
    (raw / "c.parquet").unlink()
    _, said = run(raw, out)
    assert "1 gone (c.parquet)" in said[0]
    assert "documents were done before" in said[1]


def test_other_settings_start_again(raw: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    stopped(raw, out, 60)
    config = Config.from_dict({"restore": {"enabled": False}, "normalise": {"profile": "ascii"}})
    _, said = run(raw, out, config=config)
    assert said == [f"{out}: begun with other settings: starts again"]
    run(raw, tmp_path / "fresh", config=config)
    assert content(out) == content(tmp_path / "fresh")


def test_another_model_in_the_same_file_starts_again(tmp_path: Path) -> None:
    raw, out, model = tmp_path / "raw", tmp_path / "out", tmp_path / "mine.channel"
    raw.mkdir()
    for n in range(6):
        (raw / f"page{n}.txt").write_text(LINE * 30)
    model.write_bytes(tables.path("tortured.channel").read_bytes())
    config = Config.from_dict({"restore": {"enabled": False, "models": [str(model)]}})
    stopped(raw, out, 2, config=config)
    model.write_bytes(tables.path("thesaurus.channel").read_bytes())
    _, said = run(raw, out, config=config)
    assert said == [f"{out}: begun with other models: starts again"]
    model.unlink()
    with pytest.raises(ModelError, match=r"mine\.channel: cannot be read"):
        run(raw, tmp_path / "other", config=config)


def test_other_limits_give_quarantined_documents_a_new_chance(tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    raw.mkdir()
    (raw / "large.txt").write_text("It\u00e2\u20ac\u2122s said. " * 60_000)
    (raw / "small.txt").write_text(LINE)
    options = {"workers": 1, "chunk_bytes": 1}
    first, _ = run(raw, out, limits=Limits(60, 8), **options)
    assert [d["status"] for d in first.documents] == ["quarantined", "done"]
    again, _ = run(raw, out, limits=Limits(60, 8), **options)
    assert again.manifest == first.manifest
    other, _ = run(raw, out, limits=Limits(60, 2000), **options)
    assert [d["status"] for d in other.documents] == ["done", "done"]


def test_damaged_chunks_are_done_anew(raw: Path, whole: Bytes, tmp_path: Path) -> None:
    out = tmp_path / "out"
    stopped(raw, out, 100)
    victims = sorted((out / runs.NAME / "chunks").glob("[!.]*"))
    (victims[0] / "documents.jsonl").write_bytes(b"")
    (victims[1] / "chunk.json").write_bytes(b"{")
    (victims[2] / "documents.jsonl").unlink()
    run(raw, out)
    assert content(out) == whole


def test_one_run_at_a_time(raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "_WAIT", 0.1)
    said: list[str] = []

    def second(*_: int) -> None:
        if not said:
            with pytest.raises(OutputError, match="another run is at work there") as caught:
                run(raw, tmp_path / "out")
            said.append(str(caught.value))

    run(raw, tmp_path / "out", progress=second)
    assert said


def test_standard_input_goes_on_too(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "unspun", "run", "-", "--out", "out", "--no-restore"]
    for text in (LINE, LINE, "Another text altogether.\n"):
        ran = subprocess.run(
            command, input=text.encode(), capture_output=True, check=True, cwd=tmp_path
        )
        assert (tmp_path / "out/text/-").read_text() == text
    assert b"nothing to do" not in ran.stderr


def test_status_before_during_and_after(raw: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"

    def status(*options: str) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "unspun", "status", str(out), *options]
        return subprocess.run(command, capture_output=True, check=False)

    assert status().returncode == 2
    assert b"no run here" in status().stderr
    command = [sys.executable, "-m", "unspun", "run", str(raw), "--out", str(out), "--chunk", "1"]
    process = subprocess.Popen(
        [*command, "--workers", "1"], stderr=subprocess.DEVNULL, start_new_session=True
    )
    deadline = time.monotonic() + 120
    while len(chunks(out)) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGSTOP)
    during = json.loads(status("--json").stdout)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    stopped_at = json.loads(status("--json").stdout)
    assert (during["state"], stopped_at["state"]) == ("running", "stopped")
    assert during["documents"] == stopped_at["documents"] == 155
    assert 0 < during["done"] <= stopped_at["done"] < 155
    assert b"stopped; run it again to go on" in status().stdout
    ended = subprocess.run(command, capture_output=True, check=False)
    assert ended.returncode == 1  # one document is quarantined
    assert b"of 155 documents were done before" in ended.stderr
    finished = json.loads(status("--json").stdout)
    assert (finished["state"], finished["done"], finished["quarantined"]) == ("finished", 155, 2)


def test_a_sample_of_another_input_is_taken_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which lines recur is told from a sample; where it shrinks, more is looked at again."""
    monkeypatch.setattr(tally, "SAMPLE", 8)
    raw = tmp_path / "raw"
    raw.mkdir()
    for n in range(40):
        (raw / f"{n:02}.txt").write_text(
            f"{LINE}Story {n}\n\nThe {'Daily' if n % 3 else 'Odd'} Drop"
        )

    def recurring(name: str) -> frozenset[str]:
        folder = RunFolder(tmp_path / name)
        for path in (folder.scans, folder.chunks):
            path.mkdir(parents=True, exist_ok=True)
        order = Order(folder.path, FAST, Reading(), Limits())
        cut = plan.cut(files.discover([raw]), {}, Reading(), goal=300)
        return passes.Passes(Here(), order, folder, {"unspun": "0"}).look(cut)[1]

    recurring("kept")
    for n in range(36):
        (raw / f"{n:02}.txt").unlink()
    assert recurring("kept") == recurring("fresh")


def test_page_of_many_documents_counts_what_it_does_not_list(raw: Path, tmp_path: Path) -> None:
    run(raw, tmp_path / "out", chunk_bytes=None)
    store, limits = Store(tmp_path / "out"), report.Limits(rows=7)
    view = reporting._run_view(store.manifest)
    whole = "".join(report.render(view, reporting._views(store), limits))
    assert "".join(report.render(view, reporting._views(store, full=7), limits)) == whole
    assert "The first 7 of 155 documents are listed" in whole


def test_names_of_records_are_taken_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order of the input, whatever the chunks and however few names fit the memory."""
    monkeypatch.setattr(scans, "AT_ONCE", 3)
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "a.jsonl").write_text(
        "".join(json.dumps({"id": i, "text": "t"}) + "\n" for i in ("x", "y", "x", "b", "x#a:3"))
    )
    (raw / "b.txt").write_text("t")
    (raw / "c.csv").write_text("id,text\nx,t\n,t\nc:3,t\nb,t\ny,t\nz,t\n")
    expected = [
        *("x", "y", "x#a:3", "b", "x#a:3#a:5", "b"),
        *("x#c:2", "c:3", "c:3#c:4", "b#c:5", "y#c:6", "z"),
    ]
    for size in (1, 1 << 20):
        summary, _ = run(raw, tmp_path / str(size), chunk_bytes=size)
        assert [d["id"] for d in summary.documents] == expected


def test_hands_and_their_documents_end_with_the_run(tmp_path: Path) -> None:
    assert engine.workers_for([], 3) == 3
    hand = Hand(Order(tmp_path, FAST, Reading(), Limits()), apart="fresh")
    raw = tmp_path / "a.txt"
    raw.write_text(LINE)
    (chunk,) = plan.cut(files.discover([raw]), {}, Reading())
    (done,) = hand.documents(chunk)
    assert done.outcome.text == LINE
    hand.close()


def test_a_run_folder_that_cannot_be_moved_is_emptied_where_it_is(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    (folder.chunks / "done").mkdir(parents=True)
    folder.note(command="run")
    (tmp_path / f".unspun-gone-{os.getpid()}" / "in the way").mkdir(parents=True)
    runs.discard(folder)
    assert not folder.path.exists()
