"""Repair and speed of the normalise stage beside ftfy (and plsfix and clean-text, where installed).

    python bench/normalise.py UDHR_FOLDER [--sentences FILE.jsonl.zst]

Repair: paragraphs of the Universal Declaration of Human Rights in forty languages, damaged by a
seeded corrupter in known ways; a paragraph counts when it comes back exactly. Speed: the clean
paragraphs, the same with one in twenty damaged, and all damaged.
"""

from __future__ import annotations

import argparse
import html
import importlib
import io
import json
import random
import re
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path

import ftfy
import zstandard
from charset_normalizer import from_bytes

from unspun import edits, normalise
from unspun.config import NormaliseConfig
from unspun.encodings.detect import ranked

SEED = 20261122
LANGUAGES = (  # noqa: SIM905 - as a list it would be forty lines
    "fra deu_1996 spa por_PT ita cat nld dan swe nob fin isl pol ces slk hun ron_2006 hrv slv "
    "rus ukr bul srp_cyrl mkd ell_monotonic tur heb arb pes_1 lit lav vie tha jpn cmn_hans kor "
    "hin ben tam kat hye amh eng"
).split()
PAGES = (  # noqa: SIM905
    "latin-1 cp1252 cp1250 cp1251 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 iso8859-2 iso8859-7 "
    "iso8859-9 iso8859-15 mac-roman mac-latin2 cp437 cp850 cp852 koi8-r koi8-u cp866"
).split()
LEGACY = {
    "fra": "cp1252 mac-roman cp850 iso8859-15",
    "deu_1996": "cp1252 cp437 cp850",
    "spa": "cp1252 mac-roman",
    "por_PT": "cp1252",
    "swe": "cp1252",
    "ita": "cp1252",
    "isl": "cp1252",
    "dan": "cp1252",
    "fin": "cp1252",
    "pol": "cp1250 iso8859-2 cp852",
    "ces": "cp1250 iso8859-2",
    "hun": "cp1250 iso8859-2 cp852",
    "ron_2006": "cp1250",
    "rus": "cp1251 koi8-r cp866 iso8859-5 mac-cyrillic",
    "ukr": "cp1251 koi8-u",
    "bul": "cp1251",
    "ell_monotonic": "cp1253 iso8859-7",
    "tur": "cp1254",
    "heb": "cp1255",
    "arb": "cp1256",
    "lit": "cp1257",
    "tha": "cp874",
    "jpn": "shift_jis euc_jp",
    "cmn_hans": "gb18030",
    "kor": "cp949",
}
Repair = Callable[[str], str]


def misread(text: str, page: str) -> str:
    """UTF-8 read with a code page, as browsers read it: undefined bytes become C1 controls."""
    data = text.encode("utf-8")
    return "".join(bytes([byte]).decode(page, "ignore") or chr(byte) for byte in data)


def paragraphs(folder: Path) -> dict[str, list[str]]:
    """Some clean paragraphs of each language."""
    found: dict[str, list[str]] = {}
    for name in LANGUAGES:
        file = folder / f"{name}.html"
        if not file.exists():
            print(f"no {file.name}")
            continue
        text = html.unescape(re.sub("<[^>]+>", "", file.read_text(encoding="utf-8")))
        lines = (" ".join(part.split()) for part in re.split(r"\n\s*\n", text))
        found[name] = [line for line in lines if len(line) > 60 and not line.isascii()][:30]
    return found


def sentences(file: Path) -> dict[str, list[str]]:
    """Web sentences of each language (JSON Lines, zstd), without those that came damaged."""
    found: dict[str, list[str]] = defaultdict(list)
    with file.open("rb") as raw:
        stream = zstandard.ZstdDecompressor().stream_reader(raw)
        for line in io.TextIOWrapper(stream, encoding="utf-8", newline=""):
            row = json.loads(line)
            text = row["text"]
            usable = row["set"] == "leipzig_sent" and len(text) > 50 and not text.isascii()
            whole = ftfy.fix_encoding(text) == text and not set(text) & set("&\ufffd\xad\u200b")
            if usable and whole:
                found[row["language"]].append(text)
    return {name: lines for name, lines in sorted(found.items()) if len(lines) >= 5}


def one_word_right(text: str, page: str, rng: random.Random) -> str:
    """All broken but one word."""
    words = text.split(" ")
    beyond = [at for at, word in enumerate(words) if not word.isascii()]
    keep = rng.choice(beyond)
    return " ".join(word if at == keep else misread(word, page) for at, word in enumerate(words))


def half_broken(text: str, page: str, rng: random.Random) -> str:
    """Every other word broken."""
    return " ".join(misread(word, page) if rng.random() < 0.5 else word for word in text.split(" "))


def twice(text: str, page: str, _rng: random.Random) -> str:
    """Two layers of the same code page."""
    return misread(misread(text, page), page)


def whole(text: str, page: str, _rng: random.Random) -> str:
    """One layer."""
    return misread(text, page)


def emoji(text: str, page: str, _rng: random.Random) -> str:
    """One layer, with curly quotes and an emoji."""
    return misread(f"“{text}” 😀", page)


