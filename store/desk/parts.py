"""What the desk sends and receives, as data."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from ...document.record import Box, CellKind

Step = Literal["first", "second", "third", "audit"]
"""Which look a cell waits for: the only one or the first of two, the blind second, the one that resolves, an audit."""

Purpose = Literal["review", "first", "second", "third", "audit", "edit", "check", "carpet", "undo"]

Printed = Annotated[str, StringConstraints(pattern=r"^-?[0-9]{1,15}(\.[0-9]{1,6})?$")]
"""A number as decimal digits: a count fits, and so does an amount with its decimals."""

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
CellId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_.]{1,120}$")]
RowId = Annotated[int, Field(ge=1, le=2**53)]
AnswerKey = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{8,64}$")]
"""Made by the client, a new one for each answer: the same sent twice is written once."""


class Part(BaseModel):
    """What is sent out."""

    model_config = ConfigDict(frozen=True)


class Request(BaseModel):
    """What is received: nothing unknown in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Alternative(Part):
    """Another content that the picture supports, or that somebody has entered; probability from 0 to 1."""

    kind: CellKind
    value: str | None
    probability: float


class DeskCell(Part):
    """A cell as the desk shows it.

    Attributes:
        value, kind: as they are now; both None for a person who has to enter them without knowing what was read.
        read_value, read_kind: as they were read; None for such a person.
        page: from 1; None when the cell was not found.
        bbox: px of the page's own picture.
        confidence: from 0 to 1.
        status: accepted, review, or corrected.
        step: which look it waits for; None when it waits for none.
        worth: so many violated checks may be settled by it.
        over: the entry in force that a new one would stand above; None for none.
    """

    record_id: int
    cell_id: str
    sha256: str
    table_id: str
    row_label: str
    column_label: str
    value: str | None
    kind: CellKind | None
    read_value: str | None
    read_kind: CellKind | None
    raw_text: str | None
    note: str | None
    confidence: float | None
    status: str
    reasons: tuple[str, ...]
    alternatives: tuple[Alternative, ...]
    page: int | None
    bbox: Box | None
    step: Step | None
    worth: int
    over: int | None


class CheckName(Part):
    """A check and what the form prescribes, in its words."""

    check_id: str
    text: str


class QueuedCell(DeskCell):
    """A cell of the queue, with what tells its report apart; `checks` are the violated ones it takes part in."""

    agency: str | None
    year: int | None
    path: str
    checks: tuple[CheckName, ...]


class Content(Request):
    """What a person says that a cell prints."""

    kind: CellKind
    value: Printed | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Content:
        if (self.kind == "number") != (self.value is not None):
            raise ValueError("a number has a value, and nothing else has one")
        return self

    @property
    def number(self) -> int | Decimal | None:
        """The value as a number."""
        return None if self.value is None else to_number(self.value)


class Answer(Content):
    """A person's answer to one cell.

    Attributes:
        over: the entry in force that the person saw; None when it saw the reading.
        step: which look the cell waited for when it was shown; None for none. A blind look has to name it.
        key: see `AnswerKey`.
        seconds: from when the cell was shown.
        reason: why, in the person's words.
    """

    over: RowId | None = None
    step: Step | None = None
    key: AnswerKey
    seconds: Annotated[float, Field(ge=0, le=86_400)] | None = None
    reason: Annotated[str, StringConstraints(max_length=500, strip_whitespace=True)] = ""


class Answered(Part):
    """What became of an answer.

    Attributes:
        correction_id: of the entry, to undo it by.
        settled: whether it is in force; otherwise somebody else has to look as well.
    """

    correction_id: int
    settled: bool


def to_number(printed: str) -> int | Decimal:
    """The number of decimal digits."""
    number = Decimal(printed)
    return int(number) if number == number.to_integral_value() and "." not in printed else number


def to_printed(number: int | Decimal | float | None) -> str | None:
    """The decimal digits of a number; None for None."""
    if number is None:
        return None
    exact = Decimal(str(number))
    return str(int(exact)) if exact == exact.to_integral_value() else format(exact.normalize(), "f")
