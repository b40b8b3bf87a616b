"""A run as a person watches it, and as a program reads it."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TextIO

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from ..document.errors import ExitCode, InputError
from ..models.confidence import load_model
from ..models.drift import drift_warnings
from ..show.tables import show_record
from ..store.state import State
from .delivery import Delivery, Outcome
from .inputs import Job, Unlistable, find_jobs
from .interrupt import interruptible
from .pool import workers_of
from .run import Course, exit_code_of, look_ahead, run_jobs
from .watch import watch
from .worker import WorkerOptions

SAMPLE = 2000
"""Documents, chosen by chance, by which a run is compared with the calibration's: memory stays flat however many there are."""


@dataclass
class Tally:
    """What a run has come to so far."""

    states: Counter[State] = field(default_factory=Counter)
    settled: Counter[State] = field(default_factory=Counter)
    pages: int = 0
    cells: int = 0
    accepted: int = 0
    measures: list[dict[str, float]] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)
    _chance: Random = field(default_factory=lambda: Random(0))

    def add(self, outcome: Outcome) -> None:
        """Counts one more."""
        if outcome.settled is not None:
            self.settled[outcome.settled] += 1
            return
        self.states[outcome.state] += 1
        if outcome.record is None:
            return
        self.pages += outcome.record.source.pages
        self.cells += len(outcome.record.cells)
        self.accepted += sum(cell.status == "accepted" for cell in outcome.record.cells)
        self._remember(outcome.record.provenance.measures)

    def _remember(self, measures: dict[str, float]) -> None:
        # Vitter, 1985, "Random Sampling with a Reservoir", algorithm R.
        seen = self.states["done"] + self.states["incomplete"]
        if len(self.measures) < SAMPLE:
            self.measures.append(measures)
        elif (place := self._chance.randrange(seen)) < SAMPLE:
            self.measures[place] = measures

    def event(self) -> dict[str, object]:
        """For a program."""
        return {
            **{state: self.states[state] for state in ("done", "incomplete", "failed")},
            "settled_before": dict(self.settled),
            "pages": self.pages,
            "cells": self.cells,
            "accepted": self.accepted,
            "seconds": round(time.monotonic() - self.started, 1),
        }

    def line(self) -> str:
        """For a person."""
        seconds = max(1e-9, time.monotonic() - self.started)
        share = f"{self.accepted / self.cells:.1%}" if self.cells else "–"
        parts = [
            f"{self.pages / seconds:.1f} pages/s",
            f"{share} of cells accepted",
            f"{self.states['failed']} failed",
        ]
        if self.settled:
            parts.append(f"{self.settled.total()} settled before")
        return ", ".join(parts)


def digitize_and_report(
    paths: Sequence[Path],
    options: WorkerOptions,
    delivery: Delivery,
    course: Course,
    *,
    as_table: bool,
    log_json: bool = False,
) -> ExitCode:
    """Digitizes, prints each outcome as it comes, and returns the run's exit code.

    Args:
        paths: files and folders.
        options: of the workers.
        delivery: where results go.
        course: how the run goes.
        as_table: whether tables are printed to stdout and not JSON lines.
        log_json: whether stderr gets JSON lines and not sentences.

    Raises:
        GoujiError: when the run itself cannot go on.
    """
    jobs, unlistable = _found(paths, options)
    tally, out = Tally(), sys.stdout
    # Ray prints what happens to its nodes to stdout, which is for results.
    aside = nullcontext() if course.ray is None else redirect_stdout(sys.stderr)
    with aside, interruptible() as stopped, workers_of(options, course.jobs) as workers:
        results = run_jobs(jobs, unlistable, options, delivery, course, workers, stopped)
        with _bar(len(jobs) + len(unlistable), hidden=log_json) as bar:
            for outcome in results:
                tally.add(outcome)
                _report(outcome, delivery, out, as_table=as_table, log_json=log_json)
                bar(tally)
        _say("run", tally.event(), _summary(tally, delivery), log_json=log_json)
        _warn_of_drift(tally, options, log_json=log_json)
        if stopped():
            return ExitCode.INTERRUPTED
    return exit_code_of((tally.states + tally.settled).keys())


def watch_and_report(
    folder: Path, options: WorkerOptions, delivery: Delivery, course: Course, *, still: float, log_json: bool
) -> ExitCode:
    """Digitizes what comes into a folder, prints each outcome, and ends when it is asked to.

    Args:
        folder: that is watched, with its subfolders.
        options: of the workers.
        delivery: where results go.
        course: how each batch of new files goes.
        still: seconds for which a file must not have changed.
        log_json: whether stderr gets JSON lines and not sentences.

    Raises:
        GoujiError: when the work cannot go on.
    """
    tally = Tally()
    with interruptible() as stopped, workers_of(options, course.jobs) as workers:
        for jobs in watch(folder, stopped, folder_is_report=options.folder_is_report, still=still):
            for outcome in run_jobs(jobs, (), options, delivery, course, workers, stopped):
                tally.add(outcome)
                _report(outcome, delivery, sys.stdout, as_table=False, log_json=log_json)
    _say("run", tally.event(), _summary(tally, delivery), log_json=log_json)
    _warn_of_drift(tally, options, log_json=log_json)
    return ExitCode.OK


