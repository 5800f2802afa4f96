"""Translation QA: errors planted in WMT 2021 output, and errors that experts marked in TED talks.

    python bench/qa.py ../shared [--part development|test|2023|unseen]

Planted: the news test set of WMT 2021, Chinese to English. One segment in four gets one error: a
number changed, a name dropped or replaced by another, a segment left in Chinese. A second copy is
laid out in paragraphs of two to four segments, and in one paragraph of four the translation of a
segment is left out. A planted error is found if a rule of its kind speaks up in its segment or
paragraph. A finding of the kind where nothing was planted counts as false, although the systems
have made errors of their own. The first half of the test set, whole documents, is for development;
the second is for test. The general test set of WMT 2023, reviews, manuals and news, is further
material for development. The rules know nothing of any but what the file itself teaches.

Unseen: the same errors planted in two systems of WMT 2023 whose output nobody had read when the
rules were written, although the sources are those of the development material: of the systems with
less than a tenth of their lines in common with one used for development, those whose published chrF
is highest. Of the findings of each where nothing was planted 60 are drawn and read
(`bench/data/qa_audit_2023.tsv`); intervals are Jeffreys', of findings and readings together, and
take findings for independent.

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
import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from experts import marked
from planting import TERMS, Paragraph, capitals, plant, plant_marks, plant_repeats, plant_terms

from unspun.checking import SURE, Context, Languages, QaFinding, check_units

LANGUAGES = Languages("zh", "en")
BOUNDARY = 976  # the line of the test set with which the second half's first document begins
SYSTEMS = ("ref.A", "hyp.Facebook-AI", "hyp.HuaweiTSC", "hyp.Online-B", "hyp.Online-W", "hyp.SMU")
SYSTEMS_2023 = ("ref.refA", "hyp.GPT4-5shot", "hyp.HW-TSC", "hyp.ONLINE-B", "hyp.ONLINE-W")
SYSTEMS_UNSEEN = ("hyp.ZengHuiMT", "hyp.ONLINE-G")
DRAWN = 60
"""Findings that are read of the unseen part."""
DRAWS = 10_000
DATA = Path(__file__).parent / "data"
AUDITS = {"test": DATA / "qa_audit.tsv", "unseen": DATA / "qa_audit_2023.tsv"}
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
    parser.add_argument("--part", choices=("development", "test", "2023", "unseen"))
    parser.add_argument("--show", metavar="KIND", help="print misses and false findings of a kind")
    parser.add_argument("--list", action="store_true", help="print what an audit has to read")
    arguments = parser.parse_args()
    mt = arguments.shared / "data/mt"
    for part in [arguments.part] if arguments.part else ["test", "2023", "unseen"]:
        planted(mt, part, arguments.show, listed=arguments.list)
    if arguments.show is None and not arguments.list and arguments.part != "unseen":
        marked(mt / "wmt_mqm/mqm_ted_zhen.tsv", arguments.part or "test")


def planted(mt: Path, part: str, show: str | None, *, listed: bool) -> None:
    if part in {"2023", "unseen"}:
        prefix = mt / "wmt23_zhen/generaltest2023.zh-en"
        systems: Sequence[str] = SYSTEMS_2023
        first, last = 0, None
    else:
        prefix, systems = mt / "wmt21_zhen/newstest2021.zh-en", SYSTEMS
        first, last = (0, BOUNDARY) if part == "development" else (BOUNDARY, None)
    unseen = SYSTEMS_UNSEEN if part == "unseen" else ()
    source = read(prefix.with_name(f"{prefix.name}.src.zh"))[first:last]
    outputs = {
        s: read(prefix.with_name(f"{prefix.name}.{s}.en"))[first:last] for s in (*systems, *unseen)
    }
    audit = read_audit(AUDITS[part]) if part in AUDITS else {}
    total: Counts = Counter()
    mechanical: Counts = Counter()
    kinds = [*RULES, ", ".join(GOAL)]
    print(f"planted errors, {part}, {len(source)} lines, findings as sure as {SURE}")
    print(f"precision / recall\n{'':18}{''.join(f'{kind:>26}' for kind in kinds)}")
    for system in unseen or systems:
        target = outputs[system]
        never_small = capitals(outputs[s] for s in {*systems, system})
        rng = random.Random(system)  # noqa: S311
        lines = plant(source, target, never_small, rng, ("number", "name", "untranslated"), 1)
        paragraphs = plant(source, target, never_small, rng, ("omission",), 4)
        began = time.process_time()
        counts: Counts = Counter()
        to_read: list[Sequence[str]] = []
        for layout, items in (("lines", lines), ("paragraphs", paragraphs)):
            found = check(items, Context(LANGUAGES))
            counts += count(items, found, (layout, system, first), audit, show)
            if listed:
                to_read += list_false(items, found, (layout, system, first))
        for entry in drawn(to_read) if unseen else to_read:
            print("\t".join(("AUDIT", *entry)))
        seconds = time.process_time() - began
        row(system, counts, f"{2 * len(source) / seconds:,.0f} segments a second")
        if unseen:
            summary(counts, audited=True)
        mechanical += plant_mechanical(source, target, rng)
        if system.startswith("hyp"):
            total += counts
    if not unseen:
        row("systems together", total, "")
        curve(total)
        summary(total, audited=bool(audit))
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


def interval(counts: Counts, kinds: Sequence[str], *, audited: bool) -> tuple[float, float]:
    """Where precision lies with a probability of .95, from Jeffreys' priors (Brown et al. 2001)."""
    rng = random.Random(0)  # noqa: S311
    values = []
    for _ in range(DRAWS):
        right = rng.gammavariate(sum(counts[SURE, k, "hit"] for k in kinds) + 0.5, 1)
        wrong = 0.0
        for kind in kinds:
            false, read_, real = (counts[SURE, kind, what] for what in ("false", "read", "real"))
            told = rng.gammavariate(false + 0.5 / len(kinds), 1)
            share = rng.betavariate(real + 0.5, read_ - real + 0.5) if audited else 0.0
            right += told * share
            wrong += told * (1 - share)
        values.append(right / (right + wrong))
    values.sort()
    return values[DRAWS // 40], values[-DRAWS // 40]


def curve(counts: Counts) -> None:
    """What a threshold buys, of number, name and omission together."""
    print(f"\n{'as sure as':>10}{'found':>8}{'false':>8}{'precision':>11}{'recall':>8}")
    for sure in CURVE:
        hit, false, all_ = (
            sum(counts[sure, k, what] for k in GOAL) for what in ("hit", "false", "planted")
        )
        raw = precision(counts, GOAL, sure)
        print(f"{sure:10.2f}{hit:8}{false:8}{raw:11.3f}{hit / max(1, all_):8.3f}")
    print()


def summary(counts: Counts, *, audited: bool) -> None:
    """Precision with and without the errors of systems, and recall."""
    if audited:
        for kind in GOAL:
            false, read_, real = (counts[SURE, kind, what] for what in ("false", "read", "real"))
            value = precision(counts, [kind], SURE, audited=True)
            print(
                f"{kind}: of {false} false ones {read_} were read, {real} are the system's errors; "
                f"counted as found, precision is {value:.3f} "
                f"({span(interval(counts, [kind], audited=True))})"
            )
    for name, audit in (("raw", False), ("audited", True))[: 2 if audited else 1]:
        values = [precision(counts, [k], SURE, audited=audit) for k in GOAL]
        recalls = [recall(counts, [k], SURE) for k in GOAL]
        micro = precision(counts, GOAL, SURE, audited=audit), recall(counts, GOAL, SURE)
        macro = sum(values) / len(values), sum(recalls) / len(recalls)
        print(
            f"{name:8} micro {micro[0]:.3f} ({span(interval(counts, GOAL, audited=audit))}) / "
            f"{micro[1]:.3f}, macro {macro[0]:.3f} / {macro[1]:.3f}"
        )
    print()


def span(bounds: tuple[float, float]) -> str:
    return f"95%: {bounds[0]:.3f} to {bounds[1]:.3f}"


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
) -> list[Sequence[str]]:
    """What is to be read: layout, system, line, kind, messages, source, translation."""
    layout, system, first = place
    entries: list[Sequence[str]] = []
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
                entries.append((*where, " & ".join(told), *texts))
    return entries


