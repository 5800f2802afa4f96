"""Translation QA: errors planted in WMT 2021 output, and errors that experts marked in TED talks.

    python bench/qa.py ../shared [--part development]

Planted: the news test set of WMT 2021, Chinese to English. One segment in four gets one error: a
number changed, a name dropped or replaced by another, a segment left in Chinese. A second copy is
laid out in paragraphs of two to four segments, and in one paragraph of four the translation of a
segment is left out. A planted error is found if a rule of its kind speaks up in its segment or
paragraph. A finding of the kind where nothing was planted counts as false, although the systems
have made errors of their own. The first half of the test set, whole documents, is for development;
the second is for test. The general test set of WMT 2023, reviews, manuals and news, is further
material for development. The rules know nothing of any but what the file itself teaches.

Audited: the findings of the second half where nothing was planted were read, one by one, and
`bench/data/qa_audit.tsv` says which of them are real errors of the system: the line of the test
set, the system, the kind, the verdict. The audited precision counts these as found; where a finding
has not been read (the rules changed since), the share of its kind estimates. Micro is over all
planted errors and findings, macro the mean over the kinds.

Further copies have markup and placeholders, terms of a glossary, and repeated segments.

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
from collections.abc import Mapping, Sequence
from pathlib import Path

from planting import TERMS, Paragraph, capitals, plant, plant_marks, plant_repeats, plant_terms

from unspun.checking import SURE, Context, Languages, QaFinding, Unit, check_units

LANGUAGES = Languages("zh", "en")
BOUNDARY = 976  # the line of the test set with which the second half's first document begins
SYSTEMS = ("ref.A", "hyp.Facebook-AI", "hyp.HuaweiTSC", "hyp.Online-B", "hyp.Online-W", "hyp.SMU")
SYSTEMS_2023 = ("ref.refA", "hyp.GPT4-5shot", "hyp.HW-TSC", "hyp.ONLINE-B", "hyp.ONLINE-W")
AUDIT = Path(__file__).parent / "data/qa_audit.tsv"
RULES = {
    "number": {"number", "unit"},
    "name": {"name"},
    "omission": {"omission"},
    "untranslated": {"untranslated"},
}
MECHANICAL = {
    "markup": {"tag", "placeholder"},
    "term": {"term"},
    "inconsistent": {"inconsistent"},
}
CURVE = (0.0, 0.5, SURE, 0.7, 0.75, 0.8, 0.85)
GOAL = ("number", "name", "omission")
Key = tuple[str, str, int, str]
"""Layout (lines or paragraphs), system, line of the test set from 1, kind."""
Counts = Counter[tuple[float, str, str]]
"""By sureness, kind, and what: planted, hit, false, real."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--part", choices=("development", "test", "2023"))
    parser.add_argument("--show", metavar="KIND", help="print misses and false findings of a kind")
    parser.add_argument("--list", action="store_true", help="print what an audit has to read")
    arguments = parser.parse_args()
    mt = arguments.shared / "data/mt"
    for part in [arguments.part] if arguments.part else ["test", "2023"]:
        planted(mt, part, arguments.show, listed=arguments.list)
    if arguments.show is None and not arguments.list:
        marked(mt / "wmt_mqm/mqm_ted_zhen.tsv", arguments.part or "test")


def planted(mt: Path, part: str, show: str | None, *, listed: bool) -> None:
    if part == "2023":
        prefix = mt / "wmt23_zhen/generaltest2023.zh-en"
        systems: Sequence[str] = SYSTEMS_2023
        first, last = 0, None
    else:
        prefix, systems = mt / "wmt21_zhen/newstest2021.zh-en", SYSTEMS
        first, last = (0, BOUNDARY) if part == "development" else (BOUNDARY, None)
    source = read(prefix.with_name(f"{prefix.name}.src.zh"))[first:last]
    outputs = {s: read(prefix.with_name(f"{prefix.name}.{s}.en"))[first:last] for s in systems}
    audit = read_audit() if part == "test" else {}
    never_small = capitals(outputs.values())
    total: Counts = Counter()
    mechanical: Counts = Counter()
    kinds = [*RULES, ", ".join(GOAL)]
    print(f"planted errors, {part}, {len(source)} lines, findings as sure as {SURE}")
    print(f"precision / recall\n{'':18}{''.join(f'{kind:>26}' for kind in kinds)}")
    for system, target in outputs.items():
        rng = random.Random(system)  # noqa: S311
        lines = plant(source, target, never_small, rng, ("number", "name", "untranslated"), 1)
        paragraphs = plant(source, target, never_small, rng, ("omission",), 4)
        began = time.process_time()
        counts: Counts = Counter()
        for layout, items in (("lines", lines), ("paragraphs", paragraphs)):
            found = check(items, Context(LANGUAGES))
            counts += count(items, found, (layout, system, first), audit, show)
            if listed:
                list_false(items, found, (layout, system, first))
        seconds = time.process_time() - began
        row(system, counts, f"{2 * len(source) / seconds:,.0f} segments a second")
        mechanical += plant_mechanical(source, target, rng)
        if system.startswith("hyp"):
            total += counts
    row("systems together", total, "")
    curve(total, audited=bool(audit))
    for kind in MECHANICAL:
        print(f"{kind:18}{cell(mechanical, [kind], SURE)}   systems and reference")


