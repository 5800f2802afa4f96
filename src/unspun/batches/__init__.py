"""Many documents: planned in chunks, done by hands in order, published whole or not at all."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unspun.batches.job import EngineName, Progress, Summary, run

__all__ = ["EngineName", "Progress", "Summary", "run"]

if not TYPE_CHECKING:  # what plans a batch is used without all that does one

    def __getattr__(name: str) -> object:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module("unspun.batches.job"), name)