KINDS: tuple[Callable[[str, str, random.Random], str], ...] = (
    whole,
    twice,
    emoji,
    one_word_right,
    half_broken,
)


def ours(text: str) -> str:
    """The repaired text."""
    return edits.apply(text, normalise.normalise(text, NormaliseConfig()))


def repairers() -> dict[str, Repair]:
    """The tools by name."""
    found: dict[str, Repair] = {"unspun": ours, "ftfy": ftfy.fix_encoding}
    try:
        plsfix = importlib.import_module("plsfix")
    except ImportError:
        print("plsfix is not installed: left out")
    else:
        found["plsfix"] = plsfix.fix_text
    return found


def cleaners() -> dict[str, Repair]:
    """Tools that do more than repair, whose results are not compared: without case and ASCII."""
    try:
        cleantext = importlib.import_module("cleantext")
    except ImportError:
        print("clean-text is not installed: left out")
        return {}
    return {"cleantext": partial(cleantext.clean, lower=False, to_ascii=False)}


def repair(material: dict[str, list[str]], per_cell: int) -> list[tuple[str, str]]:
    """Print exact repair by kind of damage; returns the damaged pairs."""
    rng = random.Random(SEED)  # noqa: S311 - damage, not secrets
    tools = repairers()
    right: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    total: dict[str, int] = defaultdict(int)
    pairs = []
    for language, lines in material.items():
        for page in PAGES:
            for kind in KINDS:
                for line in rng.sample(lines, min(per_cell, len(lines))):
                    text = f"“{line}” 😀" if kind is emoji else line
                    broken = kind(line, page, rng)
                    if broken == text:
                        continue
                    pairs.append((text, broken))
                    exact = {name: _same(tool, broken, text) for name, tool in tools.items()}
                    for key in (kind.__name__, f"page {page}", f"language {language}", "all"):
                        total[key] += 1
                        for name, same in exact.items():
                            right[key][name] += same
    print(f"{'exactly repaired':24}{'cases':>8}" + "".join(f"{name:>9}" for name in tools))
    for key, count in total.items():
        shares = "".join(f"{right[key][name] / count:9.1%}" for name in tools)
        print(f"{key:24}{count:8,}{shares}")
    return pairs


def _same(tool: Repair, broken: str, text: str) -> bool:
    try:
        return tool(broken) == text
    except UnicodeError:  # plsfix refuses lone surrogates
        return False


def speed(pairs: list[tuple[str, str]]) -> None:
    """Print megabytes a second of one core; ftfy also with its defaults, which restyle as well."""
    clean = _documents([text for text, _ in pairs])  # with the emoji and curly quotes
    broken = _documents([broken for _, broken in pairs])
    twentieth = [
        bad if at % 20 == 0 else good
        for at, (good, bad) in enumerate(zip(clean, broken, strict=False))
    ]
    english = _documents(
        [f"This is the {n}th line, and it’s plain: nothing to mend." for n in range(20000)]
    )
    plain = [document.replace("’", "'") for document in english]
    tools = {**repairers(), **cleaners(), "fix_text": ftfy.fix_text}
    print(f"{'MB/s':24}" + "".join(f"{name:>10}" for name in tools))
    for label, documents in {
        "plain ASCII": plain,
        "English, clean": english,
        "40 languages, clean": clean,
        "one in twenty damaged": twentieth,
        "all damaged": broken,
    }.items():
        size = sum(len(document.encode("utf-8", "replace")) for document in documents) / 1e6
        rates = []
        for tool in tools.values():
            tool(documents[0])  # tables are read once
            start = time.process_time()
            for document in documents:
                tool(document)
            rates.append(size / (time.process_time() - start))
        print(f"{label:24}" + "".join(f"{rate:10.2f}" for rate in rates))
        print(f"{'  of fix_text':24}" + "".join(f"{rate / rates[-1]:10.1f}" for rate in rates))


def _documents(lines: list[str]) -> list[str]:
    documents, current = [], ""
    for line in lines:
        current += line + "\n"
        if len(current) > 5000:
            documents.append(current)
            current = ""
    return documents[:200]


def detection(material: dict[str, list[str]]) -> None:
    """Print how many paragraphs in legacy encodings are read right."""
    ours = theirs = count = 0
    for name, lines in material.items():
        for encoding in LEGACY.get(name, "").split():
            for line in lines:
                data = line.encode(encoding, "ignore")
                text = data.decode(encoding)
                if data.isascii() or len(text) < 0.97 * len(line):
                    continue
                count += 1
                found = ranked(data)
                ours += bool(found) and data.decode(found[0], "replace") == text
                best = from_bytes(data).best()
                theirs += best is not None and data.decode(best.encoding, "replace") == text
    print(f"legacy paragraphs read right, of {count}: unspun {ours}, charset-normalizer {theirs}")


def main() -> None:
    """Run all parts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--per-cell", type=int, default=1)
    parser.add_argument("--sentences", type=Path, help="sentences to damage as well")
    arguments = parser.parse_args()
    if arguments.sentences:
        repair(sentences(arguments.sentences), arguments.per_cell)
    material = paragraphs(arguments.folder)
    detection(material)
    speed(repair(material, arguments.per_cell))


if __name__ == "__main__":
    main()
