"""Values made by the compiled maker are those that their classes make."""

from __future__ import annotations

import copy
import gc
import sys
from dataclasses import FrozenInstanceError, dataclass, replace

import pytest

from unspun import kernels, model, pipeline
from unspun.kernels import values

needed = pytest.mark.skipif(
    "unspun.kernels._values" not in kernels.loaded(),
    reason="no compiled kernel (no compiler when it was installed)",
)
TAG = model.Tag("chrome", 3, 9, "login", 0.9)


@dataclass(frozen=True)
class _Loose:
    name: str


@dataclass(frozen=True, slots=True)
class _Longer(model.Tag):
    more: str = ""


def test_made_values_are_values_of_their_class() -> None:
    made = values.maker(model.Tag)("chrome", 3, 9, "login", 0.9)
    assert made == TAG
    assert (type(made), repr(made), hash(made)) == (model.Tag, repr(TAG), hash(TAG))
    assert copy.deepcopy(made) == copy.copy(made) == TAG
    with pytest.raises(FrozenInstanceError):
        made.kind = "other"  # type: ignore[misc]


def test_a_change_is_that_of_replace() -> None:
    change = values.changer(model.Tag)
    assert change(TAG, end=12, value="x" * 3) == replace(TAG, end=12, value="xxx")
    assert change(TAG) == TAG
    assert TAG.end == 9
    assert change(TAG, **{str(b"start", "ascii"): 1}).start == 1
    for wrong in ({"colour": 1}, {"": 1}):
        with pytest.raises(TypeError):
            change(TAG, **wrong)


@needed
def test_what_does_not_fit_is_refused() -> None:
    make, change = values.maker(model.Tag), values.changer(model.Tag)
    for arguments in ((), ("chrome", 3), ("chrome", 3, 9, "login", 0.9, 1)):
        with pytest.raises(TypeError, match="5 fields"):
            make(*arguments)
    with pytest.raises(TypeError, match="by place"):
        make("chrome", 3, 9, "login", confidence=0.9)
    for other in (3, model.Quality(1.0), _Longer("chrome", 3, 9)):
        with pytest.raises(TypeError, match="Tag"):
            change(other)
    for made in (_Loose, _Longer):
        with pytest.raises((TypeError, AttributeError)):
            values.maker(made)


@needed
def test_nothing_is_held_and_nothing_is_lost() -> None:
    make, change = values.maker(pipeline.Snapshot), values.changer(pipeline.Snapshot)
    part = object()
    before = sys.getrefcount(part)
    for _ in range(100):
        snapshot = make(part, "text", ())
        change(snapshot, stage="chrome")
        change(snapshot, text=part)
        with pytest.raises(TypeError):
            change(snapshot, txt=part)
    ring: list[object] = []
    ring.append(make("chrome", ring, part))
    del snapshot, ring
    gc.collect()
    assert sys.getrefcount(part) == before


@needed
def test_what_is_in_no_cycle_is_not_searched_for_one() -> None:
    make = values.maker(model.Edit)
    edit = make(0, 1, "a", "b", "normalise", "demo", 1.0, ())
    assert not gc.is_tracked(edit)
    assert gc.is_tracked(make(0, 1, "a", "b", "normalise", "demo", 1.0, (edit,)))
    assert gc.is_tracked(make(0, 1, "a", "b", "normalise", "demo", 1.0, []))
