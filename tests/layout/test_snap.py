"""Borders placed by words move onto the rulings beside them, and onto nothing else."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from gouji.document.geometry import BBox, mm_to_px
from gouji.document.table import Grid, GridCell
from gouji.layout.rulings import Rulings
from gouji.layout.snap import REACH_MM, snap_grid

DPI = 200.0
XS, YS = (200.0, 500.0, 600.0, 700.0), (300.0, 360.0, 420.0, 480.0)
REACH = mm_to_px(REACH_MM, DPI)


def placed() -> Grid:
    """Three rows of a label, smaller than its place, and two values."""
    nodes = np.array([[(x, y) for x in XS] for y in YS])
    cells = []
    for r, (top, bottom) in enumerate(pairwise(YS)):
        cells.append(GridCell(r, 0, 1, 1, BBox(230, top, 420, bottom).to_quad(), 0.0))
        cells += [
            GridCell(r, c, 1, 1, BBox(x0, top, x1, bottom).to_quad(), 0.0)
            for c, (x0, x1) in enumerate(pairwise(XS[1:]), 1)
        ]
    return Grid(nodes, tuple(cells), sound=False)


def rulings(vertical: np.ndarray | None = None, horizontal: np.ndarray | None = None) -> Rulings:
    empty = np.zeros((600, 800), np.uint8)
    return Rulings(
        (), (), empty if horizontal is None else horizontal, empty if vertical is None else vertical, DPI
    )


def mask() -> np.ndarray:
    return np.zeros((600, 800), np.uint8)


def test_without_rulings_nothing_moves() -> None:
    grid = snap_grid(placed(), rulings())
    assert np.array_equal(grid.nodes, placed().nodes)
    assert [c.quad for c in grid.cells] == [c.quad for c in placed().cells]


@pytest.mark.parametrize("shift", [-12, 12])
def test_borders_move_onto_pieces_of_rulings(shift: int) -> None:
    vertical, horizontal = mask(), mask()
    vertical[300:330, 600 + shift : 603 + shift] = 1  # at the upper row border, and gone below
    horizontal[360 + shift : 363 + shift, 210:330] = 1
    grid = snap_grid(placed(), rulings(vertical, horizontal))
    assert grid.nodes[0, :, 0] == pytest.approx([200, 500, 601 + shift, 700])
    assert grid.nodes[:, 0, 1] == pytest.approx([300, 361 + shift, 420, 480])
    label, left, right = grid.cells[:3]
    assert label.quad.to_bbox() == BBox(230, 300, 420, 361 + shift)
    assert left.quad.to_bbox().x1 == right.quad.to_bbox().x0 == 601 + shift


def test_a_ruling_out_of_reach_is_anothers() -> None:
    vertical = mask()
    x = round(600 + REACH) + 4
    vertical[300:480, x : x + 3] = 1
    assert np.array_equal(snap_grid(placed(), rulings(vertical)).nodes, placed().nodes)


def test_strokes_of_digits_are_no_rulings() -> None:
    vertical = mask()
    for top in YS[:-1]:  # a 1 in each row, clear of its borders
        vertical[round(top) + 18 : round(top) + 42, 610:613] = 1
    assert np.array_equal(snap_grid(placed(), rulings(vertical)).nodes, placed().nodes)
