"""Words as the language model and the channel see them: tokens with code-point spans.

The boundaries follow what a spinner can replace and what a reader would put back. A possessive
or verbal clitic is a token of its own (``China`` + ``'s``), a negation is not (``don't``), a
hyphenated word falls into its parts (``start`` + ``-`` + ``up``, since spinners rewrite the
parts), a number keeps its separators and unit (``2.0``, ``17m``), its currency sign stands apart
(``$`` + ``2bn``), and dotted abbreviations and titles keep their stops (``U.S.``, ``Mr.``).
Every character that is not white space belongs to exactly one token.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from unspun import kernels

kernel = kernels.load("unspun.lm._words", revision=3)

# Titles and months whose stop never ends a sentence.
_TITLES = (
    "Mr|Mrs|Ms|Dr|Sen|Sens|Rep|Reps|Gov|Gen|Lt|Col|Sgt|Capt|Prof|Rev|Hon|St|Jan|Feb|Aug|Sept|Oct"
    "|Nov|Dec"
)
_LETTER = r"[^\W\d_]"
_URL = r"[^\s<>\"\N{RIGHT DOUBLE QUOTATION MARK}]"
_URL_END = r"[^\s<>\"\N{RIGHT DOUBLE QUOTATION MARK}.,;:!?)\]'\N{RIGHT SINGLE QUOTATION MARK}]"
_CLITIC = r"(?:s|ll|re|ve|d|m|S|LL|RE|VE|D|M)(?![^\W_])"

_TOKEN = re.compile(
    rf"""
      (?:{_LETTER}\.){{2,}}                  # U.S.  e.g.  a.m.
    | (?=[A-Z])(?:{_TITLES})\.               # Mr.  Sen.  Nov.
    | (?=[hw])(?:https?://|www\.){_URL}*{_URL_END}
    | {_LETTER}+                             # word, then ...
      (?: \d[^\W_]*(?:[.,]\d+[^\W_]*)*       # ... digits: G7  Rmb3.4bn
        | (?:['\N{{RIGHT SINGLE QUOTATION MARK}}](?!{_CLITIC}){_LETTER}+)* )  # don't  O'Connor
    | (?<=[^\W_]|\.)['\N{{RIGHT SINGLE QUOTATION MARK}}]{_CLITIC}             # 's  'll
    | \d+(?:[.,]\d+)*[^\W_]*                 # 2.0  1,200  17m  1990s
    | \.\.+ | --+                            # ellipsis, typed dash
    | \S                                     # any other mark, one at a time
    """,
    re.VERBOSE,
)

# A word after one of these stands where English writes a capital whatever the word is.
SENTENCE_OPENERS = frozenset(
    [
        ".", "!", "?", ":", "...", "\N{HORIZONTAL ELLIPSIS}", '"',
        "\N{LEFT DOUBLE QUOTATION MARK}", "\N{RIGHT DOUBLE QUOTATION MARK}",
        "\N{LEFT SINGLE QUOTATION MARK}", "(", "[", "*", "\N{BULLET}", "#", ">",
    ]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text's tokens, in order.

    Attributes:
        text: the text that was cut.
        words: the tokens as written.
        starts: code-point offset of each token's first character.
        ends: code-point offset after each token's last character.
    """

    text: str
    words: list[str]
    starts: list[int]
    ends: list[int]

    def __len__(self) -> int:
        return len(self.words)

    def spaced(self, index: int) -> bool:
        """Tell whether white space, or the text's edge, stands before token ``index``."""
        return index == 0 or self.starts[index] > self.ends[index - 1]

    def initial(self) -> list[bool]:
        """Tell of each token whether it opens a sentence, a quotation or a list item."""
        return sentence_initial(self.words)


def tokenise(text: str) -> Tokens:
    r"""Cut ``text`` into tokens; nothing but white space lies between them.

    >>> tokenise("China\N{RIGHT SINGLE QUOTATION MARK}s start-up didn't get $2bn in the U.S.").words
    ['China', '’s', 'start', '-', 'up', "didn't", 'get', '$', '2bn', 'in', 'the', 'U.S.']
    """
    return tokenise_plain(text) if kernel is None else Tokens(text, *kernel.tokens(text))


def tokenise_plain(text: str) -> Tokens:
    """What `tokenise` gives, without the compiled kernel."""
    matches = list(_TOKEN.finditer(text))
    return Tokens(
        text,
        [match[0] for match in matches],
        [match.start() for match in matches],
        [match.end() for match in matches],
    )


def words_of(text: str) -> list[str]:
    """Cut ``text`` into words alone, for counting: the same tokens without their spans."""
    found: list[str] = _TOKEN.findall(text) if kernel is None else kernel.words(text)
    return found


def sentence_initial(words: Sequence[str], *, first: bool = True) -> list[bool]:
    """Tell of each word whether it opens a sentence, judged by the word before it.

    Args:
        words: tokens, in order.
        first: whether the first of them opens a sentence.

    >>> sentence_initial(["It", "fell", ".", "Then", "it", "rose"])
    [True, False, False, True, False, False]
    """
    flags = [word in SENTENCE_OPENERS for word in words]
    flags.insert(0, first)
    flags.pop()
    return flags
