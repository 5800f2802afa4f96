"""Test sets as sacrebleu and the WMT lay them out: one source, references, systems' outputs.

`newstest2021.zh-en.src.zh` stands beside `newstest2021.zh-en.hyp.NAME.en` and `...ref.A.en`;
sacrebleu's own cache has `wmt21.zh-en.src` and `wmt21.zh-en.ref`, and `.docid` for documents.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from unspun.checking import Languages
from unspun.errors import InputError, unknown_name

_NAME = re.compile(
    r"(?P<set>.+?)\.(?P<pair>[a-z]{2,3}-[a-z]{2,3})\.(?P<part>src|ref|hyp|docid)"
    r"(?:\.(?P<name>.+?))??(?:\.(?P<language>[a-z]{2,3}))?"
)


class TestSet(NamedTuple):
    """The files of a test set.

    Attributes:
        source: The source's file.
        translations: The file of each system or reference, by name.
        languages: Of source and translations.
    """

    source: Path
    translations: dict[str, Path]
    languages: Languages


def find(folder: Path) -> TestSet | None:
    """The test set of a folder; None where its files are not laid out as one.

    Raises:
        InputError: if the folder holds several.
    """
    sources: list[tuple[Path, re.Match[str]]] = []
    translations: dict[str, Path] = {}
    for file in sorted(folder.iterdir()):
        match = _NAME.fullmatch(file.name)
        if match is None or not file.is_file():
            continue
        if match["part"] == "src":
            sources.append((file, match))
        elif match["part"] in ("hyp", "ref"):
            name = match["name"] or ("reference" if match["part"] == "ref" else "system")
            translations[f"ref.{name}" if match["part"] == "ref" and match["name"] else name] = file
    if not sources:
        return None
    if len(sources) > 1:
        names = ", ".join(file.name for file, _ in sources)
        raise InputError(f"{folder}: several test sets ({names}): name two files")
    file, match = sources[0]
    ours, _, theirs = match["pair"].partition("-")
    return TestSet(file, translations, Languages(ours, theirs))


def choose(found: TestSet, system: str | None, folder: Path) -> dict[str, Path]:
    """The translations to look at: one by name, or all.

    Raises:
        InputError: for an unknown name, or a test set without translations.
    """
    if not found.translations:
        raise InputError(f"{folder}: a source without translations")
    if system is None:
        return found.translations
    if system not in found.translations:
        raise InputError(f"{folder}: {unknown_name('system', system, found.translations)}")
    return {system: found.translations[system]}
