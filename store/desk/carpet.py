"""Group verification: cells of many reports that were read as the same, to be looked over together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field
from sqlalchemy import ColumnElement, Connection, Row, and_, func, select, tuple_

from ...document.record import Box, CellKind
from .. import tables as t
from ..archive import Archive
from ..connect import reading
from .answers import ConflictError, DoubleEntry, NotThereError, answer_in
from .parts import Answer, AnswerKey, CellId, Content, Part, Request, RowId, to_printed
from .waiting import changing_queue, is_free, lease, weigh_again

MAX_CELLS = 200
"""On one screen."""


class CarpetGroup(Part):
    """So many cells that wait were read as this."""

    kind: CellKind
    value: str | None
    cells: int


class CarpetCell(Part):
    """One of them; `page` from 1, `bbox` in px of the page's own picture."""

    record_id: int
    cell_id: str
    sha256: str
    row_label: str
    column_label: str
    agency: str | None
    year: int | None
    page: int
    bbox: Box
    over: int | None


class CarpetEntry(Request):
    """One cell that was seen to print what its group was read as."""

    record_id: RowId
    cell_id: CellId
    key: AnswerKey


class CarpetAnswer(Content):
    """All the cells of a screen but the odd ones out."""

    cells: Annotated[tuple[CarpetEntry, ...], Field(min_length=1, max_length=MAX_CELLS)]
    seconds: Annotated[float, Field(ge=0, le=86_400)] | None = None


class CarpetDone(Part):
    """How many were written, and which were not, since somebody else was faster."""

    written: int
    left: tuple[str, ...]


def carpet_groups(archive: Archive, limit: int = 60) -> tuple[CarpetGroup, ...]:
    """The readings that most cells share; cells that were not found, or are in no place, are not among them."""
    w, c = t.waiting.c, t.cells.c
    query = (
        select(c.kind, c.value, func.count().label("cells"))
        .join(t.waiting, and_(w.record_id == c.record_id, w.cell_id == c.cell_id))
        .where(w.step == "first", c.x0.is_not(None), c.kind != "missing", c.kind != "illegible")
        .group_by(c.kind, c.value)
        .order_by(func.count().desc(), c.kind, c.value)
        .limit(limit)
    )
    with reading(archive.engine) as connection:
        return tuple(
            CarpetGroup(kind=row.kind, value=to_printed(row.value), cells=row.cells)
            for row in connection.execute(query)
        )


def carpet_cells(archive: Archive, person: str, group: Content, count: int) -> tuple[CarpetCell, ...]:
    """The next cells of a group, leased to the person."""
    w, c, r = t.waiting.c, t.cells.c, t.records.c
    query = (
        select(t.cells, w.sha256, r.agency, r.year)
        .join(t.waiting, and_(w.record_id == c.record_id, w.cell_id == c.cell_id))
        .join(t.records, r.record_id == c.record_id)
        .where(w.step == "first", w.skipped == 0, c.x0.is_not(None), is_free(person), *_reads(group))
        .order_by(w.record_id, w.position)
        .limit(min(count, MAX_CELLS))
    )
    with changing_queue(archive.engine) as connection:
        rows = connection.execute(query).all()
        lease(connection, person, [(row.sha256, row.cell_id) for row in rows])
        return tuple(_carpet_cell(row) for row in rows)


def answer_carpet(archive: Archive, person: str, given: CarpetAnswer, double: DoubleEntry) -> CarpetDone:
    """Writes that all those cells print what they were read as; those that somebody else has taken are left.

    Raises:
        NotThereError: when there is no such cell.
    """
    left = []
    share = None if given.seconds is None else given.seconds / len(given.cells)
    with changing_queue(archive.engine) as connection:
        _check_group(connection, given)
        for entry in given.cells:
            one = Answer(kind=given.kind, value=given.value, key=entry.key, seconds=share)
            try:
                answer_in(connection, person, entry.record_id, entry.cell_id, one, double, "carpet")
            except ConflictError:
                left.append(entry.cell_id)
        for record_id in {entry.record_id for entry in given.cells}:
            weigh_again(connection, record_id)
        lease(connection, person)
    return CarpetDone(written=len(given.cells) - len(left), left=tuple(left))


def _check_group(connection: Connection, given: CarpetAnswer) -> None:
    """A carpet confirms readings and enters nothing new."""
    c = t.cells.c
    keys = [(entry.record_id, entry.cell_id) for entry in given.cells]
    query = select(func.count()).where(tuple_(c.record_id, c.cell_id).in_(keys), *_reads(given))
    if connection.execute(query).scalar_one() != len(set(keys)):
        raise NotThereError(f"Not all of these cells were read as {given.value or given.kind}.")


def _reads(group: Content) -> Sequence[ColumnElement[bool]]:
    c = t.cells.c
    return (c.kind == group.kind, c.value == group.number if group.value is not None else c.value.is_(None))


def _carpet_cell(row: Row) -> CarpetCell:  # type: ignore[type-arg]
    return CarpetCell(
        record_id=row.record_id,
        cell_id=row.cell_id,
        sha256=row.sha256,
        row_label=row.row_label,
        column_label=row.column_label,
        agency=row.agency,
        year=row.year,
        page=row.page,
        bbox=(row.x0, row.y0, row.x1, row.y1),
        over=None,
    )
