"""The kernel of lines cuts and judges as the plain code does; calm pages are those left alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import texts
from unspun.chrome import calm, lines, page, prompts, reading, templates
from unspun.chrome.bullets import lone_bullet
from unspun.chrome.rules import RULES

CASES = [
    orjson.loads(line)["text"]
    for line in (Path(__file__).parent / "cases" / "chrome.jsonl").read_bytes().splitlines()
]
compiled = pytest.mark.skipif(reading._kernel is None, reason="no compiled kernel")
characters = st.one_of(
    st.characters(),
    st.sampled_from(
        "aeé ßİiև\u0307\u0301\u0327\u093c\u09bc\u09be\u3099’'-.:•>|/…()（）“\"\t\u00a0\f\n"
        "中が한ㄱㅏ"
        "\u1100\u1161\u11a8123,&_–—→ⓒﬁ①Ⅷ\ud800😀𝐀𞥐Ꮳ"
    ),
)
wording = st.sampled_from(
    sorted(
        {
            *list(templates.table().exact)[::50],
            *list(templates.table().short.starts)[::40],
            *templates.table().short.ends,
            *templates.table().short.inner,
            *templates.table().long.inner,
            *(word for language in prompts.languages() for word in language.objects[:4]),
            *list(prompts.openings())[::20],
            *list(prompts.endings())[::5],
            "www.example.org/a",
            "https://example.org",
            "VIDEO 1:20",
            "and the harbour was quiet until the boats came back",
            "Home > News",
        }
    )
)
mixed = st.lists(
    st.one_of(wording, wording.map(str.title), st.text(characters, max_size=12), texts), max_size=9
).map(" ".join)
furnished = st.lists(mixed, max_size=6).map("\n".join)


def assert_same(text: str) -> None:
    found, asks = reading._reader().cut(text)
    plain = lines.split(text)
    assert len(found) == len(plain)
    for line, own, ask in zip(found, plain, asks, strict=True):
        assert own._replace(shape=own.shape._replace(key=line.shape.key)) == line
        assert line.shape.key in (own.shape.key, None)
        assert page.read(own, ask) == page.read(own)
    hits = [page.read(line) for line in plain]
    assert reading.look(text) == (plain, hits)
    if reading.shows_nothing(text):
        assert not any(hits)
        assert calm.is_calm(plain, frozenset())


@compiled
@pytest.mark.parametrize("text", CASES)
def test_lines_of_pages_are_the_same(text: str) -> None:
    assert_same(text)


@compiled
@given(st.one_of(furnished, st.text(characters)))
def test_any_lines_are_the_same(text: str) -> None:
    assert_same(text)


@compiled
@given(mixed, st.integers(1, 30))
def test_long_lines_are_the_same(text: str, times: int) -> None:
    assert_same(" ".join([text] * times))


sayings = st.sampled_from(prompts.languages()).flatmap(
    lambda language: st.lists(
        st.sampled_from(
            [*language.openings, *language.objects, *language.selves, "the boats came", ".", "!"]
        ),
        min_size=2,
        max_size=7,
    )
)


@compiled
@given(sayings.map(" ".join), st.sampled_from((str, str.capitalize, str.upper, str.title)))
def test_prompts_are_the_same(text: str, written: Callable[[str], str]) -> None:
    assert_same(written(text))


@compiled
def test_the_languages_of_prompts_have_a_bit_each() -> None:
    assert len(prompts.languages()) <= 32
    assert prompts.words()["podcast"][0].bit_count() > 3


@compiled
def test_folding_is_the_same_for_all_characters() -> None:
    for code in range(0x20, 0x2FA20, 7):
        assert_same(f"a{chr(code)}")
        assert_same(f"{chr(code)}\u0301 9")


@compiled
def test_most_prose_is_quiet() -> None:
    prose = "Nearly nobody came down to the quay that night, since the wind had turned north."
    assert reading._reader().cut(prose)[1] == [0]
    assert reading._reader().cut("Read more")[1] == [page.WORDING | page.LABEL]
    assert reading.shows_nothing(f"{prose}\n\n{prose} Somebody did.\n")
    assert reading.shows_nothing("")
    assert not reading.shows_nothing(f"{prose}\nRead more")


def test_the_kernel_refuses_what_it_cannot_use() -> None:
    if reading._kernel is None:
        pytest.skip("no compiled kernel")
    tables = bytes(4 << 16), bytes(4 << 16)
    for words in ({"a": 0}, {"a": "b"}, {1: 1}):
        with pytest.raises(ValueError, match="roles"):
            reading._kernel.Reader(*tables, words, {}, {}, (), lines.Line, lines.Shape)
    for calls in ({"a": 1}, {"a": (1, 2)}, {1: (1, 2, 3)}, {"": (1, 2, 3)}):
        with pytest.raises(ValueError, match=r"prompts|characters"):
            reading._kernel.Reader(*tables, {}, {}, calls, (), lines.Line, lines.Shape)
    with pytest.raises(ValueError, match="size"):
        reading._kernel.Reader(b"", b"", {}, {}, {}, (), lines.Line, lines.Shape)
    with pytest.raises(ValueError, match="size"):
        reading._kernel.Reader(*tables, {}, {}, {}, (), int, lines.Shape)
    with pytest.raises(TypeError):
        reading._reader().cut(b"bytes")


def findings(text: str) -> list[page.Verdict]:
    found, hits = reading.look(text)
    seen = page.inspect(found, hits, frozenset())
    return [verdict for rule in RULES for verdict in rule(seen)] + [
        page.Verdict(at, "lone-bullet", 1.0) for at in [lone_bullet(seen)] if at is not None
    ]


sentence = st.sampled_from(
    [
        "The ferry left at dawn and nobody on the quay could say when it would be back.",
        "Ana Petrova Lund",
        "Ana Petrova",
        "• The council met for the first time since the flood in the old hall.",
        "Harbour opens again after long winter",
        "Why the boats stayed out: ",
        "More on:",
        "Harbour opens | The Quay",
        "Page 3",
        "4",
        "5",
        "\f6",
        "",
        "",
        "“We waited,” she said, “until the light went out and the ice had closed the bay.”",
        "港は朝に開いた。だれもいなかった。",
    ]
)


@given(st.lists(sentence, max_size=12).map("\n".join))
def test_rules_find_nothing_on_calm_pages(text: str) -> None:
    found, hits = reading.look(text)
    calmed = not any(hits) and calm.is_calm(found, frozenset())
    assert not calmed or findings(text) == []
    assert calmed or not reading.shows_nothing(text)


@pytest.mark.parametrize(
    "end",
    [*".?!…।؟۔", "\u0589", "\u0965", "\u0f0d", "\u104b", "\u1362", "\u17d4", "\u1c7e", ".”", "።»"],
)
def test_sentences_of_all_scripts_end(end: str) -> None:
    text = f"They waited until the ice had closed the whole bay{end}"
    found = reading.look(text)[0]
    assert found == lines.split(text)
    assert found[0].shape.final
    assert not lines.split(text[: -len(end)] + ",")[0].shape.final


@pytest.mark.parametrize(
    ("mark", "calmed"), [("1.", True), ("2)", True), ("•", False), ("-", False)]
)
def test_numbered_paragraphs_are_calm(mark: str, *, calmed: bool) -> None:
    paragraph = "The ferry left at dawn and nobody on the quay could say when it would be back."
    text = f"The ferry\n\n{mark} {paragraph}\n\n{paragraph} So they waited.\n"
    found = reading.look(text)[0]
    assert calm.is_calm(found, frozenset()) == calmed
    assert reading._reader() is None or reading.shows_nothing(text) == calmed


def test_plain_prose_is_calm() -> None:
    paragraph = "The ferry left at dawn and nobody on the quay could say when it would be back."
    text = f"The ferry\n\n{paragraph}\n\n{paragraph} So they waited.\n"
    assert calm.is_calm(reading.look(text)[0], frozenset())
    assert not calm.is_calm(reading.look(text)[0], {"The ferry"})
    assert not calm.is_calm(reading.look(f"{text}\n{paragraph}\n{paragraph}")[0], frozenset())


FILLED = {
    "n": ("3", "1.2k", "1,000+", "5 万"),
    "name": ("ana lund", "j. smith"),
    "few": ("", "some words"),
    "any": ("", "text here", "and so much more of it " * 9),
}


def written(tree: tuple[object, ...], rng: Random) -> str:
    """A line that a template may have been written for."""
    pieces = []
    for node in tree:
        if isinstance(node, templates.Slot):
            pieces.append(rng.choice(FILLED[node.kind]))
        elif isinstance(node, templates.Choice):
            if not node.optional or rng.random() < 0.5:
                pieces.append(written(rng.choice(node.options), rng))
        else:
            pieces.append(str(node))
    return "".join(pieces)


@compiled
def test_every_template_is_asked_about_where_it_matches() -> None:
    rng = Random(6)
    known = templates.table()
    matched = 0
    for index in (known.short, known.long):
        for entries in (*index.starts.values(), *index.ends.values(), *index.inner.values()):
            for template, _ in entries[:3]:
                line = written(template.tree, rng)
                for text in (line, line.capitalize(), f"» {line}…"):
                    found, hits = reading.look(text)
                    assert hits == [page.read(own) for own in found]
                    matched += any(hits)
    assert matched > 1000
