"""Matching by content: spun documents against their originals, among many others.

    python bench/match.py [--documents 400] [--candidates 100000]

Half of the documents asked for have their original among the candidates, half have not. The other
candidates are the originals of other documents, then news, speeches, reports and prose in pieces of
some 500 words, none of which holds a paragraph of an original.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import resource
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import zstandard
from material import SHARED
from rapidfuzz.distance import LCSseq

from unspun.match import Index, content

PAIRS = SHARED.parent / "spun" / "parallel-train.jsonl.zst"
TEXTS = SHARED.parent / "lm-text"
PIECE = 500  # words of a candidate, at least


def originals(path: Path) -> list[tuple[str, str, str]]:
    """Id, spun text and original text."""
    with path.open("rb") as file:
        stream = io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(file), "utf-8")
        rows = map(json.loads, stream)
        return [
            (f"{r['doc']}/{r['rate']}", "\n".join(r["spun"]), "\n".join(r["original"]))
            for r in rows
        ]


def pieces(apart: set[str]) -> Iterator[tuple[str, str]]:
    """Paragraphs in a row, as documents; without those that are set apart."""
    for path in sorted(TEXTS.glob("*.zst")):
        with path.open("rb") as file:
            stream = io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(file), "utf-8")
            kept: list[str] = []
            size = 0
            for number, line in enumerate(stream):
                if line.strip() not in apart:
                    kept.append(line)
                    size += line.count(" ") + 1
                if size >= PIECE:
                    yield f"{path.name}:{number}", "".join(kept)
                    kept, size = [], 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=400)
    parser.add_argument("--candidates", type=int, default=11_000)
    options = parser.parse_args()
    if not PAIRS.is_file():
        print("the spun documents and their originals are not here")
        return
    rng = random.Random(5)  # noqa: S311
    rows = originals(PAIRS)
    asked = rng.sample(rows, options.documents)
    absent = {row[0] for row in asked[::2]}
    references = [(name, text) for name, _, text in rows if name not in absent]
    references = references[: max(options.candidates, 1)]
    known = {name for name, _ in references}
    apart = {line.strip() for _, _, text in rows for line in text.split("\n")}
    references += islice(pieces(apart), options.candidates - len(references))
    before = memory()
    start = time.process_time()
    index = Index(references)
    built = time.process_time() - start
    start = time.process_time()
    found = [(name, name in known, index.find(name, spun)) for name, spun, _ in asked]
    each = (time.process_time() - start) / len(asked)
    given = [(name, m) for name, _, m in found if m.reference is not None]
    right = sum(m.reference == name for name, m in given)
    wanted = sum(there for _, there, _ in found)
    print(
        f"{len(references)} candidates, {sum(len(text) for _, text in references) / 1e6:.0f} MB, "
        f"indexed in {built:.1f} s; {each * 1e3:.1f} ms a document; "
        f"{memory() - before:.0f} MB more memory at most"
    )
    print(
        f"{wanted} of {len(asked)} documents have a reference: "
        f"precision {right / max(1, len(given)):.3f}, recall {right / max(1, wanted):.3f}"
    )
    own = {name: text for name, _, text in rows}
    texts = dict(references)
    shares = [
        LCSseq.normalized_similarity(content(own[name]), content(texts[m.reference]))
        for name, m in given
        if m.reference is not None and m.reference != name
    ]
    print(
        "wrong ones, and the share of words in order that they have in common with the original: "
        + (", ".join(f"{share:.2f}" for share in shares) or "none")
    )


def memory() -> float:
    """The most that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
