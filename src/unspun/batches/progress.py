"""How far a run is, from what it keeps."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from unspun.batches import runs, segments
from unspun.batches.runs import RunFolder
from unspun.batches.segments import NOTHING
from unspun.errors import InputError
from unspun.records import Record


@dataclass(frozen=True, slots=True)
class Status:
    """How far a run is.

    Attributes:
        state: ``running``, ``stopped`` (and to be taken up again) or ``finished``.
        title: What is run.
        phase: What a run does: ``looking``, ``working`` or ``writing``; None if it is finished.
        documents: How many there are; 0 as long as nobody has counted.
        done: How many of them are dealt with, the quarantined ones included.
        quarantined: How many could not be done.
        chunks: How many there are.
        chunks_done: How many of them are done: what is taken over if the run is killed now.
        documents_per_second: Since the run was last taken up.
        bytes_per_second: The same in bytes of input.
        seconds_left: At that rate; None if nobody knows.
        last_quarantined: The id and the reason of the latest one.
        error: What ended the run, if it said so.
    """

    state: Literal["running", "stopped", "finished"]
    title: str
    phase: str | None = None
    documents: int = 0
    done: int = 0
    quarantined: int = 0
    chunks: int = 0
    chunks_done: int = 0
    documents_per_second: float = 0.0
    bytes_per_second: float = 0.0
    seconds_left: float | None = None
    last_quarantined: Record | None = None
    error: str | None = None

    def to_dict(self) -> Record:
        """The fields."""
        return asdict(self)


def status(out: Path) -> Status:
    """How far the run is whose results are in a folder, or will be.

    Raises:
        InputError: if there is none.
    """
    folder = RunFolder(out)
    if folder.exists():
        return _unfinished(folder)
    manifest = runs.finished(out)
    if manifest is None:
        raise InputError(f"{out}: no run here, and no results; make them with 'unspun run'")
    counts, timings = manifest["counts"], manifest["timings"]
    seconds = timings["seconds"]
    return Status(
        "finished",
        manifest["title"],
        documents=counts["documents"],
        done=counts["documents"],
        quarantined=counts["quarantined"],
        documents_per_second=counts["documents"] / seconds if seconds else 0.0,
        bytes_per_second=timings["bytes_per_second"],
    )


def _unfinished(folder: RunFolder) -> Status:
    header = folder.header()
    counts, last = NOTHING, None
    documents = chunks = chunks_done = left = size = recent = 0
    latest, since = 0.0, header["session"]
    for entry in folder.rows("plan.jsonl"):
        documents += entry["documents"]
        chunks += 1
        summary = segments.kept(folder.chunks, entry["key"])
        if summary is None:
            left += entry["size"]
            continue
        chunks_done += 1
        counts += segments.counts_of(summary)
        if summary["finished"] >= since:
            size += entry["size"]
            recent += summary["documents"]
        if summary["finished"] > latest:
            latest = summary["finished"]
            last = summary["last"] or last
    seconds = latest - since
    rate = size / seconds if size and seconds > 0 else 0.0
    return Status(
        "running" if runs.at_work(folder) else "stopped",
        header["title"],
        header["state"],
        documents=documents,
        done=counts.documents,
        quarantined=counts.quarantined,
        chunks=chunks,
        chunks_done=chunks_done,
        documents_per_second=recent / seconds if rate else 0.0,
        bytes_per_second=rate,
        seconds_left=left / rate if rate else None,
        last_quarantined=last,
        error=header.get("error"),
    )
