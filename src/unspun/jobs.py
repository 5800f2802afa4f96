"""Documents to do, as a batch or a command names them: read, or only glanced at."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import NamedTuple

from unspun import chrome, decode, files, pipeline
from unspun.config import ExtractConfig
from unspun.errors import UnspunError
from unspun.files import Source
from unspun.model import Document
from unspun.readers.rows import Decoded


class Job(NamedTuple):
    """One document to do, and what it is compared with.

    Attributes:
        source: The file that it is, or stands in.
        id: Its name.
        reference: What it is compared with.
        data: Its bytes where workers cannot read them: of standard input, of a record.
        text: The text of a record.
        number: The place of a record in its file, from 1.
        problem: Why it cannot be done, if that is known already.
        most: Bytes beyond which it is refused.
        decoded: How the bytes of a record became text.
    """

    source: Source
    id: str
    reference: Source | None = None
    data: bytes | None = None
    text: str | None = None
    number: int | None = None
    problem: str | None = None
    most: int = files.MOST
    decoded: Decoded = Decoded()


def read(job: Job) -> tuple[bytes, Document]:
    """The bytes that `undo` gives back, and the document they are.

    Raises:
        InputError: if it cannot be read, is no text, or is too large.
    """
    if job.text is not None:
        document = _of_text(job, job.text)
        return decode.raw_bytes(document), document
    raw = files.content(job.source, job.most) if job.data is None else job.data
    return raw, decode.decode(raw, id=job.id, kind=files.kind(job.source.path))


def glance(config: ExtractConfig, below: str | None, job: Job) -> chrome.Tally:
    """The lines of one document; none if it cannot be read, which its own turn will tell.

    Args:
        config: Whether it is a page, of which the text counts.
        below: The cutoff of a sample that others have filled.
        job: The document.
    """
    tally = chrome.Tally(below)
    if job.problem or (job.source.path == files.STDIN and job.text is None):
        return tally
    with suppress(UnspunError):
        document = files.read(job.source, job.most) if job.text is None else _of_text(job, job.text)
        tally.add(document.text, partial(pipeline.shown, document, config))
    return tally


def is_page(config: ExtractConfig, job: Job) -> bool:
    """Whether a record is a page."""
    return pipeline.is_page(_of_text(job, job.text or ""), config)


def _of_text(job: Job, text: str) -> Document:
    return Document(job.id, text, *job.decoded)
