"""The results of one chunk, kept under its key: whole or not at all.

    chunk.json        counts, sizes of the files, and when it was done
    documents.jsonl   and the other files of results, as in `store`, where there is anything in them
    scores.jsonl      what each metric counted, a line for each document with a reference

A chunk is written to a folder of its own, flushed to the disk, and put in its place by one rename.
The results of a run are its chunks' results one after another.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import IO, NamedTuple

from unspun import records, tabular
from unspun.comparison import Totals
from unspun.errors import OutputError
from unspun.records import Record
from unspun.store import SCHEMA, LedgerFormat, Writer
from unspun.work import Done

SUMMARY = "chunk.json"
SCORES = "scores.jsonl"
ALWAYS = ("documents.jsonl", "spans.jsonl", "diffs.jsonl")
SOMETIMES = ("quarantine.jsonl",)
_PIECE = 1 << 20  # bytes copied at a time


class Counts(NamedTuple):
    """What became of a chunk, or of many.

    Attributes:
        documents: How many there were.
        quarantined: How many of them could not be done.
        bytes: Their size as they came, of those that were done.
        edits: How many were made, by stage.
        translation: Models, segments and usage of engines that translate.
    """

    documents: int
    quarantined: int
    bytes: int
    edits: Record
    translation: Record

    def __add__(self, other: Counts) -> Counts:  # type: ignore[override]
        """The sum."""
        return Counts(
            self.documents + other.documents,
            self.quarantined + other.quarantined,
            self.bytes + other.bytes,
            _sum(self.edits, other.edits),
            _sum(self.translation, other.translation),
        )


NOTHING = Counts(0, 0, 0, {}, {})


def _sum(one: Record, other: Record) -> Record:
    """Numbers added up by name, at every depth; of names, those of both."""
    added = dict(one)
    for name, value in other.items():
        held = added.get(name)
        if isinstance(value, dict):
            added[name] = _sum(held or {}, value)
        elif isinstance(value, str):
            added[name] = value
        else:
            added[name] = (held or 0) + value
    return added


class Keeper:
    """Writes the outcomes of a chunk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writer = Writer(folder)
        self._scores: IO[bytes] | None = None
        self.counts = NOTHING
        self.last: Record | None = None
        self.started = time.time()

    def add(self, done: Done) -> None:
        """One more."""
        document = done.outcome.document
        self._writer.add(done.outcome)
        if document["status"] == "done":
            told = document.get("translation") or {}
            translation = {name: told[name] for name in ("models", "segments", "kept") if told}
            translation |= {"usage": asdict(done.usage)} if done.usage.requests or told else {}
            self.counts += Counts(1, 0, document["bytes"], document["edits"], translation)
        else:
            self.counts += Counts(1, 1, 0, {}, {})
            self.last = {"id": document["id"], "reason": document["reason"]}
        if done.comparison is not None:
            if self._scores is None:
                self._scores = (self._folder / SCORES).open("wb")
            self._scores.write(records.dumps(records.counts(done.comparison)) + b"\n")

    def close(self) -> None:
        """Finish the files."""
        self._writer.close()
        if self._scores is not None:
            self._scores.close()

    def summary(self) -> Record:
        """What is kept of the chunk as a whole."""
        found = (path for path in self._folder.iterdir() if path.is_file())
        return {
            **self.counts._asdict(),
            "last": self.last,
            "started": self.started,
            "finished": time.time(),
            "files": {path.name: path.stat().st_size for path in sorted(found)},
        }


@contextmanager
def keeping(chunks: Path, key: str, about: Record) -> Iterator[Keeper]:
    """Keep the results of a chunk, if the block ends well.

    Args:
        chunks: The folder of all chunks.
        key: What they are kept under.
        about: What else is said of it in its summary.

    Raises:
        OutputError: if they cannot be written; then nothing is left of them.
    """
    folder: Path | None = None
    try:
        folder = Path(tempfile.mkdtemp(prefix=".", dir=chunks))
        keeper = Keeper(folder)
        try:
            yield keeper
        finally:
            keeper.close()
        summary = records.dumps({**keeper.summary(), **about})
        (folder / SUMMARY).write_bytes(summary)
        flush(folder)
        with suppress(FileExistsError, NotADirectoryError):
            _put(folder, chunks / key)
        flush_folder(chunks)
    except OSError as error:
        raise OutputError(f"{chunks}: cannot be written ({error.strerror})") from error
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def _put(folder: Path, target: Path) -> None:
    try:
        folder.rename(target)
    except OSError:
        if not (target / SUMMARY).exists():
            raise
        # somebody else did the same chunk: what is there is as good


