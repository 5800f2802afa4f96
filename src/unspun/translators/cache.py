"""Answers kept on disk, so that no sentence is paid for twice; and turns under a rate limit.

One SQLite file serves all worker processes. It holds sentences and their translations, keyed by a
hash of engine, model, languages, glossary and text; never a key of a server. A cache that cannot be
read or written while documents are done costs time, not documents.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from unspun.errors import ConfigError
from unspun.protocol import Answer, Answers, Translator

if TYPE_CHECKING:
    from unspun.checking import Terms

_SCHEMA = """
create table if not exists answers (key blob primary key, text text, score real) without rowid;
create table if not exists turns (server text primary key, next real) without rowid;
"""
_PATIENCE = 30.0  # seconds that a process waits for another one to finish writing
_AT_ONCE = 500  # keys of one question, below SQLite's limit of parameters


def default_path() -> Path:
    """Where answers are kept if nobody says otherwise: $XDG_CACHE_HOME, else ~/.cache."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "unspun" / "translations.sqlite"


@dataclass
class Cache:
    """A file of answers; it is opened by each process that uses it."""

    path: Path
    _open: dict[int, sqlite3.Connection] = field(default_factory=dict, repr=False)

    def __getstate__(self) -> dict[str, Any]:
        return {"path": self.path, "_open": {}}

    def __del__(self) -> None:
        connection = self._open.pop(os.getpid(), None)
        if connection is not None:
            connection.close()

    def check(self) -> None:
        """Make the file, readable for its owner alone.

        Raises:
            ConfigError: where it cannot be made, or is no cache.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.touch(mode=0o600)
            self._connection().execute("select count(*) from turns")
        except (OSError, sqlite3.Error) as error:
            raise ConfigError(
                f"{self.path}: cannot be used as a cache ({error}); name another with --cache, "
                "or none with --cache ''"
            ) from error

    def get(self, keys: Sequence[bytes]) -> dict[bytes, Answer]:
        """The answers that are known."""
        found: dict[bytes, Answer] = {}
        with suppress(sqlite3.Error):
            for start in range(0, len(keys), _AT_ONCE):
                part = keys[start : start + _AT_ONCE]
                marks = ",".join("?" * len(part))
                query = f"select key, text, score from answers where key in ({marks})"  # noqa: S608
                for key, text, score in self._connection().execute(query, part):
                    found[key] = Answer(text, score)
        return found

    def put(self, items: Iterable[tuple[bytes, Answer]]) -> None:
        """Keep answers."""
        rows = [(key, answer.text, answer.score) for key, answer in items]
        with suppress(sqlite3.Error), self._connection() as connection:
            connection.executemany("insert or replace into answers values (?, ?, ?)", rows)

    def turn(self, server: str, gap: float) -> float:
        """Seconds to wait, so that all processes together ask once in ``gap`` seconds."""
        with suppress(sqlite3.Error):
            connection = self._connection()
            connection.execute("begin immediate")
            with connection:
                row = connection.execute(
                    "select next from turns where server = ?", (server,)
                ).fetchone()
                now = time.time()
                mine = max(now, min(row[0], now + 1000 * gap)) if row else now
                connection.execute(
                    "insert or replace into turns values (?, ?)", (server, mine + gap)
                )
            return mine - now
        return gap

    def _connection(self) -> sqlite3.Connection:
        own = os.getpid()  # a connection must not cross a fork
        if own not in self._open:
            connection = sqlite3.connect(self.path, timeout=_PATIENCE)
            connection.execute("pragma journal_mode = wal")
            connection.execute("pragma synchronous = normal")
            connection.executescript(_SCHEMA)
            self._open[own] = connection
        return self._open[own]


class Known(Translator, Protocol):
    """An engine that can say beforehand which model would answer."""

    def identity(self, source: str, target: str) -> str:
        """What answers depend on beside the text: the model, and how it is asked."""


@dataclass
class Cached:
    """An engine whose answers are kept."""

    engine: Known
    cache: Cache

    @property
    def name(self) -> str:
        """The engine's."""
        return self.engine.name

    @property
    def glossary(self) -> Terms:
        """The engine's."""
        return self.engine.glossary

    def placeholder(self, source: str, target: str) -> str:
        """The engine's."""
        return self.engine.placeholder(source, target)

    def translate(self, segments: Sequence[str], source: str, target: str) -> Answers:
        """Answer what is known, ask for the rest, and keep it."""
        identity = self.engine.identity(source, target)
        terms = sorted((term, list(to)) for term, to in self.glossary.items())
        asked = json.dumps([self.name, identity, source, target, terms])
        keys = [_key(asked, segment) for segment in segments]
        known = self.cache.get(keys)
        missing = [k for k, key in enumerate(keys) if key not in known]
        answers = self.engine.translate([segments[k] for k in missing], source, target)
        fresh = dict(zip(missing, answers.items, strict=True))
        self.cache.put((keys[k], answer) for k, answer in fresh.items() if answer.text is not None)
        items = tuple(fresh[k] if k in fresh else known[key] for k, key in enumerate(keys))
        usage = answers.usage
        usage = replace(usage, cached=usage.cached + len(keys) - len(missing))
        return Answers(items, answers.model, usage)


def _key(asked: str, segment: str) -> bytes:
    digest = hashlib.blake2b(asked.encode(), digest_size=20)
    digest.update(b"\0" + segment.encode("utf-8", "surrogatepass"))
    return digest.digest()
