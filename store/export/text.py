"""CSV and JSON lines."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from sqlalchemy import column, select, table

from ...document.whole import draft_of
from ..archive import Archive
from ..connect import reading
from .rows import LONG, WIDE, Language, Layout, Value, column_names, rows

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A text that begins so is taken for a formula when a spreadsheet opens CSV (OWASP, "CSV Injection")."""

ANYBODYS = {"path", "agency", "raw_text", "note", "person"}
"""Columns whose text comes from a document, a file's name or a person."""


def export_csv(archive: Archive, path: Path, layout: Layout, language: Language) -> int:
    """Writes UTF-8 with the mark by which Excel and WPS know it; the number of rows.

    Raises:
        OutputError: when the file cannot be written.
    """
    texts = [k for k, name in enumerate(LONG if layout == "long" else WIDE) if name in ANYBODYS]
    count = 0
    with draft_of(path) as draft, draft.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(column_names(layout, language))
        for values in rows(archive, layout, language):
            for k in texts:
                value = values[k]
                if isinstance(value, str) and value.startswith(FORMULA):
                    values[k] = harmless(value)
            writer.writerow(values)
            count += 1
    return count


def export_jsonl(archive: Archive, path: Path, layout: Layout, language: Language) -> int:
    """Writes one object a line, or each record as it came out; the number of lines.

    Raises:
        OutputError: when the file cannot be written.
    """
    lines = _records(archive) if layout == "record" else _objects(archive, layout, language)
    count = 0
    with draft_of(path) as draft, draft.open("w", encoding="utf-8") as file:
        for line in lines:
            file.write(line + "\n")
            count += 1
    return count


def _objects(archive: Archive, layout: Layout, language: Language) -> Iterator[str]:
    names = column_names(layout, language)
    encode = json.JSONEncoder(ensure_ascii=False, default=float).encode
    for values in rows(archive, layout, language):
        yield encode(dict(zip(names, values, strict=True)))


def _records(archive: Archive) -> Iterator[str]:
    records = table("current_records", column("record_json"), column("record_id"))
    with reading(archive.engine) as connection:
        streamed = connection.execution_options(stream_results=True, yield_per=100)
        for row in streamed.execute(select(records.c.record_json).order_by(records.c.record_id)):
            yield row.record_json


def harmless(value: str) -> Value:
    """Text that no spreadsheet takes for a formula: an apostrophe before it, as people write one."""
    return f"'{value}" if value.startswith(FORMULA) and not _is_number(value) else value


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except ArithmeticError:
        return False
