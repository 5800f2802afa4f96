"""A reviewer's decisions, applied to stored results: what was rejected is taken back."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from unspun import comparison, decisions, edits, extraction, files, pipeline, records, reporting
from unspun.batches import runs, segments
from unspun.comparison import Comparison, Totals
from unspun.config import Config
from unspun.decisions import Decisions, Split
from unspun.errors import InputError, OutputError
from unspun.model import Document, Edit, Ledger, Tagged
from unspun.pipeline import Result, Setting
from unspun.records import Record
from unspun.store import Outcome, Store, Stored
from unspun.tracing import Projection

STAGE = "review"
"""What stands for the reviewer beside the stages, where scores are told stage by stage."""
_MADE = "made"  # the text as the stages left it, before any review


@dataclass(slots=True)
class Applied:
    """What came of the decisions.

    Attributes:
        out: The results folder that was written.
        accepted: Edits that were decided to stay.
        rejected: Edits that were taken back.
        documents: Documents whose text changed.
        before: Scores of the corpus before, by metric; empty without references.
        after: Scores of the corpus now.
    """

    out: Path
    accepted: int = 0
    rejected: int = 0
    documents: int = 0
    before: Mapping[str, float] = field(default_factory=dict)
    after: Mapping[str, float] = field(default_factory=dict)


def apply(out: Path | str, decided: Path | str, to: Path | str | None = None) -> Applied:
    """Apply a file of decisions to a results folder.

    Rejected edits leave the ledger and the text, and stand in their document's record as
    ``rejected``; quality, scores and differences of such documents are found anew. Nothing is
    written unless every decision can be followed.

    Args:
        out: A folder that `unspun run` wrote.
        decided: The decisions that its page saved; ``-`` is standard input.
        to: Where the results go; in place of the old ones if not given.

    Raises:
        InputError: for decisions that are damaged or were made on other results.
        OutputError: if the results cannot be written, or a run is at work there or unfinished; what
            stood there is unchanged.
    """
    out, decided = Path(out), Path(decided)
    target = out if to is None else Path(to)
    if target.resolve() != out.resolve():
        files.keep_apart(target, [out])
    if (out / runs.NAME).is_dir():  # what a killed review left half done is put back
        with runs.opened(out, resume=True):
            pass
    store = Store(out)
    data = files.read_bytes(decided)
    given = decisions.read(data, str(decided))
    _check(store.manifest, given, data, out, str(decided))
    job = _Job(store, out, given)
    with runs.opened(target, resume=True) as folder:
        if folder.exists():
            raise OutputError(
                f"{target}: a run was begun here and not finished; finish it, or name another --out"
            )
        results = folder.path / "results"
        results.mkdir()
        with segments.whole(results, _format(store.manifest)) as writer:
            for stored in store:
                writer.add(job.outcome(stored))
        manifest = job.manifest(hashlib.sha256(data).hexdigest()[:12], str(decided))
        sizes = {path.name: path.stat().st_size for path in sorted(results.glob("*.*"))}
        (results / runs.MANIFEST).write_bytes(records.dumps(manifest | {"files": sizes}) + b"\n")
        reporting.write(results)
        runs.publish(folder, results)
    job.done.out = target
    return job.done


def _format(manifest: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a `LedgerFormat`
    return str(manifest["ledger"]).rpartition(".")[2]


def _check(
    manifest: Mapping[str, Any], given: Decisions, data: bytes, out: Path, name: str
) -> None:
    """Refuse decisions on other results."""
    if given.fingerprint == manifest["fingerprint"]:
        return
    digest = hashlib.sha256(data).hexdigest()[:12]
    if digest in {review["decisions"] for review in manifest.get("reviews", ())}:
        raise InputError(f"{name}: applied to {out} already")
    raise InputError(
        f"{name}: made on results {given.fingerprint}, but {out} holds {manifest['fingerprint']}: "
        "decide again on its page"
    )


class _Job:
    """The decisions on their way through the documents."""

    def __init__(self, store: Store, out: Path, given: Decisions) -> None:
        self.done = Applied(out)
        self._before = store.manifest
        self._out = out
        self._config = Config.from_dict(store.manifest["config"])
        self._left = dict(given.documents)
        self._rejects = given.count("reject") > 0
        self._fingerprint = hashlib.sha256(store.manifest["fingerprint"].encode())
        self._edits: Counter[str] = Counter()
        self._totals = Totals()

    def outcome(self, stored: Stored) -> Outcome:
        """A document's results as decided."""
        id_ = stored.document["id"]
        parted = decisions.split(id_, stored.ledger, self._left.pop(id_, {}))
        document, text, diff = stored.document, stored.text, stored.diff
        if text is not None:
            raw = stored.raw_text
            text = edits.apply(raw, parted.kept)
            compared = self._compare(stored, raw, text, parted)
            if parted.rejected:
                document = self._rejudged(stored, raw, text, parted)
            if compared is not None:
                document |= _rescored(document, compared)
                diff = records.difference(id_, compared)
        self._count(id_, parted)
        return Outcome(
            id_,
            None if stored.is_record else stored.file,
            document,
            text,
            _spans(stored, parted),
            [records.edit(edit) for edit in parted.kept],
            diff,
            self._kept(stored) if text is None else None,
        )

    def _kept(self, stored: Stored) -> bytes | Path:
        """What a quarantined document came as."""
        if stored.is_record:
            return (stored.kept or "").encode("utf-8", "surrogateescape")
        return self._out / "quarantine" / stored.file

    def _count(self, id_: str, parted: Split) -> None:
        self._edits.update(edit.stage for edit in parted.kept)
        self.done.accepted += parted.accepted
        self.done.rejected += len(parted.rejected)
        self.done.documents += bool(parted.rejected)
        for edit in parted.rejected:
            self._fingerprint.update(records.dumps({"id": id_, **records.edit(edit)}))

    def _rejudged(self, stored: Stored, raw: str, text: str, parted: Split) -> Record:
        """The document's record: its edits, those that were rejected, and its quality."""
        document = stored.document
        tagged = Tagged(
            document["id"],
            document["language"],
            document["script"],
            document["confidence"],
            tuple(records.to_span(s) for s in stored.spans if s["type"] == "language"),
        )
        spun = records.to_spun(document["spun"]) if document["spun"] else None
        result = Result(
            Document(document["id"], raw, document["encoding"], document["encoding_evidence"]),
            text,
            parted.kept,
            tuple(records.to_tag(s) for s in stored.spans if s["type"] == "tag"),
            tagged,
            spun,
            spun,
        )
        assess = pipeline.STAGES[-1].run
        quality = assess(result, Setting(self._config)).quality if document["quality"] else None
        return {
            **document,
            "quality": records.quality(quality),
            "edits": dict(Counter(edit.stage for edit in parted.kept)),
            "rejected": [records.edit(edit) for edit in _all_rejected(document, parted)],
        }

    def _compare(self, stored: Stored, raw: str, text: str, parted: Split) -> Comparison | None:
        """A document that changed against its reference; others are counted alone.

        Its texts are what the stages were given and what they made, before any review, and what
        was decided.
        """
        if stored.diff is None or not self._rejects:
            return None
        everything = _in_order(*parted.kept, *_all_rejected(stored.document, parted))
        texts = [
            (comparison.RAW, edits.apply(raw, _extraction(everything))),
            (_MADE, edits.apply(raw, everything)),
            (STAGE, text),
        ]
        reference = Document(stored.diff["reference"], stored.diff["text"])
        id_, config = stored.document["id"], self._config.score
        if not parted.rejected:
            stages, signatures = comparison.score_texts(id_, texts, reference, config)
            self._totals.add_counts([(stage, s.counts) for stage, s in stages], signatures)
            return None
        compared = comparison.compare_texts(id_, texts, reference, config)
        self._totals.add(compared)
        return compared

    def manifest(self, digest: str, name: str) -> Record:
        """The manifest of the results as decided.

        Raises:
            InputError: if there are decisions on documents that the results do not hold.
        """
        if self._left:
            names = ", ".join(repr(id_) for id_ in list(self._left)[:5])
            raise InputError(
                f"{name}: decisions on {len(self._left)} documents that {self._out} does not "
                f"hold: {names}"
            )
        before = self._before
        fingerprint = self._fingerprint.hexdigest()[:12] if self.done.rejected else None
        review = {
            "decisions": digest,
            "accepted": self.done.accepted,
            "rejected": self.done.rejected,
            "fingerprint": before["fingerprint"],
        }
        return {
            **before,
            "fingerprint": fingerprint or before["fingerprint"],
            "counts": {**before["counts"], "edits": dict(self._edits)},
            "corpus": self._corpus() if self.done.rejected else before["corpus"],
            "reviews": [*before.get("reviews", ()), review],
        }

    def _corpus(self) -> Record:
        """Scores of the batch, with what the reviews brought as one more stage."""
        before: Record = self._before["corpus"]
        if not before.get("scores"):
            return before
        now = records.corpus(self._totals)
        brought = [stage for stage in now["stages"] if stage["stage"] == STAGE]
        earlier = [stage for stage in before["stages"] if stage["stage"] != STAGE]
        self.done.before, self.done.after = before["scores"]["clean"], now["scores"]["clean"]
        return {**before, "scores": now["scores"], "stages": earlier + brought}


