"""Texts and edits as rows: JSON Lines, or Parquet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from unspun import records
from unspun.errors import OutputError
from unspun.records import Record


class ParquetTexts:
    """One row a text."""

    BATCH_CHARACTERS = 1 << 22

    def __init__(self, path: Path, version: int) -> None:
        pa, pq = pyarrow()
        fields = [("id", pa.string()), ("text", pa.large_string())]
        self._schema = pa.schema(fields, metadata={"unspun_schema": str(version)})
        self._table = pa.Table
        self._writer = pq.ParquetWriter(
            path, self._schema, compression="zstd", write_page_checksum=True
        )
        self._rows: list[Record] = []
        self._size = 0

    def add(self, id_: str, text: str) -> None:
        """One more."""
        self._rows.append({"id": id_, "text": text})
        self._size += len(text)
        if self._size >= self.BATCH_CHARACTERS:
            self._write()

    def _write(self) -> None:
        self._writer.write_table(self._table.from_pylist(self._rows, schema=self._schema))
        self._rows, self._size = [], 0

    def close(self) -> None:
        """Finish the file."""
        if self._rows:
            self._write()
        self._writer.close()


def pyarrow() -> tuple[Any, Any]:
    """The modules of Arrow and of Parquet.

    Raises:
        OutputError: if they are not installed.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra
        import pyarrow.parquet as pq  # noqa: PLC0415
    except ImportError as error:
        raise OutputError(
            "--format parquet needs pyarrow: pip install 'unspun[parquet]'"
        ) from error
    return pa, pq


def edit_fields(pa: Any) -> list[tuple[str, Any]]:  # noqa: ANN401 - Arrow's own
    """The columns of an edit, with their types."""
    texts = ("before", "after", "stage", "rule")
    return [
        *((name, pa.int64()) for name in ("start", "end")),
        *((name, pa.string()) for name in texts),
        ("confidence", pa.float64()),
        ("history", pa.string()),
        ("before_bytes", pa.binary()),
    ]


def edit_row(edit: Record) -> Record:
    """An edit as Arrow can hold it, which has no lone surrogates: ``before_bytes`` is exact."""
    history = records.dumps({"steps": edit.get("history", [])}).decode()
    exact = edit["before"].encode("utf-8", "surrogatepass")
    shown = exact.decode("utf-8", "replace")
    lossy = {} if shown == edit["before"] else {"before": shown, "before_bytes": exact}
    return {**edit, "history": history, **lossy}


class ParquetLedger:
    """One row an edit."""

    BATCH = 10_000

    def __init__(self, path: Path, version: int) -> None:
        pa, pq = pyarrow()
        self._schema = pa.schema(
            [("id", pa.string()), *edit_fields(pa)], metadata={"unspun_schema": str(version)}
        )
        self._table = pa.Table
        self._writer = pq.ParquetWriter(path, self._schema, compression="zstd")
        self._rows: list[Record] = []

    def add(self, id_: str, ledger: Sequence[Record]) -> None:
        """Those of one more document."""
        self._rows += ({"id": id_, **edit_row(edit)} for edit in ledger)
        if len(self._rows) >= self.BATCH:
            self._write()

    def _write(self) -> None:
        self._writer.write_table(self._table.from_pylist(self._rows, schema=self._schema))
        self._rows = []

    def close(self) -> None:
        """Finish the file."""
        if self._rows:
            self._write()
        self._writer.close()
