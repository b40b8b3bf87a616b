"""A record as rows of the tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table

from ..document.record import Box, Cell, Record
from . import tables as t

Row = dict[str, Any]


def record_row(record: Record) -> Row:
    """What is known of a record as a whole."""
    status = [cell.status for cell in record.cells]
    return {
        "sha256": record.source.sha256,
        "path": record.source.path,
        "media_type": record.source.media_type,
        "pages": record.source.pages,
        "form_id": record.form.id,
        "title": record.title.text if record.title else None,
        "agency": record.agency.text if record.agency else None,
        "year": record.year.value if record.year else None,
        "accepted": status.count("accepted"),
        "review": status.count("review"),
        "missing": sum(cell.kind == "missing" for cell in record.cells),
        "violated": sum(check.state == "violated" for check in record.checks),
        "complete": not record.failures,
        "seconds": record.provenance.seconds,
        "record_json": record.model_dump_json(),
    }


def part_rows(record: Record) -> Iterator[tuple[Table, list[Row]]]:
    """The rows of its parts, table by table, without the record's key; tables without rows are left out."""
    parts = {
        t.cells: [_cell_row(cell) for cell in record.cells],
        t.checks: [
            {
                "check_id": check.id,
                "state": check.state,
                "left_sum": check.left,
                "right_sum": check.right,
                "cause": check.cause,
                "cells": list(check.cells),
                "suspect_cells": list(check.suspect_cells),
            }
            for check in record.checks
        ],
        t.sections: [
            {"position": k, "number": s.number, "heading": s.heading, "text": s.text, "pages": list(s.pages)}
            for k, s in enumerate(record.sections, 1)
        ],
        t.extra_values: [
            {
                "row_position": row_position,
                "position": position,
                "table_id": row.table,
                "row_label_read": row.label_read,
                "raw_text": value.raw_text,
                "value": value.value,
                "page": value.page,
                **_box(value.bbox),
            }
            for row_position, row in enumerate(record.extra_rows, 1)
            for position, value in enumerate(row.values, 1)
        ],
    }
    yield from ((table, rows) for table, rows in parts.items() if rows)


def split_cell_id(cell_id: str) -> tuple[str, str, str]:
    """Table, row and column of a cell: `applications.unable.not_held.total` is `applications`, `unable.not_held`, `total`."""
    table, _, rest = cell_id.partition(".")
    row, _, column = rest.rpartition(".")
    return table, row, column


def _cell_row(cell: Cell) -> Row:
    table, row, column = split_cell_id(cell.id)
    return {
        "cell_id": cell.id,
        "table_id": table,
        "row_id": row,
        "column_id": column,
        "row_label": cell.row_label,
        "column_label": cell.column_label,
        "value": cell.value,
        "kind": cell.kind,
        "raw_text": cell.raw_text,
        "note": cell.note,
        "confidence": cell.confidence,
        "status": cell.status,
        "reasons": list(cell.reasons),
        "alternatives": [a.model_dump(mode="json") for a in cell.alternatives],
        "page": cell.page,
        **_box(cell.bbox),
    }


def _box(bbox: Box | None) -> Row:
    return dict(zip(("x0", "y0", "x1", "y1"), bbox or (None,) * 4, strict=True))
