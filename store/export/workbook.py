"""XLSX."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Row

from ...document.errors import UsageError
from ...document.whole import draft_of
from ..archive import Archive
from ..views import cell_ids
from .rows import LONG, WIDE, Language, Layout, Value, column_names, long_row, reports, wide_row

Link = Callable[["Row[Any]"], str | None]
"""Where a person finds the crop of a cell, as a link in a workbook; the argument is a row as `reports` gives them."""

LINKS_A_SHEET = 65_000
"""Excel opens 65 530 links in one sheet; what goes beyond begins another sheet."""

ROWS_A_SHEET = 1_000_000
"""Excel has 1 048 576."""


def desk_links(address: str) -> Link:
    """Links to the cells at a review desk, which shows each beside its scan.

    Args:
        address: of the desk, as `http://127.0.0.1:8765/`.

    Raises:
        UsageError: when it is no address of a web page.
    """
    if not address.startswith(("http://", "https://")):
        raise UsageError(f"{address}: no address of a desk.", "Give it as http://127.0.0.1:8765/.")
    return lambda cell: f"{address.rstrip('/')}/records/{cell.record_id}#{cell.cell_id}"


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

    names = column_names(layout, language)
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
                k: url
                for k, cell in cells.items()
                if link is not None and values[k] is not None and (url := link(cell)) is not None
            }
            if sheet is None or place >= ROWS_A_SHEET or links + len(wanted) > LINKS_A_SHEET:
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


def _rows(
    archive: Archive, layout: Layout, language: Language
) -> Iterator[tuple[list[Value], dict[int, Row[Any]]]]:
    """Each row's values, and by position the cells of which those are that a page prints."""
    value, places = LONG.index("value"), {i: k for k, i in enumerate(cell_ids(), len(WIDE))}
    for report in reports(archive, layout):
        if layout == "long":
            for cell in report:
                yield long_row(cell, language), {value: cell} if cell.page is not None else {}
        else:
            printed = {places[cell.cell_id]: cell for cell in report if cell.page is not None}
            yield wide_row(report, language), printed


def _write_cell(sheet: Any, row: int, col: int, value: Value, style: Any) -> None:
    if value is None:
        return
    if isinstance(value, str):
        sheet.write_string(row, col, value, style)
    else:
        sheet.write_number(row, col, float(value), style)
