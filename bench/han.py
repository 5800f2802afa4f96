"""Simplified or traditional: messages of software, as packages carry them in both scripts.

    pip download --no-deps django sphinx wtforms home-assistant-frontend
    python bench/han.py *.whl

Read are the messages of gettext catalogues (zh_CN, zh_Hans; zh_TW, zh_Hant) and of JSON catalogues
named likewise. One counts if it has at least ten Han characters, and at least as many as Latin
letters; a passage is six of them in a row. Placeholders and mark-up are left in. Nothing is kept.
"""

from __future__ import annotations

import gettext
import importlib
import io
import json
import re
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from langid import seeded_langdetect

from unspun.config import TagConfig
from unspun.tagging import detect_many, tag_many

SCRIPTS = {"CN": "zh-Hans", "Hans": "zh-Hans", "TW": "zh-Hant", "Hant": "zh-Hant"}
NAMES = {"zh-cn": "zh-Hans", "zh-tw": "zh-Hant", "zh": "zh-Hans"}
LEAST, ROW = 10, 6
CONFIG = TagConfig()
_FILE = re.compile(
    r"(?:^|/)zh[-_](CN|TW|Hans|Hant)(?:/LC_MESSAGES/[^/]+\.mo|(?:-[0-9a-f]+)?\.json)$"
)
_HAN = re.compile("[\u3400-\u9fff]")
_LATIN = re.compile("[A-Za-z]")

Detect = Callable[[Sequence[str]], list[str]]


def strings(value: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    """All texts of a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from strings(part)


def messages(wheel: Path) -> dict[str, list[str]]:
    """The messages of a package that count, by script."""
    found: dict[str, set[str]] = {}
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if match := _FILE.search(name):
                data = archive.read(name)
                if name.endswith(".mo"):
                    catalogue = gettext.GNUTranslations(io.BytesIO(data))
                    texts: Iterator[str] = strings(
                        {str(k): v for k, v in vars(catalogue)["_catalog"].items() if k}
                    )
                else:
                    texts = strings(json.loads(data))
                found.setdefault(SCRIPTS[match[1]], set()).update(filter(counts, texts))
    return {script: sorted(texts) for script, texts in found.items()}


def counts(text: str) -> bool:
    return len(_HAN.findall(text)) >= max(LEAST, len(_LATIN.findall(text)))


def peers() -> dict[str, Detect]:
    """Detectors that tell the scripts apart, those that are installed."""
    found: dict[str, Detect] = {}
    for name, make in (("langdetect", partial(seeded_langdetect, ())), ("pycld2", _pycld2)):
        try:
            found[name] = make()
        except ImportError:
            print(f"{name} is not installed")
    return found


def _pycld2() -> Detect:
    module = importlib.import_module("pycld2")

    def one(text: str) -> str:
        try:
            return str(module.detect(text)[2][0][1])
        except module.error:
            return "und"

    return lambda texts: [one(text) for text in texts]


def main() -> None:
    everyone: dict[str, Detect] = {
        **peers(),
        "unspun": lambda texts: [found.language for found in tag_many(texts, CONFIG)],
        "unspun detect": lambda texts: [found.language for found in detect_many(texts, CONFIG)],
    }
    print(f"{'% right':58}" + "".join(f"{name:>15}" for name in everyone))
    totals = {name: [0, 0] for name in everyone}
    for wheel in map(Path, sys.argv[1:]):
        for script, single in messages(wheel).items():
            if not single:
                continue
            rows = ["".join(single[k : k + ROW]) for k in range(0, len(single), ROW)]
            for kind, texts in (("messages", single), ("passages", rows)):
                cells = ""
                for name, detect in everyone.items():
                    right = sum(NAMES.get(x, x) == script for x in detect(texts))
                    cells += f"{100 * right / len(texts):15.2f}"
                    if kind == "passages":
                        totals[name][0] += right
                        totals[name][1] += len(texts)
                print(f"{wheel.name.split('-')[0]:30}{script:10}{len(texts):7} {kind:10}{cells}")
    if all(count for _, count in totals.values()):
        cells = "".join(f"{100 * right / count:15.2f}" for right, count in totals.values())
        print(f"{'all passages':58}{cells}")


if __name__ == "__main__":
    main()
