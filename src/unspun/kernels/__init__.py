"""Compiled kernels: the same answers as the plain code beside each, only sooner.

A kernel is one C file, `_name.c`, in the room that uses it; `setup.py` makes an extension of each,
and an installation without a compiler goes without. Where the environment variable `UNSPUN_PURE` is
set to anything but 0, no kernel is used.
"""

from __future__ import annotations

import importlib
import os
from types import ModuleType

PURE = os.environ.get("UNSPUN_PURE", "0") not in ("", "0")
"""Whether the plain code is asked for."""

_loaded: list[str] = []


def load(name: str, revision: int) -> ModuleType | None:
    """A kernel, or None where the plain code must do.

    Args:
        name: The extension's full name, such as ``unspun.kernels._windows``.
        revision: The `REVISION` that it must have: one built from other sources is not used.
    """
    if PURE:
        return None
    try:
        kernel = importlib.import_module(name)
    except ImportError:
        return None
    if getattr(kernel, "REVISION", None) != revision:
        return None
    _loaded.append(name)
    return kernel


def loaded() -> tuple[str, ...]:
    """The kernels in use, by name."""
    return tuple(sorted(_loaded))
