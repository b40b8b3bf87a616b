"""Evidence put together: what is accepted, and for which reasons a person should look."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from gouji.models.confidence import ACCEPT_CONFIDENCE, Evidence, estimate_confidence
from hypothesis import given
from hypothesis import strategies as st

SURE = Evidence(
    kind="number", posterior=0.999, label_similarity=1.0, label_margin=0.3, column_similarity=1.0,
    checks_violated=0, checks_holding=2, doubts=(),
)  # fmt: skip


def test_sure_evidence_is_accepted() -> None:
    confidence, reasons = estimate_confidence(SURE)
    assert reasons == ()
    assert confidence >= 0.999


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"posterior": 0.5, "checks_holding": 0}, "low_confidence"),
        ({"checks_violated": 1}, "check_failed"),
        ({"label_similarity": 0.4}, "label_mismatch"),
        ({"label_margin": 0.0}, "label_mismatch"),
        ({"column_similarity": 0.1}, "column_mismatch"),
        ({"kind": "illegible"}, "illegible"),
        ({"doubts": ("coloured_ink",)}, "coloured_ink"),
    ],
)
def test_each_doubt_is_a_reason_and_lowers_confidence(change: dict[str, Any], reason: str) -> None:
    confidence, reasons = estimate_confidence(replace(SURE, **change))
    assert reason in reasons
    assert confidence < estimate_confidence(SURE)[0]


def test_a_missing_cell_has_no_confidence() -> None:
    assert estimate_confidence(replace(SURE, kind="missing", posterior=1.0)) == (0.0, ("missing",))


@given(
    st.sampled_from(("number", "blank", "not_applicable", "illegible", "missing")),
    st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.integers(0, 3), st.integers(0, 3),
    st.lists(st.sampled_from(("note", "merged_cell")), max_size=2, unique=True),
)  # fmt: skip
def test_confidence_is_a_probability_and_acceptance_has_no_reason(
    kind: str, posterior: float, label: float, margin: float, column: float, violated: int, holding: int, doubts: list[str]
) -> None:  # fmt: skip
    evidence = Evidence(kind, posterior, label, margin, column, violated, holding, tuple(doubts))
    confidence, reasons = estimate_confidence(evidence)
    assert 0 <= confidence <= 1
    assert bool(reasons) or confidence >= ACCEPT_CONFIDENCE
    assert set(doubts) <= set(reasons) or kind == "missing"
    assert "check_failed" in reasons or not violated or kind == "missing"
