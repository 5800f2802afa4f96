"""Engines that translate, at the edge of the flow: local models and servers.

`open_engine` makes one from the configuration; the flow knows it by the protocol alone
(`unspun.protocol.Translator`). What an engine needs beyond unspun itself comes with
the extra ``translate`` and is imported where it is used.
"""

from __future__ import annotations

from unspun.protocol import Translator
from unspun.translators.engines import open_engine, open_rewriter
from unspun.workers import Limits

__all__ = ["SECONDS", "limits", "open_engine", "open_rewriter"]

SECONDS = 1800.0
"""Time of one document where somebody slow is asked and nobody said otherwise."""


def limits(asked: Limits | None, *slow: Translator | str | None) -> Limits:
    """What one document may take, with time for an engine, or for a rescorer by its name."""
    given = asked or Limits()
    if not any(slow) or given.seconds is not None:
        return given
    return given._replace(seconds=SECONDS)
