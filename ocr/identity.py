"""Which document a file is: its size and age, by which a change is told at once, and the digest of its content."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .media import hash_file, list_pictures, measure_file, translated_os_errors
from .tiff import without_documents


@dataclass(frozen=True, slots=True)
class SourceStat:
    """By what a changed document is told without being read.

    Attributes:
        bytes: of the file, or of all pictures of a folder together.
        modified_ns: the latest change of any of them, nanoseconds since 1970.
    """

    bytes: int
    modified_ns: int


def stat_source(path: Path) -> SourceStat:
    """The size and age of a file, or of a folder that is one report.

    Raises:
        InputError: when it cannot be looked at.
    """
    files = files_of(path)
    with translated_os_errors(path):
        return SourceStat(sum(map(measure_file, files)), max(file.stat().st_mtime_ns for file in files))


def digest_source(path: Path) -> str:
    """The SHA-256 of a file, or of a folder that is one report, as `open_source` says it.

    Raises:
        InputError: when it cannot be read.
    """
    return digest_files(files_of(path), is_folder=path.is_dir())


def files_of(path: Path) -> tuple[Path, ...]:
    """The files of a document: itself, or the pictures of a folder in natural order of their names."""
    return without_documents(list_pictures(path)) if path.is_dir() else (path,)


def digest_files(files: Sequence[Path], *, is_folder: bool) -> str:
    """The SHA-256 of a file, or of the digests of a folder's files, in hexadecimal."""
    digests = [hash_file(file) for file in files]
    return hashlib.sha256(b"".join(digests)).hexdigest() if is_folder else digests[0].hex()
