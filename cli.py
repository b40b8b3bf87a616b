"""The command line: each command parses, calls one function, prints.

Results go to stdout (JSON lines, or tables on request), everything for people to stderr.
"""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .document.errors import ExitCode, GoujiError, UsageError
from .document.limits import Limits

if TYPE_CHECKING:
    from .store.archive import Archive

app = typer.Typer(
    name="gouji",
    help="勾稽: scanned annual open-government reports become records a person can trust.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

DEFAULTS = Limits()

DEFAULT_DB = "archive.db"
"""Where a command that needs a database looks for one."""


class OutputFormat(StrEnum):
    """How results are printed."""

    JSON = "json"
    TABLE = "table"


class ExportFormat(StrEnum):
    """Kinds of tables for other programs."""

    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"
    JSONL = "jsonl"


class ExportLayout(StrEnum):
    """What a row is."""

    LONG = "long"
    WIDE = "wide"
    RECORD = "record"


class ExportHeaders(StrEnum):
    """The language of the columns' names."""

    ID = "id"
    ZH = "zh"


class EngineName(StrEnum):
    """OCR engines."""

    ONNX = "onnx"
    PADDLE = "paddle"


DB = typer.Option(help="The database: a file, sqlite:///FILE or postgresql://USER@HOST/NAME.")
Db = Annotated[str, DB]
FolderIsReport = Annotated[
    bool, typer.Option("--folder-is-report", help="A folder of page pictures is one report.")
]
Jobs = Annotated[int, typer.Option(min=1, max=256, help="Documents at a time, each in a process.")]
LogJson = Annotated[bool, typer.Option("--log-json", help="JSON lines on stderr, for programs.")]
Printed = Annotated[OutputFormat, typer.Option("--format", help="What to print.")]
Sections = Annotated[bool, typer.Option("--sections/--no-sections", help="Read the text outside the tables.")]
Truth = Annotated[Path, typer.Argument(help="A truth file, a folder of them, or a manifest.json.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say more on stderr.")]


@app.command()
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
    from .batch.delivery import Delivery
    from .batch.progress import digitize_and_report, report_plan
    from .batch.run import Course
    from .batch.worker import WorkerOptions, log_to_stderr
    from .models.confidence import MODEL_FILE, load_model

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
    from .store.connect import to_url

    return to_url(db).get_backend_name() == "postgresql"


def _opened(db: str | None) -> Archive | None:
    if db is None:
        return None
    from .store.archive import open_archive

    return open_archive(db)


@app.command()
def evaluate(
    truth: Truth,
    records: Annotated[Path, typer.Argument(help="A record, or the folder that `digitize --out` wrote.")],
    output_format: Printed = OutputFormat.TABLE,
    curve: Annotated[
        Path | None,
        typer.Option(help="Measure the confidences as well, and draw them to this file: .png, .svg or .pdf."),
    ] = None,
) -> None:
    """Measure records against the truth."""
    from .evaluation.curve import reliability_of
    from .evaluation.report import evaluate as run
    from .show.curves import can_draw, draw_curve, print_curve
    from .show.evaluation import print_evaluation

    if curve is not None:
        can_draw(curve)
    result = run(truth, records)
    reliability = None if curve is None else reliability_of(truth, records)
    if output_format is OutputFormat.JSON:
        found = result.model_dump(mode="json")
        if reliability is not None:
            found = {"evaluation": found, "curve": reliability.model_dump(mode="json")}
        print(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        print_evaluation(result)
        if reliability is not None:
            print_curve(reliability)
    if curve is not None and reliability is not None:
        draw_curve(reliability, curve)


@app.command()
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
    from .batch.delivery import Delivery
    from .batch.progress import watch_and_report
    from .batch.run import Course
    from .batch.worker import WorkerOptions, log_to_stderr
    from .store.archive import open_archive

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


@app.command()
def status(
    db: Db = DEFAULT_DB,
    output_format: Printed = OutputFormat.TABLE,
) -> None:
    """Say how far an archive has come: done, failed and why, waiting for review, missing years."""
    from .show.status import print_status
    from .store.archive import open_existing
    from .store.status import status_of

    found = status_of(open_existing(db))
    if output_format is OutputFormat.JSON:
        print(found.model_dump_json(indent=2))
    else:
        print_status(found)


@app.command()
def migrate(
    db: Db = DEFAULT_DB,
    to: Annotated[str, typer.Option(help="The revision to go to, forwards or back.")] = "head",
) -> None:
    """Bring a database of an older gouji up to this version."""
    from .store.archive import engine_of
    from .store.schema import migrate as run

    before, after = run(engine_of(db), to)
    print(f"gouji: schema {before} → {after}.", file=sys.stderr)


@app.command()
def export(
    out: Annotated[Path, typer.Option(help="The file to write; its ending says which kind.")],
    db: Db = DEFAULT_DB,
    export_format: Annotated[
        ExportFormat | None, typer.Option("--format", help="Which kind, where the ending does not say.")
    ] = None,
    layout: Annotated[
        ExportLayout, typer.Option(help="A row a cell, a row a report, or whole records (jsonl).")
    ] = ExportLayout.LONG,
    headers: Annotated[
        ExportHeaders, typer.Option(help="Names of columns as in the database, or in Chinese.")
    ] = ExportHeaders.ID,
    crops: Annotated[
        bool, typer.Option("--crops/--no-crops", help="XLSX: link each number to a picture of its cell.")
    ] = True,
) -> None:
    """Write the archive as a table for other programs."""
    from .show.crops import CropLinks
    from .store.archive import open_existing
    from .store.export import export_csv, export_jsonl, export_parquet, export_xlsx

    kind = (export_format or out.suffix.removeprefix(".")).lower()
    kinds = [kind.value for kind in ExportFormat]
    if kind not in kinds:
        raise UsageError(f"{out}: no kind of table that can be written.", f"End it in .{', .'.join(kinds)}.")
    if layout is ExportLayout.RECORD and kind != "jsonl":
        raise UsageError(
            "Whole records are JSON.", "End the file in .jsonl, or choose --layout long or wide."
        )
    archive = open_existing(db)
    if kind == "xlsx" and crops:
        with CropLinks(archive, out) as link:
            rows = export_xlsx(archive, out, layout.value, headers.value, link)
        for problem in link.problems:
            print(f"gouji: no pictures of cells: {problem}", file=sys.stderr)
    else:
        writers = {"csv": export_csv, "jsonl": export_jsonl, "parquet": export_parquet, "xlsx": export_xlsx}
        rows = writers[kind](archive, out, layout.value, headers.value)
    print(f"gouji: {rows} rows in {out}.", file=sys.stderr)


@app.command()
def calibrate(
    truth: Truth,
    records: Annotated[Path, typer.Argument(help="The folder that `digitize --out --evidence` wrote.")],
    out: Annotated[Path, typer.Option(help="The model file to write.")],
) -> None:
    """Train the confidence model on digitized documents whose truth is known."""
    from .document.whole import write_whole
    from .evaluation.labelled import labelled_documents
    from .models.calibrate import calibrate as train
    from .models.confidence import model_to_json

    model = train(list(labelled_documents(truth, records)))
    write_whole(out, model_to_json(model))
    print(
        f"{out}: {model.name}, {model.card['documents']} documents, {model.card['cells']} cells, {model.card['wrong']} wrong"
    )
    print(f"the smallest risk that can be promised is {model.least_risk()}")


@app.command()
def schema() -> None:
    """Print the record's JSON Schema."""
    from .document.record import Record

    print(json.dumps(Record.model_json_schema(mode="serialization"), ensure_ascii=False, indent=2))


@app.command()
def doctor() -> None:
    """Check that everything is there; each failure with its fix. Asks no network."""
    from .doctor import print_findings

    raise typer.Exit(print_findings())


@app.command()
def version() -> None:
    """Print the version."""
    from importlib.metadata import version as installed

    print(installed("gouji"))


def main() -> None:
    """The console script: errors of ours become one sentence on stderr and their exit code."""
    try:
        app()
    except GoujiError as error:
        print(f"gouji: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        print("gouji: interrupted; what was finished is kept.", file=sys.stderr)
        sys.exit(ExitCode.INTERRUPTED)
    except BrokenPipeError:
        sys.exit(ExitCode.OK)
