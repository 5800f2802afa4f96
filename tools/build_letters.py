"""Distil letter statistics for encoding detection from langdetect's profiles.

The profiles (Apache-2.0) come with the langdetect package: counts of letters and letter pairs in 55
languages. Kept are letters beyond ASCII and pairs with at least one, as tenths of bits.

    python tools/build_letters.py src/unspun/data/letters.json
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import langdetect

LANGUAGES = (  # noqa: SIM905 - as a list it would be forty lines
    "af ar bg bn ca cs cy da de el en es et fa fi fr gu he hi hr hu id it ja kn ko lt lv mk ml mr "
    "ne nl no pa pl pt ro ru sk sl so sq sv sw ta te th tl tr uk ur vi"
).split()
ICELANDIC = {  # not among the profiles: shares of its letters, rounded
    "ð": 0.044,
    "á": 0.018,
    "í": 0.016,
    "þ": 0.015,
    "ó": 0.010,
    "æ": 0.009,
    "ö": 0.008,
    "é": 0.006,
    "ú": 0.006,
    "ý": 0.002,
}
RAREST = 2e-5
PAIRS = 600


def statistics(name: str) -> dict[str, dict[str, int]]:
    """Bits of single letters, and of letters after a letter, in tenths."""
    path = Path(langdetect.__path__[0], "profiles", name)
    counts = json.loads(path.read_text(encoding="utf-8"))["freq"]
    singles = {gram: count for gram, count in counts.items() if len(gram) == 1}
    total = sum(singles.values())
    pairs = {gram: count for gram, count in counts.items() if len(gram) == 2 and not gram.isascii()}
    kept = {gram: count for gram, count in singles.items() if count / total > RAREST}
    before: dict[str, int] = {}
    for gram, count in counts.items():
        if len(gram) == 2:
            before[gram[0]] = before.get(gram[0], 0) + count
    often = sorted(pairs, key=lambda gram: (-pairs[gram], gram))[:PAIRS]
    return {
        "letters": {gram: _tenths(kept[gram] / total) for gram in sorted(kept) if gram > "\x7f"},
        "pairs": {gram: _tenths(pairs[gram] / before[gram[0]]) for gram in sorted(often)},
    }


def _tenths(probability: float) -> int:
    return round(-10 * math.log2(probability))


def main() -> None:
    """Write the table to the path that is given."""
    table = {name: statistics(name) for name in LANGUAGES}
    letters = {letter: _tenths(share) for letter, share in sorted(ICELANDIC.items())}
    table["is"] = {"letters": letters, "pairs": {}}
    text = json.dumps(table, ensure_ascii=False, separators=(",", ":"))
    Path(sys.argv[1]).write_text(text + "\n", encoding="utf-8")
    print(f"{len(table)} languages, {len(text.encode()):,} bytes")


if __name__ == "__main__":
    main()
