"""The two passes over the input: look at everything, then do what is not done yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace

from unspun import chrome
from unspun.batches import plan, scans, segments
from unspun.batches.engine import Engine, Hand, Order
from unspun.batches.plan import Chunk
from unspun.batches.runs import RunFolder
from unspun.batches.scans import Scan, Share
from unspun.batches.segments import NOTHING, Counts
from unspun.records import Record
from unspun.workers import Failure

RECURRING_FROM = 4  # documents; fewer have no furniture in common that could be told

Advance = Callable[[int], None]
"""Called with the number of documents that are done."""


class Passes:
    """What is done with a plan.

    Args:
        at: Where it is done.
        order: What is done.
        folder: Where it is kept.
        facts: What all results depend on: version, settings, models.
    """

    def __init__(self, at: Engine, order: Order, folder: RunFolder, facts: Record) -> None:
        self._at, self._order, self._folder, self._facts = at, order, folder, facts
        self._hand = Hand(order, apart=at.apart)

    def look(self, chunks: Sequence[Chunk]) -> tuple[list[Chunk], frozenset[str]]:
        """The chunks as they are to be done, and the lines that recur in the input."""
        reading = [list(self._order.reading.columns), self._order.reading.most_bytes]
        facts = self._facts["unspun"], asdict(self._order.config.extract), reading
        chunks = [replace(c, key=plan.key(c, facts)) for c in self._numbered(chunks)]
        records = any(chunk.part is not None for chunk in chunks)
        recurring: frozenset[str] = frozenset()
        made = list(chunks)
        if records or sum(chunk.documents for chunk in chunks) >= RECURRING_FROM:
            found, recurring = self._scanned(chunks)
            taken = scans.displaced(self._order.scans, chunks) if records else {}
            made = scans.final(zip(chunks, found, strict=True), taken)
        depends = [self._facts, sorted(recurring)]
        made = [replace(c, key=plan.key(c, depends, reading)) for c in made]
        self._folder.prune({c.key for c in made}, {c.key for c in chunks})
        return made, recurring

    def _numbered(self, chunks: Sequence[Chunk]) -> list[Chunk]:
        """Each part of a file knows the number of its first line or record.

        A part that cannot be read by itself goes on to the end of its file.
        """
        unknown = {c.sources for c in chunks if c.part is not None and not c.part.first}
        counted = [c for c in chunks if c.sources in unknown and c.part and c.part.end is not None]
        counts = dict(self._at.map(self._hand.count, counted, _ignore))
        made, first, ended = [], 1, None
        for chunk in chunks:
            if chunk.part is None or chunk.sources not in unknown:
                made.append(chunk)
                continue
            if chunk.sources == ended:
                made[-1] = replace(made[-1], size=made[-1].size + chunk.size)
                continue
            first = first if chunk.part.start else 1
            part, found = chunk.part._replace(first=first), counts.get(chunk)
            if isinstance(found, int):
                first += found
            else:
                part, ended = part._replace(end=None), chunk.sources
            made.append(replace(chunk, part=part))
        return made

    def _scanned(self, chunks: Sequence[Chunk]) -> tuple[list[Scan], frozenset[str]]:
        """What was found in each chunk, and the lines that recur in all of them."""
        tally = chrome.Tally()
        found: dict[str, Scan] = {}

        def take(chunk: Chunk) -> bool:
            scan = scans.load(self._order.scans, chunk.key)
            if scan is not None:
                tally.merge(scan.tally)
                found[chunk.key] = scan._replace(tally=chrome.Tally())
            return scan is not None

        def stale() -> list[Chunk]:
            """Sampled when the input was another one: some of its documents are missing now."""
            cutoff = tally.cutoff()
            below = ((chunk, found[chunk.key].below) for chunk in chunks)
            return [chunk for chunk, b in below if b is not None and (cutoff is None or cutoff > b)]

        todo = [chunk for chunk in chunks if not take(chunk)] or stale()
        while todo:
            jobs = ((chunk, tally.cutoff()) for chunk in todo)
            for (chunk, _), answer in self._at.map(self._hand.scan, jobs, _ignore):
                if isinstance(answer, Failure):
                    scans.keep(self._order.scans, chunk.key, *_lost(chunk, answer.reason))
                take(chunk)
            todo = stale()
        return [found[chunk.key] for chunk in chunks], tally.recurring()

    def left(self, chunks: Sequence[Chunk]) -> tuple[list[Chunk], Counts]:
        """The chunks that are to be done, and what became of the others."""
        counts, todo = NOTHING, []
        for chunk in chunks:
            summary = self._folder.done(chunk, self._order.limits)
            if summary is None:
                todo.append(chunk)
            else:
                counts += segments.counts_of(summary)
        return todo, counts

    def do(
        self, todo: Sequence[Chunk], recurring: frozenset[str], counts: Counts, advance: Advance
    ) -> Counts:
        """Do chunks.

        Args:
            todo: Which ones.
            recurring: The lines that recur.
            counts: What became of other documents.
            advance: Called after each document.

        Returns:
            What became of all documents.
        """
        hand = Hand(self._order, recurring, apart=self._at.apart)
        live: dict[str, int] = {}

        def note(chunk: Chunk, done: int) -> None:
            live[chunk.key] = done
            advance(counts.documents + sum(live.values()))

        for chunk, answer in self._at.map(hand.do, todo, note):
            if isinstance(answer, Failure):
                hand.give_up(chunk, answer.reason)
            live.pop(chunk.key, None)
            counts += segments.counts_of(self._kept(chunk))
        return counts

    def _kept(self, chunk: Chunk) -> Record:
        summary = segments.kept(self._folder.chunks, chunk.key)
        assert summary is not None  # noqa: S101 - it was kept before its hand answered
        return summary


def _ignore(_: object, __: int) -> None:
    """Nobody waits for it."""


def _lost(chunk: Chunk, reason: str) -> tuple[Scan, scans.Names | None]:
    """What is known of a chunk of which processes die on reading it."""
    if chunk.part is None:
        return Scan(), None
    shares = (Share(chunk.part, 1, 0),)
    return Scan(shares, problem=f"reading it {reason}"), scans.name_of(chunk)


def rows(chunks: Sequence[Chunk]) -> Iterator[Record]:
    """The plan as it is kept for `unspun status`."""
    for chunk in chunks:
        source = chunk.sources[0].relative.as_posix()
        yield {
            "key": chunk.key,
            "source": source,
            "documents": chunk.documents,
            "size": chunk.size,
        }
