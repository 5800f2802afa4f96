"""Lines that recur in the pages of a site are furniture, however their sources are laid out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import unspun
from unspun.config import Config
from unspun.store import Store

FAST = Config.from_dict({"restore": {"enabled": False}})
SITE = "Harbour and Field keeps its readers company every week"
STORIES = (
    "The mill by the river has been quiet since the spring, and the owner wants to sell it.",
    "A ferry ran aground near the old pier, and all of its passengers walked ashore at low tide.",
    "The school will open a week later, because its roof is being mended after the storm.",
    "Farmers in the valley have sown barley early, hoping that the frost will not come back.",
    "The library lends garden tools now, and the first spade went to the mayor of the town.",
)


def page(number: int, story: str) -> str:
    """Each page has the line in its text, and nowhere on a line of its source."""
    article = "".join(f"<p>{story} {part}.</p>" for part in ("So it was said", "Nobody knew more"))
    head = f"<!doctype html><html><head><title>Story {number}</title></head><body>"
    return f"{head}<article>{article}<p>{SITE}</p></article></body></html>"


def texts(out: Path) -> list[str]:
    return [stored.text or "" for stored in Store(out)]


@pytest.mark.parametrize("workers", [0, 1])
def test_lines_of_pages_recur_in_their_texts(tmp_path: Path, workers: int) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    for number, story in enumerate(STORIES):
        (raw / f"{number}.html").write_text(page(number, story))
    unspun.run(raw, out=tmp_path / "out", config=FAST, workers=workers)
    found = texts(tmp_path / "out")
    assert len(found) == len(STORIES)
    assert all(story in text for story, text in zip(STORIES, found, strict=True))
    assert not any(SITE in text for text in found)


def test_lines_of_pages_in_records_recur_too(tmp_path: Path) -> None:
    lines = (json.dumps({"text": page(n, story)}) for n, story in enumerate(STORIES))
    (tmp_path / "pages.jsonl").write_text("\n".join(lines))
    for chunk in (1 << 20, 300):
        out = tmp_path / str(chunk)
        unspun.run(tmp_path / "pages.jsonl", out=out, config=FAST, workers=1, chunk_bytes=chunk)
        assert not any(SITE in text for text in texts(out))


def test_what_stands_on_one_page_alone_stays(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(page(0, STORIES[0]))
    unspun.run(tmp_path / "a.html", out=tmp_path / "out", config=FAST, workers=0)
    assert SITE in texts(tmp_path / "out")[0]
