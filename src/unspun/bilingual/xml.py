"""XML as a stream of events that no document can turn against its reader.

Entities are neither declared nor fetched: a file that declares one is refused (CWE-776, CWE-611),
a document type that is only named is passed over, as TMX files have one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple
from xml.parsers import expat

from unspun.errors import InputError

DEEPEST = 200  # elements in elements; no translation format comes near


class Event(NamedTuple):
    """What the parser met.

    Attributes:
        kind: Where an element starts or ends, or text.
        name: The element's name without its prefix; the text itself.
        attributes: Of an element that starts; names without prefix but for `xml:`.
        line: From 1.
    """

    kind: Literal["start", "end", "text"]
    name: str
    attributes: dict[str, str]
    line: int


class _Collector:
    """Takes what expat reports, and says no where it has to."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.events: list[Event] = []
        self.depth = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.EntityDeclHandler = self._declares
        self.parser.SkippedEntityHandler = self._skipped

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            self._refuse(f"elements nest more than {DEEPEST} deep")
        plain = {k if k.startswith("xml:") else _local(k): v for k, v in attributes.items()}
        self.events.append(Event("start", _local(name), plain, self.parser.CurrentLineNumber))

    def _end(self, name: str) -> None:
        self.depth -= 1
        self.events.append(Event("end", _local(name), {}, self.parser.CurrentLineNumber))

    def _text(self, text: str) -> None:
        self.events.append(Event("text", text, {}, self.parser.CurrentLineNumber))

    def _declares(self, name: str, *_rest: object) -> None:
        self._refuse(f"declares the entity {name!r}, which is not expanded")

    def _skipped(self, name: str, *_rest: object) -> None:
        self._refuse(f"uses the entity &{name};, which is not declared; write the character itself")

    def _refuse(self, why: str) -> None:
        raise InputError(f"{self.where}: line {self.parser.CurrentLineNumber}: {why}")

    def feed(self, piece: bytes, *, last: bool = False) -> None:
        """Parse on.

        Raises:
            InputError: where the XML is not well-formed, or asks for what is refused.
        """
        try:
            self.parser.Parse(piece, last)
        except expat.ExpatError as error:
            reason = expat.errors.messages[error.code]
            raise InputError(
                f"{self.where}: line {error.lineno}: not well-formed XML ({reason})"
            ) from error


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def events(pieces: Iterable[bytes], where: str) -> Iterator[Event]:
    """The events of a file, piece by piece.

    Raises:
        InputError: where the XML is not well-formed, or declares entities.
    """
    collector = _Collector(where)
    for piece in pieces:
        collector.feed(piece)
        yield from _drained(collector)
    collector.feed(b"", last=True)
    yield from _drained(collector)


def _drained(collector: _Collector) -> list[Event]:
    found = collector.events
    collector.events = []
    return found
