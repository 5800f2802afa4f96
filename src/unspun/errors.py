"""One base error; every message says what, where, and what would work."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class UnspunError(Exception):
    """The base of all errors that unspun raises on purpose."""


class EditError(UnspunError):
    """An edit does not fit the text it is applied to."""


class ConfigError(UnspunError):
    """A setting is unknown or has a value that cannot be used."""


class InputError(UnspunError):
    """A document, reference or model cannot be read as asked."""


class OutputError(UnspunError):
    """A result cannot be written; what stood there before is intact."""


class MismatchError(UnspunError):
    """Hypotheses and references do not pair one to one."""


class ModelError(UnspunError):
    """A model file is missing, damaged, or of another version."""


NO_DOCUMENTS_FAULT = (ConfigError, ModelError, MemoryError)
"""Every other one would fail alike; memory is the affair of whoever limits it."""


def message_of(error: Exception) -> str:
    """What is said of an error: its message, and for a defect of ours what it is, too.

    >>> message_of(InputError("no such file"))
    'no such file'
    >>> message_of(KeyError("a"))
    "KeyError: 'a'"
    """
    return str(error) if isinstance(error, UnspunError) else f"{type(error).__name__}: {error}"


def unknown_name(kind: str, name: str, known: Iterable[str]) -> str:
    """Say that a name is unknown, with the nearest known ones.

    >>> unknown_name("profile", "asci", ["ascii", "mt"])
    "unknown profile 'asci': did you mean 'ascii'?"
    >>> unknown_name("profile", "zzz", ["ascii", "mt"])
    "unknown profile 'zzz': known are ascii, mt"
    """
    names = sorted(known)
    near = get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(names)}"
    return f"unknown {kind} {name!r}: {hint}"
