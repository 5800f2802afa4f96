"""Pages on which no rule can find anything, told by a look at each line.

Most text is like that: no line says what furniture says, and what is left to the rules that go by
shape and place alone (names and bullets above the first paragraph, headlines between paragraphs,
labels with a colon, doubled lines, numbered pages) is not there.
"""

from __future__ import annotations

from collections.abc import Collection

from unspun.chrome.bylines import name_shaped
from unspun.chrome.headlines import MAX_WORDS, MIN_WORDS
from unspun.chrome.lines import Line, bare
from unspun.chrome.neighbours import LABEL_WORDS
from unspun.chrome.page import HEAD
from unspun.chrome.paged import LEAST, has_number
from unspun.chrome.repeats import SITE


def is_calm(lines: list[Line], recurring: Collection[str]) -> bool:
    """Whether no rule finds anything among lines none of which says what furniture says."""
    numbers = 0
    before = ""
    for line in lines:
        text, shape = line.text, line.shape
        if line.turn or text == before or (recurring and text in recurring):
            return False
        before = text
        if not shape.body and has_number(line):
            numbers += 1
        if not shape.final and shape.words <= MAX_WORDS:
            heading = line.gap and shape.words >= MIN_WORDS and not (shape.bullet or shape.quoted)
            if heading or (shape.words <= LABEL_WORDS and text[-1] in ":\uff1a"):
                return False
    return numbers < LEAST and _opens_calmly(lines)


def _opens_calmly(lines: list[Line]) -> bool:
    """Whether no name, no glyph of a list and no name of a site stands above the text."""
    running = [i for i, line in enumerate(lines[: HEAD + 1]) if line.shape.body][:2]
    first = running[0] if running else HEAD
    if any(SITE.search(line.text) for line in lines[:first]):
        return False
    opening = lines[: running[1] + 1] if len(running) > 1 else lines[: HEAD + 1]
    return not any(
        (line.shape.bullet and bare(line.text)) or name_shaped(line.text) for line in opening
    )
