"""Which cells wait for a person: made with a record, changed with each answer, in the same transaction as either."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)

from ...document.record import Record
from .. import tables as t
from ..connect import writing
from .checks_now import checks_now
from .current import in_force, newest_record

LEASE = timedelta(minutes=5)
"""After so long without a sign of life a cell goes back; a look takes seconds, and every answer renews all leases."""

TURN = 0x676F756A69
"""The number of PostgreSQL's lock for the queue; it has no other meaning."""


@contextmanager
def changing_queue(engine: Engine) -> Iterator[Connection]:
    """As `writing`, for what changes the queue: one after the other, so that no two wait for each other's cells.

    Raises:
        StoreError: as `writing` says.
    """
    with writing(engine) as connection:
        take_turn(connection)
        yield connection


def take_turn(connection: Connection) -> None:
    """Waits until nobody else changes the queue, until the transaction's end; SQLite has but one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(TURN)))


def is_free(person: str) -> ColumnElement[bool]:
    """In a query of `waiting`: whether nobody else has the cell before them."""
    w = t.waiting.c
    return or_(w.leased_until.is_(None), w.leased_until < datetime.now(UTC), w.leased_by == person)


def lease(connection: Connection, person: str, keys: Sequence[tuple[str, str]] = ()) -> int:
    """Leases cells to a person, by document and id, and renews all that it has; how many it has then."""
    w = t.waiting.c
    mine = w.leased_by == person
    if keys:
        mine = or_(mine, tuple_(w.sha256, w.cell_id).in_(keys))
    leased = {"leased_by": person, "leased_until": lease_end()}
    return int(connection.execute(update(t.waiting).where(mine).values(leased)).rowcount)


def lease_end() -> datetime:
    """When a lease given now ends."""
    return datetime.now(UTC) + LEASE


def queue_record(connection: Connection, record_id: int, record: Record) -> None:
    """Queues the cells of a new record that are in review; those of the same document's older record leave the queue.

    A cell that somebody has settled since does not wait again.
    """
    sha256 = record.source.sha256
    take_turn(connection)
    connection.execute(delete(t.waiting).where(t.waiting.c.sha256 == sha256))
    settled = set(in_force(connection, sha256))
    waiting = {cell.id for cell in record.cells if cell.status == "review"} - settled
    worth = Counter(
        i
        for check in record.checks
        if check.state == "violated"
        for i in _suspects(check.suspect_cells, check.cells, waiting)
    )
    rows = [
        {
            "sha256": sha256,
            "cell_id": cell.id,
            "record_id": record_id,
            "position": position,
            "step": "first",
            "worth": worth[cell.id],
        }
        for position, cell in enumerate(record.cells)
        if cell.id in waiting
    ]
    if rows:
        connection.execute(insert(t.waiting), rows)
    if settled:
        weigh_again(connection, record_id)


def weigh_again(connection: Connection, record_id: int) -> None:
    """Counts anew, for the cells of a record's document that wait, the violated checks that each may settle."""
    w = t.waiting.c
    record_id = newest_record(connection, record_id)
    rows = connection.execute(select(w.cell_id, w.worth).where(w.record_id == record_id))
    waiting = {row.cell_id: row.worth for row in rows}
    if not waiting:
        return
    worth = Counter(
        i
        for check in checks_now(connection, record_id)
        if check.state == "violated"
        for i in _suspects(check.suspect_cells, check.cells, waiting)
    )
    changed = [{"id": i, "now": worth[i]} for i, before in waiting.items() if worth[i] != before]
    if changed:
        statement = update(t.waiting).where(w.record_id == record_id, w.cell_id == bindparam("id"))
        connection.execute(statement.values(worth=bindparam("now")), changed)


def _suspects(suspects: Sequence[str], cells: Sequence[str], waiting: Iterable[str]) -> set[str]:
    """The suspects that still wait; where all have been looked at, every cell of the check is one."""
    return set(suspects) & set(waiting) or set(cells)
