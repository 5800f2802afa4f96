"""Code pages: which one bytes are in, and what text looks like when the wrong one was taken."""
