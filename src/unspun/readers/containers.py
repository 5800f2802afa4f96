"""Compressed files: gzip, bzip2, xz and Zstandard, read to their end or not at all.

A stream that stops early, fails its checksum, or swells beyond reason is an error and never a
shorter text.
"""

from __future__ import annotations

import bz2
import lzma
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple, Protocol

from unspun.errors import InputError
from unspun.readers import places

PIECE = 1 << 20  # bytes of text handed on at a time
MEMORY = 1 << 27  # bytes of window that a stream may ask for: the most that zstd grants unasked
RATIO = 250  # bytes of text from one: dense logs reach 60, a bomb of gzip 1,030, of zstd 32,000
RATIO_FROM = 1 << 25  # bytes of text below which no ratio is a danger
_FEED = 1 << 8  # bytes of Zstandard taken at a time: all their text comes at once, 11 MB at most
_ZSTD = b"\x28\xb5\x2f\xfd"
_CHECKED = 4  # the content checksum flag of a frame header (RFC 8878, 3.1.1.1.1)


class _Stream(Protocol):
    """One compressed stream, as the standard library's decompressors read it."""

    @property
    def eof(self) -> bool:
        """Whether its end was reached, and its checksum held."""

    @property
    def needs_input(self) -> bool:
        """Whether there is no more text without more bytes."""

    @property
    def unused_data(self) -> bytes:
        """What stands behind its end."""

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Take bytes in, give text out."""


class _Gzip:
    """zlib's decompressor with the interface of the others."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return self._stream.eof

    @property
    def unused_data(self) -> bytes:
        return self._stream.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        text = self._stream.decompress(self._stream.unconsumed_tail + data, max_length)
        self.needs_input = not self._stream.unconsumed_tail and len(text) < max_length
        return text


class _Zstandard:
    """The decompressor of ``zstandard`` with the interface of the others."""

    def __init__(self, stream: Any) -> None:  # noqa: ANN401 - an extra's own class
        self._stream = stream
        self._held = memoryview(b"")

    @property
    def needs_input(self) -> bool:
        return not self._held

    @property
    def eof(self) -> bool:
        return bool(self._stream.eof)

    @property
    def unused_data(self) -> bytes:
        return bytes(self._stream.unused_data) + bytes(self._held)

    def decompress(self, data: bytes, max_length: int) -> bytes:  # noqa: ARG002 - kept by _FEED
        held = memoryview(data) if data else self._held  # bytes come only when none are held
        self._held = held[_FEED:]
        return bytes(self._stream.decompress(held[:_FEED]))


def _zstd() -> _Stream:
    try:
        from compression import zstd  # type: ignore[import-not-found,unused-ignore] # noqa: PLC0415
    except ImportError:
        pass
    else:  # Python 3.14
        stream: _Stream = zstd.ZstdDecompressor()
        return stream
    try:
        import zstandard  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise InputError("zstd files need zstandard: pip install 'unspun[zstd]'") from error
    return _Zstandard(zstandard.ZstdDecompressor(max_window_size=MEMORY).decompressobj())


class Kind(NamedTuple):
    """A way to compress."""

    name: str
    stream: Callable[[], _Stream]


KINDS = {
    ".gz": Kind("gzip", _Gzip),
    ".bz2": Kind("bzip2", bz2.BZ2Decompressor),
    ".xz": Kind("xz", lambda: lzma.LZMADecompressor(memlimit=MEMORY)),
    ".zst": Kind("zstd", _zstd),
}


def kind(path: Path) -> Kind | None:
    """How a file is compressed, by its suffix; None if it is not."""
    return KINDS.get(path.suffix.lower())


def bare(path: Path) -> Path:
    """The path without the suffix of its compression."""
    return path.with_suffix("") if kind(path) else path


def unchecked(head: bytes) -> bool:
    """Whether nothing would tell that bits were flipped: a Zstandard frame without checksum."""
    return head.startswith(_ZSTD) and len(head) > len(_ZSTD) and not head[len(_ZSTD)] & _CHECKED


