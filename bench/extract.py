"""The text of HTML pages: precision and recall of lines, beside other extractors.

    python bench/extract.py

The labelled pages of bench/chrome.py (labels our own) are made into HTML in four ways: *semantic*
(furniture in `nav`, `aside`, `footer`, text in `article`), *named* (`div` elements whose classes
say what they are), *nested* (the same, 300 elements deep) and *bare* (every line a `p` of one
`div`, so that only the words tell). Text lines carry links, emphasis and entities; bullets become
lists.
A line counts as kept if the tool's answer has a line of the same words, or, from 40 characters on,
if it stands somewhere in the answer. Precision: of the lines kept, those that are text. Recall: of
the lines that are text, those kept. unspun is measured twice: its extraction alone, and with the
rules for furniture in plain text behind it, as in `unspun clean`.
"""

from __future__ import annotations

import html
import re
import time
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import chrome as plain

from unspun import extraction, pipeline
from unspun.edits import apply
from unspun.model import Document

WORD = re.compile(r"\w+")
DEEP = 300
BULLET = re.compile(r"^[-*•]\s+")


class Line(NamedTuple):
    """A labelled line of a page."""

    text: str
    is_text: bool


class Tally(NamedTuple):
    """Lines of text kept, lines of furniture kept, lines of text lost."""

    right: int = 0
    wrong: int = 0
    lost: int = 0

    def row(self) -> str:
        """Precision, recall, F1 and the errors, in columns."""
        precision = self.right / max(1, self.right + self.wrong)
        recall = self.right / max(1, self.right + self.lost)
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        return f"{precision:9.3f} {recall:7.3f} {f1:7.3f} {self.wrong:6d} {self.lost:6d}"


def labelled(case: plain.Case) -> list[Line]:
    gone = set(case["gone"])
    return [Line(line, k not in gone) for k, line in enumerate(plain.lines(case["text"]))]


def runs(page: Sequence[Line]) -> Iterator[tuple[bool, int, list[str]]]:
    """Neighbouring lines of one kind, and the number of the first."""
    at = 0
    while at < len(page):
        end = at
        while end < len(page) and page[end].is_text == page[at].is_text:
            end += 1
        yield page[at].is_text, at, [line.text for line in page[at:end]]
        at = end


def marked_up(text: str, number: int) -> str:
    """A line as sites write it: entities, and some words in elements of their own."""
    words = [html.escape(word).replace("’", "&rsquo;") for word in text.split(" ")]
    if len(words) > 8 and number % 3 == 0:
        words[2] = f'<a href="/{number}">{words[2]}</a>'
    if len(words) > 8 and number % 4 == 0:
        words[5:7] = [f"<em>{' '.join(words[5:7])}</em>"]
    return " ".join(words)


def prose(lines: Sequence[str], at: int) -> str:
    """Lines of text: paragraphs, headings, lists."""
    parts: list[str] = []
    for k, line in enumerate(lines):
        body = marked_up(BULLET.sub("", line), at + k)
        if BULLET.match(line):
            parts.append(f"<ul><li>{body}</li></ul>")
        elif len(line) < 60 and line[-1].isalnum():
            parts.append(f"<h2>{body}</h2>")
        else:
            parts.append(f"<p>{body}</p>")
    return "\n".join(parts).replace("</ul>\n<ul>", "\n")


def furniture(lines: Sequence[str], at: int) -> str:
    """Lines of furniture: lists of links, notes."""
    return "\n".join(
        f'<li><a href="/{at + k}">{html.escape(line)}</a></li>'
        if len(line) < 60
        else f"<li>{html.escape(line)}</li>"
        for k, line in enumerate(lines)
    )


def rendered(page: Sequence[Line], style: str) -> str:
    title = next((line.text for line in page if line.is_text), "")
    parts = [f"<!DOCTYPE html><html><head><title>{html.escape(title)}</title></head><body>"]
    last = max((k for k, line in enumerate(page) if line.is_text), default=-1)
    seen = False
    if style == "bare":
        parts += [
            "<div>",
            *(f"<p>{marked_up(x.text, k)}</p>" for k, x in enumerate(page)),
            "</div>",
        ]
        return "\n".join([*parts, "</body></html>"])
    names = {"head": "nav", "within": "aside", "foot": "footer", "text": "article"}
    if style != "semantic":
        names = dict.fromkeys(names, "div")
    classes = {"head": "menu", "within": "related", "foot": "footer", "text": "post"}
    parts.append("<div>" * (DEEP if style == "nested" else 1))
    for is_text, at, lines in runs(page):
        if is_text and not seen:
            seen = True
            parts.append(f'<{names["text"]} class="{classes["text"]}">')
        if is_text:
            parts.append(prose(lines, at))
            continue
        place = "head" if not seen else "foot" if at > last else "within"
        if place == "foot" and seen:
            parts.append(f"</{names['text']}>")
        inside = f"<ul>{furniture(lines, at)}</ul>"
        parts.append(f'<{names[place]} class="{classes[place]}">{inside}</{names[place]}>')
    parts.append("</div>" * (DEEP if style == "nested" else 1))
    return "\n".join([*parts, "</body></html>"])


def key(text: str) -> str:
    return " ".join(WORD.findall(text.lower()))


def count(page: Sequence[Line], answer: str) -> Tally:
    lines = {key(line) for line in answer.splitlines()}
    whole = key(answer)
    right = wrong = lost = 0
    for line in page:
        own = key(line.text)
        if not own:
            continue
        kept = own in lines or (len(own) >= 40 and own in whole)
        right += kept and line.is_text
        wrong += kept and not line.is_text
        lost += line.is_text and not kept
    return Tally(right, wrong, lost)


def alone(page: str) -> str:
    return apply(page, extraction.extract(page)[0])


def with_rules(page: str) -> str:
    return pipeline.process(Document("", page), stages=("extract", "normalise", "chrome")).text


def tools() -> Iterator[tuple[str, Callable[[str], str]]]:
    yield "unspun, extraction", alone
    yield "unspun, and furniture", with_rules
    yield from plain.extractors()


def main() -> None:
    pages = [labelled(case) for path in plain.SETS.values() for case in plain.read(path)]
    print(
        f"{len(pages)} pages, {sum(line.is_text for page in pages for line in page)} lines of text"
    )
    print(f"{'':32} {'precision':>9} {'recall':>7} {'F1':>7} {'wrong':>6} {'lost':>6} {'MB/s':>6}")
    named = list(tools())
    for style in ("semantic", "named", "nested", "bare"):
        sources = [rendered(page, style) for page in pages]
        for name, extract in named:
            start = time.process_time()
            answers = [extract(source) for source in sources]
            speed = sum(map(len, sources)) / 1e6 / (time.process_time() - start)
            tallies = [count(page, answer) for page, answer in zip(pages, answers, strict=True)]
            total = Tally(*map(sum, zip(*tallies, strict=True)))
            print(f"{style + ': ' + name:32} {total.row()} {speed:6.1f}")


if __name__ == "__main__":
    main()
