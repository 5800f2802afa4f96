"""The compiled kernel makes, traces and finds edits as the plain code does."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import steps, texts
from unspun import edits
from unspun.model import Edit
from unspun.tracing import Plain, Projection

pytestmark = pytest.mark.skipif(
    edits.editor() is None, reason="no compiled kernel (no compiler when it was installed)"
)
mixed = st.text(alphabet="ab éàŋ中😀\ud800", max_size=12)


@given(st.data())
def test_edits_are_made_and_traced_alike(data: st.DataObject) -> None:
    raw = data.draw(texts)
    ledger = tuple(data.draw(steps(raw)))
    out = edits.apply(raw, ledger)
    assert out == edits.apply_plain(raw, ledger)
    assert sys.getsizeof(out) <= sys.getsizeof("".join(out)) + 1  # no wider than it must be
    one, other = Projection(ledger), Plain(ledger)
    for text, mine, theirs in (out, one.origin, other.origin), (raw, one.result, other.result):
        for start in range(len(text) + 1):
            for end in {start, start + 1, start + 3, len(text)}:
                if start <= end <= len(text):
                    assert mine(start, end) == theirs(start, end)


@given(mixed, mixed, st.integers(0, 5))
def test_edits_of_runs_are_found_alike(before: str, after: str, at: int) -> None:
    rest = ("stage", "rule", 0.5, ())
    for old, new in (before, after), (f"x {before} é y", f"x {before[:3]}à{before[3:]} é y"):
        found = edits.editor().changes(Edit, rest, old, new, at)  # type: ignore[union-attr]
        assert found == edits.runs_plain(rest, old, new, at)
        made = edits.from_runs(old, new, "stage", "rule")
        assert edits.apply(old, made) == new


@pytest.mark.parametrize("value", [None, "edit", 3, ("a", "b")])
def test_what_is_no_edit_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="edit"):
        edits.editor().apply("abc", [value])  # type: ignore[union-attr]
    with pytest.raises(TypeError, match="edit"):
        edits.editor().projection([value])  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "bad",
    [
        [Edit(-1, 1, "ab", "", "", "")],
        [Edit(2, 4, "cd", "", "", "")],
        [Edit(2, 1, "", "", "", "")],
        [Edit(0, 1, "ab", "", "", "")],
        [Edit(0, 1, "é", "", "", "")],
        [Edit(0, 1, "中", "", "", "")],
        [Edit(0, 2, "ab", "", "", ""), Edit(1, 2, "b", "", "", "")],
    ],
)
def test_edits_that_do_not_fit_are_not_made(bad: list[Edit]) -> None:
    assert edits.editor().apply("abc", bad) is None  # type: ignore[union-attr]
