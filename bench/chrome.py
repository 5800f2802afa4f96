"""Removal of page furniture: precision and recall of lines, restraint, speed.

    python bench/chrome.py [CLEAN.txt[.zst] ...]

Pages: `tests/cases/chrome.jsonl` and `bench/data/chrome/tune.jsonl`, which the rules were tuned on;
`held.jsonl`, `unseen.jsonl` and `blind.jsonl` beside it, on which they were measured before they
knew them (docs/chrome.md gives those figures). All labels are our own.
Extractors of HTML (trafilatura, justext, resiliparse) are measured, where installed, on the same
pages made into HTML in two ways. Marked: furniture in `nav`, `aside` and `footer`, so that the
markup tells the answer. Bare: every line a paragraph, which is what the text tells.
Restraint: with text files of clean documents (blank lines between paragraphs), lines that go.
"""

from __future__ import annotations

import argparse
import html
import importlib
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from unspun import chrome
from unspun.config import ChromeConfig

ROOT = Path(__file__).parents[1]
SETS = {
    "cases": ROOT / "tests" / "cases" / "chrome.jsonl",
    "tune": ROOT / "bench" / "data" / "chrome" / "tune.jsonl",
    "held": ROOT / "bench" / "data" / "chrome" / "held.jsonl",
    "unseen": ROOT / "bench" / "data" / "chrome" / "unseen.jsonl",
    "blind": ROOT / "bench" / "data" / "chrome" / "blind.jsonl",
}
CONFIG = ChromeConfig()
Case = dict[str, Any]


