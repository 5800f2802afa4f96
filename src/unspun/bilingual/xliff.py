"""XLIFF 1.2 (OASIS, 2008) and 2.0 (OASIS, 2014): files on their way through translation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from unspun.bilingual.inline import Inline
from unspun.bilingual.xml import events
from unspun.checking import Languages, Unit
from unspun.errors import InputError

_PASSED_OVER = frozenset(
    {"alt-trans", "matches", "match", "ignorable", "glossary", "note", "notes"}
)
"""Elements whose segments are no translation of this file: suggestions, remarks."""


class _Reader:
    """The state between the events of a file."""

    def __init__(self, where: str, wanted: Languages) -> None:
        self.where = where
        self.wanted = wanted
        self.declared = Languages()
        self.text: Inline | None = None
        self.part = ""
        self.inside = 0  # elements that are open in the text, which may be named as it is
        self.source = self.target = ""
        self.id = self.id_of_segment = self.document = ""
        self.line = self.segments = 0
        self.passed_over = 0
        self.frozen: list[bool] = []

    @property
    def languages(self) -> Languages:
        """Of the file, unless others were asked for."""
        return Languages(
            self.wanted.source if self.wanted.source != "und" else self.declared.source,
            self.wanted.target if self.wanted.target != "und" else self.declared.target,
        )

    def start(self, name: str, attributes: dict[str, str], line: int) -> None:
        if self.passed_over or name in _PASSED_OVER:
            self.passed_over += 1
        elif self.text is not None:
            self.inside += 1
            self.text.start(name, attributes)
        elif name == "xliff":
            self._declare(attributes.get("srcLang"), attributes.get("trgLang"))
        elif name == "file":
            self._declare(attributes.get("source-language"), attributes.get("target-language"))
            self.document = attributes.get("original") or attributes.get("id", "")
        elif name in ("group", "unit", "trans-unit"):
            outer = self.frozen[-1] if self.frozen else False
            self.frozen.append(
                {"no": True, "yes": False}.get(attributes.get("translate", ""), outer)
            )
            if name != "group":
                self.id, self.segments = attributes.get("id", ""), 0
                self._begin(line)
        elif name == "segment":
            self.segments += 1
            self._begin(line)
            self.id_of_segment = attributes.get("id", str(self.segments))
        elif name in ("source", "target"):
            self.text, self.part = Inline(), name

    def _begin(self, line: int) -> None:
        self.source = self.target = ""
        self.line = line

    def _declare(self, source: str | None, target: str | None) -> None:
        self.declared = Languages(source or self.declared.source, target or self.declared.target)

    def end(self, name: str) -> Unit | None:
        if self.passed_over:
            self.passed_over -= 1
        elif self.text is not None and self.inside:
            self.inside -= 1
            self.text.end(name)
        elif self.text is not None:
            if self.part == "source":
                self.source = self.text.value()
            else:
                self.target = self.text.value()
            self.text = None
        elif name in ("group", "unit"):
            self.frozen.pop()
        elif name in ("trans-unit", "segment"):
            frozen = self.frozen.pop() if name == "trans-unit" else self.frozen[-1:] == [True]
            return None if frozen else self._unit(name)
        return None

    def _unit(self, name: str) -> Unit:
        id_ = f"{self.id}/{self.id_of_segment}" if name == "segment" else self.id
        return Unit(self.source, self.target, id_, self.document, self.line)


def read(
    pieces: Iterable[bytes], where: str, wanted: Languages
) -> Iterator[tuple[Languages, Unit]]:
    """The units of a file that are to be translated, with its languages.

    Args:
        pieces: The file's content.
        where: Its name, for errors.
        wanted: Languages that are known better than the file says; `und` for the file's.

    Raises:
        InputError: if it is no XLIFF.
    """
    reader = _Reader(where, wanted)
    root = True
    for kind, name, attributes, line in events(pieces, where):
        if root and kind == "start":
            if name != "xliff":
                raise InputError(f"{where}: line {line}: <{name}> where <xliff> is expected")
            root = False
        if kind == "start":
            reader.start(name, attributes, line)
        elif kind == "end":
            unit = reader.end(name)
            if unit is not None:
                yield reader.languages, unit
        elif reader.text is not None and not reader.passed_over:
            reader.text.text(name)