def _warn_of_drift(tally: Tally, options: WorkerOptions, *, log_json: bool) -> None:
    for warning in drift_warnings(tally.measures, load_model(options.model_file).reference):
        _say("drift", {"message": warning}, warning, log_json=log_json)


def report_plan(
    paths: Sequence[Path], options: WorkerOptions, delivery: Delivery, course: Course
) -> ExitCode:
    """Prints what a run would do with each file, as JSON lines; nothing is digitized or written."""
    jobs, _ = _found(paths, options)
    for path, state in look_ahead(jobs, options, delivery.archive, course):
        print(json.dumps({"path": str(path), "state": state or "to do"}, ensure_ascii=False))
    return ExitCode.OK


def _found(paths: Sequence[Path], options: WorkerOptions) -> tuple[tuple[Job, ...], tuple[Unlistable, ...]]:
    jobs, unlistable = find_jobs(paths, folder_is_report=options.folder_is_report)
    if not jobs and not unlistable:
        names = ", ".join(str(p) for p in paths)
        raise InputError(
            f"No PDF, TIFF, PNG or JPEG file in {names}.", "Name a file, or a folder that holds some."
        )
    return jobs, unlistable


def _report(outcome: Outcome, delivery: Delivery, out: TextIO, *, as_table: bool, log_json: bool) -> None:
    if outcome.settled is not None:
        return
    if outcome.error is not None:
        _say("document", _event(outcome), str(outcome.error), log_json=log_json)
    if as_table:
        _print_table(Console(soft_wrap=False, width=None if out.isatty() else 160, file=out), outcome)
    elif outcome.record is not None and delivery.out is None and delivery.archive is None:
        print(outcome.record.model_dump_json(), file=out, flush=True)
    else:
        print(json.dumps(_event(outcome), ensure_ascii=False), file=out, flush=True)


def _say(event: str, values: dict[str, object], sentence: str, *, log_json: bool) -> None:
    """To stderr: for a program, or for a person."""
    if log_json:
        print(json.dumps({"event": event, **values}, ensure_ascii=False), file=sys.stderr, flush=True)
    elif sentence:
        print(f"gouji: {sentence}", file=sys.stderr)


def _summary(tally: Tally, delivery: Delivery) -> str:
    """What a run with a database came to; of a few files on the command line each has been told."""
    if delivery.archive is None:
        return ""
    made = ", ".join(f"{tally.states[state]} {state}" for state in ("done", "incomplete", "failed"))
    before = ", ".join(f"{n} {state}" for state, n in sorted(tally.settled.items()))
    return f"{made}" + (f"; settled before: {before}" if before else "") + "."


@contextmanager
def _bar(total: int, *, hidden: bool) -> Iterator[Callable[[Tally], None]]:
    """A bar on stderr while a person watches; it is told of each step."""
    if hidden or not sys.stderr.isatty():
        yield lambda tally: None
        return
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        TimeRemainingColumn(), TextColumn("{task.fields[line]}"),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("digitizing", total=total, line="")
        yield lambda tally: progress.update(task, advance=1, line=tally.line())


def _print_table(console: Console, outcome: Outcome) -> None:
    if outcome.record is None:
        return
    console.print(show_record(outcome.record))
    if outcome.written is not None:
        console.print(f"record: {outcome.written}", soft_wrap=True)
    for picture in outcome.pictures:
        console.print(f"page:   {picture}", soft_wrap=True)


def _event(outcome: Outcome) -> dict[str, object]:
    """What became of a file, as JSON data."""
    if outcome.error is not None:
        return {
            "path": str(outcome.path),
            "state": "failed",
            "category": outcome.error.category,
            "error": outcome.error.message,
            "remedy": outcome.error.remedy,
        }
    assert outcome.record is not None
    cells = outcome.record.cells
    return {
        "path": str(outcome.path),
        "state": outcome.state,
        "record": None if outcome.written is None else str(outcome.written),
        "pictures": [str(p) for p in outcome.pictures],
        "pages": outcome.record.source.pages,
        "accepted": sum(c.status == "accepted" for c in cells),
        "review": sum(c.status == "review" for c in cells),
        "missing": sum(c.kind == "missing" for c in cells),
        "seconds": outcome.record.provenance.seconds,
    }
