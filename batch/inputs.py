"""What to digitize: files and folders on the command line become jobs, each with a name for its record."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..document.errors import UnreadableFileError
from ..ocr.tiff import is_document

PICTURE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff"})
DOCUMENT_SUFFIXES = PICTURE_SUFFIXES | {".pdf"}
"""Endings by which files of a folder are picked; a file named on the command line is always tried, whatever it is called."""


@dataclass(frozen=True, slots=True)
class Job:
    """One report to digitize.

    Attributes:
        path: a file, or a folder whose pictures are one report.
        record_name: path of its record below the output folder, with forward slashes, ending in .json.
    """

    path: Path
    record_name: str


@dataclass(frozen=True, slots=True)
class Unlistable:
    """A folder, or a path on the command line, that cannot be looked into."""

    path: Path
    error: UnreadableFileError


def find_jobs(
    paths: Sequence[Path], *, folder_is_report: bool = False
) -> tuple[tuple[Job, ...], tuple[Unlistable, ...]]:
    """Jobs in a stable order, and what could not be listed. A file that is reached twice is one job."""
    found: dict[Path, tuple[Path, Path]] = {}  # resolved path → path as given, name below the output folder
    unlistable: list[Unlistable] = []
    for path in paths:
        if path.is_dir():
            for item, errors in _walk(path, folder_is_report=folder_is_report):
                unlistable += errors
                if item is not None:
                    below = Path(path.resolve().name) if item == path else item.relative_to(path)
                    found.setdefault(item.resolve(), (item, below))
        else:
            found.setdefault(path.resolve(), (path, Path(path.name)))
    return _named(list(found.values())), tuple(unlistable)


def _walk(root: Path, *, folder_is_report: bool) -> Iterator[tuple[Path | None, list[Unlistable]]]:
    errors: list[Unlistable] = []

    def note(error: OSError) -> None:
        where = Path(error.filename)
        message = f"{where}: the folder cannot be listed ({error.strerror})."
        errors.append(
            Unlistable(where, UnreadableFileError(message, "Give read permission, or leave it out."))
        )

    for folder, subfolders, files in os.walk(root, onerror=note):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        here = Path(folder)
        names = sorted(name for name in files if not name.startswith("."))
        pictures = [
            n for n in names if Path(n).suffix.lower() in PICTURE_SUFFIXES and not is_document(here / n)
        ]
        if folder_is_report and pictures:
            yield here, []
            names = [name for name in names if name not in pictures]
        for name in names:
            if Path(name).suffix.lower() in DOCUMENT_SUFFIXES:
                yield here / name, []
    yield None, errors


def _named(items: Sequence[tuple[Path, Path]]) -> tuple[Job, ...]:
    """Jobs with record names that differ: where `a.pdf` and `a.tif` lie side by side, the second keeps its ending."""
    taken: set[str] = set()
    jobs = []
    for path, below in items:
        stem = below.with_suffix("") if path.is_file() else below
        name = f"{stem.as_posix()}.json"
        if name in taken:
            name = f"{below.as_posix()}.json"
        number = 2
        while name in taken:
            name = f"{below.as_posix()}-{number}.json"
            number += 1
        taken.add(name)
        jobs.append(Job(path, name))
    return tuple(jobs)
