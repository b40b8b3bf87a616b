"""The current cells of an archive as rows of a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any, Literal

from sqlalchemy import Row, column, select, table

from .. import labels
from ..archive import Archive
from ..connect import reading
from ..tables import PrintedNumber
from ..views import cell_ids

Layout = Literal["long", "wide", "record"]
Language = Literal["id", "zh"]
Value = str | int | float | Decimal | None

_BOX = ("x0", "y0", "x1", "y1")

LONG = (
    "path", "sha256", "agency", "year", "table_id", "row_label", "column_label", "cell_id", "value", "kind", "raw_text", "note",
    "confidence", "status", "page", *_BOX, "person", "corrected_at",
)  # fmt: skip
WIDE = ("path", "sha256", "agency", "year", "form_id")

FETCHED = 5000
"""Rows that are fetched together."""

_READ = {
    "long": (*LONG, "record_id"),
    "wide": (
        *(name for name in WIDE if name != "form_id"),
        "cell_id",
        "kind",
        "value",
        "page",
        *_BOX,
        "record_id",
    ),
}
_NAMED = tuple(LONG.index(name) for name in ("table_id", "kind", "status"))
_CORRECTED_AT = LONG.index("corrected_at")


def column_names(layout: Layout, language: Language) -> list[str]:
    """The names of the columns: as in the database, or in Chinese."""
    names = [*LONG] if layout == "long" else [*WIDE, *cell_ids()]
    return names if language == "id" else [labels.column_name(name) for name in names]


def reports(archive: Archive, layout: Layout) -> Iterator[list[Row[Any]]]:
    """The current cells of one report after the other, in the form's order.

    Columns are those of the layout, for `wide` also of the cells, then `record_id` and `form_id`.
    """
    order = {cell_id: k for k, cell_id in enumerate(cell_ids())}
    names = _READ[layout]
    cell_id, record_id = names.index("cell_id"), names.index("record_id")
    cells = table("current_cells", *(column(n, PrintedNumber() if n == "value" else None) for n in names))
    records = table("records", column("record_id"), column("form_id"))
    query = (
        select(cells, records.c.form_id)
        .join(records, records.c.record_id == cells.c.record_id)
        .order_by(cells.c.record_id)
    )
    with reading(archive.engine) as connection:
        streamed = connection.execution_options(stream_results=True, yield_per=FETCHED)
        found: Iterable[Any] = streamed.execute(query)
        for _, report in groupby(found, key=itemgetter(record_id)):
            yield sorted(report, key=lambda row: order.get(row[cell_id], len(order)))


def rows(archive: Archive, layout: Layout, language: Language) -> Iterator[list[Value]]:
    """Each row's values."""
    for report in reports(archive, layout):
        if layout == "long":
            yield from (long_row(cell, language) for cell in report)
        else:
            yield wide_row(report, language)


def long_row(cell: Row[Any], language: Language) -> list[Value]:
    """The row of a cell."""
    values = [*cell[: len(LONG)]]
    if values[_CORRECTED_AT] is not None:
        values[_CORRECTED_AT] = str(values[_CORRECTED_AT])
    if language == "zh":
        for k in _NAMED:
            values[k] = labels.value_name(values[k])
    return values


def wide_row(report: list[Row[Any]], language: Language) -> list[Value]:
    """The row of a report."""
    by_id = {cell.cell_id: _wide_value(cell, language) for cell in report}
    return [*(getattr(report[0], name) for name in WIDE), *map(by_id.get, cell_ids())]


def _wide_value(cell: Row[Any], language: Language) -> Value:
    kind = cell.kind
    if kind == "number":
        number: int | Decimal = cell.value
        return number
    if kind == "blank":
        return None
    if kind == "not_applicable":
        return "/"
    return f"({labels.value_name(kind) if language == 'zh' else kind})"


def as_float(value: Value) -> float | None:
    """The number as other programs hold it; None for what is none."""
    return float(value) if isinstance(value, int | float | Decimal) else None
