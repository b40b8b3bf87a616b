"""Records as tables for other programs: CSV, XLSX, Parquet, JSON lines.

`long` has a row a cell, `wide` a row a report and a column a cell. A blank, a `/`, a 0, an unreadable and a missing cell stay five
things: in `long` the kind says so, in `wide` what is not a number is written as text, and a blank is empty.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Row, column, select, table

from ..document.errors import MissingPartError
from ..document.whole import draft_of
from . import labels
from .archive import Archive
from .connect import reading
from .tables import PrintedNumber
from .views import cell_ids

Layout = Literal["long", "wide", "record"]
Language = Literal["id", "zh"]
Value = str | int | float | Decimal | None
Link = Callable[["Row[Any]"], str | None]
"""Where a person finds the crop of a cell, as a link in a workbook; the argument is a row of `current_cells`."""

LINKS_A_SHEET = 65_000
"""Excel opens 65 530 links in one sheet; what goes beyond begins another sheet."""

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A text that begins so is taken for a formula when a spreadsheet opens CSV (OWASP, "CSV Injection")."""

_LONG = (
    "path", "sha256", "agency", "year", "table_id", "row_label", "column_label", "cell_id", "value", "kind", "raw_text", "note",
    "confidence", "status", "page", "x0", "y0", "x1", "y1", "person", "corrected_at",
)  # fmt: skip
_WIDE = ("path", "sha256", "agency", "year", "form_id")


def export_csv(archive: Archive, path: Path, layout: Layout, language: Language) -> int:
    """Writes UTF-8 with the mark by which Excel and WPS know it; the number of rows.

    Raises:
        OutputError: when the file cannot be written.
    """
    count = 0
    with draft_of(path) as draft, draft.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_header(layout, language))
        for values, _ in _rows(archive, layout, language):
            writer.writerow([_harmless(value) for value in values])
            count += 1
    return count


def export_jsonl(archive: Archive, path: Path, layout: Layout, language: Language) -> int:
    """Writes one object a line, or each record as it came out; the number of lines.

    Raises:
        OutputError: when the file cannot be written.
    """
    names = _header(layout, language)
    count = 0
    with draft_of(path) as draft, draft.open("w", encoding="utf-8") as file:
        for line in _lines(archive, layout, language, names):
            file.write(line + "\n")
            count += 1
    return count


def export_xlsx(
    archive: Archive, path: Path, layout: Layout, language: Language, link: Link | None = None
) -> int:
    """Writes a workbook, every number linked to its crop where `link` knows one; the number of rows.

    Nothing in it is a formula. Sheets are begun anew where Excel would leave links out.

    Raises:
        OutputError: when the file cannot be written.
    """
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import XlsxWriterException

    names = _header(layout, language)
    options = {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
        "max_url_length": 2079,
    }  # fmt: skip
    count = 0
    with draft_of(path, XlsxWriterException) as draft, Workbook(str(draft), options) as book:
        bold, linked = book.add_format({"bold": True}), book.add_format({"font_color": "#0b4f9e"})
        sheet, place, links = None, 0, 0
        for values, cells in _rows(archive, layout, language):
            wanted = {
                k: url for k, cell in cells.items() if link is not None and (url := link(cell)) is not None
            }
            if sheet is None or place >= 1_000_000 or links + len(wanted) > LINKS_A_SHEET:
                sheet, place, links = book.add_worksheet(), 1, 0
                sheet.freeze_panes(1, 0)
                sheet.write_row(0, 0, names, bold)
            for k, value in enumerate(values):
                if k in wanted:
                    sheet.write_url(place, k, wanted[k], linked, string=str(value))
                _write_cell(sheet, place, k, value, linked if k in wanted else None)
            count, place, links = count + 1, place + 1, links + len(wanted)
        if sheet is None:
            book.add_worksheet().write_row(0, 0, names, bold)
    return count


def export_parquet(archive: Archive, path: Path, layout: Layout, language: Language) -> int:
    """Writes Parquet: numbers as float64, text as text; `wide` has numbers only. The number of rows.

    Raises:
        MissingPartError: without Polars.
        OutputError: when the file cannot be written.
    """
    try:
        import polars
    except ImportError as error:
        raise MissingPartError(
            "Parquet is written with Polars, which is not installed.", "Install gouji[parquet]."
        ) from error
    names = _header(layout, language)
    numbers = {"value", "confidence"} if layout == "long" else set(cell_ids())
    whole = {"year", "page", "x0", "y0", "x1", "y1"}
    ids = _header(layout, "id")
    columns: list[list[Value]] = [[] for _ in names]
    for values, _ in _rows(archive, layout, language):
        for k, value in enumerate(values):
            columns[k].append(_as_float(value) if ids[k] in numbers else value)
    kinds = [polars.Float64 if i in numbers else polars.Int64 if i in whole else polars.String for i in ids]
    frame = polars.DataFrame(
        [polars.Series(n, c, dtype=k) for n, c, k in zip(names, columns, kinds, strict=True)]
    )
    with draft_of(path) as draft:
        frame.write_parquet(draft)
    return frame.height


