"""Digitized documents with their evidence and their truth: what a confidence model is trained on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..document.errors import UsageError
from ..document.record import Record
from ..models.calibrate import LabelledDocument
from ..models.features import evidence_file, evidence_from_json
from .report import load_record, paths_by_id
from .score import is_right
from .truth import Truth, truth_of_set


def labelled_documents(truth: Path, records: Path) -> Iterator[LabelledDocument]:
    """Those documents of a set that have a record with its evidence.

    Args:
        truth: a manifest, a truth file, or a folder with either.
        records: the folder that `gouji digitize --out --evidence` wrote.

    Raises:
        UsageError: when either holds nothing to learn from, or a file is not what its name says.
    """
    documents = list(truth_of_set(truth))
    files = paths_by_id(records, [entry for entry, _ in documents])
    for entry, printed in documents:
        path = files.get(entry.id)
        if path is not None:
            yield _labelled(entry.id, entry.look or entry.id, printed, path)


def _labelled(doc_id: str, setting: str, printed: Truth, path: Path) -> LabelledDocument:
    record = load_record(path)
    try:
        evidence = evidence_from_json(evidence_file(path).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{evidence_file(path)}: no evidence of this version's: {error}",
            "Digitize again with `gouji digitize --out DIR --evidence`.",
        ) from error
    if {c.id: c.kind for c in record.cells} != {i: e.kind for i, e in evidence.items()}:
        raise UsageError(
            f"{evidence_file(path)}: not the evidence of the record beside it.",
            "Digitize again with `gouji digitize --out DIR --evidence`.",
        )
    return LabelledDocument(
        doc_id, setting, evidence, _rightness(record, printed), record.provenance.measures
    )


def _rightness(record: Record, printed: Truth) -> dict[str, bool]:
    """By cell id whether the record is right; a cell that the page's form lacks is not."""
    return {
        cell.id: cell.id in printed.cells
        and is_right(cell, printed.cells[cell.id], printed.kinds.get(cell.id))
        for cell in record.cells
    }
