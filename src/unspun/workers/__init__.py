"""Processes that do jobs apart from ours, so that a job which goes wrong takes only itself along.

A nursery process imports and loads everything once and forks a worker whenever one is asked for:
models are shared, not copied, and replacing a worker that died takes milliseconds. It is a fresh
interpreter, so workers inherit no threads, locks or ``__main__`` of ours. Where processes cannot
fork, each worker is started on its own.

A worker answers its jobs in the order given. When it dies, the first job that it has not answered
is the one it died of; the others are handed out again.
"""

from __future__ import annotations

from unspun.workers.limits import Failure, Limits, WorkerError
from unspun.workers.nursery import Forker, Spawner
from unspun.workers.pool import Pool

__all__ = ["Failure", "Forker", "Limits", "Pool", "Spawner", "WorkerError"]
