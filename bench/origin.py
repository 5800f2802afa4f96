"""How often written English is called machine-translated, and translations are: by source.

    python bench/origin.py SHARED

SHARED holds ``data/lm-text`` (written English: news, speeches, blogs, books), ``data/mt`` and
``corpus``. A document is some 300 words, or twelve segments in a row; the verdict is that of
`unspun.tagging.origin.judge`, evidence and style together. `tools/train_origin.py` says which
sources the style was trained on; those are marked.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import zstandard

from unspun.config import TagConfig
from unspun.tagging import origin, tag_many

UNSEEN = ("news_abc_au", "fin_wsj_sample", "gov_senate_press", "tech_rust_blog", "news_agnews_test")
HELD = ("news_bbc", "fin_fed_speech_fomc")
WORDS, SEGMENTS, MOST = 300, 12, 200
CONFIG = TagConfig()


def written(path: Path) -> list[str]:
    """Documents from a source of paragraphs, drawn by a fixed seed."""
    with path.open("rb") as file:
        data = zstandard.ZstdDecompressor().stream_reader(file).read(6_000_000)
    found: list[str] = []
    current: list[str] = []
    words = 0
    for paragraph in data.decode("utf-8", "ignore").splitlines():
        current.append(paragraph)
        words += len(paragraph.split())
        if words >= WORDS:
            found.append("\n".join(current))
            current, words = [], 0
    random.Random(4).shuffle(found)  # noqa: S311 - a fixed draw
    return found[:MOST]


def segments(path: Path) -> list[str]:
    lines = path.read_text("utf-8").splitlines()
    return [" ".join(lines[k : k + SEGMENTS]) for k in range(0, len(lines) - SEGMENTS, SEGMENTS)]


def called(texts: Sequence[str]) -> float:
    """Share of texts that are called machine-translated, in percent."""
    labels = [
        origin.judge(text, tagged).label
        for text, tagged in zip(texts, tag_many(texts, CONFIG), strict=True)
    ]
    return 100 * labels.count("machine-translated") / max(1, len(texts))


def sources(shared: Path) -> Iterator[tuple[str, str, list[str]]]:
    """Kind, name and documents of each source."""
    for path in sorted((shared / "data/lm-text").glob("*.zst")):
        name = path.name.split(".")[0]
        seen = "unseen" if name in UNSEEN else "calibrated on" if name in HELD else "trained on"
        yield f"written, {seen}", name, written(path)
    mt = shared / "data/mt"
    yield (
        "written by translators, unseen",
        "wmt23 reference",
        segments(next((mt / "wmt23_zhen").glob("*.ref.refA.en"))),
    )
    for path in sorted((mt / "wmt23_zhen").glob("*.hyp.*.en")):
        yield "machine, another year's system", path.name.split(".")[-2], segments(path)


def main() -> None:
    shared = Path(sys.argv[1])
    totals: dict[str, list[float]] = {}
    print(f"{'called machine-translated':52}{'documents':>10}{'%':>8}")
    for kind, name, texts in sources(shared):
        share = called(texts)
        total = totals.setdefault(kind, [0, 0])
        total[0] += len(texts)
        total[1] += share * len(texts)
        print(f"{kind:32}{name:20}{len(texts):10}{share:8.2f}", flush=True)
    for kind, (count, weighted) in totals.items():
        print(f"{kind:52}{count:10.0f}{weighted / max(1, count):8.2f}")
    for path in sorted((shared / "corpus/raw").glob("*.txt")):
        text = path.read_text("utf-8-sig")
        found = origin.judge(text, tag_many([text], CONFIG)[0])
        kinds = ", ".join(sorted({finding.kind for finding in found.evidence}))
        print(f"{path.stem:24}{found.label:20}{found.source_language or '':6}{kinds}")


if __name__ == "__main__":
    main()
