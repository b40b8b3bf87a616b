"""The API of checks, of the carpet and of audits."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field, StringConstraints

from ..document.record import CheckState
from ..store.desk.audit import AuditFigures, audit_figures, sample_accepted
from ..store.desk.carpet import (
    MAX_CELLS,
    CarpetAnswer,
    CarpetCell,
    CarpetDone,
    CarpetGroup,
    answer_carpet,
    carpet_cells,
    carpet_groups,
)
from ..store.desk.checks import CheckAnswer, CheckView, answer_check, check_view
from ..store.desk.parts import Content, Part, RowId
from ..store.desk.parts import Request as Body
from .cells import Counted
from .gate import ArchiveOf, Person
from .problem import problems

router = APIRouter(prefix="/api", responses=problems())

CheckId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_.]{1,120}$")]


class CheckDone(Part):
    """The state of a check after an answer."""

    state: CheckState


class Sample(Body):
    """So many accepted cells are to be audited."""

    cells: Annotated[int, Field(ge=1, le=10_000)]


class CarpetWanted(Content):
    """A group, and how many of it."""

    count: Annotated[int, Field(ge=1, le=MAX_CELLS)] = 100


@router.get("/records/{record_id}/checks/{check_id}", tags=["checks"], responses=problems(404))
def get_check(archive: ArchiveOf, _person: Person, record_id: RowId, check_id: CheckId) -> CheckView:
    """A check with its terms, its residual, and the smallest changes that would mend it."""
    return check_view(archive, record_id, check_id)


@router.post("/records/{record_id}/checks/{check_id}/answers", tags=["checks"], responses=problems(404, 409))
def post_check_answer(
    archive: ArchiveOf,
    person: Person,
    record_id: RowId,
    check_id: CheckId,
    given: CheckAnswer,
    request: Request,
) -> CheckDone:
    """What the terms of a check print, and that the report itself does not add up."""
    double = request.app.state.options.double
    return CheckDone(state=answer_check(archive, person, record_id, check_id, given, double))


@router.get("/carpet", tags=["carpet"])
def get_carpet(archive: ArchiveOf, _person: Person) -> list[CarpetGroup]:
    """Readings that many waiting cells share."""
    return list(carpet_groups(archive))


@router.post("/carpet/claim", tags=["carpet"])
def post_carpet_claim(archive: ArchiveOf, person: Person, wanted: CarpetWanted) -> list[CarpetCell]:
    """The next cells of a group, leased to whoever asks."""
    return list(carpet_cells(archive, person, wanted, wanted.count))


@router.post("/carpet/answers", tags=["carpet"], responses=problems(404, 409))
def post_carpet(archive: ArchiveOf, person: Person, given: CarpetAnswer, request: Request) -> CarpetDone:
    """These cells print what they were read as."""
    return answer_carpet(archive, person, given, request.app.state.options.double)


@router.get("/audit", tags=["audit"])
def get_audit(archive: ArchiveOf, _person: Person) -> AuditFigures:
    """The real share of wrong cells among accepted ones as audited, and how often two people agree."""
    return audit_figures(archive)


@router.post("/audit/sample", tags=["audit"])
def post_sample(archive: ArchiveOf, _person: Person, wanted: Sample) -> Counted:
    """Queues a random sample of accepted cells for an audit."""
    return Counted(cells=sample_accepted(archive, wanted.cells))
