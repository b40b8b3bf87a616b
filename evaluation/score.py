"""Records scored against the truth.

A cell is right when its number is equal, or when both have none and the same kind; an absent record counts all its cells wrong.
Cells whose truth is a number other than 0 are reported apart, since zeros are most of a form and hide errors.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from ..document.record import Cell, Record
from .truth import Truth


class WrongCell(BaseModel):
    """One cell that is not as printed."""

    model_config = ConfigDict(frozen=True)

    id: str
    printed: str
    read: str
    status: str


class DocumentScore(BaseModel):
    """One document's counts; `nonzero` cells are those whose truth is a number other than 0."""

    model_config = ConfigDict(frozen=True)

    id: str
    profile: str
    has_record: bool
    cells: int
    right: int
    nonzero: int
    nonzero_right: int
    missing: int
    accepted: int
    wrong_accepted: int
    surplus: int
    title_right: bool | None
    agency_right: bool | None
    year_right: bool | None
    checks_right: bool | None
    wrong: tuple[WrongCell, ...]

    @property
    def fully_right(self) -> bool:
        """Whether every cell is right and none is invented."""
        return self.right == self.cells and self.surplus == 0


class Summary(BaseModel):
    """Counts and shares, 0 to 1, over several documents; a share of nothing is None."""

    model_config = ConfigDict(frozen=True)

    name: str
    documents: int
    fully_right: int
    without_record: int
    cells: int
    cell_accuracy: float | None
    nonzero: int
    nonzero_accuracy: float | None
    missing: int
    accepted_share: float | None
    wrong_accepted: int
    untouched: int


def score_document(doc_id: str, profile: str, truth: Truth, record: Record | None) -> DocumentScore:
    """The score of one record; None stands for a document without one."""
    cells = {cell.id: cell for cell in record.cells} if record else {}
    wrong = []
    right = nonzero = nonzero_right = missing = wrong_accepted = 0
    for cell_id, printed in truth.cells.items():
        cell = cells.get(cell_id)
        good = cell is not None and is_right(cell, printed, truth.kinds.get(cell_id))
        right += good
        nonzero += bool(printed)
        nonzero_right += bool(printed) and good
        missing += cell is None or cell.kind == "missing"
        if not good:
            wrong_accepted += cell is not None and cell.status == "accepted"
            wrong.append(_describe(cell_id, printed, truth, cell))
    return DocumentScore(
        id=doc_id,
        profile=profile,
        has_record=record is not None,
        cells=len(truth.cells),
        right=right,
        nonzero=nonzero,
        nonzero_right=nonzero_right,
        missing=missing,
        accepted=sum(cell.status == "accepted" for cell in cells.values()),
        wrong_accepted=wrong_accepted
        + sum(cells[i].status == "accepted" for i in cells.keys() - truth.cells),
        surplus=len(cells.keys() - truth.cells),
        title_right=_same_text(truth.title, record.title.text if record and record.title else None),
        agency_right=_agency_right(truth, record),
        year_right=None
        if truth.year is None
        else bool(record and record.year and record.year.value == truth.year),
        checks_right=None if record is None else _violated(record) == set(truth.inconsistent_checks),
        wrong=tuple(wrong),
    )


def is_right(cell: Cell, printed: int | Decimal | None, kind: str | None) -> bool:
    """Whether a cell says what is printed: that number, or none and the same kind (None for blank)."""
    if printed is None:
        return cell.value is None and cell.kind == (kind or "blank")
    return (
        cell.kind == "number" and cell.value is not None and Decimal(str(cell.value)) == Decimal(str(printed))
    )


def _describe(cell_id: str, printed: int | Decimal | None, truth: Truth, cell: Cell | None) -> WrongCell:
    said = str(printed) if printed is not None else truth.kinds.get(cell_id, "blank")
    if cell is None:
        return WrongCell(id=cell_id, printed=said, read="no such cell", status="")
    read = str(cell.value) if cell.value is not None else cell.kind
    return WrongCell(id=cell_id, printed=said, read=f"{read} ({cell.raw_text!r})", status=cell.status)


def _same_text(expected: str | None, read: str | None) -> bool | None:
    return None if expected is None else _plain(expected) == _plain(read or "")


def _agency_right(truth: Truth, record: Record | None) -> bool | None:
    if truth.agency is None:
        return None
    read = _plain(record.agency.text) if record and record.agency else ""
    return read in {_plain(name) for name in (truth.agency, *truth.agency_accept)}


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _violated(record: Record) -> set[str]:
    return {check.id for check in record.checks if check.state == "violated"}


def summarize(name: str, scores: Sequence[DocumentScore]) -> Summary:
    """The documents' counts added up."""
    cells, nonzero = sum(s.cells for s in scores), sum(s.nonzero for s in scores)
    return Summary(
        name=name,
        documents=len(scores),
        fully_right=sum(s.fully_right for s in scores),
        without_record=sum(not s.has_record for s in scores),
        cells=cells,
        cell_accuracy=_share(sum(s.right for s in scores), cells),
        nonzero=nonzero,
        nonzero_accuracy=_share(sum(s.nonzero_right for s in scores), nonzero),
        missing=sum(s.missing for s in scores),
        accepted_share=_share(sum(s.accepted for s in scores), cells),
        wrong_accepted=sum(s.wrong_accepted for s in scores),
        untouched=sum(s.accepted >= s.cells > 0 for s in scores),
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def summarize_profiles(scores: Sequence[DocumentScore]) -> tuple[Summary, ...]:
    """One summary a profile, by name; empty when no document has one."""
    names = sorted({s.profile for s in scores if s.profile})
    return tuple(summarize(name, [s for s in scores if s.profile == name]) for name in names)
