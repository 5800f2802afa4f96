"""Train the model that tells machine-translated English from written English.

    python tools/train_origin.py DATA [OUT]

DATA holds ``mt/`` (WMT, MLQE-PE, TED) and ``lm-text/``. The split is by year, system and source:

- train, translated: WMT21 zh-en without the online systems, the 13 systems of WMT21 on talks,
  MLQE-PE dev (ro-en, et-en), TED system 1;
- train, written: the references of these, and the text sources not named below;
- calibration: the online systems of WMT21 and TED system 2, against BBC and Federal Reserve
  speeches;
- test: WMT23 (other year, other systems) and MLQE-PE test20, against the WMT23 reference and the
  sources of ``TEST_TEXT``.

A document is twelve segments in a row. The model is a logistic regression with an L2 penalty,
trained by full-batch Adam; weights are stored in 8 bits.
"""

from __future__ import annotations

import csv
import random
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import zstandard

from unspun.tagging import style

TEST_TEXT = (
    "news_abc_au",
    "fin_wsj_sample",
    "gov_senate_press",
    "tech_rust_blog",
    "news_agnews_test",
)
CALIBRATION_TEXT = ("news_bbc", "fin_fed_speech_fomc")
SEGMENTS = 12
PER_SOURCE = 700
"""Written documents taken of a source; three times as many where they train."""
RNG = random.Random(20261122)  # noqa: S311 - a fixed draw


def lines(path: Path) -> list[str]:
    """Lines of a segment file, detokenised."""
    return [*map(detokenised, path.read_text(encoding="utf-8").splitlines())]


def detokenised(line: str) -> str:
    """A line without the blanks that a tokeniser put in."""
    return re.sub(r" ([.,;:?!)%]|'s\b|n't\b)", r"\1", line)


def talks(path: Path) -> dict[str, list[str]]:
    """Segments of each system on the talks that experts have marked, marks taken out."""
    found: dict[str, dict[int, str]] = defaultdict(dict)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            text = detokenised(re.sub(r"</?v>", "", row["target"]))
            found[row["system"]].setdefault(int(row["seg_id"]), text)
    return {system: [texts[k] for k in sorted(texts)] for system, texts in found.items()}


def documents(segments: list[str], step: int = SEGMENTS) -> list[str]:
    """Documents of twelve segments in a row."""
    return [" ".join(segments[k : k + SEGMENTS]) for k in range(0, len(segments) - SEGMENTS, step)]


def written(path: Path, most: int) -> list[str]:
    """Documents of some 300 words from a text source."""
    with path.open("rb") as file:
        data = zstandard.ZstdDecompressor().stream_reader(file).read(12_000_000)
    paragraphs = data.decode("utf-8", "ignore").splitlines()
    found, current, words = [], [], 0
    for paragraph in paragraphs:
        current.append(paragraph)
        words += len(paragraph.split())
        if words >= 300:
            found.append("\n".join(current))
            current, words = [], 0
    RNG.shuffle(found)
    return found[:most]


