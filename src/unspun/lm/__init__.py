"""The language model of clean text that restoration stands on."""
