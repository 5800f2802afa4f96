"""Compressed files and records: all that is there, or an error; never a silent part."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import json
import lzma
import random
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from unspun import batches, readers
from unspun.errors import InputError
from unspun.readers import Reading, containers
from unspun.readers.rows import Columns, Row
from unspun.store import LedgerFormat, Store

LINE = "The mill by the river has been quiet since the spring, and nobody in Tarn knows why.\n"
BROKEN = LINE + "It\u00e2\u20ac\u2122s said that the wheel broke.\n"


def zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor(write_checksum=True).compress(data)


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zstd,
}
MUCH = 1 << 30


def unpacked(path: Path, data: bytes, most: int = MUCH) -> bytes:
    path.write_bytes(data)
    return containers.read(path, most)


@pytest.mark.parametrize("suffix", PACKERS)
@pytest.mark.parametrize("size", [0, 1, 5000, (1 << 20) - 1, 1 << 20, 3_000_001])
def test_content_is_read_whole(tmp_path: Path, suffix: str, size: int) -> None:
    data = random.Random(size).randbytes(size)
    assert unpacked(tmp_path / f"a{suffix}", PACKERS[suffix](data)) == data


@pytest.mark.parametrize("suffix", PACKERS)
def test_several_streams_and_padding_are_one_content(tmp_path: Path, suffix: str) -> None:
    pack = PACKERS[suffix]
    assert unpacked(tmp_path / f"a{suffix}", pack(b"one ") + pack(b"") + pack(b"two")) == b"one two"
    if suffix in (".gz", ".xz"):
        padded = pack(b"one ") + bytes(512) + pack(b"two") + bytes(1024)
        assert unpacked(tmp_path / f"a{suffix}", padded) == b"one two"


@pytest.mark.parametrize("suffix", PACKERS)
def test_every_truncation_is_noticed(tmp_path: Path, suffix: str) -> None:
    packed = PACKERS[suffix](BROKEN.encode() * 20)
    for end in range(len(packed)):
        with pytest.raises(InputError, match=r"cut short|damaged"):
            unpacked(tmp_path / f"a{suffix}", packed[:end])


@pytest.mark.parametrize("suffix", PACKERS)
def test_no_flipped_bit_gives_another_content(tmp_path: Path, suffix: str) -> None:
    """Bits that carry nothing, such as the time in a gzip header, may flip; the text may not."""
    content = BROKEN.encode()
    packed = PACKERS[suffix](content)
    noticed = 0
    for bit in range(len(packed) * 8):
        flipped = bytearray(packed)
        flipped[bit // 8] ^= 1 << bit % 8
        try:
            assert unpacked(tmp_path / f"a{suffix}", bytes(flipped)) == content
        except InputError:
            noticed += 1
    assert noticed > 0.75 * len(packed) * 8


@pytest.mark.parametrize("suffix", PACKERS)
def test_anything_else_behind_the_end_is_noticed(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(InputError, match=r"damaged|cut short"):
        unpacked(tmp_path / f"a{suffix}", PACKERS[suffix](b"one") + b"and then some other bytes")


@pytest.mark.parametrize("suffix", [".gz", ".xz", ".zst"])
def test_bombs_are_refused_early(tmp_path: Path, suffix: str) -> None:
    bomb = PACKERS[suffix](bytes(80_000_000))
    path = tmp_path / f"bomb{suffix}"
    path.write_bytes(bomb)
    with pytest.raises(InputError, match="decompression bomb"):
        sum(map(len, containers.pieces(path)))
    with pytest.raises(InputError, match="larger than"):
        containers.read(path, 1_000_000)


@given(st.binary(max_size=300), st.sampled_from([*PACKERS]))
def test_noise_is_an_input_error(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, suffix: str
) -> None:
    path = tmp_path_factory.getbasetemp() / f"noise{suffix}"
    with suppress(InputError):
        unpacked(path, data)


def test_zstandard_without_checksum_is_known() -> None:
    assert not containers.unchecked(zstd(b"x"))
    assert containers.unchecked(zstandard.ZstdCompressor(write_checksum=False).compress(b"x"))
    assert not containers.unchecked(gzip.compress(b"x"))
    assert not containers.unchecked(b"")


def test_compressed_documents_are_done_like_any_other(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    for suffix, pack in PACKERS.items():
        (raw / f"page{suffix[1:]}.txt{suffix}").write_bytes(pack(BROKEN.encode()))
    (raw / "cut.txt.gz").write_bytes(gzip.compress(BROKEN.encode())[:-3])
    (raw / "both.txt").write_text(LINE)
    (raw / "both.txt.gz").write_bytes(gzip.compress(LINE.encode()))
    (raw / "loose.txt.zst").write_bytes(
        zstandard.ZstdCompressor(write_checksum=False).compress(LINE.encode())
    )
    summary = batches.run(raw, None, tmp_path / "out")
    documents = {d["id"]: d for d in summary.documents}
    assert {*documents} == {
        *("pagegz", "pagebz2", "pagexz", "pagezst", "cut", "both.txt", "both.txt.gz", "loose")
    }
    store = Store(tmp_path / "out")
    for suffix in PACKERS:
        stored = store.find(f"page{suffix[1:]}")
        assert stored.text == BROKEN.replace("\u00e2\u20ac\u2122", "\u2019")
        assert stored.file == f"page{suffix[1:]}.txt"
        assert store.raw_bytes(stored) == BROKEN.encode()
        assert stored.document["checked"]
    assert not documents["loose"]["checked"]
    assert "cut short" in documents["cut"]["reason"]
    assert store.raw_bytes(store.find("cut")) == (raw / "cut.txt.gz").read_bytes()
    assert (tmp_path / "out/text/both.txt").read_text() == LINE
    assert (tmp_path / "out/text/both.txt.gz").read_text() == LINE


def test_documents_larger_than_allowed_are_quarantined(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "bomb.txt.gz").write_bytes(gzip.compress(b"a" * 3_000_000))
    (raw / "large.txt").write_text(LINE * 30_000)
    (raw / "small.txt").write_text(LINE)
    reading = readers.Reading(most_bytes=2_000_000)
    summary = batches.run(raw, None, tmp_path / "out", reading=reading)
    assert [d["status"] for d in summary.documents] == ["quarantined", "quarantined", "done"]
    assert all("larger than 2,000,000 bytes" in d["reason"] for d in summary.quarantined)


# --- records

READING = readers.Reading()


def rows(path: Path, content: bytes | str, reading: readers.Reading = READING) -> list[Row]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(readers.rows(path, reading))


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (b'{"text": "plain"}', "plain"),
        (b'\xef\xbb\xbf{"text": "behind a byte order mark"}', "behind a byte order mark"),
        (b'{"text": ""}', ""),
        (b'{"text": "a\\u0000b\\r\\n\\u2028c"}', "a\0b\r\n\u2028c"),
        (b'{"text": "lone \\ud800 surrogate"}', "lone \ud800 surrogate"),
        (b'{"text": "escaped byte \\udc80"}', "escaped byte \udc80"),
        (b'{"text": "pair \\ud83d\\ude00"}', "pair \U0001f600"),
        (b'{"text": "byte \xe9 as it is"}', "byte \udce9 as it is"),
        (b'{"inner": {"text": 1, "id": 2}, "text": "outer"}', "outer"),
        (b'{"text": "says \\"text\\": twice \\"text\\""}', 'says "text": twice "text"'),
        (b'{"big": 123456789012345678901234567890, "text": "x"}', "x"),
    ],
)
def test_texts_of_json_are_exact(tmp_path: Path, line: bytes, text: str) -> None:
    (row,) = rows(tmp_path / "a.jsonl", line)
    assert (row.problem, row.text) == (None, text)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "not JSON"),
        ('{"text": "cut', "not JSON"),
        ('{"text": "a"} {"text": "b"}', "not JSON"),
        ("[1]", "not a JSON object but a list"),
        ("null", "not a JSON object but null"),
        ('{"body": "x", "url": "y"}', "no field 'text' (it has body, url)"),
        ('{"text": null}', "is null, not text"),
        ('{"text": 5}', "is a number, not text"),
        ('{"text": ["x"]}', "is a list, not text"),
        ('{"text": "a", "text": "b"}', "'text' stands twice"),
        ('{"id": 1, "id": 2, "text": "b"}', "'id' stands twice"),
        ("[" * 100_000, "line 2: "),
        ('{"text": ' * 100_000, "line 2: "),
    ],
)
def test_malformed_lines_are_named_and_kept(tmp_path: Path, line: str, says: str) -> None:
    good = '{"text": "good"}\n'
    first, bad, last = rows(tmp_path / "a.ndjson", f"{good}{line}\r\n\n{good}")
    assert first.text == last.text == "good"
    assert (first.number, bad.number, last.number) == (1, 2, 4)
    assert bad.text is None
    assert bad.problem is not None
    assert bad.problem.startswith("line 2: ")
    assert says in bad.problem
    assert bad.raw == line.encode()


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("1.5", None),
        ('"a"', "a"),
        ("7", "7"),
        ("null", None),
        ('""', None),
        ("true", None),
        ('"\\ud800"', "\\ud800"),
    ],
)
def test_names_of_records(tmp_path: Path, value: str, name: str | None) -> None:
    (row,) = rows(tmp_path / "a.jsonl", f'{{"id": {value}, "text": "x"}}')
    assert row.id == name


def test_named_column_must_name(tmp_path: Path) -> None:
    reading = readers.Reading(Columns("body", "url"))
    first, second = rows(
        tmp_path / "a.jsonl", '{"body": "x", "url": "u"}\n{"body": "x", "id": "u"}\n', reading
    )
    assert (first.text, first.id) == ("x", "u")
    assert second.problem == "line 2: no name in the field 'url'"


def test_giant_lines_take_no_memory_and_stop_nobody(tmp_path: Path) -> None:
    good, giant = '{"text": "x"}', '{"text": "' + "a" * 9_000_000 + '"}'
    reading = readers.Reading(most_bytes=5000)
    first, bad, last = rows(tmp_path / "a.jsonl", f"{good}\n{giant}\n{good}\n", reading)
    assert first.text == last.text == "x"
    assert bad.problem is not None
    assert "more than 5,000" in bad.problem
    assert len(bad.raw) <= 6000


def test_quote_that_nobody_closes_ends_the_table_with_an_error(tmp_path: Path) -> None:
    reading = readers.Reading(most_bytes=5000)
    path = tmp_path / "a.csv"
    path.write_text('text\nx\n"' + "a\n" * 1_000_000)
    got = readers.rows(path, reading)
    assert next(got).text == "x"
    with pytest.raises(InputError, match=r"line 3: a record of more than 5,000 bytes"):
        next(got)


@pytest.mark.parametrize(("name", "delimiter"), [("a.csv", ","), ("a.tsv", "\t"), ("a.CSV", ",")])
def test_tables(tmp_path: Path, name: str, delimiter: str) -> None:
    lines = [
        ["id", "text", "more"],
        ["1", "plain", ""],
        ["2", f'"two{delimiter} ""quoted""\r\nlines"', "x"],
        ["", "no name", "x"],
        ["4", "short"],
        ["5", '"open', "x"],
        ["6", "good", "x"],
    ]
    content = "\r\n".join(delimiter.join(line) for line in lines)
    got = rows(tmp_path / name, "\ufeff" + content)
    assert [(r.number, r.id, r.text) for r in got[:3]] == [
        (2, "1", "plain"),
        (3, "2", f'two{delimiter} "quoted"\r\nlines'),
        (5, None, "no name"),
    ]
    assert got[3].problem == "line 6: 2 fields where the header has 3"
    assert got[4].problem is not None
    assert got[4].problem.startswith("line 7: ")
    assert b"good" in got[4].raw  # swallowed by the open quote, and kept with it


def test_fields_longer_than_the_parser_likes(tmp_path: Path) -> None:
    (row,) = rows(tmp_path / "a.csv", "text\n" + "a" * 500_000)
    assert row.text == "a" * 500_000


def test_table_in_an_older_encoding(tmp_path: Path) -> None:
    lines = (
        "text\n"
        + "Die M\u00fchle am Flu\u00df steht still und niemand wei\u00df \u00fcber sie.\n" * 20
    )
    got = rows(tmp_path / "a.csv", lines.encode("cp1252"))
    assert {r.text for r in got} == {lines.splitlines()[1]}


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.csv", b"", "no header"),
        ("a.csv", b"a,b\n1,2\n", "no column 'text' (it has a, b): name one with --text-column"),
        ("a.csv", b"text,text\n1,2\n", "more than one column 'text'"),
        ("a.csv", "text\nx\n".encode("utf-16"), "save it as UTF-8"),
        ("a.parquet", b"PAR1 and nothing else", "damaged Parquet"),
    ],
)
def test_files_that_cannot_be_read_as_tables(
    tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    with pytest.raises(InputError, match=re.escape(says)):
        rows(tmp_path / name, content)


def parquet(path: Path, **columns: Any) -> Path:
    pq.write_table(pa.table(columns), path, write_page_checksum=True, row_group_size=300)
    return path


@pytest.mark.parametrize(
    "kind",
    [pa.string(), pa.large_string(), pa.binary(), pa.dictionary(pa.int32(), pa.string())],
    ids=str,
)
def test_parquet_of_every_kind_of_text(tmp_path: Path, kind: pa.DataType) -> None:
    texts = [f"text \u00e9 {n % 50}" for n in range(1000)]
    values = [t.encode() for t in texts] if kind == pa.binary() else texts
    path = parquet(tmp_path / "a.parquet", id=range(1000), text=pa.array(values).cast(kind))
    got = list(readers.rows(path, READING))
    assert [(r.number, r.id, r.text) for r in got] == [
        (n + 1, str(n), text) for n, text in enumerate(texts)
    ]


def test_parquet_nulls_columns_and_damage(tmp_path: Path) -> None:
    path = parquet(tmp_path / "a.parquet", text=pa.array(["x", None]), n=pa.array([1, 2]))
    first, second = readers.rows(path, READING)
    assert first.text == "x"
    assert second.problem == "row 2: the column 'text' is null, not text"
    with pytest.raises(InputError, match=r"no column 'body' \(it has text, n\)"):
        list(readers.rows(path, readers.Reading(Columns("body"))))
    with pytest.raises(InputError, match="holds int64, not text"):
        list(readers.rows(path, readers.Reading(Columns("n"))))


def test_parquet_damage_never_changes_a_text(tmp_path: Path) -> None:
    texts = [f"{n} {LINE}" for n in range(100)]
    whole = parquet(tmp_path / "a.parquet", text=pa.array(texts)).read_bytes()
    path = tmp_path / "b.parquet"
    draw = random.Random(5)
    for _ in range(60):
        flipped = bytearray(whole)
        flipped[draw.randrange(len(whole) // 2)] ^= 1 << draw.randrange(8)  # pages, not metadata
        path.write_bytes(flipped)
        got = []
        with suppress(InputError):
            got += [row.text for row in readers.rows(path, READING)]
        assert got == texts[: len(got)]
    for end in range(0, len(whole), 97):
        path.write_bytes(whole[:end])
        with pytest.raises(InputError):
            list(readers.rows(path, READING))


def test_parquet_with_a_group_that_lost_its_rows_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": [f"line {n}" for n in range(20)]}), path, row_group_size=8)
    whole = path.read_bytes()
    footer = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")
    said = whole.index(b"\x16\x10&\x08", footer)  # num_rows: 8, file_offset: 4
    path.write_bytes(whole[:said] + b"\x16\x00&\x08" + whole[said + 4 :])
    assert pq.read_metadata(path).row_group(0).num_rows == 0
    with pytest.raises(InputError, match="row groups of 12 rows, not of 20"):
        list(readers.rows(path, READING))


def test_parquet_without_checksums_reads_as_its_parts_or_is_refused(tmp_path: Path) -> None:
    texts = pa.array(["one", None, "two", "one", "three"])
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": texts}), path, compression="none", row_group_size=2)
    whole = path.read_bytes()
    footer = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")
    refused = 0
    for place in range(4, footer):
        for mask in (1, 16):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ mask]) + whole[place + 1 :])
            try:
                rows = list(readers.rows(path, READING))
            except InputError:
                refused += 1
                continue
            parts = readers.cut(path, READING, 8)
            assert [row for part in parts for row in readers.rows(path, READING, part)] == rows
            assert len(rows) == len(texts)
    assert refused > footer // 8


def record_files(folder: Path) -> Path:
    """A folder of every kind of records, and a plain document."""
    folder.mkdir()
    jsonl = [{"id": f"r{n}", "text": BROKEN * n + "lone \ud800 one"} for n in range(1, 6)]
    jsonl += [{"id": "r2", "text": LINE}, {"id": "../../up", "text": LINE}]
    lines = [json.dumps(record) for record in jsonl]
    (folder / "a.jsonl").write_text("\n".join([*lines[:3], "{broken", *lines[3:]]))
    (folder / "b.csv.gz").write_bytes(gzip.compress(f'text\n"{BROKEN}"\nx,y\n"{LINE}"'.encode()))
    parquet(folder / "c.parquet", text=pa.array([BROKEN, None, LINE]))
    cut = gzip.compress((json.dumps({"text": LINE}) + "\n").encode() * 3)[:-4]
    (folder / "d.jsonl.gz").write_bytes(cut)
    (folder / "e.csv").write_text("no,such\n1,2\n")
    (folder / "plain.txt").write_text(BROKEN)
    return folder


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_records_from_end_to_end(tmp_path: Path, form: LedgerFormat) -> None:
    raw = record_files(tmp_path / "raw")
    summary = batches.run(raw, None, tmp_path / "out", workers=2, ledger_format=form)
    named = [d["id"] for d in summary.documents]
    assert named == [
        *("r1", "r2", "r3", "a:4", "r4", "r5", "r2#a:7", "../../up"),
        *("b:2", "b:5", "b:6", "c:1", "c:2", "c:3", "d:1", "d:2", "d:3", "d", "e", "plain"),
    ]
    assert {d["id"] for d in summary.quarantined} == {"a:4", "b:5", "c:2", "d", "e"}
    store = Store(tmp_path / "out")
    stored = {s.document["id"]: s for s in store}
    assert store.raw_bytes(stored["r3"]).decode("utf-8", "surrogatepass") == (
        BROKEN * 3 + "lone \ud800 one"
    )
    assert store.raw_bytes(stored["a:4"]) == b"{broken"
    assert store.raw_bytes(stored["b:2"]) == BROKEN.encode()
    assert store.raw_bytes(stored["d"]) == (raw / "d.jsonl.gz").read_bytes()
    for document in summary.documents:
        if document["status"] == "done":
            data = store.raw_bytes(stored[document["id"]])
            assert hashlib.sha256(data).hexdigest() == document["sha256"]
    written = {str(p.relative_to(tmp_path / "out")) for p in (tmp_path / "out").rglob("*.*")}
    assert f"text.{form}" in written
    assert {w for w in written if w.startswith(("text/", "quarantine/"))} == {
        *("text/plain.txt", "quarantine/d.jsonl.gz", "quarantine/e.csv")
    }
    assert not list(tmp_path.glob("*up*"))


def test_bytes_of_records_do_not_depend_on_workers(tmp_path: Path) -> None:
    raw = record_files(tmp_path / "raw")
    made = []
    for workers in (0, 1, 3):
        out = tmp_path / str(workers)
        batches.run(raw, None, out, workers=workers)
        made.append(
            {
                p.relative_to(out): p.read_bytes()
                for p in sorted(out.rglob("*"))
                if p.is_file() and p.name != "manifest.json"
            }
        )
    assert made[0] == made[1] == made[2]


def test_text_parquet_opens_as_it_is(tmp_path: Path) -> None:
    batches.run(record_files(tmp_path / "raw"), None, tmp_path / "out", ledger_format="parquet")
    table = pq.read_table(tmp_path / "out/text.parquet")
    assert table.schema.names == ["id", "text"]
    assert table["text"][0].as_py().startswith(LINE)


def test_names_and_reasons_cannot_steer_the_terminal(tmp_path: Path) -> None:
    evil = "\x1b]0;owned\x07\x1b[2J\u202e\ud800\nsecond line"
    lines = [{"id": evil, "text": LINE}, {"id": "x", evil: LINE}]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, lines)))

    def unspun(*args: str) -> bytes:
        command = [sys.executable, "-m", "unspun", *args]
        ran = subprocess.run(command, capture_output=True, check=False, cwd=tmp_path)
        return ran.stdout + ran.stderr

    shown = unspun("run", "a.jsonl") + unspun("explain", "out", "x")
    shown += unspun("explain", "out", evil.encode("utf-8", "backslashreplace").decode())
    assert b"owned" in shown
    assert b"Traceback" not in shown
    assert not re.search(b"[\x00-\x09\x0b-\x1f\x7f]|\xe2\x80\xae", shown)
    assert not re.search(rb"^second line", shown, re.MULTILINE)


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    private = "The secret of the mill is kept by nobody in Tarn."
    (tmp_path / "secret.txt").write_text(private)
    (tmp_path / "secret.jsonl").write_text(json.dumps({"text": private}))
    (raw / "good.txt").write_text(LINE)
    (raw / "inside.txt").symlink_to("good.txt")
    (raw / "outside.txt").symlink_to("../secret.txt")
    (raw / "records.jsonl").symlink_to(tmp_path / "secret.jsonl")
    (raw / "folder").symlink_to(tmp_path)
    summary = batches.run(raw, None, tmp_path / "out")
    assert {d["id"]: d["status"] for d in summary.documents} == {
        "good": "done",
        "inside": "done",
        "outside": "quarantined",
        "records": "quarantined",
    }
    assert all("a link out of its folder" in d["reason"] for d in summary.quarantined)
    for path in (tmp_path / "out").rglob("*"):
        assert not path.is_file() or private.encode() not in path.read_bytes()
    asked_for = batches.run(raw / "outside.txt", None, tmp_path / "out")
    assert [d["status"] for d in asked_for.documents] == ["done"]


def test_options_of_the_command(tmp_path: Path) -> None:
    records = [{"body": BROKEN, "url": "u1"}, {"body": "a" * 1_100_000, "url": "u2"}]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, records)))
    options = "--text-column body --id-column url --max-size 1 --timeout 90 --memory 900"
    command = [sys.executable, "-m", "unspun", "run", "a.jsonl", *options.split()]
    ran = subprocess.run(command, capture_output=True, check=False, cwd=tmp_path)
    assert ran.returncode == 1
    assert b"a.jsonl: quarantined: a record of 1,100," in ran.stderr
    (line,) = (tmp_path / "out/text.jsonl").read_text().splitlines()
    assert json.loads(line) == {"id": "u1", "text": BROKEN.replace("\u00e2\u20ac\u2122", "\u2019")}


def test_a_value_that_parquet_stores_once_is_held_once(tmp_path: Path) -> None:
    value = "The mill is quiet. " * (1 << 17)  # 2.5 MB
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 300, pa.int32()), pa.array([value]))
    pq.write_table(pa.table({"text": column}), tmp_path / "a.parquet", compression="zstd")
    before = pa.total_allocated_bytes()
    count = 0
    for row in readers.rows(tmp_path / "a.parquet", Reading()):
        assert row.text == value
        assert pa.total_allocated_bytes() - before < 100_000_000
        count += 1
    assert count == 300


def test_parquet_bombs_are_refused(tmp_path: Path) -> None:
    table = pa.table({"text": ["a" * (1 << 20)] * 100})
    pq.write_table(table, tmp_path / "a.parquet", compression="zstd", use_dictionary=False)
    with pytest.raises(InputError, match="a decompression bomb"):
        list(readers.rows(tmp_path / "a.parquet", Reading()))
