"""A failing check as a person sees it: both sides with every term, the residual, the smallest changes that would mend it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field
from sqlalchemy import Connection, insert, select

from ...document.record import CheckState
from ...mapping.number import Value
from .. import tables as t
from ..archive import Archive
from ..connect import reading
from .answers import ConflictError, DoubleEntry, NotThereError, answer_in
from .checks_now import CheckNow, checks_now, evaluated
from .current import current_contents
from .parts import Answer, AnswerKey, CellId, CheckName, DeskCell, Part, Request, to_number, to_printed
from .show import BLIND, desk_cells
from .waiting import changing_queue, weigh_again

Verdict = Literal["source_inconsistent", "withdrawn"]

MENDS = 6
"""So many are shown."""


class Mend(Part):
    """One number changed so that the check holds: what to look for on the page, never what to enter unseen.

    Attributes:
        probability: that the picture supports it, 0 to 1; None where the reader saw nothing of the kind.
        violated_after: so many checks of the report would still be violated, or would be then.
    """

    cell_id: str
    value: str
    probability: float | None
    violated_after: int


class CheckView(Part):
    """A check of a record now.

    Attributes:
        text, source: what the form prescribes, and where it says so.
        left_sum, right_sum: None for a side without a number, or with a term in a blind look, which its sum would tell.
        residual: left less right; None without both.
        answer: the last one that a person gave; None for none.
        violated: of the record, in the form's order.
    """

    record_id: int
    check_id: str
    sha256: str
    agency: str | None
    year: int | None
    text: str
    source: str
    state: CheckState
    left: tuple[DeskCell, ...]
    right: tuple[DeskCell, ...]
    left_sum: str | None
    right_sum: str | None
    residual: str | None
    mends: tuple[Mend, ...]
    answer: Verdict | None
    violated: tuple[CheckName, ...]


class Term(Answer):
    """What a person says of one term of a check."""

    cell_id: CellId


class CheckAnswer(Request):
    """A person's answer to a check: its terms as printed, and whether the report itself does not add up."""

    key: AnswerKey
    answer: Verdict
    terms: Annotated[tuple[Term, ...], Field(max_length=40)] = ()


def check_view(archive: Archive, record_id: int, check_id: str) -> CheckView:
    """A check as a person sees it.

    Raises:
        NotThereError: when the record has no such check.
    """
    r = t.records.c
    with reading(archive.engine) as connection:
        record = connection.execute(
            select(r.sha256, r.agency, r.year).where(r.record_id == record_id)
        ).one_or_none()
        if record is None:
            raise NotThereError(f"There is no record {record_id}.")
        contents = current_contents(connection, record_id)
        checks = {check.identity.id: check for check in evaluated(connection, record_id, contents)}
        check = checks.get(check_id)
        if check is None:
            raise NotThereError(f"Record {record_id} has no check {check_id}.")
        cells = {cell.cell_id: cell for cell in desk_cells(connection, record_id, check.cells)}
        blind = {i for i, cell in cells.items() if cell.step in BLIND}
        left = to_printed(None if blind & set(check.identity.left) else check.left)
        right = to_printed(None if blind & set(check.identity.right) else check.right)
        return CheckView(
            record_id=record_id,
            check_id=check_id,
            sha256=record.sha256,
            agency=record.agency,
            year=record.year,
            text=check.identity.text,
            source=check.identity.source,
            state=check.state,
            left=tuple(cells[i] for i in check.identity.left),
            right=tuple(cells[i] for i in check.identity.right),
            left_sum=left,
            right_sum=right,
            residual=None if None in (left, right) else to_printed(_residual(check)),
            mends=() if blind else tuple(_mends(connection, record_id, check, contents, cells)),
            answer=_last_answer(connection, record_id, check_id),
            violated=_violated(checks.values()),
        )


def violated_checks(connection: Connection, record_id: int) -> tuple[CheckName, ...]:
    """A record's checks that are violated now."""
    return _violated(checks_now(connection, record_id))


def _violated(checks: Iterable[CheckNow]) -> tuple[CheckName, ...]:
    return tuple(
        CheckName(check_id=check.identity.id, text=check.identity.text)
        for check in checks
        if check.state == "violated"
    )


