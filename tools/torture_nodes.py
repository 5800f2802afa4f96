"""Two nodes of Ray on this machine, one of which is killed while a run is at work.

    python tools/torture_nodes.py --kills 5

Each run must end by itself on the node that is left, with the bytes of a local run. See
tools/torture.py.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from pathlib import Path

from promises import FAST, BrokenPromiseError, Bytes, check, content, corpus, room, whole

from unspun import batches

OBJECT_STORE = 80 << 20  # bytes a node: only names and counts go there


def one(base: Path, raw: Path, expected: Bytes, draw: random.Random) -> str:
    """A run during which a node is lost."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    from ray.cluster_utils import Cluster  # noqa: PLC0415 - slow, and an extra

    small = {"num_cpus": 1, "object_store_memory": OBJECT_STORE, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args=small)
    second = cluster.add_node(num_cpus=1, object_store_memory=OBJECT_STORE)
    cluster.wait_for_nodes()
    lost: list[int] = []
    at = draw.randrange(5, 40)

    def lose(done: int, _: int) -> None:
        if done >= at and not lost:
            lost.append(done)
            cluster.remove_node(second, allow_graceful=False)

    try:
        batches.run(
            raw,
            None,
            base / "out",
            FAST,
            chunk_bytes=400,
            at="ray",
            address=cluster.address,
            progress=lose,
        )
    finally:
        cluster.shutdown()
    check(bool(lost), "the node was not lost in time")
    whole(base / "out", expected, f"a node lost at document {lost}")
    return f"a node lost at document {lost[0]}"


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--kills", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    draw = random.Random(given.seed)
    with room("nodes") as base:
        raw = corpus(base / "raw", files=20, rows=30)
        batches.run(raw, None, base / "local", FAST, workers=0)
        expected = content(base / "local")
        for number in range(given.kills):
            began = time.monotonic()
            try:
                said = one(base / str(number), raw, expected, draw)
            except BrokenPromiseError as broken:
                print(f"BROKEN: {broken}")
                return 1
            print(f"{said}; the bytes of a local run; {time.monotonic() - began:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
