"""Language identification beside its peers, in one run.

    python bench/langid.py DEV.jsonl[.zst] [--quick]

DEV holds ``{"set", "language", "text"}`` a line. Every detector that is installed takes part
(langdetect, py3langid, pycld2, lingua); all are held to the languages of the set where they can be.
unspun is not: it answers as its users get it. Speed is that of texts one by one (and of unspun in
batches), warm, in one process, as a multiple of langdetect's.
"""

from __future__ import annotations

import argparse
import importlib
import io
import json
import random
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from unspun.config import TagConfig
from unspun.tagging import detect_many, tag, tag_many

Detect = Callable[[Sequence[str]], list[str]]
CONFIG = TagConfig()
ACCURACY = ("tatoeba_sent", "udhr_para", "leipzig_sent", "leipzig_para400", "leipzig_doc5k")
LENGTHS = (96, 400, 5_000)
BINS = 15


class Case(NamedTuple):
    """One text with its language."""

    set: str
    language: str
    text: str


def read(path: Path) -> list[Case]:
    raw = path.read_bytes()
    if path.suffix == ".zst":
        zstandard = importlib.import_module("zstandard")
        raw = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(raw)).read()
    rows = map(json.loads, raw.splitlines())
    return [Case(row["set"], row["language"], row["text"]) for row in rows]


def seeded_langdetect(_: Sequence[str]) -> Detect:
    module = importlib.import_module("langdetect")
    module.DetectorFactory.seed = 0

    def one(text: str) -> str:
        try:
            return str(module.detect(text))
        except module.LangDetectException:
            return "und"

    return lambda texts: [one(text) for text in texts]


def _py3langid(languages: Sequence[str]) -> Detect:
    module = importlib.import_module("py3langid.langid")
    model = module.LanguageIdentifier.from_model_file(module.MODEL_FILE)
    model.set_languages([*languages, "nn"])
    return lambda texts: [str(model.classify(text)[0]) for text in texts]


def _pycld2(_: Sequence[str]) -> Detect:
    module = importlib.import_module("pycld2")
    control = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff]")

    def one(text: str) -> str:
        try:
            return str(module.detect(control.sub(" ", text))[2][0][1])
        except module.error:
            return "und"

    return lambda texts: [one(text) for text in texts]


def _lingua(languages: Sequence[str]) -> Detect:
    module = importlib.import_module("lingua")
    wanted = {*languages, "nb"} - {"no"}
    chosen = [x for x in module.Language.all() if x.iso_code_639_1.name.lower() in wanted]
    builder = module.LanguageDetectorBuilder.from_languages(*chosen)
    model = builder.with_preloaded_language_models().build()

    def one(text: str) -> str:
        found = model.detect_language_of(text)
        return str(found.iso_code_639_1.name).lower() if found else "und"

    return lambda texts: [one(text) for text in texts]


PEERS: dict[str, Callable[[Sequence[str]], Detect]] = {
    "langdetect": seeded_langdetect,
    "py3langid": _py3langid,
    "pycld2": _pycld2,
    "lingua": _lingua,
}


def _ours(texts: Sequence[str]) -> list[str]:
    return [found.language for found in tag_many(texts, CONFIG)]


def base(language: str) -> str:
    """The language alone, in the names of the set."""
    name = language.split("-", 1)[0].lower()
    return {"nb": "no", "nn": "no", "iw": "he", "zh_hant": "zh", "fil": "tl"}.get(name, name)


def accuracy(answers: Sequence[str], cases: Sequence[Case]) -> float:
    right = sum(base(a) == c.language for a, c in zip(answers, cases, strict=True))
    return 100 * right / len(cases)


def variant(answers: Sequence[str], cases: Sequence[Case]) -> float:
    names = {"zh-cn": "zh-Hans", "zh-tw": "zh-Hant", "zh": "zh-Hans", "zh-Hant": "zh-Hant"}
    right = sum(names.get(a, a) == c.language for a, c in zip(answers, cases, strict=True))
    return 100 * right / len(cases)


