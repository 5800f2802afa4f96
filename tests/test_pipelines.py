"""Columns and streams: the flow in other people's programs, with those programs."""

from __future__ import annotations

import itertools
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import unspun
from strategies import texts
from unspun import arrow, edits, pipeline, records
from unspun.model import Document
from unspun.workers import Limits

PAGE = Path(__file__).parents[1] / "docs" / "pipelines.md"
RECIPE = re.compile(r"^### (.+?)$.*?^```py\n(.*?)^```$", re.DOTALL | re.MULTILINE)
RECIPES = dict(RECIPE.findall(PAGE.read_text(encoding="utf-8").split("## Recipes")[1]))

BROKEN = "It\u00e2\u20ac\u2122s said that the wheel of the mill broke in the spring."
MENDED = "It’s said that the wheel of the mill broke in the spring."
GERMAN = "Der Zug nach Bremen fährt heute leider nicht."
KINDS: list[Any] = [
    pa.string(),
    pa.large_string(),
    pa.string_view(),
    pa.dictionary(pa.int32(), pa.string()),
]


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_recipe_runs(name: str, tmp_path: Path) -> None:
    if name == "Spark" and shutil.which("java") is None:
        pytest.skip("Spark needs Java")
    script = tmp_path / "recipe.py"
    script.write_text(RECIPES[name], encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script)],
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONUTF8": "1",
            "HF_HOME": str(tmp_path / "hf"),
            "PYSPARK_PYTHON": sys.executable,
        },
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=280,
    )
    assert done.returncode == 0, done.stderr


def test_every_recipe_is_found() -> None:
    assert len(RECIPES) == 6


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_every_kind_of_text_column_is_read(kind: Any) -> None:
    column = pa.array([BROKEN, None, GERMAN]).cast(pa.string())
    table = pa.table({"n": [1, 2, 3], "body": column.cast(kind)})
    done = unspun.batch(table, "body")
    assert done.column_names[:2] == ["n", "body"]
    assert done.select(["n", "body"]).equals(table)
    assert done["clean_text"].to_pylist() == [MENDED, None, GERMAN]
    assert done["status"].to_pylist() == ["done", "quarantined", "done"]
    assert done["language"].to_pylist() == ["en", None, "de"]
    assert done.schema.metadata[b"unspun_schema"] == b"1"


def test_bytes_are_decoded_and_what_is_no_text_is_held_back() -> None:
    data = ["Café au lait, s'il vous plaît.".encode("cp1252"), b"\x89PNG\r\n\x1a\n" + bytes(60)]
    done = unspun.batch(pa.table({"text": pa.array(data, pa.binary())}))
    assert done["clean_text"][0].as_py() == "Café au lait, s'il vous plaît."
    assert done["encoding"][0].as_py() == "cp1252"
    assert done["status"][1].as_py() == "quarantined"
    assert "PNG" in done["reason"][1].as_py()


def test_bytes_that_are_no_utf8_in_a_column_of_text_are_kept_in_the_ledger() -> None:
    broken = pa.array([b"The mill \xff was quiet in the spring."], pa.binary())
    text = pa.Array.from_buffers(pa.string(), 1, broken.buffers())
    row = unspun.batch(pa.table({"text": text})).drop_columns("text").to_pylist()[0]
    assert row["status"] == "done"
    (edit,) = row["edits"]
    assert edit["before_bytes"].decode("utf-8", "surrogatepass") == "\udcff"


@pytest.mark.parametrize("form", ["table", "batch", "reader"])
def test_what_comes_goes_out_in_the_same_form(form: str) -> None:
    table = pa.table({"text": [BROKEN] * 3})
    given_: Any = {"table": table, "batch": table.to_batches()[0], "reader": table.to_reader()}
    done = unspun.batch(given_[form])
    assert isinstance(done, type(given_[form]))
    whole = done.read_all() if form == "reader" else done
    assert whole["clean_text"].to_pylist() == [MENDED] * 3


def test_empty_tables_get_their_columns() -> None:
    table = pa.table({"text": pa.array([], pa.string())})
    for given_ in (table, pa.RecordBatch.from_pylist([], schema=table.schema)):
        done = unspun.batch(given_)
        assert done.num_rows == 0
        assert done.schema.names == ["text", *arrow.added().names]


