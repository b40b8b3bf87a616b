"""A folder watched: new files are digitized when they have stopped growing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..document.errors import InputError
from ..ocr.identity import SourceStat, stat_source
from .inputs import Job, find_jobs

STILL_SECONDS = 10.0
"""A file that has kept its size and time of change so long is taken to be whole; scanners and copies write all the while."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as it was last seen, and since when (monotonic seconds)."""

    stat: SourceStat
    since: float


def watch(
    folder: Path,
    stopped: Callable[[], bool],
    *,
    folder_is_report: bool = False,
    every: float = 2.0,
    still: float = STILL_SECONDS,
) -> Iterator[Sequence[Job]]:
    """The files that have come to rest since the last time, again and again until stopped; links out of the folder never.

    Args:
        folder: looked through with its subfolders.
        stopped: asked between two looks.
        folder_is_report: as for `find_jobs`.
        every: seconds between two looks.
        still: seconds for which a file must not have changed.
    """
    seen: dict[Path, Seen] = {}
    given: dict[Path, SourceStat] = {}
    while not stopped():
        now = time.monotonic()
        ready = []
        for job in _inside(folder, folder_is_report=folder_is_report):
            try:
                stat = stat_source(job.path)
            except InputError:  # gone again, or not yet there as a whole
                continue
            if given.get(job.path) == stat:
                continue
            was = seen.get(job.path)
            if was is None or was.stat != stat:
                seen[job.path] = Seen(stat, now)
            elif now - was.since >= still:
                given[job.path] = stat
                del seen[job.path]
                ready.append(job)
        if ready:
            yield ready
        _wait(every, stopped)


def _inside(folder: Path, *, folder_is_report: bool) -> Iterator[Job]:
    """Jobs whose files lie in the folder in truth, wherever links lead."""
    root = folder.resolve()
    jobs, _ = find_jobs([folder], folder_is_report=folder_is_report)
    for job in jobs:
        parts = sorted(job.path.iterdir()) if job.path.is_dir() else [job.path]
        if all(part.resolve().is_relative_to(root) for part in (job.path, *parts)):
            yield job


def _wait(seconds: float, stopped: Callable[[], bool]) -> None:
    end = time.monotonic() + seconds
    while not stopped() and time.monotonic() < end:
        time.sleep(min(0.1, seconds))