def pieces(path: Path, start: int = 0, end: int | None = None) -> Iterator[bytes]:
    """The content of a file, decompressed if it is compressed, piece by piece.

    Args:
        path: The file.
        start: Bytes of content passed over; of a compressed file, they are read nevertheless.
        end: Where to stop; the end of the file if not given.

    Raises:
        InputError: if it cannot be read, is damaged, cut short, or a decompression bomb. What was
            handed out until then is not to be trusted.
    """
    found = kind(path)
    with _told(path, found), places.opened(path, 0 if found else start) as file:
        if found is None:
            yield from _stored(file, start, end)
        else:
            yield from _between(_decompressed(file, found, path), start, end)


def members(path: Path, start: int = 0, end: int | None = None) -> Iterator[bytes]:
    """The content of a file whose streams are read by themselves, as `pieces` does for all of them.

    Args:
        path: The file.
        start: Where one of them begins, in stored bytes, which are read from there on.
        end: Where one of them ends; the end of the file if not given.

    Raises:
        InputError: as `pieces` does, and if no stream ends at that place.
    """
    found = kind(path)
    with _told(path, found), places.opened(path, start) as file:
        if found is None:
            yield from _stored(file, start, end)
        else:
            share = file if end is None else _Share(file, end - start)
            yield from _decompressed(share, found, path, apart=True)


@contextmanager
def _told(path: Path, found: Kind | None) -> Iterator[None]:
    """Say what is wrong with a file."""
    with places.reached(path):
        try:
            yield
        except (zlib.error, lzma.LZMAError, ValueError) as error:
            name = found.name if found else "file"
            raise InputError(f"{path}: damaged {name} ({error})") from error
        except OSError as error:  # bz2 calls damage one, without a number
            said = error.strerror or f"damaged: {error}"
            raise InputError(f"{path}: cannot be read ({said})") from error
        except Exception as error:
            if type(error).__name__ == "ZstdError":  # of whichever module read it
                raise InputError(f"{path}: damaged zstd ({error})") from error
            raise


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""


class _Share:
    """A file that ends earlier."""

    def __init__(self, file: IO[bytes], left: int) -> None:
        self._file, self._left = file, left

    def read(self, size: int, /) -> bytes:
        data = self._file.read(min(size, self._left))
        self._left -= len(data)
        return data


def _stored(file: IO[bytes], start: int, end: int | None) -> Iterator[bytes]:
    left = sys.maxsize if end is None else end - start
    while data := file.read(min(PIECE, left)):
        left -= len(data)
        yield data


def _between(content: Iterator[bytes], start: int, end: int | None) -> Iterator[bytes]:
    """The bytes from ``start`` on; nothing is read beyond ``end``."""
    place = 0
    for data in content:
        here = place
        place += len(data)
        if place > start:
            yield data[max(0, start - here) : None if end is None else end - here]
        if end is not None and place >= end:
            return


def _decompressed(
    file: _Readable, found: Kind, path: Path, *, apart: bool = False
) -> Iterator[bytes]:
    """All streams of a file; gzip, xz and zstd files may hold several, with zeros between.

    Bombs are told by all of them together, unless they may be read ``apart``.
    """
    read = made = 0
    rest = b""
    while True:
        stream = found.stream()
        if apart:
            read, made = len(rest), 0
        while not stream.eof:
            data = rest
            if not rest and stream.needs_input:
                data = file.read(1 << 16)
                if not data:
                    raise InputError(f"{path}: the {found.name} file is cut short")
                read += len(data)
            rest = b""
            text = stream.decompress(data, PIECE)
            made += len(text)
            if made > RATIO_FROM and made > RATIO * read:
                raise InputError(
                    f"{path}: a decompression bomb: {read:,} bytes give more than {made:,}"
                )
            if text:
                yield text
        rest = stream.unused_data.lstrip(b"\0")
        while not rest:
            more = file.read(1 << 16)
            if not more:
                return
            read += len(more)
            rest = more.lstrip(b"\0")


def read(path: Path, most: int) -> bytes:
    """The whole content of a file.

    Args:
        path: The file.
        most: Bytes of content beyond which it is refused.

    Raises:
        InputError: as `pieces` does, and if the content is larger than ``most``.
    """
    held = bytearray()
    for piece in pieces(path):
        held += piece
        if len(held) > most:
            raise InputError(f"{path}: larger than {most:,} bytes: split it, or allow more")
    return bytes(held)
