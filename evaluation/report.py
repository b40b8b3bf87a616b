"""A whole evaluation: which record belongs to which truth, and the result as data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from ..document.errors import UsageError
from ..document.record import Record
from ..models.confidence import load_model
from ..models.drift import drift_warnings
from ..models.features import EVIDENCE_ENDING
from .score import DocumentScore, Summary, score_document, summarize, summarize_profiles
from .truth import ManifestEntry, truth_of_set

NO_RECORDS = (".truth.json", EVIDENCE_ENDING)
"""Endings of the files beside records."""


class Evaluation(BaseModel):
    """Scores of a set of documents, and what to be warned of in it."""

    model_config = ConfigDict(frozen=True)

    overall: Summary
    profiles: tuple[Summary, ...]
    documents: tuple[DocumentScore, ...]
    warnings: tuple[str, ...] = ()


def evaluate(truth: Path, records: Path) -> Evaluation:
    """The scores of all documents that have a truth.

    Args:
        truth: a manifest, a truth file, or a folder with either.
        records: a record file, or a folder of them; a record belongs to the document whose id, or whose file, has its name.

    Raises:
        UsageError: when either path holds nothing to compare, or a record file is not a record.
    """
    record_files(records)  # nothing to compare is said before the truth is read
    documents = list(truth_of_set(truth))
    files = paths_by_id(records, [entry for entry, _ in documents])
    scores, measures = [], []
    for entry, printed in documents:
        path = files.get(entry.id)
        record = None if path is None else load_record(path)
        scores.append(score_document(entry.id, entry.profile, printed, record))
        if record is not None and record.provenance.confidence_model == load_model().name:
            measures.append(record.provenance.measures)
    return Evaluation(
        overall=summarize("all", scores),
        profiles=summarize_profiles(scores),
        documents=tuple(scores),
        warnings=tuple(drift_warnings(measures, load_model().reference)),
    )


def paths_by_id(records: Path, entries: Sequence[ManifestEntry]) -> dict[str, Path]:
    """The record files at a path by the ids of the documents they belong to: by name, or one record to one document.

    Raises:
        UsageError: when there is none, or none of them belongs to a document.
    """
    if len(entries) == 1 and records.is_file():
        return {entries[0].id: records}
    by_name = {path.name.removesuffix(".json"): path for path in record_files(records)}
    found = {e.id: [by_name[name] for name in e.record_names if name in by_name] for e in entries}
    if entries and not any(found.values()):
        raise UsageError(
            f"{records}: none of its {len(by_name)} records is of a document that the truth is of: "
            f"found {min(by_name)}.json, expected {entries[0].record_names[:2][-1]}.json and the like.",
            "Give the folder that `gouji digitize --out` wrote for these documents.",
        )
    return {id_: paths[0] for id_, paths in found.items() if paths}


def record_files(records: Path) -> list[Path]:
    """The record files at a path, a file or a folder.

    Raises:
        UsageError: when there is none.
    """
    if records.is_file():
        return [records]
    found = [p for p in sorted(records.rglob("*.json")) if not p.name.endswith(NO_RECORDS)]
    if not found:
        raise UsageError(
            f"{records}: no record in it.", "Give a record or the folder that `gouji digitize --out` wrote."
        )
    return found


def load_record(path: Path) -> Record:
    """The record in a file.

    Raises:
        UsageError: when it is none.
    """
    try:
        return Record.model_validate_json(path.read_text("utf-8"))
    except (OSError, ValidationError) as error:
        raise UsageError(f"{path}: not a record: {error}", "Write it again with `gouji digitize`.") from error
