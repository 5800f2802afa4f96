"""What was tried for the language model: orders, sizes, mixtures, by perplexity.

    python bench/lm_choices.py DATA [--clean FOLDER]

DATA is the folder that tools/train_lm.py reads. Every variant is trained, pruned, written to
bytes, read back and asked about the development paragraphs that training left out, and about
the documents of FOLDER (``../shared/corpus/clean``), which are of other newsrooms and years.
Takes about twenty minutes and ten gigabytes of memory.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "src")]

from train_lm import (  # noqa: E402
    DEVELOPMENT,
    SHARES,
    Corpus,
    choose_vocabulary,
    estimate_parts,
    read_corpus,
)

from unspun.lm import LanguageModel, Vocabulary  # noqa: E402
from unspun.lm.build import costs, to_bytes  # noqa: E402
from unspun.lm.estimate import START_ID, Grams  # noqa: E402
from unspun.lm.mixture import mix_models  # noqa: E402
from unspun.lm.prune import prune  # noqa: E402
from unspun.lm.words import words_of  # noqa: E402

GROUPS = {
    "US news": ("news_allsides",),
    "BBC": ("news_bbc",),
    "ABC": ("news_abc",),
    "Reuters": ("fin_reutersc50",),
    "calls, Fed": ("fin_ectsum", "fin_fed"),
    "government": ("gov",),
    "prose": ("prose",),
}
MIXTURES: dict[str, list[float]] = {
    "US news alone": [1.0, 0.0, 0.0, 0.0, 0.0],
    "by size": [0.49, 0.06, 0.23, 0.19, 0.03],
    ".6 US news": [0.6, 0.2, 0.07, 0.09, 0.04],
    "as shipped": list(SHARES.values()),
    ".35 US news": [0.35, 0.4, 0.08, 0.12, 0.05],
}
Paragraphs = list[NDArray[np.int32]]


def development(corpus: Corpus, vocabulary: Vocabulary, clean: Path) -> dict[str, Paragraphs]:
    """Gather what every variant is asked about."""
    texts: dict[str, Paragraphs] = {}
    for group, prefixes in GROUPS.items():
        named = np.array([name.startswith(prefixes) for name in corpus.names])
        chosen = named[corpus.sources] & (corpus.splits == DEVELOPMENT)
        ids, _ = corpus.ids(vocabulary, chosen)
        parts = np.split(ids, np.flatnonzero(ids == START_ID))
        texts[group] = [part[1:] for part in parts if len(part) > 1]
    lines = [line for path in sorted(clean.glob("*.txt"))
             for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]  # fmt: skip
    texts["documents"] = [vocabulary.encode(words_of(line), initial=True) for line in lines]
    return texts


def measure(
    label: str,
    model: Sequence[Grams],
    vocabulary: Vocabulary,
    megabytes: float,
    texts: dict[str, Paragraphs],
) -> None:
    """Prune, write, read and ask one variant; print a line."""
    kept = prune(model, costs(len(model)), megabytes * 1e6)
    data = to_bytes(kept, vocabulary, {})
    lm = LanguageModel(np.frombuffer(data, dtype=np.uint8))
    cells = []
    for paragraphs in texts.values():
        rows = np.concatenate([lm.windows(ids) for ids in paragraphs])
        cells.append(f"{np.exp(-lm.score(rows).mean(dtype=np.float64)):12.1f}")
    print(f"{label:32}{len(data) / 1e6:6.1f}{lm.size / 1e6:6.1f}{''.join(cells)}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--clean", type=Path, default=ROOT.parent / "shared/corpus/clean")
    options = parser.parse_args()
    corpus = read_corpus(options.data)
    vocabulary = choose_vocabulary(corpus, 5)
    texts = development(corpus, vocabulary, options.clean)
    heads = "".join(f"{name:>12}" for name in texts)
    print(f"{'':32}{'MB':>6}{'M':>6}{heads}", flush=True)
    shipped = list(SHARES.values())
    for order in (3, 4, 5):
        models, _ = estimate_parts(corpus, vocabulary, SHARES, order)
        mixed = mix_models(models, shipped)
        for megabytes in (8, 16, 32, 1000) if order == 4 else (32, 1000):
            measure(f"order {order}, {megabytes} MB", mixed, vocabulary, megabytes, texts)
        del mixed
        for name, shares in MIXTURES.items() if order == 4 else ():
            used = [(model, share) for model, share in zip(models, shares, strict=True) if share]
            mixed = mix_models([model for model, _ in used], [share for _, share in used])
            measure(f"order 4, 32 MB, {name}", mixed, vocabulary, 32, texts)


if __name__ == "__main__":
    main()
