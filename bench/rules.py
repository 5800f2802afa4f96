"""The rules of Gopher, C4 and FineWeb beside datatrove's filters: verdicts and speed in one run.

    python bench/rules.py SHARED

datatrove counts words as spaCy cuts them and unspun as blanks part them, so a document near a
threshold may fall on the other side of it; the share of equal verdicts says how often. English
alone, since datatrove's thresholds are English.
"""

from __future__ import annotations

import argparse
import importlib
import io
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import zstandard

from unspun.quality import rules
from unspun.quality.shape import Shape

SIZE = 5_000  # characters of a document
EACH = 15  # documents of a source
FILTERS = {
    "gopher quality": ("GopherQualityFilter", ("gopher-words", "gopher-word", "gopher-symbols",
                       "gopher-alphabetic", "gopher-stop", "gopher-bullets", "gopher-ellipses")),
    "gopher repetition": ("GopherRepetitionFilter", ("gopher-duplicate", "gopher-top")),
    "fineweb": ("FineWebQualityFilter", ("fineweb",)),
}  # fmt: skip


def documents(path: Path) -> list[str]:
    found: list[str] = []
    current = ""
    with path.open("rb") as raw:
        stream = zstandard.ZstdDecompressor().stream_reader(raw)
        for line in io.TextIOWrapper(stream, encoding="utf-8", newline="\n"):
            current += line
            if len(current) > SIZE:
                found.append(current)
                current = ""
            if len(found) == EACH:
                break
    return found


def bad(texts: Sequence[str], rng: random.Random) -> list[str]:
    """What the rules are made for: lists, refrains, tables, scraps, symbols."""
    made: list[str] = []
    for text in texts:
        lines = [line for line in text.split("\n") if line]
        words = text.split()
        start = rng.randrange(max(1, len(words) - 60))
        made += [
            "\n".join(f"- {line[:40]}" for line in lines),
            "\n".join(lines[:2] * 12),
            " ".join(words[start : start + 12] * 40),
            "\n".join(f"{word} {rng.randrange(999)}" for word in words[:300]),
            " ".join(words[:30]),
            " ".join(f"#{word}" if rng.random() < 0.2 else word for word in words),
            "\n".join(line[:60] + "..." for line in lines),
            " ".join(str(rng.randrange(10**6)) if rng.random() < 0.4 else w for w in words),
        ]
    return made


def ours(text: str) -> dict[str, bool]:
    """Whether any rule of each family flags a text."""
    shape = Shape.of(text, "en")
    flagged = [part.name for part in rules.parts(shape)[1]]
    return {
        name: any(part.startswith(prefixes) for part in flagged)
        for name, (_, prefixes) in FILTERS.items()
    }


def theirs() -> Callable[[str], dict[str, bool]]:
    filters = importlib.import_module("datatrove.pipeline.filters")
    document: Any = importlib.import_module("datatrove.data").Document
    known = {name: getattr(filters, kind)() for name, (kind, _) in FILTERS.items()}

    def judge(text: str) -> dict[str, bool]:
        given = document(text=text, id="")
        return {name: one.filter(given) is not True for name, one in known.items()}

    return judge


def timed(
    judge: Callable[[str], dict[str, bool]], texts: Sequence[str]
) -> tuple[list[dict[str, bool]], float]:
    judge(texts[0])
    start = time.process_time()
    found = [judge(text) for text in texts]
    return found, sum(len(text.encode()) for text in texts) / 1e6 / (time.process_time() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path)
    folder = parser.parse_args().shared / "data" / "lm-text"
    clean = [text for path in sorted(folder.glob("*.zst")) for text in documents(path)]
    rng = random.Random(3)  # noqa: S311 - damage, not secrets
    judge = theirs()
    for label, texts in {"clean": clean, "poor": bad(clean[::6], rng)}.items():
        own, speed = timed(ours, texts)
        other, slow = timed(judge, texts)
        print(f"{label}: {len(texts)} documents, MB/s: unspun {speed:.1f}, datatrove {slow:.2f}, "
              f"{speed / slow:.0f} times")  # fmt: skip
        for name in FILTERS:
            same = sum(a[name] == b[name] for a, b in zip(own, other, strict=True))
            flags = sum(a[name] for a in own), sum(b[name] for b in other)
            share = same / len(texts)
            print(f"  {name:20}equal verdicts {share:7.1%}  flagged {flags[0]}, {flags[1]}")


if __name__ == "__main__":
    main()
