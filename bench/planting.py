"""Errors planted into translations: numbers, names, omissions, segments left as they were, markup.

One segment in four gets one error, of the kinds in turn. Seeded by the system's name.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from unspun.checking import Terms, Unit

RATE = 0.25
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
RUN = re.compile(r"(?<=[a-z,;] )[A-Z][\w’'-]*(?: [A-Z][\w’'-]*)*")
SENTENCE_END = frozenset("。！？”")
NO_NAMES = frozenset(
    """I January February March April May June July August September October November December
    Monday Tuesday Wednesday Thursday Friday Saturday Sunday""".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Some lines of the source and their translations."""

    source: tuple[str, ...]
    target: tuple[str, ...]
    planted: str = ""
    change: str = ""
    line: int = 0  # the first one's number, from 0

    def unit(self, number: int) -> Unit:
        """What the rules look at."""
        return Unit("".join(self.source), " ".join(self.target), str(number))


def capitals(outputs: Iterable[list[str]]) -> set[str]:
    """Words that no line of any output writes small: names."""
    seen: set[str] = set()
    for lines in outputs:
        for line in lines:
            seen.update(WORD.findall(line))
    names = {word for word in seen if word[0].isupper() and len(word) > 2}
    return {word for word in names if word.lower() not in seen} - NO_NAMES


def plant(
    source: Sequence[str],
    target: Sequence[str],
    names: set[str],
    rng: random.Random,
    kinds: Sequence[str],
    most: int,
) -> list[Paragraph]:
    """Paragraphs of so many lines at most, every fourth with one error, of the kinds in turn."""
    pool = sorted({run for line in target for run in runs(line, names)})
    found: list[Paragraph] = []
    place = turn = 0
    while place < len(source):
        size = rng.randint(min(2, most), most)
        while size > 1 and not all(
            line[-1:] in SENTENCE_END for line in source[place : place + size]
        ):
            size -= 1  # headlines and bylines are paragraphs of their own
        item = Paragraph(
            tuple(source[place : place + size]), tuple(target[place : place + size]), line=place
        )
        place += size
        if rng.random() < RATE:
            for shift in range(len(kinds)):
                changed = spoil(item, kinds[(turn + shift) % len(kinds)], names, pool, rng)
                if changed is not None:
                    item, turn = changed, turn + shift + 1
                    break
        found.append(item)
    return found


def runs(line: str, names: set[str]) -> list[str]:
    return [m[0] for m in RUN.finditer(line) if names & set(WORD.findall(m[0]))]


def spoil(
    item: Paragraph, kind: str, names: set[str], pool: Sequence[str], rng: random.Random
) -> Paragraph | None:
    """The paragraph with an error of the kind; None where it has no place for one."""
    places = list(range(len(item.target)))
    rng.shuffle(places)
    for place in places:
        line = item.target[place]
        if kind == "omission":
            if len(places) == 1 or len(line) < 30:
                continue
            kept = tuple(t for k, t in enumerate(item.target) if k != place)
            return replace(item, target=kept, planted=kind, change=line)
        changed, what = change(line, item.source[place], kind, names, pool, rng)
        if changed is not None:
            target = tuple(changed if k == place else t for k, t in enumerate(item.target))
            return replace(item, target=target, planted=kind, change=what)
    return None


def change(
    line: str, source: str, kind: str, names: set[str], pool: Sequence[str], rng: random.Random
) -> tuple[str | None, str]:
    if kind == "untranslated":
        return (source, source) if len(source) > 8 else (None, "")
    if kind == "number":
        numbers = list(NUMBER.finditer(line))
        if not numbers:
            return None, ""
        match = rng.choice(numbers)
        other = another(match[0], rng)
        return line[: match.start()] + other + line[match.end() :], f"{match[0]} > {other}"
    found = [m for m in RUN.finditer(line) if names & set(WORD.findall(m[0]))]
    if not found:
        return None, ""
    match = rng.choice(found)
    other = "" if rng.random() < 0.5 else rng.choice(pool)
    if other and set(WORD.findall(other)) & set(WORD.findall(line)):
        return None, ""
    text = line[: match.start()] + other + line[match.end() :]
    return " ".join(text.split()), f"{match[0]} > {other or 'nothing'}"