def seconds(run: Callable[[Sequence[str]], Any], texts: Sequence[str]) -> float:
    """The best of three runs."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        run(texts)
        best = min(best, time.process_time() - start)
    return best


def calibration(cases: Sequence[Case]) -> float:
    """Expected calibration error, in percent, over 15 bins (Naeini et al. 2015)."""
    gap = [0.0] * BINS
    for found, case in zip(tag_many([c.text for c in cases], CONFIG), cases, strict=True):
        right = base(found.language) == case.language
        gap[min(BINS - 1, int(found.confidence * BINS))] += found.confidence - right
    return 100 * sum(map(abs, gap)) / len(cases)


def mixed(cases: Sequence[Case], count: int = 300) -> list[tuple[str, list[str | None]]]:
    """Documents of English, French and German sentences, with the language of each letter."""
    rng = random.Random(7)  # noqa: S311 - a fixed draw of sentences
    pool = {
        name: [c.text for c in cases if c.set == "leipzig_sent" and c.language == name]
        for name in ("en", "fr", "de")
    }
    found = []
    for _ in range(count):
        language, text, gold = rng.choice(list(pool)), "", list[str | None]()
        for _ in range(rng.randint(2, 5)):
            for _ in range(rng.randint(1, 3)):
                sentence = rng.choice(pool[language])
                text += " " * bool(text) + sentence
                gold += [None] * (len(text) - len(sentence) - len(gold))
                gold += [language if c.isalpha() else None for c in sentence]
            language = rng.choice([name for name in pool if name != language])
        found.append((text, gold))
    return found


def embedded(cases: Sequence[Case]) -> list[tuple[str, list[str | None]]]:
    """A Chinese sentence inside English ones, and the other way round."""
    english = [
        c.text
        for c in cases
        if c.set == "leipzig_sent" and c.language == "en" and not re.search(r"://|@|www\.", c.text)
    ]
    chinese = [c.text for c in cases if c.set == "udhr_zh"]
    pure = [c for c in chinese if not any(x.isascii() and x.isalpha() for x in c)]
    found = []
    for k, middle in enumerate(pure):
        parts = [english[2 * k % len(english)], middle, english[(2 * k + 1) % len(english)]]
        tags = ["en", "zh", "en"]
        if k % 2:
            parts, tags = [pure[k - 1], english[2 * k % len(english)], middle], ["zh", "en", "zh"]
        gold: list[str | None] = []
        for part, name in zip(parts, tags, strict=True):
            gold += [*[name if c.isalpha() else None for c in part], None]
        found.append((" ".join(parts), gold))
    return found


def letters(documents: Sequence[tuple[str, list[str | None]]]) -> float:
    right = total = 0
    for tagged, (_, gold) in zip(
        tag_many([t for t, _ in documents], CONFIG), documents, strict=True
    ):
        for span in tagged.spans:
            mine = [g for g in gold[span.start : span.end] if g]
            total += len(mine)
            right += mine.count(base(span.language))
    return 100 * right / total


def false_switches(cases: Sequence[Case]) -> float:
    """Share of monolingual English, French and German texts that show a second language."""
    texts = [
        c.text for c in cases if c.set == "leipzig_para400" and c.language in {"en", "fr", "de"}
    ]
    found = tag_many(texts, CONFIG)
    return 100 * sum(len({s.language for s in t.spans} - {"und"}) > 1 for t in found) / len(texts)


def speed(cases: Sequence[Case], peers: dict[str, Detect], count: int) -> None:
    """Texts a second of processor time, and that as a multiple of langdetect's."""
    print(f"\n{'texts a second, and times langdetect':32}" + "".join(f"{n:>18}" for n in LENGTHS))
    pool = [c.text for c in cases if c.set == "leipzig_doc5k"]
    everyone: dict[str, Callable[[Sequence[str]], Any]] = {
        **peers,
        "unspun, spans, one by one": lambda texts: [tag(text, CONFIG) for text in texts],
        "unspun, spans, in batches": lambda texts: tag_many(texts, CONFIG),
        "unspun, language, one by one": lambda texts: [detect_many([t], CONFIG) for t in texts],
        "unspun, language, in batches": lambda texts: detect_many(texts, CONFIG),
    }
    rows: dict[str, list[float]] = {}
    for length in LENGTHS:
        size = count if length < LENGTHS[-1] else count // 4
        chosen = [pool[k * 7 % len(pool)][:length] for k in range(size)]
        for name, run in everyone.items():
            rows.setdefault(name, []).append(len(chosen) / seconds(run, chosen))
    for name, rates in rows.items():
        against = rows.get("langdetect", rates)
        cells = [f"{r:9,.0f} {r / b:6.1f}x" for r, b in zip(rates, against, strict=True)]
        print(f"{name:32}" + "".join(f"{cell:>18}" for cell in cells))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("dev", type=Path)
    parser.add_argument("--quick", action="store_true", help="fewer texts")
    parser.add_argument("--speed", action="store_true", help="the speed alone")
    arguments = parser.parse_args()
    cases = read(arguments.dev)
    languages = sorted({c.language for c in cases if "-" not in c.language})
    peers: dict[str, Detect] = {}
    for name, make in PEERS.items():
        try:
            peers[name] = make(languages)
        except ImportError:
            print(f"{name} is not installed")
    if arguments.speed:
        speed(cases, peers, 400)
        return
    everyone = {**peers, "unspun": _ours, "unspun detect": _detect}
    if "lingua" in peers:
        everyone["unspun + lingua"] = _asking
    print(f"{'accuracy, %':16}" + "".join(f"{name:>16}" for name in [*ACCURACY, "udhr_zh"]))
    for name, detect in everyone.items():
        cells = []
        for part in [*ACCURACY, "udhr_zh"]:
            chosen = [c for c in cases if c.set == part][:: 4 if arguments.quick else 1]
            answers = detect([c.text for c in chosen])
            cells.append((variant if part == "udhr_zh" else accuracy)(answers, chosen))
        print(f"{name:16}" + "".join(f"{cell:16.2f}" for cell in cells), flush=True)
    print("\nunspun, expected calibration error, %; of Tatoeba, the half that was not fitted on")
    for part in ACCURACY:
        chosen = [c for c in cases if c.set == part]
        held = chosen[1::2] if part == "tatoeba_sent" else chosen
        print(f"  {part:20}{calibration(held):8.2f}")
    print("unspun, spans, % of letters")
    print(f"  {'en, fr, de mixed':20}{letters(mixed(cases)):8.2f}")
    print(f"  {'en and zh mixed':20}{letters(embedded(cases)):8.2f}")
    print(f"  {'false second language, % of monolingual texts':48}{false_switches(cases):6.2f}")
    speed(cases, peers, 160 if arguments.quick else 400)


def _asking(texts: Sequence[str]) -> list[str]:
    config = TagConfig(detector="lingua")
    return [found.language for found in detect_many(texts, config)]


def _detect(texts: Sequence[str]) -> list[str]:
    return [found.language for found in detect_many(texts, CONFIG)]


if __name__ == "__main__":
    main()
