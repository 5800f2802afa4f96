"""Compressed files and records: all that is there, or an error; never a silent part."""

from __future__ import annotations

import bz2
import gzip
import lzma
import random
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from unspun.errors import InputError
from unspun.readers import containers

LINE = "The mill by the river has been quiet since the spring, and nobody in Tarn knows why.\n"
BROKEN = LINE + "It\u00e2\u20ac\u2122s said that the wheel broke.\n"


def zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor(write_checksum=True).compress(data)


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zstd,
}
MUCH = 1 << 30


def unpacked(path: Path, data: bytes, most: int = MUCH) -> bytes:
    path.write_bytes(data)
    return containers.read(path, most)


@pytest.mark.parametrize("suffix", PACKERS)
@pytest.mark.parametrize("size", [0, 1, 5000, (1 << 20) - 1, 1 << 20, 3_000_001])
def test_content_is_read_whole(tmp_path: Path, suffix: str, size: int) -> None:
    data = random.Random(size).randbytes(size)
    assert unpacked(tmp_path / f"a{suffix}", PACKERS[suffix](data)) == data


@pytest.mark.parametrize("suffix", PACKERS)
def test_several_streams_and_padding_are_one_content(tmp_path: Path, suffix: str) -> None:
    pack = PACKERS[suffix]
    assert unpacked(tmp_path / f"a{suffix}", pack(b"one ") + pack(b"") + pack(b"two")) == b"one two"
    if suffix in (".gz", ".xz"):
        padded = pack(b"one ") + bytes(512) + pack(b"two") + bytes(1024)
        assert unpacked(tmp_path / f"a{suffix}", padded) == b"one two"


@pytest.mark.parametrize("suffix", PACKERS)
def test_every_truncation_is_noticed(tmp_path: Path, suffix: str) -> None:
    packed = PACKERS[suffix](BROKEN.encode() * 20)
    for end in range(len(packed)):
        with pytest.raises(InputError, match=r"cut short|damaged"):
            unpacked(tmp_path / f"a{suffix}", packed[:end])


@pytest.mark.parametrize("suffix", PACKERS)
def test_no_flipped_bit_gives_another_content(tmp_path: Path, suffix: str) -> None:
    """Bits that carry nothing, such as the time in a gzip header, may flip; the text may not."""
    content = BROKEN.encode()
    packed = PACKERS[suffix](content)
    noticed = 0
    for bit in range(len(packed) * 8):
        flipped = bytearray(packed)
        flipped[bit // 8] ^= 1 << bit % 8
        try:
            assert unpacked(tmp_path / f"a{suffix}", bytes(flipped)) == content
        except InputError:
            noticed += 1
    assert noticed > 0.75 * len(packed) * 8


@pytest.mark.parametrize("suffix", PACKERS)
def test_anything_else_behind_the_end_is_noticed(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(InputError, match=r"damaged|cut short"):
        unpacked(tmp_path / f"a{suffix}", PACKERS[suffix](b"one") + b"and then some other bytes")


@pytest.mark.parametrize("suffix", [".gz", ".xz", ".zst"])
def test_bombs_are_refused_early(tmp_path: Path, suffix: str) -> None:
    bomb = PACKERS[suffix](bytes(80_000_000))
    path = tmp_path / f"bomb{suffix}"
    path.write_bytes(bomb)
    with pytest.raises(InputError, match="decompression bomb"):
        sum(map(len, containers.pieces(path)))
    with pytest.raises(InputError, match="larger than"):
        containers.read(path, 1_000_000)


@given(st.binary(max_size=300), st.sampled_from([*PACKERS]))
def test_noise_is_an_input_error(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, suffix: str
) -> None:
    path = tmp_path_factory.getbasetemp() / f"noise{suffix}"
    with suppress(InputError):
        unpacked(path, data)


def test_zstandard_without_checksum_is_known() -> None:
    assert not containers.unchecked(zstd(b"x"))
    assert containers.unchecked(zstandard.ZstdCompressor(write_checksum=False).compress(b"x"))
    assert not containers.unchecked(gzip.compress(b"x"))
    assert not containers.unchecked(b"")
