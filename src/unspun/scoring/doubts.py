"""Signs that a reference is worse than what it is to judge."""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median

from unspun.errors import MismatchError
from unspun.scoring.chrf import Chrf

_SHORT, _LONG = 0.6, 1.6  # lengths, as a share of the hypotheses', that ask for a reason
_CONSENSUS = 15.0  # chrF points by which hypotheses agree more among themselves
_SYSTEMS = 3  # two alone may share their faults
_DAMAGE = re.compile("\ufffd|[\u00c2\u00c3\u00e2][\u0080-\u00bf\u20ac\u2122\u0153\u201a-\u2026]")


def doubts(hypotheses: Sequence[str], reference: str) -> tuple[str, ...]:
    """Reasons to look at a reference before trusting scores against it; none for a sound one.

    Args:
        hypotheses: The text of each system.
        reference: The text that they are scored against.

    Raises:
        MismatchError: for no hypothesis.

    >>> doubts(["The café is open on weekdays."], "The cafÃ© is open on weekdays.")
    ('the reference has 1 damaged characters, the hypotheses have at most 0',)
    """
    if not hypotheses:
        raise MismatchError("no hypothesis to compare the reference with")
    found = []
    damage = len(_DAMAGE.findall(reference))
    most = max(len(_DAMAGE.findall(text)) for text in hypotheses)
    if damage > most:
        found.append(
            f"the reference has {damage} damaged characters, the hypotheses have at most {most}"
        )
    size = median([len(text) for text in hypotheses])
    share = len(reference) / size if size else 1.0
    if not _SHORT <= share <= _LONG:
        found.append(f"the reference has {share:.0%} of the hypotheses' length")
    if len(hypotheses) >= _SYSTEMS:
        found += _consensus(hypotheses, reference)
    return tuple(found)


def _consensus(hypotheses: Sequence[str], reference: str) -> list[str]:
    """Whether all hypotheses are much nearer to one another than to the reference."""
    metric = Chrf()

    def nearness(text: str, others: Sequence[str]) -> float:
        counts = metric.statistics([text] * len(others), [[other] for other in others])
        return median([metric.score(c) for c in counts])

    others = [[h for k, h in enumerate(hypotheses) if k != i] for i in range(len(hypotheses))]
    among = [nearness(text, rest) for text, rest in zip(hypotheses, others, strict=True)]
    towards = [nearness(text, [reference]) for text in hypotheses]
    gap = min(a - b for a, b in zip(among, towards, strict=True))
    if gap < _CONSENSUS:
        return []
    return [f"every hypothesis is {gap:.0f} chrF nearer to the others than to the reference"]
