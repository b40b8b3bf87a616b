"""People's answers: appended, undone by another entry, never changed. Each is one transaction with what it does to the queue."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from ...document.errors import GoujiError
from .. import tables as t
from ..archive import Archive
from ..connect import reading
from .current import in_force_for, live_entries, newest_record
from .parts import Answer, Answered, Part, Purpose, Step, to_printed
from .waiting import changing_queue, lease, lease_end, weigh_again


class ConflictError(GoujiError):
    """Somebody else has been at it in the meantime; nothing was written."""


class NotThereError(GoujiError):
    """The database has no such cell, entry, check or record."""


@dataclass(frozen=True, slots=True)
class DoubleEntry:
    """Which cells two people enter blindly.

    Attributes:
        share: of the cells, from 0 to 1; which ones they are is told from their ids, so that nobody can choose.
        below: cells with a lower confidence, from 0 to 1, as well.
    """

    share: float = 0.0
    below: float = 0.0

    def asks_for(self, sha256: str, cell_id: str, confidence: float) -> bool:
        """Whether a cell is one of them."""
        lot = int.from_bytes(hashlib.sha256(f"{sha256} {cell_id}".encode()).digest()[:8]) / 2**64
        return lot < self.share or confidence < self.below


@dataclass(frozen=True, slots=True)
class Written:
    """What became of an answer inside a transaction.

    Attributes:
        answered: what the person is told.
        may_settle_checks: whether other cells of the report may be worth another look than before, see `weigh_again`.
    """

    answered: Answered
    may_settle_checks: bool


class Entry(Part):
    """One line of a cell's history: who entered what, when, why, and what stood there before.

    Attributes:
        undoes: the entry that this one takes back.
        undone: whether it was taken back.
        settles: whether it was in force from then on.
    """

    correction_id: int
    person: str
    at: datetime
    purpose: Purpose
    old_value: str | None
    old_kind: str
    value: str | None
    kind: str
    reason: str
    seconds: float | None
    settles: bool
    undoes: int | None
    undone: bool


def answer(
    archive: Archive,
    person: str,
    record_id: int,
    cell_id: str,
    given: Answer,
    double: DoubleEntry,
    purpose: Purpose = "review",
) -> Answered:
    """Writes a person's answer; sent again with the same key it is not written again.

    Args:
        archive: the database.
        person: who answers.
        record_id: of the record.
        cell_id: of the cell.
        given: the answer.
        double: which cells need two people.
        purpose: `carpet` or `check` where it was given there.

    Raises:
        NotThereError: when there is no such cell.
        ConflictError: when somebody else has answered it, or has it before them.
    """
    with changing_queue(archive.engine) as connection:
        done = answer_in(connection, person, record_id, cell_id, given, double, purpose)
        if done.may_settle_checks:
            weigh_again(connection, record_id)
        lease(connection, person)
        return done.answered


def answer_in(
    connection: Connection,
    person: str,
    record_id: int,
    cell_id: str,
    given: Answer,
    double: DoubleEntry,
    purpose: Purpose,
) -> Written:
    """As `answer`, inside a transaction, the queue's order left as it is."""
    again = _written_before(connection, person, given.key)
    if again is not None:
        return Written(again, may_settle_checks=False)
    cell = _cell(connection, record_id, cell_id)
    entry = in_force_for(connection, cell.sha256, cell_id)
    _check_nobody_was_faster(person, cell, entry, given)
    waiting = _waiting(connection, cell.sha256, cell_id)
    _check_lease(person, cell_id, waiting)
    step: Step | None = None if waiting is None else waiting.step
    if given.step != step and (given.step is not None or step in ("second", "third", "audit")):
        # An answer to what was shown for another look, with its reading, is no blind one.
        raise ConflictError(f"{cell_id}: somebody has entered it in the meantime.", "Take another.")
    if purpose == "carpet" and step not in (None, "first"):
        raise ConflictError(f"{cell_id}: it waits for a look that is told nothing.", "Take another.")
    settles, what = _settle(connection, person, cell, step, given, double)
    if waiting is None and purpose == "review":
        what = "edit"
    elif step == "first" and settles and purpose != "review":
        what = purpose
    row = {
        "record_id": record_id,
        "cell_id": cell_id,
        "person": person,
        "at": datetime.now(UTC),
        "old_value": cell.value if entry is None else entry.value,
        "old_kind": cell.kind if entry is None else entry.kind,
        "value": given.number,
        "kind": given.kind,
        "reason": given.reason,
        "purpose": what,
        "settles": settles,
        "seconds": given.seconds,
        "answer_key": given.key,
    }
    written = connection.execute(
        insert(t.corrections).values(row).returning(t.corrections.c.correction_id)
    ).scalar_one()
    if step is not None:
        _move_on(connection, cell.sha256, cell_id, step, settled=settles)
    was_suspect = waiting is not None and waiting.worth > 0
    return Written(
        Answered(correction_id=int(written), settled=settles),
        may_settle_checks=was_suspect or not _same(entry or cell, given),
    )


