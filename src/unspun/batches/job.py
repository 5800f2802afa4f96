"""The whole job: a folder of documents in, a folder of results out."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from unspun import files, pairing, readers, records, reporting, tables
from unspun.batches import engine, marking, plan, runs, segments
from unspun.batches.cluster import Cluster
from unspun.batches.engine import Apart, Engine, Here, Local, Order, Task, work
from unspun.batches.passes import Passes, rows
from unspun.batches.plan import Chunk
from unspun.batches.runs import RunFolder
from unspun.batches.segments import Counts
from unspun.config import Config
from unspun.detect import spun
from unspun.errors import UnspunError
from unspun.files import Source
from unspun.protocol import Usage
from unspun.readers import Reading
from unspun.records import Record
from unspun.store import SCHEMA, Documents, LedgerFormat
from unspun.version import __version__
from unspun.workers import Limits

Progress = Callable[[int, int], None]
"""Called after each document with the number done and the number of all; 0 where nobody knows."""

EngineName = Literal["local", "ray"]

Notice = Callable[[str], None]
"""Called with a sentence that is worth saying, such as what is taken over from an earlier run."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did.

    Attributes:
        out: The results folder.
        documents: The record of each document, in the order of their ids; read from the results
            as they are asked for, so that memory does not grow with them.
        corpus: Scores of the whole batch, raw and clean, with signatures; empty without references.
        unpaired: Ids of documents that have no reference, where references were given.
        manifest: The manifest as it was written.
    """

    out: Path
    documents: Sequence[Record]
    corpus: Record
    unpaired: tuple[str, ...] = ()
    manifest: Record = field(default_factory=dict)

    @property
    def quarantined(self) -> Sequence[Record]:
        """The records of documents that could not be done."""
        if not self.manifest["counts"]["quarantined"]:
            return ()
        return tuple(d for d in self.documents if d["status"] != "done")


def run(
    raw: Path | str,
    reference: Path | str | None = None,
    out: Path | str = "out",
    config: Config | None = None,
    *,
    workers: int | None = None,
    limits: Limits | None = None,
    reading: Reading | None = None,
    ledger_format: LedgerFormat = "jsonl",
    resume: bool = True,
    chunk_bytes: int | None = None,
    at: EngineName = "local",
    address: str | None = None,
    task: Task = work,
    progress: Progress | None = None,
    notice: Notice | None = None,
) -> Summary:
    """Take every document of a folder through the flow and write the results.

    A run that was killed is taken up where it ended, if it is run again with the same settings.
    Where results of the same input and settings are there already, nothing is done.

    Args:
        raw: A folder of documents, or one file.
        reference: A folder of clean references with the same relative paths, or one file.
        out: Where the results go; a new folder, or one of an earlier run.
        config: Settings; the defaults if none are given.
        workers: Processes; one a core for large batches if not given, 0 for none beside this one.
        limits: Time and memory of one document; generous if not given.
        reading: Columns of records, and how large a document may be.
        ledger_format: ``jsonl``, or ``parquet`` (needs the extra of that name).
        resume: Whether what an earlier run has done is taken over.
        chunk_bytes: What is done, and kept, as one; a share of the input if not given. Results do
            not depend on it.
        at: ``local``, or ``ray`` (needs the extra of that name).
        address: Of the cluster of Ray; one is started on this machine if not given.
        task: What is done to each document, for tests that let it go wrong.
        progress: Called after each document.
        notice: Called with what is worth saying.

    Raises:
        InputError: for folders that are missing, empty, or inside one another.
        OutputError: if the results cannot be written, or another run is at work there; what stood
            in ``out`` is unchanged.
    """
    started = time.monotonic()
    raw, out = Path(raw), Path(out)
    reference = None if reference is None else Path(reference)
    files.keep_apart(out, [raw] + ([reference] if reference else []))
    sources = files.discover([raw])
    single = [s for s in sources if not readers.holds_records(s.path)]
    references = pairing.pair(single, reference) if reference else {}
    unpaired = tuple(s.id for s in single if s.id not in references) if reference else ()
    config, reading, say = config or Config(), reading or Reading(), notice or (lambda _: None)
    with runs.opened(out, resume=resume) as folder:
        order = Order(folder.path.resolve(), config, reading, limits or Limits(), task)
        given, fenced = _spooled(sources, folder), workers != 0
        chunks = plan.cut(given, references, reading, goal=chunk_bytes, apart=fenced)
        job = _Job(folder, order, chunks, ledger_format, say)
        manifest = job.finished() if resume else None
        if manifest is not None:
            runs.discard(folder)
            say(f"{out}: made from this input with these settings already: nothing to do")
        else:
            job.begin(raw.name, runs.finished(out) if resume else None)
            count = engine.workers_for(chunks, workers)
            apart: Apart = "forked" if all(map(_is_local, sources)) else "fresh"
            with _failing(folder), _engine(at, address, count, workers, config, apart) as place:
                manifest = job.run(place, raw.name, progress or _ignore, started)
    documents = Documents(out / "documents.jsonl", manifest["counts"]["documents"])
    return Summary(out, documents, manifest["corpus"], unpaired, manifest)


def _ignore(_: int, __: int) -> None:
    """Nobody waits for it."""


def _engine(
    name: EngineName,
    address: str | None,
    count: int,
    asked: int | None,
    config: Config,
    apart: Apart,
) -> AbstractContextManager[Engine]:
    """Where the work is done."""
    if name == "ray":
        return Cluster(address, asked)
    return nullcontext(Here()) if count == 0 else Local(count, config, apart)


def _is_local(source: Source) -> bool:
    """Whether a source is a file here: other file systems of fsspec start threads."""
    return isinstance(source.path, Path)


def _spooled(sources: Sequence[Source], folder: RunFolder) -> list[Source]:
    """Sources that can be read again: standard input is written to a file."""
    if all(source.path != files.STDIN for source in sources):
        return list(sources)
    path = folder.path / "stdin"
    path.write_bytes(files.read_bytes(files.STDIN))
    digest = int(hashlib.sha256(path.read_bytes()).hexdigest()[:12], 16)
    os.utime(path, ns=(digest, digest))  # the time tells whether a file changed; here its content
    return [s._replace(path=path) if s.path == files.STDIN else s for s in sources]


@contextmanager
def _failing(folder: RunFolder) -> Iterator[None]:
    """Whatever ends a run is told by `unspun status`."""
    try:
        yield
    except BaseException as error:
        with suppress(UnspunError, OSError):  # the disk may be full: then it is not told
            folder.note(error=str(error) or type(error).__name__, ended=time.time())
        raise


class _Job:
    """A run: its plan, what is done of it, and what is made of that."""

    def __init__(
        self,
        folder: RunFolder,
        order: Order,
        chunks: Sequence[Chunk],
        ledger_format: LedgerFormat,
        say: Notice,
    ) -> None:
        self._folder, self._order, self.chunks, self._say = folder, order, chunks, say
        self._format: LedgerFormat = ledger_format
        self._facts: Record = {
            "unspun": __version__,
            "config": asdict(order.config),
            "models": tables.digests() | spun.digests(order.config.restore),
        }
        self._stamps = {
            source.relative.as_posix(): stamp
            for chunk in chunks
            for source, stamp in zip(chunk.sources, chunk.stamps, strict=False)
        }
        reading = [list(order.reading.columns), order.reading.most_bytes]
        said = [self._facts, reading, ledger_format, [plan.key(chunk) for chunk in chunks]]
        self._identity = hashlib.sha256(records.dumps({"run": said})).hexdigest()

    def finished(self) -> Record | None:
        """The manifest of results that are there already, if they are of this input."""
        manifest = runs.finished(self._folder.out)
        if manifest is None or manifest["identity"] != self._identity:
            return None
        again = manifest["counts"]["quarantined"] and manifest["limits"] != [*self._order.limits]
        return None if again else manifest

    def begin(self, title: str, earlier: Record | None) -> None:
        """Say what is run, and what changed since it was begun, or since results were made."""
        folder, before = self._folder, self._folder.header()
        if before or earlier:
            self._compare(before or earlier or {})
        rows = ({"source": s, "size": n, "time": t} for s, (n, t) in self._stamps.items())
        folder.keep_rows("inputs.jsonl", rows)
        begun = before.get("begun", time.time())
        facts = {"title": title, "begun": begun, "session": time.time(), "state": "looking"}
        folder.note(**self._facts, **facts, error=None, ended=None)

    def _compare(self, before: Record) -> None:
        out = self._folder.out
        now = records.loads(records.dumps(self._facts))
        names = {"unspun": "another version", "config": "other settings", "models": "other models"}
        if other := [said for name, said in names.items() if before.get(name) != now[name]]:
            self._say(f"{out}: begun with {' and '.join(other)}: starts again")
        if said := self._folder.changed(self._stamps):
            self._say(f"{out}: other input: {said}: what depends on it is done anew")
        elif not other and before.get("identity", self._identity) != self._identity:
            self._say(f"{out}: made from other input, or in another form: made anew")

    def run(self, at: Engine, title: str, progress: Progress, started: float) -> Record:
        """Do what is to be done, and put the results into place."""
        folder = self._folder
        passes = Passes(at, self._order, folder, self._facts)
        chunks, recurring = passes.look(self.chunks)
        folder.keep_rows("plan.jsonl", rows(chunks))
        folder.note(state="working")
        total = sum(chunk.documents for chunk in chunks)
        todo, counts = passes.left(chunks)
        if counts.documents:
            self._say(f"{folder.out}: {counts.documents} of {total} documents were done before")
        counts = passes.do(todo, recurring, counts, lambda done: progress(done, total))
        folder.note(state="writing")
        return self._write(chunks, counts, title, started)

    def _write(self, chunks: Sequence[Chunk], counts: Counts, title: str, started: float) -> Record:
        folder = self._folder
        results = folder.path / "results"
        shutil.rmtree(results, ignore_errors=True)
        results.mkdir()
        parts = [folder.chunks / chunk.key for chunk in chunks]
        totals = segments.assemble(parts, results, self._format)
        compared = any(reference for chunk in chunks for reference in chunk.references)
        corpus = records.corpus(totals) if compared else {}
        config = self._order.config.duplicates
        repeated: Record = {}
        if config.enabled:
            (results / runs.MANIFEST).write_bytes(records.dumps({"schema": SCHEMA}))
            repeated = {"duplicates": marking.mark(results, config)}
            (results / runs.MANIFEST).unlink()
        sizes = {path.name: path.stat().st_size for path in sorted(results.glob("*.*"))}
        manifest = {
            "schema": SCHEMA,
            "title": title,
            "unspun": __version__,
            "python": platform.python_version(),
            "fingerprint": fingerprint(self._order.config, self._facts["models"]),
            "identity": self._identity,
            "config": self._facts["config"],
            "models": self._facts["models"],
            "limits": list(self._order.limits),
            "ledger": f"ledger.{self._format}",
            "counts": {
                "documents": counts.documents,
                "done": counts.documents - counts.quarantined,
                "quarantined": counts.quarantined,
                "bytes": counts.bytes,
                "edits": counts.edits,
                **repeated,
            },
            "corpus": corpus,
            "files": sizes,
            "timings": _timings(counts.bytes, time.monotonic() - started),
            **_translated(self._order.config, self._facts["models"], counts),
        }
        written = records.dumps(manifest)
        (results / runs.MANIFEST).write_bytes(written + b"\n")
        reporting.write(results)
        runs.publish(folder, results)
        return records.loads(written)


def _timings(size: int, seconds: float) -> Record:
    rate = round(size / seconds) if seconds else 0
    return {"seconds": round(seconds, 3), "bytes_per_second": rate}


def _translated(config: Config, models: Mapping[str, str], counts: Counts) -> Record:
    """What was translated with which models, and what engines took; nothing where it was off."""
    if not config.translate.to:
        usage = counts.translation.get("usage")
        return {"rewriting": {"engine": config.rewrite.engine, "usage": usage}} if usage else {}
    told = {"models": {}, "segments": {}, "kept": {}, "usage": asdict(Usage())} | counts.translation
    names = "\n".join(f"{k} {told['models'][k]}" for k in sorted(told["models"]))
    return {
        "fingerprint": fingerprint(config, models, names),
        "translation": {"to": config.translate.to, "engine": config.translate.engine, **told},
    }


def fingerprint(config: Config, models: Mapping[str, str], translators: str = "") -> str:
    """Twelve hexadecimal digits: version, settings and models behind a result."""
    parts = [__version__, config.fingerprint(), *sorted(models.values())]
    parts += [translators] if translators else []
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]
