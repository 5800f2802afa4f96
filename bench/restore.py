"""What restoration is worth: decision, restored text, false edits, calibration, speed.

    python bench/restore.py SHARED [--documents N] [--clean-words N] [--rescorer MODEL]
        [--parts PART ...]

SHARED holds ``data/spun/parallel-train.jsonl.zst``, ``data/lm-text`` and ``corpus``. Documents
are split by the SHA-1 of their id: 0 modulo 20 is the test part, printed here; 1 is development,
where weights were tuned; the rest trained the channel, and neither part trained the language
model. ``ft-spun.txt`` is a real spun page that trained nothing. Scores are sacrebleu's defaults;
``ft-spun.txt`` is one segment, of the test part each paragraph is one. Times are processor
seconds of one process.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import itertools
import math
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import orjson
import regex
import sacrebleu
import zstandard
from prose import kinds
from rapidfuzz.distance import Levenshtein
from spinner import Spinner

from unspun import api
from unspun import edits as ledger
from unspun.channel.align import regions
from unspun.channel.document import search
from unspun.channel.habits import Prices
from unspun.channel.model import Channel
from unspun.channel.phrases import Lexicon, canonical
from unspun.channel.tokens import words
from unspun.config import Config, RestoreConfig
from unspun.detect import spun as detector
from unspun.lm.words import words_of
from unspun.model import Edit

FORMS = (5, 10, 20)  # replaced in a copy: bounds of what is counted together
RATES = (0.1, 0.2, 0.3, 0.5, 0.75, 0.96)
LEVELS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 1.0001)
CONFIG = RestoreConfig()
PARTS = ("text", "coverage", "calibration", "decision", "clean", "prose", "speed")
PAGE_SIDES = ("raw", "clean")
DOMAINS = Path(__file__).parent / "data/domains"


@dataclass(frozen=True, slots=True)
class Pair:
    """A spun text and its original."""

    name: str
    rate: float
    spun: str
    original: str


def part_of(name: str) -> int:
    """The twentieth that a document falls into: 0 is test, 1 development."""
    return int(hashlib.sha1(name.encode(), usedforsecurity=False).hexdigest(), 16) % 20


def pairs(shared: Path, part: int) -> Iterator[Pair]:
    """The documents of one part, of 100 words and more."""
    path = shared / "data/spun/parallel-train.jsonl.zst"
    with path.open("rb") as file, zstandard.ZstdDecompressor().stream_reader(file) as stream:
        for line in io.BufferedReader(stream, 1 << 20):
            document = orjson.loads(line)
            if part_of(document["doc"]) == part:
                spun, original = "\n".join(document["spun"]), "\n".join(document["original"])
                if 100 <= len(original.split()) <= 3000:
                    yield Pair(document["doc"], document["rate"], spun, original)


def domains(spinner: Spinner, rate: float) -> Iterator[Pair]:
    """Documents of kinds that spinners like, full of names."""
    for path in sorted(DOMAINS.glob("*.txt")):
        original = path.read_text("utf-8").splitlines()
        spun = spinner.spin(original, rate, path.stem)
        yield Pair(path.stem, rate, "\n".join(spun), "\n".join(original))


def clean_texts(shared: Path) -> Iterator[str]:
    """Blocks of 32 lines that the language model was not trained on (1 in 100)."""
    for path in sorted((shared / "data/lm-text").glob("*.txt.zst")):
        source = path.name.removesuffix(".txt.zst")
        with path.open("rb") as file, zstandard.ZstdDecompressor().stream_reader(file) as stream:
            block: list[str] = []
            for number, line in enumerate(io.BufferedReader(stream, 1 << 20)):
                if number % 32 == 0 and block:
                    yield "".join(block)
                    block = []
                if _held_out(source, number // 32):
                    block.append(line.decode())
            if block:
                yield "".join(block)


def _held_out(source: str, block: int) -> bool:
    digest = hashlib.blake2b(f"{source}:{block}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % 100 == 0


def restored(text: str, config: RestoreConfig = CONFIG) -> tuple[str, Sequence[Edit], float]:
    """A text with its own words back, the edits, and the score."""
    result = api.restore(text, Config(restore=config))
    return result.text, result.edits, result.spun.score


def scores(hypotheses: Sequence[str], references: Sequence[str]) -> str:
    """BLEU, chrF and TER of texts, one segment each."""
    streams = [list(references)]
    bleu = sacrebleu.corpus_bleu(list(hypotheses), streams).score
    chrf = sacrebleu.corpus_chrf(list(hypotheses), streams).score
    ter = sacrebleu.corpus_ter(list(hypotheses), streams).score
    return f"BLEU {bleu:5.1f}  chrF {chrf:5.1f}  TER {ter:5.1f}"


@dataclass(slots=True)
class Tally:
    """Words counted over documents.

    Attributes:
        edited: Edits made.
        right: Edits whose words all stand in the original.
        placed: Edits that touch a phrase which the spinner replaced.
        changed: Original words that the spinner replaced.
        back: Those that are back.
        bins: For each level of confidence, edits and right edits.
        verdicts: Whether each edit was right, if that is to be noted.
    """

    edited: int = 0
    right: int = 0
    placed: int = 0
    changed: int = 0
    back: int = 0
    spans: int = 0
    touched: int = 0
    bins: dict[float, list[int]] | None = None
    verdicts: list[bool] | None = None


_WORD = regex.compile(r"\w+|[^\w\s]")


def _cut(text: str) -> tuple[list[str], list[tuple[int, int]]]:
    found = list(_WORD.finditer(text))
    return [m[0].replace("\N{RIGHT SINGLE QUOTATION MARK}", "'") for m in found], [
        m.span() for m in found
    ]


def judge(pair: Pair, proposed: Sequence[Edit], tally: Tally) -> None:
    """Compare a restoration with the original, word by word."""
    out = ledger.apply(pair.spun, proposed)
    want, _ = _cut(pair.original)
    have, spans = _cut(out)
    raw, raw_spans = _cut(pair.spun)
    good = [False] * len(have)
    back = [False] * len(want)
    for op in Levenshtein.opcodes(have, want):
        if op.tag == "equal":
            good[op.src_start : op.src_end] = [True] * (op.src_end - op.src_start)
            back[op.dest_start : op.dest_end] = [True] * (op.dest_end - op.dest_start)
    odd: list[tuple[int, int]] = []
    for op in Levenshtein.opcodes(raw, want):
        if op.tag != "equal":
            tally.changed += op.dest_end - op.dest_start
            tally.back += sum(back[op.dest_start : op.dest_end])
            first, last = max(op.src_start - (op.tag == "insert"), 0), min(op.src_end, len(raw) - 1)
            odd.append((raw_spans[first][0], raw_spans[max(last - (op.tag != "insert"), first)][1]))
    shift = 0
    hit = set()
    for edit in proposed:
        start, end = edit.start + shift, edit.start + shift + len(edit.after)
        shift += len(edit.after) - (edit.end - edit.start)
        right = all(g for g, (a, b) in zip(good, spans, strict=True) if a < end and b > start)
        near = [n for n, (a, b) in enumerate(odd) if a <= edit.end and b >= edit.start]
        hit.update(near)
        tally.edited += 1
        tally.right += right
        tally.placed += bool(near)
        if tally.verdicts is not None:
            tally.verdicts.append(right)
        if tally.bins is not None:
            level = next(x for x in LEVELS if edit.confidence < x or x > 1)
            counts = tally.bins.setdefault(level, [0, 0])
            counts[0] += 1
            counts[1] += right
    tally.spans += len(odd)
    tally.touched += len(hit)


def bench_coverage(test: Sequence[Pair], channel: Channel) -> None:
    """What a decoder that always chose right could restore: changed phrases in the table."""
    counts = Counter({(e.original, e.spun): e.support + 1 for e in channel.entries})
    lexicon = Lexicon(counts)
    common = Counter(word for pair in test for word in words(pair.original))
    weak = frozenset(word for word, _ in common.most_common(60))
    known = every = 0
    for pair in test:
        lines = zip(pair.original.split("\n"), pair.spun.split("\n"), strict=True)
        for original, spun in lines:
            for left, right, _ in regions(words(original), words(spun), weak):
                cuts = [canonical(old, new) for old, new, _ in lexicon.cut(left, right)]
                every += len(cuts)
                known += sum(cut in counts for cut in cuts)
    print(f"Coverage: {known / max(every, 1):.4f} of {every} changed phrases are in the table")


def bench_decision(test: Sequence[Pair], spinner: Spinner, config: RestoreConfig) -> None:
    """Document F1: each document once clean, once spun."""
    print(f"Decision, {len(test)} documents of the test part, each clean and spun by the table")

    def is_spun(text: str) -> bool:
        return detector.probability(text, config) >= config.threshold

    clean = [is_spun(pair.original) for pair in test]
    every = 0  # copies found, at any rate
    for rate in RATES:
        found: list[tuple[int, bool]] = []  # forms replaced in each copy, and whether it is found
        for pair in test:
            copy = "\n".join(spinner.spin(pair.original.split("\n"), rate, pair.name))
            found.append((spinner.replaced, is_spun(copy)))
        hits, false = sum(hit for _, hit in found), sum(clean)
        every += hits
        f1 = _f1(hits, len(test), false)
        print(
            f"  rate {rate:4}: F1 {f1:.4f}  found {hits}/{len(test)}  false alarms {false}",
            flush=True,
        )
        if rate == RATES[0]:
            print("    by forms replaced: " + ", ".join(_by_forms(found)))
    copies, false = len(RATES) * len(test), len(RATES) * sum(clean)
    print(f"  together:  F1 {_f1(every, copies, false):.4f}  found {every}/{copies}")


def _f1(hits: int, there: int, false: int) -> float:
    return 2 * hits / max(hits + false + there, 1)


def _by_forms(found: Sequence[tuple[int, bool]]) -> Iterator[str]:
    """How many copies are found of those in which few forms were replaced, and of the others."""
    for least, most in itertools.pairwise((0, *FORMS, math.inf)):
        hits = [hit for replaced, hit in found if least <= replaced < most]
        name = f"{least} and more" if most == math.inf else f"{least} to {most - 1}"
        yield f"{name} {sum(hits)}/{len(hits)}"


def bench_text(name: str, test: Sequence[Pair], config: RestoreConfig) -> None:
    """Restored text against originals."""
    tally = Tally()
    out = []
    for pair in test:
        text, proposed, _ = restored(pair.spun, config)
        out.append(text)
        judge(pair, proposed, tally)
    print(f"{name}: {len(test)} documents")
    if len(test) > 1:
        before, after, references = (
            [line for text in texts for line in text.split("\n")]
            for texts in ([p.spun for p in test], out, [p.original for p in test])
        )
    else:
        before, after, references = [test[0].spun], out, [test[0].original]
    print(f"  before  {scores(before, references)}")
    print(f"  after   {scores(after, references)}", flush=True)
    print(
        f"  spans: precision {tally.placed / max(tally.edited, 1):.3f} "
        f"recall {tally.touched / max(tally.spans, 1):.3f}; edits: precision "
        f"{tally.right / max(tally.edited, 1):.3f} recall {tally.back / max(tally.changed, 1):.3f}"
    )


def bench_calibration(test: Sequence[Pair], config: RestoreConfig) -> None:
    """Whether confidence means what it says."""
    tally = Tally(bins={})
    everything = replace(config, min_confidence=0.0)
    for pair in test:
        judge(pair, restored(pair.spun, everything)[1], tally)
    print("Calibration, test part: confidence below, edits, share right")
    bins = tally.bins or {}
    for level in LEVELS:
        edited, right = bins.get(level, [0, 0])
        print(f"  < {min(level, 1.0):.2f}  {edited:6}  {right / max(edited, 1):.3f}")
    for asked in (0.8, 0.9, 0.95, 0.99):
        some = Tally()
        surer = replace(config, min_confidence=asked)
        for pair in test:
            judge(pair, restored(pair.spun, surer)[1], some)
        share = some.right / max(some.edited, 1)
        print(
            f"  --min-confidence {asked}: {some.edited} edits, {share:.3f} right, "
            f"{some.back / max(some.changed, 1):.3f} of the words back"
        )


def bench_clean(texts: Iterable[str], limit: int, config: RestoreConfig) -> None:
    """False edits in clean text, and the speed of deciding that it is clean.

    Between two of these texts a hundred others are read, which leaves little in a processor's
    caches; then all are decided once more, one right after the other.
    """
    words = edited = flagged = 0
    seconds = 0.0
    seen = []
    for text in texts:
        begin = time.process_time()
        _, proposed, _ = restored(text, config)
        seconds += time.process_time() - begin
        words += len(text.split())
        edited += len(proposed)
        flagged += bool(proposed)
        seen.append(text)
        if words >= limit:
            break
    begin = time.process_time()
    for text in seen:
        restored(text, config)
    again = time.process_time() - begin
    size = sum(map(len, seen)) / 1e6
    print(f"Clean text: {words} words in {len(seen)} texts")
    print(f"  {flagged} texts edited, {edited * 1e6 / max(words, 1):.1f} edits in a million words")
    print(f"  {size / seconds:.3g} MB/s to decide between other work, {size / again:.3g} in a row")


def bench_prose(shared: Path, config: RestoreConfig) -> None:
    """False alarms and false edits in clean English of other kinds."""
    print("Clean prose of other kinds: passages, words, taken for spun, edits")
    total = Counter[str]()
    for kind, texts in kinds(shared):
        found = Counter[str](passages=len(texts), words=sum(len(text.split()) for text in texts))
        for text in texts:
            _, proposed, score = restored(text, config)
            found.update(flagged=score >= CONFIG.threshold, edits=len(proposed))
        total.update(found)
        _print_prose(kind, found)
    _print_prose("together", total)


def _print_prose(kind: str, found: Counter[str]) -> None:
    rate = found["edits"] * 1e5 / max(found["words"], 1)
    print(
        f"  {kind:<47} {found['passages']:5} {found['words']:8} {found['flagged']:4} "
        f"{found['edits']:4}  {rate:.2f} edits in 100,000 words",
        flush=True,
    )


def bench_speed(test: Sequence[Pair], spinner: Spinner, config: RestoreConfig) -> None:
    """Restoring beside a plain replacement by the inverse table in the same run."""
    text = [pair.spun for pair in test]
    size = sum(map(len, text)) / 1e3
    begin = time.process_time()
    for one in text:
        restored(one, config)
    full = time.process_time() - begin
    inverse: dict[str, str] = {}
    for original, alternatives in spinner.table.items():
        for spun, _ in alternatives:
            inverse.setdefault(spun.lower(), original)
    begin = time.process_time()
    for one in text:
        _plain(one, inverse)
    plain = time.process_time() - begin
    print(
        f"Speed: restoring {size / full:.3g} kB/s, plain table replacement {size / plain:.0f} kB/s"
    )


def _plain(text: str, inverse: dict[str, str]) -> str:
    words = words_of(text)
    out, at = [], 0
    while at < len(words):
        for size in range(min(6, len(words) - at), 0, -1):
            original = inverse.get(" ".join(words[at : at + size]).lower())
            if original is not None or size == 1:
                out.append(original or words[at])
                at += size
                break
    return " ".join(out)


def open_models(text: str) -> None:
    """Look at a text and read it as each family does, and print what opening the models took."""
    begin = time.process_time()
    for found in detector.load(CONFIG):
        if found.family == "tortured":
            print(f"Models of spun text opened in {time.process_time() - begin:.2f} s", end="")
        search(text, found.index, Prices())
        found.index.occurs(text)
    print(f", with those of tortured phrases in {time.process_time() - begin:.2f} s")


def open_rescorer(name: str) -> None:
    """Open a neural model and print what it took."""
    begin = time.process_time()
    detector.reader(name)
    print(f"{name} opened in {time.process_time() - begin:.1f} s")


def main() -> None:
    """Print everything, or some parts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--documents", type=int, default=80)
    parser.add_argument("--clean-words", type=int, default=1_000_000)
    parser.add_argument("--rescorer", default="", help="as `restore.rescorer`")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    options = parser.parse_args()
    shared, parts = options.shared, options.parts
    every = sorted(pairs(shared, 0), key=lambda pair: part_of(pair.name[::-1]))
    full = [pair for pair in every if pair.rate > 0.9][: options.documents]
    half = [pair for pair in every if pair.rate < 0.9][: options.documents]
    open_models(full[-1].spun)  # here, so that no part below times it
    spinner = Spinner(detector.load(CONFIG)[0].index.channel)
    config = replace(CONFIG, rescorer=options.rescorer)
    if options.rescorer:
        open_rescorer(options.rescorer)
    restored(full[-1].spun)
    if "text" in parts:
        raw, clean = (
            (shared / "corpus" / side / "ft-spun.txt").read_text("utf-8") for side in PAGE_SIDES
        )
        bench_text("ft-spun.txt", [Pair("ft-spun", 0.96, raw, clean)], config)
        bench_text("test part, rate .96", full, config)
        bench_text("test part, rate .5", half, config)
        for rate in (0.96, 0.5):
            named = list(domains(spinner, rate))
            bench_text(f"games, finance, television, politics, rate {rate}", named, config)
    if "coverage" in parts:
        bench_coverage([*full, *half], spinner.channel)
    if "calibration" in parts:
        bench_calibration([*full, *half], config)
    if "decision" in parts:
        bench_decision(every, spinner, config)
    if "clean" in parts:
        bench_clean(clean_texts(shared), options.clean_words, config)
    if "prose" in parts:
        bench_prose(shared, config)
    if "speed" in parts:
        bench_speed(full[:40], spinner, config)


if __name__ == "__main__":
    main()
