"""Web archives: pages and texts as they were stored; what is not whole is held back."""

from __future__ import annotations

import base64
import gzip
import hashlib
import zlib
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import unspun
from unspun import readers
from unspun.errors import InputError
from unspun.readers import Reading
from unspun.readers.rows import Columns, Row
from unspun.store import Store

PAGE = b"<!doctype html><html><body><p>The mill by the river has been quiet.</p></body></html>"
TEXT = "Der Zug nach Bremen fährt heute nicht.\n".encode()


def record(
    uri: str, block: bytes, kind: str = "response", *, digest: bool = False, extra: str = ""
) -> bytes:
    sha = base64.b32encode(hashlib.sha1(block).digest()).decode()  # noqa: S324 - the format's own
    head = (
        f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {uri}\r\n"
        f"WARC-Record-ID: <urn:uuid:{uri[-1]}>\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n{extra}"
        + (f"WARC-Block-Digest: sha1:{sha}\r\n" if digest else "")
        + ("Content-Type: application/http; msgtype=response\r\n" if kind == "response" else "")
        + f"Content-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def http(body: bytes, head: str = "Content-Type: text/html", status: str = "200 OK") -> bytes:
    return f"HTTP/1.1 {status}\r\n{head}\r\n\r\n".encode() + body


def rows(path: Path, data: bytes, reading: Reading | None = None) -> list[Row]:
    path.write_bytes(data)
    return list(readers.rows(path, reading or Reading()))


HTML = "Content-Type: text/html\r\n"
PACKED = f"{HTML}Content-Encoding: gzip"


def archive(*, digest: bool = False) -> list[bytes]:
    return [
        record("x:i", b"software: none\r\n", "warcinfo"),
        record("http://x/a", http(PAGE), digest=digest),
        record("http://x/b", http(b"not found", status="404 Not Found"), digest=digest),
        record("http://x/c", http(TEXT, "Content-Type: text/plain; charset=utf-8"), digest=digest),
        record("http://x/d", http(b"\x89PNG", "Content-Type: image/png"), digest=digest),
        record("http://x/e", TEXT, "conversion", extra="Content-Type: text/plain\r\n"),
    ]


@pytest.mark.parametrize("packed", [False, True])
def test_pages_and_texts_are_read(tmp_path: Path, packed: bool) -> None:  # noqa: FBT001
    data = b"".join(gzip.compress(r) if packed else r for r in archive(digest=True))
    found = rows(tmp_path / ("a.warc.gz" if packed else "a.warc"), data)
    assert [(r.number, r.id, r.decoded.kind) for r in found] == [
        (2, "http://x/a", "html"),
        (4, "http://x/c", "text"),
        (6, "http://x/e", "text"),
    ]
    assert [r.text for r in found] == [PAGE.decode(), TEXT.decode(), TEXT.decode()]


def test_records_can_be_named_by_another_header(tmp_path: Path) -> None:
    reading = Reading(Columns(id="WARC-Record-ID"))
    assert rows(tmp_path / "a.warc", archive()[1], reading)[0].id == "<urn:uuid:a>"


@pytest.mark.parametrize(
    ("head", "body"),
    ids=["gzip", "zlib", "deflate", "chunks"],
    argvalues=[
        ("Content-Encoding: gzip", gzip.compress(PAGE)),
        ("Content-Encoding: deflate", zlib.compress(PAGE)),
        ("Content-Encoding: deflate", zlib.compress(PAGE)[2:-4]),
        (
            "Transfer-Encoding: chunked",
            b"5\r\n" + PAGE[:5] + b"\r\n%x\r\n" % len(PAGE[5:]) + PAGE[5:] + b"\r\n0\r\n\r\n",
        ),
    ],
)
def test_encodings_of_http_are_undone(tmp_path: Path, head: str, body: bytes) -> None:
    data = record("http://x/a", http(body, f"Content-Type: text/html\r\n{head}"))
    assert [r.text for r in rows(tmp_path / "a.warc", data)] == [PAGE.decode()]


def test_encodings_of_text_are_found_or_believed(tmp_path: Path) -> None:
    text = "Café au lait, s'il vous plaît."
    head = "Content-Type: text/plain; charset=windows-1252"
    row = rows(tmp_path / "a.warc", record("http://x/a", http(text.encode("cp1252"), head)))[0]
    assert (row.text, row.decoded.encoding) == (text, "cp1252")
    head = "Content-Type: text/plain; charset=no-such-thing"
    assert (
        rows(tmp_path / "b.warc", record("http://x/a", http(TEXT, head)))[0].text == TEXT.decode()
    )


@pytest.mark.parametrize(
    ("broken", "said"),
    ids=["cut", "digest", "crawler", "gzip", "cut-gzip", "chunks", "brotli", "binary"],
    argvalues=[
        (record("http://x/a", http(PAGE))[:-20], "cut short: "),
        (record("http://x/a", http(PAGE), digest=True).replace(b"mill", b"mall"), "digest"),
        (record("http://x/a", http(PAGE), extra="WARC-Truncated: length\r\n"), "crawler cut it"),
        (
            record("http://x/a", http(b"no gzip", PACKED)),
            "damaged content encoding",
        ),
        (
            record(
                "http://x/a",
                http(gzip.compress(PAGE)[:-9], PACKED),
            ),
            "cut short",
        ),
        (
            record("http://x/a", http(PAGE, f"{HTML}Transfer-Encoding: chunked")),
            "broken chunks",
        ),
        (
            record("http://x/a", http(PAGE, f"{HTML}Content-Encoding: br")),
            "'br' is not read",
        ),
        (record("http://x/a", http(b"\x89PNG\r\n\x1a\n" + bytes(90))), "PNG"),
    ],
)
def test_what_is_not_whole_is_held_back(tmp_path: Path, broken: bytes, said: str) -> None:
    found = rows(tmp_path / "a.warc", archive()[3] + broken)
    assert found[0].text == TEXT.decode()
    assert (found[1].text, found[1].id) == (None, "http://x/a")
    assert said in (found[1].problem or "")


def test_bombs_and_giants_are_held_back(tmp_path: Path) -> None:
    reading = Reading(most_bytes=100_000)
    bomb = http(gzip.compress(bytes(1_000_000)), PACKED)
    giant = http(PAGE + bytes(100_000))
    found = rows(
        tmp_path / "a.warc", record("http://x/a", bomb) + record("http://x/b", giant), reading
    )
    assert ["more than 100,000" in (r.problem or "") for r in found] == [True, True]


@pytest.mark.parametrize(
    "data", [b"hello", b"".join(archive()) + b"garbage\r\n\r\n" + archive()[1]]
)
def test_damage_between_records_is_an_error(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(InputError, match="WARC"):
        rows(tmp_path / "a.warc", data)


def test_every_truncation_of_a_packed_archive_is_noticed(tmp_path: Path) -> None:
    whole = gzip.compress(archive()[1]) + gzip.compress(archive()[3])
    first = len(gzip.compress(archive()[1]))
    for end in range(1, len(whole), 7):
        if end == first:
            continue
        with pytest.raises(InputError, match=r"cut short|damaged"):
            rows(tmp_path / "a.warc.gz", whole[:end])


@given(st.integers(0, 10_000), st.binary(max_size=6), st.integers(0, 8))
def test_noise_is_an_input_error(
    tmp_path_factory: pytest.TempPathFactory, at: int, noise: bytes, cut: int
) -> None:
    data = b"".join(archive(digest=True))
    at %= len(data)
    with suppress(InputError):
        rows(tmp_path_factory.getbasetemp() / "n.warc", data[:at] + noise + data[at + cut :])


def test_archives_run_and_come_back(tmp_path: Path) -> None:
    text = "Café au lait, s'il vous plaît, et un croissant."
    latin = http(text.encode("cp1252"), "Content-Type: text/plain; charset=windows-1252")
    data = archive()[1] + record("http://x/f", latin) + record("http://x/g", http(PAGE))[:-9]
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw/a.warc.gz").write_bytes(gzip.compress(data))
    summary = unspun.run(tmp_path / "raw", out=tmp_path / "out")
    assert [d["id"] for d in summary.documents] == ["http://x/a", "http://x/f", "http://x/g"]
    assert [d["id"] for d in summary.quarantined] == ["http://x/g"]
    store = Store(tmp_path / "out")
    assert store.find("http://x/a").text == "The mill by the river has been quiet.\n"
    assert store.raw_bytes(store.find("http://x/a")) == PAGE
    assert store.raw_bytes(store.find("http://x/f")) == text.encode("cp1252")
