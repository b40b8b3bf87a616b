"""A run over many documents: each ends in exactly one known state, and what was finished stays."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ..document.errors import ExitCode, GoujiError, InputError, OutputError
from ..document.record import Record, record_to_json
from ..models.features import evidence_file, evidence_to_json
from .inputs import Job, Unlistable
from .worker import Task, Worker, WorkerOptions


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one input.

    Attributes:
        record: of a document that was digitized.
        written: the record's file; None without an output folder.
        pictures: annotated pages that were written.
        error: of one that failed.
    """

    path: Path
    record: Record | None = None
    written: Path | None = None
    pictures: tuple[Path, ...] = ()
    error: GoujiError | None = None

    @property
    def complete(self) -> bool:
        """Whether there is a record without failures."""
        return self.record is not None and not self.record.failures


def run_jobs(
    jobs: Sequence[Job],
    unlistable: Sequence[Unlistable],
    options: WorkerOptions,
    out: Path | None,
    *,
    annotate: bool,
    with_evidence: bool = False,
) -> Iterator[Outcome]:
    """The outcome of each job as it ends; one that fails does not stop the others.

    Raises:
        OutputError: when a record cannot be written: the others could not either.
        MissingPartError: when the engine cannot be loaded.
    """
    for item in unlistable:
        yield Outcome(item.path, error=item.error)
    worker = Worker(options)
    try:
        for job in jobs:
            yield _run_job(job, worker, out, annotate=annotate, with_evidence=with_evidence)
    finally:
        worker.stop()


def _run_job(job: Job, worker: Worker, out: Path | None, *, annotate: bool, with_evidence: bool) -> Outcome:
    written = None if out is None else out / job.record_name
    pictures = written.with_suffix("") if annotate and written is not None else None
    try:
        done = worker.digitize(Task(job.path, pictures))
    except InputError as error:
        return Outcome(job.path, error=error)
    if written is not None:
        if with_evidence:
            write_atomically(evidence_file(written), evidence_to_json(done.evidence))
        write_atomically(written, record_to_json(done.record))
        if not with_evidence:  # that of an older record would no longer be true
            evidence_file(written).unlink(missing_ok=True)
    return Outcome(job.path, done.record, written, done.pictures)


def write_atomically(path: Path, text: str) -> None:
    """Writes a file whole or not at all.

    Raises:
        OutputError: when it cannot be written.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        raise OutputError(
            f"{path}: cannot be written ({error.strerror}).", "Check the folder and free space."
        ) from error


def exit_code_of(outcomes: Sequence[Outcome]) -> ExitCode:
    """OK, some failed, or nothing usable."""
    if not any(outcome.record for outcome in outcomes):
        return ExitCode.NOTHING_USABLE
    return ExitCode.OK if all(outcome.complete for outcome in outcomes) else ExitCode.SOME_FAILED
