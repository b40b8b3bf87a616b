"""A run over many documents: each ends in exactly one known state, and what was finished stays."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from ..document.errors import ExitCode, GoujiError, InputError, OutputError
from ..document.record import Record, record_to_json
from ..models.features import evidence_file, evidence_to_json
from ..store.archive import Archive, EndReason, SourceFile, State
from .inputs import Job, Unlistable
from .ledger import Settled, Todo, pipeline_of, plan
from .pool import digitize_all
from .worker import Done, Task, Worker, WorkerOptions


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


@dataclass(frozen=True, slots=True)
class Course:
    """How a run goes.

    Attributes:
        jobs: worker processes.
        limit: documents that are digitized at the most; None for all.
        retry_failed: whether what failed before is tried again.
    """

    jobs: int = 1
    limit: int | None = None
    retry_failed: bool = False


def run_jobs(
    jobs: Sequence[Job],
    unlistable: Sequence[Unlistable],
    options: WorkerOptions,
    delivery: Delivery,
    course: Course,
    workers: Sequence[Worker],
    stopped: Callable[[], bool],
) -> Iterator[Outcome]:
    """The outcome of each job as it ends; one that fails does not stop the others.

    Args:
        jobs: what to digitize.
        unlistable: what could not be looked into.
        options: of the workers.
        delivery: where results go.
        course: how the run goes.
        workers: with those options.
        stopped: once it is true nothing more is begun.

    Raises:
        OutputError: when a record cannot be written or saved: the others could not either.
        MissingPartError: when the engine cannot be loaded.
    """
    with _noted(delivery.archive, options, course, stopped) as run_id:
        for folder in unlistable:
            if delivery.archive is not None:
                nothing = SourceFile(folder.path.absolute(), 0, 0)
                delivery.archive.save_failure(run_id, nothing, pipeline_of(options), None, folder.error)
            yield Outcome(folder.path, error=folder.error)
        settled: list[Settled] = []
        todo = _todo(jobs, options, delivery, course, run_id, settled)
        for item, done in digitize_all(todo, lambda t: _task(t, delivery), workers, stopped):
            yield from _told(settled)
            yield _deliver(item, done, delivery, options, run_id)
        yield from _told(settled)


def look_ahead(
    jobs: Sequence[Job], options: WorkerOptions, archive: Archive | None, course: Course
) -> Iterator[tuple[Path, State | None]]:
    """Each file and what the database knows of it; None for one that would be digitized. Nothing is written."""
    todo = 0
    for item in _planned(jobs, options, archive, course, None):
        if isinstance(item, Settled):
            yield item.job.path, item.state
        elif course.limit is None or todo < course.limit:
            todo += 1
            yield item.job.path, None


@contextmanager
def _noted(
    archive: Archive | None, options: WorkerOptions, course: Course, stopped: Callable[[], bool]
) -> Iterator[int]:
    """The run's key in the database, where it is noted when and why it ended; 0 without one."""
    if archive is None:
        yield 0
        return
    plain = {name: str(v) if isinstance(v, Path) else v for name, v in asdict(options).items()}
    run_id = archive.start_run(pipeline_of(options), {**plain, **asdict(course)})
    reason: EndReason = "failed"
    try:
        yield run_id
        reason = "interrupted" if stopped() else "finished"
    except (GeneratorExit, KeyboardInterrupt):
        reason = "interrupted"
        raise
    finally:
        with suppress(GoujiError):  # where the database is gone, what went wrong is said already
            archive.end_run(run_id, reason)


def _planned(
    jobs: Sequence[Job], options: WorkerOptions, archive: Archive | None, course: Course, run_id: int | None
) -> Iterable[Todo | Settled]:
    if archive is None:
        return (Todo(job, SourceFile(job.path, 0, 0), None) for job in jobs)
    return plan(jobs, archive, run_id, options, retry_failed=course.retry_failed)


def _todo(
    jobs: Sequence[Job],
    options: WorkerOptions,
    delivery: Delivery,
    course: Course,
    run_id: int,
    settled: list[Settled],
) -> Iterator[Todo]:
    """What is to be digitized; what is settled is put aside."""
    count = 0
    for item in _planned(jobs, options, delivery.archive, course, run_id):
        if isinstance(item, Settled):
            settled.append(item)
        elif course.limit is not None and count >= course.limit:
            return
        else:
            count += 1
            yield item


def _told(settled: list[Settled]) -> Iterator[Outcome]:
    while settled:
        item = settled.pop(0)
        yield Outcome(item.job.path, settled=item.state)


def _task(item: Todo, delivery: Delivery) -> Task:
    marked = delivery.annotate and delivery.out is not None
    return Task(item.job.path, _record_file(item.job, delivery).with_suffix("") if marked else None)


def _record_file(job: Job, delivery: Delivery) -> Path:
    assert delivery.out is not None
    return delivery.out / job.record_name


def _deliver(
    item: Todo, done: Done | InputError, delivery: Delivery, options: WorkerOptions, run_id: int
) -> Outcome:
    job, archive = item.job, delivery.archive
    if isinstance(done, InputError):
        if archive is not None:
            archive.save_failure(run_id, item.file, pipeline_of(options), item.sha256, done)
        return Outcome(job.path, error=done)
    evidence = evidence_to_json(done.evidence) if delivery.with_evidence else None
    written = None if delivery.out is None else _record_file(job, delivery)
    if written is not None:
        if evidence is not None:
            write_atomically(evidence_file(written), evidence)
        write_atomically(written, record_to_json(done.record))
        if evidence is None:  # that of an older record would no longer be true
            evidence_file(written).unlink(missing_ok=True)
    if archive is not None:
        archive.save_record(run_id, item.file, pipeline_of(options), done.record, evidence)
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


def exit_code_of(states: Iterable[State]) -> ExitCode:
    """OK, some failed, or nothing usable."""
    seen = set(states)
    if not seen & {"done", "incomplete"}:
        return ExitCode.NOTHING_USABLE
    return ExitCode.OK if seen == {"done"} else ExitCode.SOME_FAILED
