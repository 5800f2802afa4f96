"""What is mutated by `torture_fuzz`, and how: documents and files of ours, of every kind."""

from __future__ import annotations

import gzip
import io
import json
import random
from collections.abc import Callable
from itertools import pairwise
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

TEXTS = (
    "The mill by the river has been quiet since the spring. It\u00e2\u20ac\u2122s for sale.\n",
    "<p>Fish &amp;amp; chips</p>\n<ul><li>One</li><li>Two</li></ul>\n<!-- no -->\n",
    "Home > News > Local\n\nBy Ann Lee | 3 min read\n\nIt rained all day.\n\nShare this\nTweet\n",
    "\u5b8c\u6210\u91cd\u7d44 \u767b\u5f55 The town meets on Monday.\n\u70b9\u51fb\u8fd9\u91cc\n",
    "Caf\u00c3\u00a9 au lait, s\u2019il vous pla\u00c3\u00aet. \ufb01n \uff21\uff22\n",
    "The counterfeit consciousness of the {old|ancient} mainframe makes profound learning.\n",
    "def f(x):\n    return x  # https://example.org/a?b=%E5&copy=2\n\n| a | b |\n|---|---|\n",
    "Der Zug nach Bremen f\u00e4hrt heute nicht.\r\n\r\nBitte warten Sie.\r\n",
    "\u05e9\u05dc\u05d5\u05dd \u202eabc\u202c \u0645\u0631\u062d\u0628\u0627\n\u0928\u092e\u0938\n",
    "hyphen-\nated words and un\u00adseen ones   with  gaps\t\tand \u200btricks\u200d.\n\n\n\n",
    "1. First\n2. Second\n   - nested \u2022 bullet\n\nLog in\nSign up\n\u00a9 2024 The Drop\n",
    "The colossal information expedite was assembled with the help of an enormous crew of folks.\n",
)
TOKENS = (
    *("\ufeff", "\u200b", "\x85", "\x92", "\u00e2\u20ac\u2122", "\u00c3\u00a9", "\r\n", "\r"),
    *("\n\n", "\n", "\t", " ", "\ud83d", "\udc80", "\0", "&", "&amp;", "&#x1F600;", "<", ">"),
    *("<div>", "</p>", "<script>", "{a|b}", "|", "*", "#", "-", "\u2022", "\u202e", "\u2066"),
    *("e\u0301", "\u0301\u0301\u0301", "\ufb01", "\uff21", "\u3000", "\u00a0", "\u00ad", "\u2028"),
    *("https://a.b/c?d=%E5", "@x", "1,234.5", '"', "'", ",", ";", "{", "}", "[", "]", "\\", "\\u"),
    *("null", "\U0001f469\u200d\U0001f680", "\ufffd", "\u0e33", "\u1100\u1161", "\u0130"),
    *("\u00df", "\ufe0f", "\u5b8c"),
)
BYTES = (
    *(token.encode("utf-8", "surrogatepass") for token in TOKENS),
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"\xc0\xaf",
    b"WARC/1.0\r\n",
    b"\r\n\r\n",
    b"Content-Length: 99999999\r\n",
    b"\x1f\x8b\x08",
    b"\x28\xb5\x2f\xfd",
    b'{"text": ',
    b"PAR1",
)
T = TypeVar("T", str, bytes)


def mutated(seed: T, draw: random.Random, token: Callable[[], T], others: tuple[T, ...]) -> T:
    """A seed with some changes."""
    made = seed
    for _ in range(draw.choice((1, 1, 2, 3, 5, 9))):
        start = draw.randrange(len(made) + 1)
        end = min(len(made), start + draw.choice((0, 1, 1, 2, 5, 20)))
        kind = draw.randrange(5)
        if kind == 0:
            made = made[:start] + made[end:]
        elif kind == 1:
            made = made[:start] + made[start:end] * draw.choice((2, 3, 40)) + made[end:]
        elif kind == 2:
            other = draw.choice(others)
            place = draw.randrange(len(other) + 1)
            made = made[:start] + other[place : place + draw.randrange(40)] + made[end:]
        else:
            made = made[:start] + token() + made[end:]
    return made


