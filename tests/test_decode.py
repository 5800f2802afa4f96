from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import texts
from unspun.decode import decode, encode
from unspun.encodings.detect import ENCODINGS
from unspun.errors import InputError

CASES = Path(__file__).parent / "cases"
PARAGRAPHS = [
    json.loads(line)
    for line in (CASES / "normalise_encodings.jsonl").read_text(encoding="utf-8").splitlines()
]
tricky = st.lists(
    st.sampled_from(
        [
            b"\x00",
            b"a",
            b"\xc3\xa9",
            b"\xed\xa0\xbd\xed\xb8\x8d",
            b"\xef\xbb\xbf",
            b"\xff\xfe",
            b"\xe2\x80",
            b"\x92",
            b"\xd8",
            b"\xdc",
            b"\x1b$B",
            b"\x0e",
            b"\r\n",
            b"\x80" * 3,
        ]
    ),
    max_size=12,
).map(b"".join)


@given(st.one_of(st.binary(max_size=60), tricky), st.sampled_from([None, *ENCODINGS, "utf-7"]))
def test_every_input_that_is_read_can_be_written_again(data: bytes, declared: str | None) -> None:
    try:
        document = decode(data, id="x", declared=declared)
    except InputError:
        return
    assert encode(document.text, document.encoding) == data


@given(texts, st.sampled_from(["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]))
def test_marked_text_is_read_as_marked(text: str, encoding: str) -> None:
    # UTF-16 that starts with NUL and UTF-32 have the same mark.
    text = "\ufeff" + text.encode("utf-8", "ignore").decode().lstrip("\x00")
    document = decode(text.encode(encoding), id="x")
    assert document.evidence == "bom"
    assert document.text == text


@pytest.mark.parametrize(
    "case", PARAGRAPHS, ids=[f"{case['language']} {case['encoding']}" for case in PARAGRAPHS]
)
def test_the_encoding_of_an_ordinary_paragraph_is_found(case: dict[str, Any]) -> None:
    document = decode(case["text"].encode(case["encoding"]), id="paragraph")
    assert document.text == case["text"]
    assert document.evidence == "detected"


def test_twenty_code_pages_are_among_the_paragraphs() -> None:
    assert len({case["encoding"] for case in PARAGRAPHS}) >= 20


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("text", ["A plain line.\nAnd one more.\n", "Ein schönes Wörterbuch."])
def test_wide_text_needs_no_mark(text: str, encoding: str) -> None:
    document = decode(text.encode(encoding), id="x")
    assert (document.text, document.encoding, document.evidence) == (text, encoding, "detected")


def test_wide_chinese_without_a_single_zero_byte() -> None:
    text = "今天天气很好，我们去公园散步。"
    assert decode(text.encode("utf-16-le"), id="x").text == text


@pytest.mark.parametrize(
    ("data", "declared", "text", "encoding", "evidence"),
    [
        (b"plain", None, "plain", "utf-8", "utf-8"),
        (b"", None, "", "utf-8", "utf-8"),
        ("größer".encode(), None, "größer", "utf-8", "utf-8"),
        (
            "größer und kleiner".encode() + b" \xfc",
            None,
            "größer und kleiner \udcfc",
            "utf-8",
            "utf-8",
        ),
        (b"caf\xe9 au lait", None, "café au lait", "cp1252", "detected"),
        (b"it\x92s a \x93quote\x94", None, "it’s a “quote”", "cp1252", "detected"),
        ("мир".encode("koi8-r"), "KOI8-R", "мир", "koi8-r", "declared"),
        ("мир".encode("cp1251"), "windows-1251", "мир", "cp1251", "declared"),
        ("größer".encode(), "utf-8", "größer", "utf-8", "declared"),
        ("größer".encode(), "shift_jis", "grﾃｶﾃ歹r", "shift_jis", "declared"),
        ("日本語".encode("shift_jis"), "ascii", "日本語", "shift_jis", "detected"),
        ("x".encode("utf-16"), "utf-8", "\ufeffx", "utf-16-le", "bom"),
        (b"\xff\xfea\x00b", None, "\ufeffa\udc62", "utf-16-le", "bom"),
    ],
)
def test_how_an_encoding_is_found(
    data: bytes, declared: str | None, text: str, encoding: str, evidence: str
) -> None:
    document = decode(data, id="x", declared=declared)
    assert (document.text, document.encoding, document.evidence) == (text, encoding, evidence)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "a PNG image"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"PK\x03\x04\x14\x00", "a ZIP archive"),
        (bytes(range(256)) * 4, "control codes"),
        (b"a" * 50 + b"\x00" * 50, "control codes"),
    ],
)
def test_what_is_not_text_is_refused_with_a_way_out(data: bytes, says: str) -> None:
    with pytest.raises(InputError, match=r"photo\.txt: not text.*extract its text first") as caught:
        decode(data, id="photo.txt")
    assert says in str(caught.value)


@pytest.mark.parametrize("name", ["latin-99", "rot13", "hex", "idna", "", "a\x00b"])
def test_what_is_no_encoding_is_refused(name: str) -> None:
    if not name:
        assert decode(b"x", id="x", declared=name).encoding == "utf-8"
        return
    with pytest.raises(InputError, match="encoding"):
        decode(b"x", id="x", declared=name)


def test_text_that_an_encoding_lacks_is_refused() -> None:
    with pytest.raises(InputError, match="cannot be written as cp1252"):
        encode("日本", "cp1252")


def test_malformed_utf8_comes_back_exactly(shared: Path) -> None:
    lines = (shared / "data/reliability/made/utf8_malformed.jsonl").read_text("utf-8").splitlines()
    for line in lines:
        row = json.loads(line)
        data = bytes.fromhex(next(v for k, v in row.items() if "hex" in k))
        document = decode(data, id="malformed")
        assert encode(document.text, document.encoding) == data


def test_a_hundred_megabytes_of_undeclared_text_are_sampled() -> None:
    data = ("Ein schönes Wörterbuch für große Bücher. " * 250_000).encode("cp1252")
    document = decode(data, id="large")
    assert document.encoding == "cp1252"
