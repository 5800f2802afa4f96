"""The text of an HTML page, as edits of its source.

What is cut, decoded or put in place of markup is an edit like any other. So every character of the
text has its place in the source, and the source comes back with `undo`.
"""

from __future__ import annotations

import re

from unspun.config import ExtractConfig
from unspun.extraction import blocks as page
from unspun.extraction.choose import Choice, choose
from unspun.extraction.cut import STAGE, cut
from unspun.model import Document, Edit, Tag

__all__ = ["STAGE", "TEXT_LOST", "Choice", "cut", "extract", "is_page", "page"]

TEXT_LOST = "html-text-lost"
"""The tag of a block that trafilatura had left out."""
_PAGE = re.compile(
    r"[\s\ufeff]*(?:<\?xml[^>]*>\s*|<!--(?s:.{0,2000}?)-->\s*)*+<(?:!doctype\s+html|html)\b",
    re.IGNORECASE,
)


def is_page(document: Document, config: ExtractConfig) -> bool:
    """Whether a document is an HTML page: by its file's name, or by how it begins."""
    if config.html == "auto":
        return document.kind == "html" or bool(_PAGE.match(document.text))
    return config.html == "always"


def extract(text: str) -> tuple[list[Edit], list[Tag]]:
    """The edits that leave the text of a page, and tags for what was nearly lost.

    Raises:
        InputError: if trafilatura is not installed.
    """
    found = page.blocks(text)
    choice = choose(text, found)
    tags = [Tag(TEXT_LOST, found[k].start, found[k].end, found[k].tag) for k in sorted(choice.lost)]
    return cut(text, found, choice), tags
