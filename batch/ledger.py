"""Which files are still to be digitized: the database is the truth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ..document.errors import InputError
from ..ocr.identity import digest_source, stat_source
from ..store.state import Known, SourceFile
from .inputs import Job
from .todo import Settled, Todo, pipeline_of
from .worker import WorkerOptions

if TYPE_CHECKING:
    from ..store.archive import Archive

JOBS_AT_ONCE = 500
"""Files that the database is asked about together."""


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
    found = archive.find_record(sha256, pipeline)
    if found is None:
        return Todo(job, file, sha256)
    if run_id is not None:
        archive.save_link(run_id, file, found.record_id)
    return Settled(job, found.state)
