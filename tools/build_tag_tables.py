"""Build the tagger's tables from what the installed packages know.

    python tools/build_tag_tables.py [OUT]

Three sources, no text of anybody's:

- ``regex`` carries Unicode's Script and Script_Extensions properties: ``tag_scripts.npz``.
- ``langdetect`` carries n-gram profiles of 55 languages (Shuyo 2010, Apache-2.0):
  ``tag_profiles.npz`` holds them in lower case, one column a language of its script.
- The standard codecs know which Han characters each national standard has: a character of
  GB 2312 that Big5 lacks is simplified, the other way round traditional; so is a common one of
  GB 2312 (its first level) that Big5 has among the rare ones (its second): ``tag_han.npz``.
"""

# ruff: noqa: SIM905 - lists of names read better as text

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path

import langdetect
import numpy as np
import regex
from langdetect.utils.ngram import NGram

from unspun.tagging import han

SCRIPTS = (
    "Latn Cyrl Arab Deva Hani Hira Kana Bopo Hang Grek Hebr Beng Gujr Guru Taml Telu Knda "
    "Mlym Thai Armn Geor Ethi Khmr Laoo Mymr Sinh Tibt Orya Mong Thaa Cher Cans Syrc Nkoo "
    "Tfng Java Bali Sund Olck Vaii Yiii Adlm Copt Goth Runr Ogam Lana Talu Tale Cham Mtei "
    "Saur Lepc Limb Newa Rohg Syrl Tglg Hmnp Osge Bugi Buhd Hano Tagb Batk Rjng Kali Samr "
    "Mand Phag Egyp Xsux Sylo Cakm Tirh Sidd Modi Takr Shrd Gran Khar Brah Kthi Mahj Khoj "
    "Sind Ital Linb Lina Cprt Phnx Lydi Lyci Cari Ugar Xpeo Avst Armi Prti Phli Phlp Merc "
    "Mero Sarb Narb Nbat Palm Hatr Orkh Hung Elba Glag Perm Aghb Bass Mend Mroo Hmng Pauc "
    "Wara Bhks Marc Nshu Tang Soyo Zanb Gonm Gong Dogr Maka Sogd Sogo Elym Nand Wcho Yezi "
    "Chrs Diak Kits Cpmn Vith Toto Ougr Kawi Nagm Shaw Dsrt Osma Sora Ahom"
).split()

READERS = {
    "Latn": (
        "af ca cs cy da de en es et fi fr hr hu id it lt lv nl no pl pt ro sk sl so sq sv "
        "sw tl tr vi"
    ).split(),
    "Cyrl": ["bg", "mk", "ru", "uk"],
    "Arab": ["ar", "fa", "ur"],
    "Deva": ["hi", "mr", "ne"],
}
FLOOR = 0.5 / 10_000  # langdetect's alpha / BASE_FREQ (Detector._update_lang_prob)


def script_ranges() -> tuple[np.ndarray, np.ndarray, list[str]]:
    """First code point of each range of one script, that script's number, and the names."""
    table = np.zeros(0x110000, np.uint8)
    characters = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x110000)]))
    known = []
    for name in SCRIPTS:
        try:
            pattern = regex.compile(rf"\p{{Script={name}}}+")
        except regex.error:
            continue  # a script younger than this regex
        known.append(name)
        for match in pattern.finditer(characters):
            codes = np.frombuffer(match[0].encode("utf-32-le"), np.uint32)
            table[codes] = len(known)
    # Letters of common script that one script alone uses, such as the prolonged sound mark.
    for name in ("Hira", "Kana", "Hani", "Bopo"):
        pattern = regex.compile(rf"(?:(?=\p{{Script=Common}})(?=\p{{L}})\p{{scx={name}}})+")
        for match in pattern.finditer(characters):
            codes = np.frombuffer(match[0].encode("utf-32-le"), np.uint32)
            table[codes] = np.where(table[codes] == 0, known.index(name) + 1, table[codes])
    starts = np.flatnonzero(np.diff(table, prepend=255))
    return starts.astype(np.uint32), table[starts], ["Zyyy", *known]


def profiles() -> dict[str, dict[str, float]]:
    """Relative frequency of each n-gram, lower case, by language; both Chinese left out."""
    folder = Path(langdetect.__file__).parent / "profiles"
    result: dict[str, dict[str, float]] = {}
    for file in sorted(folder.iterdir()):
        data = json.loads(file.read_text(encoding="utf-8"))
        table: dict[str, float] = defaultdict(float)
        for gram, count in data["freq"].items():
            lower = gram.lower()
            key = lower if len(lower) == len(gram) else gram
            if 1 <= len(key) <= 3:
                table[key] += count / data["n_words"][len(gram) - 1]
        result[data["name"]] = table
    return result


