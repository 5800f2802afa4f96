"""What one document may take, and how it is said that it took more."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from unspun.errors import UnspunError

try:
    import resource
except ImportError:  # pragma: no cover - not a POSIX system
    resource = None  # type: ignore[assignment]

MEGABYTE = 1 << 20
SECONDS = 60.0  # and as many for each megabyte: ten times what slow text takes on a busy machine
MEGABYTES = 1024
MEGABYTES_EACH = 256  # for each megabyte of a document; plain text was seen to take 100
MEGABYTES_MOST = 8192


class Limits(NamedTuple):
    """What one document may take.

    Attributes:
        seconds: Time on the clock; ``SECONDS``, and as much again for each megabyte, if not given.
        megabytes: Memory beyond what an idle worker holds; ``MEGABYTES``, and more for large
            documents, if not given. Enforced where the system can (``RLIMIT_AS``).
    """

    seconds: float | None = None
    megabytes: int | None = None

    def seconds_for(self, size: int) -> float:
        """The time for a document of ``size`` bytes."""
        if self.seconds is not None:
            return self.seconds
        return SECONDS * (1 + size / MEGABYTE)

    def bytes_for(self, size: int) -> int:
        """The memory for a document of ``size`` bytes."""
        if self.megabytes is not None:
            return self.megabytes * MEGABYTE
        wanted = MEGABYTES * MEGABYTE + MEGABYTES_EACH * size
        return min(wanted, MEGABYTES_MOST * MEGABYTE)


class Failure(NamedTuple):
    """A job that could not be done, and why."""

    reason: str


class WorkerError(UnspunError):
    """Worker processes cannot be started, or were all killed."""


class Held:
    """What a process holds for all its documents."""

    bytes = 0


@contextmanager
def unmetered() -> Iterator[None]:
    """Load what outlives the document: it counts against no document's memory."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS) if resource is not None else (-1, -1)
    if resource is None or soft == hard:  # under no limit of ours
        yield
        return
    before = address_space()
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    try:
        yield
    finally:
        grown = max(0, address_space() - before)
        Held.bytes += grown
        most = soft + grown if hard == resource.RLIM_INFINITY else min(soft + grown, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def address_space() -> int:
    """Bytes that the process has mapped; 0 where the system does not say."""
    try:
        with open("/proc/self/statm", "rb") as file:  # noqa: PTH123 - no path to work on
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:  # pragma: no cover - not Linux
        return 0
