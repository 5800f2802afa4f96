"""Texts for the benchmarks: real ones where the material is at hand, made ones elsewhere."""

from __future__ import annotations

import random
from pathlib import Path

SHARED = Path(__file__).parents[2] / "shared" / "data" / "mt"
_SYLLABLE_LIST = "ba ce di fo gu ha ke li mo nu pa re si to va we xi yo zu an el in or us"
SYLLABLES = _SYLLABLE_LIST.split()


def words(rng: random.Random, count: int, vocabulary: int = 4000) -> list[str]:
    """Words of a made language, as frequent as those of a natural one (Zipf)."""
    known = ["".join(rng.choices(SYLLABLES, k=rng.randint(1, 4))) for _ in range(vocabulary)]
    weights = [1 / rank for rank in range(1, vocabulary + 1)]
    return rng.choices(known, weights, k=count)


def document(rng: random.Random, size: int) -> str:
    """A text of about so many bytes, in paragraphs of a few sentences."""
    paragraphs: list[str] = []
    length = 0
    stock = iter(words(rng, size // 3))
    while length < size:
        sentences = []
        for _ in range(rng.randint(2, 6)):
            chosen = [next(stock, "end") for _ in range(rng.randint(8, 25))]
            sentences.append(" ".join(chosen).capitalize() + ".")
        paragraphs.append(" ".join(sentences))
        length += len(paragraphs[-1]) + 1
    return "\n".join(paragraphs)


def edited(rng: random.Random, text: str, rate: float) -> str:
    """The text with a share of its words replaced, dropped or doubled."""
    result = []
    for paragraph in text.split("\n"):
        kept = []
        for word in paragraph.split(" "):
            if rng.random() >= rate:
                kept.append(word)
            elif rng.random() < 0.6:
                kept.append("".join(rng.choices(SYLLABLES, k=3)))
            elif rng.random() < 0.5:
                kept += [word, word]
        result.append(" ".join(kept))
    return "\n".join(result)


def lines(path: Path) -> list[str]:
    """The segments of a file, one a line."""
    return path.read_text("utf-8").split("\n")[:-1]
