"""The results folder: what `unspun run` writes, and how it is read again.

    text/             clean documents under their relative paths
    quarantine/       the bytes of documents that could not be done, under their relative paths
    text.jsonl        clean documents that were records (or text.parquet)
    quarantine.jsonl  records that could not be done, as they stood in their files
    documents.jsonl   one record a document: reading, language, origin, quality, scores
    spans.jsonl       language spans, tags and findings
    ledger.jsonl      every edit (or ledger.parquet)
    diffs.jsonl       clean against reference, and the reference's text
    report.html       the page
    manifest.json     fingerprint, settings, counts, timings; written last

Every file but the manifest is the same, byte for byte, for the same input and settings.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import groupby, islice
from pathlib import Path
from typing import IO, Literal, NamedTuple, overload

from unspun import decode, edits, files, records, tabular
from unspun.errors import InputError
from unspun.model import Document, Ledger
from unspun.records import Record
from unspun.verification import Verified

SCHEMA = 1
LedgerFormat = Literal["jsonl", "parquet"]
_ROWS = 256  # read at a time


class Outcome(NamedTuple):
    """One document's share of the results, ready to be written.

    Attributes:
        id: The document's id.
        relative: Its path below the input folder; None for a record.
        document: The record for documents.jsonl.
        text: The clean text; None for a quarantined document.
        spans: Records for spans.jsonl.
        ledger: Records for the ledger.
        diff: The record for diffs.jsonl, if there is a reference.
        raw: The bytes of a quarantined document, or the file that holds them.
    """

    id: str
    relative: str | None
    document: Record
    text: str | None
    spans: Sequence[Record] = ()
    ledger: Sequence[Record] = ()
    diff: Record | None = None
    raw: bytes | Path | None = None


class Writer:
    """Writes outcomes, in the order given, into a folder; files appear as there is need of them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, IO[bytes]] = {}

    def close(self) -> None:
        """Finish the files."""
        with ExitStack() as stack:
            for file in self._files.values():
                stack.callback(file.close)

    def add(self, outcome: Outcome) -> None:
        """Write one document's results."""
        self._write("documents.jsonl", outcome.document)
        for span in outcome.spans:
            self._write("spans.jsonl", {"id": outcome.id, **span})
        for edit in outcome.ledger:
            self._write("ledger.jsonl", {"id": outcome.id, **edit})
        if outcome.diff is not None:
            self._write("diffs.jsonl", outcome.diff)
        if outcome.relative is None:
            self._add_record(outcome)
        elif outcome.text is not None:
            files.write_text(self._folder / "text" / outcome.relative, outcome.text)
        elif outcome.raw is not None:
            files.keep(self._folder / "quarantine" / outcome.relative, outcome.raw)

    def _add_record(self, outcome: Outcome) -> None:
        """Texts of records stand in one file: millions of small ones help nobody."""
        if outcome.text is not None:
            self._write("text.jsonl", {"id": outcome.id, "text": outcome.text})
            return
        raw = outcome.raw if isinstance(outcome.raw, bytes) else b""
        record = {"id": outcome.id, "raw": raw.decode("utf-8", "surrogateescape")}
        self._write("quarantine.jsonl", record)

    def _write(self, name: str, record: Record) -> None:
        file = self._files.get(name)
        if file is None:
            file = self._files[name] = (self._folder / name).open("wb")
        file.write(records.dumps(record) + b"\n")


class Documents(Sequence[Record]):
    """The records of all documents, read from the results as they are asked for.

    Args:
        path: The file.
        count: How many there are.
    """

    def __init__(self, path: Path, count: int) -> None:
        self._path, self._count = path, count

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Record]:
        return lines(self._path)

    @overload
    def __getitem__(self, index: int) -> Record: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Record, ...]: ...

    def __getitem__(self, index: int | slice) -> Record | tuple[Record, ...]:
        if isinstance(index, slice):
            wanted = range(*index.indices(self._count))
            if wanted.step < 0:
                return self[wanted[-1] : wanted[0] + 1 : -wanted.step][::-1] if wanted else ()
            return tuple(islice(iter(self), wanted.start, wanted.stop, wanted.step))
        return next(islice(iter(self), range(self._count)[index], None))


def lines(path: Path) -> Iterator[Record]:
    """The records of a file of results.

    Raises:
        InputError: if it cannot be read, or is damaged.
    """
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                try:
                    yield records.loads(line)
                except ValueError as error:
                    raise InputError(f"{path}:{number}: damaged ({error})") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error


class Stored(NamedTuple):
    """One document's results, read again."""

    document: Record
    text: str | None
    ledger: Ledger
    spans: Sequence[Record]
    diff: Record | None
    kept: str | None = None  # a quarantined record as it stood in its file

    @property
    def is_record(self) -> bool:
        """Whether it stood in a file of records."""
        return "record" in self.document

    @property
    def file(self) -> str:
        """The path of its text; of its raw bytes where it is quarantined."""
        source: str = self.document["source"]
        return str(self.document.get("file", source)) if self.text is not None else source

    @property
    def raw_text(self) -> str:
        """The decoded raw text, rewound from the clean text."""
        return "" if self.text is None else edits.undo(self.text, self.ledger)

    @property
    def verified(self) -> tuple[Verified, ...]:
        """What translation QA found."""
        return tuple(records.to_verified(r) for r in self.spans if r["type"] == "qa")


