"""A warning where documents look worse than those of the calibration, none where they look alike or better."""

from __future__ import annotations

import numpy as np
from gouji.models.drift import MEASURES, drift_warnings, find_drift, reference_of


def documents(count: int, seed: int, scale: float = 1.0) -> list[dict[str, float]]:
    rng = np.random.default_rng(seed)
    return [{name: float(scale * rng.exponential(0.02)) for name in MEASURES} for _ in range(count)]


REFERENCE = reference_of(documents(400, seed=1))


def test_like_documents_are_not_warned_of() -> None:
    warned = sum(bool(find_drift(documents(60, seed), REFERENCE)) for seed in range(100, 140))
    assert warned <= 2


def test_worse_documents_are_warned_of_in_words() -> None:
    worse = [{**d, "doubt": d["doubt"] * 4} for d in documents(60, seed=2)]
    (drift,) = find_drift(worse, REFERENCE)
    assert drift.measure == "doubt"
    assert drift.mean > 2 * drift.usual
    (warning,) = drift_warnings(worse, REFERENCE)
    assert MEASURES["doubt"] in warning
    assert "60 documents" in warning


def test_cleaner_documents_are_not_warned_of() -> None:
    assert find_drift(documents(60, seed=3, scale=0.2), REFERENCE) == ()


def test_of_a_few_documents_nothing_is_said() -> None:
    assert find_drift(documents(5, seed=4, scale=9.0), REFERENCE) == ()
