"""A neural language model: how likely a text is, as a network that has read far more tells.

Optional: it is asked only where `restore.rescorer` names a model, and needs the extra ``neural``.
Nothing else depends on it.
"""

from unspun.neural.packaged import find
from unspun.neural.reader import Reader

__all__ = ["Reader", "find"]
