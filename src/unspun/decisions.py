"""A reviewer's decisions on edits, as the report page saves them: which stay, which go.

    {"schema": 1, "kind": "unspun decisions", "fingerprint": "23a40c883655", "documents": [
      {"id": "news/page", "edits": [
        {"start": 12, "end": 15, "before": "Could", "after": "May", "decision": "reject"}]}]}

An edit is named by its place and both its texts, so that a decision on results that have changed
meanwhile finds nothing rather than another edit. More may stand beside these fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, cast, get_args

from unspun import records
from unspun.errors import InputError
from unspun.model import Edit, Ledger

SCHEMA = 1
KIND = "unspun decisions"
SHOWN = 40  # characters of a text in a message
Decision = Literal["accept", "reject"]
_SURROGATE = re.compile("[\ud800-\udfff]")  # stands for a byte that did not decode


class Place(NamedTuple):
    """What names an edit of a document.

    The texts stand as UTF-16, in which a page can tell them apart: to a browser two lone
    surrogates that meet are one character.
    """

    start: int
    end: int
    before: bytes
    after: bytes

    def __str__(self) -> str:
        before, after = (_shown(text) for text in (self.before, self.after))
        return f"{self.start}:{self.end} {before} \N{RIGHTWARDS ARROW} {after}"


@dataclass(frozen=True, slots=True)
class Decisions:
    """All decisions of a file.

    Attributes:
        fingerprint: Of the results that they were made on.
        documents: By document id, each edit with its decision.
    """

    fingerprint: str
    documents: Mapping[str, Mapping[Place, Decision]]

    def count(self, decision: Decision) -> int:
        """How many edits were decided so."""
        return sum(d == decision for edits in self.documents.values() for d in edits.values())


class Split(NamedTuple):
    """A ledger as decided: what stays and what goes; accepted is the part of kept that was."""

    kept: Ledger
    rejected: Ledger
    accepted: int


def place(edit: Edit) -> Place:
    """What names an edit."""
    return Place(edit.start, edit.end, _utf16(edit.before), _utf16(edit.after))


def split(id_: str, ledger: Ledger, decided: Mapping[Place, Decision]) -> Split:
    """Part a document's ledger by the decisions on it.

    Raises:
        InputError: for a decision on an edit that the ledger does not hold, or a rejection that
            would bring bytes back into the text that are none.
    """
    places = [place(edit) for edit in ledger]
    missing = decided.keys() - set(places)
    if missing:
        more = f" (and {len(missing) - 1} more)" if len(missing) > 1 else ""
        raise InputError(
            f"{id_}: no edit {min(missing)}{more}; decide again on the page of these results"
        )
    verdicts = [decided.get(name) for name in places]
    for edit, at, verdict in zip(ledger, places, verdicts, strict=True):
        if verdict == "reject" and _SURROGATE.search(edit.before):
            raise InputError(f"{id_}: edit {at} cannot be rejected: what it replaced is no text")
    pairs = list(zip(ledger, verdicts, strict=True))
    return Split(
        tuple(edit for edit, verdict in pairs if verdict != "reject"),
        tuple(edit for edit, verdict in pairs if verdict == "reject"),
        verdicts.count("accept"),
    )


def read(data: bytes, name: str) -> Decisions:
    """The decisions of a file.

    Args:
        data: Its bytes.
        name: What to call it in messages.

    Raises:
        InputError: if it is damaged, of another schema, or decides on an edit both ways.
    """
    try:
        record = records.loads(data)
    except (ValueError, UnicodeDecodeError) as error:
        raise InputError(f"{name}: damaged: not the JSON that the page saves ({error})") from error
    schema = record.get("schema")
    if record.get("kind") != KIND or schema is None:
        raise InputError(f"{name}: no decisions; save them on the report page")
    if schema != SCHEMA:
        raise InputError(f"{name}: decisions of schema {schema!r}; this version reads {SCHEMA}")
    documents: dict[str, Mapping[Place, Decision]] = {}
    for document in _field(record, "documents", list, name):
        id_ = _field(document, "id", str, name)
        if id_ in documents:
            raise InputError(f"{name}: damaged: {id_!r} stands there twice")
        documents[id_] = _decided(_field(document, "edits", list, f"{name}: {id_}"), name, id_)
    return Decisions(_field(record, "fingerprint", str, name), documents)


def _decided(edits: Iterable[Any], name: str, id_: str) -> Mapping[Place, Decision]:
    where = f"{name}: {id_}"
    decided: dict[Place, Decision] = {}
    for edit in edits:
        texts = [_utf16(_field(edit, key, str, where)) for key in ("before", "after")]
        start, end = (_field(edit, key, int, where) for key in ("start", "end"))
        at = Place(start, end, *texts)
        verdict = _field(edit, "decision", str, where)
        if verdict not in get_args(Decision):
            raise InputError(f"{where}: {verdict!r} is no decision; known are accept, reject")
        if decided.setdefault(at, cast("Decision", verdict)) != verdict:
            raise InputError(f"{where}: edit {at} is both accepted and rejected")
    return decided


def _field(record: Any, key: str, kind: type, where: str) -> Any:  # noqa: ANN401 - as the file says
    value = record.get(key) if isinstance(record, dict) else None
    if type(value) is not kind:
        said = "is missing" if value is None else f"is {value!r:.{SHOWN}}"
        raise InputError(f"{where}: damaged: {key!r} {said}")
    return value


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")


def _shown(text: bytes) -> str:
    whole = text.decode("utf-16-le", "surrogatepass")
    return repr(whole if len(whole) <= SHOWN else whole[:SHOWN] + "\N{HORIZONTAL ELLIPSIS}")
