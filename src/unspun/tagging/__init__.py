"""Language and script of every span of a text.

Documents, paragraphs and spans come out of one pass: the script of every character (UAX #24),
then the words of scripts that several languages share are read against n-gram profiles.
"""

from __future__ import annotations

from collections.abc import Sequence

from unspun.config import TagConfig
from unspun.kernels.portions import portions
from unspun.model import Tagged
from unspun.tagging import origin
from unspun.tagging.detect import Detected, detect_batch, whole_batch
from unspun.tagging.document import tag_batch

__all__ = ["Detected", "detect_many", "elsewhere", "origin", "tag", "tag_many"]

_CLEAR, _LONG = 0.95, 40  # confidence and letters from which a language is beyond doubt


def tag(
    text: str,
    config: TagConfig,
    *,
    skip: Sequence[tuple[int, int]] = (),
    id: str = "",  # noqa: A002
) -> Tagged:
    """Tag one text.

    Args:
        text: Any string.
        config: The method and its settings.
        skip: Spans that do not count for the document's language, such as page furniture.
        id: The document's id.

    >>> tag("Der Vertrag wurde gestern in Wien unterschrieben.", TagConfig()).language
    'de'
    """
    return tag_many([text], config, skips=[skip], ids=[id])[0]


def tag_many(
    texts: Sequence[str],
    config: TagConfig,
    *,
    skips: Sequence[Sequence[tuple[int, int]]] = (),
    ids: Sequence[str] = (),
    judged: bool = False,
) -> list[Tagged]:
    """Tag many texts; the same answers as `tag` one by one, several times faster.

    Args:
        texts: Any strings.
        config: The method and its settings.
        skips: For each text, the spans that do not count.
        ids: The documents' ids.
        judged: Whether to say where their wording comes from, too: as `origin.judge` does.
    """
    found: list[Tagged] = []
    for start, stop in portions(texts):
        names = ids[start:stop] or [""] * (stop - start)
        if not config.spans:
            found += whole_batch(texts[start:stop], config, names)
            continue
        silent = skips[start:stop] or [()] * (stop - start)
        found += tag_batch(texts[start:stop], config, names, silent, judged=judged)
    return found


def detect_many(texts: Sequence[str], config: TagConfig) -> list[Detected]:
    """Language, script and confidence of each text from a sample of it, without spans.

    >>> texts = ["Où est la gare ?", "駅はどこですか"]
    >>> [found.language for found in detect_many(texts, TagConfig())]
    ['fr', 'ja']
    """
    found: list[Detected] = []
    for start, stop in portions(texts):
        found += detect_batch(texts[start:stop], config)
    return found


def elsewhere(texts: Sequence[str], language: str, config: TagConfig) -> list[bool]:
    """Which texts are clearly in another language than the one named; short ones never are.

    >>> german = "Der Vertrag wurde gestern in Wien unterschrieben, wie der Minister mitteilte."
    >>> elsewhere([german], "en", TagConfig()), elsewhere([german], "de-AT", TagConfig())
    ([True], [False])
    """
    if not texts:
        return []
    own = (language.split("-", maxsplit=1)[0], "und")
    return [
        found.language.split("-")[0] not in own
        and found.confidence > _CLEAR
        and sum(map(str.isalpha, text)) >= _LONG
        for text, found in zip(texts, detect_many(texts, config), strict=True)
    ]