def check(items: Sequence[Paragraph], context: Context) -> list[tuple[QaFinding, ...]]:
    return check_units([item.unit(k) for k, item in enumerate(items)], context, sure=0)


def plant_mechanical(source: Sequence[str], target: Sequence[str], rng: random.Random) -> Counts:
    """Markup and placeholders, terms of a glossary, repeated segments."""
    counts: Counts = Counter()
    for items in (
        plant_marks(source, target, rng),
        plant_terms(source, target, rng),
        plant_repeats(source, target, rng),
    ):
        kind = next(item.planted for item in items if item.planted)
        found = check(items, Context(LANGUAGES, TERMS if kind == "term" else {}))
        for item, findings in zip(items, found, strict=True):
            told = bool(speaking(findings, SURE) & MECHANICAL[kind])
            counts[SURE, kind, "planted"] += bool(item.planted)
            counts[SURE, kind, "hit"] += told and bool(item.planted)
            counts[SURE, kind, "false"] += told and not item.planted
    return counts


def row(name: str, counts: Counts, more: str) -> None:
    cells = [cell(counts, kinds, SURE) for kinds in (*([k] for k in RULES), GOAL)]
    print(f"{name:18}{''.join(f'{text:>26}' for text in cells)}   {more}")


def cell(counts: Counts, kinds: Sequence[str], sure: float) -> str:
    all_ = sum(counts[sure, k, "planted"] for k in kinds)
    return f"{precision(counts, kinds, sure):.3f} / {recall(counts, kinds, sure):.3f} of {all_}"


def recall(counts: Counts, kinds: Sequence[str], sure: float) -> float:
    hit, all_ = (sum(counts[sure, k, what] for k in kinds) for what in ("hit", "planted"))
    return hit / max(1, all_)


def precision(counts: Counts, kinds: Sequence[str], sure: float, *, audited: bool = False) -> float:
    hit, false = (sum(counts[sure, k, what] for k in kinds) for what in ("hit", "false"))
    real = sum(estimated(counts, k, sure) for k in kinds) if audited else 0.0
    return (hit + real) / (hit + false) if hit + false else 1.0


def estimated(counts: Counts, kind: str, sure: float) -> float:
    """How many of the false ones are real errors; of those not read, by the share of the rest."""
    false, read_, real = (counts[sure, kind, what] for what in ("false", "read", "real"))
    return false * real / read_ if read_ else 0.0


def curve(counts: Counts, *, audited: bool) -> None:
    """What a threshold buys, of number, name and omission together."""
    print(f"\n{'as sure as':>10}{'found':>8}{'false':>8}{'precision':>11}{'recall':>8}")
    for sure in CURVE:
        hit, false, all_ = (
            sum(counts[sure, k, what] for k in GOAL) for what in ("hit", "false", "planted")
        )
        raw = precision(counts, GOAL, sure)
        print(f"{sure:10.2f}{hit:8}{false:8}{raw:11.3f}{hit / max(1, all_):8.3f}")
    print()
    if audited:
        for kind in GOAL:
            false, read_, real = (counts[SURE, kind, what] for what in ("false", "read", "real"))
            value = precision(counts, [kind], SURE, audited=True)
            print(
                f"{kind}: of {false} false ones {read_} were read, {real} are the system's errors; "
                f"counted as found, precision is {value:.3f}"
            )
    for name, audit in (("raw", False), ("audited", True))[: 2 if audited else 1]:
        values = [precision(counts, [k], SURE, audited=audit) for k in GOAL]
        recalls = [recall(counts, [k], SURE) for k in GOAL]
        micro = precision(counts, GOAL, SURE, audited=audit), recall(counts, GOAL, SURE)
        macro = sum(values) / len(values), sum(recalls) / len(recalls)
        print(
            f"{name:8} micro {micro[0]:.3f} / {micro[1]:.3f}, macro {macro[0]:.3f} / {macro[1]:.3f}"
        )
    print()


