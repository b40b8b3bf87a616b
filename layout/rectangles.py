"""From walls to cells: elementary cells with no wall between them are one, and every cell is a rectangle."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ..document.geometry import Quad
from ..document.table import GridCell
from .runs import runs
from .walls import FAINT_WALL_SHARE, WALL_SHARE, Walls


def merge_cells(corners: NDArray[np.float64], solid: Walls, drawn: Walls) -> tuple[GridCell, ...]:
    """The cells of a table, in reading order; every one is a rectangle.

    Args:
        corners: (2, rows + 1, cols + 1, 2), of the cells below and above where its tracks meet, px.
        solid: which walls part cells.
        drawn: shares of them that are drawn, of which a cell's support is the mean.
    """
    extents = _extents(_rectangles(solid))
    cells = [_to_cell(extent, corners, drawn) for extent in extents[:, :4].tolist()]
    return tuple(sorted(cells, key=lambda c: (c.row, c.col)))


def _rectangles(walls: Walls) -> NDArray[np.int64]:
    """(rows, cols): a number from 0 for each cell; every cell is a rectangle."""
    labels = _merge(walls, WALL_SHARE)
    whole = _are_rectangles(labels)
    if whole.all():
        return labels
    faint = _merge(walls, FAINT_WALL_SHARE)
    for i in np.flatnonzero(~whole):
        inside = labels == i
        labels[inside] = labels.max() + 1 + faint[inside]
    labels = _numbered(labels)
    return labels if _are_rectangles(labels).all() else _numbered(_by_runs(labels))


def _numbered(labels: NDArray[np.integer]) -> NDArray[np.int64]:
    """The same with numbers from 0 on without gaps."""
    numbers = np.unique(labels, return_inverse=True)[1]
    return np.asarray(numbers.reshape(labels.shape), dtype=np.int64)


def _merge(walls: Walls, share: float) -> NDArray[np.int64]:
    """Elementary cells with no wall between them share a number."""
    rows, cols = walls.left.shape[0], walls.above.shape[1]
    # A picture of the cells and their walls, two px a cell: its connected white areas are the cells.
    plan = np.ones((2 * rows - 1, 2 * cols - 1), np.uint8)
    plan[1::2, 1::2] = 0
    plan[1::2, ::2] = walls.above[1:-1] < share
    plan[::2, 1::2] = walls.left[:, 1:-1] < share
    _, labels = cv2.connectedComponents(plan, connectivity=4)
    return _numbered(np.asarray(labels[::2, ::2], np.int64).reshape(rows, cols))


def _extents(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """(n, 5): of each number from 0 on the first and one past the last row, the same of columns, and how often it stands."""
    rows, cols = np.indices(labels.shape)
    count = int(labels.max()) + 1
    low, high = np.full((2, count), labels.size), np.zeros((2, count), np.int64)
    for k, places in enumerate((rows, cols)):
        np.minimum.at(low[k], labels, places)
        np.maximum.at(high[k], labels, places + 1)
    areas = np.bincount(labels.ravel(), minlength=count)
    return np.stack([low[0], high[0], low[1], high[1], areas], axis=1)


def _are_rectangles(labels: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(n,): which of the numbers from 0 on fill a rectangle."""
    r0, r1, c0, c1, areas = _extents(labels).T
    return np.asarray((r1 - r0) * (c1 - c0) == areas)


def _by_runs(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Shapes that are no rectangles, cut into the runs of their rows; equal runs below each other stay together."""
    result = labels.copy()
    fresh = int(labels.max()) + 1
    for i in np.flatnonzero(~_are_rectangles(labels)):
        inside = labels == i
        previous: dict[tuple[int, int], int] = {}
        for r in np.flatnonzero(inside.any(axis=1)):
            current = {}
            for run in runs(inside[r]):
                current[run] = previous.get(run, fresh)
                fresh += current[run] == fresh
                result[r, run[0] : run[1]] = current[run]
            previous = current
    return result


def _to_cell(extent: Sequence[int], corners: NDArray[np.float64], walls: Walls) -> GridCell:
    r0, r1, c0, c1 = extent
    below, above = corners
    a, b, c, d = (
        (float(x), float(y)) for x, y in (below[r0, c0], below[r0, c1], above[r1, c1], above[r1, c0])
    )
    border = np.concatenate(
        [walls.above[r0, c0:c1], walls.above[r1, c0:c1], walls.left[r0:r1, c0], walls.left[r0:r1, c1]]
    )
    return GridCell(r0, c0, r1 - r0, c1 - c0, Quad((a, b, c, d)), float(border.mean()))
