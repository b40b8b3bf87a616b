"""The API of documents: one is taken in, digitized by another process, and its record, pages and crops are given out."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path as File
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import FileResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from ..document.errors import InputError, LimitError
from ..ocr.media import MediaType, detect_media
from ..store.connect import reading
from ..store.desk.answers import NotThereError
from ..store.desk.documents import JobState, RecordSummary, job_state, record_json_of, record_of, records_of
from ..store.desk.parts import CellId, RowId, Sha256
from ..store.desk.show import desk_cells
from .gate import ArchiveOf, Person
from .problem import problems
from .uploads import SUFFIXES, Uploads

router = APIRouter(prefix="/api", tags=["documents"], responses=problems())


JPEG: dict[int | str, dict[str, Any]] = {
    200: {"content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}}
}
PageNumber = Annotated[int, Path(ge=1, le=10_000)]

UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post("/documents", status_code=202, responses=problems(404, 413, 415), openapi_extra=UPLOAD)
async def post_document(request: Request, archive: ArchiveOf, _person: Person) -> JobState:
    """Takes a PDF, TIFF, PNG or JPEG file, the request's body, and has it digitized; what becomes of it is asked by its hash."""
    uploads: Uploads | None = request.app.state.uploads
    if uploads is None:
        raise NotThereError("This desk takes no documents.", "Start it with `gouji review --uploads FOLDER`.")
    sha256 = await _receive(request, uploads)
    uploads.start()
    return await run_in_threadpool(job_state, archive, sha256, uploads.file_of(sha256))


@router.get("/documents/{sha256}", responses=problems(404))
def get_document(request: Request, archive: ArchiveOf, _person: Person, sha256: Sha256) -> JobState:
    """What has become of a document."""
    uploads: Uploads | None = request.app.state.uploads
    return job_state(archive, sha256, None if uploads is None else uploads.file_of(sha256))


@router.get("/records")
def get_records(
    archive: ArchiveOf,
    _person: Person,
    after: Annotated[int, Query(ge=0, le=2**53)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> list[RecordSummary]:
    """The newest record of each document, in the order of their ids, from the one after `after` on."""
    return list(records_of(archive, after, limit))


@router.get("/records/{record_id}", responses=problems(404))
def get_record(archive: ArchiveOf, _person: Person, record_id: RowId) -> Response:
    """A record as it came out of the reader; what people have entered is told by its cells."""
    return Response(record_json_of(archive, record_id), media_type="application/json")


@router.get(
    "/records/{record_id}/pages/{number}", responses=JPEG | problems(404, 413), response_class=Response
)
def get_page(
    request: Request, archive: ArchiveOf, _person: Person, record_id: RowId, number: PageNumber
) -> Response:
    """A page as a JPEG picture, at the scan's own pixels."""
    record = record_of(archive, record_id)
    headers = _content(f"{record.sha256} {number}")
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    picture = request.app.state.scans.page(record.sha256, number)
    return FileResponse(picture, media_type="image/jpeg", headers=headers)


@router.get(
    "/records/{record_id}/cells/{cell_id}/crop", responses=JPEG | problems(404, 413), response_class=Response
)
def get_crop(
    request: Request,
    archive: ArchiveOf,
    _person: Person,
    record_id: RowId,
    cell_id: CellId,
    tight: Annotated[bool, Query(description="Without the empty paper beside its print.")] = False,
) -> Response:
    """A cell as a JPEG picture, with a little of what surrounds it."""
    with reading(archive.engine) as connection:
        cells = desk_cells(connection, record_id, [cell_id])
    if not cells or cells[0].page is None or cells[0].bbox is None:
        raise NotThereError(f"Record {record_id} has no place of a cell {cell_id}.")
    cell = cells[0]
    headers = _content(f"{cell.sha256} {cell.page} {cell.bbox} {tight}")
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    picture = request.app.state.scans.crop(cell.sha256, cell.page, cell.bbox, tight=tight)
    return Response(picture, media_type="image/jpeg", headers=headers)


def _content(name: str) -> dict[str, str]:
    """Headers under which a browser asks each time whether it is still the same: another archive has other records of that id."""
    return {
        "Cache-Control": "private, no-cache",
        "ETag": f'"{hashlib.sha256(name.encode()).hexdigest()[:32]}"',
    }


async def _receive(request: Request, uploads: Uploads) -> str:
    """Writes the body to a file named by its hash; nothing is left of one that will not do."""
    draft = uploads.folder / f".{secrets.token_hex(8)}.part"
    try:
        sha256 = await _write(request, draft, uploads.max_bytes)
        media = await run_in_threadpool(detect_media, draft)
        target = uploads.folder / f"{sha256}{SUFFIXES[MediaType(media)]}"
        await run_in_threadpool(os.replace, draft, target)
    finally:
        draft.unlink(missing_ok=True)
    return sha256


async def _write(request: Request, draft: File, max_bytes: int) -> str:
    digest, size = hashlib.sha256(), 0
    try:
        with draft.open("wb") as file:
            async for chunk in request.stream():
                size += len(chunk)
                if size > max_bytes:
                    raise LimitError(f"The document has more than {max_bytes} bytes.", "Split it.")
                digest.update(chunk)
                await run_in_threadpool(file.write, chunk)
            file.flush()
            os.fsync(file.fileno())
    except ClientDisconnect as error:
        raise InputError("The document did not arrive whole.", "Send it again.") from error
    return digest.hexdigest()