def flush(folder: Path) -> None:
    """Flush all files and folders below a folder to the disk."""
    for root, _, names in os.walk(folder):
        for name in names:
            with Path(root, name).open("rb") as file:
                os.fsync(file.fileno())
        flush_folder(Path(root))


def flush_folder(folder: Path) -> None:
    """Flush what a folder says of its files; where the system can."""
    if os.name != "posix":  # pragma: no cover - folders cannot be opened there
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def kept(chunks: Path, key: str) -> Record | None:
    """The summary of a chunk that was done; None if it was not, or is damaged."""
    folder = chunks / key
    try:
        summary = records.loads((folder / SUMMARY).read_bytes())
        if all((folder / n).stat().st_size == s for n, s in summary["files"].items()):
            return summary
    except (OSError, ValueError, KeyError):
        pass
    return None


def counts_of(summary: Record) -> Counts:
    """The counts in a summary."""
    return Counts(*(summary[name] for name in Counts._fields))


def assemble(folders: Sequence[Path], target: Path, ledger_format: LedgerFormat) -> Totals:
    """Put the results of all chunks together, in order.

    Returns:
        The scores of all documents that have a reference.
    """
    for name in ALWAYS:
        _join([folder / name for folder in folders], target / name)
    for name in SOMETIMES:
        if any((folder / name).exists() for folder in folders):
            _join([folder / name for folder in folders], target / name)
    _join_rows(folders, target, ledger_format)
    (target / "text").mkdir(exist_ok=True)
    for folder in folders:
        _link(folder / "text", target / "text")
        with suppress(FileExistsError):  # several parts of one file that cannot be read any more
            _link(folder / "quarantine", target / "quarantine")
    totals = Totals()
    for folder in folders:
        for record in _rows(folder / SCORES):
            totals.add_counts(*records.to_counts(record))
    return totals


@contextmanager
def whole(target: Path, ledger_format: LedgerFormat) -> Iterator[Writer]:
    """Write results that are no chunks."""
    part = target / ".part"
    part.mkdir()
    with closing(Writer(part)) as writer:
        yield writer
    assemble([part], target, ledger_format)
    shutil.rmtree(part)


def _join_rows(folders: Sequence[Path], target: Path, ledger_format: LedgerFormat) -> None:
    ledgers = [folder / "ledger.jsonl" for folder in folders]
    texts = [folder / "text.jsonl" for folder in folders]
    if ledger_format == "jsonl":
        _join(ledgers, target / "ledger.jsonl")
        if any(path.exists() for path in texts):
            _join(texts, target / "text.jsonl")
        return
    ledger = tabular.ParquetLedger(target / "ledger.parquet", SCHEMA)
    for path in ledgers:
        for id_, rows in groupby(_rows(path), key=lambda row: str(row["id"])):
            ledger.add(id_, list(rows))
    ledger.close()
    if any(path.exists() for path in texts):
        writer = tabular.ParquetTexts(target / "text.parquet", SCHEMA)
        for path in texts:
            for row in _rows(path):
                writer.add(row["id"], row["text"])
        writer.close()


def _join(paths: Sequence[Path], target: Path) -> None:
    with target.open("wb") as joined:
        for path in paths:
            with suppress(FileNotFoundError), path.open("rb") as file:
                shutil.copyfileobj(file, joined, _PIECE)


def _rows(path: Path) -> Iterator[Record]:
    with suppress(FileNotFoundError), path.open("rb") as file:
        for line in file:
            yield records.loads(line)


def _link(source: Path, target: Path) -> None:
    """The same files once more, without copying where the system can."""
    for root, _, names in os.walk(source):
        below = target / Path(root).relative_to(source)
        for name in names:
            below.mkdir(parents=True, exist_ok=True)
            try:
                os.link(Path(root, name), below / name)
            except FileExistsError:
                raise
            except OSError:  # no such links here
                shutil.copyfile(Path(root, name), below / name)
                with (below / name).open("rb") as file:
                    os.fsync(file.fileno())
