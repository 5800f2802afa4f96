"""Duplicates in results: what each document of a finished batch repeats."""

from __future__ import annotations

from pathlib import Path

from unspun import files, records
from unspun.config import DuplicatesConfig
from unspun.duplicates import Duplicate, Index
from unspun.duplicates.clusters import Clusters
from unspun.records import Record
from unspun.store import Store, lines


def mark(results: Path, config: DuplicatesConfig) -> dict[str, int]:
    """Say in documents.jsonl what each clean text repeats.

    Everything stands in the order of the documents, so the answer does not depend on who did them.

    Returns:
        How many documents are exact duplicates of an earlier one, how many near ones.
    """
    with Index(threshold=config.threshold) as index:
        clusters = Clusters(index)
        done = []
        for number, stored in enumerate(Store(results)):
            if stored.text is not None:
                clusters.add(stored.document["id"], stored.text)
                done.append(number)
        found = dict(zip(done, clusters.found(), strict=True))
    counts = {"exact": 0, "near": 0}
    path = results / "documents.jsonl"
    with files.replacing(path) as file:
        for number, document in enumerate(lines(path)):
            duplicate = found.get(number)
            if duplicate is not None and duplicate.kind != "first":
                counts[duplicate.kind] += 1
            file.write(records.dumps(document | record(duplicate)) + b"\n")
    return counts


def record(duplicate: Duplicate | None) -> Record:
    """The field of documents.jsonl."""
    return {"duplicate": None if duplicate is None else duplicate._asdict()}
