"""unspun: clean, tag, restore, score and diff documents, and take every change back."""

from __future__ import annotations

__version__ = "0.1.0"
