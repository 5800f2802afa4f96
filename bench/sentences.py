"""Where sentences end: ours beside sentencex, pysbd and spaCy, on sentences that were joined.

    python bench/sentences.py ../shared/data/langid/dev.jsonl.zst

Sentences of one set (Leipzig: web and news in 51 languages; Tatoeba) and language are joined to
paragraphs of five. The measure is F1 over the places where they were joined, white space apart: an
end missed counts against recall, an end found elsewhere against precision. A few of the sentences
are two, for all alike. Peers that are not installed are left out.
"""

from __future__ import annotations

import argparse
import importlib
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from pathlib import Path

from langid import read

from unspun.align import sentences

Split = Callable[[str, str], Sequence[str]]
"""A text and its language to its sentences."""
TOGETHER = 5
UNSPACED = {"zh", "ja", "th"}
SETS = ("leipzig_sent", "tatoeba_sent")


def own(text: str, _: str) -> Sequence[str]:
    return [text[start:end] for start, end in sentences(text, (0, len(text)))]


def sentencex() -> Split:
    module = importlib.import_module("sentencex")
    return lambda text, language: list(module.segment(language, text))


def pysbd() -> Split:
    module = importlib.import_module("pysbd")
    known = importlib.import_module("pysbd.languages").LANGUAGE_CODES
    made = {code: module.Segmenter(language=code, clean=False) for code in known}
    return lambda text, language: list(made.get(language, made["en"]).segment(text))


def spacy() -> Split:
    nlp = importlib.import_module("spacy").blank("xx")
    nlp.add_pipe("sentencizer")
    return lambda text, _: [sentence.text for sentence in nlp(text).sents]


def splitters() -> Iterator[tuple[str, Split]]:
    yield "unspun", own
    for peer in (sentencex, pysbd, spacy):
        try:
            yield peer.__name__, peer()
        except ImportError:
            print(f"without {peer.__name__}, which is not installed")


def ends(pieces: Sequence[str]) -> set[int]:
    """Where pieces end, in code points that are no white space; the last end is the text's."""
    return set(list(accumulate(len("".join(piece.split())) for piece in pieces))[:-1])


def paragraphs(path: Path, chosen: str) -> Iterator[tuple[str, list[str]]]:
    by_language = defaultdict(list)
    for case in read(path):
        if case.set == chosen:
            by_language[case.language].append(" ".join(case.text.split()))
    for language, texts in sorted(by_language.items()):
        for start in range(0, len(texts) - TOGETHER + 1, TOGETHER):
            yield language, texts[start : start + TOGETHER]


def measure(split: Split, material: Sequence[tuple[str, list[str]]]) -> tuple[float, ...]:
    """Precision, recall, F1, the languages' mean F1, and megabytes a second."""
    counts: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    size = seconds = 0.0
    for language, parts in material:
        text = ("" if language in UNSPACED else " ").join(parts)
        start = time.process_time()
        found = split(text, language)
        seconds += time.process_time() - start
        size += len(text.encode())
        wanted, given = ends(parts), ends(found)
        for k, count in enumerate((len(wanted & given), len(given), len(wanted))):
            counts[language][k] += count
    right, given_all, wanted_all = (sum(c[k] for c in counts.values()) for k in range(3))
    means = [2 * c[0] / (c[1] + c[2]) for c in counts.values()]
    return (
        right / given_all,
        right / wanted_all,
        2 * right / (given_all + wanted_all),
        sum(means) / len(means),
        size / seconds / 1e6,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path, help="texts with their language, JSON Lines")
    parser.add_argument("--languages", nargs="*", help="these alone")
    options = parser.parse_args()
    material = {name: list(paragraphs(options.path, name)) for name in SETS}
    print(f"{'set':<14} {'':<10} precision recall   F1  by language    MB/s")
    for name, split in splitters():
        for chosen, rows in material.items():
            kept = [r for r in rows if not options.languages or r[0] in options.languages]
            values = measure(split, kept)
            print(
                f"{chosen:<14} {name:<10} {values[0]:9.3f} {values[1]:6.3f} {values[2]:.3f} "
                f"{values[3]:12.3f} {values[4]:7.2f}"
            )


if __name__ == "__main__":
    main()
