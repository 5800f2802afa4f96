"""Engines that translate, at the edge of the flow: local models and servers.

`open_engine` makes one from the configuration; the flow knows it by the protocol alone
(`unspun.translation.protocol.Translator`). What an engine needs beyond unspun itself comes with
the extra ``translate`` and is imported where it is used.
"""

from __future__ import annotations

from unspun.translators.engines import open_engine
from unspun.translators.glossary import read as read_glossary

__all__ = ["open_engine", "read_glossary"]
