"""The compiled arithmetic of networks answers as NumPy does, and alike on all processors."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from unspun.neural import arithmetic
from unspun.neural.arithmetic import BLOCK, Packed, Plain, Rows

kernel: Any = arithmetic._kernel
needed = pytest.mark.skipif(
    kernel is None, reason="no compiled kernel (no compiler when it was installed)"
)
Float32s = NDArray[np.float32]
SIZES = [(1, 1), (3, 5), (64, 64), (65, 63), (130, 200), (192, 576)]  # outputs, inputs
ROWS = [1, 2, 5, 6, 7, 13]
VAST = sys.maxsize


def numbers(shape: tuple[int, ...], seed: int = 0) -> Float32s:
    """Numbers of many sizes: some rows are nothing, some numbers far above the others."""
    random = np.random.default_rng(seed)
    found = random.normal(0.0, 1.0, shape) * 10.0 ** random.integers(-3, 3, shape[:1])[:, None]
    found[random.random(shape) < 0.01] *= 100.0
    found[::5] = 0.0
    return found.astype(np.float32)


def each_kind(monkeypatch: pytest.MonkeyPatch, ask: Callable[[], Any]) -> list[Any]:
    """The answers with each kind of instructions."""
    found = []
    for kind in range(kernel.kinds()):
        monkeypatch.setattr(arithmetic, "_BEST", kind)
        found.append(ask())
    return found


def same(answers: list[NDArray[Any]], plain: NDArray[Any], near: float) -> None:
    """All kinds give the same bits, and NumPy about the same numbers."""
    for answer in answers:
        assert answer.tobytes() == answers[0].tobytes()
        assert answer.shape == plain.shape
        assert answer.dtype == plain.dtype
        if plain.size:
            assert np.abs(answer - plain).max() <= near * max(np.abs(plain).max(), 1e-30)


@needed
@pytest.mark.parametrize(("outputs", "inputs"), SIZES)
@pytest.mark.parametrize("count", ROWS)
def test_products_agree(
    monkeypatch: pytest.MonkeyPatch, outputs: int, inputs: int, count: int
) -> None:
    values, rows = numbers((outputs, inputs)), numbers((count, inputs), seed=1)
    packed, plain = each_kind(monkeypatch, lambda: Packed.of(values)), Plain.of(values)
    every = np.arange(outputs)[::-1]
    for one in packed:
        assert np.array_equal(one.rows(every), plain.rows(every))
    same(each_kind(monkeypatch, lambda: packed[0].times(rows)), plain.times(rows), 1e-5)


@needed
@pytest.mark.parametrize(("outputs", "inputs"), SIZES)
def test_odds_agree(monkeypatch: pytest.MonkeyPatch, outputs: int, inputs: int) -> None:
    values, rows = numbers((outputs, inputs)), numbers((7, inputs), seed=1)
    tokens = np.arange(7) * 31 % outputs
    packed, plain = Packed.of(values), Plain.of(values).nats(rows, tokens)
    found = each_kind(monkeypatch, lambda: packed.nats(rows, tokens))
    same(found, plain, 1e-5)
    assert (found[0] <= 1e-5).all()


def test_eight_bits_are_near_the_numbers() -> None:
    values = numbers((40, 150))
    near = Plain.of(values).rows(np.arange(40))
    blocks = np.abs(np.pad(values, ((0, 0), (0, -150 % BLOCK)))).reshape(40, -1, BLOCK).max(axis=2)
    most = np.repeat(blocks, BLOCK, axis=1)[:, :150] / 127
    assert (np.abs(near - values) <= 0.501 * most).all()
    assert np.abs(near - values).max() > 0.0


@needed
@given(
    rows=st.integers(1, 9),
    past=st.integers(0, 140),
    heads=st.sampled_from([(1, 1), (4, 2), (9, 3), (8, 1)]),
    size=st.sampled_from([2, 8, 64, 66, 128]),
    seed=st.integers(0, 99),
)
def test_attention_agrees(
    rows: int, past: int, heads: tuple[int, int], size: int, seed: int
) -> None:
    random = np.random.default_rng(seed)

    def some(count: int, places: int) -> Float32s:
        return random.normal(0, 1, (count, places, size)).astype(np.float32)

    asked = Rows(
        some(rows, heads[0]),
        some(rows, heads[1]),
        some(rows, heads[1]),
        some(past, heads[1]),
        some(past, heads[1]),
        random.integers(0, past + 1, rows),
        np.array([random.integers(0, row + 1) for row in range(rows)], np.int64),
    )
    with pytest.MonkeyPatch.context() as monkeypatch:
        found = each_kind(monkeypatch, lambda: arithmetic.attended(asked))
        monkeypatch.setattr(arithmetic, "_kernel", None)
        same(found, arithmetic.attended(asked), 1e-5)


@needed
@pytest.mark.parametrize("width", [1, 5, 16, 37, 576])
def test_gates_and_means_agree(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    both, scale = numbers((11, 2 * width)), numbers((6, width), seed=1)[1]
    gates = each_kind(monkeypatch, lambda: arithmetic.gated(both))
    means = each_kind(monkeypatch, lambda: arithmetic.scaled(both[:, :width].copy(), scale, 1e-5))
    monkeypatch.setattr(arithmetic, "_kernel", None)
    same(gates, arithmetic.gated(both), 1e-5)
    same(means, arithmetic.scaled(both[:, :width].copy(), scale, 1e-5), 1e-5)


@needed
def test_what_is_next_to_nothing_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.full((3, 2 * BLOCK), 1e-38, np.float32)
    values[:2, BLOCK:], values[1, ::2] = numbers((2, BLOCK), seed=2)[1], 0.0
    rows, plain = numbers((2, 2 * BLOCK))[1:], Plain.of(values)
    assert plain.rows(np.array([2])).tolist() == [[0.0] * 2 * BLOCK]
    packed = each_kind(monkeypatch, lambda: Packed.of(values))
    for one in packed:
        assert np.array_equal(one.rows(np.arange(3)), plain.rows(np.arange(3)))
    same(each_kind(monkeypatch, lambda: packed[0].times(rows)), plain.times(rows), 1e-5)
    same(each_kind(monkeypatch, lambda: packed[0].times(values)), plain.times(values), 1e-5)


@needed
def test_numbers_beyond_all_measure_break_nothing() -> None:
    rows = np.full((3, 70), np.inf, np.float32)
    rows[1] = np.nan
    rows[2] = np.float32(3e38)
    packed = Packed.of(rows)
    assert packed.times(rows).shape == (3, 3)
    assert packed.nats(rows, np.array([0, 1, 2])).shape == (3,)
    both = np.concatenate([rows, rows], axis=1)
    assert arithmetic.gated(both).shape == rows.shape


@needed
def test_arrays_that_do_not_fit_are_refused() -> None:
    packed = Packed.of(numbers((5, 7)))
    rows, tokens = numbers((2, 7)), np.zeros(2, np.int64)
    arrays = (rows, *packed[:3])
    for size, outputs, block in (
        (7, 5, BLOCK - 1), (7, 5, 2 * BLOCK), (7, 5, 2**17), (7, 3 * BLOCK, BLOCK),
        (7, VAST, BLOCK), (8, 5, BLOCK), (0, 5, BLOCK), (VAST, 5, BLOCK),
    ):  # fmt: skip
        with pytest.raises(ValueError, match="fit"):
            kernel.product(*arrays, size, outputs, block, -1)
    with pytest.raises(ValueError, match="no such instructions"):
        kernel.product(*arrays, 7, 5, BLOCK, kernel.kinds())
    for wrong in (tokens - 1, tokens + 5, tokens[:1]):
        with pytest.raises(ValueError, match="fit"):
            kernel.nats(*arrays, wrong, 7, 5, BLOCK, -1)
    with pytest.raises(ValueError, match="fit"):
        kernel.product(rows, packed.weights[:, :1], *packed[1:3], 7, 5, BLOCK, -1)
    for inner in (0, 5, VAST // 4 + 1, VAST):
        with pytest.raises(ValueError, match="fit"):
            kernel.gate(rows, inner, -1)
    with pytest.raises(ValueError, match="fit"):
        kernel.scaled(rows, rows[0, :4], 1e-5, -1)
    one = np.zeros((2, 1, 4), np.float32)
    none = np.zeros((0, 1, 4), np.float32)
    for until, since in (([1, 0], [0, 0]), ([0, 0], [0, 2]), ([-1, 0], [0, 0]), ([0], [0])):
        with pytest.raises(ValueError, match="fit"):
            kernel.attend(
                one, one, one, none, none, np.array(until), np.array(since), 1, 1, 4, -1
            )  # fmt: skip
    seen = np.zeros(2, np.int64)
    for sizes in ((2, 1, 4), (1, 1, 8), (1, 2, 4), (1, 1, 0), (VAST // 8 + 1, 1, 4), (1, 1, VAST)):
        with pytest.raises(ValueError, match="fit"):
            kernel.attend(one, one, one, none, none, seen, seen, *sizes, -1)
