"""The engine of a configuration."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from unspun import files
from unspun.config import RewriteConfig, TranslateConfig
from unspun.errors import ConfigError, InputError
from unspun.extras import need
from unspun.protocol import Translator
from unspun.translators import codes, folders
from unspun.translators.cache import Cache, Cached, Known, default_path
from unspun.translators.client import Client
from unspun.translators.local import Local
from unspun.translators.rewriter import Rewriter
from unspun.translators.servers import DeepL, LibreTranslate, OpenAI, Server

if TYPE_CHECKING:
    from unspun.checking import Terms

SERVERS: dict[str, type[Server]] = {
    "libretranslate": LibreTranslate,
    "deepl": DeepL,
    "openai": OpenAI,
}

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
    terms = _terms(config)
    if config.engine == "ctranslate2":
        engine: Known = _local(config, terms)
        kept = None if config.cache == "auto" else _cache(config)  # answers then depend on the
        # document alone, to the last digit: a batch is never put together by what is known already
    else:
        kept = _cache(config)
        engine = _server(config, terms, kept)
    return Cached(engine, kept) if kept else engine


def open_rewriter(config: RewriteConfig) -> Translator | None:
    """The engine that betters wordings; None where none is named.

    Raises:
        ConfigError: where it cannot be used, saying what is missing.
    """
    if not config.engine:
        return None
    if not config.models:
        raise ConfigError("the rewriter openai wants the name of a model: --rewriter-model NAME")
    need("httpx", "the rewriter openai", "translate")
    kept = _cache(config)
    client = Client(config, config.url.rstrip("/") or _home("openai", ""), "OPENAI_API_KEY", kept)
    client.key()  # a file that cannot be read is told before any document
    if not client.url.startswith(("http://", "https://")):
        raise ConfigError(f"{config.url}: no address of a server; it begins with https://")
    rewriter = Rewriter(config, client)
    return Cached(rewriter, kept) if kept else rewriter


def _cache(config: TranslateConfig | RewriteConfig) -> Cache | None:
    if not config.cache:
        return None
    cache = Cache(default_path() if config.cache == "auto" else Path(config.cache))
    cache.check()
    return cache


def _server(config: TranslateConfig, terms: Terms, cache: Cache | None) -> Server:
    need("httpx", f"the engine {config.engine}", "translate")
    kind = SERVERS[config.engine]
    variable = f"{config.engine.upper()}_API_KEY"
    client = Client(config, config.url.rstrip("/"), variable, cache)
    key = client.key()  # a file that cannot be read is told before any document
    if not client.url:
        client.url = _home(config.engine, key)
    if not client.url.startswith(("http://", "https://")):
        raise ConfigError(f"{config.url}: no address of a server; it begins with https://")
    if config.engine == "openai" and not config.models:
        raise ConfigError("the engine openai wants the name of a model: --model NAME")
    return kind(config, client, terms)


def _home(engine: str, key: str) -> str:
    """Where a service answers that has one address for all."""
    if engine == "deepl":
        return "https://api-free.deepl.com" if key.endswith(":fx") else "https://api.deepl.com"
    if engine == "openai":
        return "https://api.openai.com/v1"
    raise ConfigError(f"the engine {engine} wants an address: --url http://localhost:5000")


def _terms(config: TranslateConfig) -> Terms:
    if not config.glossary:
        return {}
    from unspun import checking  # noqa: PLC0415 - few who translate have a glossary

    data = files.read_bytes(Path(config.glossary))
    try:
        return checking.read_terms(data.decode("utf-8").splitlines(), config.glossary)
    except UnicodeDecodeError as error:
        raise InputError(f"{config.glossary}: a glossary is UTF-8 text ({error})") from error


def _local(config: TranslateConfig, terms: Terms) -> Local:
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
