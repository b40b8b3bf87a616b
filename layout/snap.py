"""Borders that were placed by words, moved onto what is left of the rulings beside them."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..document.geometry import BBox, mm_to_px
from ..document.table import Grid, GridCell
from .ink import Mask
from .pieces import on_borders
from .rulings import Rulings
from .tracks import Track

REACH_MM = 2.5
"""A ruling lies no further from where its border was placed."""

RIM_MM, STROKE_MM = 0.6, 8.0
"""A piece of a column border comes so close to a row border, or is longer than any stroke of a character."""

MIN_DRAWN = 0.12
"""A ruling is seen where so much of a border's length is drawn."""


def snap_grid(grid: Grid, rulings: Rulings) -> Grid:
    """The grid, its borders on the rulings' pieces where enough of one is seen close by, so that no piece of it stands in a cell.

    Args:
        grid: straight borders, in the frame of the rulings' masks; a cell in its first column may be smaller than its place.
        rulings: of the level page.
    """
    dpi = rulings.dpi
    xs, ys = grid.nodes[0, :, 0], grid.nodes[:, 0, 1]
    left, right = max(0, round(float(xs[0]))), round(float(xs[-1]))
    rows = _snapped(ys, rulings.horizontal_mask[:, left:right].T, dpi)
    along = np.array([xs[0], xs[-1]])
    borders = [Track(along, np.array([y, y]), 0.0) for y in rows]
    pieces = on_borders(
        rulings.vertical_mask, borders, round(mm_to_px(RIM_MM, dpi)), mm_to_px(STROKE_MM, dpi)
    )
    top, bottom = max(0, round(float(rows[0]))), round(float(rows[-1]))
    columns = _snapped(xs, pieces[top:bottom], dpi)
    nodes = np.array([[(x, y) for x in columns] for y in rows], dtype=np.float64)
    return Grid(nodes, tuple(_moved(cell, grid, nodes) for cell in grid.cells), grid.sound)


def _snapped(places: NDArray[np.float64], mask: Mask, dpi: float) -> NDArray[np.float64]:
    """The places, px along the second axis of a mask, each moved to where most is drawn within reach; in order as before."""
    drawn = mask.mean(axis=0) if mask.size else np.zeros(mask.shape[1])
    reach = mm_to_px(REACH_MM, dpi)
    gaps = np.diff(places) / 2
    before, after = np.append(reach, gaps), np.append(gaps, reach)
    moved = places.copy()
    for k, place in enumerate(places):
        start = max(0, round(place - min(reach, before[k])))
        near = drawn[start : round(place + min(reach, after[k])) + 1]
        if near.size and near.max() >= MIN_DRAWN:
            moved[k] = start + float(np.flatnonzero(near >= 0.9 * near.max()).mean())
    return moved if all(a < b for a, b in pairwise(moved)) else places


def _moved(cell: GridCell, grid: Grid, nodes: NDArray[np.float64]) -> GridCell:
    """The cell in its new place; what it was smaller than its old one across it stays."""
    row, col = cell.row, cell.col
    (x0, y0), (x1, y1) = nodes[row, col], nodes[row + cell.row_span, col + cell.col_span]
    old = cell.quad.to_bbox()
    if old.x0 > grid.nodes[row, col, 0] or old.x1 < grid.nodes[row, col + cell.col_span, 0]:
        x0, x1 = max(x0, old.x0), min(x1, old.x1)
    return replace(cell, quad=BBox(float(x0), float(y0), float(max(x0 + 1, x1)), float(y1)).to_quad())
