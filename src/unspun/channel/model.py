"""A spinner's channel: which phrase it writes for which, and how often.

The file is a JSON header and a few arrays behind it, compressed; reading one takes milliseconds.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any, Self

import numpy as np
import orjson

from unspun.errors import ModelError

MAGIC = b"UNSPUNCH"
VERSION = 2
PLAIN = 1  # the version that was not compressed
_HEAD = 16  # bytes before the header: the magic word, version and length


@dataclass(frozen=True, slots=True)
class Entry:
    """One substitution of a spinner's table.

    Attributes:
        original: Words of the original, joined by blanks; the first in lower case unless the
            phrase is a name.
        spun: Words written in their place.
        logp: Natural logarithm of p(spun | original, replaced).
        rate: Share of documents in which the original phrase was replaced at all, at full rate.
        support: Documents in which the pair was seen.
    """

    original: str
    spun: str
    logp: float
    rate: float
    support: int


@dataclass(frozen=True, slots=True)
class Channel:
    """All that was learned of one spinner.

    Attributes:
        family: Its name, as in ``--family``.
        entries: Its substitutions, ordered by spun and original phrase.
        info: What the training noted: documents, pairs, settings.
        markers: Words that tell spun text at a glance, with their weight in nats.
    """

    family: str
    entries: tuple[Entry, ...]
    info: Mapping[str, Any] = field(default_factory=dict)
    markers: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        family: str,
        entries: Iterable[Entry],
        info: Mapping[str, Any],
        markers: Mapping[str, float],
    ) -> Self:
        """A channel with its entries in order."""
        ordered = sorted(entries, key=lambda entry: (entry.spun, entry.original))
        return cls(family, tuple(ordered), dict(info), dict(sorted(markers.items())))

    def originals(self) -> list[str]:
        """The original phrases, each once, in the order of the entries."""
        return list(dict.fromkeys(entry.original for entry in self.entries))

    def spun(self) -> list[str]:
        """The spun phrases, each once, in the order of the entries."""
        return list(dict.fromkeys(entry.spun for entry in self.entries))

    def save(self, path: str | PathLike[str]) -> None:
        """Write the channel to a file.

        Raises:
            OSError: if the file cannot be written.
        """
        Path(path).write_bytes(self.to_bytes())

    def to_bytes(self) -> bytes:
        """The file's content; the same channel always gives the same bytes."""
        phrases = sorted({p for entry in self.entries for p in (entry.original, entry.spun)})
        index = {phrase: number for number, phrase in enumerate(phrases)}
        blob = "\n".join(phrases).encode()
        marks = "\n".join(self.markers).encode()
        header = orjson.dumps(
            {
                "family": self.family,
                "entries": len(self.entries),
                "phrases": len(blob),
                "markers": [len(self.markers), len(marks)],
                "info": dict(self.info),
            },
            option=orjson.OPT_SORT_KEYS,
        )
        columns = (
            np.array([index[e.original] for e in self.entries], "<i4"),
            np.array([index[e.spun] for e in self.entries], "<i4"),
            np.array([e.logp for e in self.entries], "<f4"),
            np.array([e.rate for e in self.entries], "<f4"),
            np.array([e.support for e in self.entries], "<i4"),
            np.array(list(self.markers.values()), "<f4"),
        )
        head = MAGIC + np.array([VERSION, len(header)], "<u4").tobytes()
        body = blob + marks + b"".join(column.tobytes() for column in columns)
        return head + header + zlib.compress(body, 9)

    @classmethod
    def open(cls, path: str | PathLike[str]) -> Self:
        """Read a channel from a file.

        Raises:
            ModelError: if the file is no channel, damaged, or of another version.
            OSError: if it cannot be read.
        """
        return cls.from_bytes(Path(path).read_bytes())

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read a channel from a file's content.

        Raises:
            ModelError: if it is no channel, damaged, or of another version.
        """
        if data[:8] != MAGIC or len(data) < _HEAD:
            raise ModelError("this is no channel file: it does not begin with UNSPUNCH")
        version, length = np.frombuffer(data, "<u4", 2, 8).tolist()
        if version not in (PLAIN, VERSION):
            raise ModelError(f"channel of version {version}; this release reads {VERSION}")
        try:
            header = orjson.loads(data[_HEAD : _HEAD + length])
            body = data[_HEAD + length :]
            if version != PLAIN:
                body = zlib.decompress(body)
            count, blob = int(header["entries"]), int(header["phrases"])
            phrases = body[:blob].decode().split("\n")
            marked, marks = header["markers"]
            names = body[blob : blob + marks].decode().split("\n")[:marked]
            at = blob + marks
            columns = np.frombuffer(body, "<i4", 5 * count, at).reshape(5, count)
            weights = np.frombuffer(body, "<f4", marked, at + 20 * count).tolist()
            markers = dict(zip(names, weights, strict=True))
            floats = columns[2:4].view("<f4")
            named = (map(phrases.__getitem__, column) for column in columns[:2].tolist())
            entries = tuple(map(Entry, *named, *floats.tolist(), columns[4].tolist()))
        except (KeyError, IndexError, ValueError, zlib.error) as error:
            raise ModelError(f"damaged channel file: {error}") from error
        return cls(str(header["family"]), entries, header["info"], markers)


def stack(channels: Iterable[Channel]) -> Channel:
    """One channel that may have written anything that any of them writes.

    A pair that several hold keeps its best probability, a phrase its highest rate.
    """
    channels = list(channels)
    if len(channels) == 1:
        return channels[0]
    pairs: dict[tuple[str, str], Entry] = {}
    names = []
    markers: dict[str, float] = {}
    for channel in channels:
        names.append(channel.family)
        for word, weight in channel.markers.items():
            markers[word] = max(weight, markers.get(word, weight))
        for entry in channel.entries:
            key = (entry.original, entry.spun)
            known = pairs.get(key)
            if known is None:
                pairs[key] = entry
                continue
            pairs[key] = Entry(
                *key,
                max(entry.logp, known.logp),
                max(entry.rate, known.rate),
                entry.support + known.support,
            )
    return Channel.of("+".join(names), pairs.values(), {}, markers)
