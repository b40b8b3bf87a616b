"""A long run into a database: is every file in one state, is memory flat, how many documents a minute.

    python -m benchmarks.bulk --originals SCANS --documents 2000 --jobs 2

Scans are repeated with a line more each, so that every content is its own; one in twenty is broken.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
from gouji.store.archive import open_archive
from gouji.store.status import status_of

BROKEN_SHARE = 0.05
MIB = 2**20


@dataclass(frozen=True, slots=True)
class Sample:
    """The state of a run after so many documents; bytes are of all its processes together."""

    documents: int
    seconds: float
    pages: int
    rss: int


def make_archive(folder: Path, originals: list[Path], count: int, seed: int) -> None:
    """`count` files that all differ, in subfolders of a hundred; some are cut off, empty, or no scan at all."""
    chance = random.Random(seed)
    for n in range(count):
        original = originals[n % len(originals)]
        path = folder / f"{n // 100:03d}" / f"{n:05d}{original.suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        content = original.read_bytes()
        if chance.random() < BROKEN_SHARE:
            content = chance.choice([content[: len(content) // 3], b"", b"no scan at all"])
        path.write_bytes(content + f"\n% {n}\n".encode() if content else b"")


def run(folder: Path, db: str, jobs: int, every: int) -> Iterator[Sample]:
    """A sample every so many documents, and one at the end."""
    command = [
        str(Path(sys.executable).with_name("gouji")), "digitize", str(folder), "--db", db, "--jobs", str(jobs), "--threads", "1",
    ]  # fmt: skip
    started, count, pages = time.monotonic(), 0, 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            count, pages = count + 1, pages + json.loads(line).get("pages", 0)
            if count % every == 0:
                yield Sample(count, time.monotonic() - started, pages, _memory(process.pid))
    yield Sample(count, time.monotonic() - started, pages, 0)


def _memory(pid: int) -> int:
    parent = psutil.Process(pid)
    total = 0
    for process in (parent, *parent.children(recursive=True)):
        try:
            total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total


def states(db: str) -> dict[str, int]:
    """How many files are in each state; a file has one row."""
    archive = open_archive(db)
    found: dict[str, int] = status_of(archive).files
    archive.engine.dispose()
    return found


def main() -> None:
    """Makes the archive, runs over it, prints a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--originals", type=Path, required=True, help="a folder of scans")
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--every", type=int, default=100)
    parser.add_argument("--out", type=Path, default=Path("bench-out/bulk"))
    parser.add_argument("--db", default=None, help="otherwise a new SQLite file")
    options = parser.parse_args()
    originals = sorted(p for p in options.originals.rglob("*") if p.suffix in (".pdf", ".tiff"))
    folder = options.out / f"in-{options.documents}"
    if not folder.exists():
        make_archive(folder, originals, options.documents, seed=1)
    db = options.db or str(options.out / f"archive-{int(time.time())}.db")
    print("| documents | seconds | pages/s | memory of all processes, MiB |\n|---|---|---|---|")
    for s in run(folder, db, options.jobs, options.every):
        print(
            f"| {s.documents} | {s.seconds:.0f} | {s.pages / s.seconds:.2f} | {s.rss // MIB or '–'} |",
            flush=True,
        )
    found = states(db)
    print(f"\n{sum(found.values())} of {options.documents} files have a state: {dict(found)}")


if __name__ == "__main__":
    main()
