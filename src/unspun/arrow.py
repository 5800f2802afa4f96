"""The flow on Arrow tables: what other people's pipelines hand over and take back."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, TypeVar, cast

from unspun import records, tabular
from unspun.config import Config
from unspun.errors import ConfigError, InputError, OutputError
from unspun.model import Processed
from unspun.records import Record
from unspun.streaming import Pipeline, Text
from unspun.workers import Limits

SCHEMA = 1
"""The version of the added columns; in the schema's metadata under ``unspun_schema``."""
ROWS = 1024
"""Rows done together; the memory beyond the table itself grows with them."""

_T = TypeVar("_T")
_Arrow = Any
"""pyarrow and its values, which have no types."""


def batch(
    table: _T,
    column: str = "text",
    *,
    id_column: str | None = None,
    config: Config | None = None,
    stages: Collection[str] | None = None,
    prefix: str = "",
    workers: int = 0,
    limits: Limits | None = None,
) -> _T:
    """Take a column of texts through the flow and add columns with what came of it.

    Rows keep their number and order, and the columns that are there already are not touched. A row
    that is null, or goes wrong, is quarantined with its reason and never stops the others.

    Args:
        table: A ``pyarrow`` Table, RecordBatch or RecordBatchReader (which is read as its result
            is); anything else that offers an Arrow stream, such as a Polars frame, gives a Table.
        column: The column of the texts, or of the bytes of documents, whose encoding is found.
        id_column: The column that names the rows in what is said of them.
        config: Settings; the defaults if none are given.
        stages: Names of the stages to run; all if none are given.
        prefix: Put before the name of each added column.
        workers: Processes; 0 does all in this one, as fits a host that has workers of its own.
        limits: What one text may take in a worker.

    Raises:
        InputError: if there is no such column, it holds no text, or a name is taken already.
        ConfigError: for settings that no text could be done with.
    """
    pa, _ = _pyarrow()
    given = _reader(table, pa)
    _check(given.schema, column, id_column, prefix, pa)
    made = _Maker(given.schema, column, id_column, prefix, pa)
    flow = Pipeline(config, stages=stages, workers=workers, limits=limits)
    done = (made.add(part, flow) for whole in given for part in _parts(whole))
    result = pa.RecordBatchReader.from_batches(made.schema, _closing(done, flow))
    if isinstance(table, pa.RecordBatchReader):
        return cast("_T", result)
    if not isinstance(table, pa.RecordBatch):
        return cast("_T", result.read_all())
    batches = result.read_all().combine_chunks().to_batches()
    empty = pa.RecordBatch.from_pylist([], schema=made.schema)
    return cast("_T", batches[0] if batches else empty)


def added(prefix: str = "") -> _Arrow:
    """The schema of the columns that `batch` adds, for engines that ask for it beforehand."""
    pa, _ = _pyarrow()
    edit = pa.struct(tabular.edit_fields(pa))
    kinds = {
        "clean_text": pa.string(),
        "language": pa.string(),
        "script": pa.string(),
        "confidence": pa.float64(),
        "origin": pa.string(),
        "source_language": pa.string(),
        "spun": pa.float64(),
        "quality": pa.float64(),
        "edits": pa.list_(edit),
        "encoding": pa.string(),
        "status": pa.string(),
        "reason": pa.string(),
    }
    return pa.schema([(prefix + name, kind) for name, kind in kinds.items()])


def with_added(schema: _Arrow, prefix: str = "") -> _Arrow:
    """The schema of a table after `batch`."""
    pa, _ = _pyarrow()
    metadata = {**(schema.metadata or {}), b"unspun_schema": str(SCHEMA).encode()}
    return pa.schema([*schema, *added(prefix)], metadata=metadata)


def _pyarrow() -> tuple[_Arrow, _Arrow]:
    try:
        return tabular.pyarrow()
    except OutputError as error:
        raise InputError("Arrow tables need pyarrow: pip install 'unspun[parquet]'") from error