def undo(archive: Archive, person: str, correction_id: int, key: str) -> Answered:
    """Takes a person's own entry back: what stood there before is in force again, and what waited waits again, for them.

    Raises:
        NotThereError: when there is no such entry.
        ConflictError: when it is another's, or somebody has answered since.
    """
    with changing_queue(archive.engine) as connection:
        again = _written_before(connection, person, key)
        if again is not None:
            return again
        k = t.corrections.c
        entry = connection.execute(
            select(t.corrections).where(k.correction_id == correction_id)
        ).one_or_none()
        if entry is None or entry.undoes is not None:
            raise NotThereError(f"There is no entry {correction_id} to take back.")
        cell = _cell(connection, entry.record_id, entry.cell_id)
        _check_is_last(connection, person, cell.sha256, entry)
        row = {
            "record_id": entry.record_id,
            "cell_id": entry.cell_id,
            "person": person,
            "at": datetime.now(UTC),
            "old_value": entry.value,
            "old_kind": entry.kind,
            "value": entry.old_value,
            "kind": entry.old_kind,
            "reason": "",
            "purpose": "undo",
            "settles": False,
            "undoes": correction_id,
            "answer_key": key,
        }
        written = connection.execute(
            insert(t.corrections).values(row).returning(k.correction_id)
        ).scalar_one()
        _queue_again(connection, person, cell, audited=entry.purpose == "audit")
        weigh_again(connection, entry.record_id)
        return Answered(correction_id=int(written), settled=False)


def history(archive: Archive, record_id: int, cell_id: str) -> tuple[Entry, ...]:
    """All entries for a cell of a document, the first one first; what was read is the cell's own.

    There are none while the cell waits for a blind look, or for one that decides: also an entry that was taken back would tell.

    Raises:
        NotThereError: when there is no such cell.
    """
    k, r = t.corrections.c, t.records.c
    with reading(archive.engine) as connection:
        cell = _cell(connection, record_id, cell_id)
        query = (
            select(t.corrections)
            .join(t.records, r.record_id == k.record_id)
            .where(r.sha256 == cell.sha256, k.cell_id == cell_id)
            .order_by(k.correction_id)
        )
        waiting = _waiting(connection, cell.sha256, cell_id)
        told = waiting is None or waiting.step == "first"
        rows = connection.execute(query).all() if told else ()
    undone = {row.undoes for row in rows}
    return tuple(
        Entry(
            correction_id=row.correction_id,
            person=row.person,
            at=row.at,
            purpose=row.purpose,
            old_value=to_printed(row.old_value),
            old_kind=row.old_kind,
            value=to_printed(row.value),
            kind=row.kind,
            reason=row.reason,
            seconds=row.seconds,
            settles=row.settles,
            undoes=row.undoes,
            undone=row.correction_id in undone,
        )
        for row in rows
    )


def _written_before(connection: Connection, person: str, key: str) -> Answered | None:
    k = t.corrections.c
    row = connection.execute(
        select(k.correction_id, k.settles, k.person).where(k.answer_key == key)
    ).one_or_none()
    if row is None:
        return None
    if row.person != person:
        raise ConflictError("Another person's answer has this key.", "Reload the page.")
    return Answered(correction_id=row.correction_id, settled=row.settles)


def _cell(connection: Connection, record_id: int, cell_id: str) -> Row[Any]:
    c, r = t.cells.c, t.records.c
    row = connection.execute(
        select(t.cells, r.sha256)
        .join(t.records, r.record_id == c.record_id)
        .where(c.record_id == record_id, c.cell_id == cell_id)
    ).one_or_none()
    if row is None:
        raise NotThereError(f"Record {record_id} has no cell {cell_id}.")
    return row


def _waiting(connection: Connection, sha256: str, cell_id: str) -> Row[Any] | None:
    w = t.waiting.c
    return connection.execute(select(t.waiting).where(w.sha256 == sha256, w.cell_id == cell_id)).one_or_none()


