"""Bytes to text and back, exactly.

Every byte of a document that was read can be written again: bytes that do not decode stand in the
text as U+DC80 to U+DCFF (PEP 383), a byte order mark stays as U+FEFF, and a decoding whose inverse
is not exact is not taken.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import replace
from typing import Literal

from unspun.encodings import detect
from unspun.errors import InputError, unknown_name
from unspun.model import Document

SAMPLE = 1 << 16
"""Bytes that are looked at to tell an encoding, beside the UTF-8 check of the whole."""

_MARKS = (  # UTF-32 first: its little-endian mark starts with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WITHOUT_MARK = {  # codecs that eat or add a mark, and those that do not
    "utf-8-sig": ("utf-8",),
    "utf-16": ("utf-16-le", "utf-16-be"),
    "utf-32": ("utf-32-le", "utf-32-be"),
}
_NOT_FOR_TEXT = {"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs"}
_KINDS = (
    (b"\x89PNG\r\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive or office file"),
    (b"\x1f\x8b", "a gzip file"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file"),
    (b"BZh", "a bzip2 file"),
    (b"\xfd7zXZ\x00", "an xz file"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"\x7fELF", "a program"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old office file"),
    (b"SQLite format 3\x00", "a database"),
    (b"PAR1", "a Parquet file"),
)
_CONTROL = bytes({*range(0x20)} - {*b"\t\n\v\f\r\x1b\x0e\x0f"})
_ESCAPED = re.compile("[\udc80-\udcff]")
_HEAD = 4096  # bytes of a page in which it declares its encoding; browsers look at 1024
_PAGE = re.compile(rb"\s*<(?:!doctype\s+html|html|\?xml)\b", re.IGNORECASE)
_CHARSET = re.compile(
    rb"""<(?:meta\b[^>]{0,400}?charset|\?xml\b[^>]{0,200}?encoding)\s*=\s*["']?([\w.:-]+)""",
    re.IGNORECASE,
)
_AS_BROWSERS = {  # labels that mean a larger encoding (WHATWG Encoding Standard, 4.2)
    **dict.fromkeys(
        ("iso-8859-1", "iso8859-1", "latin1", "latin-1", "us-ascii", "ascii"), "cp1252"
    ),
    **dict.fromkeys(("gb2312", "gbk", "x-gbk"), "gb18030"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis"), "cp932"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987"), "cp949"),
    "iso-8859-9": "cp1254",
    "tis-620": "cp874",
    "big5": "big5hkscs",
}
_SMALL = 32  # bytes below which the share of control bytes says little


def decode(
    data: bytes,
    *,
    id: str,  # noqa: A002
    declared: str | None = None,
    kind: Literal["text", "html"] = "text",
) -> Document:
    r"""Read a document.

    Tried in this order: byte order mark; the declared encoding; UTF-8, also with a few bad bytes;
    a detected encoding; windows-1252, whose undefined bytes are escaped.

    Args:
        data: The raw bytes.
        id: The document's name, for the result and for errors.
        declared: An encoding that a person or a header names. One that does not fit the bytes is
            passed over.
        kind: What its name says it is. A page may declare its encoding in itself.

    Raises:
        InputError: if the bytes are not text, or no such encoding is known.

    >>> document = decode(b"caf\xc3\xa9", id="menu")
    >>> document.text, document.encoding, document.evidence
    ('café', 'utf-8', 'utf-8')
    """
    document = _decode(data, id, _declared(declared, id) if declared else _of_page(data, kind))
    return replace(document, kind=kind) if kind != document.kind else document


def _decode(data: bytes, id: str, names: tuple[str, ...]) -> Document:  # noqa: A002
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            text = _exactly(data, encoding)
            if text is not None:
                return Document(id, text, encoding, "bom")
    _refuse_binary(data, id)
    for encoding in names:
        text = _exactly(data, encoding)
        if text is not None and _few_escaped(text):
            return Document(id, text, encoding, "declared")
    return _undeclared(data, id)


def _undeclared(data: bytes, id: str) -> Document:  # noqa: A002
    text = data.decode("utf-8", "surrogateescape")
    doubtful = b"\x00" in data[:SAMPLE] or _ESCAPED.search(text)
    wide = detect.wide(data[:SAMPLE]) if doubtful else None
    if wide:
        other = _exactly(data, wide)
        if other is not None:
            return Document(id, other, wide, "detected")
    _refuse_noise(data, id)
    if _few_escaped(text):
        return Document(id, text, "utf-8", "utf-8")
    for encoding in detect.ranked(_sample(data)):
        other = _exactly(data, encoding)
        if other is not None and _few_escaped(other):
            return Document(id, other, encoding, "detected")
    return Document(id, data.decode("cp1252", "surrogateescape"), "cp1252", "fallback")


