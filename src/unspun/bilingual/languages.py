"""Which languages a bitext is in, where it does not say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice

from unspun.checking import Languages, Unit
from unspun.config import TagConfig
from unspun.tagging import detect_many

_SAMPLE = 200  # units that are looked at
_LETTERS = 20_000
_SURE = 0.5


def resolve(units: Iterator[Unit], known: Languages) -> tuple[Languages, Iterator[Unit]]:
    """The languages of a stream of units, and the stream from its beginning.

    A passage that is too short to tell leaves its language open: `und`.
    """
    if "und" not in (known.source, known.target):
        return known, units
    sample = list(islice(units, _SAMPLE))
    return detect(sample, known), chain(sample, units)


def detect(sample: Sequence[Unit], known: Languages) -> Languages:
    """The languages of some units, as far as they are not known."""
    ours = "\n".join(unit.source for unit in sample)[:_LETTERS]
    theirs = "\n".join(unit.target for unit in sample)[:_LETTERS]
    found = [
        tagged.language if tagged.confidence >= _SURE else "und"
        for tagged in detect_many([ours, theirs], TagConfig())
    ]
    return Languages(
        found[0] if known.source == "und" else known.source,
        found[1] if known.target == "und" else known.target,
    )