class Counts(NamedTuple):
    """Lines rightly removed, wrongly removed, and missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def plus(self, other: Counts) -> Counts:
        """The sum of both."""
        return Counts(*(a + b for a, b in zip(self, other, strict=True)))

    def row(self) -> str:
        """Precision, recall, F1 and the errors, in columns."""
        precision = self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0
        recall = self.right / (self.right + self.missed) if self.right + self.missed else 1.0
        total = precision + recall
        f1 = 2 * precision * recall / total if total else 0.0
        return f"{precision:9.3f} {recall:7.3f} {f1:7.3f} {self.wrong:6d} {self.missed:6d}"


def read(path: Path) -> list[Case]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def lines(text: str) -> list[str]:
    return [line for line in map(str.strip, text.split("\n")) if line]


def ours(case: Case) -> set[int]:
    """Indices of the lines that go."""
    text = case["text"]
    starts, at = [], 0
    for line in text.split("\n"):
        if line.strip():
            starts.append(at + len(line) - len(line.lstrip()))
        at += len(line) + 1
    gone = [edit for edit in chrome.find(text, CONFIG)[0] if edit.rule != "lone-bullet"]
    return {i for i, start in enumerate(starts) if any(e.start <= start < e.end for e in gone)}


def count(cases: Iterable[Case], remove: Callable[[Case], set[int]]) -> Counts:
    total = Counts()
    for case in cases:
        gone, found = set(case["gone"]), remove(case)
        total = total.plus(Counts(len(gone & found), len(found - gone), len(gone - found)))
    return total


def as_html(case: Case, *, marked: bool) -> str:
    """The page as HTML, its furniture marked up as sites do, or all lines alike."""
    every, gone = lines(case["text"]), set(case["gone"])
    kept = [i for i in range(len(every)) if i not in gone]
    first, last = (kept[0], kept[-1]) if kept else (0, len(every))
    title = html.escape(every[first]) if kept else ""
    parts = [f"<html><head><title>{title}</title></head><body>"]
    for i, line in enumerate(every):
        text = html.escape(line)
        if not marked:
            parts.append(f"<p>{text}</p>")
        elif i in gone:
            tag = "nav" if i < first else "footer" if i > last else "aside"
            link = f'<a href="/{i}">{text}</a>'
            parts.append(f"<{tag}>{link if len(line) < 60 else text}</{tag}>")
        elif i == first:
            parts.append(f"<h1>{text}</h1>")
        else:
            short = len(line) < 60 and line[-1].isalnum()
            parts.append(f"<h2>{text}</h2>" if short else f"<p>{text}</p>")
    return "\n".join([*parts, "</body></html>"])


def extractors() -> Iterator[tuple[str, Callable[[str], str]]]:
    """The HTML extractors that are installed."""
    for name in ("trafilatura", "justext", "resiliparse"):
        try:
            yield name, globals()[f"with_{name}"]()
        except ImportError:
            print(f"{name} is not installed: skipped")


def with_trafilatura() -> Callable[[str], str]:
    module = importlib.import_module("trafilatura")
    return lambda page: module.extract(page) or ""


def with_justext() -> Callable[[str], str]:
    module = importlib.import_module("justext")
    stops = frozenset().union(*map(module.get_stoplist, ("English", "German", "French", "Spanish")))
    return lambda page: "\n".join(
        p.text for p in module.justext(page.encode(), stops) if not p.is_boilerplate
    )


def with_resiliparse() -> Callable[[str], str]:
    module = importlib.import_module("resiliparse.extract.html2text")
    return lambda page: str(module.extract_plain_text(page, main_content=True))


def theirs(extract: Callable[[str], str], *, marked: bool) -> Callable[[Case], set[int]]:
    """The lines whose words are not in what an extractor keeps."""

    def remove(case: Case) -> set[int]:
        out = " ".join(extract(as_html(case, marked=marked)).split())
        every = lines(case["text"])
        return {i for i, line in enumerate(every) if " ".join(line.split())[:60] not in out}

    return remove


def by_rule(cases: Iterable[Case]) -> Counter[str]:
    return Counter(e.rule for case in cases for e in chrome.find(case["text"], CONFIG)[0])


def paragraphs(path: Path) -> Iterator[str]:
    """The lines of a text file, also a packed one, that are not blank."""
    if path.suffix == ".zst":
        data: Any = importlib.import_module("zstandard").open(path, "rt", encoding="utf-8")
    else:
        data = path.open(encoding="utf-8")
    with data as file:
        yield from (line.strip() for line in file if line.strip())


def restraint(path: Path) -> Counts:
    """What goes of clean text, in documents of 24 paragraphs, and how fast."""
    total = size = gone = 0
    seconds = 0.0
    every = paragraphs(path)
    while document := list(islice(every, 24)):
        text = "\n\n".join(document)
        start = time.process_time()
        found = chrome.find(text, CONFIG)[0]
        seconds += time.process_time() - start
        total, size, gone = total + len(document), size + len(text), gone + len(found)
        for edit in found:
            print(f"    {edit.rule} {edit.confidence} {edit.before.strip()[:90]!r}")
    speed = size / 1e6 / max(seconds, 1e-9)
    print(f"{path.name}: {total} lines, {gone} go, {speed:.1f} M characters/s")
    return Counts(total - gone, gone)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("clean", nargs="*", type=Path, help="files of clean text")
    arguments = parser.parse_args()
    found = list(extractors())
    print(f"{'pages':24} {'precision':>9} {'recall':>7} {'F1':>7} {'wrong':>6} {'missed':>6}")
    for name, path in SETS.items():
        cases = read(path)
        print(f"{name + f' ({len(cases)})':24} {count(cases, ours).row()}")
        for tool, extract in found:
            for marked in (True, False):
                label = f"  {tool} ({'marked' if marked else 'bare'})"
                print(f"{label:24} {count(cases, theirs(extract, marked=marked)).row()}")
    print(dict(by_rule(case for path in SETS.values() for case in read(path)).most_common()))
    clean = Counts()
    for path in arguments.clean:
        clean = clean.plus(restraint(path))
    if arguments.clean:
        lines_read = clean.right + clean.wrong
        print(
            f"{lines_read} lines, {clean.wrong} go: {1e6 * clean.wrong / lines_read:.1f} a million"
        )


if __name__ == "__main__":
    main()
