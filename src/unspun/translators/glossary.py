"""Glossaries: a TSV file of terms and what they must become."""

from __future__ import annotations

from pathlib import Path

from unspun.errors import InputError
from unspun.translation.protocol import Term


def read(path: Path) -> tuple[Term, ...]:
    """The terms of a file: a term, a tabulator, its translation; '#' begins a remark.

    A term that is to stay as it is needs no translation. Longer terms come first.

    Raises:
        InputError: naming the line that is no pair, or a term that is given twice.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: a glossary is UTF-8 text ({error})") from error
    terms: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        source, _, target = (part.strip() for part in line.partition("\t"))
        target = target.split("\t")[0].strip() or source
        if not source:
            raise InputError(f"{path}:{number}: no term before the tabulator")
        if terms.setdefault(source, target) != target:
            raise InputError(f"{path}:{number}: {source!r} has two translations")
    return tuple(Term(s, t) for s, t in sorted(terms.items(), key=lambda p: (-len(p[0]), p[0])))
