"""What kind of edit turns one wording into another.

The classes, from the most formal to the most free; the first that explains an edit names it:

- ``encoding``: the same characters decoded wrongly, or in another form (NFKC), or with others
  between them that do not show.
- ``whitespace``: only white space differs.
- ``punctuation``: only punctuation differs, or nothing but punctuation comes or goes.
- ``case``: only capitals differ.
- ``number``: digits or numerals differ.
- ``reorder``: the same words in another order.
- ``entity``: a name differs.
- ``inflection``: another form of the same word, or a derivation of it.
- ``spelling``: the same word spelt otherwise.
- ``synonym``: other words, a synonym or a paraphrase.
- ``insertion``, ``deletion``: words that one side lacks.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Literal, NamedTuple, get_args

from unspun.diffing.names import names
from unspun.diffing.tokens import is_mark
from unspun.diffing.words import is_adjective, misspelt, same_lemma, same_numbers

EditClass = Literal[
    "encoding",
    "whitespace",
    "punctuation",
    "case",
    "spelling",
    "inflection",
    "synonym",
    "entity",
    "number",
    "reorder",
    "insertion",
    "deletion",
]
CLASSES: tuple[EditClass, ...] = get_args(EditClass)

_LOST = "\N{REPLACEMENT CHARACTER}"
_WRONG_CODECS = ("cp1252", "latin-1", "cp1251", "gb18030", "cp437")


class Side(NamedTuple):
    """One side of an edit.

    Attributes:
        words: The tokens that come or go.
        opens: Whether the first of them begins a sentence, where a capital says nothing.
        before: Some of the text before them.
        after: Some of the text that follows.
    """

    words: Sequence[str]
    opens: bool
    before: str = ""
    after: str = ""


def classify(hyp: Side, ref: Side) -> EditClass:
    """The class of a replacement, an insertion (no hypothesis words) or a deletion.

    >>> classify(Side(["May"], False), Side(["Could"], True))
    'entity'
    >>> classify(Side(["went"], False), Side(["goes"], False))
    'inflection'
    """
    ours, theirs = _unmarked(hyp.words), _unmarked(ref.words)
    if not ours and not theirs:
        return _of_marks("".join(hyp.words), "".join(ref.words))
    if not theirs:  # nothing but punctuation stands against the words
        return "deletion"
    if not ours:
        return "insertion"
    form = _of_form("".join(hyp.words), "".join(ref.words), "".join(ours), "".join(theirs))
    return form or _of_content(hyp, ref, ours, theirs)


def _unmarked(words: Sequence[str]) -> list[str]:
    return [word for word in words if not is_mark(word)]


def _of_marks(hyp: str, ref: str) -> EditClass:
    if _LOST in hyp and _LOST not in ref:
        return "encoding"
    return "whitespace" if hyp == ref else "punctuation"


def _of_form(a: str, b: str, letters_a: str, letters_b: str) -> EditClass | None:
    """Encoding, white space, punctuation or case, told from the sides with and without marks."""
    if a == b:
        return "whitespace"
    if _decoded_wrongly(a, b):
        return "encoding"
    if _plain(letters_a) == _plain(letters_b):
        return "punctuation"
    if a.casefold() == b.casefold() or letters_a.casefold() == letters_b.casefold():
        return "case"
    return None


def _of_content(hyp: Side, ref: Side, hyp_words: list[str], ref_words: list[str]) -> EditClass:
    ours, theirs = ([w.casefold() for w in words] for words in (hyp_words, ref_words))
    if not same_numbers(ours, theirs):
        return "number"
    if len(ours) > 1 and sorted(ours) == sorted(theirs):
        return "reorder"
    if not _same_names(_named(hyp, ref), _named(ref, hyp)):
        return "entity"
    if _same_lemmas(ours, theirs):
        return "inflection"
    single = len(ours) == len(theirs) == 1
    return "spelling" if single and misspelt(ours[0], theirs[0]) else "synonym"


def _named(side: Side, other: Side) -> set[str]:
    around = side.before, side.after
    return names(side.words, opens=side.opens, beside=other.words, around=around)


def _same_names(ours: set[str], theirs: set[str]) -> bool:
    """Whether the names are the same, or one is the other's adjective: Estonia, Estonian."""
    left, right = ours - theirs, theirs - ours
    if len(left) == len(right) == 1:
        return is_adjective(left.pop(), right.pop())
    return not left and not right


def _same_lemmas(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether what the sides do not share are forms of one another."""
    left = [word for word in ours if word not in theirs]
    right = [word for word in theirs if word not in ours]
    if len(left) == len(right) == 1:
        return same_lemma(left[0], right[0])
    return not left and not right


def _plain(text: str) -> str:
    return text.replace("’", "").replace("'", "").replace("-", "")


def _decoded_wrongly(a: str, b: str) -> bool:
    if _LOST in a and _LOST not in b:
        return True
    if a.isascii() and b.isascii():
        return False
    if _plainest(a) == _plainest(b):
        return True
    right = b.encode("utf-8", "surrogatepass")
    return any(_encode(a, codec) == right for codec in _WRONG_CODECS)


def _plainest(text: str) -> str:
    """The text's compatibility form, without characters that do not show (U+FEFF, U+200B)."""
    shown = "".join(char for char in text if unicodedata.category(char) != "Cf")
    return unicodedata.normalize("NFKC", shown)


def _encode(text: str, codec: str) -> bytes | None:
    try:
        return text.encode(codec)
    except UnicodeEncodeError:
        return None
