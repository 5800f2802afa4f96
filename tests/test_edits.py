from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import steps, texts
from unspun import edits
from unspun.errors import EditError
from unspun.model import Edit, Ledger
from unspun.tracing import Projection


def edit(start: int, before: str, after: str) -> Edit:
    return Edit(start, start + len(before), before, after, "test", "rule")


@given(st.data())
def test_composed_ledger_replays_and_undoes(data: st.DataObject) -> None:
    raw = text = data.draw(texts)
    ledger: Ledger = ()
    for _ in range(data.draw(st.integers(1, 4))):
        step = data.draw(steps(text))
        text = edits.apply(text, step)
        ledger = edits.compose(raw, ledger, step)
        edits.check(raw, ledger)
        assert edits.apply(raw, ledger) == text
        assert edits.undo(text, ledger) == raw
        assert all(e.before != e.after for e in ledger)


@given(st.data())
def test_projection_is_exact_on_untouched_text_and_stays_inside(data: st.DataObject) -> None:
    raw = data.draw(texts)
    ledger = tuple(data.draw(steps(raw)))
    out = edits.apply(raw, ledger)
    projection = Projection(ledger)
    last = 0
    for at in range(len(out)):
        start, end = projection.origin(at, at + 1)
        assert 0 <= start <= end <= len(raw)
        assert start >= last
        last = start
        if (end - start) == 1 and not any(e.start <= start < e.end for e in ledger):
            assert raw[start] == out[at]
            assert projection.result(start, end) == (at, at + 1)


@given(texts, texts)
def test_from_diff_replays_any_rewriting(before: str, after: str) -> None:
    step = edits.from_diff(before, after, "test", "diff")
    assert edits.apply(before, step) == after


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("abc", [edit(1, "x", "y")]),
        ("abc", [edit(1, "bc", ""), edit(2, "c", "")]),
        ("abc", [edit(2, "c", ""), edit(0, "a", "")]),
        ("abc", [edit(3, "d", "")]),
    ],
    ids=["other text", "overlap", "out of order", "outside"],
)
def test_edits_that_do_not_fit_are_refused(text: str, bad: list[Edit]) -> None:
    with pytest.raises(EditError):
        edits.apply(text, bad)


def test_edits_of_two_stages_that_meet_keep_both_histories() -> None:
    raw = "cafÃ© Advertisement"
    first = Edit(3, 5, "Ã©", "é", "normalise", "mojibake", 0.9)
    ledger = edits.compose(raw, (), [first])
    line = Edit(0, 18, "café Advertisement", "", "chrome", "advertisement", 0.8)
    ledger = edits.compose(raw, ledger, [line])
    assert ledger == (Edit(0, 19, raw, "", "chrome", "advertisement", 0.8, history=(first, line)),)


def test_an_edit_taken_back_by_a_later_stage_leaves_no_trace() -> None:
    ledger = edits.compose("colour", (), [edit(4, "u", "")])
    assert edits.compose("colour", ledger, [edit(4, "", "u")]) == ()


def test_empty_span_at_a_deletion_lies_behind_it() -> None:
    projection = Projection((edit(1, "bc", ""),))
    assert projection.origin(1, 1) == (3, 3)
