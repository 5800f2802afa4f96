"""Text into HTML and JSON, so that it stays text and that nothing in it is unseen."""

from __future__ import annotations

import json
import re
from typing import Any

from markupsafe import Markup

# Controls, format characters that reorder or hide text (Trojan Source, CVE-2021-42574), fillers,
# noncharacters and lone surrogates. The joiners U+200C and U+200D shape words and emoji and stay.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
# What could end a script element or a line of the embedding page, or be changed by its parser.
_UNSAFE = re.compile("[<>&'\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


def visible(value: object) -> object:
    """Write characters that cannot be seen as their code points; other values pass.

    >>> visible("user\u202etxt.exe")
    'user[U+202E]txt.exe'
    """
    if isinstance(value, str) and not isinstance(value, Markup):
        return _UNSEEN.sub(lambda match: f"[U+{ord(match.group()):04X}]", value)
    return value


def script_json(value: Any) -> Markup:  # noqa: ANN401
    r"""JSON for a data block: a ``script`` element that the browser does not run.

    Raises:
        ValueError: for a number that is not finite.

    >>> print(script_json("</script>"))
    "\u003c/script\u003e"
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(_UNSAFE.sub(lambda match: f"\\u{ord(match.group()):04x}", text))  # noqa: S704
