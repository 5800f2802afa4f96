"""The run folder: what a run has done so far, beside the results that it will replace.

    OUT/.unspun-run/
        lock          held by the process that runs
        run.json      what is run, with which settings, how far it is, and the last error
        inputs.jsonl  each input with its size and time
        plan.jsonl    each chunk with its key
        scans/        what the first pass found, by chunk
        chunks/       results by chunk (see `segments`)

Everything in it appears by one rename and is whole, so a run can be killed at any moment. What was
done is found again by the key of the chunk: whatever it depends on is part of that, so nothing
that changed is ever taken for done.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from unspun import files, records
from unspun.batches import segments
from unspun.batches.plan import Chunk, Stamp
from unspun.errors import OutputError
from unspun.records import Record

try:
    import fcntl
except ImportError:  # pragma: no cover - not a POSIX system
    fcntl = None  # type: ignore[assignment]

NAME = ".unspun-run"
RETIRED = "retired"  # results that others take the place of
MANIFEST = "manifest.json"
_WAIT = 5.0  # seconds in which the processes of a run that was killed are gone


class RunFolder:
    """The folder of a run.

    Attributes:
        out: The folder of its results.
        path: The folder itself.
    """

    def __init__(self, out: Path) -> None:
        self.out, self.path = out, out / NAME

    @property
    def scans(self) -> Path:
        """Where scans are kept."""
        return self.path / "scans"

    @property
    def chunks(self) -> Path:
        """Where results are kept, by chunk."""
        return self.path / "chunks"

    def exists(self) -> bool:
        """Whether a run was begun and not finished."""
        return (self.path / "run.json").is_file()

    def header(self) -> Record:
        """What is said of the run; empty if nothing is."""
        with suppress(OSError, ValueError):
            return records.loads((self.path / "run.json").read_bytes())
        return {}

    def note(self, **facts: Any) -> None:  # noqa: ANN401 - JSON
        """Say more of the run."""
        with files.replacing(self.path / "run.json") as file:
            file.write(records.dumps({**self.header(), **facts}) + b"\n")

    def keep_rows(self, name: str, rows: Iterable[Record]) -> None:
        """Keep a list."""
        with files.replacing(self.path / name) as file:
            for row in rows:
                file.write(records.dumps(row) + b"\n")

    def rows(self, name: str) -> Iterator[Record]:
        """A list that was kept; nothing if it was not."""
        with suppress(OSError, ValueError), (self.path / name).open("rb") as file:
            for line in file:
                yield records.loads(line)

    def done(self, chunk: Chunk, limits: Sequence[object]) -> Record | None:
        """What was kept of a chunk.

        Documents that were quarantined are tried again under other limits.
        """
        summary = segments.kept(self.chunks, chunk.key)
        if summary is None or (summary["quarantined"] and summary["limits"] != list(limits)):
            shutil.rmtree(self.chunks / chunk.key, ignore_errors=True)
            return None
        return summary

    def prune(self, keys: set[str], scans: set[str]) -> int:
        """Remove what no chunk needs any more; how many chunks that were done are among it."""
        stale = [p for p in self.chunks.iterdir() if p.name not in keys]
        for path in stale:
            shutil.rmtree(path, ignore_errors=True)
        for path in self.scans.iterdir():
            if path.stem not in scans:
                path.unlink(missing_ok=True)
        return sum(not path.name.startswith(".") for path in stale)

    def changed(self, stamps: dict[str, Stamp]) -> str:
        """What is new, gone or different in the input; empty if nothing is."""
        before = {row["source"]: (row["size"], row["time"]) for row in self.rows("inputs.jsonl")}
        if not before:
            return ""
        kinds = {
            "changed": [s for s in stamps if s in before and before[s] != tuple(stamps[s])],
            "new": [s for s in stamps if s not in before],
            "gone": [s for s in before if s not in stamps],
        }
        said = [f"{len(names)} {kind} ({names[0]})" for kind, names in kinds.items() if names]
        return ", ".join(said)


@contextmanager
def opened(out: Path, *, resume: bool) -> Iterator[RunFolder]:
    """The run folder of results, for this process alone.

    Args:
        out: The folder of the results.
        resume: Whether what an unfinished run has done is kept.

    Raises:
        OutputError: if it cannot be written, holds something that is not ours, or another run is
            at work there.
    """
    folder = RunFolder(out)
    try:
        _claim(out)
        lock = _lock(folder.path)
        _put_back(folder)
    except OSError as error:
        raise OutputError(f"{out}: cannot be written ({error.strerror})") from error
    try:
        if not resume:
            _empty(folder.path)
        for stray in out.glob(".unspun-*"):
            if stray != folder.path:
                shutil.rmtree(stray, ignore_errors=True)
        for path in (folder.scans, folder.chunks):
            path.mkdir(exist_ok=True)
            for stray in path.glob(".*"):
                shutil.rmtree(stray) if stray.is_dir() else stray.unlink()
        yield folder
    except OSError as error:
        raise OutputError(
            f"{out}: cannot be written ({error.strerror}); what stood there is unchanged"
        ) from error
    finally:
        if folder.path.exists() and not _worth_keeping(folder):
            discard(folder)
        os.close(lock)


def _worth_keeping(folder: RunFolder) -> bool:
    return folder.exists() and any(folder.chunks.glob("[!.]*"))


def _claim(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise OutputError(f"{out}: is a file; name a folder for the results")
    out.mkdir(parents=True, exist_ok=True)
    held = [p for p in out.iterdir() if not p.name.startswith(".unspun-")]
    marks = (out / MANIFEST, out / NAME / "run.json", out / NAME / RETIRED / MANIFEST)
    ours = any(mark.is_file() for mark in marks)
    if held and not ours:
        raise OutputError(
            f"{out}: holds files that unspun did not write; name a new or empty folder with --out"
        )


def _put_back(folder: RunFolder) -> None:
    """Results that were half replaced when their process was killed stand again as they were."""
    retired, results = folder.path / RETIRED, folder.path / "results"
    if not (retired / MANIFEST).is_file() or (folder.out / MANIFEST).is_file():
        return
    results.mkdir(exist_ok=True)
    for piece in sorted(retired.iterdir(), key=lambda piece: piece.name == MANIFEST):
        target = folder.out / piece.name
        if target.exists():
            target.rename(results / piece.name)
        piece.rename(target)


def _lock(folder: Path) -> int:
    """Hold the folder; the system lets go of it when the process ends, however it ends."""
    until = time.monotonic() + _WAIT
    while True:
        folder.mkdir(exist_ok=True)
        handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        if fcntl is None:  # pragma: no cover - not a POSIX system
            return handle
        with suppress(BlockingIOError, FileNotFoundError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is(handle, folder / "lock"):
                return handle
        os.close(handle)
        if time.monotonic() > until:
            raise OutputError(f"{folder.parent}: another run is at work there")
        time.sleep(0.05)


def _is(handle: int, path: Path) -> bool:
    """Whether a file is still the one of that name: a run that ends takes its folder away."""
    return os.path.samestat(os.fstat(handle), path.stat())


def at_work(folder: RunFolder) -> bool:
    """Whether some process runs there now."""
    if fcntl is None:  # pragma: no cover - not a POSIX system
        return False
    try:
        handle = os.open(folder.path / "lock", os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name != "lock":
            path.unlink(missing_ok=True)


def discard(folder: RunFolder) -> None:
    """Away with it by one rename: half a run folder would look like an unfinished run."""
    gone = folder.out / f".unspun-gone-{os.getpid()}"
    try:
        folder.path.rename(gone)
    except OSError:  # then where it is, and first what says that it is a run
        gone = folder.path
        with suppress(OSError):
            (gone / "run.json").unlink(missing_ok=True)
    shutil.rmtree(gone, ignore_errors=True)


def publish(folder: RunFolder, results: Path) -> None:
    """Move results into place; the manifest, which vouches for the rest, comes last.

    Raises:
        OSError: if a piece cannot be moved; then all are put back as they were.
    """
    segments.flush(results)
    pieces = sorted(results.iterdir(), key=lambda piece: (piece.name == MANIFEST, piece.name))
    retired = folder.path / RETIRED
    shutil.rmtree(retired, ignore_errors=True)
    retired.mkdir()
    old = [path for path in folder.out.iterdir() if not path.name.startswith(".unspun-")]
    old.sort(key=lambda path: path.name != MANIFEST)  # nothing vouches for what is half replaced
    moves = [(path, retired / path.name) for path in old]
    moves += [(piece, folder.out / piece.name) for piece in pieces]
    made: list[tuple[Path, Path]] = []
    try:
        for source, target in moves:
            source.rename(target)
            made.append((source, target))
        segments.flush_folder(folder.out)
    except OSError:
        for source, target in reversed(made):
            with suppress(OSError):
                target.rename(source)
        raise
    discard(folder)


def finished(out: Path) -> Record | None:
    """The manifest of results that are there as they were written; None if they are not."""
    try:
        manifest = records.loads((out / MANIFEST).read_bytes())
        whole = all((out / n).stat().st_size == s for n, s in manifest["files"].items())
    except (OSError, ValueError, KeyError, AttributeError):
        return None
    return manifest if whole else None
