"""A row of columns of one width keeps its columns where a seal hides their borders."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from gouji.document.geometry import Quad
from gouji.layout.even import fit_evenly, stands_alone
from gouji.layout.ink import Ink

COLUMNS = 15


def row_of(borders: list[float], climb: float = 0.02) -> list[Quad]:
    """Parts between those borders, px, of a row 50 px high that climbs to the right by a share of its length."""
    return [
        Quad(((a, 300 - climb * a), (b, 300 - climb * b), (b, 350 - climb * b), (a, 350 - climb * a)))
        for a, b in pairwise(borders)
    ]


def without(*lost: int, jitter: float = 1.5) -> list[float]:
    """The borders of `COLUMNS` columns of 80 px, but for those lost, each up to `jitter` px beside its place."""
    aside = np.random.default_rng(5).uniform(-jitter, jitter, COLUMNS + 1)
    return [100 + 80.0 * k + float(aside[k]) for k in range(COLUMNS + 1) if k not in lost]


@pytest.mark.parametrize("lost", [(8,), (7, 8, 9), (3, 8, 9, 10), ()])
def test_lost_borders_are_put_back_between_even_columns(lost: tuple[int, ...]) -> None:
    grid = fit_evenly(row_of(without(*lost)), COLUMNS)
    assert grid is not None
    places = [100 + 80.0 * k for k in range(COLUMNS + 1)]
    assert np.allclose(grid.nodes[0, :, 0], places, atol=2.5)
    assert np.allclose(grid.nodes[0, :, 1], [300 - 0.02 * x for x in places], atol=0.2)
    assert [c.quad.points[0] for c in grid.cells] == [tuple(p) for p in grid.nodes[0, :-1]]
    unsupported = {k - 1 for k in lost} | set(lost)
    assert {k for k, c in enumerate(grid.cells) if c.support < 1} == unsupported


@pytest.mark.parametrize(
    ("borders", "columns"),
    [
        (without(8), COLUMNS + 1),  # not so many
        (without(8), COLUMNS - 1),
        ([x + (30 if k == 5 else 0) for k, x in enumerate(without(8))], COLUMNS),  # not of one width
        ([x + (30 if k == 8 else 0) for k, x in enumerate(without(8))], COLUMNS),
        (without(*range(4, 13)), COLUMNS),  # hardly a column is whole
    ],
)
def test_other_rows_are_left_to_their_print(borders: list[float], columns: int) -> None:
    assert fit_evenly(row_of(borders), columns) is None


@pytest.mark.parametrize(
    ("x", "labelled", "alone"),
    [(None, False, True), (60, False, False), (60, True, True), (1350, True, False)],
)
def test_a_row_with_a_number_beside_it_may_be_one_column_off(
    x: int | None, labelled: bool, alone: bool
) -> None:
    """Whose first border is lost, and beyond whose last one a strip as wide as a column was taken for one."""
    contrast = np.zeros((700, 1600), np.uint8)
    contrast[300:352, 98:102] = contrast[300:352, 1298:1302] = 200
    if x is not None:
        contrast[315:337, x : x + 14] = 200
    row = row_of(without(8, jitter=0.0), climb=0.0)
    assert stands_alone(Ink(contrast, 20, 80), row, 200.0, labelled=labelled) == alone