def test_a_reader_is_read_no_further_than_its_result() -> None:
    taken = []
    schema = pa.schema([("text", pa.string())])

    def endless() -> Iterator[Any]:
        for number in itertools.count():
            taken.append(number)
            yield pa.RecordBatch.from_pylist([{"text": BROKEN}], schema=schema)

    done = unspun.batch(pa.RecordBatchReader.from_batches(schema, endless()))
    for _ in range(3):
        assert done.read_next_batch()["clean_text"].to_pylist() == [MENDED]
    assert len(taken) <= 4


def test_taken_names_are_an_error_with_a_way_out() -> None:
    table = pa.table({"text": [BROKEN], "language": ["xx"]})
    with pytest.raises(unspun.ConfigError, match=r"'language' already.*prefix='unspun_'"):
        unspun.batch(table)
    done = unspun.batch(table, prefix="unspun_")
    assert done["language"].to_pylist() == ["xx"]
    assert done["unspun_language"].to_pylist() == ["en"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"column": "body"}, "no column 'body'"),
        ({"column": "n"}, "holds int64, not text"),
        ({"id_column": "name"}, "no column 'name'"),
    ],
)
def test_wrong_columns_are_said(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(unspun.InputError, match=said):
        unspun.batch(pa.table({"text": [BROKEN], "n": [1]}), **arguments)
    with pytest.raises(unspun.InputError, match="list is no Arrow table"):
        unspun.batch([BROKEN])


def test_the_ledger_of_a_row_replays_and_undoes() -> None:
    row = unspun.batch(pa.table({"text": [BROKEN]})).to_pylist()[0]
    ledger = [records.to_edit({**edit, "history": []}) for edit in row["edits"]]
    assert edits.apply(row["text"], ledger) == row["clean_text"]
    assert edits.undo(row["clean_text"], ledger) == row["text"]


def test_answers_do_not_depend_on_how_a_table_is_cut_or_who_does_it() -> None:
    rows = [BROKEN, None, GERMAN, "", "請先登入才能留言給我們的編輯。"] * 3
    whole = unspun.batch(pa.table({"text": rows}))
    parts = [unspun.batch(pa.table({"text": pa.array([row], pa.string())})) for row in rows]
    assert pa.concat_tables(parts).to_pylist() == whole.to_pylist()
    assert unspun.batch(pa.table({"text": rows}), workers=2).to_pylist() == whole.to_pylist()


@given(st.lists(st.one_of(st.none(), texts), max_size=5))
def test_together_is_as_one_by_one(given_: list[str | None]) -> None:
    flow = unspun.Pipeline()
    named = [(str(n), text) for n, text in enumerate(given_)]
    together = flow.many(named)
    assert together == [flow(text, id=name) for name, text in named]
    for text, result in zip(given_, together, strict=True):
        if text is not None:
            plain = pipeline.process(Document(result.id, text))
            assert (result.text, result.edits, result.tags) == (
                plain.text,
                plain.ledger,
                plain.tags,
            )


def test_streams_are_lazy_and_in_order() -> None:
    taken = []

    def endless() -> Iterator[str]:
        for number in itertools.count():
            taken.append(number)
            yield f"The wheel turned {number} times before noon on Monday."

    flow = unspun.Pipeline(stages=pipeline.CLEAN)
    first = list(itertools.islice(flow.stream(endless()), 3))
    assert [r.id for r in first] == ["0", "1", "2"]
    assert len(taken) == 3
    taken.clear()
    with unspun.Pipeline(stages=pipeline.CLEAN, workers=2) as flow:
        stream = flow.stream(endless())
        some = list(itertools.islice(stream, 5))
        assert len(taken) <= 256 + 5
        again = list(flow.stream(["A quiet day at the mill by the river."]))
        assert [r.id for r in some] == ["0", "1", "2", "3", "4"]
        assert again[0].status == "done"
        assert next(stream).id == "5"


def test_a_text_that_takes_too_long_is_held_back() -> None:
    characters = [chr(point) for point in range(0x20, 0x3000)]
    slow = "".join(random.Random(1).choices(characters, k=4_000_000))
    flow = unspun.Pipeline(workers=1, limits=Limits(seconds=2))
    results = list(flow.stream([GERMAN, slow, GERMAN]))
    assert [r.status for r in results] == ["done", "quarantined", "done"]
    assert "took longer" in (results[1].reason or "")


def test_unknown_stages_and_wrong_values_are_said() -> None:
    with pytest.raises(unspun.ConfigError, match="did you mean 'chrome'"):
        unspun.Pipeline(stages=["chrom"])
    assert unspun.Pipeline()(7).reason == "int, not text"  # type: ignore[arg-type]
