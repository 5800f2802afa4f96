"""Make the packaged channels.

    python tools/train_channel.py thesaurus SHARED -o src/unspun/data/thesaurus.channel
    python tools/train_channel.py tortured SHARED -o src/unspun/data/tortured.channel

`thesaurus` is what `unspun learn` makes of the training part of SHARED/data/spun/parallel-train:
documents whose SHA-1 is 0 (test) or 1 (development) modulo 20 are left out. `tortured` turns the
list of the Problematic Paper Screener (Cabanac, Labbe, Magazinov; CC BY 4.0) into a channel; that
list is kept by hand and noisy, so what the language model knows as plain English is left out.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import itertools
import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import zstandard

from unspun import tables
from unspun.channel.learn import Pair, learn
from unspun.channel.model import Channel, Entry
from unspun.channel.tokens import words
from unspun.lm import LanguageModel
from unspun.lm.words import words_of

TORTURED = "tortured/pps_torturedcheck_7942.json"
RATE = 0.5  # share of its phrases that a rewriter of science replaces; a guess, there are no pairs
PLAIN = 1.0  # nats a word by which plain English binds its neighbours
MARKER = 3.0  # nats, the weight of a phrase that nobody writes
_ASIDE = re.compile(r"\s*[(\[][^)\]]*[)\]]\s*")
_NOISE = re.compile(r"[?/\\\"“”:;,=]|\bsee\b|\bor\b|\bpossibly\b|\bprobably\b|http")


def pairs(path: Path) -> Iterator[Pair]:
    """The training part of the pairs."""
    with path.open("rb") as file, zstandard.ZstdDecompressor().stream_reader(file) as stream:
        for line in io.BufferedReader(stream, 1 << 20):
            document = json.loads(line)
            digest = hashlib.sha1(document["doc"].encode(), usedforsecurity=False).hexdigest()
            if int(digest, 16) % 20 > 1:
                yield document["spun"], document["original"]


def tortured(path: Path, lm: LanguageModel) -> Channel:
    """The list's usable lines as a channel."""
    rows = json.loads(path.read_text(encoding="utf-8"))["phrases"]
    wanted = Counter(_plain(row["correct"]) for row in rows)
    options: dict[str, set[str]] = {}
    for row in rows:
        spun, original = _plain(row["tortured"]), _plain(row["correct"])
        if _usable(spun, original) and spun not in wanted and not _english(spun, lm):
            options.setdefault(original, set()).add(spun)
    entries = [
        Entry(original, spun, -math.log(len(alternatives)), RATE, 1)
        for original, alternatives in sorted(options.items())
        for spun in sorted(alternatives)
    ]
    markers = {}
    for entry in entries:
        parts = entry.spun.split(" ")
        for pair in itertools.pairwise(parts):
            if not _english(" ".join(pair), lm):
                markers[" ".join(pair)] = MARKER
    info = {
        "source": "Problematic Paper Screener, tortured phrases; Cabanac, Labbe, Magazinov",
        "licence": "CC BY 4.0",
        "lines": len(rows),
    }
    return Channel.of("tortured", entries, info, markers)


def _plain(phrase: str) -> str:
    phrase = _ASIDE.sub(" ", phrase.replace("\N{NO-BREAK SPACE}", " ")).strip().lower()
    return "" if _NOISE.search(phrase) else " ".join(words(phrase))


def _usable(spun: str, original: str) -> bool:
    one, other = spun.split(), original.split()
    sized = 2 <= len(one) <= 6 and 1 <= len(other) <= 6
    return sized and spun != original and f" {original} " not in f" {spun} "


def _english(phrase: str, lm: LanguageModel) -> bool:
    """Whether the model expects each word of a phrase from those before it."""
    ids = lm.encode(words_of(phrase))
    alone = lm.score(ids[:, None])
    told = lm.score(lm.windows(ids))
    return bool(np.mean((told - alone)[1:]) > PLAIN) if len(ids) > 1 else True


def main() -> None:
    """Write one channel."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("family", choices=("thesaurus", "tortured"))
    parser.add_argument("shared", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    folder = options.shared / "data/spun"
    if options.family == "thesaurus":
        channel = learn(pairs(folder / "parallel-train.jsonl.zst"), "thesaurus")
    else:
        channel = tortured(folder / TORTURED, LanguageModel.open(tables.path("english.lm")))
    channel.save(options.output)
    print(f"{options.output}: {len(channel.entries)} substitutions, {len(channel.markers)} markers")


if __name__ == "__main__":
    main()