def drawn(entries: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """A simple random sample of findings, whatever their kind, the same each time."""
    ordered = sorted(entries, key=lambda entry: (entry[0], entry[1], int(entry[2]), entry[3]))
    return random.Random(DRAWN).sample(ordered, min(DRAWN, len(ordered)))  # noqa: S311


def read_audit(path: Path) -> dict[Key, bool]:
    """Whether each finding that was read is a real error."""
    if not path.exists():
        return {}
    rows = [r.split("\t") for r in path.read_text("utf-8").splitlines() if r[:1] != "#"]
    return {(r[0], r[1], int(r[2]), r[3]): r[4] == "real" for r in rows}


def explain(paragraph: Paragraph, findings: Sequence[QaFinding], kind: str) -> None:
    told = [f for f in findings if f.rule in RULES[kind] and f.score >= SURE]
    if paragraph.planted == kind and not told:
        print("MISSED", paragraph.change, "|", *paragraph.source, "|", *paragraph.target)
    elif not paragraph.planted and told:
        print("FALSE", [f.message for f in told], "|", *paragraph.source, "|", *paragraph.target)


def read(path: Path) -> list[str]:
    return [line.strip() for line in path.read_text("utf-8").split("\n")[:-1]]


if __name__ == "__main__":
    main()
