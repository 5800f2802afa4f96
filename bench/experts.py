"""Errors that experts marked in TED talks (MQM), and whether translation QA speaks up there."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from unspun.checking import Context, Languages, QaFinding, Unit, check_units

LANGUAGES = Languages("zh", "en")


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
