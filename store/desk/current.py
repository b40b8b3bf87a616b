"""The cells of a record as they are now, and the entries that made them so."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, func, select

from ...mapping.number import Value
from .. import tables as t


def in_force(connection: Connection, sha256: str) -> dict[str, Row[Any]]:
    """By cell id the entry in force for each cell of a document that has one, a row of `corrections`."""
    return {entry.cell_id: entry for entry in connection.execute(_in_force(), {"sha256": sha256})}


def in_force_for(connection: Connection, sha256: str, cell_id: str) -> Row[Any] | None:
    """The entry in force for one cell; None for none."""
    asked = {"sha256": sha256, "cell_id": cell_id}
    return connection.execute(_in_force_for(), asked).one_or_none()


def live_entries(sha256: str) -> Select[Any]:
    """A query: the entries for a document's cells, whatever pipeline read it, that nobody has undone."""
    k, r = t.corrections, t.records
    return (
        select(k)
        .join(r, r.c.record_id == k.c.record_id)
        .where(r.c.sha256 == sha256, k.c.undoes.is_(None), ~is_undone())
    )


# Built once: putting a statement together takes as long as asking the database.
@cache
def _in_force() -> Select[Any]:
    k, f = t.corrections.c, t.in_force.c
    return (
        select(t.corrections)
        .join(t.in_force, f.correction_id == k.correction_id)
        .where(f.sha256 == bindparam("sha256"))
    )


@cache
def _in_force_for() -> Select[Any]:
    return _in_force().where(t.in_force.c.cell_id == bindparam("cell_id"))


def is_undone() -> ColumnElement[bool]:
    """In a query of `corrections`: whether the entry was taken back."""
    u = t.corrections.alias().c
    return select(u.correction_id).where(u.undoes == t.corrections.c.correction_id).exists()


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
    for cell_id, entry in in_force(connection, sha256).items():
        if cell_id in contents:
            contents[cell_id] = Value(entry.kind, entry.value)
    return contents
