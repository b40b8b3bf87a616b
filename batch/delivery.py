"""What became of a document, and where it goes: files, the database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..document.errors import GoujiError, InputError
from ..document.record import Record, record_to_json
from ..document.whole import write_whole
from ..models.features import evidence_file, evidence_to_json
from ..store.state import State
from .inputs import Job
from .todo import Todo, pipeline_of
from .worker import Done, WorkerOptions

if TYPE_CHECKING:
    from ..store.archive import Archive


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one input.

    Attributes:
        record: of a document that was digitized.
        written: the record's file; None without an output folder.
        pictures: annotated pages that were written.
        error: of one that failed.
        settled: of one that the database knew: what it says.
    """

    path: Path
    record: Record | None = None
    written: Path | None = None
    pictures: tuple[Path, ...] = ()
    error: GoujiError | None = None
    settled: State | None = None

    @property
    def state(self) -> State:
        """A record without failures, one with some, or none."""
        if self.settled is not None:
            return self.settled
        if self.record is None:
            return "failed"
        return "incomplete" if self.record.failures else "done"


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where results go.

    Attributes:
        out: folder for record files.
        annotate: whether page pictures with every cell marked are written there too.
        with_evidence: whether what the confidences are made of is kept as well.
        archive: the database.
    """

    out: Path | None = None
    annotate: bool = False
    with_evidence: bool = False
    archive: Archive | None = None


def deliver(
    item: Todo, done: Done | InputError, delivery: Delivery, options: WorkerOptions, run_id: int
) -> Outcome:
    """Writes and saves what became of a document.

    Raises:
        OutputError: when that cannot be done.
    """
    job, archive = item.job, delivery.archive
    if isinstance(done, InputError):
        if archive is not None:
            archive.save_failure(run_id, item.file, pipeline_of(options), item.sha256, done)
        return Outcome(job.path, error=done)
    evidence = evidence_to_json(done.evidence) if delivery.with_evidence else None
    written = None if delivery.out is None else record_file(job, delivery)
    if written is not None:
        if evidence is not None:
            write_whole(evidence_file(written), evidence)
        write_whole(written, record_to_json(done.record))
        if evidence is None:  # that of an older record would no longer be true
            evidence_file(written).unlink(missing_ok=True)
    if archive is not None:
        archive.save_record(run_id, item.file, pipeline_of(options), done.record, evidence)
    return Outcome(job.path, done.record, written, done.pictures)


def record_file(job: Job, delivery: Delivery) -> Path:
    """Where a job's record goes; there is an output folder."""
    assert delivery.out is not None
    return delivery.out / job.record_name