def _spans(stored: Stored, parted: Split) -> list[Record]:
    """The records of spans; of rejected translations nothing is found, and others have moved."""
    if not parted.rejected:
        return list(stored.spans)
    before, after = Projection(stored.ledger), Projection(parted.kept)
    gone = {(edit.start, edit.end) for edit in parted.rejected}
    found = []
    for span in stored.spans:
        if span["type"] == "qa":
            passage = tuple(span["passage"])
            if passage in gone:
                continue
            if span["target"] and span["of"] == "clean":
                far = after.result(*passage)[0] - before.result(*passage)[0]
                found.append({**span, "target": [place + far for place in span["target"]]})
                continue
        found.append(span)
    return found


def _all_rejected(document: Mapping[str, Any], parted: Split) -> Ledger:
    """Everything that was ever rejected of a document, in order."""
    earlier = (records.to_edit(record) for record in document.get("rejected", ()))
    return _in_order(*earlier, *parted.rejected)


def _in_order(*ledger: Edit) -> Ledger:
    return tuple(sorted(ledger, key=lambda edit: (edit.start, edit.end)))


def _extraction(ledger: Ledger) -> Ledger:
    """The edits that made text of a page; they came first, so their places are raw ones."""
    return tuple(
        step
        for edit in ledger
        for step in (edit.history or (edit,))
        if step.stage == extraction.STAGE
    )


def _rescored(document: Mapping[str, Any], compared: Comparison) -> Record:
    """The scores of a document's record, found anew."""
    found = records.compared(compared)
    trail = [step for step in document.get("trail", ()) if step[0] != STAGE]
    return {**found, "trail": [*trail, [STAGE, dict(compared.clean.scores)]]}