def _header(layout: Layout, language: Language) -> list[str]:
    """The names of the columns: as in the database, or in Chinese."""
    names = [*_LONG] if layout == "long" else [*_WIDE, *cell_ids()]
    return names if language == "id" else [labels.column_name(name) for name in names]


def _rows(
    archive: Archive, layout: Layout, language: Language
) -> Iterator[tuple[list[Value], dict[int, Row[Any]]]]:
    """Each row's values, and by position the cells of which those are that a page prints."""
    for report in _reports(archive):
        if layout == "long":
            place = _LONG.index("value")
            for cell in report:
                values = [_long_value(cell, name, language) for name in _LONG]
                yield values, {place: cell} if cell.page is not None else {}
        else:
            by_id = {cell.cell_id: cell for cell in report}
            first = [getattr(report[0], name) for name in _WIDE]
            values = [_wide_value(by_id.get(i), language) for i in cell_ids()]
            cells = {
                k: by_id[i]
                for k, i in enumerate(cell_ids(), len(_WIDE))
                if i in by_id and by_id[i].page is not None
            }
            yield [*first, *values], cells


def _reports(archive: Archive) -> Iterator[list[Row[Any]]]:
    """The current cells of one report after the other, in the form's order."""
    order = {cell_id: k for k, cell_id in enumerate(cell_ids())}
    names = (*_LONG, "record_id")
    cells = table("current_cells", *(column(n, PrintedNumber() if n == "value" else None) for n in names))
    records = table("records", column("record_id"), column("form_id"))
    query = select(cells, records.c.form_id).join(records, records.c.record_id == cells.c.record_id)
    with reading(archive.engine) as connection:
        streamed = connection.execution_options(stream_results=True, yield_per=5000)
        found: Iterable[Any] = streamed.execute(query.order_by(cells.c.record_id))
        for _, report in groupby(found, key=lambda row: row.record_id):
            yield sorted(report, key=lambda row: order.get(row.cell_id, len(order)))


def _lines(archive: Archive, layout: Layout, language: Language, names: Sequence[str]) -> Iterable[str]:
    if layout != "record":
        for values, _ in _rows(archive, layout, language):
            plain = [_as_float(v) if isinstance(v, Decimal) else v for v in values]
            yield json.dumps(dict(zip(names, plain, strict=True)), ensure_ascii=False)
        return
    records = table("current_records", column("record_json"), column("record_id"))
    with reading(archive.engine) as connection:
        streamed = connection.execution_options(stream_results=True, yield_per=100)
        for row in streamed.execute(select(records.c.record_json).order_by(records.c.record_id)):
            yield row.record_json


def _long_value(cell: Row[Any], name: str, language: Language) -> Value:
    value = getattr(cell, name)
    if language == "zh" and name in ("table_id", "kind", "status"):
        return labels.value_name(value)
    return str(value) if name == "corrected_at" and value is not None else value


def _wide_value(cell: Row[Any] | None, language: Language) -> Value:
    if cell is None or cell.kind == "blank":
        return None
    if cell.kind == "number":
        number: int | Decimal = cell.value
        return number
    if cell.kind == "not_applicable":
        return "/"
    return f"({labels.value_name(cell.kind) if language == 'zh' else cell.kind})"


def _write_cell(sheet: Any, row: int, col: int, value: Value, style: Any) -> None:
    if value is None:
        return
    if isinstance(value, str):
        sheet.write_string(row, col, value, style)
    else:
        sheet.write_number(row, col, float(value), style)


def _harmless(value: Value) -> Value:
    """Text that no spreadsheet takes for a formula: an apostrophe before it, as people write one."""
    if isinstance(value, str) and value.startswith(FORMULA) and not _is_number(value):
        return f"'{value}"
    return value


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except ArithmeticError:
        return False


def _as_float(value: Value) -> float | None:
    return float(value) if isinstance(value, int | float | Decimal) else None
