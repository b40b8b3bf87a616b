"""The command line: each command parses, calls one function, prints.

Results go to stdout (JSON lines, or tables on request), everything for people to stderr.
"""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from .batch.commands import digitize, watch
from .document.errors import ExitCode, GoujiError, UsageError
from .options import DEFAULT_DB, Db, OutputFormat, Printed
from .review.commands import people, review

app = typer.Typer(
    name="gouji",
    help="勾稽: scanned annual open-government reports become records a person can trust.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


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


Truth = Annotated[Path, typer.Argument(help="A truth file, a folder of them, or a manifest.json.")]

app.command()(digitize)


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


app.command()(watch)


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


app.command()(review)
app.command()(people)


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
        ExportLayout | None,
        typer.Option(
            help="A row a cell, a row a report, or whole records (jsonl).", show_default="long; xlsx: wide"
        ),
    ] = None,
    headers: Annotated[
        ExportHeaders, typer.Option(help="Names of columns as in the database, or in Chinese.")
    ] = ExportHeaders.ID,
    crops: Annotated[
        bool, typer.Option("--crops/--no-crops", help="XLSX: link each number to a picture of its cell.")
    ] = True,
    desk: Annotated[
        str | None,
        typer.Option(
            help="XLSX: link each number to its cell at the desk of this address, without pictures."
        ),
    ] = None,
) -> None:
    """Write the archive as a table for other programs."""
    from .show.crops import CropLinks
    from .store.archive import open_existing
    from .store.export.parquet import export_parquet
    from .store.export.rows import Layout
    from .store.export.text import export_csv, export_jsonl
    from .store.export.workbook import desk_links, export_xlsx

    kind = (export_format or out.suffix.removeprefix(".")).lower()
    kinds = [kind.value for kind in ExportFormat]
    if kind not in kinds:
        raise UsageError(f"{out}: no kind of table that can be written.", f"End it in .{', .'.join(kinds)}.")
    if layout is ExportLayout.RECORD and kind != "jsonl":
        raise UsageError(
            "Whole records are JSON.", "End the file in .jsonl, or choose --layout long or wide."
        )
    links = desk_links(desk) if desk is not None else None
    shape: Layout = layout.value if layout else "wide" if kind == "xlsx" else "long"
    if links is not None and kind != "xlsx":
        raise UsageError("Only a workbook has links.", "End the file in .xlsx, or leave --desk out.")
    archive = open_existing(db)
    if kind == "xlsx" and crops and links is None:
        with CropLinks(archive, out) as pictures:
            rows = export_xlsx(archive, out, shape, headers.value, pictures)
        for problem in pictures.problems:
            print(f"gouji: no pictures of cells: {problem}", file=sys.stderr)
    elif kind == "xlsx":
        rows = export_xlsx(archive, out, shape, headers.value, links)
    else:
        writers = {"csv": export_csv, "jsonl": export_jsonl, "parquet": export_parquet}
        rows = writers[kind](archive, out, shape, headers.value)
    print(f"gouji: {rows} rows in {out}.", file=sys.stderr)


@app.command()
def calibrate(
    truth: Truth,
    records: Annotated[Path, typer.Argument(help="The folder that `digitize --out --evidence` wrote.")],
    out: Annotated[Path, typer.Option(help="The model file to write.")],
    db: Annotated[
        str | None, typer.Option(help="Learn also from what people have entered into this database.")
    ] = None,
) -> None:
    """Train the confidence model on digitized documents whose truth is known."""
    from .document.whole import write_whole
    from .evaluation.labelled import labelled_documents
    from .models.calibrate import calibrate as train
    from .models.confidence import model_to_json

    documents = list(labelled_documents(truth, records))
    if db is not None:
        from .store.archive import open_existing
        from .store.desk.labelled import answered_documents

        documents += answered_documents(open_existing(db))
    model = train(documents)
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
