"""Cells as a person is shown them. Who enters a cell blindly is not told what was read, nor what anybody has entered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, or_, select

from .. import tables as t
from .checks_now import checks_now
from .current import in_force, live_entries
from .parts import Alternative, CheckName, DeskCell, QueuedCell, to_printed

BLIND = {"second", "audit"}
"""The looks that are worth something only when nothing is suggested."""


def queued_cells(connection: Connection, waiting: Sequence[Row[Any]]) -> tuple[QueuedCell, ...]:
    """Rows of `waiting` as cells to look at, in their order."""
    by_record: dict[int, list[Row[Any]]] = {}
    for row in waiting:
        by_record.setdefault(row.record_id, []).append(row)
    shown = {
        (cell.sha256, cell.cell_id): cell
        for record_id, rows in by_record.items()
        for cell in _queued_of(connection, record_id, rows)
    }
    return tuple(shown[row.sha256, row.cell_id] for row in waiting)


def desk_cells(
    connection: Connection, record_id: int, cell_ids: Sequence[str] | None = None
) -> tuple[DeskCell, ...]:
    """The cells of a record as they are now; those that wait for a blind look show neither value nor reading."""
    c, w, r = t.cells.c, t.waiting, t.records.c
    query = (
        select(t.cells, r.sha256, w.c.step, w.c.worth)
        .join(t.records, r.record_id == c.record_id)
        .outerjoin(w, (w.c.sha256 == r.sha256) & (w.c.cell_id == c.cell_id))
        .where(c.record_id == record_id)
    )
    if cell_ids is not None:
        query = query.where(c.cell_id.in_(cell_ids))
    rows = connection.execute(query).all()
    if not rows:
        return ()
    sha256 = rows[0].sha256
    entered = in_force(connection, sha256)
    thirds = {row.cell_id for row in rows if row.step == "third"}
    rivals: dict[str, list[Row[Any]]] = {}
    if thirds:
        for entry in connection.execute(live_entries(sha256).order_by(t.corrections.c.correction_id)):
            if entry.cell_id in thirds and not entry.settles:
                rivals.setdefault(entry.cell_id, []).append(entry)
    return tuple(_cell(row, entered.get(row.cell_id), rivals.get(row.cell_id, [])) for row in rows)


def _queued_of(connection: Connection, record_id: int, rows: Sequence[Row[Any]]) -> list[QueuedCell]:
    r = t.records.c
    report = connection.execute(select(r.agency, r.year, r.path).where(r.record_id == record_id)).one()
    violated: dict[str, list[CheckName]] = {}
    for check in checks_now(connection, record_id) if _may_fail(connection, record_id) else ():
        if check.state == "violated":
            for cell_id in check.cells:
                violated.setdefault(cell_id, []).append(
                    CheckName(check_id=check.identity.id, text=check.identity.text)
                )
    return [
        QueuedCell(
            **dict(cell),
            agency=report.agency,
            year=report.year,
            path=report.path,
            checks=tuple(violated.get(cell.cell_id, ())),
        )
        for cell in desk_cells(connection, record_id, [row.cell_id for row in rows])
    ]


def _may_fail(connection: Connection, record_id: int) -> bool:
    """Whether a check of a record may be violated: one was as read, or somebody has entered something else since."""
    c, k, r = t.checks.c, t.corrections.c, t.records.c
    was = select(c.check_id).where(c.record_id == record_id, c.state == "violated").limit(1)
    if connection.execute(was).first() is not None:
        return True
    cell, own = t.cells.c, select(r.sha256).where(r.record_id == record_id).scalar_subquery()
    entered = (
        select(k.correction_id)
        .join(t.records, r.record_id == k.record_id)
        .join(t.cells, and_(cell.record_id == record_id, cell.cell_id == k.cell_id))
        .where(r.sha256 == own, or_(k.kind != cell.kind, k.value != cell.value))
        .limit(1)
    )
    return connection.execute(entered).first() is not None


def _cell(row: Row[Any], entry: Row[Any] | None, rivals: Sequence[Row[Any]]) -> DeskCell:
    blind = row.step in BLIND
    third = row.step == "third"
    read = (to_printed(row.value), row.kind)
    now = read if entry is None else (to_printed(entry.value), entry.kind)
    hidden = (None, None)
    x0 = row.x0
    return DeskCell(
        record_id=row.record_id,
        cell_id=row.cell_id,
        sha256=row.sha256,
        table_id=row.table_id,
        row_label=row.row_label,
        column_label=row.column_label,
        value=(hidden if blind or third else now)[0],
        kind=(hidden if blind or third else now)[1],
        read_value=(hidden if blind else read)[0],
        read_kind=(hidden if blind else read)[1],
        raw_text=None if blind else row.raw_text,
        note=None if blind else row.note,
        confidence=None if blind else row.confidence,
        status="corrected" if entry is not None else row.status,
        reasons=() if blind else tuple(row.reasons),
        alternatives=() if blind else _rivals(rivals) if third else _alternatives(row.alternatives),
        page=row.page,
        bbox=None if x0 is None else (x0, row.y0, row.x1, row.y1),
        step=row.step,
        worth=row.worth or 0,
        over=None if entry is None else entry.correction_id,
    )


def _alternatives(found: Sequence[Mapping[str, Any]]) -> tuple[Alternative, ...]:
    return tuple(
        Alternative(
            kind="not_applicable" if a["value"] is None else "number",
            value=to_printed(a["value"]),
            probability=a["confidence"],
        )
        for a in found
    )


def _rivals(entries: Sequence[Row[Any]]) -> tuple[Alternative, ...]:
    """What the two before have entered, without their names, as alternatives of equal standing."""
    contents = dict.fromkeys((entry.kind, to_printed(entry.value)) for entry in entries)
    return tuple(
        Alternative(kind=kind, value=value, probability=1 / len(entries)) for kind, value in contents
    )