def letters_of(script: str) -> dict[int, str]:
    """Each code point of a script with the letter that langdetect reads it as."""
    result = {}
    pattern = regex.compile(rf"\p{{Script={script}}}")
    for code in range(0x3000):
        lower = chr(code).lower()
        if pattern.match(chr(code)) and len(lower) == 1:
            read = NGram.normalize(lower)
            if read != " ":
                result[code] = read
    return result


def reader_arrays() -> dict[str, np.ndarray]:
    """All readers in one table: letters, n-grams as three letter codes, sparse weights."""
    source = profiles()
    codes: dict[str, int] = {" ": 0}
    points, values = [], []
    entries: list[tuple[int, int, float]] = []
    rows: dict[tuple[int, int, int], int] = {}
    for script, languages in READERS.items():
        letters = letters_of(script)
        used = {c for name in languages for gram in source[name] for c in gram}
        for code, letter in letters.items():
            if letter in used:
                points.append(code)
                values.append(codes.setdefault(letter, len(codes)))
        alphabet = {letter: codes[letter] for letter in letters.values() if letter in codes}
        alphabet[" "] = 0
        for column, name in enumerate(languages):
            for gram, value in source[name].items():
                if gram != " " and all(c in alphabet for c in gram):
                    key = _key(gram, alphabet)
                    row = rows.setdefault(key, len(rows) + 1)
                    entries.append((row, column, float(np.log1p(value / FLOOR))))
    entries.sort()
    return {
        "points": np.array(points, np.uint32),
        "codes": np.array(values, np.uint16),
        "grams": np.array(list(rows), np.uint16),
        "row": np.array([e[0] for e in entries], np.uint32),
        "column": np.array([e[1] for e in entries], np.uint8),
        "weight": np.array([e[2] for e in entries], np.float16),
    }


def _key(gram: str, alphabet: dict[str, int]) -> tuple[int, int, int]:
    """Three letter codes; 65535 stands before a gram shorter than three."""
    known = [alphabet[c] for c in gram]
    full = [65535] * (3 - len(known)) + known
    return full[0], full[1], full[2]


GB_RARE, BIG5_RARE = 0xD8, 0xC9
"""First byte from which a standard's characters are those of its second level."""
TRADITIONAL = "於後藉姊"
"""What GB 2312 has, but simplified text does not: it writes 于 后 借 姐."""
CANTONESE = "嘅咗喺哋啲嚟嘢乜"
"""What Cantonese is written with, in Hong Kong and so in traditional script."""


def han_arrays() -> dict[str, np.ndarray]:
    """Han characters of one variant of Chinese, and those that Japanese is written with, too.

    A form that Japan alone has made counts for both variants: a line with it is mixed.
    """
    points = [*range(0x3400, 0xA000)]

    def within(codec: str) -> dict[int, int]:
        """Characters of a standard, with their first byte."""
        coded = {point: chr(point).encode(codec, "ignore") for point in points}
        return {point: octets[0] for point, octets in coded.items() if octets}

    mainland, taiwan, japan = within("gb2312"), within("big5"), within("shift_jis")
    rare = {p for p, b in mainland.items() if b < GB_RARE and taiwan.get(p, 0) >= BIG5_RARE}
    new = set(map(ord, han.SHINJITAI)) - mainland.keys() - taiwan.keys()
    hans = (mainland.keys() - taiwan.keys()) | rare | new
    hant = (taiwan.keys() - mainland.keys()) | set(map(ord, TRADITIONAL + CANTONESE)) | new
    return {
        "hans": np.array(sorted(hans), np.uint16),
        "hant": np.array(sorted(hant), np.uint16),
        "japanese": np.array(sorted((hans | hant) & japan.keys()), np.uint16),
    }


def main() -> None:
    """Write the tables."""
    out = Path(sys.argv[1] if len(sys.argv) > 1 else "src/unspun/data")
    starts, scripts, names = script_ranges()
    np.savez_compressed(out / "tag_scripts.npz", starts=starts, scripts=scripts, names=names)
    np.savez_compressed(
        out / "tag_profiles.npz",
        **reader_arrays(),
        readers=np.array([f"{k} {' '.join(v)}" for k, v in READERS.items()]),
    )
    np.savez_compressed(out / "tag_han.npz", **han_arrays())
    for name in ("tag_scripts", "tag_profiles", "tag_han"):
        print(f"{name}.npz {(out / f'{name}.npz').stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
