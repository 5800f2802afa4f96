"""Parts of one large file: together they hold every record once, numbered as in the whole."""

from __future__ import annotations

import bz2
import gzip
import json
import random
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unspun import readers
from unspun.readers.rows import WHOLE, Part, Row

READING = readers.Reading()
LINES = st.lists(
    st.sampled_from(
        ["", "\r", '{"text": "a"}', '{"text": "caf\u00e9 \u4e2d\u6587"}', "{broken", "  "]
    ),
    max_size=30,
)


def numbered(path: Path, size: int) -> list[Part]:
    """The parts with the numbers of their first lines, as a first pass would find them."""
    parts, first = [], 1
    for part in readers.cut(path, READING, size):
        parts.append(part._replace(first=part.first or first))
        first += (readers.count(path, part) or 0) if path.suffix == ".jsonl" else 0
    return parts


def together(path: Path, parts: list[Part]) -> Iterator[Row]:
    for part in parts:
        yield from readers.rows(path, READING, part)


@given(LINES, st.integers(1, 60), st.sampled_from(["", "\n"]))
def test_lines_are_neither_lost_nor_doubled(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], size: int, end: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "lines.jsonl"
    path.write_bytes(("\ufeff" + "\n".join(lines) + end).encode())
    parts = numbered(path, size)
    assert list(together(path, parts)) == list(readers.rows(path, READING))
    assert all(a.end == b.start for a, b in pairwise(parts))


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".jsonl.bz2", ".tsv"])
def test_a_file_can_be_cut_behind_every_record(tmp_path: Path, suffix: str) -> None:
    """Also inside of compressed files, and where quoted fields hold line ends."""
    draw = random.Random(3)
    pack: Callable[[bytes], bytes] = bytes
    pack = gzip.compress if suffix.endswith("gz") else bz2.compress if "bz" in suffix else pack
    path = tmp_path / f"a{suffix}"
    if "jsonl" in suffix:
        rows = [json.dumps({"id": n, "text": "x" * n}) for n in range(40)]
    else:
        rows = ["id,text", *(f'{n},"a\n""{n}"" \u00e9\n"' for n in range(40))]
        rows[7:7] = ["", "one,two,three", 'bro"ken,"x"y']
    rows = [row.replace(",", "\t") for row in rows] if "tsv" in suffix else rows
    path.write_bytes(pack("\r\n".join(rows).encode()))
    whole = list(readers.rows(path, READING))
    assert len(whole) >= 40
    for _ in range(20):
        marks = sorted(draw.sample(whole[:-1], 3), key=lambda row: row.end)
        starts = [WHOLE, *(Part(row.end, None, row.number + row.lines) for row in marks)]
        ends = [*(part.start for part in starts[1:]), None]
        parts = [part._replace(end=end) for part, end in zip(starts, ends, strict=True)]
        assert list(together(path, parts)) == whole


@pytest.mark.parametrize("group", [7, 1000, 100_000])
@pytest.mark.parametrize("size", [900, 20_000, 1 << 30])
def test_row_groups_and_shares_of_them(tmp_path: Path, group: int, size: int) -> None:
    texts = [f"{n} " + "x" * (n % 90) for n in range(2000)]
    path = tmp_path / "a.parquet"
    table = pa.table({"n": range(2000), "text": texts})
    pq.write_table(table, path, row_group_size=group, compression="none", use_dictionary=False)
    parts = readers.cut(path, READING, size)
    assert (len(parts) == 1) == (size == 1 << 30)
    assert [row.text for row in together(path, parts)] == texts
    assert list(together(path, parts)) == list(readers.rows(path, READING))


def test_what_cannot_be_read_is_one_part(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1 no more than that")
    assert readers.cut(tmp_path / "a.parquet", READING, 1) == [WHOLE]
    assert readers.cut(tmp_path / "none.jsonl", READING, 1) == [WHOLE]
    (tmp_path / "empty.jsonl").write_bytes(b"")
    assert readers.cut(tmp_path / "empty.jsonl", READING, 1) == [WHOLE]


def test_one_giant_line_is_not_held(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"text": "' + b"x" * 5_000_000 + b'"}\n{"text": "y"}\n')
    reading = readers.Reading(most_bytes=1_000_000)
    giant, small = readers.rows(path, reading)
    assert (giant.text, len(giant.raw), small.text, small.number) == (None, 1_000_001, "y", 2)
    assert readers.cut(path, READING, 1000)[1].start == giant.end
