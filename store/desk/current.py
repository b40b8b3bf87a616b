"""The cells of a record as they are now, and the entries that made them so."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, func, select

from ...mapping.number import Value
from .. import tables as t


def in_force(sha256: str) -> Select[Any]:
    """A query: the last entry in force for each cell of a document, as `cell_id`, `correction_id`, `value`, `kind`."""
    k, live = t.corrections, live_entries(sha256).subquery()
    last = (
        select(func.max(live.c.correction_id).label("last"))
        .where(live.c.settles)
        .group_by(live.c.cell_id)
        .subquery()
    )
    return select(k).join(last, last.c.last == k.c.correction_id)


def live_entries(sha256: str) -> Select[Any]:
    """A query: the entries for a document's cells, whatever pipeline read it, that nobody has undone."""
    k, r, u = t.corrections, t.records, t.corrections.alias()
    undone = select(u.c.correction_id).where(u.c.undoes == k.c.correction_id).exists()
    return (
        select(k)
        .join(r, r.c.record_id == k.c.record_id)
        .where(r.c.sha256 == sha256, k.c.undoes.is_(None), ~undone)
    )


def newest_record(connection: Connection, record_id: int) -> int:
    """The newest record of the same document: the one whose cells wait."""
    r, own = t.records.c, t.records.alias()
    sha256 = select(own.c.sha256).where(own.c.record_id == record_id).scalar_subquery()
    return int(connection.execute(select(func.max(r.record_id)).where(r.sha256 == sha256)).scalar_one())


def current_contents(connection: Connection, record_id: int) -> dict[str, Value]:
    """What each cell of a record holds now, in the form's order of its rows in the database."""
    c, r = t.cells.c, t.records.c
    rows = connection.execute(select(c.cell_id, c.kind, c.value).where(c.record_id == record_id))
    contents = {row.cell_id: Value(row.kind, row.value) for row in rows}
    sha256 = connection.execute(select(r.sha256).where(r.record_id == record_id)).scalar_one()
    for entry in connection.execute(in_force(sha256)):
        if entry.cell_id in contents:
            contents[entry.cell_id] = Value(entry.kind, entry.value)
    return contents
