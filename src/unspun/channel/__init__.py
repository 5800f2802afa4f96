"""A spinner's channel: learned from pairs, and read backwards."""
