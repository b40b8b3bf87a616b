"""Which files are still to be digitized: the database is the truth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from ..document.errors import InputError
from ..models.confidence import load_model
from ..ocr.pages import digest_source, stat_source
from ..store.archive import Archive, Known, SourceFile, State
from .inputs import Job
from .worker import WorkerOptions

JOBS_AT_ONCE = 500
"""Files that the database is asked about together."""


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


def plan(
    jobs: Sequence[Job],
    archive: Archive,
    run_id: int | None,
    options: WorkerOptions,
    *,
    retry_failed: bool = False,
) -> Iterator[Todo | Settled]:
    """Each file, in order: settled, or to be digitized.

    A file that has not changed since is settled without being read. One that has, or that is new, is known by its content: where
    another file with the same has a record, that is its record.

    Args:
        jobs: the files.
        archive: the database.
        run_id: of the run that notes whose record a file has; None notes nothing.
        options: of the run.
        retry_failed: whether what failed is tried again.
    """
    pipeline = pipeline_of(options)
    for start in range(0, len(jobs), JOBS_AT_ONCE):
        some = jobs[start : start + JOBS_AT_ONCE]
        known = archive.known([job.path.absolute() for job in some])
        for job in some:
            was = known.get(job.path.absolute())
            yield _look_at(job, was, archive, run_id, pipeline, retry_failed=retry_failed)


def _look_at(
    job: Job, was: Known | None, archive: Archive, run_id: int | None, pipeline: str, *, retry_failed: bool
) -> Todo | Settled:
    path = job.path.absolute()
    try:
        seen = stat_source(path)
        file = SourceFile(path, seen.bytes, seen.modified_ns)
    except InputError:  # the worker says what is wrong with it
        return Todo(job, SourceFile(path, 0, 0), None)
    if was is not None and was.file == file and was.pipeline == pipeline:
        again = retry_failed and was.state == "failed"
        return Todo(job, file, was.sha256) if again else Settled(job, was.state)
    try:
        sha256 = digest_source(path)
    except InputError:
        return Todo(job, file, None)
    record_id = archive.find_record(sha256, pipeline)
    if record_id is None:
        return Todo(job, file, sha256)
    state: State = "done" if run_id is None else archive.save_link(run_id, file, record_id)
    return Settled(job, state)
