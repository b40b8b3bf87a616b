"""Documents and records as the API gives them out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, select, text

from .. import tables as t
from ..archive import Archive
from ..connect import reading
from .answers import NotThereError
from .parts import Part


class JobState(Part):
    """What has become of a document that was sent in.

    Attributes:
        state: waiting for the reader, done, incomplete (some page or table failed), or failed.
        record_id: of its record; None without one.
        category, message, remedy: why it failed.
    """

    sha256: str
    state: Literal["waiting", "done", "incomplete", "failed"]
    record_id: int | None = None
    category: str | None = None
    message: str | None = None
    remedy: str | None = None


class RecordSummary(Part):
    """A record in a list; counts of its cells as they were read."""

    record_id: int
    sha256: str
    agency: str | None
    year: int | None
    title: str | None
    pages: int
    accepted: int
    review: int
    missing: int
    violated: int


def job_state(archive: Archive, sha256: str, file: Path | None) -> JobState:
    """What has become of a document.

    Args:
        archive: the database.
        sha256: of its content.
        file: where it lies, when it was sent in; one that has no state yet waits.

    Raises:
        NotThereError: when neither the database nor the folder has it.
    """
    s, f = t.sources.c, t.failures.c
    with reading(archive.engine) as connection:
        row = connection.execute(
            select(s.source_id, s.state, s.record_id)
            .where(s.sha256 == sha256)
            .order_by(s.changed_at.desc())
            .limit(1)
        ).one_or_none()
        if row is None:
            if file is None:
                raise NotThereError(f"No document {sha256[:12]}….", "Send it in first.")
            return JobState(sha256=sha256, state="waiting")
        if row.state != "failed":
            return JobState(sha256=sha256, state=row.state, record_id=row.record_id)
        why = connection.execute(
            select(f.category, f.message, f.remedy)
            .where(f.source_id == row.source_id)
            .order_by(f.failure_id.desc())
            .limit(1)
        ).one()
        return JobState(
            sha256=sha256, state="failed", category=why.category, message=why.message, remedy=why.remedy
        )


def records_of(archive: Archive, after: int, limit: int) -> tuple[RecordSummary, ...]:
    """The newest records of documents, in the order of their ids."""
    columns = ", ".join(RecordSummary.model_fields)
    query = text(
        f"SELECT {columns} FROM current_records WHERE record_id > :after ORDER BY record_id LIMIT :limit"
    )
    with reading(archive.engine) as connection:
        rows = connection.execute(query, {"after": after, "limit": limit})
        return tuple(RecordSummary.model_validate(dict(row._mapping)) for row in rows)


def record_of(archive: Archive, record_id: int) -> Row[Any]:
    """A row of `records` without its two large columns: pages are asked for many times a second.

    Raises:
        NotThereError: when there is none.
    """
    return _row_of(archive, record_id, [c for c in t.records.c if c.name not in ("record_json", "evidence")])


def record_json_of(archive: Archive, record_id: int) -> str:
    """A record as it came out of the reader.

    Raises:
        NotThereError: when there is none.
    """
    return str(_row_of(archive, record_id, [t.records.c.record_json]).record_json)


def _row_of(archive: Archive, record_id: int, columns: Sequence[ColumnElement[Any]]) -> Row[Any]:
    with reading(archive.engine) as connection:
        row = connection.execute(select(*columns).where(t.records.c.record_id == record_id)).one_or_none()
    if row is None:
        raise NotThereError(f"There is no record {record_id}.")
    return row


class ExtraRow(Part):
    """A row that the form lacks: its label and its values as read, and the place of the first."""

    table_id: str
    label: str
    values: tuple[str, ...]
    page: int
    bbox: tuple[int, int, int, int]


class PartFailure(Part):
    """A page or table of a record that could not be read."""

    place: str
    category: str
    message: str


def extras_of(connection: Connection, record_id: int) -> tuple[tuple[ExtraRow, ...], tuple[PartFailure, ...]]:
    """What a record holds beside the form's cells: further rows, and failures."""
    e, f = t.extra_values.c, t.failures.c
    values = connection.execute(
        select(t.extra_values).where(e.record_id == record_id).order_by(e.row_position, e.position)
    )
    rows = [tuple(own) for _, own in groupby(values, key=lambda value: value.row_position)]
    failed = connection.execute(
        select(f.place, f.category, f.message).where(f.record_id == record_id).order_by(f.failure_id)
    )
    return (
        tuple(
            ExtraRow(
                table_id=row[0].table_id,
                label=row[0].row_label_read,
                values=tuple(value.raw_text for value in row),
                page=row[0].page,
                bbox=(row[0].x0, row[0].y0, row[0].x1, row[0].y1),
            )
            for row in rows
        ),
        tuple(PartFailure.model_validate(dict(row._mapping)) for row in failed),
    )
