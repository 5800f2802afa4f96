"""Near duplicates: precision and recall against all pairs compared, and speed.

    python bench/duplicates.py TEXT.txt[.zst] [--documents 400]

Documents of 12 paragraphs, and for each one or two copies with 1% to 25% of their words replaced,
dropped or moved. The truth is the similarity of all pairs, counted; the copies tell how many words
had to change. Beside it datasketch's own index (MinHashLSH), whose answers nobody checks.
"""

from __future__ import annotations

import argparse
import random
import time
from itertools import combinations, islice
from pathlib import Path

import chrome as plain
from datasketch import MinHash, MinHashLSH

from unspun.duplicates import Index, shingles
from unspun.duplicates.shingles import similarity

THRESHOLD = 0.8


def changed(text: str, share: float, draw: random.Random) -> str:
    words = text.split(" ")
    for place in draw.sample(range(len(words)), int(share * len(words))):
        words[place] = draw.choice(["", words[draw.randrange(len(words))], "other"])
    return " ".join(words)


def material(path: Path, count: int) -> list[str]:
    every = plain.paragraphs(path)
    draw = random.Random(1)  # noqa: S311
    texts: list[str] = []
    while len(texts) < count and (part := list(islice(every, 12))):
        texts.append("\n\n".join(part))
    copies = [changed(t, draw.choice((0.01, 0.03, 0.05, 0.1, 0.25)), draw) for t in texts]
    return texts + copies


def ours(texts: list[str]) -> set[tuple[int, int]]:
    with Index(threshold=THRESHOLD) as index:
        found = [index.add(str(n), text) for n, text in enumerate(texts)]
    return {(match.number - 1, number - 1) for number, matches in found for match in matches}


def theirs(texts: list[str]) -> set[tuple[int, int]]:
    index = MinHashLSH(threshold=THRESHOLD, num_perm=128)
    pairs = set()
    for number, text in enumerate(texts):
        signature = MinHash(num_perm=128)
        words = text.lower().split()
        signature.update_batch([" ".join(words[k : k + 3]).encode() for k in range(len(words) - 2)])
        pairs |= {(int(other), number) for other in index.query(signature)}
        index.insert(str(number), signature)
    return pairs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("text", type=Path)
    parser.add_argument("--documents", type=int, default=400)
    arguments = parser.parse_args()
    texts = material(arguments.text, arguments.documents)
    runs = [shingles(text) for text in texts]
    truth = {
        (a, b)
        for a, b in combinations(range(len(texts)), 2)
        if similarity(runs[a], runs[b]) >= THRESHOLD
    }
    size = sum(map(len, texts)) / 1e6
    print(f"{len(texts)} documents, {size:.1f} M characters, {len(truth)} pairs from {THRESHOLD}")
    for name, find in (("unspun", ours), ("datasketch MinHashLSH", theirs)):
        start = time.process_time()
        pairs = find(texts)
        seconds = time.process_time() - start
        right = len(pairs & truth)
        precision, recall = right / max(1, len(pairs)), right / max(1, len(truth))
        print(f"{name:22} precision {precision:.3f} recall {recall:.3f} {size / seconds:6.2f} MB/s")


if __name__ == "__main__":
    main()
