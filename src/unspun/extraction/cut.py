"""The page's text as edits of its source: what is cut, and what stands for what was written."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

from unspun.extraction.blocks import BLANK, ENTITY, Block
from unspun.extraction.choose import Choice
from unspun.model import Edit

STAGE = "extract"
_SPACES = " \t\n\r\f"
_NEXT = re.compile(f"{BLANK.pattern}|{ENTITY.pattern}")
_SURE = {"markup": 1.0, "space": 1.0, "entity": 1.0, "boilerplate": 0.8}


def cut(source: str, blocks: Sequence[Block], choice: Choice) -> list[Edit]:
    """The edits that turn the source of a page into the text of the chosen blocks.

    Blocks are set apart by a blank line, items of a list by a line end, cells of a row by a tab.
    """
    return list(_Cutter(source, blocks).run(choice.kept))


class _Cutter:
    def __init__(self, source: str, blocks: Sequence[Block]) -> None:
        self._source = source
        self._blocks = blocks

    def run(self, kept: Sequence[int]) -> Iterator[Edit]:
        last: int | None = None
        at = 0
        for number in kept:
            block = self._blocks[number]
            between = _between(self._blocks[last] if last is not None else None, block)
            yield from self._gap(at, block.start, -1 if last is None else last, number, between)
            yield from self._inside(block)
            at, last = block.end, number
        end = "\n" if last is not None else ""
        yield from self._gap(
            at, len(self._source), -1 if last is None else last, len(self._blocks), end
        )

    def _gap(self, start: int, end: int, before: int, after: int, between: str) -> Iterator[Edit]:
        """What stands between two kept blocks: markup, and blocks that are no text of the page."""
        for number in range(before + 1, after):
            block = self._blocks[number]
            yield from self._edit(start, block.start, "", "markup")
            rule = "boilerplate" if block.shown else "markup"
            yield from self._edit(block.start, block.end, "", rule)
            start = block.end
        yield from self._edit(start, end, between, "markup")

    def _inside(self, block: Block) -> Iterator[Edit]:
        blank = True  # whether white space here would be a second blank
        for k, piece in enumerate(block.pieces):
            start, end = max(piece.start, block.start), min(piece.end, block.end)
            if piece.kind in ("break", "markup"):
                is_break = piece.kind == "break"
                yield from self._edit(start, end, "\n" if is_break else "", "markup")
                blank = blank or is_break
                continue
            entities = piece.kind == "text"
            stop = [p.kind for p in block.pieces[k + 1 : k + 2]] == ["break"]
            if block.pre:
                yield from self._entities(start, end) if entities else ()
            else:
                yield from self._text(start, end, entities=entities, blank=blank, stop=stop)
            blank = self._source[end - 1 : end] in _SPACES

    def _entities(self, start: int, end: int) -> Iterator[Edit]:
        for match in ENTITY.finditer(self._source, start, end):
            yield from self._edit(*match.span(), html.unescape(match[0]), "entity")

    def _text(
        self, start: int, end: int, *, entities: bool, blank: bool, stop: bool
    ) -> Iterator[Edit]:
        """White space as one blank, none at a line's ends; entities as what they stand for."""
        for match in _NEXT.finditer(self._source, start, end):
            if match[0][0] != "&":
                gone = (blank and match.start() == start) or (stop and match.end() == end)
                yield from self._edit(*match.span(), "" if gone else " ", "space")
            elif entities:
                yield from self._edit(*match.span(), html.unescape(match[0]), "entity")

    def _edit(self, start: int, end: int, after: str, rule: str) -> Iterator[Edit]:
        before = self._source[start:end]
        if before != after:
            yield Edit(start, end, before, after, STAGE, rule, _SURE[rule])


def _between(last: Block | None, block: Block) -> str:
    """What stands before a block."""
    mark = "- " if block.tag == "li" else ""
    if last is None:
        return mark
    if block.tag in ("td", "th") and last.tag in ("td", "th"):
        return "\t" if last.parents[-2:-1] == block.parents[-2:-1] else "\n"
    items = {"li": ("li",), "dt": ("dt", "dd"), "dd": ("dt", "dd")}.get(block.tag, ())
    together = last.tag in items and last.parents[-2:-1] == block.parents[-2:-1]
    return ("\n" if together else "\n\n") + mark
