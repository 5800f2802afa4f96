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
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import zstandard
from numpy.typing import NDArray

from unspun import tables
from unspun.channel.learn import Pair, learn
from unspun.channel.model import Channel, Entry
from unspun.channel.tokens import words
from unspun.lm import LanguageModel
from unspun.lm.words import words_of

TORTURED = "tortured/pps_torturedcheck_7942.json"
RATE = 0.5  # share of its phrases that a rewriter of science replaces; a guess, there are no pairs
LISTED = 1.0  # nats for standing on a list of what nobody writes
PLAIN = 1.0  # nats by which plain English binds neighbours: such pairs are no markers
RARE = -13.0  # log probability of neighbours below which they are markers
NAMED = 3.0  # nats by which a name is likelier with capitals
FLUENT = 3.0  # the same of a phrase that is left out, being English
MARKER = 3.0  # nats, the weight of a phrase that nobody writes
_ASIDE = re.compile(r"\s*[(\[][^)\]]*[)\]]\s*")
_REGULAR = re.compile(r"[a-z]{2}(?:[a-gi-rt-wy]|(?<![cs])h)$")
_PLURAL = re.compile(r"[a-z]{3}(?<![siu])(?<!ic)(?<!ie)(?<!xe)(?<!che)(?<!she)(?<!sse)(?<!yse)s$")
_SMALL = {"of", "and", "the", "for", "in", "on", "de"}
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
    listed = [(_plain(row["tortured"]), _plain(row["correct"])) for row in rows]
    wanted = {original for _, original in listed}
    usable = {
        (original, spun)
        for spun, original in listed
        if _usable(spun, original) and spun not in wanted and _bound(spun, lm) <= FLUENT
    }
    known = wanted | {spun for _, spun in usable}
    for inflect in (_plural, _singular):
        usable |= {
            (inflect(original), inflect(spun))
            for original, spun in sorted(usable)
            if inflect(original) and inflect(spun) and inflect(spun) not in known
        }
    usable |= {pair for original, spun in usable for pair in _named(original, spun, lm)}
    entries = [Entry(original, spun, LISTED, RATE, 1) for original, spun in sorted(usable)]
    pairs = {" ".join(pair) for entry in entries for pair in itertools.pairwise(entry.spun.split())}
    rare = {pair for pair in pairs if _bound(pair, lm) <= PLAIN and _score(pair, lm) < RARE}
    markers = dict.fromkeys(sorted(rare), MARKER)
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


def _bound(phrase: str, lm: LanguageModel) -> float:
    """Nats by which the model expects each word of a phrase from those before it, at least."""
    ids = lm.encode(words_of(phrase))
    alone = lm.score(ids[:, None])
    told = lm.score(lm.windows(ids))
    return float((told - alone)[1:].min()) if len(ids) > 1 else math.inf


def _plural(phrase: str) -> str:
    """The plural of an English phrase whose last word has a regular one, else nothing."""
    if not _REGULAR.search(phrase):
        return ""
    return re.sub("(?<![aeiou])y$", "ie", phrase) + "s"


def _singular(phrase: str) -> str:
    """The singular of a phrase that ends in a regular plural, else nothing."""
    return phrase[:-1] if _PLURAL.search(phrase) else ""


def _named(original: str, spun: str, lm: LanguageModel) -> list[tuple[str, str]]:
    """The same with capitals: of a name, or of a word that the model knows with them only."""
    name = " ".join(word if word in _SMALL else word.title() for word in original.split())
    if _known(name.split(), lm).all() and _score(name, lm) > _score(original, lm) + NAMED:
        return [(name, spun), (name, spun.title())]
    return [(_cased(original, lm), _cased(spun, lm))]


def _cased(phrase: str, lm: LanguageModel) -> str:
    words = phrase.split()
    names = [word.title() for word in words]
    upper = [word.upper() for word in words]
    known = _known(names, lm) & ~_known(words, lm) & ~_known(upper, lm)
    return " ".join(np.where(known, names, words).tolist())


def _known(words: list[str], lm: LanguageModel) -> NDArray[np.bool_]:
    return np.asarray(lm.encode(words) >= lm.encode(["the"])[0])


def _score(phrase: str, lm: LanguageModel) -> float:
    return float(lm.score(lm.windows(lm.encode(words_of(phrase)))).sum())


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
