"""The project's own documents: complete pairs, encodings as documented, damage where it is said."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sacrebleu.metrics.bleu import BLEU

from unspun import decode, pipeline

ROOT = Path(__file__).parents[1]
NAMES = (
    "firstfield-spun",
    "hartnell-newspaper",
    "kestrel-wire",
    "songlu-translated",
    "veltrane-newsletter",
)
ENCODINGS = {"kestrel-wire": "windows-1252", "songlu-translated": "utf-8-sig"}

# What docs/documents.md says is wrong with each file. Every pattern matches the raw text and
# nothing in the reference.
DAMAGE = {
    "firstfield-spun": {
        "phrase": r"years in the past",
        "insertion": r"software program",
        "name": r"Nice Western Mutual",
        "number": r"2,four hundred",
        "month": r"subsequent Could",
    },
    "hartnell-newspaper": {
        "advertisement": r"(?m)^Advertisement$",
        "section": r"(?m)^Medical technology$",
        "feed": r"(?m)^A personalised feed",
        "bullet": r"(?m)^  • ",
        "related": r"(?m)^Why pharmacists",
        "sign-up": r"sign up to our free",
        "print": r"print edition",
        "post": r"Post\Z",
        "mojibake": "ZoÃ«",
        "c1": "[\x80-\x9f]",
        "invisible": "[\u200b\u2060\ufeff]",
    },
    "kestrel-wire": {
        "breadcrumb": r"\AHome > ",
        "label": r"(?m)^Also in the news:$",
        "blank lines": r"\n{3}",
    },
    "songlu-translated": {
        "carriage return": "\r\n",
        "straight quote": '"',
        "run-in subhead": r"three weeks The difficulty",
        "note": r"translated into English from the Chinese",
        "traditional": "機器人",
        "simplified": "登录",
        "link": r"https://news\.example\.org/zh/%E6",
        "byline": r"(?m)^Gao Minru\r?$",
        "invisible": "\u200b",
    },
    "veltrane-newsletter": {
        "byline": r"min readFeb",
        "separator": r"(?m)^--$",
        "prompt": r"inbox every Friday",
        "card": r"(?m)^Ewa Tomczyk\nEwa Tomczyk$",
        "replies": r"(?m)^No replies so far",
        "mojibake": "â€™",
        "accent": "LiÃ¨ge",
        "c1": "[\x80-\x9f]",
        "invisible": "[\u200b\u200d]",
    },
}
# What looks like damage and is none: it stands in raw and reference alike.
KEPT = {
    "firstfield-spun": ["“Farmers have", "Grace Mayhew", "Open Sky Analytics"],
    "hartnell-newspaper": ["Photo: Tobias Renn", "flesh-coloured boxes", "in all ten provinces"],
    "kestrel-wire": ["MERIDIAN PRESS", "£74 million", "Noémie Vautrin", "–"],
    "songlu-translated": ["Key points:", "41 million yuan", "Fang Zhouyu"],
    "veltrane-newsletter": ["The money\n", "In brief\n\n  • ", "Leżajsk", "It’s a good answer"],
}


def raw(name: str) -> str:
    data = (ROOT / "raw" / f"{name}.txt").read_bytes()
    return data.decode(ENCODINGS.get(name, "utf-8"))


def clean(name: str) -> str:
    return (ROOT / "clean" / f"{name}.txt").read_bytes().decode("utf-8")


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def runs(text: str, length: int) -> set[tuple[str, ...]]:
    tokens = words(text)
    return set(zip(*(tokens[i:] for i in range(length)), strict=False))


@pytest.mark.parametrize("folder", ["raw", "clean"])
def test_every_document_has_its_pair(folder: str) -> None:
    found = sorted(p.relative_to(ROOT / folder) for p in (ROOT / folder).rglob("*") if p.is_file())
    assert found == [Path(f"{name}.txt") for name in NAMES]


@pytest.mark.parametrize("name", NAMES)
def test_length_is_that_of_an_article(name: str) -> None:
    assert 500 <= len(clean(name).split()) <= 900
    assert 500 <= len(raw(name).split()) <= 900


@pytest.mark.parametrize("name", NAMES)
def test_reference_is_utf8_with_plain_line_ends_and_no_stray_characters(name: str) -> None:
    text = clean(name)
    assert not re.search("[\r\t\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]", text)
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert "\n\n\n" not in text


@pytest.mark.parametrize("name", NAMES)
def test_raw_encoding_is_the_documented_one(name: str) -> None:
    data = (ROOT / "raw" / f"{name}.txt").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") == (name == "songlu-translated")
    assert (b"\r" in data) == (name == "songlu-translated")
    if name == "kestrel-wire":
        with pytest.raises(UnicodeDecodeError):
            data.decode("utf-8")
        assert data.decode("windows-1252").encode("windows-1252") == data
    else:
        data.decode("utf-8")


@pytest.mark.parametrize(
    ("name", "kind"), [(name, kind) for name, kinds in DAMAGE.items() for kind in kinds]
)
def test_damage_is_in_the_raw_text_alone(name: str, kind: str) -> None:
    pattern = re.compile(DAMAGE[name][kind])
    assert pattern.search(raw(name))
    assert not pattern.search(clean(name))


@pytest.mark.parametrize("name", NAMES)
def test_what_only_looks_like_damage_is_in_both(name: str) -> None:
    for part in KEPT[name]:
        assert part in raw(name)
        assert part in clean(name)


def test_mojibake_documents_hold_correct_passages_too() -> None:
    for name in ("veltrane-newsletter", "hartnell-newspaper"):
        lines = raw(name).split("\n")
        broken = [line for line in lines if re.search("â€|Ã", line)]
        right = [line for line in lines if re.search("[’“”éżś]", line) and line not in broken]
        assert len(broken) >= 3
        assert len(right) >= 3


def test_spun_document_replaces_each_form_by_one_alternative() -> None:
    spun, original = raw("firstfield-spun"), clean("firstfield-spun")
    assert spun.count("\n") + 1 == original.count("\n")
    for form, alternative in {"insurance": "insurance coverage", "told": "informed"}.items():
        assert len(re.findall(rf"\b{form}\b", original)) == spun.count(alternative)
    assert 30 <= BLEU().corpus_score([spun], [[original]]).score <= 50


@pytest.mark.parametrize("name", NAMES)
def test_each_is_read_as_it_was_written(name: str) -> None:
    document = decode.decode((ROOT / "raw" / f"{name}.txt").read_bytes(), id=name)
    assert document.text.removeprefix("\ufeff") == raw(name)


@pytest.mark.parametrize("name", ["hartnell-newspaper", "kestrel-wire", "veltrane-newsletter"])
def test_cleaning_gives_the_reference_but_for_blank_lines(name: str) -> None:
    document = decode.decode((ROOT / "raw" / f"{name}.txt").read_bytes(), id=name)
    result = pipeline.process(document, stages=pipeline.CLEAN)
    lines = [line for line in result.text.split("\n") if line]
    assert lines == [line for line in clean(name).split("\n") if line]


@pytest.mark.parametrize("name", NAMES)
def test_no_passage_is_shared_with_the_customers_documents(name: str, shared: Path) -> None:
    theirs: set[tuple[str, ...]] = set()
    for path in (shared / "corpus").rglob("*.txt"):
        theirs |= runs(path.read_text(encoding="utf-8"), 8)
    assert theirs
    assert not runs(raw(name), 8) & theirs
    assert not runs(clean(name), 8) & theirs