def count(
    items: Sequence[Paragraph],
    found: Sequence[Sequence[QaFinding]],
    place: tuple[str, str, int],
    audit: Mapping[Key, bool],
    show: str | None,
) -> Counts:
    layout, system, first = place
    kinds = kinds_of(layout)
    counts: Counts = Counter()
    for item, findings in zip(items, found, strict=True):
        for sure in CURVE:
            rules = speaking(findings, sure)
            if item.planted:
                counts[sure, item.planted, "planted"] += 1
                counts[sure, item.planted, "hit"] += bool(rules & RULES[item.planted])
                continue
            for kind in kinds:
                if rules & RULES[kind]:
                    counts[sure, kind, "false"] += 1
                    key = layout, system, first + item.line + 1, kind
                    counts[sure, kind, "read"] += key in audit
                    counts[sure, kind, "real"] += audit.get(key, False)
        if show in kinds:
            explain(item, findings, show)
    return counts


def kinds_of(layout: str) -> set[str]:
    return {"omission"} if layout == "paragraphs" else set(RULES) - {"omission"}


def speaking(findings: Sequence[QaFinding], sure: float) -> set[str]:
    return {f.rule for f in findings if f.severity != "neutral" and f.score >= sure}


def list_false(
    items: Sequence[Paragraph],
    found: Sequence[Sequence[QaFinding]],
    place: tuple[str, str, int],
) -> None:
    """What is to be read: layout, system, line, kind, messages, source, translation."""
    layout, system, first = place
    for item, findings in zip(items, found, strict=True):
        for kind in sorted(set(GOAL) & kinds_of(layout)):
            told = [
                f.message
                for f in findings
                if f.rule in RULES[kind] and f.severity != "neutral" and f.score >= SURE
            ]
            if told and not item.planted:
                where = layout, system, str(first + item.line + 1), kind
                texts = " // ".join(item.source), " // ".join(item.target)
                print("\t".join(("AUDIT", *where, " & ".join(told), *texts)))


def read_audit() -> dict[Key, bool]:
    """Whether each finding that was read is a real error."""
    if not AUDIT.exists():
        return {}
    rows = [r.split("\t") for r in AUDIT.read_text("utf-8").splitlines() if r[:1] != "#"]
    return {(r[0], r[1], int(r[2]), r[3]): r[4] == "real" for r in rows}


def explain(paragraph: Paragraph, findings: Sequence[QaFinding], kind: str) -> None:
    told = [f for f in findings if f.rule in RULES[kind] and f.score >= SURE]
    if paragraph.planted == kind and not told:
        print("MISSED", paragraph.change, "|", *paragraph.source, "|", *paragraph.target)
    elif not paragraph.planted and told:
        print("FALSE", [f.message for f in told], "|", *paragraph.source, "|", *paragraph.target)


def read(path: Path) -> list[str]:
    return [line.strip() for line in path.read_text("utf-8").split("\n")[:-1]]


def marked(path: Path, part: str) -> None:
    """Errors that experts marked, by segment and system; every other talk is for development."""
    segments: dict[tuple[str, str], list[tuple[str, str, str]]] = defaultdict(list)
    texts: dict[tuple[str, str], tuple[str, str, str]] = {}
    left_out: list[str] = []
    with path.open(encoding="utf-8", newline="") as file:
        for entry in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if entry["category"] == "category" or (int(entry["doc_id"]) % 2) != (part == "test"):
                continue
            if entry["category"] == "Accuracy/Omission":
                left_out.append("".join(re.findall(r"<v>(.*?)</v>", entry["source"])))
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
    sizes = sorted(map(len, left_out))
    print(
        f"omissions are marked in {len(sizes)} passages, half of at most {sizes[len(sizes) // 2]} "
        f"characters, nine of ten of at most {sizes[len(sizes) * 9 // 10]}; "
        f"{sum(bool(re.search('[。！？]', text)) for text in left_out)} have a sentence's end, "
        f"{sum(bool(re.search('[0-9]', text)) for text in left_out)} a digit"
    )


MARKED = {
    "number": {"number", "unit"},
    "name": {"name"},
    "omission": {"omission", "number", "name", "length"},
    "addition": {"addition", "number", "name", "length"},
    "punctuation": {"quotation", "final-mark", "spacing", "width", "number-format", "dash"},
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
