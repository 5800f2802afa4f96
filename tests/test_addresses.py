"""Input on a web server, a real one on this machine: the same results as from a folder."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import unspun
from test_warc import TEXT, http, record
from unspun.config import Config
from web_server import serving

LINE = "The mill by the river has been quiet since the spring.\n"
FAST = Config.from_dict({"restore": {"enabled": False}})
FILES = ("documents.jsonl", "text.jsonl", "ledger.jsonl", "spans.jsonl", "quarantine.jsonl")


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    raw = tmp_path_factory.mktemp("addresses") / "raw"
    (raw / "sub").mkdir(parents=True)
    (raw / "a.txt").write_text(LINE)
    (raw / "sub/b.txt").write_text("A train.\n")
    (raw / "broken.txt.gz").write_bytes(gzip.compress(LINE.encode())[:-5])
    lines = [json.dumps({"id": f"r{n}", "text": f"{LINE}{n}"}) for n in range(60)]
    (raw / "pages.jsonl").write_text("\n".join(lines))
    records = [
        record(f"http://x/{n}", http(TEXT + b"%d" % n, "Content-Type: text/plain"))
        for n in range(40)
    ]
    (raw / "crawl.warc.gz").write_bytes(b"".join(map(gzip.compress, records)))
    pq.write_table(pa.table({"text": [LINE, LINE * 2]}), raw / "table.parquet")
    return raw


@pytest.fixture(scope="module")
def expected(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("addresses") / "out"
    unspun.run(raw, out=out, config=FAST, workers=0, chunk_bytes=1000)
    return content(out)


def content(out: Path) -> dict[str, bytes]:
    """The results; addresses of this run, which messages name, as those of any."""
    found = {name: (out / name).read_bytes() for name in FILES if (out / name).exists()}
    lines = [json.loads(line) for line in found["documents.jsonl"].splitlines()]
    for line in lines:
        line["reason"] = str(line.get("reason")).rpartition("/")[2]
    found["documents.jsonl"] = json.dumps(lines).encode()
    return found


@pytest.fixture
def address(raw: Path) -> Iterator[str]:
    with serving(raw) as (address, _):
        yield address


def test_pages_of_a_server_are_files_of_a_folder(
    address: str, expected: dict[str, bytes], tmp_path: Path
) -> None:
    unspun.run(f"{address}/", out=tmp_path / "out", config=FAST, workers=2, chunk_bytes=1000)
    assert content(tmp_path / "out") == expected
    assert (tmp_path / "out/text/sub/b.txt").read_text() == "A train.\n"
    assert (tmp_path / "out/quarantine/broken.txt.gz").stat().st_size > 0


def test_large_files_are_read_in_pieces(raw: Path, tmp_path: Path) -> None:
    with serving(raw) as (address, asked):
        page = f"{address}/crawl.warc.gz"
        summary = unspun.run(page, out=tmp_path / "out", config=FAST, workers=0, chunk_bytes=2000)
    assert len(summary.documents) == 40
    assert asked["crawl.warc.gz"] > 5


def test_servers_that_send_only_whole_files(
    raw: Path, expected: dict[str, bytes], tmp_path: Path
) -> None:
    with serving(raw, ranges=False) as (address, _):
        page = f"{address}/pages.jsonl"
        unspun.run(page, out=tmp_path / "out", config=FAST, workers=0, chunk_bytes=1000)
    assert (tmp_path / "out/text.jsonl").read_bytes() in expected["text.jsonl"]


def test_a_file_that_the_server_fails_on_is_named(raw: Path, tmp_path: Path) -> None:
    failing = frozenset({"a.txt", "pages.jsonl", "table.parquet", "crawl.warc.gz"})
    with serving(raw, failing=failing) as (address, _):
        summary = unspun.run(f"{address}/", out=tmp_path / "out", config=FAST, workers=0)
    named = {d["id"]: d["reason"] for d in summary.quarantined}
    assert set(named) == {"a", "broken", "crawl", "pages", "table"}
    assert "500" in named["pages"]
    assert [d["id"] for d in summary.documents if d["status"] == "done"] == ["sub/b"]


def test_a_page_that_changes_is_noticed(tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    raw.mkdir()
    (raw / "a.txt").write_text("The mill is quiet.\n")
    said: list[str] = []
    with serving(raw) as (address, _):
        page = f"{address}/a.txt"
        unspun.run(page, out=out, config=FAST, workers=0)
        unspun.run(page, out=out, config=FAST, workers=0, notice=said.append)
        assert "nothing to do" in said[-1]
        (raw / "a.txt").write_text("The mill is closed.\n"[:19])
        os.utime(raw / "a.txt", (1, 1))
        unspun.run(page, out=out, config=FAST, workers=0, notice=said.append)
        assert "made from other input" in said[-1]
    assert (out / "text/a.txt").read_text().startswith("The mill is closed")


def test_a_server_that_is_gone_is_said(tmp_path: Path) -> None:
    with serving(tmp_path) as (address, _):
        pass
    with pytest.raises(unspun.InputError, match=r"127\.0\.0\.1"):
        unspun.run(f"{address}/a.txt", out=tmp_path / "out", workers=0)
