"""What a run knows of a file before it is digitized, and what the run's way of digitizing is called."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.metadata import version

from ..models.confidence import load_model
from ..store.state import SourceFile, State
from .inputs import Job
from .worker import WorkerOptions


@dataclass(frozen=True, slots=True)
class Todo:
    """A file to digitize.

    Attributes:
        job: what to do.
        file: as it lies on the disk; of 0 bytes where it cannot even be looked at.
        sha256: of its content; None where it cannot be read.
    """

    job: Job
    file: SourceFile
    sha256: str | None


@dataclass(frozen=True, slots=True)
class Settled:
    """A file of which the database knows what became of it."""

    job: Job
    state: State


@cache
def pipeline_of(options: WorkerOptions) -> str:
    """Names all that the values and confidences of a record depend on but its file; another name means digitizing again."""
    parts = (
        f"gouji {version('gouji')}",
        options.engine,
        load_model(options.model_file).name,
        f"risk {options.risk:g}",
        "sections" if options.with_sections else "tables only",
    )
    return ", ".join(parts)
