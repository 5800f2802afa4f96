"""Results open as they are in DuckDB, Polars and pandas."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest

import unspun
from unspun.config import Config
from unspun.store import SCHEMA, LedgerFormat

BROKEN = "It\u00e2\u20ac\u2122s quiet at the mill, they said on Monday, and nobody knows why.\n"
FORMATS: list[LedgerFormat] = ["jsonl", "parquet"]


@pytest.fixture(scope="module", params=FORMATS)
def out(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tables")
    for name in ("raw", "clean"):
        (folder / name).mkdir()
    (folder / "raw/a.txt").write_text(BROKEN, encoding="utf-8")
    (folder / "clean/a.txt").write_text("It’s quiet at the mill, they said.\n", encoding="utf-8")
    (folder / "raw/b.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(90))
    (folder / "raw/c.txt").write_bytes(b"The mill \xff was quiet in the spring of that year.\n")
    records = [{"id": "r", "text": BROKEN}, {"id": "s", "text": None}]
    lines = "".join(json.dumps(record) + "\n" for record in records)
    (folder / "raw/d.jsonl").write_text(lines, encoding="utf-8")
    config = Config.from_dict({"duplicates": {"enabled": True}})
    unspun.run(
        folder / "raw", folder / "clean", folder / "out", config, ledger_format=request.param
    )
    return folder / "out"


def tables(out: Path) -> list[Path]:
    return sorted(p for p in out.iterdir() if p.suffix in (".jsonl", ".parquet"))


def rows(path: Path, tool: str) -> list[dict[str, Any]]:
    if tool == "duckdb":
        found = duckdb.connect().sql(f"select * from '{path}'")  # noqa: S608 - a path of ours
        return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
    if tool == "polars":
        frame = pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_ndjson(path)
        return frame.to_dicts()
    if path.suffix == ".parquet":
        return [dict(row) for _, row in pd.read_parquet(path).iterrows()]
    return [dict(row) for _, row in pd.read_json(path, lines=True, dtype=False).iterrows()]


@pytest.mark.parametrize("tool", ["duckdb", "polars", "pandas"])
def test_every_file_opens(out: Path, tool: str) -> None:
    opened = {path.name: rows(path, tool) for path in tables(out)}
    kind = "parquet" if "ledger.parquet" in opened else "jsonl"
    assert set(opened) == {
        "documents.jsonl",
        "spans.jsonl",
        "diffs.jsonl",
        "quarantine.jsonl",
        f"ledger.{kind}",
        f"text.{kind}",
    }
    documents = opened["documents.jsonl"]
    assert [d["id"] for d in documents] == ["a", "b", "c", "r", "d:2"]
    assert [d["status"] == "done" for d in documents] == [True, False, True, True, False]
    assert documents[3]["duplicate"]["of"] == "a"
    assert documents[0]["quality"]["score"] <= 1
    assert opened[f"text.{kind}"][0]["text"].startswith("It’s quiet")
    ledger = opened[f"ledger.{kind}"]
    assert [(e["id"], e["rule"]) for e in ledger if e["id"] == "a"] == [("a", "mojibake")]
    assert {s["type"] for s in opened["spans.jsonl"]} >= {"language"}


def test_the_version_of_the_schema_stands_in_them(out: Path) -> None:
    assert json.loads((out / "manifest.json").read_bytes())["schema"] == SCHEMA
    for path in out.glob("*.parquet"):
        assert pq.read_schema(path).metadata[b"unspun_schema"] == str(SCHEMA).encode()
    page = (Path(__file__).parents[1] / "docs/results.md").read_text(encoding="utf-8")
    assert f"version {SCHEMA} of their schema" in page


def test_every_field_is_documented(out: Path) -> None:
    page = (Path(__file__).parents[1] / "docs/results.md").read_text(encoding="utf-8")
    for line in (out / "documents.jsonl").read_bytes().splitlines():
        missing = [name for name in json.loads(line) if f"`{name}`" not in page]
        assert not missing