def answer_check(
    archive: Archive, person: str, record_id: int, check_id: str, given: CheckAnswer, double: DoubleEntry
) -> CheckState:
    """Writes a person's answer to a check together with what its terms print; the check's state afterwards.

    "The report itself does not add up" is refused while the terms as entered do add up.

    Raises:
        NotThereError: when the record has no such check, or the check no such term.
        ConflictError: when somebody was faster with one of the terms, or the check holds.
    """
    with changing_queue(archive.engine) as connection:
        if _was_written(connection, given.key):
            return _check_of(connection, record_id, check_id).state
        check = _check_of(connection, record_id, check_id)
        for term in given.terms:
            if term.cell_id not in check.cells:
                raise NotThereError(f"{check_id} has no term {term.cell_id}.")
            answer = Answer.model_validate(term.model_dump(exclude={"cell_id"}))
            answer_in(connection, person, record_id, term.cell_id, answer, double, "check")
        after = _check_of(connection, record_id, check_id)
        if given.answer == "source_inconsistent" and after.state != "violated":
            raise ConflictError(
                f"{check_id}: with these numbers it is {after.state}, not violated.",
                "Confirm the cells instead.",
            )
        row = {
            "record_id": record_id,
            "check_id": check_id,
            "person": person,
            "at": datetime.now(UTC),
            "answer": given.answer,
            "answer_key": given.key,
        }
        connection.execute(insert(t.check_answers).values(row))
        weigh_again(connection, record_id)
        return after.state


def _check_of(connection: Connection, record_id: int, check_id: str) -> CheckNow:
    if (
        connection.execute(select(t.records.c.record_id).where(t.records.c.record_id == record_id)).first()
        is None
    ):
        raise NotThereError(f"There is no record {record_id}.")
    for check in evaluated(connection, record_id, current_contents(connection, record_id)):
        if check.identity.id == check_id:
            return check
    raise NotThereError(f"Record {record_id} has no check {check_id}.")


def _was_written(connection: Connection, key: str) -> bool:
    a = t.check_answers.c
    return connection.execute(select(a.check_answer_id).where(a.answer_key == key)).first() is not None


def _last_answer(connection: Connection, record_id: int, check_id: str) -> Verdict | None:
    a = t.check_answers.c
    query = select(a.answer).where(a.record_id == record_id, a.check_id == check_id)
    last: Verdict | None = connection.execute(query.order_by(a.check_answer_id.desc()).limit(1)).scalar()
    return None if last == "withdrawn" else last


def _residual(check: CheckNow) -> Decimal:
    return Decimal(str(check.left)) - Decimal(str(check.right))


def _mends(
    connection: Connection,
    record_id: int,
    check: CheckNow,
    contents: Mapping[str, Value],
    cells: Mapping[str, DeskCell],
) -> Iterator[Mend]:
    """The changes of one number, those first that the picture supports and that leave the fewest checks violated."""
    if check.state != "violated":
        return
    found = []
    for cell_id, number in _single_changes(check, contents):
        after = {**contents, cell_id: replace(contents[cell_id], kind="number", number=number)}
        left = sum(c.state == "violated" for c in evaluated(connection, record_id, after))
        printed = to_printed(number)
        assert printed is not None
        supported = {a.value: a.probability for a in cells[cell_id].alternatives}
        found.append(
            Mend(cell_id=cell_id, value=printed, probability=supported.get(printed), violated_after=left)
        )
    yield from sorted(found, key=lambda m: (-(m.probability or 0), m.violated_after))[:MENDS]


def _single_changes(check: CheckNow, contents: Mapping[str, Value]) -> Iterator[tuple[str, int | Decimal]]:
    residual = _residual(check)
    for side, sign in ((check.identity.left, -1), (check.identity.right, 1)):
        for cell_id in side:
            changed = Decimal(str(contents[cell_id].number or 0)) + sign * residual
            if changed >= 0 or (contents[cell_id].number or 0) < 0:
                yield cell_id, to_number(to_printed(changed) or "0")
