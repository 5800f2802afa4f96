"""Hypothesis strategies that several tests share: texts with trouble in them, and edits."""

from __future__ import annotations

from hypothesis import strategies as st

from unspun.model import Edit

TROUBLE = st.sampled_from(
    [
        "\ufeff",
        "\u200b",
        "\x85",
        "\x92",
        "â€™",
        "Ã©",
        "\r\n",
        "\r",
        "\ud83d",
        "\udc80",
        "\n\n",
        "  ",
        "完成重組",
        "登录",
        "e\u0301",
        "ﬁ",
        "Ａ",
        "&amp;",
        "https://example.org/a?b=%E5",
        "\u202e",
        "\x00",
    ]
)

texts = st.lists(st.one_of(st.text(max_size=12), TROUBLE), max_size=12).map("".join)


@st.composite
def steps(draw: st.DrawFn, text: str) -> list[Edit]:
    """Random valid edits of a text: ordered, not overlapping."""
    places = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    edits = []
    for start, end in zip(places[::2], places[1::2], strict=False):
        stop = draw(st.sampled_from([start, end]))
        before = text[start:stop]
        after = draw(st.text(alphabet="abXY \n", max_size=4))
        if before != after:
            edits.append(Edit(start, stop, before, after, "test", "random"))
    return edits
