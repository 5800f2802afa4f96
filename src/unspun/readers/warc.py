"""Web archives (WARC 1.1, ISO 28500): pages and texts that a crawler stored.

Records are found by ``fastwarc``; decompression, completeness, digests and the encodings of HTTP
(RFC 9110, 9112) are checked here: a record that is cut short comes out of it as a shorter one.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple

from unspun import decode
from unspun.errors import InputError
from unspun.readers.rows import KEPT, WHOLE, Columns, Decoded, Part, Row

_NAME = "WARC-Target-URI"
_PAGES = {"text/html", "application/xhtml+xml"}
_TEXTS = {"text/plain"}
_OK = 200


class _Payload(NamedTuple):
    """What a record holds."""

    data: bytes
    kind: Literal["text", "html"]
    charset: str | None


def rows(
    pieces: Iterable[bytes], columns: Columns, most: int, part: Part = WHOLE, *, where: str
) -> Iterator[Row]:
    """The pages and texts of an archive; all other records are passed over.

    Those are responses with status 200 whose type is HTML or plain text, and conversions to plain
    text. Their number counts all records of the file, their name is the target's address.

    Args:
        pieces: The content of the file, or of its part, decompressed.
        columns: Its ``id`` may name another header of the records, such as ``WARC-Record-ID``.
        most: Bytes of a record beyond which it is not read.
        part: Which part it is.
        where: The file's name, for errors.

    Raises:
        InputError: if it is damaged between two records, or fastwarc is missing.
    """
    name = columns.id or _NAME
    for number, record in _records(pieces, part.first, where):
        try:
            payload = _payload(record, most)
            if payload is None:
                continue
            given = record.headers.get(name)
            yield _row(number, given, payload)
        except ValueError as error:
            raw = getattr(error, "raw", b"")[:KEPT]
            problem = f"record {number}: {error}"
            yield Row(number, None, record.headers.get(name), raw=raw, problem=problem)


class _BrokenError(ValueError):
    """A record that is not whole, and what there is of it."""

    def __init__(self, said: str, raw: bytes = b"") -> None:
        super().__init__(said)
        self.raw = raw


def _records(pieces: Iterable[bytes], first: int, where: str) -> Iterator[tuple[int, Any]]:
    try:
        from fastwarc.warc import ArchiveIterator  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise InputError(f"{where}: WARC needs fastwarc: pip install 'unspun[warc]'") from error
    stream = _Stream(pieces)
    number = first - 1
    try:
        found = ArchiveIterator(
            stream, parse_http=False, stream_detect=False, auto_decode="none", fsspec_args=False
        )
        for number, record in enumerate(found, first):
            yield number, record
    except (OSError, ValueError) as error:
        said = f"{where}: damaged WARC behind record {number} ({error})"
        raise InputError(said) from error
    if number < first and stream.size:
        raise InputError(f"{where}: no WARC records")


class _Stream(io.RawIOBase):
    """Pieces as a file."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        super().__init__()
        self._pieces = iter(pieces)
        self._held = memoryview(b"")
        self._at = 0
        self.size = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def read(self, size: int = -1) -> bytes:
        """At most so many bytes; none at the end."""
        while not self._held:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._held = memoryview(piece)
            self.size += len(piece)
        size = len(self._held) if size < 0 else size
        data, self._held = self._held[:size], self._held[size:]
        self._at += len(data)
        return bytes(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Only asked where it stands."""
        if (offset, whence) not in ((0, io.SEEK_CUR), (self._at, io.SEEK_SET)):
            raise io.UnsupportedOperation("seek")
        return self._at


def _payload(record: Any, most: int) -> _Payload | None:  # noqa: ANN401
    """What a record holds; None if it is no document.

    Raises:
        _BrokenError: if it is cut short, too large, does not fit its digest, or cannot be unpacked.
    """
    kind = str(record.headers.get("WARC-Type", "")).lower()
    if kind not in ("response", "conversion"):
        return None
    if record.content_length > most:
        raise _BrokenError(f"{record.content_length:,} bytes, more than {most:,}")
    _check(record)
    if kind == "conversion":
        head = str(record.headers.get("Content-Type", "text/plain"))
    else:
        try:
            record.parse_http(auto_decode="none")
        except OSError as error:
            raise _BrokenError(f"no HTTP ({error})") from error
        head = str(record.http_headers.get("Content-Type", "")) if record.http_headers else ""
        if record.http_headers is None or record.http_headers.status_code != _OK:
            return None
    kind, _, rest = head.partition(";")
    kind = kind.strip().lower()
    if kind not in _PAGES | _TEXTS:
        return None
    size = record.content_length
    data = record.reader.read()
    if len(data) < size:
        raise _BrokenError(f"cut short: {len(data):,} of {size:,} bytes", data)
    cut = record.headers.get("WARC-Truncated")
    if cut:
        raise _BrokenError(f"the crawler cut it short ({cut})", data)
    if record.http_headers is not None:
        data = _unpacked(data, record.http_headers, most)
    charset = rest.lower().partition("charset=")[2].split(";")[0].strip(" \"'") or None
    return _Payload(data, "html" if kind in _PAGES else "text", charset)


def _check(record: Any) -> None:  # noqa: ANN401
    if record.headers.get("WARC-Block-Digest") and not record.verify_block_digest(consume=False):
        data = record.reader.read()
        raise _BrokenError("damaged: it does not fit its digest", data)


def _unpacked(data: bytes, headers: Any, most: int) -> bytes:  # noqa: ANN401
    """The content without its transfer and content encodings."""
    if "chunked" in str(headers.get("Transfer-Encoding", "")).lower():
        data = _joined(data)
    for coding in reversed(str(headers.get("Content-Encoding", "")).lower().split(",")):
        if coding.strip() in ("gzip", "x-gzip", "deflate"):
            data = _inflated(data, most)
        elif coding.strip() not in ("", "identity"):
            raise _BrokenError(f"content encoding {coding.strip()!r} is not read", data)
    return data


def _joined(data: bytes) -> bytes:
    """The content of chunks (RFC 9112, 7.1)."""
    parts: list[bytes] = []
    at = 0
    while True:
        line = data.find(b"\r\n", at)
        try:
            size = int(data[at:line].split(b";")[0], 16) if line >= 0 else -1
        except ValueError:
            size = -1
        if size < 0 or line + 2 + size > len(data):
            raise _BrokenError("broken chunks", data)
        if size == 0:
            return b"".join(parts)
        parts.append(data[line + 2 : line + 2 + size])
        at = line + 2 + size + 2


def _inflated(data: bytes, most: int) -> bytes:
    gzip = data.startswith(b"\x1f\x8b")
    raw = not gzip and data[:1] != b"\x78"  # some servers leave zlib's head out
    stream = zlib.decompressobj(31 if gzip else -15 if raw else 15)
    try:
        text = stream.decompress(data, most + 1)
    except zlib.error as error:
        raise _BrokenError(f"damaged content encoding ({error})", data) from error
    if len(text) > most:
        raise _BrokenError(f"unpacks to more than {most:,} bytes", data)
    if not stream.eof:
        raise _BrokenError("its content encoding is cut short", data)
    return text


def _row(number: int, name: str | None, payload: _Payload) -> Row:
    declared = _known(payload.charset)
    try:
        document = decode.decode(payload.data, id=name or "", declared=declared, kind=payload.kind)
    except InputError as error:
        raise _BrokenError(str(error), payload.data) from error
    decoded = Decoded(document.encoding, document.evidence, document.kind)
    return Row(number, document.text, name, payload.data, decoded=decoded)


def _known(charset: str | None) -> str | None:
    """The encoding that a server names, if there is such a thing and it matters."""
    try:
        "".encode(charset or "")
    except (LookupError, ValueError):
        return None
    return charset
