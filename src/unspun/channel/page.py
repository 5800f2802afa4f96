"""A text's parts, as a spinner sees them, and where they lie between the language model's words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from unspun.channel import tokens
from unspun.lm.words import Tokens, kernel

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

# Links, addresses, handles, file names and code: what a reader copies must stay as it is.
_PROTECTED = re.compile(
    r"""
    \S{80,}  # nothing that is read, and what follows need not look far
    | (?:https?://|www\.)\S+ | [^\s@]+@[^\s@]+\.\w+ | (?<!\w)[@\#]\w+
    | \b[\w\-]+(?:\.[\w\-]+)*
      \.(?:com|org|net|gov|edu|mil|int|info|io|ai|co|tv|eu|uk|de|us|cn|py|js)\b
    | `[^`\n]+` | \w+\(\) | \w*_\w+ | [\w.\-]*[\\/][\w.\-]+[\\/][\w.\-/\\]*
    """,
    re.VERBOSE,
)
# What each of them has: looking for this first spares most lines the search.
_SIGNS = re.compile(r"[@\#`_\\] | /\S*/ | \(\) | [a-z]\.[a-z]", re.VERBOSE | re.IGNORECASE)
_RARE = (*"@#`_\\/", "()")  # what most texts have none of, but for the last of them:
_DOTTED = re.compile(r"\.(?<=[a-z]\.)[a-z]", re.IGNORECASE)  # begins with what is quick to find
_FENCES = ("```", "~~~")
_FENCE = re.compile(r"^[ ]{0,3}(`{3,}|~{3,})[^\n]*", re.MULTILINE)
_INDENTS = ("    ", "\t")
_INDENTED = re.compile(r"(?:^(?:[ ]{4}|\t)[^\n]*(?:\n|\Z))+", re.MULTILINE)
_CODE = re.compile(  # what lines of prose hardly ever have
    r"""
    \w\((?!s\))[^\s()]*\) | \)\s*[;:{]\s*$ | [;{}]\s*$ | ^\s*[{}<\#@]
    | [=!<>+*|&-]= | \w\s=\s | => | -> | :: | ^\s*(?:return|import|else|try)\b
    """,
    re.VERBOSE,
)
_APOSTROPHES = [ord("'"), ord("\N{RIGHT SINGLE QUOTATION MARK}")]
_STRAIGHT = {"\N{RIGHT SINGLE QUOTATION MARK}": "'"}
_CASED, _WORD, _JOINER = 1, 2, 4  # kinds of parts
_REMEMBERED = 100_000  # parts whose kinds are remembered
_JOINERS = frozenset("'-\N{HYPHEN}\N{NON-BREAKING HYPHEN}")


def protected(text: str) -> Iterator[tuple[int, int]]:
    """Where text stands that must stay as it is, in order."""
    code = _and_between(text, _fenced(text), _indented)
    return _and_between(text, code, _protected_words)


def _and_between(
    text: str,
    blocks: Iterable[tuple[int, int]],
    search: Callable[[str, int, int], Iterator[tuple[int, int]]],
) -> Iterator[tuple[int, int]]:
    """Blocks, and what a search finds before, between and behind them."""
    done = 0
    for start, end in blocks:
        yield from search(text, done, start)
        yield start, end
        done = end
    yield from search(text, done, len(text))


def _fenced(text: str) -> Iterator[tuple[int, int]]:
    """Blocks from a fence to the next one of its kind that is as long; the last may stay open."""
    if not any(sign in text for sign in _FENCES):
        return
    opened: re.Match[str] | None = None
    for fence in _FENCE.finditer(text):
        if opened is None:
            opened = fence
        elif fence[1].startswith(opened[1]):
            yield opened.start(), fence.end()
            opened = None


