"""Fluency of clean, translated, spun and shuffled English: nats a word, and the score they give.

    python bench/fluency.py SHARED

The language model was trained on the edited English; the translations it has never seen.
"""

from __future__ import annotations

import argparse
import io
import json
import random
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import zstandard

from unspun.quality import fluent

SIZE = 1_500  # characters of a document
EACH = 40  # documents of a kind


def lines(path: Path) -> Iterator[str]:
    with path.open("rb") as raw:
        stream = zstandard.ZstdDecompressor().stream_reader(raw)
        yield from io.TextIOWrapper(stream, encoding="utf-8", newline="\n")


def documents(paragraphs: Iterator[str]) -> Iterator[str]:
    current = ""
    for paragraph in paragraphs:
        current += paragraph.rstrip("\n") + "\n"
        if len(current) > SIZE:
            yield current
            current = ""


def shuffled(text: str, rng: random.Random) -> str:
    words = text.split()
    rng.shuffle(words)
    return " ".join(words)


def show(name: str, texts: Sequence[str]) -> None:
    found = sorted(said for said in map(fluent, texts) if said is not None)
    cells = [found[int(len(found) * share)] for share in (0.02, 0.5, 0.98)]
    shown = "".join(f"{value:10.2f} {score:5.2f}" for score, value in cells)
    print(f"{name:24}{len(found):6}{shown}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path)
    data = parser.parse_args().shared / "data"
    rng = random.Random(7)  # noqa: S311 - an order, not a secret
    kinds = {
        path.name.split(".")[0]: list(islice(documents(lines(path)), EACH))
        for path in sorted((data / "lm-text").glob("*.zst"))
    }
    clean = [text for texts in kinds.values() for text in texts]
    spun = [
        "\n".join(row["spun"])
        for row in map(json.loads, lines(data / "spun" / "parallel-train.jsonl.zst"))
        if row["rate"] > 0.9
    ][::50]
    print(f"{'nats a word, score':24}{'texts':>6}{'2%':>16}{'50%':>16}{'98%':>16}")
    for name, texts in kinds.items():
        show(name, texts)
    show("edited English, all", clean)
    for path in sorted((data / "mt" / "wmt21_zhen").glob("*.en")):
        text = path.read_text(encoding="utf-8").splitlines(keepends=True)
        show(".".join(path.name.split(".")[2:-1])[:24], list(islice(documents(iter(text)), EACH)))
    show("synonym-spun news", spun)
    show("words in random order", [shuffled(text, rng) for text in clean])


if __name__ == "__main__":
    main()
