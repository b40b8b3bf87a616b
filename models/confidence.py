"""An uncalibrated estimate that a cell is right, and the reasons for which a person should look.

Until a calibrator is trained this combines the evidence by hand; the record's provenance says so.
"""

from __future__ import annotations

from dataclasses import dataclass

CONFIDENCE_MODEL = "uncalibrated-1"

ACCEPT_CONFIDENCE = 0.95
"""Cells below this go to review."""

WEAK_LABEL = 0.6
"""Similarity of a row's label to the form's below which the row may be another."""

WEAK_COLUMN = 0.3
"""Similarity of the header to the form's column label below which the column may be another."""

_CHECK_FACTOR = 0.6
_LABEL_FACTOR = 0.7
_DOUBT_FACTOR = 0.8


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known about one cell's reading.

    Attributes:
        kind: of the value read.
        posterior: of that value under the engine, 0 to 1.
        label_similarity, label_margin: of the row's label, 0 to 1.
        column_similarity: of the header above, 0 to 1.
        checks_violated, checks_holding: how many of the form's checks on this cell do so.
        doubts: further reasons found on the way.
    """

    kind: str
    posterior: float
    label_similarity: float
    label_margin: float
    column_similarity: float
    checks_violated: int
    checks_holding: int
    doubts: tuple[str, ...]


def estimate_confidence(evidence: Evidence) -> tuple[float, tuple[str, ...]]:
    """Confidence, 0 to 1, and the reasons for review; no reason means that the cell is accepted."""
    if evidence.kind == "missing":
        return 0.0, ("missing",)
    reasons = list(evidence.doubts)
    confidence = evidence.posterior
    if evidence.checks_holding and not evidence.checks_violated:
        confidence = 1 - (1 - confidence) / 2
    if evidence.checks_violated:
        reasons.append("check_failed")
        confidence *= _CHECK_FACTOR
    if evidence.label_similarity < WEAK_LABEL or evidence.label_margin <= 0:
        reasons.append("label_mismatch")
        confidence *= _LABEL_FACTOR
    if evidence.column_similarity < WEAK_COLUMN:
        reasons.append("column_mismatch")
        confidence *= _LABEL_FACTOR
    if evidence.kind == "illegible":
        reasons.append("illegible")
        confidence = min(confidence, 0.5)
    if evidence.doubts:
        confidence *= _DOUBT_FACTOR
    if confidence < ACCEPT_CONFIDENCE and not reasons:
        reasons.append("low_confidence")
    return round(confidence, 4), tuple(reasons)