def a_text(draw: random.Random) -> str:
    """A mutated document."""

    def token() -> str:
        if draw.random() < 0.8:
            return draw.choice(TOKENS)
        return chr(draw.randrange(draw.choice((0x100, 0x3000, 0x10000, 0x110000))))

    return mutated(draw.choice(TEXTS), draw, token, TEXTS)


def a_file(seeds: tuple[bytes, ...]) -> Callable[[random.Random], bytes]:
    """Mutated files."""

    def make(draw: random.Random) -> bytes:
        def token() -> bytes:
            if draw.random() < 0.5:
                return draw.choice(BYTES)
            return bytes([draw.randrange(256)])

        return mutated(draw.choice(seeds), draw, token, seeds)

    return make


def packed(pack: Callable[[bytes], bytes]) -> tuple[bytes, ...]:
    """Seeds that are compressed texts; two of them one after another, too."""
    made = [pack(text.encode()) for text in TEXTS[:4]]
    return (*made, made[0] + made[1])


def records() -> tuple[bytes, ...]:
    """Seeds of JSON Lines."""
    lines = [json.dumps({"id": str(n), "text": text, "n": [n]}) for n, text in enumerate(TEXTS)]
    pairs = zip(lines[::2], lines[1::2], strict=True)
    return (lines[0].encode(), *(f"{one}\r\n{other}\n".encode() for one, other in pairs))


def tables(mark: str) -> tuple[bytes, ...]:
    """Seeds of CSV."""
    rows = [f'{n}{mark}"{text}"\n' for n, text in enumerate(TEXTS)]
    head = f"id{mark}text\n"
    made = [f"{head}{one}{other}".encode() for one, other in pairwise(rows)]
    return (*made, f"\ufefftext\n{TEXTS[0]}".encode("utf-16-le"))


def archives(pack: Callable[[bytes], bytes] = bytes) -> tuple[bytes, ...]:
    """Seeds of WARC."""
    made = []
    for number, text in enumerate(TEXTS[:5]):
        body = text.encode()
        if number == 3:
            body = gzip.compress(body, mtime=0)
        kind = ("text/html", "text/plain; charset=utf-8")[number % 2]
        coding = "Content-Encoding: gzip\r\n" if number == 3 else ""
        http = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n{coding}\r\n".encode() + body
        head = (
            f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: http://x/{number}\r\n"
            f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n"
        )
        made.append(pack(head.encode() + b"\r\n" + http + b"\r\n\r\n"))
    return (made[1] + made[3], *made)


def parquets() -> tuple[bytes, ...]:
    """Seeds of Parquet."""
    made = []
    for codec in ("none", "zstd"):
        target = io.BytesIO()
        table = pa.table({"text": [text[:30] for text in TEXTS[:4]]})
        pq.write_table(table, target, row_group_size=2, compression=codec, store_schema=False)
        made.append(target.getvalue())
    return tuple(made)


def bitexts() -> tuple[bytes, ...]:
    """Seeds of TMX and XLIFF."""
    segments = '<tuv xml:lang="en"><seg>The <bpt i="1">mill</bpt> is.</seg></tuv>'
    segments += '<tuv xml:lang="de"><seg>Die M\u00fchle.</seg></tuv>'
    tmx = f'<tmx version="1.4"><header srclang="en"/><body><tu>{segments}</tu></body></tmx>'
    unit = '<source>A <g id="1">mill</g>.</source><target>Eine <g id="1">M\u00fchle</g>.</target>'
    about = 'xmlns="urn:oasis:names:tc:xliff:document:1.2" version="1.2"'
    file = '<file source-language="en" target-language="de"><body><trans-unit id="1">'
    xliff = f"<xliff {about}>{file}{unit}</trans-unit></body></file></xliff>"
    return tmx.encode(), xliff.encode()