def _indented(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Blocks of indented lines, half of which look like code."""
    if any(text.find(sign, start, end) >= 0 for sign in _INDENTS):
        for block in _INDENTED.finditer(text, start, end):
            lines = block[0].splitlines()
            if 2 * sum(_CODE.search(line) is not None for line in lines) >= len(lines):
                yield block.span()


def _protected_words(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Links, addresses, names and code within lines."""
    if not any(text.find(sign, start, end) >= 0 for sign in _RARE) and not _DOTTED.search(
        text, start, end
    ):
        return
    done = start
    for sign in _SIGNS.finditer(text, start, end):
        if sign.start() >= done:
            begin = text.rfind("\n", start, sign.start()) + 1 or start
            done = text.find("\n", sign.start(), end)
            done = end if done < 0 else done
            for match in _PROTECTED.finditer(text, begin, done):
                yield match.span()


class Page:
    """A text cut into parts of words, one row each.

    Attributes:
        text: The text.
        words: The language model's words.
        forms: The parts, curly apostrophes made straight.
        starts: Where each begins, in code points.
        ends: Where each ends.
        begins: Whether a word of the spinner's begins with it, not at a hyphen or apostrophe.
        closes: Whether a word ends with it.
        cased: Whether it begins with a letter.
        left: The last node that is not behind its beginning.
        right: The first node that is not before its end.
        word_starts: Where each of the language model's words begins.
        word_ends: Where each ends.
    """

    def __init__(self, text: str, words: Tokens, segments: list[tuple[int, int]]) -> None:
        self.text = text
        self.words = words
        self.forms, self.starts, kinds = parts_of(text)
        self.ends = self.starts + np.fromiter(map(len, self.forms), np.int64, len(self.forms))
        self.cased: Bools = kinds & _CASED > 0
        self.begins, self.closes = self._borders(kinds & _WORD > 0, kinds & _JOINER > 0)
        self.word_starts = np.array(words.starts, np.int64)
        self.word_ends = np.array(words.ends, np.int64)
        self.left: Ints = np.searchsorted(self.word_starts, self.starts, side="right") - 1
        self.right: Ints = np.searchsorted(self.word_ends, self.ends, side="left") + 1
        sizes = [end - begin for begin, end in segments]
        self._segment: Ints = np.repeat(np.arange(len(sizes)), sizes)
        self._protected = np.array(list(protected(text)), np.int64).reshape(-1, 2)
        self._codes = np.frombuffer(
            text.encode("utf-32-le", "surrogatepass") + bytes(8), np.dtype("<u4")
        )

    def within(self, place: Ints, size: Ints) -> Bools:
        """Which phrases lie in one segment, and in nothing that must stay as it is."""
        ending = place + size - 1
        segment = self._segment
        able = segment[self.left[place]] == segment[self.right[ending] - 1]
        if len(self._protected):
            after = np.searchsorted(self._protected[:, 1], self.starts[place], side="right")
            bounds = np.append(self._protected[:, 0], len(self.text))
            able &= bounds[after] >= self.ends[ending]
        return np.asarray(able)

    def figures(self, place: Ints, size: Ints, opens: Bools) -> Bools:
        """Which phrases are one figure of a title ("Halo 3"), or a per cent sign at its figure.

        What a text writes as a figure stays one, unless the words around it change, too.
        """
        codes, starts = self._codes, self.starts[place]
        sign = (codes[starts] == ord("%")) & (codes[starts - 1] != ord(" "))  # of '2.three%', too
        found = np.asarray((size == 1) & (sign | _digits(codes[starts])))
        for at in np.flatnonzero(found & ~sign).tolist():
            before = int(self.left[place[at]]) - 1
            named = before >= 0 and self.words.words[before][0].isupper()
            found[at] = named and not opens[before]
        return found

    def possessed(self, ends: Ints) -> Bools:
        """Where "'s" follows: real pages show words replaced before it, simulated ones do not."""
        codes = self._codes
        return np.asarray(np.isin(codes[ends], _APOSTROPHES) & (codes[ends + 1] == ord("s")))

    def decimals(self, at: int) -> int:
        """The node behind a decimal fraction that a word touches: '.' and '5' after 'two'."""
        words, segment = self.words, self._segment
        if at + 1 >= len(words) or words.words[at] != "." or words.spaced(at):
            return at
        follows = words.words[at + 1][0].isdigit() and not words.spaced(at + 1)
        return at + 2 if follows and segment[at + 1] == segment[at - 1] else at

    def _borders(self, word: Bools, joiner: Bools) -> tuple[Bools, Bools]:
        """Where words begin and end: everywhere but beside what joins two parts."""
        count = len(self.forms)
        touching = np.zeros(count + 1, np.bool_)
        touching[1:-1] = self.starts[1:] == self.ends[:-1]
        inside = np.zeros(count + 2, np.bool_)
        inside[2:-2] = joiner[1:-1] & word[:-2] & word[2:] & touching[1:-2] & touching[2:-1]
        return ~(inside[1:-1] | inside[:-2]), ~(inside[1:-1] | inside[2:])


def _digits(codes: NDArray[np.uint32]) -> Bools:
    return np.asarray((codes >= ord("0")) & (codes <= ord("9")))


def parts_of(text: str) -> tuple[list[str], Ints, NDArray[np.uint8]]:
    """The parts of a text's words, apostrophes made straight; where they begin; their kinds."""
    if kernel is None:
        return parts_plain(text)
    forms, starts, kinds = kernel.parts(text)
    return forms, np.frombuffer(starts, np.int64), np.frombuffer(kinds, np.uint8)


def parts_plain(text: str) -> tuple[list[str], Ints, NDArray[np.uint8]]:
    """The same, without the compiled kernel."""
    matches = list(tokens.PART.finditer(text))
    forms = [_STRAIGHT.get(match[0], match[0]) for match in matches]
    starts = np.fromiter((match.start() for match in matches), np.int64, len(forms))
    return forms, starts, np.fromiter(map(_kind, forms), np.uint8, len(forms))


@lru_cache(_REMEMBERED)
def _kind(form: str) -> int:
    """What a part of a word is, told by its first character."""
    word = form[0].isalnum() or form[0] == "_"
    return _CASED * form[0].isalpha() + _WORD * word + _JOINER * (form in _JOINERS)
