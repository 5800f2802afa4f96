"""The report as text: whole, closed to the network, and document text only ever as text."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given

from report_samples import documents, run
from strategies import texts
from unspun.model import Edit, LanguageSpan
from unspun.report import DocumentView, Limits, RunView, render


def page(views: list[DocumentView] | None = None, limits: Limits | None = None) -> str:
    return "".join(render(run(), documents() if views is None else views, limits))


class Elements(HTMLParser):
    """Every element of a page with its attributes, and the text of scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self._inside = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self._inside = tag == "script"
        if self._inside:
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.scripts[-1] += data


def test_nothing_is_fetched_and_nothing_inline_runs() -> None:
    for tag, attributes in Elements(page()).found:
        assert not {"src", "action", "formaction", "srcset"} & attributes.keys(), tag
        assert not [name for name in attributes if name.startswith("on")], tag
        assert "style" not in attributes, tag
        href = attributes.get("href")
        assert href is None or href.startswith("#")


def test_policy_allows_this_script_and_style_alone() -> None:
    text = page()
    elements = Elements(text)
    policy = next(
        a["content"] or ""
        for t, a in elements.found
        if t == "meta" and a.get("http-equiv") == "Content-Security-Policy"
    )
    assert "default-src 'none'" in policy
    code = [
        body
        for body, (_, attributes) in zip(
            elements.scripts, [e for e in elements.found if e[0] == "script"], strict=True
        )
        if attributes.get("type") is None
    ]
    assert len(code) == 1
    digest = base64.b64encode(hashlib.sha256(code[0].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy


def test_hostile_text_stays_text(shared: Path) -> None:
    payloads = json.loads((shared / "data/reliability/made/xss_payloads.json").read_text("utf-8"))
    hostile = [p if isinstance(p, str) else json.dumps(p) for p in payloads]
    hostile += [
        "</script><script>alert(1)</script>",
        "<!--<script>",
        "]]>",
        "\u2028\u2029",
        "\ud800",
    ]
    expected = len(Elements(page([DocumentView("a", "x", "x")])).found)
    for text in hostile:
        edit = Edit(0, len(text), text, "", text or "stage", text, 0.5)
        view = DocumentView(text, text, "", (edit,), reference=text, reference_id=text)
        assert len(Elements(page([view])).found) - expected <= 12, text


@given(texts)
def test_any_text_gives_a_page_that_can_be_written(text: str) -> None:
    view = DocumentView(text, text, text, reference=text, reference_id="r")
    written = page([view]).encode("utf-8")
    block = re.search(
        rb'<script[^>]*type="application/json"[^>]*>(.*?)</script>', written, re.DOTALL
    )
    assert block is not None
    json.loads(block.group(1))


def test_every_figure_can_be_traced() -> None:
    text = page()
    for value in run().signatures.values():
        assert value in text
    assert run().fingerprint in text
    assert "quarantin" in text


def test_large_batches_say_what_was_left_out() -> None:
    views = [DocumentView(f"d{n}", "one line", "one line") for n in range(30)]
    text = page(views, Limits(rows=10, details=1_000))
    assert "The first 10 of 30 documents" in text
    assert len(text) < len(page(views))


@pytest.mark.parametrize("word", ["a\u200b", "a\u200bb"])
def test_a_line_full_of_edits_is_shown_in_part(word: str) -> None:
    raw = word * 20_000
    places = (at + 1 for at in range(0, len(raw), len(word)))
    ledger = tuple(Edit(at, at + 1, "\u200b", "", "normalise", "zero-width") for at in places)
    views = [DocumentView("a", raw, raw.replace("\u200b", ""), ledger)]
    text = page(views, Limits(edits=100, text=100))
    assert "This document is long" in text
    assert len(text) < len(page(views)) - 100_000


@pytest.mark.parametrize("blank", ["", " "])
def test_a_line_full_of_languages_is_shown_in_part(blank: str) -> None:
    raw = f"\u0905\u0d05{blank}" * 30_000
    spans = tuple(
        LanguageSpan(at, at + 1, ("hi", "ml")[raw[at] == "\u0d05"], "Deva", 1.0)
        for at in range(len(raw))
        if raw[at] != " "
    )
    views = [DocumentView("a", raw, raw, language="hi", spans=spans)]
    text = page(views, Limits(passages=100, text=100))
    assert f"This document is long: the first {19_998 if blank else 20_000:,} of" in text
    assert "of 60,000 passages in one language" in text
    whole = page(views, Limits(passages=30_000))
    assert "This document is long" not in whole
    assert len(text) < len(whole) // 2


def test_an_empty_batch_has_a_page() -> None:
    assert "No documents" in "".join(render(RunView(), []))


def test_equal_runs_give_equal_pages() -> None:
    assert page() == page()


@pytest.mark.parametrize("word", ["Harbour and orchard", "letters/harbour-notice", "chrF"])
def test_page_names_what_it_shows(word: str) -> None:
    assert word in page()
