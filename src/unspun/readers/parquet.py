"""Parquet, in batches, so that memory does not grow with the file."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat
from pathlib import Path
from typing import Any

from unspun.errors import InputError
from unspun.readers import places
from unspun.readers.containers import RATIO, RATIO_FROM
from unspun.readers.rows import WHOLE, Columns, Part, Row, name

_BATCH = 256  # rows
_BATCH_BYTES = 1 << 24  # of a column, in a batch


def rows(path: Path, columns: Columns, most: int, part: Part = WHOLE) -> Iterator[Row]:
    """The records of a file.

    Args:
        path: The file.
        columns: Which columns hold what.
        most: Bytes of a text beyond which it is not taken.
        part: Which rows.

    Raises:
        InputError: if it is damaged, has no such column, or pyarrow is missing. Checksums of pages
            are verified where the file has them.
    """
    pa, pq = _pyarrow(path)
    try:
        with places.reached(path), _open(path, columns, pq) as file:
            wanted = _wanted(file.schema_arrow, columns, path, pa)
            groups, number = _groups(file.metadata, part)
            size = _batch(file.metadata, groups, wanted, path)
            for batch in _batches(file, groups, size, wanted):
                if number + batch.num_rows <= part.start:
                    number += batch.num_rows
                    continue
                texts = _values(batch.column(columns.text), pa, pa.large_binary())
                names = _values(batch.column(wanted[-1]), pa) if len(wanted) > 1 else repeat(None)
                for text, given in zip(texts, names, strict=False):
                    number += 1
                    if part.end is not None and number > part.end:
                        return
                    if number > part.start:
                        yield _row(number, text, given, columns, most)._replace(end=number)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise InputError(f"{path}: damaged Parquet ({error})") from error


def _batches(file: Any, groups: list[int], size: int, wanted: list[str]) -> Iterator[Any]:  # noqa: ANN401
    """The rows of groups, in batches.

    Raises:
        ValueError: if a group, or the file, has other rows than it says, of which Arrow says
            nothing.
    """
    metadata = file.metadata
    rows = sum(metadata.row_group(index).num_rows for index in range(metadata.num_row_groups))
    if rows != metadata.num_rows:
        raise ValueError(f"row groups of {rows:,} rows, not of {metadata.num_rows:,}")
    for index in groups:
        said, found = metadata.row_group(index).num_rows, 0
        for batch in file.iter_batches(size, row_groups=[index], columns=wanted):
            found += batch.num_rows
            yield batch
        if found != said:
            raise ValueError(f"row group {index + 1} has {found:,} of its {said:,} rows")


def _open(path: Path, columns: Columns, pq: Any) -> Any:  # noqa: ANN401 - Arrow's own
    """A file whose columns come as dictionaries where they are stored so: a value once."""
    source = _openable(path)
    metadata = pq.read_metadata(source)
    stored = {metadata.schema.column(n).path for n in range(metadata.num_columns)}
    once = [name for name in {columns.text, columns.id or "id"} if name in stored]
    return pq.ParquetFile(
        source, metadata=metadata, page_checksum_verification=True, read_dictionary=once
    )


def _openable(path: Path) -> object:
    """What Arrow can open: files of other file systems it is handed open."""
    return path if isinstance(path, Path) else path.open("rb")


def cut(path: Path, columns: Columns, size: int) -> list[Part]:
    """Parts of a file of about so many bytes: row groups, several small ones or shares of one.

    Raises:
        InputError: if it is damaged or pyarrow is missing.
    """
    pa, pq = _pyarrow(path)
    try:
        with places.reached(path), pq.ParquetFile(_openable(path)) as file:
            metadata = file.metadata
            names = [metadata.schema.column(n).path for n in range(metadata.num_columns)]
            at = names.index(columns.text) if columns.text in names else None
            groups = [metadata.row_group(n) for n in range(metadata.num_row_groups)]
            sizes = [
                (
                    group.num_rows,
                    group.total_byte_size
                    if at is None
                    else group.column(at).total_uncompressed_size,
                )
                for group in groups
            ]
    except (pa.ArrowException, OSError, ValueError) as error:
        raise InputError(f"{path}: damaged Parquet ({error})") from error
    starts, row, held = [0], 0, 0
    for count, bytes_ in sizes:
        shares = min(max(1, round(bytes_ / size)), max(1, count))
        for share in range(shares):
            place = row + count * share // shares
            if held and held + bytes_ // shares > size and place > starts[-1]:
                starts.append(place)
                held = 0
            held += bytes_ // shares
        row += count
    ends = [*starts[1:], None]
    return [Part(start, end, start + 1) for start, end in zip(starts, ends, strict=True)]


def _pyarrow(path: Path) -> tuple[Any, Any]:
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra
        import pyarrow.parquet as pq  # noqa: PLC0415
    except ImportError as error:
        raise InputError(f"{path}: Parquet needs pyarrow: pip install 'unspun[parquet]'") from error
    return pa, pq


def _groups(metadata: Any, part: Part) -> tuple[list[int], int]:  # noqa: ANN401 - Arrow's own
    """The row groups that a part lies in, and how many rows stand before them."""
    groups, before, row = [], 0, 0
    for index in range(metadata.num_row_groups):
        count = metadata.row_group(index).num_rows
        if row + count <= part.start and part.start:
            before = row + count
        elif part.end is None or row < part.end:
            groups.append(index)
        row += count
    return groups, before


def _row(number: int, text: bytes | None, given: object, columns: Columns, most: int) -> Row:
    if text is None:
        problem = f"row {number}: the column {columns.text!r} is null, not text"
        return Row(number, None, name(given), problem=problem)
    if len(text) > most:
        problem = f"row {number}: a text of {len(text):,} bytes, more than {most:,}"
        return Row(number, None, name(given), raw=text[:most], problem=problem)
    return Row(number, text.decode("utf-8", "surrogateescape"), name(given))


def _wanted(schema: Any, columns: Columns, path: Path, pa: Any) -> list[str]:  # noqa: ANN401
    """The columns to read: that of the text, then that of the name where there is one."""
    for wanted in filter(None, columns):
        if schema.names.count(wanted) != 1:
            option = "--text-column" if wanted == columns.text else "--id-column"
            has = ", ".join(schema.names)
            raise InputError(f"{path}: no column {wanted!r} (it has {has}): name one with {option}")
    kind = schema.field(columns.text).type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    text = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_null)
    if not any(matches(kind) for matches in (*text, pa.types.is_large_binary)):
        raise InputError(f"{path}: the column {columns.text!r} holds {kind}, not text")
    key = columns.id or "id"
    return [columns.text, key] if key in schema.names and key != columns.text else [columns.text]


def _batch(metadata: Any, groups: list[int], wanted: list[str], path: Path) -> int:  # noqa: ANN401
    """How many rows are read together, so that they are not too large together.

    Raises:
        InputError: if a column is a decompression bomb.
    """
    rows = _BATCH
    for group in map(metadata.row_group, groups):
        for column in map(group.column, range(group.num_columns)):
            if column.path_in_schema not in wanted:
                continue
            stored, size = column.total_compressed_size, column.total_uncompressed_size
            if size > RATIO_FROM and size > RATIO * stored:
                raise InputError(f"{path}: a decompression bomb: {stored:,} bytes give {size:,}")
            rows = min(rows, max(1, _BATCH_BYTES * group.num_rows // max(1, size)))
    return rows


def _values(column: Any, pa: Any, kind: Any = None) -> Iterator[Any]:  # noqa: ANN401 - Arrow's own
    """The values of a column one by one; those of a dictionary are not copied row by row.

    Args:
        column: The column.
        pa: Arrow.
        kind: What they are cast to: text as bytes, since Arrow does not check that it is UTF-8.

    Raises:
        ValueError: if a row names a value that the dictionary does not have.
    """
    indices = None
    if pa.types.is_dictionary(column.type):
        indices, column = column.indices, column.dictionary
    if kind is not None:
        column = column.cast(kind)
    if indices is None:
        yield from (value.as_py() for value in column)
    else:
        for index in indices.to_pylist():
            if index is not None and not 0 <= index < len(column):  # Arrow does not check
                raise ValueError(f"value {index} of a dictionary of {len(column)}")
            yield None if index is None else column[index].as_py()
