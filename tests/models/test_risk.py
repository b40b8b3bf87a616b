"""What may be accepted at a stated risk: bounds that hold, and caution where cells are wrong together."""

from __future__ import annotations

import numpy as np
import pytest
from gouji.models.risk import (
    THRESHOLDS,
    Accepted,
    accepted_at,
    design_effect,
    interval,
    threshold_for,
    upper_bound,
)


@pytest.mark.parametrize(
    ("wrong", "cells", "expected"),
    # Clopper and Pearson's one-sided 95 % limits as tables print them.
    [
        (0, 10, 0.2589),
        (0, 3000, 0.000998),
        (1, 100, 0.0466),
        (5, 1000, 0.01049),
        (30, 100000, 0.000410),
        (30, 100, 0.3843),
        (1000, 30000, 0.03509),
    ],
)
def test_upper_bounds_are_those_of_the_tables(wrong: int, cells: int, expected: float) -> None:
    assert upper_bound(wrong, cells) == pytest.approx(expected, rel=0.02)


def test_bounds_without_cells_say_nothing() -> None:
    assert upper_bound(0, 0) == 1.0


@pytest.mark.parametrize(
    ("right", "cells", "low", "high"),
    # Two-sided 95 % limits as tables print them.
    [
        (0, 10, 0.0, 0.3085),
        (5, 10, 0.1871, 0.8129),
        (10, 10, 0.6915, 1.0),
        (81, 263, 0.2527, 0.3676),
        (995, 1000, 0.9884, 0.9984),
    ],
)
def test_intervals_are_those_of_the_tables(right: int, cells: int, low: float, high: float) -> None:
    assert interval(right, cells) == pytest.approx((low, high), abs=2e-4)


def test_the_bound_holds_as_often_as_it_says() -> None:
    rng = np.random.default_rng(3)
    wrong = rng.binomial(20_000, 0.0005, size=400)
    covered = np.mean([upper_bound(int(k), 20_000) >= 0.0005 for k in wrong])
    assert 0.92 <= covered <= 1.0


def test_cells_that_are_wrong_together_count_for_fewer() -> None:
    document = np.repeat(np.arange(100), 200)
    confidence = np.full(20_000, 0.9)
    scattered, together = np.ones(20_000, bool), np.ones(20_000, bool)
    scattered[::1000] = False
    together[:20] = False
    assert design_effect(confidence, scattered, document) == pytest.approx(1.0, abs=0.2)
    assert design_effect(confidence, together, document) > 15


def test_the_threshold_is_the_lowest_that_keeps_the_risk() -> None:
    rng = np.random.default_rng(1)
    confidence = np.concatenate([rng.uniform(0.99, 1.0, 40_000), rng.uniform(0.5, 0.99, 2_000)])
    right = np.concatenate([np.ones(40_000, bool), rng.uniform(size=2_000) < 0.9])
    table = accepted_at(confidence, right, np.arange(42_000))
    loose, strict = threshold_for(0.004, table), threshold_for(0.0005, table)
    assert loose is not None
    assert strict is not None
    assert 0.5 < loose < strict <= 0.991
    by_threshold = {entry.threshold: entry for entry in table}
    assert by_threshold[loose].bound <= 0.004


def test_without_errors_a_documents_cells_count_as_one() -> None:
    document = np.repeat(np.arange(50), 200)
    assert design_effect(np.full(10_000, 0.9), np.ones(10_000, bool), document) == 200
    table = accepted_at(np.full(10_000, 0.9999), np.ones(10_000, bool), document)
    assert threshold_for(0.0005, table) is None


def test_no_threshold_is_promised_that_the_data_cannot_show() -> None:
    few = accepted_at(np.full(500, 0.999), np.ones(500, bool), np.arange(500))
    assert threshold_for(0.0005, few) is None
    assert threshold_for(0.02, few) is not None


def test_a_threshold_below_one_that_failed_is_never_reached() -> None:
    table = [
        Accepted(THRESHOLDS[0], 10_000, 30, 50, 0.0041),
        Accepted(THRESHOLDS[1], 90_000, 31, 50, 0.0005),
    ]
    assert threshold_for(0.001, table) is None