class Store:
    """A results folder that `unspun run` wrote.

    Raises:
        InputError: if the folder is none, or its schema is not ours.
    """

    def __init__(self, out: Path) -> None:
        self._out = out
        try:
            self.manifest = records.loads((out / "manifest.json").read_bytes())
        except OSError as error:
            raise InputError(f"{out}: no results here; make them with 'unspun run'") from error
        except ValueError as error:
            raise InputError(f"{out / 'manifest.json'}: damaged; run 'unspun run' again") from error
        if self.manifest.get("schema") != SCHEMA:
            raise InputError(f"{out}: written by another version of unspun; run it again")

    def __iter__(self) -> Iterator[Stored]:
        """All documents in order, each file read once from front to back."""
        spans = _grouped(self._lines("spans.jsonl"))
        ledger = _grouped(self._ledger_rows())
        diffs = _grouped(self._lines("diffs.jsonl"))
        texts, kept = self._texts(), self._optional("quarantine.jsonl")
        for document in self._lines("documents.jsonl"):
            id_ = document["id"]
            rows = ledger.take(id_)
            done, record = document["status"] == "done", "record" in document
            yield Stored(
                document,
                self._of(texts, id_)["text"] if done and record else self._text(document),
                tuple(records.to_edit(row) for row in rows),
                spans.take(id_),
                next(iter(diffs.take(id_)), None),
                self._of(kept, id_)["raw"] if record and not done else None,
            )

    def documents(self) -> Iterator[Record]:
        """The records of all documents, without their texts and edits."""
        return self._lines("documents.jsonl")

    def _of(self, rows: Iterator[Record], id_: str) -> Record:
        """The next row, which is that of a document."""
        row = next(rows, None)
        if row is None or row["id"] != id_:
            raise InputError(f"{self._out}: damaged: {id_!r} is missing where it should stand")
        return row

    def _optional(self, name: str) -> Iterator[Record]:
        return self._lines(name) if (self._out / name).exists() else iter(())

    def _texts(self) -> Iterator[Record]:
        """The texts of records."""
        path = self._out / "text.parquet"
        if not path.exists():
            yield from self._optional("text.jsonl")
            return
        for batch in tabular.pyarrow()[1].ParquetFile(path).iter_batches(_ROWS):
            yield from batch.to_pylist()

    def find(self, id_: str) -> Stored:
        """The document of an id, or of a path that ends in one.

        Raises:
            InputError: if there is none.
        """
        wanted = {id_, id_.rpartition(".")[0] or id_}
        known = []
        for stored in self:
            if stored.document["id"] in wanted or stored.document["source"] == id_:
                return stored
            known.append(stored.document["id"])
        shown = ", ".join(known[:5]) + (", ..." if len(known) > 5 else "")  # noqa: PLR2004
        raise InputError(f"{self._out}: no document {id_!r}; it holds {shown}")

    def raw_bytes(self, stored: Stored) -> bytes:
        """The bytes of the document as it came.

        Raises:
            EditError: if the stored text or ledger was changed by hand.
            InputError: if a file is missing.
        """
        if stored.is_record:
            if stored.text is None:
                return (stored.kept or "").encode("utf-8", "surrogateescape")
            said = stored.document["encoding"], stored.document["encoding_evidence"]
            return decode.raw_bytes(Document(stored.document["id"], stored.raw_text, *said))
        if stored.text is None:
            kept = files.inside(self._out / "quarantine", stored.document["source"])
            return files.read_bytes(kept)
        return decode.encode(stored.raw_text, stored.document["encoding"])

    def _text(self, document: Record) -> str | None:
        if document["status"] != "done":
            return None
        name = str(document.get("file", document["source"]))
        return files.read_bytes(files.inside(self._out / "text", name)).decode("utf-8")

    def _lines(self, name: str) -> Iterator[Record]:
        return lines(self._out / name)

    def _ledger_rows(self) -> Iterator[Record]:
        path = self._out / "ledger.parquet"
        if not path.exists():
            yield from self._lines("ledger.jsonl")
            return
        for batch in tabular.pyarrow()[1].ParquetFile(path).iter_batches():
            for row in batch.to_pylist():
                history = records.loads(row["history"].encode())["steps"]
                exact = row.pop("before_bytes")
                before = exact.decode("utf-8", "surrogatepass") if exact else row["before"]
                yield {**row, "before": before, "history": history}


class _Groups:
    """Rows of one document after another, in the documents' order, some without rows."""

    def __init__(self, rows: Iterator[Record]) -> None:
        self._groups = groupby(rows, key=lambda row: str(row["id"]))
        self._next = self._advance()

    def _advance(self) -> tuple[str, list[Record]] | None:
        for id_, rows in self._groups:
            return id_, list(rows)
        return None

    def take(self, id_: str) -> list[Record]:
        if self._next is None or self._next[0] != id_:
            return []
        rows = self._next[1]
        self._next = self._advance()
        return rows


def _grouped(rows: Iterator[Record]) -> _Groups:
    return _Groups(rows)
