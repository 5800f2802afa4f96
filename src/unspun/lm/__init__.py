"""The language model of clean text that restoration stands on.

``words`` cuts text into tokens, ``vocabulary`` numbers them, ``model`` reads a model file and
scores n-grams; ``estimate``, ``mixture``, ``prune`` and ``build`` make one (tools/train_lm.py).
"""

from unspun.lm.model import LanguageModel
from unspun.lm.packaged import english
from unspun.lm.vocabulary import Vocabulary
from unspun.lm.words import Tokens, sentence_initial, tokenise

__all__ = ["LanguageModel", "Tokens", "Vocabulary", "english", "sentence_initial", "tokenise"]
