"""The script rebuilds the reference, is no longer than needed, and names every edit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from unspun.diffing import CLASSES, Diff, characters, classify_span, diff

CASES = Path(__file__).parent / "cases"
ROWS = [json.loads(line) for line in (CASES / "diff.jsonl").read_text("utf-8").splitlines()]
TEXT = st.text(alphabet="ab C.,\n1é中。’", max_size=50)


def edits(difference: Diff) -> list[tuple[str, str | None]]:
    return [(op.op, op.class_) for s in difference.segments for op in s.ops if op.op != "equal"]


@pytest.mark.parametrize("row", ROWS, ids=[row["label"] for row in ROWS])
def test_cases(row: dict[str, str]) -> None:
    found = [class_ for _, class_ in edits(diff(row["hyp"], row["ref"]))]
    expected = row["expect"].split() if row["expect"] else []
    assert found == expected


def rebuild(hyp: str, ref: str, difference: Diff) -> list[str]:
    """The reference's words: those kept taken from the hypothesis, the others from the script."""
    pieces: dict[int, str] = {}
    for segment in difference.segments:
        for op in segment.ops:
            if op.class_ == "whitespace" or op.op == "delete":
                continue
            source = hyp[slice(*op.hyp)] if op.op == "equal" else ref[slice(*op.ref)]
            pieces[op.ref[0]] = source
    return "".join("".join(pieces[k] for k in sorted(pieces)).split()).split()


@given(TEXT, TEXT)
def test_the_script_gives_the_reference(hyp: str, ref: str) -> None:
    assert rebuild(hyp, ref, diff(hyp, ref)) == "".join(ref.split()).split()


@given(TEXT, TEXT)
def test_spans_are_in_order_and_inside(hyp: str, ref: str) -> None:
    difference = diff(hyp, ref)
    for segment in difference.segments:
        last = segment.hyp[0]
        for op in segment.ops:
            assert last <= op.hyp[0] <= op.hyp[1] <= segment.hyp[1]
            assert segment.ref[0] <= op.ref[0] <= op.ref[1] <= segment.ref[1]
            last = op.hyp[1]
            assert (op.class_ is None) == (op.op == "equal")
            if op.op == "equal":
                assert hyp[slice(*op.hyp)].split() == ref[slice(*op.ref)].split()


@given(TEXT)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert edits(diff(text, text)) == []
    assert edits(diff(text, "\n\n".join(text.split("\n")))) == []


@given(
    st.lists(st.sampled_from(["ant", "bee", "cow", "dog"]), max_size=12),
    st.lists(st.sampled_from(["ant", "bee", "cow", "dog"]), max_size=12),
)
def test_no_more_words_change_than_must(hyp: list[str], ref: list[str]) -> None:
    difference = diff(" ".join(hyp), " ".join(ref))
    if [s.kind for s in difference.segments] != ["changed"]:
        return
    text = " ".join(hyp), " ".join(ref)
    changed = sum(
        max(len(text[0][slice(*op.hyp)].split()), len(text[1][slice(*op.ref)].split()))
        for s in difference.segments
        for op in s.ops
        if op.op != "equal"
    )
    assert changed <= 2 * Levenshtein.distance(hyp, ref)


def test_contract() -> None:
    record = diff("He go home.", "He goes home.", id="a", reference="b").to_dict()
    assert record["id"] == "a"
    assert record["reference"] == "b"
    assert record["classes"] == {"inflection": 1}
    segment = record["segments"][0]
    assert segment["hyp"] == [0, 11]
    assert segment["ref"] == [0, 13]
    assert segment["ops"] == [
        {"op": "equal", "hyp": [0, 2], "ref": [0, 2], "class": None},
        {"op": "replace", "hyp": [3, 5], "ref": [3, 7], "class": "inflection"},
        {"op": "equal", "hyp": [6, 11], "ref": [8, 13], "class": None},
    ]


def test_a_moved_paragraph_is_one_reordering() -> None:
    parts = [
        "The harbour of Lund was closed for two days.",
        "Three ferries waited outside in the wind.",
        "Repairs to the northern pier will cost 40,000 crowns.",
    ]
    difference = diff("\n".join([parts[2], *parts[:2]]), "\n".join(parts))
    assert difference.classes == {"reorder": 1}
    assert [s.kind for s in difference.segments].count("moved") == 1


def test_never_a_whole_text_replaced() -> None:
    hyp = " ".join(f"word{k} other{k}" for k in range(200))
    ref = " ".join(f"word{k} thing{k}" for k in range(200))
    sizes = [op.hyp[1] - op.hyp[0] for s in diff(hyp, ref).segments for op in s.ops]
    assert max(sizes) < 20


def test_characters() -> None:
    ops = characters("colour", "color")
    assert [op.op for op in ops] == ["equal", "delete", "equal"]
    assert ops[1].hyp == (4, 5)


def test_labelled_post_edits(shared: Path) -> None:
    """Macro-F1 on the held-out half of the edits labelled by hand (bench/diff.py prints all)."""
    rows = [json.loads(line) for line in (CASES / "diff_labels.jsonl").read_text().splitlines()]
    texts: dict[tuple[str, str], list[str]] = {}
    for name in {row["set"] for row in rows}:
        for kind in ("mt", "pe"):
            path = shared / "data/mt/mlqe_pe" / name / f"{name.rsplit('-', 1)[1]}.{kind}"
            if not path.is_file():
                pytest.skip("the labelled post-edits are not here")
            texts[name, kind] = path.read_text("utf-8").split("\n")
    pairs = []
    for row in rows[1::2]:
        sides = [texts[row["set"], kind][row["line"]] for kind in ("mt", "pe")]
        found = classify_span(sides[0], tuple(row["hyp"]), sides[1], tuple(row["ref"]))
        pairs.append((row["class"], found))
    scores = {}
    for name in {wanted for wanted, _ in pairs}:
        right = sum(w == f == name for w, f in pairs)
        scores[name] = 2 * right / sum((w == name) + (f == name) for w, f in pairs)
    assert sum(scores.values()) / len(scores) >= 0.9
    assert set(scores) <= set(CLASSES)
