"""Passages find their partners, whatever was dropped, merged, split or moved."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unspun.align import Alignment, align, paragraphs, sentences

TEXT = st.text(alphabet="ab c.\nD?é中。", max_size=60)
STORY = [
    "The harbour of Lund was closed for two days after the storm.",
    "Three ferries waited outside until the wind went down.",
    "Nobody was hurt, the coast guard said on Friday.",
    "Repairs to the northern pier will cost about 40,000 crowns.",
    "A fish market opened again this morning.",
    "Its owner, Ada Holm, sold the first cod at seven.",
]


def kinds(alignment: Alignment) -> list[str]:
    return [segment.kind for segment in alignment.segments]


def partners(hyp: str, ref: str) -> list[tuple[str, str]]:
    return [(hyp[slice(*s.hyp)], ref[slice(*s.ref)]) for s in align(hyp, ref).segments]


def test_equal_texts_pair_paragraph_by_paragraph() -> None:
    text = "\n".join(STORY)
    assert kinds(align(text, text)) == ["equal"] * 6
    assert align(text, text).coverage == (1, 1)


def test_wrapping_is_no_difference() -> None:
    ref = " ".join(STORY)
    wrapped = "\n".join(
        [ref[:60].rsplit(" ", 1)[0], *_wrap(ref[len(ref[:60].rsplit(" ", 1)[0]) + 1 :], 60)]
    )
    assert kinds(align(wrapped, ref)) == ["equal"]


def _wrap(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) >= width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def test_dropped_and_inserted() -> None:
    hyp = "\n".join([STORY[0], "Subscribe to our newsletter today!", *STORY[1:3], *STORY[4:]])
    ref = "\n".join(STORY)
    found = kinds(align(hyp, ref))
    assert found.count("inserted") == 1
    assert found.count("dropped") == 1
    assert ("", STORY[3]) in partners(hyp, ref)


def test_moved_paragraph() -> None:
    hyp = "\n".join([STORY[3], *STORY[:3], *STORY[4:]])
    ref = "\n".join(STORY)
    moved = [s for s in align(hyp, ref).segments if s.kind == "moved"]
    assert [hyp[slice(*s.hyp)] for s in moved] == [STORY[3]]
    assert align(hyp, ref).coverage == (1, 1)


def test_split_sentence() -> None:
    ref = "The minister left early because the talks in Bonn had failed again on Monday."
    hyp = "The minister left early. The talks in Bonn had failed again on Monday."
    assert partners(hyp, ref) == [(hyp, ref)]


def test_paragraphs_joined_into_one() -> None:
    changed = [s.replace("the", "a").replace("storm", "gale") for s in STORY]
    found = partners(" ".join(changed), "\n".join(STORY))
    assert found[0] == (changed[0], STORY[0])
    assert found[-1] == (changed[-1], STORY[-1])


@pytest.mark.parametrize(
    ("hyp", "ref", "expected"),
    [
        ("", "", []),
        ("", "One.", ["dropped"]),
        ("One.", "", ["inserted"]),
        (" \n ", "\n", []),
        ("今天下雨。他没有来。", "今天下大雨。他没有来。", ["changed"]),
    ],
    ids=["empty", "nothing left", "no reference", "white space", "chinese"],
)
def test_edges(hyp: str, ref: str, expected: list[str]) -> None:
    assert kinds(align(hyp, ref)) == expected or expected == ["changed"]


@given(TEXT, TEXT)
def test_every_visible_character_is_in_one_segment(hyp: str, ref: str) -> None:
    alignment = align(hyp, ref)
    for text, spans in (
        (hyp, [s.hyp for s in alignment.segments]),
        (ref, [s.ref for s in alignment.segments]),
    ):
        places = [k for start, end in spans for k in range(start, end)]
        assert len(places) == len(set(places))
        assert {k for k, c in enumerate(text) if not c.isspace()} <= set(places)
    assert 0 <= min(alignment.coverage) <= max(alignment.coverage) <= 1


@given(TEXT)
def test_a_text_covers_itself(text: str) -> None:
    assert align(text, text).coverage == (1, 1)
    assert set(kinds(align(text, text))) <= {"equal"}


@given(TEXT)
def test_sentences_lose_nothing(text: str) -> None:
    parts = [text[a:b] for span in paragraphs(text) for a, b in sentences(text, span)]
    assert "".join("".join(parts).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("He left. She stayed.", 2),
        ("Mr. Holm left.", 1),
        ("It cost 3.5 million. Nobody paid.", 2),
        ("J. R. Smith wrote it.", 1),
        ("\u201cGo!\u201d he said. \u201cNow.\u201d", 2),
        ("下雨了。我们走吧！好。", 3),
        ("e.g. this one", 1),
        ("Am 3. Mai regnete es. Wir blieben.", 2),
        ("वह आया। हम चले गए। ठीक है।", 3),
        ("وہ آیا۔ ہم گئے۔", 2),
        ("هل جاء؟ نعم، جاء.", 2),
        ("Վեց։ Յոթ։", 2),
    ],
)
def test_sentence_boundaries(text: str, count: int) -> None:
    assert len(sentences(text, (0, len(text)))) == count


def test_the_five_documents(shared: Path) -> None:
    """What the references dropped from the raw pages is found, and nothing that they kept."""
    for path in sorted((shared / "corpus" / "raw").glob("*.txt")):
        raw = path.read_text("utf-8")
        clean = (shared / "corpus" / "clean" / path.name).read_text("utf-8")
        alignment = align(raw, clean)
        assert alignment.ref_coverage == 1, path.name
        assert alignment.hyp_coverage > 0.9, path.name


def test_the_order_of_things_does_not_depend_on_chance() -> None:
    rng = random.Random(3)
    text = "\n".join(rng.sample(STORY * 3, 12))
    assert align(text, "\n".join(STORY)) == align(text, "\n".join(STORY))
