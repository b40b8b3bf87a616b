"""What the database says of a file: plain data, without the database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

State = Literal["done", "incomplete", "failed"]
EndReason = Literal["finished", "interrupted", "failed"]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file, or a folder that is one report, as it lies on the disk.

    Attributes:
        path: absolute.
        bytes: of the file, or of all its pictures together.
        modified_ns: when it was last changed, nanoseconds since 1970.
    """

    path: Path
    bytes: int
    modified_ns: int


@dataclass(frozen=True, slots=True)
class Known:
    """What the database says of a file.

    Attributes:
        file: as it was when it was digitized.
        sha256: of its content; None where it could not be read.
        pipeline: what digitized it.
        state: what became of it.
    """

    file: SourceFile
    sha256: str | None
    pipeline: str
    state: State


@dataclass(frozen=True, slots=True)
class FoundRecord:
    """A record of the database: its key, and what became of the files that have its content."""

    record_id: int
    state: State
