"""Packaged tables and models."""
