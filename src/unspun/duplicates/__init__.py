"""Exact and near duplicates: MinHash (Broder, 1997) finds candidates, their shingles decide.

Nothing is dropped: a document is told what it repeats, and how much of it.
"""

from __future__ import annotations

from unspun.duplicates.clusters import Duplicate
from unspun.duplicates.index import Index, Match
from unspun.duplicates.shingles import shingles

__all__ = ["Duplicate", "Index", "Match", "shingles"]
