"""What no translation changes: links, addresses, placeholders, tags, codes."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from unspun.align import Span

TokenKind = Literal["link", "mail", "placeholder", "tag", "handle"]

_PROTECTED = re.compile(
    r"""
      (?P<tag> </?[A-Za-z][\w:.-]*(?:\s+[\w:.-]+(?:\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>=]+))?)*
               \s*/?> | <!--(?:(?!-->).)*-->
      )
    | (?P<mail> (?<![\w.+-])[A-Za-z0-9_][\w.+-]{0,63}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+ )
    | (?P<link> (?:https?|ftp)://[!-~]*[\w/]
                | (?<![\w/.])www\.[\w-]+(?:\.[\w-]+)+(?:/[!-~]*[\w/])? )
    | (?P<placeholder>
          \$\{[^{}\s]{1,64}\} | \#\{[^{}\s]{1,64}\} | \{\{[^{}]{1,64}\}\}
        | \{(?:[A-Za-z_][\w.]*|\d+)?(?:\[[^\[\]{}]*\])?(?:![rsa])?(?::[^{}\s]{0,16})?\}
        | %\([A-Za-z_]\w*\)[-+\#0]?\d*(?:\.\d+)?[a-zA-Z]
        | %(?:\d+\$)?[-+\#0]?\d*(?:\.\d+)?(?:hh?|ll?|[qjzt])?[sdiufFeEgGxXoc@](?![A-Za-z])
        | %[A-Z][A-Z_]{1,}% | %%
        | \\[ntr]
      )
    | (?P<handle> (?<![\w@.])@[A-Za-z_]\w{1,30} | (?<![\w\#&])\#[A-Za-z_]\w{1,60}\b(?!;) )
    """,
    re.VERBOSE | re.ASCII,
)


class Token(NamedTuple):
    """Something that must stand in the translation as it stands in the source."""

    kind: TokenKind
    start: int
    end: int
    text: str

    @property
    def span(self) -> Span:
        """Its code points."""
        return self.start, self.end


def tokens(text: str) -> list[Token]:
    """The protected tokens of a text, in order.

    >>> [(t.kind, t.text) for t in tokens("Send {0} to a@b.org, see https://b.org/x. <b>%s</b>")]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('placeholder', '{0}'), ('mail', 'a@b.org'), ('link', 'https://b.org/x'), ('tag', '<b>'),
     ('placeholder', '%s'), ('tag', '</b>')]
    """
    found = []
    for match in _PROTECTED.finditer(text):
        kind = match.lastgroup
        if kind == "placeholder" and _is_percent(text, match):
            continue
        found.append(Token(kind, *match.span(), match[0]))  # type: ignore[arg-type]
    return found


def _is_percent(text: str, match: re.Match[str]) -> bool:
    """Whether `5% of` or `100%d` is a percentage that looks like a placeholder."""
    return match[0].startswith("%") and text[max(0, match.start() - 1) : match.start()].isdigit()


def masked(text: str) -> str:
    """The text with blanks for its protected tokens, so that places stay the same.

    >>> masked("{0} of 5")
    '    of 5'
    """
    if not _SIGNS.search(text):
        return text
    parts, last = [], 0
    for token in tokens(text):
        parts += [text[last : token.start], " " * (token.end - token.start)]
        last = token.end
    return "".join([*parts, text[last:]])


_SIGNS = re.compile(r"[<@{%\\#]|://|www\.")
