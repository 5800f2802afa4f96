"""Frozen values made at once, where a document gets dozens of them.

A frozen dataclass sets its fields one by one past its own guard, which takes longer than most
rules. The compiled maker fills the slots directly; the plain version is the class itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter
from typing import Any, TypeVar

from unspun import kernels

_kernel = kernels.load("unspun.kernels._values", revision=1)
_Value = TypeVar("_Value")

COMPILED = _kernel is not None
"""Whether kernels are used: they are built together, so that this one tells for all."""


def maker(made: type[_Value]) -> Callable[..., _Value]:
    """What makes values of a frozen dataclass with slots, from all of its fields by place.

    >>> from unspun.model import Tag
    >>> maker(Tag)("chrome", 0, 5, "login", 0.9).value
    'login'
    """
    make: Callable[..., _Value] = made if _kernel is None else _compiled(made)
    return make


def changer(made: type[_Value]) -> Callable[..., _Value]:
    """What gives a value of such a class with other fields, as `dataclasses.replace` does.

    >>> from unspun.model import Tag
    >>> changer(Tag)(Tag("chrome", 0, 5), end=7).end
    7
    """
    change: Callable[..., _Value] = (
        _plain_changer(made) if _kernel is None else _compiled(made).changed
    )
    return change


def _plain_changer(made: type[_Value]) -> Callable[..., _Value]:
    """What `replace` does, at half its time: all fields are read in one call."""
    names = tuple(field.name for field in fields(made))  # type: ignore[arg-type]
    read = attrgetter(*names)

    def change(value: _Value, /, **changes: object) -> _Value:
        return made(**{**dict(zip(names, read(value), strict=True)), **changes})

    return change


def _compiled(made: type[Any]) -> Any:  # noqa: ANN401 - the kernel's type
    return _kernel.Maker(made, tuple(field.name for field in fields(made)))  # type: ignore[union-attr]
