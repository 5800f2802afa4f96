"""Shared fixtures: hypothesis profiles and the customer's material."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("fast", max_examples=100, deadline=None)
settings.register_profile(
    "deep", max_examples=100_000, deadline=None, suppress_health_check=list(HealthCheck)
)
settings.register_profile("ci", max_examples=100, deadline=None, derandomize=True)
DEFAULT_PROFILE = "ci" if os.environ.get("CI") else "fast"  # a red run must be repeatable
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", DEFAULT_PROFILE))

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The customer's documents and test material, where they are at hand."""
    if not (SHARED / "corpus").is_dir():
        pytest.skip("the customer's material (../shared) is not here")
    return SHARED


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT
