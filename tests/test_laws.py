"""The laws of the project, each a property: undo, replay, idempotence, silence, determinism."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import texts
from unspun import decode, edits, pipeline
from unspun.errors import InputError
from unspun.model import Document


def holds(raw: bytes) -> None:
    """Undo, replay, idempotence, and an output that can be written, for one input."""
    try:
        document = decode.decode(raw, id="x")
    except InputError:
        return  # not text: refused with a reason, never half done
    assert decode.encode(document.text, document.encoding) == raw
    result = pipeline.process(document)
    edits.check(document.text, result.ledger)
    assert edits.apply(document.text, result.ledger) == result.text
    rewound = edits.undo(result.text, result.ledger)
    assert decode.encode(rewound, document.encoding) == raw
    assert pipeline.process(document) == result
    written = result.text.encode("utf-8")
    again = pipeline.process(decode.decode(written, id="x"))
    assert again.text == result.text
    assert again.ledger == ()


@given(texts)
def test_laws_hold_for_any_text(text: str) -> None:
    holds(text.encode("utf-8", "surrogatepass"))


@given(st.binary(max_size=200))
def test_laws_hold_for_any_bytes(raw: bytes) -> None:
    holds(raw)


@given(texts)
def test_spans_lie_inside_the_raw_text(text: str) -> None:
    result = pipeline.process(Document("x", text))
    assert result.tagged is not None
    places = [(item.start, item.end) for item in result.tags]
    places += [(item.start, item.end) for item in result.tagged.spans]
    places += [(item.start, item.end) for item in result.tagged.origin.evidence]
    assert all(0 <= start <= end <= len(text) for start, end in places)


def corpus_files() -> Iterator[Path]:
    root = Path(__file__).parents[1]
    yield from sorted((root / "raw").iterdir())
    yield from sorted((root.parent / "shared" / "corpus" / "raw").glob("*.txt"))


@pytest.mark.parametrize("path", list(corpus_files()), ids=lambda path: path.name)
def test_laws_hold_for_documents(path: Path) -> None:
    holds(path.read_bytes())


def test_laws_hold_for_naughty_strings(shared: Path) -> None:
    for text in json.loads((shared / "data/reliability/blns/blns.json").read_text("utf-8")):
        holds(text.encode("utf-8", "surrogatepass"))


def test_laws_hold_for_ftfy_cases(shared: Path) -> None:
    files = sorted((shared / "data/reliability/ftfy/tests").rglob("*.json"))
    assert files
    for file in files:
        for case in json.loads(file.read_text("utf-8")):
            holds(case["original"].encode("utf-8", "surrogatepass"))


def test_laws_hold_for_malformed_utf8(shared: Path) -> None:
    lines = (shared / "data/reliability/made/utf8_malformed.jsonl").read_text("utf-8").splitlines()
    assert lines
    for line in lines:
        record = json.loads(line)
        holds(bytes.fromhex(record["hex"]))
        holds(b"A plain sentence, then " + bytes.fromhex(record["hex"]) + b" and more of it.\n")
