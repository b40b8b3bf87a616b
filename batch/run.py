"""A run over many documents: each ends in exactly one known state, and what was finished stays."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..document.errors import ExitCode, GoujiError
from ..store.state import EndReason, SourceFile, State
from .delivery import Delivery, Outcome, deliver, record_file
from .inputs import Job, Unlistable
from .ledger import plan
from .pool import digitize_all
from .todo import Settled, Todo, pipeline_of
from .worker import Task, Worker, WorkerOptions

if TYPE_CHECKING:
    from ..store.archive import Archive


@dataclass(frozen=True, slots=True)
class Course:
    """How a run goes.

    Attributes:
        jobs: worker processes.
        limit: documents that are digitized at the most; None for all.
        retry_failed: whether what failed before is tried again.
        ray: address of a Ray cluster on which so many jobs run; None for this machine.
    """

    jobs: int = 1
    limit: int | None = None
    retry_failed: bool = False
    ray: str | None = None


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
        settled: deque[Settled] = deque()
        todo = _todo(jobs, options, delivery, course, run_id, settled)
        for outcome in _outcomes(todo, options, delivery, course, workers, run_id, stopped):
            yield from _told(settled)
            yield outcome
        yield from _told(settled)


def _outcomes(
    todo: Iterator[Todo],
    options: WorkerOptions,
    delivery: Delivery,
    course: Course,
    workers: Sequence[Worker],
    run_id: int,
    stopped: Callable[[], bool],
) -> Iterator[Outcome]:
    """On this machine, or on a cluster."""
    if course.ray is None:
        for item, done in digitize_all(todo, lambda t: _task(t, delivery), workers, stopped):
            yield deliver(item, done, delivery, options, run_id)
        return
    from .ray_run import digitize_on_ray

    assert delivery.archive is not None
    yield from digitize_on_ray(
        todo,
        options,
        course.ray,
        course.jobs,
        delivery.archive,
        run_id,
        with_evidence=delivery.with_evidence,
        stopped=stopped,
    )


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
    settled: deque[Settled],
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


def _told(settled: deque[Settled]) -> Iterator[Outcome]:
    while settled:
        item = settled.popleft()
        yield Outcome(item.job.path, settled=item.state)


def _task(item: Todo, delivery: Delivery) -> Task:
    marked = delivery.annotate and delivery.out is not None
    return Task(item.job.path, record_file(item.job, delivery).with_suffix("") if marked else None)


def exit_code_of(states: Iterable[State]) -> ExitCode:
    """OK, some failed, or nothing usable."""
    seen = set(states)
    if not seen & {"done", "incomplete"}:
        return ExitCode.NOTHING_USABLE
    return ExitCode.OK if seen == {"done"} else ExitCode.SOME_FAILED
