"""The API of the queue and of single cells."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Path, Query, Request
from pydantic import Field

from ..store.connect import reading
from ..store.desk.answers import Entry, NotThereError, answer, history, undo
from ..store.desk.parts import Answer, Answered, AnswerKey, CellId, DeskCell, Part, QueuedCell, RowId
from ..store.desk.parts import Request as Body
from ..store.desk.progress import Choices, Progress, choices, progress
from ..store.desk.queue import (
    CellKey,
    QueuedReport,
    QueueFilter,
    claim,
    lease_again,
    queued_reports,
    release,
)
from ..store.desk.show import desk_cells
from .gate import ArchiveOf, Person
from .problem import problems

MAX_CLAIM = 20

router = APIRouter(prefix="/api", tags=["queue"], responses=problems())

RecordId = Annotated[RowId, Path(description="Of the record.")]
Wanted = Annotated[QueueFilter, Query()]


class Claim(Body):
    """How many cells are wanted, of which kind, beside which others."""

    wanted: QueueFilter = QueueFilter()
    count: Annotated[int, Field(ge=1, le=MAX_CLAIM)] = 6
    without: Annotated[tuple[CellKey, ...], Field(max_length=100)] = ()


class Release(Body):
    """Cells that are given back; none means all."""

    cells: Annotated[tuple[CellKey, ...], Field(max_length=500)] = ()
    skipped: bool = False


class Undo(Body):
    """An entry that is taken back."""

    key: AnswerKey


class Counted(Part):
    """How many cells it was."""

    cells: int


@router.get("/queue")
def get_queue(archive: ArchiveOf, _person: Person, wanted: Wanted) -> list[QueuedReport]:
    """Reports with cells that wait, those first that are worth most."""
    return list(queued_reports(archive, wanted))


@router.get("/queue/choices")
def get_choices(archive: ArchiveOf, _person: Person) -> Choices:
    """What the queue can be filtered by."""
    return choices(archive)


@router.get("/queue/progress")
def get_progress(archive: ArchiveOf, person: Person, wanted: Wanted) -> Progress:
    """How far it has come."""
    return progress(archive, person, wanted)


@router.post("/queue/claim")
def post_claim(
    archive: ArchiveOf, person: Person, asked: Claim, request: Request, later: BackgroundTasks
) -> list[QueuedCell]:
    """The next cells, leased to whoever asks for five minutes; every claim renews all leases of that person."""
    cells = claim(archive, person, asked.wanted, asked.count, asked.without)
    # The browser asks for the page pictures in a moment.
    later.add_task(request.app.state.scans.prepare, {(c.sha256, c.page) for c in cells if c.page is not None})
    return list(cells)


@router.post("/queue/renew")
def post_renew(archive: ArchiveOf, person: Person) -> Counted:
    """Renews all leases of whoever asks."""
    return Counted(cells=lease_again(archive, person))


@router.post("/queue/release")
def post_release(archive: ArchiveOf, person: Person, given: Release) -> Counted:
    """Gives cells back, for others, or for the end of the queue."""
    return Counted(cells=release(archive, person, given.cells, skipped=given.skipped))


@router.get("/records/{record_id}/cells", responses=problems(404))
def get_cells(archive: ArchiveOf, _person: Person, record_id: RecordId) -> list[DeskCell]:
    """All cells of a record as they are now."""
    with reading(archive.engine) as connection:
        cells = desk_cells(connection, record_id)
    if not cells:
        raise NotThereError(f"There is no record {record_id}.")
    return list(cells)


@router.post("/records/{record_id}/cells/{cell_id}/corrections", responses=problems(404, 409))
def post_correction(
    archive: ArchiveOf, person: Person, record_id: RecordId, cell_id: CellId, given: Answer, request: Request
) -> Answered:
    """A person's answer to a cell. Sent again with the same key it is written once."""
    return answer(archive, person, record_id, cell_id, given, request.app.state.options.double)


@router.get("/records/{record_id}/cells/{cell_id}/history", responses=problems(404))
def get_history(archive: ArchiveOf, _person: Person, record_id: RecordId, cell_id: CellId) -> list[Entry]:
    """Everything that people have entered for a cell, the first entry first."""
    return list(history(archive, record_id, cell_id))


@router.post("/corrections/{correction_id}/undo", responses=problems(404, 409))
def post_undo(archive: ArchiveOf, person: Person, correction_id: RowId, given: Undo) -> Answered:
    """Takes one's own last entry for a cell back."""
    return undo(archive, person, correction_id, given.key)
