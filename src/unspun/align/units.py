"""The units that alignment pairs: paragraphs and sentences, as spans of code points."""

from __future__ import annotations

import re

Span = tuple[int, int]
"""Code points ``[start, end)``."""

_WRAP_MIN, _WRAP_MAX = 40, 120  # widths at which text is wrapped by hand or by a mail program
_WRAP_FILL = 0.6  # a wrapped line is filled at least so far: the next word did not fit

_ENDS = frozenset(".!?…:。！？")

_SENTENCE_END = re.compile(
    r"""
    (?P<latin>
        [.!?…]+ [\"'”’»)\]]*          # the mark, and what closes after it
        (?=\s+ [\"'“‘«(\[¿¡]* [\w])    # white space, and what can open a sentence
    )
    | [。！？｡]+ [”’」』）]*            # Chinese and Japanese need no white space
    | [\u0964\u0965\u06d4\u061f\u0589\u1362\u1367\u1368\u104a\u104b\u17d4\u17d5]+
      [\"'”’»)\]]* (?=\s)            # dandas, Urdu, Arabic, Armenian, Ethiopic, Burmese, Khmer
    """,
    re.VERBOSE,
)
_MARK = re.compile(
    "[.!?…。！？｡\u0964\u0965\u06d4\u061f\u0589\u1362\u1367\u1368\u104a\u104b\u17d4\u17d5]"
)
_NO_END = re.compile(
    r"""
    (?: ^ | [\s(\[“‘\"'] )
    (?: [^\W\d_]                       # an initial: J. Smith
      | (?:[^\W\d_]\.)+[^\W\d_]        # U.S.
      | Mr | Mrs | Ms | Dr | Prof | St | Sr | Jr | Gen | Col | Lt | Sgt | Rep | Sen | Gov | No
      | Inc | Ltd | Co | Corp | vs | etc | e\.g | i\.e | approx | Fig | Vol | pp
      | Jan | Feb | Mar | Apr | Jun | Jul | Aug | Sept? | Oct | Nov | Dec
    ) \. $
    """,
    re.VERBOSE,
)
_ORDINAL = re.compile(r"(?: ^ | [\s(\[“‘\"'] ) \d{1,2} \. $", re.VERBOSE)  # am 3. Mai
_ABBREVIATION = 12  # code points to look back for one


def paragraphs(text: str) -> list[Span]:
    r"""The paragraphs: lines, or runs of lines that were wrapped at one width.

    >>> paragraphs("One.\n\nTwo.")
    [(0, 4), (6, 10)]
    """
    found: list[Span] = []
    block: list[Span] = []
    start = 0
    for line in text.split("\n"):
        if shown := line.strip():
            first = start + len(line) - len(line.lstrip())
            block.append((first, first + len(shown)))
        elif block:
            found += _unwrap(text, block)
            block = []
        start += len(line) + 1
    return found + _unwrap(text, block)


def _unwrap(text: str, lines: list[Span]) -> list[Span]:
    """One paragraph where all lines but the last are filled to one width, else each line.

    Where most lines end as sentences do, they are paragraphs of one sentence.
    """
    if len(lines) < 3:  # noqa: PLR2004 - two lines may well be a heading and its text
        return lines
    widths = [end - start for start, end in lines]
    widest = max(widths)
    ended = sum(text[end - 1] in _ENDS for _, end in lines[:-1])
    filled = min(widths[:-1]) >= _WRAP_FILL * widest and 2 * ended < len(lines)
    if _WRAP_MIN <= widest <= _WRAP_MAX and filled:
        return [(lines[0][0], lines[-1][1])]
    return lines


def plain(text: str) -> str:
    r"""The words of a text, with one space between two of them.

    >>> plain(" so  it\nis")
    'so it is'
    """
    if text.isprintable() and "  " not in text and text[:1] != " " != text[-1:]:
        return text  # the space is the only white space that counts as printable
    return " ".join(text.split())


def sentences(text: str, span: Span, *, ordinals: bool = True) -> list[Span]:
    """The sentences of a paragraph; a boundary that is doubtful is none.

    Args:
        text: Where the paragraph stands.
        span: Its place.
        ordinals: Whether a full stop makes an ordinal of a number, as in German or Czech.

    >>> sentences("Mr. Lee left. He was late.", (0, 26))
    [(0, 13), (14, 26)]
    """
    start, stop = span
    found: list[Span] = []
    end = start
    for mark in _MARK.finditer(text, start, stop):
        match = _SENTENCE_END.match(text, mark.start(), stop) if mark.start() >= end else None
        if match is None:
            continue
        end = match.end()
        if match.group("latin") and not _ends(text, start, match, ordinals=ordinals):
            continue
        found.append((start, end))
        start = end
        while start < stop and text[start].isspace():
            start += 1
    if start < stop:
        found.append((start, stop))
    return found


def _ends(text: str, start: int, match: re.Match[str], *, ordinals: bool) -> bool:
    """Whether a full stop ends a sentence: no abbreviation, and a capital or a digit follows."""
    after = match.end()
    while text[after].isspace() or not text[after].isalnum():
        after += 1
    if text[after].islower():
        return False
    mark = match.start()
    if text[mark] != "." or match.end() - mark > 1:
        return True
    before = max(start, mark - _ABBREVIATION), mark + 1
    return not (_NO_END.search(text, *before) or (ordinals and _ORDINAL.search(text, *before)))
