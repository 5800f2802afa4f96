"""How sure a substitution is that would be taken back.

The decoder's posterior is too sure of itself, so it is one feature of a logistic regression that
was fitted on the development part of the pairs; `bench/restore.py` prints on the test part how
well what it promises is kept.
"""

from __future__ import annotations

import math
import operator
import re

from unspun.channel.document import Decoded, Reading
from unspun.channel.model import Entry

_FIGURE = re.compile(r"\d")
_EDGE = 1e-3  # keeps the posterior's logit finite
_FULL = 0.9  # estimated rate below which a document is only partly spun
# What counts, and its weight; `tools/calibrate_restore.py` prints them.
_WEIGHTS = {
    "bias": -0.614,
    "share": 0.711,
    "seen": 0.431,
    "logp": 0.134,
    "support": 0.073,
    "compound": -2.305,
    "number": 0.217,
    "named": 0.399,
    "several": 0.409,
    "partly": -0.255,
}
_RESCORED = {  # where a neural model was asked
    "bias": 0.339,
    "share": 0.763,
    "seen": 0.388,
    "logp": 0.317,
    "support": 0.004,
    "compound": -2.411,
    "number": -1.136,
    "named": 0.171,
    "several": 0.364,
    "partly": -0.477,
}
NAMES = tuple(_WEIGHTS)
_VALUES = {False: tuple(_WEIGHTS.values()), True: tuple(_RESCORED.values())}


def features(reading: Reading, entry: Entry | None, decoded: Decoded) -> list[float]:
    """What is known of a substitution, in the order of `NAMES`.

    Args:
        reading: The substitution and where it stands.
        entry: Its line in the table; None for an article that follows its noun.
        decoded: The document.
    """
    text = reading.arc.text
    return [
        1.0,
        math.log((reading.share + _EDGE) / (1.0 - reading.share + _EDGE)),
        math.log1p(reading.seen),
        entry.logp if entry else -1.0,
        math.log1p(entry.support) if entry else 0.0,
        float(not reading.arc.whole),
        float(_FIGURE.search(text) is not None),
        float(reading.named),
        float(" " in text),
        float(decoded.rate < _FULL),
    ]


def confidence(reading: Reading, entry: Entry | None, decoded: Decoded) -> float:
    """Calibrated probability that what is put back is what stood there."""
    known = features(reading, entry, decoded)
    logit = sum(map(operator.mul, _VALUES[decoded.rescored], known))
    return 1.0 / (1.0 + math.exp(-logit))
