"""Translation QA: errors planted in WMT 2021 output, and errors that experts marked in TED talks.

    python bench/qa.py ../shared [--part development]

Planted: the news test set of WMT 2021, Chinese to English. One segment in four gets one error: a
number changed, a name dropped or replaced by another, a segment left in Chinese. A second copy is
laid out in paragraphs of two to four segments, and in one paragraph of four the translation of a
segment is left out. A planted error is found if a rule of its kind speaks up in its segment or
paragraph. A finding of the kind where nothing was planted counts as false, although the systems
have made errors of their own. The first half of the test set, whole documents, is for development;
the second is for test; the general test set of WMT 2023, of which nothing was looked at, is
another. The rules know nothing of any but what the file itself teaches.

Marked: MQM annotations of TED talks. A segment with a marked error of a kind (an omission, an
addition, a mistranslation of a passage with a number or a name, punctuation) is found if a rule of
the kind speaks up in it.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from unspun.checking import Context, Languages, QaFinding, Unit, check_units

LANGUAGES = Languages("zh", "en")
BOUNDARY = 976  # the line of the test set with which the second half's first document begins
SYSTEMS = ("ref.A", "hyp.Facebook-AI", "hyp.HuaweiTSC", "hyp.Online-B", "hyp.Online-W", "hyp.SMU")
SYSTEMS_2023 = ("ref.refA", "hyp.GPT4-5shot", "hyp.HW-TSC", "hyp.ONLINE-B", "hyp.ONLINE-W")
RULES = {
    "number": {"number", "unit"},
    "name": {"name"},
    "omission": {"omission"},
    "untranslated": {"untranslated"},
}
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

    def unit(self, number: int) -> Unit:
        """What the rules look at."""
        return Unit("".join(self.source), " ".join(self.target), str(number))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--part", choices=("development", "test", "2023"))
    parser.add_argument("--show", metavar="KIND", help="print misses and false findings of a kind")
    arguments = parser.parse_args()
    mt = arguments.shared / "data/mt"
    for part in [arguments.part] if arguments.part else ["test", "2023"]:
        planted(mt, part, arguments.show)
    if arguments.show is None:
        marked(mt / "wmt_mqm/mqm_ted_zhen.tsv", arguments.part or "test")


def planted(mt: Path, part: str, show: str | None) -> None:
    if part == "2023":
        prefix = mt / "wmt23_zhen/generaltest2023.zh-en"
        systems: Sequence[str] = SYSTEMS_2023
        lines = slice(None)
    else:
        prefix, systems = mt / "wmt21_zhen/newstest2021.zh-en", SYSTEMS
        lines = slice(0, BOUNDARY) if part == "development" else slice(BOUNDARY, None)
    source = read(prefix.with_name(f"{prefix.name}.src.zh"))[lines]
    outputs = {s: read(prefix.with_name(f"{prefix.name}.{s}.en"))[lines] for s in systems}
    never_small = capitals(outputs.values())
    total: Counter[tuple[str, str]] = Counter()
    print(f"planted errors, {part}, {len(source)} lines; precision / recall")
    kinds = [*RULES, "number, name, omission"]
    print(f"{'':18}{''.join(f'{kind:>26}' for kind in kinds)}")
    for system, target in outputs.items():
        rng = random.Random(system)  # noqa: S311
        lines_ = plant(source, target, never_small, rng, ("number", "name", "untranslated"), 1)
        paragraphs = plant(source, target, never_small, rng, ("omission",), 4)
        began = time.perf_counter()
        counts = check_and_count(lines_, show) + check_and_count(paragraphs, show)
        seconds = time.perf_counter() - began
        row(system, counts, f"{2 * len(source) / seconds:,.0f} segments a second")
        if system.startswith("hyp"):
            total.update(counts)
    row("systems together", total, "")


def check_and_count(items: Sequence[Paragraph], show: str | None) -> Counter[tuple[str, str]]:
    units = [item.unit(k) for k, item in enumerate(items)]
    several = any(len(item.source) > 1 for item in items)
    kinds = {"omission"} if several else set(RULES) - {"omission"}
    return count(items, check_units(units, Context(LANGUAGES)), kinds, show)


def row(name: str, counts: Counter[tuple[str, str]], more: str) -> None:
    cells = []
    for kinds in (*((k,) for k in RULES), ("number", "name", "omission")):
        hit, false, all_ = (
            sum(counts[k, what] for k in kinds) for what in ("hit", "false", "planted")
        )
        precision = hit / (hit + false) if hit + false else 1.0
        cells.append(f"{precision:.3f} / {hit / max(1, all_):.3f} of {all_}")
    print(f"{name:18}{''.join(f'{cell:>26}' for cell in cells)}   {more}")


def count(
    items: Sequence[Paragraph],
    found: Sequence[Sequence[QaFinding]],
    kinds: set[str],
    show: str | None,
) -> Counter[tuple[str, str]]:
    counts: Counter[tuple[str, str]] = Counter()
    for item, findings in zip(items, found, strict=True):
        rules = {f.rule for f in findings if f.severity != "neutral"}
        if item.planted:
            counts[item.planted, "planted"] += 1
            counts[item.planted, "hit"] += bool(rules & RULES[item.planted])
        else:
            for kind in kinds:
                counts[kind, "false"] += bool(rules & RULES[kind])
        if show in kinds:
            explain(item, findings, show)
    return counts


def explain(paragraph: Paragraph, findings: Sequence[QaFinding], kind: str) -> None:
    told = [f for f in findings if f.rule in RULES[kind]]
    if paragraph.planted == kind and not told:
        print("MISSED", paragraph.change, "|", *paragraph.source, "|", *paragraph.target)
    elif not paragraph.planted and told:
        print("FALSE", [f.message for f in told], "|", *paragraph.source, "|", *paragraph.target)


def read(path: Path) -> list[str]:
    return [line.strip() for line in path.read_text("utf-8").split("\n")[:-1]]


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
        item = Paragraph(tuple(source[place : place + size]), tuple(target[place : place + size]))
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
            return Paragraph(item.source, kept, kind, line)
        changed, what = change(line, item.source[place], kind, names, pool, rng)
        if changed is not None:
            target = tuple(changed if k == place else t for k, t in enumerate(item.target))
            return Paragraph(item.source, target, kind, what)
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


def marked(path: Path, part: str) -> None:
    """Errors that experts marked, by segment and system; every other talk is for development."""
    segments: dict[tuple[str, str], list[tuple[str, str, str]]] = defaultdict(list)
    texts: dict[tuple[str, str], tuple[str, str, str]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for entry in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if entry["category"] == "category" or (int(entry["doc_id"]) % 2) != (part == "test"):
                continue
            key = entry["system"], entry["seg_id"]
            segments[key].append((entry["category"], entry["severity"], entry["target"]))
            plain = re.sub(r"</?v>", "", entry["target"])
            texts[key] = (entry["system"], re.sub(r"</?v>", "", entry["source"]), plain)
    counts: Counter[tuple[str, str]] = Counter()
    for system in sorted({s for s, _ in texts}):
        keys = [key for key in texts if key[0] == system]
        units = [Unit(texts[key][1], texts[key][2], key[1]) for key in keys]
        for key, findings in zip(keys, check_units(units, Context(LANGUAGES)), strict=True):
            judge(segments[key], findings, counts)
    print(f"\nMQM, TED talks, {part}: {len(texts)} segments; precision / recall by segment")
    for kind in MARKED:
        hit, told, gold = (counts[kind, what] for what in ("hit", "told", "gold"))
        line = f"{hit / max(1, told):.3f} of {told} / {hit / max(1, gold):.3f} of {gold}"
        print(f"{kind:18}{line}")


MARKED = {
    "number": {"number", "unit"},
    "name": {"name"},
    "omission": {"omission", "number", "name", "length"},
    "addition": {"addition", "number", "name", "length"},
    "punctuation": {"quotation", "final-mark", "spacing", "width"},
}
NUMBER_WORD = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|\w+ty|hundreds?"
    r"|thousands?|millions?|billions?|percent|half)\b",
    re.IGNORECASE,
)


def judge(
    errors: Sequence[tuple[str, str, str]],
    findings: Sequence[QaFinding],
    counts: Counter[tuple[str, str]],
) -> None:
    gold = {kind for category, _, target in errors if (kind := kind_of(category, target))}
    rules = {f.rule for f in findings if f.severity != "neutral"}
    for kind, wanted in MARKED.items():
        told = bool(rules & wanted)
        counts[kind, "told"] += told
        counts[kind, "gold"] += kind in gold
        counts[kind, "hit"] += told and kind in gold


def kind_of(category: str, target: str) -> str:
    span = "".join(re.findall(r"<v>(.*?)</v>", target))
    if category == "Accuracy/Omission":
        return "omission"
    if category == "Accuracy/Addition":
        return "addition"
    if category == "Fluency/Punctuation":
        return "punctuation"
    if category == "Accuracy/Mistranslation" and len(span) < 60:
        if NUMBER_WORD.search(span):
            return "number"
        if re.search(r"(?<!^)(?<![.!?] )\b[A-Z][a-z]+", span) and len(span.split()) < 4:
            return "name"
    return ""


if __name__ == "__main__":
    main()