def material(data: Path) -> Iterator[tuple[str, str, int, str]]:  # noqa: C901, PLR0912 - a list
    """Part, source, label (1 translated) and text of every document."""
    for path in sorted((data / "mt/wmt21_zhen").glob("*.hyp.*.en")):
        online = ".Online-" in path.name
        part = "calibrate" if online else "train"
        for text in documents(lines(path), SEGMENTS):
            yield part, path.name, 1, text
    for path in sorted((data / "mt/wmt23_zhen").glob("*.hyp.*.en")):
        for text in documents(lines(path)):
            yield "test", path.name, 1, text
    for pair, held in (("ro-en", "train"), ("et-en", "train")):
        for part, name in (("train", "dev"), ("test", "test20")):
            folder = data / f"mt/mlqe_pe/{pair}-{name}"
            for text in documents(lines(folder / f"{name}.mt")):
                yield held if part == "train" else part, f"mlqe {pair}", 1, text
    ted = data / "mt/compare_mt_ted"
    for name, part, label in (("sys1", "train", 1), ("sys2", "calibrate", 1), ("ref", "train", 0)):
        for text in documents(lines(ted / f"ted.{name}.detok.eng")):
            yield part, f"ted {name}", label, text
    for system, segments in talks(data / "mt/wmt_mqm/mqm_ted_zhen.tsv").items():
        human = system.startswith("ref")
        for text in documents(segments, 4 if human else SEGMENTS):
            yield "train", f"talks {system}", int(not human), text
    for part, file in (("train", "wmt21_zhen/newstest2021.zh-en.ref.A.en"),
                       ("test", "wmt23_zhen/generaltest2023.zh-en.ref.refA.en")):  # fmt: skip
        for text in documents(lines(data / "mt" / file), 4 if part == "train" else SEGMENTS):
            yield part, f"{file} (human)", 0, text
    for path in sorted((data / "lm-text").glob("*.zst")):
        name = path.name.split(".")[0]
        part = "test" if name in TEST_TEXT else "calibrate" if name in CALIBRATION_TEXT else "train"
        for text in written(path, PER_SOURCE * 3 if part == "train" else PER_SOURCE):
            yield part, name, 0, text


def fit(
    x: np.ndarray, y: np.ndarray, penalty: float = 3e-5, rounds: int = 60
) -> tuple[np.ndarray, float]:
    """Logistic regression, both classes of equal weight, by Adam (Kingma and Ba 2015)."""
    weight = np.where(y == 1, 0.5 / y.mean(), 0.5 / (1 - y.mean())).astype(np.float32)
    theta = np.zeros(x.shape[1] + 1, np.float32)
    first, second = np.zeros_like(theta), np.zeros_like(theta)
    for step in range(1, rounds + 1):
        p = 1 / (1 + np.exp(-(x @ theta[:-1] + theta[-1])))
        error = weight * (p - y) / len(y)
        gradient = np.append(x.T @ error + penalty * theta[:-1], error.sum())
        first = 0.9 * first + 0.1 * gradient
        second = 0.999 * second + 0.001 * gradient**2
        rate = 0.3 * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
        theta -= rate.astype(np.float32)
    return theta[:-1], float(theta[-1])


def auc(score: np.ndarray, y: np.ndarray) -> float:
    """Area under the ROC curve: how often a translated document outranks a written one."""
    order = np.argsort(np.argsort(score)) + 1
    ones = int(y.sum())
    return float((order[y == 1].sum() - ones * (ones + 1) / 2) / (ones * (len(y) - ones)))


def main() -> None:
    """Train, calibrate, test, write."""
    data = Path(sys.argv[1])
    out = Path(sys.argv[2] if len(sys.argv) > 2 else "src/unspun/data/tag_origin.npz")
    rows = [(p, s, y, f) for p, s, y, t in material(data) if (f := style.features(t)) is not None]
    x = np.stack([f for *_, f in rows])
    y = np.array([label for _, _, label, _ in rows], np.float32)
    part = np.array([p for p, *_ in rows])
    source = np.array([s for _, s, *_ in rows])
    weights, bias = fit(x[part == "train"], y[part == "train"])
    scale = float(np.abs(weights).max() / 127)
    small = np.rint(weights / scale).astype(np.int8)
    score = x @ (small * scale).astype(np.float32) + bias
    held = part == "calibrate"
    (slope,), shift = fit(score[held][:, None], y[held], 1e-3)
    np.savez_compressed(out, weights=small, scale=scale, bias=bias, slope=slope, shift=shift)
    odds = slope * score + shift
    for name in ("train", "calibrate", "test"):
        mine = part == name
        print(f"{name:10} {int(mine.sum()):6} documents, AUC {auc(odds[mine], y[mine]):.4f}")
    test = part == "test"
    plain = test & ~np.char.endswith(source, "(human)")
    print(f"test without the human translation: AUC {auc(odds[plain], y[plain]):.4f}")
    for name in sorted(set(source[test])):
        mine = test & (source == name)
        print(f"  {name:50} {int(mine.sum()):5}  called translated {np.mean(odds[mine] > 0):.3f}")
    print(f"{out} {out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
