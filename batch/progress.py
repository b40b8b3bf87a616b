"""A run as a person watches it, and as a program reads it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

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
from .inputs import find_jobs
from .run import Outcome, exit_code_of, run_jobs
from .worker import WorkerOptions


def digitize_and_report(
    paths: Sequence[Path],
    options: WorkerOptions,
    out: Path | None,
    *,
    annotate: bool,
    as_table: bool,
    with_evidence: bool = False,
) -> ExitCode:
    """Digitizes, prints each outcome as it comes, and returns the run's exit code.

    Raises:
        GoujiError: when the run itself cannot go on.
    """
    jobs, unlistable = find_jobs(paths, folder_is_report=options.folder_is_report)
    if not jobs and not unlistable:
        names = ", ".join(str(p) for p in paths)
        raise InputError(
            f"No PDF, TIFF, PNG or JPEG file in {names}.", "Name a file, or a folder that holds some."
        )
    outcomes = []
    results = run_jobs(jobs, unlistable, options, out, annotate=annotate, with_evidence=with_evidence)
    stdout = Console(soft_wrap=False, width=None if sys.stdout.isatty() else 160)
    for outcome in _watched(results, len(jobs) + len(unlistable)):
        outcomes.append(outcome)
        if outcome.error is not None:
            print(f"gouji: {outcome.error}", file=sys.stderr)
        if as_table:
            _print_table(stdout, outcome)
        else:
            print(_to_line(outcome, with_record=out is None), flush=True)
    records = [outcome.record for outcome in outcomes if outcome.record is not None]
    for warning in drift_warnings(
        [r.provenance.measures for r in records], load_model(options.model_file).reference
    ):
        print(f"gouji: {warning}", file=sys.stderr)
    return exit_code_of(outcomes)


def _watched(results: Iterator[Outcome], total: int) -> Iterator[Outcome]:
    """The results, with a bar on stderr while a person watches."""
    if not sys.stderr.isatty():
        yield from results
        return
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("digitizing", total=total)
        for outcome in results:
            progress.advance(task)
            yield outcome


def _print_table(console: Console, outcome: Outcome) -> None:
    if outcome.record is None:
        return
    console.print(show_record(outcome.record))
    if outcome.written is not None:
        console.print(f"record: {outcome.written}", soft_wrap=True)
    for picture in outcome.pictures:
        console.print(f"page:   {picture}", soft_wrap=True)


def _to_line(outcome: Outcome, *, with_record: bool) -> str:
    """One JSON line: the record itself without an output folder, otherwise what became of the file."""
    if outcome.error is not None:
        event: dict[str, object] = {
            "path": str(outcome.path),
            "state": "failed",
            "category": outcome.error.category,
            "error": outcome.error.message,
            "remedy": outcome.error.remedy,
        }
        return json.dumps(event, ensure_ascii=False)
    assert outcome.record is not None
    if with_record:
        return outcome.record.model_dump_json()
    cells = outcome.record.cells
    event = {
        "path": str(outcome.path),
        "state": "done" if outcome.complete else "incomplete",
        "record": str(outcome.written),
        "pictures": [str(p) for p in outcome.pictures],
        "pages": outcome.record.source.pages,
        "accepted": sum(c.status == "accepted" for c in cells),
        "review": sum(c.status == "review" for c in cells),
        "missing": sum(c.kind == "missing" for c in cells),
        "seconds": outcome.record.provenance.seconds,
    }
    return json.dumps(event, ensure_ascii=False)
