"""The whole job: a folder of documents in, a folder of results out."""

from __future__ import annotations

import hashlib
import platform
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from unspun import engine, files, pairing, readers, records, reporting, tables
from unspun.comparison import Totals
from unspun.config import Config
from unspun.readers import Reading
from unspun.records import Record
from unspun.store import SCHEMA, LedgerFormat, Writer
from unspun.translation.protocol import Usage
from unspun.version import __version__
from unspun.workers import Limits

Progress = Callable[[int, int], None]
"""Called after each document with the number done and the number of all; 0 where nobody knows."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did.

    Attributes:
        out: The results folder.
        documents: The record of each document, in the order of their ids.
        corpus: Scores of the whole batch, raw and clean, with signatures; empty without references.
        unpaired: Ids of documents that have no reference, where references were given.
        manifest: The manifest as it was written.
    """

    out: Path
    documents: tuple[Record, ...]
    corpus: Record
    unpaired: tuple[str, ...] = ()
    manifest: Record = field(default_factory=dict)

    @property
    def quarantined(self) -> tuple[Record, ...]:
        """The records of documents that could not be done."""
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
    progress: Progress | None = None,
) -> Summary:
    """Take every document of a folder through the flow and write the results.

    Args:
        raw: A folder of documents, or one file.
        reference: A folder of clean references with the same relative paths, or one file.
        out: Where the results go; a new folder, or one of an earlier run.
        config: Settings; the defaults if none are given.
        workers: Processes; one a core for large batches if not given, 0 for none beside this one.
        limits: Time and memory of one document; generous if not given.
        reading: Columns of records, and how large a document may be.
        ledger_format: ``jsonl``, or ``parquet`` (needs the extra of that name).
        progress: Called after each document.

    Raises:
        InputError: for folders that are missing, empty, or inside one another.
        OutputError: if the results cannot be written; what stood in ``out`` is unchanged.
    """
    started = time.monotonic()
    raw, out = Path(raw), Path(out)
    reference = None if reference is None else Path(reference)
    config = config or Config()
    files.keep_apart(out, [raw] + ([reference] if reference else []))
    sources = files.discover([raw])
    single = [s for s in sources if not readers.holds_records(s.path)]
    references = pairing.pair(single, reference) if reference else {}
    total = len(sources) if len(single) == len(sources) else 0
    totals = Totals()
    usage = Usage()
    documents: list[Record] = []
    with files.staging(out) as folder:
        with Writer(folder, ledger_format) as writer:
            for done in engine.run(
                sources, references, config, workers=workers, limits=limits, reading=reading
            ):
                writer.add(done.outcome)
                documents.append(done.outcome.document)
                if done.comparison is not None:
                    totals.add(done.comparison)
                usage = usage.added(done.usage)
                if progress is not None:
                    progress(len(documents), total)
        corpus = records.corpus(totals) if references else {}
        seconds = time.monotonic() - started
        manifest = _manifest(raw.name, config, documents, corpus, seconds, ledger_format)
        manifest |= _translated(config, documents, usage)
        (folder / "manifest.json").write_bytes(records.dumps(manifest) + b"\n")
        reporting.write(folder)
    unpaired = tuple(s.id for s in single if s.id not in references) if reference else ()
    return Summary(out, tuple(documents), corpus, unpaired, manifest)


def _translated(config: Config, documents: list[Record], usage: Usage) -> Record:
    """What was translated with which models, and what that took; nothing where it was off."""
    if not config.translate.to:
        return {}
    models: dict[str, str] = {}
    totals: dict[str, dict[str, int]] = {"segments": {}, "kept": {}}
    for document in documents:
        told = document.get("translation") or {}
        models |= told.get("models", {})
        for name, total in totals.items():
            for key, count in told.get(name, {}).items():
                total[key] = total.get(key, 0) + count
    names = "\n".join(f"{k} {models[k]}" for k in sorted(models))
    told = {"to": config.translate.to, "engine": config.translate.engine, "models": models}
    return {
        "fingerprint": fingerprint(config, names),
        "translation": {**told, **totals, "usage": asdict(usage)},
    }


def fingerprint(config: Config, translators: str = "") -> str:
    """Twelve hexadecimal digits: version, settings and models behind a result."""
    parts = [__version__, config.fingerprint(), *sorted(tables.digests().values())]
    parts += [translators] if translators else []
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _manifest(
    title: str,
    config: Config,
    documents: list[Record],
    corpus: Record,
    seconds: float,
    ledger_format: LedgerFormat,
) -> Record:
    done = [d for d in documents if d["status"] == "done"]
    edits: dict[str, int] = {}
    for document in done:
        for stage, count in document["edits"].items():
            edits[stage] = edits.get(stage, 0) + count
    size = sum(d["bytes"] for d in done)
    settings: dict[str, Any] = asdict(config)
    return {
        "schema": SCHEMA,
        "title": title,
        "unspun": __version__,
        "python": platform.python_version(),
        "fingerprint": fingerprint(config),
        "config": settings,
        "models": tables.digests(),
        "ledger": f"ledger.{ledger_format}",
        "counts": {
            "documents": len(documents),
            "done": len(done),
            "quarantined": len(documents) - len(done),
            "bytes": size,
            "edits": edits,
        },
        "corpus": corpus,
        "timings": {
            "seconds": round(seconds, 3),
            "bytes_per_second": round(size / seconds) if seconds else 0,
        },
    }
