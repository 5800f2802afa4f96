"""The engine of a configuration."""

from __future__ import annotations

import os
from pathlib import Path

from unspun import checking, files
from unspun.checking import Terms
from unspun.config import TranslateConfig
from unspun.errors import ConfigError, InputError
from unspun.translation.protocol import Translator
from unspun.translators import codes, folders
from unspun.translators.local import Local

HOW = (
    "get a model with 'unspun models', name its folder with --model DIR, or ask a server with "
    "--engine libretranslate, deepl or openai"
)


def models_folder() -> Path:
    """Where a user's translation models lie: $UNSPUN_MODELS, else the folder for data."""
    if named := os.environ.get("UNSPUN_MODELS"):
        return Path(named)
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "unspun" / "models"


def open_engine(config: TranslateConfig) -> Translator | None:
    """The engine that the configuration names; None where nothing is to be translated.

    Raises:
        ConfigError: where it names none that can be used, saying how to get one.
        InputError: for a glossary that cannot be read.
        ModelError: for a model's folder that lacks something.
    """
    if not config.to:
        return None
    return _local(config, _terms(config))


def _terms(config: TranslateConfig) -> Terms:
    if not config.glossary:
        return {}
    data = files.read_bytes(Path(config.glossary))
    try:
        return checking.read_terms(data.decode("utf-8").splitlines(), config.glossary)
    except UnicodeDecodeError as error:
        raise InputError(f"{config.glossary}: a glossary is UTF-8 text ({error})") from error


def _local(config: TranslateConfig, terms: Terms) -> Translator:
    named = [Path(m) for m in config.models] or [models_folder()]
    if not config.models and not named[0].is_dir():
        raise ConfigError(f"no translation model: {HOW}")
    found = [folder for path in named for folder in folders.find(path)]
    if not found:
        raise ConfigError(f"{', '.join(map(str, named))}: no translation model there; {HOW}")
    wanted = codes.primary(config.to)
    fitting = tuple(f for f in found if f.target in ("", wanted))
    if not fitting:
        pairs = ", ".join(sorted(f"{f.source}-{f.target}" for f in found))
        raise ConfigError(f"no model translates into {config.to!r}; there are {pairs}: {HOW}")
    return Local(fitting, config, terms)