def _reader(table: _Arrow, pa: _Arrow) -> _Arrow:
    """The table as a stream of batches."""
    if isinstance(table, pa.RecordBatchReader):
        return table
    if isinstance(table, pa.RecordBatch):
        return pa.RecordBatchReader.from_batches(table.schema, [table])
    if isinstance(table, pa.Table):
        return table.to_reader()
    if hasattr(table, "__arrow_c_stream__"):
        return pa.RecordBatchReader.from_stream(table)
    kind = type(table).__name__
    raise InputError(f"{kind} is no Arrow table, record batch or stream of record batches")


def _check(schema: _Arrow, column: str, id_column: str | None, prefix: str, pa: _Arrow) -> None:
    has = ", ".join(schema.names)
    for name, option in ((column, "column"), (id_column, "id_column")):
        if name is not None and schema.names.count(name) != 1:
            said = "no column" if name not in schema.names else "more than one column"
            raise InputError(f"{said} {name!r} (there are {has}): name one with {option}=")
    kind = schema.field(column).type
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    if not _is_text(kind, pa):
        raise InputError(f"the column {column!r} holds {kind}, not text")
    if taken := [name for name in added(prefix).names if name in schema.names]:
        names = ", ".join(map(repr, taken))
        raise ConfigError(
            f"the table has columns of the names {names} already: "
            f"put something before those that are added, such as prefix='unspun_'"
        )


def _is_text(kind: _Arrow, pa: _Arrow) -> bool:
    name = str(kind).removeprefix("large_").removesuffix("_view")
    return name in ("string", "binary", "null") or bool(pa.types.is_fixed_size_binary(kind))


def _parts(whole: _Arrow) -> Iterator[_Arrow]:
    """Pieces that are done together."""
    for start in range(0, max(1, whole.num_rows), ROWS):
        yield whole.slice(start, ROWS)


def _closing(parts: Iterator[_Arrow], flow: Pipeline) -> Iterator[_Arrow]:
    with flow:
        yield from parts


class _Maker:
    """Adds the columns to one batch after another."""

    def __init__(
        self, schema: _Arrow, column: str, id_column: str | None, prefix: str, pa: _Arrow
    ) -> None:
        self._column, self._id_column, self._pa = column, id_column, pa
        self._added = added(prefix)
        self.schema = with_added(schema, prefix)

    def add(self, part: _Arrow, flow: Pipeline) -> _Arrow:
        """The batch with its new columns."""
        texts = texts_of(part.column(self._column), self._pa)
        ids = map(str, part.column(self._id_column).to_pylist()) if self._id_column else None
        named = list(zip(ids or map(str, range(len(texts))), texts, strict=True))
        done = list(flow.stream(named)) if flow.workers else flow.many(named)
        made = [_row(item) for item in done]
        columns = [
            self._pa.array([row[k] for row in made], type=field.type)
            for k, field in enumerate(self._added)
        ]
        return self._pa.RecordBatch.from_arrays([*part.columns, *columns], schema=self.schema)


def texts_of(column: _Arrow, pa: _Arrow) -> Sequence[Text]:
    """The texts of a column; Arrow itself does not check that they are UTF-8."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    try:
        values: list[Text] = column.to_pylist()
    except UnicodeDecodeError:
        exact = column.cast(pa.large_binary()).to_pylist()
        values = [v if v is None else v.decode("utf-8", "surrogateescape") for v in exact]
    return values


def _row(item: Processed) -> tuple[Any, ...]:
    """The values of the added columns, in their order."""
    status, reason, text = item.status, item.reason, item.text
    if text is not None and not _is_unicode(text):
        status, text = "quarantined", None
        reason = "the clean text holds bytes that are no text: is their rule switched off?"
    if status != "done":
        return (*(None,) * 10, status, reason)
    edits: list[Record] = [tabular.edit_row(records.edit(edit)) for edit in item.edits]
    origin = item.origin
    return (
        text,
        item.language,
        item.script,
        round(item.confidence, 4),
        origin.label if origin else None,
        origin.source_language if origin else None,
        round(item.spun.score, 4) if item.spun else None,
        round(item.quality.score, 4) if item.quality else None,
        edits,
        item.encoding,
        status,
        reason,
    )


def _is_unicode(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