def another(number: str, rng: random.Random) -> str:
    """Another number: a digit changed, a zero more or less."""
    digits = [k for k, c in enumerate(number) if c.isdigit()]
    if number.isdigit() and rng.random() < 0.25:
        return number + "0"
    place = rng.choice(digits)
    least = 1 if place == 0 else 0
    choices = [d for d in "0123456789"[least:] if d != number[place]]
    return number[:place] + rng.choice(choices) + number[place + 1 :]


TERMS: Terms = {
    "总统": ("president",),
    "疫情": ("epidemic", "pandemic", "outbreak"),
    "检测": ("test", "tests", "tested", "testing"),
    "病例": ("case", "cases"),
    "洪水": ("flood", "floods", "flooding"),
    "会议": ("meeting", "conference"),
    "企业": (
        "company",
        "companies",
        "enterprise",
        "enterprises",
        "business",
        "businesses",
        "firms",
    ),
    "飞机": ("aircraft", "plane", "planes", "airplane"),
}
"""A glossary of everyday words."""
MARKS = (("<b>", "</b>"), ('<g id="1">', "</g>"), ("{0} ", ""), ("%s ", ""), ("${name} ", ""))


def plant_marks(
    source: Sequence[str], target: Sequence[str], rng: random.Random
) -> list[Paragraph]:
    """Segments with markup or a placeholder on both sides; in one of four it is lost or changed."""
    found = []
    for ours, theirs in zip(source, target, strict=True):
        before, after = rng.choice(MARKS)
        marked = f"{before}{ours}{after}", f"{before}{theirs}{after}"
        if rng.random() < RATE:
            change = rng.choice(("lost", "changed", "doubled"))
            begin = {"lost": "", "changed": "<i>" if after else "{1} ", "doubled": before * 2}[
                change
            ]
            marked = marked[0], f"{begin}{theirs}{after}"
            found.append(Paragraph((marked[0],), (marked[1],), "markup", change))
        else:
            found.append(Paragraph((marked[0],), (marked[1],)))
    return found


def plant_terms(
    source: Sequence[str], target: Sequence[str], rng: random.Random
) -> list[Paragraph]:
    """Segments whose terms are rendered as the glossary says; in one of four one is not."""
    found = []
    for ours, theirs in zip(source, target, strict=True):
        here = [t for t in TERMS if t in ours]
        if not here or not all(_rendered(t, theirs) for t in here):
            continue
        if rng.random() < RATE:
            term = rng.choice(here)
            other = _rendering(term).sub("matter", theirs)
            found.append(Paragraph((ours,), (other,), "term", term))
        else:
            found.append(Paragraph((ours,), (theirs,)))
    return found


def _rendering(term: str) -> re.Pattern[str]:
    return re.compile(rf"(?i)\b(?:{'|'.join(TERMS[term])})\w*")


def _rendered(term: str, text: str) -> bool:
    return _rendering(term).search(text) is not None


def plant_repeats(
    source: Sequence[str], target: Sequence[str], rng: random.Random
) -> list[Paragraph]:
    """Segments that stand twice and once more; in one of four the last is translated otherwise."""
    found: list[Paragraph] = []
    once = dict(zip(source, target, strict=True))
    for ours, theirs in once.items():
        words = theirs.split()
        if len(words) < MOST_REPEATED:
            continue
        found += [Paragraph((ours,), (theirs,))] * 2
        if rng.random() < RATE:
            place = rng.randrange(len(words))
            other = " ".join([*words[:place], "otherwise", *words[place + 1 :]])
            found.append(Paragraph((ours,), (other,), "inconsistent", words[place]))
        else:
            found.append(Paragraph((ours,), (theirs,)))
    return found


MOST_REPEATED = 4
"""Words of a segment that is worth repeating."""
