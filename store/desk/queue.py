"""The queue: who gets which cell next. A cell that is given to somebody is leased: nobody else gets it until it is given back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field, StringConstraints
from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    cast,
    func,
    not_,
    or_,
    select,
    tuple_,
    update,
)

from .. import tables as t
from ..archive import Archive
from ..connect import reading
from .current import is_undone
from .parts import CellId, Part, QueuedCell, Request, RowId, Sha256
from .show import queued_cells
from .waiting import changing_queue, is_free, lease

Name = Annotated[str, StringConstraints(max_length=300)]


class QueueFilter(Request):
    """Which cells are wanted; everything left out does not matter."""

    agency: Name | None = None
    year: Annotated[int, Field(ge=1900, le=2999)] | None = None
    folder: Annotated[str, StringConstraints(max_length=4096)] | None = None
    reason: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")] | None = None
    table: Annotated[str, StringConstraints(pattern=r"^[a-z]{1,40}$")] | None = None
    record_id: RowId | None = None


class CellKey(Request):
    """A cell of a document."""

    sha256: Sha256
    cell_id: CellId


class QueuedReport(Part):
    """A report with cells that wait; `worth` is the highest of them."""

    record_id: int
    agency: str | None
    year: int | None
    path: str
    cells: int
    worth: int


def claim(
    archive: Archive, person: str, wanted: QueueFilter, count: int, without: Sequence[CellKey] = ()
) -> tuple[QueuedCell, ...]:
    """The next cells for a person, leased to them, those first whose answer settles most checks.

    Args:
        archive: the database.
        person: who asks. All that is leased to them already is renewed.
        wanted: which cells.
        count: so many at the most.
        without: cells that the person has before them already.
    """
    w = t.waiting.c
    held = [(key.sha256, key.cell_id) for key in without]
    query = (
        select(t.waiting)
        .where(is_free(person), _may_be_given(person), *conditions(wanted))
        .order_by(w.skipped, w.worth.desc(), w.record_id, w.position)
        .limit(count)
    )
    if held:
        query = query.where(not_(tuple_(w.sha256, w.cell_id).in_(held)))
    with changing_queue(archive.engine) as connection:
        rows = connection.execute(query).all()
        lease(connection, person, [(row.sha256, row.cell_id) for row in rows])
    with reading(archive.engine) as connection:
        return queued_cells(connection, rows)


def lease_again(archive: Archive, person: str) -> int:
    """Renews all leases of a person; how many they are."""
    with changing_queue(archive.engine) as connection:
        return lease(connection, person)


def release(archive: Archive, person: str, keys: Sequence[CellKey], *, skipped: bool = False) -> int:
    """Gives cells back; how many were leased to the person.

    Args:
        archive: the database.
        person: who had them.
        keys: of the cells; none means all that the person has.
        skipped: whether they go to the end of the queue.
    """
    w = t.waiting.c
    given = update(t.waiting).where(w.leased_by == person)
    if keys:
        given = given.where(tuple_(w.sha256, w.cell_id).in_([(key.sha256, key.cell_id) for key in keys]))
    values: dict[str, Any] = {"leased_by": None, "leased_until": None}
    if skipped:
        values["skipped"] = w.skipped + 1
    with changing_queue(archive.engine) as connection:
        return int(connection.execute(given.values(values)).rowcount)


def queued_reports(archive: Archive, wanted: QueueFilter, limit: int = 100) -> tuple[QueuedReport, ...]:
    """The reports with cells that wait, those first whose cells settle most."""
    w, r = t.waiting.c, t.records.c
    per_report = (
        select(w.record_id, func.count().label("cells"), func.max(w.worth).label("worth"))
        .where(*conditions(wanted))
        .group_by(w.record_id)
        .order_by(func.max(w.worth).desc(), func.count().desc(), w.record_id)
        .limit(limit)
        .subquery()
    )
    query = (
        select(per_report, r.agency, r.year, r.path)
        .join(t.records, r.record_id == per_report.c.record_id)
        .order_by(per_report.c.worth.desc(), per_report.c.cells.desc(), per_report.c.record_id)
    )
    with reading(archive.engine) as connection:
        return tuple(QueuedReport.model_validate(dict(row._mapping)) for row in connection.execute(query))


def conditions(wanted: QueueFilter) -> list[ColumnElement[bool]]:
    """What a filter asks of the rows of `waiting`."""
    w, r, s, c = t.waiting.c, t.records.c, t.sources.c, t.cells.c
    report = [
        column == value
        for column, value in ((r.agency, wanted.agency), (r.year, wanted.year))
        if value is not None
    ]
    found: list[ColumnElement[bool]] = []
    if report:
        found.append(w.record_id.in_(select(r.record_id).where(*report)))
    if wanted.record_id is not None:
        found.append(w.record_id == wanted.record_id)
    if wanted.folder is not None:
        found.append(w.sha256.in_(select(s.sha256).where(s.folder == wanted.folder)))
    if wanted.table is not None:
        found.append(w.cell_id.startswith(f"{wanted.table}.", autoescape=True))
    if wanted.reason is not None:
        with_reason = cast(c.reasons, Text).contains(f'"{wanted.reason}"', autoescape=True)
        own = and_(c.record_id == w.record_id, c.cell_id == w.cell_id)
        found.append(select(c.cell_id).where(own, with_reason).exists())
    return found


def _may_be_given(person: str) -> ColumnElement[bool]:
    """A second and a third look are for people who have not looked yet."""
    w, k, r = t.waiting.c, t.corrections, t.records
    own: Select[Any] = (
        select(k.c.correction_id)
        .join(r, r.c.record_id == k.c.record_id)
        .where(r.c.sha256 == w.sha256, k.c.cell_id == w.cell_id, k.c.person == person)
        .where(k.c.undoes.is_(None), ~is_undone())
        .correlate(t.waiting)
    )
    return or_(w.step.in_(["first", "audit"]), ~own.exists())
