"""What people have entered, as something to learn from: cells whose truth a person has told."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator

from sqlalchemy import Connection, select

from ...document.errors import UsageError
from ...models.calibrate import LabelledDocument
from ...models.features import Evidence, evidence_from_json
from .. import tables as t
from ..archive import Archive
from ..connect import reading
from .current import in_force


def answered_documents(archive: Archive) -> Iterator[LabelledDocument]:
    """Documents of an archive with the evidence of just those cells that a person has settled; others tell nothing.

    Reports of one agency are set alike, and count as one setting.

    Raises:
        UsageError: for evidence that another version has kept.
    """
    r = t.records.c
    with reading(archive.engine) as connection:
        ids = connection.execute(select(r.record_id).where(r.evidence.is_not(None)).order_by(r.record_id))
        for record_id in ids.scalars().all():
            document = _document(connection, record_id)
            if document is not None:
                yield document


def _document(connection: Connection, record_id: int) -> LabelledDocument | None:
    r, c = t.records.c, t.cells.c
    record = connection.execute(
        select(r.sha256, r.pipeline, r.agency, r.evidence, r.record_json).where(r.record_id == record_id)
    ).one()
    read = {
        cell.cell_id: cell
        for cell in connection.execute(select(c.cell_id, c.kind, c.value).where(c.record_id == record_id))
    }
    right = {
        cell_id: (entry.kind, entry.value) == (read[cell_id].kind, read[cell_id].value)
        for cell_id, entry in in_force(connection, record.sha256).items()
        if cell_id in read
    }
    if not right:
        return None
    evidence = _evidence(record.evidence, record_id)
    return LabelledDocument(
        id=f"{record.sha256} {record.pipeline}",
        setting=record.agency or record.sha256,
        evidence={cell_id: e for cell_id, e in evidence.items() if cell_id in right},
        right=right,
        measures=json.loads(record.record_json)["provenance"]["measures"],
    )


def _evidence(packed: bytes, record_id: int) -> dict[str, Evidence]:
    try:
        return evidence_from_json(zlib.decompress(packed).decode())
    except (ValueError, zlib.error) as error:
        raise UsageError(
            f"Record {record_id}: no evidence of this version's: {error}",
            "Digitize again with `gouji digitize --db DB --evidence`.",
        ) from error
