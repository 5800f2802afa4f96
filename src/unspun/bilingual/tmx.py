"""TMX 1.4 (LISA OSCAR, 2005): translation memories."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from unspun.bilingual.inline import Inline
from unspun.bilingual.xml import events
from unspun.checking import Languages, Unit
from unspun.errors import InputError

_ANY = "*all*"


class _Reader:
    """The state between the events of a file."""

    def __init__(self, where: str, wanted: Languages) -> None:
        self.where = where
        self.wanted = wanted
        self.header = ""
        self.languages = wanted
        self.segment: Inline | None = None
        self.language = ""
        self.variants: dict[str, str] = {}
        self.id = ""
        self.line = 0
        self.count = 0

    def start(self, name: str, attributes: dict[str, str], line: int) -> None:
        if self.segment is not None:
            self.segment.start(name, attributes)
        elif name == "header":
            self.header = attributes.get("srclang", "")
        elif name == "tu":
            self.count += 1
            self.variants, self.line = {}, line
            self.id = attributes.get("tuid") or str(self.count)
        elif name == "tuv":
            self.language = attributes.get("xml:lang") or attributes.get("lang", "")
            if not self.language:
                raise InputError(f"{self.where}: line {line}: a tuv without xml:lang")
        elif name == "seg":
            self.segment = Inline()

    def end(self, name: str) -> Unit | None:
        if name == "seg" and self.segment is not None:
            self.variants.setdefault(self.language, self.segment.value())
            self.segment = None
        elif self.segment is not None:
            self.segment.end(name)
        elif name == "tu":
            return self._unit()
        return None

    def _unit(self) -> Unit:
        source = self._named(self.wanted.source) or self._named(self.header)
        if source is None:
            if self.wanted.source != "und" and self.variants:
                raise InputError(self._absent(self.wanted.source))
            source = next(iter(self.variants), "und")
        others = [language for language in self.variants if language != source]
        target = self._named(self.wanted.target)
        if self.wanted.target == "und":
            if len(others) > 1:
                raise InputError(
                    f"{self.where}: line {self.line}: translations into {', '.join(others)}: "
                    "name one with --target-language"
                )
            target = others[0] if others else None
        if self.languages == self.wanted and target:
            self.languages = Languages(source, target)
        return Unit(
            self.variants.get(source, ""),
            self.variants.get(target, "") if target else "",
            self.id,
            line=self.line,
        )

    def _named(self, language: str) -> str | None:
        """The variant in a language: the same tag, else the same language."""
        if language in ("und", "", _ANY):
            return None
        wanted = language.lower()
        for tag in self.variants:
            if tag.lower() == wanted:
                return tag
        stem = wanted.split("-")[0]
        return next((tag for tag in self.variants if tag.lower().split("-")[0] == stem), None)

    def _absent(self, language: str) -> str:
        known = ", ".join(self.variants)
        return f"{self.where}: line {self.line}: nothing in {language}, only in {known}"


def read(
    pieces: Iterable[bytes], where: str, wanted: Languages
) -> Iterator[tuple[Languages, Unit]]:
    """The units of a file, with its languages.

    Args:
        pieces: The file's content.
        where: Its name, for errors.
        wanted: Languages to read; `und` for the header's, and for the only other one.

    Raises:
        InputError: if it is no TMX, or does not say which languages are meant.
    """
    reader = _Reader(where, wanted)
    root = True
    for kind, name, attributes, line in events(pieces, where):
        if root and kind == "start":
            if name != "tmx":
                raise InputError(f"{where}: line {line}: <{name}> where <tmx> is expected")
            root = False
        if kind == "start":
            reader.start(name, attributes, line)
        elif kind == "end":
            unit = reader.end(name)
            if unit is not None:
                yield reader.languages, unit
        elif reader.segment is not None:
            reader.segment.text(name)
