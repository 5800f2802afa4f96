"""Many documents: planned in chunks, done by hands in order, published whole or not at all."""

from unspun.batches.job import EngineName, Progress, Summary, run

__all__ = ["EngineName", "Progress", "Summary", "run"]
