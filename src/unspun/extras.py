"""Packages of unspun's extras, imported where they are used."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from unspun.errors import ConfigError


def need(package: str, purpose: str, extra: str) -> Any:  # noqa: ANN401 - a module
    """Import a package of an extra.

    Raises:
        ConfigError: naming the extra, where the package is not installed.
    """
    try:
        return import_module(package)
    except ImportError as error:
        said = f"{purpose} needs the package {package!r}: pip install 'unspun[{extra}]'"
        raise ConfigError(said) from error
