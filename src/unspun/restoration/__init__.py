"""Give spun text its own words back: from findings to edits.

Detection has found which phrases a spinner wrote and what stood there; here each becomes an edit
if its confidence suffices, and a tag if not.
"""

from __future__ import annotations

from unspun.config import RestoreConfig
from unspun.model import Edit, Spun, Tag

STAGE = "restore"
SUSPICIOUS = "suspicious"
_PASSAGE = "spun-passage"


def restore(
    text: str, verdict: Spun, config: RestoreConfig
) -> tuple[tuple[Edit, ...], tuple[Tag, ...]]:
    """Propose the edits that restore a text.

    Args:
        text: The text that was judged.
        verdict: What detection found in it.
        config: The confidence asked for.

    Returns:
        The edits, in order and not overlapping, and tags for spun passages and for phrases that
        look replaced but are not sure enough to be changed.
    """
    if not verdict.is_spun or not config.enabled:
        return (), ()
    edits: list[Edit] = []
    tags: list[Tag] = []
    for finding in sorted(verdict.findings, key=lambda f: (f.start, f.end)):
        start, end = finding.start, finding.end
        if finding.kind == _PASSAGE:
            tags.append(Tag("spun", start, end, verdict.family or "", finding.score))
        elif finding.score < config.min_confidence or (edits and start < edits[-1].end):
            tags.append(Tag(SUSPICIOUS, start, end, finding.kind, finding.score))
        else:
            before = text[start:end]
            edits.append(
                Edit(start, end, before, finding.detail, STAGE, finding.kind, finding.score)
            )
    return tuple(edits), tuple(tags)
