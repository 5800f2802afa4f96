"""Web archives in parts: cut between records, and the same results as in one piece."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import unspun
from test_warc import TEXT, http, record
from unspun import readers
from unspun.readers import Reading
from unspun.readers.rows import WHOLE, Part, Row

PLAIN = "Content-Type: text/plain; charset=utf-8"
ONE = record("http://x/0", http(TEXT, PLAIN))


def archive(count: int, *, inner: bool = False) -> list[bytes]:
    """Records of texts; ``inner`` ones hold a web archive in turn, before their own end."""
    body = b"A mirror.\r\n\r\n" + ONE * 3 + b"\r\n" if inner else TEXT
    return [record(f"http://x/{n}", http(body + b"%d" % n, PLAIN)) for n in range(count)]


def write(path: Path, records: list[bytes]) -> Path:
    packed = path.suffix == ".gz"
    path.write_bytes(b"".join(gzip.compress(r, 0, mtime=0) if packed else r for r in records))
    return path


def numbered(path: Path, parts: list[Part]) -> list[Row]:
    """The records of all parts, as the first pass numbers them."""
    made: list[Row] = []
    first = 1
    for part in parts:
        made += readers.rows(path, Reading(), part._replace(first=first))
        first += readers.count(path, part) or 0
    return made


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_parts_hold_the_records_of_the_whole(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, archive(40))
    parts = readers.cut(path, Reading(), 1500)
    assert len(parts) > 5
    assert numbered(path, parts) == list(readers.rows(path, Reading()))
    assert [part.first for part in parts] == [1] + [0] * (len(parts) - 1)


@given(count=st.integers(1, 12), size=st.integers(1, 4000), packed=st.booleans())
def test_parts_of_any_size(
    tmp_path_factory: pytest.TempPathFactory,
    count: int,
    size: int,
    packed: bool,  # noqa: FBT001
) -> None:
    name = "a.warc.gz" if packed else "a.warc"
    path = write(tmp_path_factory.getbasetemp() / name, archive(count))
    found = readers.cut(path, Reading(), size)
    assert numbered(path, found) == list(readers.rows(path, Reading()))


def damaged(path: Path) -> Path:
    """A bit flipped in the middle."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    return path


def shortened(path: Path) -> Path:
    path.write_bytes(path.read_bytes()[:-9])
    return path


def unchanged(path: Path) -> Path:
    return path


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
@pytest.mark.parametrize("inner", [False, True], ids=["texts", "archives-within"])
@pytest.mark.parametrize("change", [unchanged, damaged, shortened])
def test_results_do_not_depend_on_the_parts(
    tmp_path: Path,
    name: str,
    inner: bool,  # noqa: FBT001
    change: object,
) -> None:
    path = write(tmp_path / name, archive(30, inner=inner))
    assert callable(change)
    change(path)
    found = []
    for size in (1 << 30, 300, 2000):
        out = tmp_path / str(size)
        unspun.run(path, out=out, workers=0, chunk_bytes=size)
        names = ("documents.jsonl", "text.jsonl", "quarantine.jsonl", "ledger.jsonl")
        found.append([(out / n).read_bytes() for n in names if (out / n).exists()])
    assert found[0] == found[1] == found[2]


def test_what_begins_inside_a_record_is_not_believed(tmp_path: Path) -> None:
    path = write(tmp_path / "a.warc", archive(3, inner=True))
    data = path.read_bytes()
    false = data.index(b"WARC/1.1", 10)
    assert readers.count(path, Part(0, false, 1)) is None
    assert readers.count(path, WHOLE) == 3


@pytest.mark.parametrize(
    ("name", "data"),
    ids=["one-member", "noise", "empty", "other-packing"],
    argvalues=[
        ("a.warc.gz", gzip.compress(b"".join(archive(20)), 0)),
        ("a.warc.gz", bytes(range(256)) * 40),
        ("a.warc", b""),
        ("a.warc.xz", b"\xfd7zXZ\0" * 2000),
    ],
)
def test_what_cannot_be_cut_is_one_part(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    assert readers.cut(tmp_path / name, Reading(), 500) == [WHOLE]