def _check_nobody_was_faster(person: str, cell: Row[Any], entry: Row[Any] | None, given: Answer) -> None:
    now = None if entry is None else entry.correction_id
    if now != given.over:
        raise ConflictError(
            f"{cell.cell_id}: {entry.person if entry else person} has changed it in the meantime.",
            "Look at it again: what is there now is shown.",
        )


def _check_lease(person: str, cell_id: str, waiting: Row[Any] | None) -> None:
    if waiting is None or waiting.leased_by in (None, person):
        return
    if waiting.leased_until > datetime.now(UTC):
        raise ConflictError(f"{cell_id}: {waiting.leased_by} has it before them.", "Take another.")


def _settle(
    connection: Connection,
    person: str,
    cell: Row[Any],
    step: Step | None,
    given: Answer,
    double: DoubleEntry,
) -> tuple[bool, Purpose]:
    """Whether the answer is in force at once, and what it is."""
    match step:
        case None | "audit":
            return True, "audit" if step else "edit"
        case "first":
            two = double.asks_for(cell.sha256, cell.cell_id, cell.confidence)
            return not two, "first" if two else "review"
        case "second" | "third":
            before = _open_entries(connection, cell.sha256, cell.cell_id)
            if any(entry.person == person for entry in before):
                raise ConflictError(
                    f"{cell.cell_id}: {person} has entered it once; this look is somebody else's.",
                    "Take another.",
                )
            agree = any(_same(entry, given) for entry in before)
            return agree or step == "third", step


def _same(entry: Row[Any], given: Answer) -> bool:
    return entry.kind == given.kind and _number(entry.value) == _number(given.number)


def _number(value: int | Decimal | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _open_entries(connection: Connection, sha256: str, cell_id: str) -> list[Row[Any]]:
    """Entries since the last one that settled the cell: the blind ones that wait for another."""
    k = t.corrections.c
    query = live_entries(sha256).where(k.cell_id == cell_id).order_by(k.correction_id)
    since: list[Row[Any]] = []
    for entry in connection.execute(query):
        since = [] if entry.settles else [*since, entry]
    return since


def _move_on(connection: Connection, sha256: str, cell_id: str, step: Step, *, settled: bool) -> None:
    w = t.waiting.c
    here = (w.sha256 == sha256, w.cell_id == cell_id)
    if settled:
        connection.execute(delete(t.waiting).where(*here))
        return
    following = {"first": "second", "second": "third"}[step]
    after = {"step": following, "leased_by": None, "leased_until": None}
    connection.execute(update(t.waiting).where(*here).values(after))


def _check_is_last(connection: Connection, person: str, sha256: str, entry: Row[Any]) -> None:
    k = t.corrections.c
    live = connection.execute(
        live_entries(sha256).where(k.cell_id == entry.cell_id).order_by(k.correction_id.desc()).limit(1)
    ).one_or_none()
    if live is None or live.correction_id != entry.correction_id:
        raise ConflictError(f"{entry.cell_id}: somebody has answered since.", "Enter what it prints instead.")
    if live.person != person:
        raise ConflictError(
            f"{entry.cell_id}: {live.person} has entered that, and only they can take it back.",
            "Enter what it prints instead.",
        )


def _queue_again(connection: Connection, person: str, cell: Row[Any], *, audited: bool) -> None:
    w, c = t.waiting.c, t.cells.c
    here = (w.sha256 == cell.sha256, w.cell_id == cell.cell_id)
    newest = newest_record(connection, cell.record_id)
    status = connection.execute(
        select(c.status).where(c.record_id == newest, c.cell_id == cell.cell_id)
    ).scalar_one_or_none()
    waits = status == "review" or (status == "accepted" and audited)
    if not waits or in_force_for(connection, cell.sha256, cell.cell_id) is not None:
        return
    before = len(_open_entries(connection, cell.sha256, cell.cell_id))
    step: Step = "audit" if audited else ("first", "second", "third")[min(before, 2)]
    row = {"step": step, "leased_by": person, "leased_until": lease_end()}
    if connection.execute(update(t.waiting).where(*here).values(row)).rowcount == 0:
        place = {"sha256": cell.sha256, "cell_id": cell.cell_id, "record_id": newest}
        connection.execute(insert(t.waiting).values(place | row | {"position": 0, "worth": 0}))
