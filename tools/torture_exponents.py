"""How the time of each stage, and of comparing, grows with the length of a hostile document.

    python tools/torture_exponents.py
    python tools/torture_exponents.py --name Latin --sizes 64 256 1024

The exponent of a stage is the slope of the line that fits best (least squares) through the
logarithms of lengths and times, of the lengths that it takes some time for. All is restored as if
it were spun, and compared with the same without each fourth word: without a fifth, paragraphs are
by chance plainly the same or not, and the short way of some lengths looks like growth. Time is
what the processor spends, in the mean of several runs, each on another stretch of the document:
what was met before is partly remembered. The least of them would not do: a short run finds a moment
in which the rest of the machine is quiet, a long one never does, and then all work looks steep.
Documents that take next to no time are doubled, and so are those that look steep: what grows faster
than its document goes on doing so. See tools/torture.py.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from promises import LINE
from torture_sizes import hostile

from unspun import comparison, decode, pipeline
from unspun.config import Config
from unspun.errors import InputError
from unspun.model import Document
from unspun.pipeline import Result, Setting
from unspun.workers.nursery import SELDOM

SIZES = [16, 32, 64, 128, 256, 512, 1024]  # kB
MOST = 1.2  # the exponent
SHORTEST = 0.05  # seconds for the longest document, below which a stage is left out
NOTICED = 0.005  # seconds that count: below, it is what a stage takes for anything
SPAN, NEAR = 32, 4  # the longest document by the shortest that may count, and that does count
ENOUGH = 1.0  # seconds of all runs of a length, from which they are enough
QUICK = 0.5  # seconds for a whole document, below which longer ones are measured, too
LONGEST = 8 << 20  # bytes of those, and of what looks steep
ALL_SPUN = Config.from_dict({"restore": {"threshold": 0.0}})


class Time(NamedTuple):
    """What a stage took for a document.

    Attributes:
        stage: Its name.
        size: Bytes of the document.
        seconds: Of the processor.
    """

    stage: str
    size: int
    seconds: float


def times(data: bytes) -> Iterator[Time]:
    """What each stage takes for a document; decoding, comparing, and extraction of it as a page."""
    began = time.process_time()
    try:
        document = decode.decode(data, id="x")
    except InputError:
        return
    yield Time("decode", len(data), time.process_time() - began)
    setting, result = Setting(ALL_SPUN), Result(document, document.text)
    for stage in pipeline.STAGES:
        began = time.process_time()
        made = stage.run(result, setting)
        yield Time(stage.name, len(data), time.process_time() - began)
        result = made
    fewer = " ".join(word for n, word in enumerate(result.text.split(" ")) if n % 4)
    began = time.process_time()
    comparison.compare(result, Document("y", fewer), setting.config.score)
    yield Time("compare", len(data), time.process_time() - began)
    page = Result(Document("x", document.text, kind="html"), document.text)
    began = time.process_time()
    pipeline.STAGES[0].run(page, setting)
    yield Time("page", len(data), time.process_time() - began)


def stretch(data: bytes, size: int, number: int) -> bytes:
    """Whole characters of a document behind its first ones, which marks may stand on."""
    start = _whole(data, number * size % (len(data) - size + 1))
    first = min(start, _whole(data, 4))  # no character has more bytes
    return data[:first] + data[start : _whole(data, start + size)]


def _whole(data: bytes, place: int) -> int:
    """The start of the character that a place lies in."""
    while 0 < place < len(data) and data[place] & 0xC0 == 0x80:
        place -= 1
    return place


def exponent(measured: list[Time]) -> float | None:
    """The slope of time over length, both as logarithms; nothing where it takes hardly any."""
    last = measured[-1]
    if len(measured) < 2 or last.seconds < SHORTEST:
        return None
    reached = [one for one in measured if one.size * SPAN >= last.size]
    known = [one for one in reached if one.seconds >= NOTICED or one.size * NEAR >= last.size]
    lengths, spent = np.log([(one.size, one.seconds) for one in known]).T
    return float(np.polyfit(lengths, spent, 1)[0])


def growth(make: Callable[[int], str], sizes: list[int], repeats: int) -> dict[str, list[Time]]:
    """For each stage, what it took at each size.

    Where all takes next to no time, or a stage looks steep, at larger ones, too: what grows faster
    than its document goes on doing so, and what a processor's caches hold ends somewhere.
    """
    found = means(_bytes(make, sizes[-1]), sizes, repeats)
    longer = sizes[-1]
    while longer < LONGEST:
        quick = sum(runs[-1].seconds for runs in found.values()) < QUICK
        steep = any((exponent(runs) or 0.0) > MOST for runs in found.values())
        if not quick and not steep:
            break
        longer *= 2
        for stage, runs in means(_bytes(make, longer), [longer], repeats).items():
            found.setdefault(stage, []).extend(runs)
    return found


def _bytes(make: Callable[[int], str], size: int) -> bytes:
    return make(size).encode("utf-8", "surrogatepass")


def means(data: bytes, sizes: list[int], repeats: int) -> dict[str, list[Time]]:
    """What each stage took at each size in the mean of some runs, all sizes by turns."""
    taken: dict[str, dict[int, list[float]]] = {}
    spent = dict.fromkeys(sizes, 0.0)
    for number in range(repeats):
        for size in sizes:
            if number and spent[size] > ENOUGH:
                continue
            for run in times(stretch(data, min(size, len(data)), number)):
                taken.setdefault(run.stage, {}).setdefault(size, []).append(run.seconds)
                spent[size] += run.seconds
    return {
        stage: [Time(stage, size, sum(runs) / len(runs)) for size, runs in by_size.items()]
        for stage, by_size in taken.items()
    }


def main() -> int:
    """Measure all kinds."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--name", default="", help="only kinds whose name has this in it")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="kB")
    parser.add_argument("--repeats", type=int, default=30, help="at most, of which the mean counts")
    given = parser.parse_args()
    list(times(LINE.encode()))  # models are read once
    gc.collect()
    gc.freeze()  # as workers do
    gc.set_threshold(*SELDOM)
    worst: dict[str, tuple[float, str]] = {}
    for name, make in hostile().items():
        if given.name not in name:
            continue
        found = growth(make, [size << 10 for size in given.sizes], given.repeats)
        shown = []
        for stage, measured in found.items():
            power = exponent(measured)
            if power is not None:
                worst[stage] = max((power, name), worst.get(stage, (0.0, "")))
                shown.append(f"{stage} {measured[-1].seconds:.1f} s ^{power:.2f}")
        total = sum(run[-1].seconds for stage, run in found.items() if stage != "page")
        print(f"{total:5.1f} s  {name}: {', '.join(shown)}", flush=True)
    for stage, (power, name) in worst.items():
        print(f"{stage}: at most ^{power:.2f}, {name}{'' if power <= MOST else ': TOO STEEP'}")
    return int(any(power > MOST for power, _ in worst.values()))


if __name__ == "__main__":
    sys.exit(main())
