"""The whole flow on the customer's five documents, and on our own five."""

from __future__ import annotations

from pathlib import Path

import pytest

from unspun import batches
from unspun.batches import Summary
from unspun.store import Store, Stored

FLOORS = {  # BLEU of the clean text against the reference, whole documents
    "abacus-newsletter": 99.5,
    "zh-translated": 84.3,
    "scmp-blacklist": 99.5,
    "bt-funding": 99.9,
    "ft-spun": 90.8,
}
RAW = {
    "abacus-newsletter": 95.2,
    "zh-translated": 75.1,
    "ft-spun": 43.0,
    "scmp-blacklist": 91.7,
    "bt-funding": 98.8,
}
OWN_FLOORS = {
    "veltrane-newsletter": 99.5,
    "songlu-translated": 67.0,
    "firstfield-spun": 85.0,
    "hartnell-newspaper": 99.5,
    "kestrel-wire": 99.9,
}


@pytest.fixture(scope="module")
def customers(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Summary:
    out = tmp_path_factory.mktemp("corpus") / "out"
    return batches.run(shared / "corpus/raw", shared / "corpus/clean", out)


@pytest.fixture(scope="module")
def ours(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Summary:
    return batches.run(root / "raw", root / "clean", tmp_path_factory.mktemp("ours") / "out")


def document(summary: Summary, id_: str) -> Stored:
    return Store(summary.out).find(id_)


@pytest.mark.parametrize(("id_", "floor"), FLOORS.items())
def test_customers_documents_reach_their_scores(customers: Summary, id_: str, floor: float) -> None:
    scores = document(customers, id_).document["scores"]
    assert round(scores["raw"]["bleu"], 1) == RAW[id_]
    assert scores["clean"]["bleu"] >= floor


@pytest.mark.parametrize("id_", ["abacus-newsletter", "scmp-blacklist", "bt-funding"])
def test_every_line_of_the_reference_is_kept_and_no_other(
    customers: Summary, shared: Path, id_: str
) -> None:
    reference = (shared / f"corpus/clean/{id_}.txt").read_text("utf-8")
    clean = document(customers, id_).text
    assert clean is not None
    assert [line for line in clean.split("\n") if line] == [
        line for line in reference.split("\n") if line
    ]


def test_chinese_in_the_english_piece_is_found_exactly(customers: Summary) -> None:
    stored = document(customers, "zh-translated")
    raw = stored.raw_text
    chinese = {
        raw[s["start"] : s["end"]].strip('\n "“”'): s["language"]
        for s in stored.spans
        if s["type"] == "language" and s["language"].startswith("zh")
    }
    assert set(chinese.values()) == {"zh-Hans", "zh-Hant"}
    for line, language in (("完成重組轉變策略", "zh-Hant"), ("要查看或添加评论", "zh-Hans")):
        assert any(text.startswith(line) and chinese[text] == language for text in chinese)
    inside = sum(
        "\u4e00" <= c <= "\u9fff"
        for s in stored.spans
        if s["type"] == "language" and s["language"].startswith("zh")
        for c in raw[s["start"] : s["end"]]
    )
    assert inside == sum("\u4e00" <= c <= "\u9fff" for c in raw)


def test_origin_of_the_customers_documents(customers: Summary) -> None:
    labels = {d["id"]: d["origin"]["label"] for d in customers.documents}
    assert labels == {
        "abacus-newsletter": "original",
        "bt-funding": "original",
        "ft-spun": "spun",
        "scmp-blacklist": "original",
        "zh-translated": "machine-translated",
    }
    origin = document(customers, "zh-translated").document["origin"]
    assert origin["source_language"] == "zh"
    assert origin["evidence"]


@pytest.mark.parametrize(("id_", "floor"), OWN_FLOORS.items())
def test_our_documents_reach_their_scores(ours: Summary, id_: str, floor: float) -> None:
    assert document(ours, id_).document["scores"]["clean"]["bleu"] >= floor
    assert document(ours, id_).document["language"] == "en"


def test_cleaning_a_clean_reference_changes_nothing(
    shared: Path, root: Path, tmp_path: Path
) -> None:
    for number, folder in enumerate((shared / "corpus/clean", root / "clean")):
        summary = batches.run(folder, None, tmp_path / str(number))
        assert {d["id"]: d["edits"] for d in summary.documents} == {
            d["id"]: {} for d in summary.documents
        }
