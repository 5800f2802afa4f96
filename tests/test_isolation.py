"""A document that crashes, hangs or eats memory takes only itself along: real faults, no mocks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

import faults
from unspun import batches, files
from unspun.batches import engine, plan
from unspun.batches.engine import Done, Engine, Hand, Here, Local, Order, Task
from unspun.batches.plan import Chunk
from unspun.config import Config
from unspun.errors import ModelError
from unspun.readers import Reading
from unspun.store import Store
from unspun.workers import Failure, Limits, Pool, WorkerError

GOOD = "The mill by the river has been quiet since the spring, and nobody in Tarn knows why.\n"
FAULTS = {  # what a document does, and what is said of it
    "segfault": "ended its process (SIGSEGV)",
    "abort": "ended its process (SIGABRT)",
    "exit": "ended its process (exit status 3)",
    "hang": "took longer than 3 s",
    "spin": "took longer than 3 s",
    "deaf": "took longer than 3 s",
    "memory": "needed more than 300 MB of memory",
}
LIMITS = Limits(seconds=3, megabytes=300)


def folder(base: Path, contents: list[str]) -> list[files.Source]:
    base.mkdir()
    for number, content in enumerate(contents):
        (base / f"{number:04}.txt").write_text(content, encoding="utf-8")
    return files.discover([base])


def done(
    sources: list[files.Source], task: Task, workers: int, limits: Limits = LIMITS
) -> list[Done]:
    with hands(sources[0].path.parent.parent, task, workers, limits) as (at, hand):
        chunks = plan.cut(sources, {}, hand.order.reading, goal=400)
        chunks = [replace(chunk, key=str(n)) for n, chunk in enumerate(chunks)]
        made: list[Done] = []
        for _, answer in at.map(Told(hand).tell, chunks, lambda *_: None):
            assert isinstance(answer, list)
            made += answer
        return made


class Told(NamedTuple):
    """What came of a chunk, told rather than kept."""

    hand: Hand

    def tell(self, chunk: Chunk) -> Generator[int, None, list[Done]]:
        made = []
        for one in self.hand.documents(chunk):
            made.append(one)
            yield len(made)
        return made


@contextmanager
def hands(base: Path, task: Task, workers: int, limits: Limits) -> Iterator[tuple[Engine, Hand]]:
    order = Order(base, Config(), Reading(), limits, task)
    if workers == 0:
        yield Here(), Hand(order, apart="here")
        return
    with Local(workers, Config()) as local:
        yield local, Hand(order)


@pytest.mark.parametrize(("workers", "kinds"), [(1, ["exit", "spin", "memory"]), (3, [*FAULTS])])
def test_each_culprit_is_named_and_all_others_are_done(
    tmp_path: Path, workers: int, kinds: list[str]
) -> None:
    contents = []
    for fault in kinds:
        contents += [f"{GOOD}{fault} one\n", f"{fault}\n{GOOD}", f"{GOOD}{fault} two\n"]
    sources = folder(tmp_path / "raw", contents)
    got = done(sources, faults.poisonous, workers)
    assert [d.outcome.id for d in got] == [s.id for s in sources]
    for number, fault in enumerate(kinds):
        before, culprit, after = got[3 * number : 3 * number + 3]
        assert before.outcome.text == contents[3 * number]
        assert after.outcome.text == contents[3 * number + 2]
        assert culprit.outcome.document["status"] == "quarantined"
        assert culprit.outcome.document["reason"] == FAULTS[fault]
        assert culprit.outcome.raw == sources[3 * number + 1].path


def test_the_rest_is_the_same_as_without_the_culprit(tmp_path: Path) -> None:
    contents = [GOOD * n for n in range(1, 12)]
    clean = folder(tmp_path / "clean", contents)
    poisoned = folder(tmp_path / "raw", [*contents[:5], "segfault\n", *contents[5:]])
    expected = [d.outcome.text for d in done(clean, engine.work, 0)]
    got = [d.outcome.text for d in done(poisoned, faults.poisonous, 2)]
    assert [*got[:5], *got[6:]] == expected
    assert got[5] is None


def test_worker_killed_from_outside_costs_no_document(tmp_path: Path) -> None:
    sources = folder(tmp_path / "raw", [GOOD] * 6)
    got = done(sources, faults.killed_once, 2)
    assert [d.outcome.document["status"] for d in got] == ["done"] * 6


def test_what_is_no_documents_fault_ends_the_run(tmp_path: Path) -> None:
    sources = folder(tmp_path / "raw", [GOOD, "model\n", GOOD])
    with pytest.raises(ModelError, match="that model"):
        done(sources, faults.poisonous, 2)


def test_answers_larger_than_any_pipe(tmp_path: Path) -> None:
    got = done(folder(tmp_path / "raw", [GOOD] * 30), faults.crowded, 2)
    assert len(got) == 30


def test_nothing_lives_on_when_the_reader_stops_early(tmp_path: Path) -> None:
    sources = folder(tmp_path / "raw", [GOOD] * 9)
    before = children(os.getpid())
    with hands(tmp_path, engine.work, 2, LIMITS) as (at, hand):
        chunks = plan.cut(sources, {}, Reading(), goal=1)
        assert len(chunks) == 9
        next(iter(at.map(Told(hand).tell, chunks, lambda *_: None)))
    assert children(os.getpid()) == before


def children(pid: int) -> list[str]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [pid for task in tasks for pid in task.read_text().split()]


def test_window_is_bounded_and_endless_jobs_are_taken_in_turn() -> None:
    taken = []

    def endless() -> Iterator[int]:
        number = 0
        while True:
            taken.append(number)
            yield number
            number += 1

    with Pool(2, LIMITS) as pool:
        answers = pool.map(faults.whoami, endless(), lambda _: 1)
        first = [next(answers)[0] for _ in range(1000)]
    assert first == list(range(1000))
    assert len(taken) <= 1000 + 256 + 1


def test_workers_go_when_their_side_is_killed(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    code = (
        "import faults\nfrom unspun.workers import Limits, Pool\n"
        "with Pool(1, Limits()) as pool:\n"
        f"    list(pool.map(faults.sleepy, [{str(mark)!r}], len))\n"
    )
    path = os.pathsep.join([str(Path(__file__).parent), *filter(None, sys.path)])
    ours = subprocess.Popen([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": path})
    deadline = time.monotonic() + 60
    while not (mark.exists() and mark.read_text()) and time.monotonic() < deadline:
        time.sleep(0.02)
    pid = int(mark.read_text())
    ours.kill()
    ours.wait()
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not alive(pid)


def test_interruption_is_one_line(tmp_path: Path) -> None:
    folder(tmp_path / "raw", [GOOD * 200] * 50)
    command = [sys.executable, "-m", "unspun", "run", str(tmp_path / "raw"), "--out", "out"]
    ours = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        cwd=tmp_path,
    )
    deadline = time.monotonic() + 60
    while not children(ours.pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    os.killpg(ours.pid, signal.SIGINT)  # as a terminal does, to all of them
    out, err = ours.communicate(timeout=60)
    assert (ours.returncode, out) == (1, b"")
    assert err == b"unspun: interrupted; results that were there before are unchanged\n"


def alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


@pytest.mark.parametrize("fork", [True, False])
def test_both_kinds_of_worker_do_the_same(fork: bool) -> None:  # noqa: FBT001
    with Pool(2, LIMITS, fork=fork) as pool:
        pairs = list(pool.map(faults.whoami, range(20), lambda _: 1))
    assert [job for job, _ in pairs] == list(range(20))
    pids = {answer for _, answer in pairs}
    assert os.getpid() not in pids
    assert 1 <= len(pids) <= 2


def test_workers_that_cannot_start_are_an_error() -> None:
    with pytest.raises(WorkerError, match="cannot be started"), Pool(1, LIMITS, os.abort) as pool:
        list(pool.map(faults.whoami, [1], lambda _: 1))


def test_limits_grow_with_the_document_unless_they_are_given() -> None:
    assert Limits().seconds_for(1 << 20) == 2 * Limits().seconds_for(0)
    assert Limits().bytes_for(0) < Limits().bytes_for(1 << 20)
    assert Limits().bytes_for(1 << 40) == Limits().bytes_for(1 << 41)
    assert Limits(2.5, 7).seconds_for(1 << 30) == 2.5
    assert Limits(2.5, 7).bytes_for(1 << 30) == 7 << 20


def test_hostile_document_in_the_default_run(tmp_path: Path) -> None:
    """Real code, real limits: a document too large for the memory it may take."""
    folder(tmp_path / "raw", [GOOD, "It\u00e2\u20ac\u2122s said. " * 400_000, GOOD])
    summary = batches.run(tmp_path / "raw", None, tmp_path / "out", limits=Limits(60, 8))
    assert [d["status"] for d in summary.documents] == ["done", "quarantined", "done"]
    (quarantined,) = summary.quarantined
    assert quarantined["reason"] == "needed more than 8 MB of memory"
    store = Store(tmp_path / "out")
    assert store.raw_bytes(store.find("0001")) == (tmp_path / "raw/0001.txt").read_bytes()


def test_a_file_that_ends_what_reads_it_takes_only_itself_along(tmp_path: Path) -> None:
    """Arrow does not catch what its own code says of a column whose statistics do not fit."""
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    folder(tmp_path / "raw", [GOOD])
    path = tmp_path / "raw" / "bad.parquet"
    pq.write_table(pa.table({"text": [GOOD]}), path, store_schema=False)
    optional, required = b"\x15\x0c\x25\x02", b"\x15\x0c\x25\x00"
    assert path.read_bytes().count(optional) == 1
    path.write_bytes(path.read_bytes().replace(optional, required))
    summary = batches.run(tmp_path / "raw", None, tmp_path / "out", workers=1)
    assert [d["status"] for d in summary.documents] == ["done", "quarantined"]
    (quarantined,) = summary.quarantined
    assert quarantined["source"] == "bad.parquet"
    kept = tmp_path / "out" / "quarantine" / "bad.parquet"
    assert kept.read_bytes() == path.read_bytes()


def test_run_of_a_program_without_a_main_guard_and_with_threads(tmp_path: Path) -> None:
    folder(tmp_path / "raw", [GOOD] * 3)
    program = (
        "import threading\nfrom unspun import batches\n"
        "threading.Thread(target=threading.Event().wait, daemon=True).start()\n"
        f"summary = batches.run({str(tmp_path / 'raw')!r}, out={str(tmp_path / 'out')!r})\n"
        "print(len(summary.documents))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-"], input=program.encode(), capture_output=True, check=False
    )
    assert (ran.returncode, ran.stdout) == (0, b"3\n"), ran.stderr


def test_failure_is_told_apart_from_an_answer() -> None:
    with Pool(1, Limits(0.5, 300)) as pool:
        ((_, answer),) = pool.map(time.sleep, [30], lambda _: 1)
    assert answer == Failure("took longer than 0.5 s")


@pytest.mark.slow
def test_one_percent_of_poison(tmp_path: Path) -> None:
    """2,000 documents, 20 of them poison of every kind: 1,980 are done and 20 are named."""
    kinds = [*FAULTS]
    contents = [
        f"{kinds[n // 100 % len(kinds)]}\n" if n % 100 == 50 else f"{GOOD}{n}\n"
        for n in range(2000)
    ]
    sources = folder(tmp_path / "raw", contents)
    got = done(sources, faults.poisonous, 2)
    assert [d.outcome.id for d in got] == [s.id for s in sources]
    for number, (content, one) in enumerate(zip(contents, got, strict=True)):
        if number % 100 == 50:
            assert one.outcome.document["reason"] == FAULTS[content.strip()]
        else:
            assert one.outcome.text == content
