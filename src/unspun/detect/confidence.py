"""How sure a substitution is that would be taken back.

The decoder's posterior is too sure of itself, so it is one feature of a logistic regression that
was fitted on the development part of the pairs; `bench/restore.py` prints on the test part how
well what it promises is kept.
"""

from __future__ import annotations

import math

from unspun.channel.document import Reading
from unspun.channel.model import Entry

_EDGE = 1e-3  # keeps the posterior's logit finite
_FULL = 0.9  # estimated rate below which a document is only partly spun
_BIAS = -1.581
_SHARE = 0.582
_SEEN = 0.224
_LOGP = 0.032
_SUPPORT = 0.150
_COMPOUND = -2.438
_NUMBER = 0.339
_NAMED = 0.428
_SEVERAL = 1.033
_PARTLY = -0.271


def confidence(reading: Reading, entry: Entry | None, rate: float) -> float:
    """Calibrated probability that what is put back is what stood there.

    Args:
        reading: The substitution and where it stands.
        entry: Its line in the table; None for an article that follows its noun.
        rate: Estimated share of phrases replaced in the document.
    """
    text = reading.arc.text
    logit = (
        _BIAS
        + _SHARE * math.log((reading.share + _EDGE) / (1.0 - reading.share + _EDGE))
        + _SEEN * math.log1p(reading.seen)
        + _LOGP * (entry.logp if entry else -1.0)
        + _SUPPORT * (math.log1p(entry.support) if entry else 0.0)
        + _COMPOUND * (not reading.arc.whole)
        + _NUMBER * any(c.isdigit() for c in text)
        + _NAMED * reading.named
        + _SEVERAL * (" " in text)
        + _PARTLY * (rate < _FULL)
    )
    return 1.0 / (1.0 + math.exp(-logit))
