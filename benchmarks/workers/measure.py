"""What every worker does around its program: load, warm up, time each item, print one JSON object.

A worker is called with one argument, a JSON object:

- `items`: what is read at a time, each a list of page pictures: one page, or all pages of a report, alone in their folder;
- `warm_up`: one such item, read before the clock runs;
- `threads`: how many threads, and how many processor cores, the program may use;
- `options`: what this program needs to know.

It prints `load_seconds`, `seconds` (one number an item), `characters` (read in all) and `peak_mib`. Only the standard library is
used, since it runs in the environment of whatever is measured.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

Reader = Callable[[Sequence[Path]], int]
"""Reads one item: the pictures of its pages in, the number of characters that were read out."""

Loader = Callable[[int, Mapping[str, Any]], Reader]
"""Loads a program; gets the threads and the options, which differ from program to program."""


def main(load: Loader) -> None:
    """Run one job and print what it took."""
    job = json.loads(sys.argv[1])
    _use_cores(job["threads"])
    started = time.perf_counter()
    read = load(job["threads"], job["options"])
    load_seconds = time.perf_counter() - started
    read([Path(page) for page in job["warm_up"]])  # first calls allocate and compile
    seconds, characters = [], 0
    for item in job["items"]:
        pages = [Path(page) for page in item]
        started = time.perf_counter()
        characters += read(pages)
        seconds.append(time.perf_counter() - started)
    result = {
        "load_seconds": load_seconds,
        "seconds": seconds,
        "characters": characters,
        "peak_mib": peak_mib(),
    }
    # The last line is the result, whatever the program printed before.
    print("\n" + json.dumps(result))


def _use_cores(count: int) -> None:
    """Bind the process to so many cores: not every program lets the threads of every part of it be set."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:count])


def peak_mib() -> float:
    """The most memory that this process has held at a time, in MiB, models included."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(li for li in status.read_text().splitlines() if li.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20) if sys.platform == "darwin" else peak / 1024