def encode(text: str, encoding: str) -> bytes:
    r"""The bytes that `decode` read.

    Args:
        text: ``Document.text``.
        encoding: ``Document.encoding``.

    Raises:
        InputError: if the text cannot be written in that encoding.

    >>> encode("caf\udce9", "utf-8")
    b'caf\xe9'
    """
    try:
        if not encoding.startswith(("utf-16", "utf-32")):
            return text.encode(encoding, "surrogateescape")
        if text and "\udc00" <= text[-1] <= "\udcff":  # the odd last byte of a cut file
            return text[:-1].encode(encoding, "surrogatepass") + bytes([ord(text[-1]) & 0xFF])
        return text.encode(encoding, "surrogatepass")
    except (UnicodeError, LookupError) as error:
        raise InputError(f"the text cannot be written as {encoding}: {error}") from error


def raw_bytes(document: Document) -> bytes:
    """The bytes of a document; of one that came as a string, its UTF-8.

    Raises:
        InputError: if the text cannot be written in the document's encoding.
    """
    if document.evidence == "text":
        return document.text.encode("utf-8", "surrogatepass")
    return encode(document.text, document.encoding)


def _exactly(data: bytes, encoding: str) -> str | None:
    """The text, if `encode` takes it back to the same bytes."""
    try:
        if encoding.startswith("utf-16"):
            even = len(data) & ~1
            text = data[:even].decode(encoding, "surrogatepass")
            text += "".join(chr(0xDC00 + byte) for byte in data[even:])
        elif encoding.startswith("utf-32"):
            text = data.decode(encoding, "surrogatepass")
        else:
            text = data.decode(encoding, "surrogateescape")
        return text if encode(text, encoding) == data else None
    except (UnicodeError, InputError):
        return None


def _few_escaped(text: str) -> bool:
    """Whether the characters beyond ASCII are mostly real ones, not escaped bytes."""
    if text.isascii():
        return True
    escaped = len(_ESCAPED.findall(text))
    return not escaped or escaped * 2 <= len(text) - len(text.encode("ascii", "ignore"))


def _sample(data: bytes) -> bytes:
    """Enough bytes to tell an encoding: those lines that are not plain ASCII, from all over."""
    if len(data) <= SAMPLE:
        return data
    step = len(data) // 8
    return b"\n".join(data[at : at + SAMPLE // 8] for at in range(0, len(data), step))


def _declared(name: str, id: str) -> tuple[str, ...]:  # noqa: A002
    """Python's names for a declared encoding."""
    label = name.strip().strip("\"'").lower()
    try:
        found = codecs.lookup(label)
    except (LookupError, ValueError):
        known = sorted(detect.ENCODINGS)
        raise InputError(f"{id}: {unknown_name('encoding', label, known)}") from None
    if found.name in _NOT_FOR_TEXT or not getattr(found, "_is_text_encoding", True):
        raise InputError(f"{id}: {label!r} is not an encoding of text: name one such as utf-8")
    return _WITHOUT_MARK.get(found.name, (found.name,))


def _of_page(data: bytes, kind: str) -> tuple[str, ...]:
    """The encoding that a page declares, unless it is UTF-8 all the same, as many are."""
    head = data[:_HEAD]
    if kind != "html" and not _PAGE.match(head):
        return ()
    match = _CHARSET.search(head)
    if match is None:
        return ()
    if b"\x1b" not in data and _few_escaped(data.decode("utf-8", "surrogateescape")):
        return ()
    label = match[1].decode("ascii").lower()
    try:
        return _declared(_AS_BROWSERS.get(label, label), "")
    except InputError:
        return ()


def _refuse_binary(data: bytes, id: str) -> None:  # noqa: A002
    for magic, kind in _KINDS:
        if data.startswith(magic):
            raise InputError(f"{id}: not text but {kind}: extract its text first, or leave it out")


def _refuse_noise(data: bytes, id: str) -> None:  # noqa: A002
    """Control bytes are rare in text: more than one in twenty, or NULs in one of ten, is none."""
    head = data[:SAMPLE]
    controls = len(head) - len(head.translate(None, _CONTROL))
    if len(head) >= _SMALL and (controls * 20 > len(head) or head.count(0) * 10 > len(head)):
        raise InputError(
            f"{id}: not text ({controls} of the first {len(head)} bytes are control codes): "
            "extract its text first, or leave it out"
        )
