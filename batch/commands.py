"""The commands of runs."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..document.errors import ExitCode, UsageError
from ..document.limits import Limits
from ..logs import log_to_stderr
from ..options import DB, DEFAULT_DB, Db, OutputFormat, Printed, Verbose

if TYPE_CHECKING:
    from ..store.archive import Archive

DEFAULTS = Limits()


class EngineName(StrEnum):
    """OCR engines."""

    ONNX = "onnx"
    PADDLE = "paddle"


FolderIsReport = Annotated[
    bool, typer.Option("--folder-is-report", help="A folder of page pictures is one report.")
]
Jobs = Annotated[int, typer.Option(min=1, max=256, help="Documents at a time, each in a process.")]
LogJson = Annotated[bool, typer.Option("--log-json", help="JSON lines on stderr, for programs.")]
Sections = Annotated[bool, typer.Option("--sections/--no-sections", help="Read the text outside the tables.")]


def digitize(
    paths: Annotated[list[Path], typer.Argument(help="PDF, TIFF, PNG or JPEG files, or folders of them.")],
    out: Annotated[
        Path | None, typer.Option(help="Folder for the records; without it they go to stdout.")
    ] = None,
    annotate: Annotated[
        bool, typer.Option("--annotate", help="Also write page pictures with every cell marked.")
    ] = False,
    output_format: Printed = OutputFormat.JSON,
    folder_is_report: FolderIsReport = False,
    sections: Sections = True,
    db: Annotated[str | None, DB] = None,
    jobs: Jobs = 1,
    ray: Annotated[
        str | None,
        typer.Option(help="Address of a Ray cluster that does the jobs, `auto` for this machine's."),
    ] = None,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Try again what the database says has failed.")
    ] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="Digitize so many documents at the most.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be done with each file.")
    ] = False,
    log_json: LogJson = False,
    engine: Annotated[EngineName, typer.Option(help="OCR engine.")] = EngineName.ONNX,
    threads: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=64,
            help="Threads of a job; so many pages are worked on at a time.",
            show_default="2, or 1 with --jobs",
        ),
    ] = None,
    max_pages: Annotated[int, typer.Option(min=1, help="Pages of a document.")] = DEFAULTS.max_pages,
    max_pixels: Annotated[int, typer.Option(min=1, help="Pixels of a page.")] = DEFAULTS.max_pixels,
    max_bytes: Annotated[int, typer.Option(min=1, help="Bytes of a document.")] = DEFAULTS.max_bytes,
    max_seconds: Annotated[
        float, typer.Option(min=0.1, help="Seconds of a document.")
    ] = DEFAULTS.max_seconds,
    risk: Annotated[
        float,
        typer.Option(min=1e-6, max=0.5, help="Accept cells so that at most this share of them is wrong."),
    ] = 0.0005,
    confidence_model: Annotated[
        Path | None,
        typer.Option(help="A model that `calibrate` wrote; the one that ships with gouji by default."),
    ] = None,
    evidence: Annotated[
        bool, typer.Option("--evidence", help="Also write what confidences are made of, for `calibrate`.")
    ] = False,
    verbose: Verbose = False,
) -> None:
    """Turn scanned reports into records."""
    from ..models.confidence import MODEL_FILE, load_model
    from .delivery import Delivery
    from .progress import digitize_and_report, report_plan
    from .run import Course
    from .worker import WorkerOptions

    log_to_stderr(verbose=verbose)
    _check_places(out, db, ray, annotate=annotate, evidence=evidence, retry_failed=retry_failed)
    model_file = (confidence_model or MODEL_FILE).resolve()
    load_model(model_file).threshold(risk)  # says at once when so small a risk cannot be promised
    limits = Limits(max_pages, max_pixels, max_bytes, max_seconds)
    threads = threads or (2 if jobs == 1 else 1)
    options = WorkerOptions(
        engine.value, threads, limits, sections, folder_is_report, verbose, risk, model_file
    )
    delivery = Delivery(out, annotate, evidence, _opened(db))
    course = Course(jobs, limit, retry_failed, ray)
    if dry_run:
        raise typer.Exit(report_plan(paths, options, delivery, course))
    as_table = output_format is OutputFormat.TABLE
    try:
        code = digitize_and_report(paths, options, delivery, course, as_table=as_table, log_json=log_json)
    except KeyboardInterrupt:
        print("gouji: interrupted; what was finished is kept.", file=sys.stderr)
        code = ExitCode.INTERRUPTED
    raise typer.Exit(code)


def _check_places(
    out: Path | None, db: str | None, ray: str | None, *, annotate: bool, evidence: bool, retry_failed: bool
) -> None:
    if annotate and out is None:
        raise UsageError("--annotate needs a folder to write to.", "Add --out DIR.")
    if evidence and out is None and db is None:
        raise UsageError(
            "--evidence needs a folder or a database to write to.", "Add --out DIR or --db FILE."
        )
    if ray is not None and (out is not None or db is None or not _is_postgresql(db)):
        raise UsageError(
            "--ray writes into a PostgreSQL database, which every node can reach, and nowhere else.",
            "Add --db postgresql://USER@HOST/NAME, and leave --out away.",
        )
    if retry_failed and db is None:
        raise UsageError("--retry-failed asks a database what has failed.", "Add --db FILE.")


def _is_postgresql(db: str) -> bool:
    from ..store.connect import to_url

    return to_url(db).get_backend_name() == "postgresql"


def _opened(db: str | None) -> Archive | None:
    if db is None:
        return None
    from ..store.archive import open_archive

    return open_archive(db)


def watch(
    folder: Annotated[Path, typer.Argument(help="The folder, watched with its subfolders.", file_okay=False)],
    db: Db = DEFAULT_DB,
    jobs: Jobs = 1,
    still: Annotated[
        float, typer.Option(min=0, help="Seconds for which a file must not have changed.")
    ] = 10.0,
    folder_is_report: FolderIsReport = False,
    sections: Sections = True,
    log_json: LogJson = False,
    verbose: Verbose = False,
) -> None:
    """Digitize what comes into a folder, until Ctrl-C."""
    from ..store.archive import open_archive
    from .delivery import Delivery
    from .progress import watch_and_report
    from .run import Course
    from .worker import WorkerOptions

    log_to_stderr(verbose=verbose)
    if not folder.is_dir():
        raise UsageError(f"{folder}: not a folder.", "Name one that is there.")
    options = WorkerOptions(
        EngineName.ONNX.value, 2 if jobs == 1 else 1, DEFAULTS, sections, folder_is_report, verbose
    )
    delivery = Delivery(archive=open_archive(db))
    try:
        code = watch_and_report(folder, options, delivery, Course(jobs), still=still, log_json=log_json)
    except KeyboardInterrupt:
        code = ExitCode.INTERRUPTED
    raise typer.Exit(code)
