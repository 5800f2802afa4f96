"""The text of HTML pages: what stays, what goes, what was nearly lost, and the way back."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import unspun
from strategies import TROUBLE
from unspun import edits, extraction, pipeline
from unspun.config import Config, ExtractConfig
from unspun.extraction import tokens
from unspun.model import Document
from unspun.store import Store

PROSE = [
    "The mill by the river has been quiet since the spring, and nobody in Tarn knows why.",
    "Its owner, who lives in the next valley, said that the wheel had broken in a flood.",
    "A new wheel would cost more than the mill is worth, or so the council was told in May.",
    "The miller's daughter has other plans, which she would not speak about on Tuesday night.",
]
ARTICLE = "".join(f"<p>{line}</p>\n" for line in PROSE)


def page(body: str, head: str = "<title>The mill</title>") -> str:
    return f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>"


def read(source: str) -> str:
    step, _ = extraction.extract(source)
    return edits.apply(source, step)


def lines(source: str) -> list[str]:
    return [line for line in read(source).split("\n") if line]


def test_text_stays_and_what_stands_around_goes() -> None:
    source = page(
        '<nav><ul><li><a href="/">Home</a></li><li><a href="/n">News</a></li></ul></nav>'
        f"<article><h1>The quiet mill</h1>{ARTICLE}</article>"
        "<aside><p>More about mills, rivers and other things that you may like to read.</p></aside>"
        "<footer>Copyright of the Tarn Courier</footer><script>let mill = '<p>no</p>';</script>"
    )
    assert lines(source) == ["The quiet mill", *PROSE]


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        (
            "A mill &amp; barn &mdash; caf&eacute; &#8217;s &#x2019;",
            "A mill & barn — café ’s ’",
        ),
        ("AT&T and R&D, &notanentity; a < b", "AT&T and R&D, ¬anentity; a < b"),
        ("&#0; &#150;", "\ufffd –"),
        ("a  \n\t b <b>c</b> <i> d</i>e", "a b c de"),
        ("no&nbsp;break", "no\u00a0break"),
        ("one<br>two<br/> three", "one\ntwo\nthree"),
        ("a<!-- gone > -->b<?php gone ?>c", "abc"),
        ('x <a title="a > b" href=y>z</a>', "x z"),
        ("soft\u00adhyphen stays", "soft\u00adhyphen stays"),
        ("full width １２ “stays”", "full width １２ “stays”"),
    ],
)
def test_what_a_reader_sees(written: str, seen: str) -> None:
    source = page(f"<article>{ARTICLE}<p>{written}</p>{ARTICLE}</article>")
    assert read(source).split("\n\n")[4] == seen


def test_shapes_are_kept() -> None:
    source = page(
        f"<article>{ARTICLE}<ul><li>First thing to see</li><li>Second thing</ul>"
        "<table><tr><td>Wheels<td>4<tr><td>Stones<td>2</table>"
        f"<pre>  if mill:\n    turn()</pre>{ARTICLE}</article>"
    )
    text = read(source)
    assert "\n\n- First thing to see\n- Second thing\n\n" in text
    assert "\n\nWheels\t4\nStones\t2\n\n" in text
    assert "if mill:\n    turn()\n\n" in text


@pytest.mark.parametrize(
    "lost",
    [
        f"<div>{'<div>' * 300}<p>{PROSE[3]}</p>{'</div>' * 300}</div>",
        f'<div class="teaser"><span>{PROSE[3]}</span></div>',
        f"<details><summary>More</summary><p>{PROSE[3]}</p></details>",
        f"<ul><li>{PROSE[3]}</li></ul>",
        f"<figure><figcaption>{PROSE[3]}</figcaption></figure>",
        f"<custom-card><p>{PROSE[3]}</p></custom-card>",
    ],
)
def test_prose_within_the_text_is_never_lost(lost: str) -> None:
    before, behind = "".join(f"<p>{x}</p>" for x in PROSE[:2]), f"<p>{PROSE[2]}</p>"
    source = page(f"<article>{before}{lost}{behind}</article>")
    assert PROSE[3] in read(source)


@pytest.mark.parametrize("place", [0, 1, 3])
@pytest.mark.parametrize(
    "inside",
    [
        "<svg><text>v</text></svg>", "<math><mi>x</mi></math>", "<button>Share</button>",
        "<select><option>a</option></select>", "<noscript><img src='x'></noscript>",
        "<script>let a = 1;</script>", "<video>no video</video>", "<label>lab</label>",
        "<time>12 May</time>", "<ruby>\u6f22<rt>kan</rt></ruby>", "R&amp;amp;D", "<sup>1</sup>",
        "<template>tip</template>",
    ],
)  # fmt: skip
@pytest.mark.parametrize("end", [".", "", ": the old one"])
def test_paragraphs_are_whole_whatever_stands_in_them(inside: str, place: int, end: str) -> None:
    words = "The harbour board met on Tuesday to speak about the lighthouse which has stood empty"
    more = "since the keeper left for the mainland in a boat of his own with the cat on board"
    parts = [f"<p>{line}</p>" for line in PROSE]
    parts[place] = f"<p>{words} {inside} {more} {inside} and never came back{end}</p>"
    seen = " ".join(lines(page("<h1>Light</h1>" + "".join(parts))))
    for part in (words, more, f"and never came back{end}", *PROSE[:place], *PROSE[place + 1 :]):
        assert part in seen
    assert "let a" not in seen


@pytest.mark.parametrize(
    "around",
    [
        "<footer><p>{}</p></footer>",
        "<div class='sidebar'><p>{}</p></div>",
        "<p hidden>{}</p>",
        "<div><p><a href='/x'>{}</a></p></div>",
    ],
)
def test_long_paragraphs_elsewhere_are_not_put_back(around: str) -> None:
    long = "Read how the council of the next valley came to buy an old mill and what it paid for it"
    assert long not in read(page(f"<article>{ARTICLE}</article>" + around.format(long)))


def test_what_trafilatura_left_out_is_tagged() -> None:
    deep = f"{'<div>' * 300}{ARTICLE}{'</div>' * 300}"
    source = page(f"<h1>Mill</h1>{deep}")
    step, tags = extraction.extract(source)
    assert [line for line in edits.apply(source, step).split("\n") if line] == ["Mill", *PROSE]
    lost = [t for t in tags if t.kind == extraction.TEXT_LOST]
    assert [source[t.start : t.end] for t in lost][-4:] == PROSE


@pytest.mark.parametrize(
    "hidden",
    [
        f'<div style="display: none"><p>{PROSE[3]}</p></div>',
        f"<template><p>{PROSE[3]}</p></template>",
        f"<script>'{PROSE[3]}'</script>",
        f"<textarea>{PROSE[3]}</textarea>",
        f"<nav><p>{PROSE[3]}</p></nav>",
        f'<div class="cookie-consent"><p>{PROSE[3]}</p></div>',
    ],
)
def test_what_no_reader_looks_for_is_not_put_back(hidden: str) -> None:
    before, behind = "".join(f"<p>{x}</p>" for x in PROSE[:2]), f"<p>{PROSE[2]}</p>"
    assert PROSE[3] not in read(page(f"<article>{before}{behind}</article>{hidden}"))


@pytest.mark.parametrize(
    "source",
    [
        page(f"<p>{PROSE[0]}<!-- nobody closes this<p>{PROSE[1]}</p>"),
        page(f'<p>{PROSE[0]}</p><a href="nobody closes this>x</a><p>{PROSE[1]}</p>'),
        page(f"<p>{PROSE[0]}</p></div></p></span><p>{PROSE[1]}</p>"),
        f"<html>{ARTICLE}",
    ],
)
def test_broken_markup_loses_no_prose(source: str) -> None:
    text = read(source)
    assert PROSE[0] in text
    assert PROSE[1] in text


def test_which_documents_are_pages() -> None:
    auto, never, always = (ExtractConfig(html=h) for h in ("auto", "never", "always"))
    for text in ("<!DOCTYPE html>x", " \n<HTML lang=en>x", "<?xml version='1.0'?>\n<html>x"):
        assert extraction.is_page(Document("", text), auto)
        assert not extraction.is_page(Document("", text), never)
    for text in ("", "a <html> tag", "<p>x</p>", "<htmlx>", "The <!doctype html> line"):
        assert not extraction.is_page(Document("", text), auto)
        assert extraction.is_page(Document("", text), always)
    assert extraction.is_page(Document("", "x", kind="html"), auto)


def test_plain_text_that_speaks_of_markup_is_left_alone() -> None:
    text = "To set a word in bold, write <b>word</b>; in a page that starts with <html>.\n"
    assert unspun.clean(text).text == text


TAGS = (
    "<p> </p> <div> </div> <br> <ul><li> <table><td> <pre> &amp; <script> </script> <!-- --> </a> "
    "<a_href='x'> <b_title=\" < > <svg> </svg> <textarea> <title> <body> </html> &#xd800; &lt ]]>"
)
HOSTILE = (
    '< <a_ <a_" <!-- <p> <b> </p> <div> & <li> <a_b=" <td> x<br> <script> <![CDATA[ <p>mill</p> '
    "<a_'\" <svg> &# _\n </ <title>"
)


def pieces(written: str) -> list[str]:
    return [piece.replace("_", " ") for piece in written.split(" ")]


markup = st.lists(
    st.one_of(st.sampled_from(pieces(TAGS) + PROSE), TROUBLE, st.text(max_size=8)), max_size=30
).map("".join)


@given(markup)
def test_every_page_comes_back(body: str) -> None:
    source = f"<html>{body}"
    result = pipeline.process(Document("", source), stages=pipeline.CLEAN)
    assert edits.apply(source, result.ledger) == result.text
    assert edits.undo(result.text, result.ledger) == source


@given(markup)
def test_tokens_are_the_source(source: str) -> None:
    at = 0
    for token in tokens.tokens(source):
        assert token.start == at
        assert token.end > at
        at = token.end
    assert at == len(source)


@pytest.mark.parametrize("piece", pieces(HOSTILE))
def test_time_grows_with_length_alone(piece: str) -> None:
    """Our own share; that of trafilatura is under the limits of workers."""

    def seconds(size: int) -> float:
        source = f"<html>{piece * (size // len(piece))}"
        start = time.process_time()
        found = extraction.page.blocks(source)
        extraction.cut(source, found, extraction.Choice(tuple(range(len(found))), frozenset()))
        return time.process_time() - start

    assert seconds(200_000) < 3  # quadratic time would be minutes


def test_pages_run_beside_texts(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    source = page(f"<nav><a href=x>Home</a></nav>{ARTICLE}", '<meta charset="iso-8859-1">')
    latin = source.replace("miller's daughter", "miller’s daughter, Zoë,").encode("cp1252")
    (raw / "page.html").write_bytes(latin)
    (raw / "text.txt").write_text(PROSE[0] + "\n", encoding="utf-8")
    summary = unspun.run(raw, out=tmp_path / "out")
    assert not summary.quarantined
    text = (tmp_path / "out/text/page.txt").read_text(encoding="utf-8")
    assert "miller’s daughter, Zoë, has" in text
    assert "Home" not in text
    store = Store(tmp_path / "out")
    assert store.raw_bytes(store.find("page")) == latin
    assert store.find("page").document["encoding"] == "cp1252"


def test_settings_and_strings() -> None:
    source = page(ARTICLE)
    assert unspun.clean(source).text.split("\n\n")[0] == PROSE[0]
    assert unspun.tag(source).language == "en"
    never = Config.from_dict({"extract": {"html": "never"}})
    assert unspun.clean(source, never).text.startswith("<!DOCTYPE html>")
