"""The checks of a record over its cells as they are now: as corrected, otherwise as read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from sqlalchemy import Connection, select

from ...document.record import CheckState
from ...mapping.checks import evaluate_checks
from ...mapping.form import Identity, load_forms
from ...mapping.number import Value
from .. import tables as t
from .current import current_contents


@dataclass(frozen=True, slots=True)
class CheckNow:
    """A check as it is now.

    Attributes:
        left, right: sums of the numbers on either side; None for a side without any.
        suspect_cells: as they were found when the document was read.
    """

    identity: Identity
    state: CheckState
    left: int | Decimal | None
    right: int | Decimal | None
    suspect_cells: tuple[str, ...]

    @property
    def cells(self) -> tuple[str, ...]:
        """The ids of both sides."""
        return self.identity.left + self.identity.right


def checks_now(connection: Connection, record_id: int) -> tuple[CheckNow, ...]:
    """All checks of a record, in the form's order."""
    return evaluated(connection, record_id, current_contents(connection, record_id))


def evaluated(connection: Connection, record_id: int, contents: Mapping[str, Value]) -> tuple[CheckNow, ...]:
    """The checks of a record over given contents of its cells."""
    c = t.checks.c
    rows = connection.execute(
        select(c.check_id, c.cells, c.suspect_cells).where(c.record_id == record_id)
    ).all()
    suspects = {row.check_id: tuple(row.suspect_cells) for row in rows}
    known = _identities()
    identities = [
        known[row.check_id, tuple(row.cells)] for row in rows if (row.check_id, tuple(row.cells)) in known
    ]
    return tuple(
        CheckNow(result.identity, result.state, result.left, result.right, suspects[result.identity.id])
        for result in evaluate_checks(identities, contents)
    )


@cache
def _identities() -> dict[tuple[str, tuple[str, ...]], Identity]:
    """The identities of all editions; two editions may give the same name to checks of other cells."""
    return {
        (identity.id, identity.left + identity.right): identity
        for form in load_forms()
        for table in form.tables
        for identity in table.identities
    }
