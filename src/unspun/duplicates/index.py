"""Texts that were seen, in one SQLite file: what a new one repeats."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from unspun.duplicates.shingles import LEAST, Shingles, shingles, similarity
from unspun.errors import ConfigError, InputError

VERSION = 1
ROWS, BANDS = 4, 32
"""A signature of 128 values in 32 bands of 4: texts alike to .8 share a band but for one pair in
20 million, to .6 but for one in 85; those less alike are rejected by their shingles."""
LOWEST = 0.6
"""The lowest threshold at which this holds."""
CANDIDATES = 200
"""Texts that one is compared with at most: those that share most bands, the earliest first."""
_SEED = 1
_APPLICATION = 0x756E7370  # 'unsp', in the file's head

_TABLES = """
create table documents (
  number integer primary key, id text, digest blob, shingles blob, batch integer
);
create table bands (band integer, value blob, number integer);
create index by_digest on documents (digest);
create index by_band on bands (band, value);
"""


class Match(NamedTuple):
    """What a text repeats.

    Attributes:
        number: Of the earlier text, in the index.
        id: Its name.
        kind: ``exact`` for the same characters, ``near`` for most of the same runs of words.
        similarity: The share of runs that both have, 0 to 1.
    """

    number: int
    id: str
    kind: Literal["exact", "near"]
    similarity: float


class Index:
    """Texts that were seen.

    Args:
        path: The file; in memory if not given.
        threshold: The similarity from which a text repeats another.

    Raises:
        ConfigError: for a threshold out of range.
        InputError: if the file is no such index, or datasketch is missing.
    """

    def __init__(self, path: Path | None = None, threshold: float = 0.8) -> None:
        if not LOWEST <= threshold <= 1:
            raise ConfigError(f"a threshold of duplicates is {LOWEST} to 1, not {threshold}")
        self._threshold = threshold
        self._minhash = _minhash()
        try:
            self._base = sqlite3.connect(path or ":memory:", isolation_level=None)
            self._open()
        except sqlite3.Error as error:
            raise InputError(f"{path}: no index of duplicates ({error})") from error

    def _open(self) -> None:
        execute = self._base.execute
        (application,) = execute("pragma application_id").fetchone()
        (version,) = execute("pragma user_version").fetchone()
        (tables,) = execute("select count(*) from sqlite_master").fetchone()
        if not tables:
            execute(f"pragma application_id = {_APPLICATION}")
            execute(f"pragma user_version = {VERSION}")
            self._base.executescript(_TABLES)
        elif (application, version) != (_APPLICATION, VERSION):
            raise sqlite3.DatabaseError("not one of ours, or of another version")
        execute("begin")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._base.rollback()
        self._base.close()

    def keep(self) -> None:
        """Write what was added; without it, the file stays as it was."""
        self._base.commit()
        self._base.execute("begin")

    def add(self, id_: str, text: str) -> tuple[int, list[Match]]:
        """Add a text.

        Returns:
            Its number, and what it repeats of the texts before it, the most similar first.
        """
        data = text.encode("utf-8", "surrogatepass")
        digest = hashlib.blake2b(data, digest_size=16).digest()
        same = self._base.execute(
            "select number, id from documents where digest = ? order by number limit 1", (digest,)
        ).fetchone()
        if same is not None:
            return self._insert(id_, digest, b""), [Match(same[0], same[1], "exact", 1.0)]
        own = shingles(text)
        if len(own) < LEAST:
            return self._insert(id_, digest, b""), []
        bands = self._bands(own)
        matches = self._near(own, bands)
        number = self._insert(id_, digest, own.tobytes())
        rows = ((band, value, number) for band, value in bands)
        self._base.executemany("insert into bands values (?, ?, ?)", rows)
        return number, matches

    def _insert(self, id_: str, digest: bytes, own: bytes) -> int:
        name = id_.encode("utf-8", "backslashreplace").decode()
        made = self._base.execute(
            "insert into documents (id, digest, shingles) values (?, ?, ?)", (name, digest, own)
        )
        return int(made.lastrowid or 0)

    def _bands(self, own: Shingles) -> list[tuple[int, bytes]]:
        signature = self._minhash(own)
        return [(k, signature[k * ROWS : (k + 1) * ROWS].tobytes()) for k in range(BANDS)]

    def _near(self, own: Shingles, bands: list[tuple[int, bytes]]) -> list[Match]:
        shared: dict[int, int] = {}
        for band in bands:
            found = self._base.execute(
                "select number from bands where band = ? and value = ? order by number limit 1000",
                band,
            )
            for (number,) in found:
                shared[number] = shared.get(number, 0) + 1
        candidates = sorted(shared, key=lambda number: (-shared[number], number))[:CANDIDATES]
        matches = []
        for number in candidates:
            id_, blob = self._base.execute(
                "select id, shingles from documents where number = ?", (number,)
            ).fetchone()
            alike = similarity(own, np.frombuffer(blob, np.uint64))
            if alike >= self._threshold:
                matches.append(Match(number, id_, "near", round(alike, 4)))
        return sorted(matches, key=lambda match: (-match.similarity, match.number))


class _Signer:
    """datasketch's MinHash with its permutations drawn once."""

    def __init__(self, minhash: Any) -> None:  # noqa: ANN401 - an extra's own class
        self._class = minhash
        self._options = {
            "num_perm": ROWS * BANDS,
            "seed": _SEED,
            "hashfunc": int,
            "scheme": "affine32",
        }
        self._permutations = minhash(**self._options).permutations

    def __call__(self, own: Shingles) -> NDArray[np.uint32]:
        made = self._class(**self._options, permutations=self._permutations)
        made.update_batch((own >> np.uint64(32)).tolist())
        return np.asarray(made.hashvalues).astype(np.uint32)


def _minhash() -> _Signer:
    try:
        from datasketch import MinHash  # noqa: PLC0415 - an extra
    except ImportError as error:
        said = "duplicates need datasketch: pip install 'unspun[duplicates]'"
        raise InputError(said) from error
    return _Signer(MinHash)
