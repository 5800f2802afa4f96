"""Tell the encoding of bytes that declare none."""

from __future__ import annotations

from charset_normalizer import from_bytes

ENCODINGS = (
    "utf-8",
    "cp1252",
    "cp1250",
    "cp1251",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "cp1257",
    "cp1258",
    "iso8859-2",
    "iso8859-5",
    "iso8859-7",
    "iso8859-15",
    "koi8-r",
    "koi8-u",
    "cp866",
    "cp874",
    "mac-roman",
    "mac-cyrillic",
    "cp437",
    "cp850",
    "cp852",
    "shift_jis",
    "cp932",
    "euc_jp",
    "gb18030",
    "big5",
    "cp950",
    "cp949",
)


def ranked(sample: bytes) -> tuple[str, ...]:
    """Encodings that the bytes may be in, the likeliest first."""
    return tuple(match.encoding for match in from_bytes(sample))


def wide(sample: bytes) -> str | None:
    """UTF-16 or UTF-32 without a byte order mark, if the bytes are that."""
    even = sample[: len(sample) & ~3]
    if len(even) < 4:
        return None
    rows = [even[at::4].count(0) * 4 / len(even) for at in range(4)]
    if min(rows[1:]) > 0.7 and max(rows[1:]) > rows[0] and min(rows[2:]) > 0.95:
        return "utf-32-le"
    if min(rows[:3]) > 0.7 and min(rows[:2]) > 0.95 and rows[3] < 0.5:
        return "utf-32-be"
    low, high = (rows[0] + rows[2]) / 2, (rows[1] + rows[3]) / 2
    if high > 0.2 and high > 8 * low:
        return "utf-16-le"
    if low > 0.2 and low > 8 * high:
        return "utf-16-be"
    return None
