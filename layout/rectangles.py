"""From walls to cells: elementary cells with no wall between them are one, and every cell is a rectangle."""

from __future__ import annotations

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
    labels = _rectangles(solid)
    cells = [_to_cell(labels == i, corners, drawn) for i in range(int(labels.max()) + 1)]
    return tuple(sorted(cells, key=lambda c: (c.row, c.col)))


def _rectangles(walls: Walls) -> NDArray[np.int64]:
    """(rows, cols): a number from 0 for each cell; every cell is a rectangle."""
    labels = _merge(walls, WALL_SHARE)
    if _all_rectangles(labels):
        return labels
    faint = _merge(walls, FAINT_WALL_SHARE)
    for i in range(int(labels.max()) + 1):
        inside = labels == i
        if not _is_rectangle(inside):
            labels[inside] = labels.max() + 1 + faint[inside]
    if not _all_rectangles(labels):
        labels = _by_runs(labels)
    return np.unique(labels, return_inverse=True)[1].reshape(labels.shape)


def _merge(walls: Walls, share: float) -> NDArray[np.int64]:
    """Elementary cells with no wall between them share a number."""
    rows, cols = walls.left.shape[0], walls.above.shape[1]
    # A picture of the cells and their walls, two px a cell: its connected white areas are the cells.
    plan = np.ones((2 * rows - 1, 2 * cols - 1), np.uint8)
    plan[1::2, 1::2] = 0
    plan[1::2, ::2] = walls.above[1:-1] < share
    plan[::2, 1::2] = walls.left[:, 1:-1] < share
    _, labels = cv2.connectedComponents(plan, connectivity=4)
    return np.unique(labels[::2, ::2], return_inverse=True)[1].reshape(rows, cols).astype(np.int64)


def _is_rectangle(inside: NDArray[np.bool_]) -> bool:
    rows, cols = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    return int(inside.sum()) == int((rows[-1] - rows[0] + 1) * (cols[-1] - cols[0] + 1))


def _all_rectangles(labels: NDArray[np.int64]) -> bool:
    return all(_is_rectangle(labels == i) for i in np.unique(labels))


def _by_runs(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Shapes that are no rectangles, cut into the runs of their rows; equal runs below each other stay together."""
    result = labels.copy()
    fresh = int(labels.max()) + 1
    for i in np.unique(labels):
        inside = labels == i
        if _is_rectangle(inside):
            continue
        previous: dict[tuple[int, int], int] = {}
        for r in np.flatnonzero(inside.any(axis=1)):
            current = {}
            for run in runs(inside[r]):
                current[run] = previous.get(run, fresh)
                fresh += current[run] == fresh
                result[r, run[0] : run[1]] = current[run]
            previous = current
    return result


def _to_cell(inside: NDArray[np.bool_], corners: NDArray[np.float64], walls: Walls) -> GridCell:
    rows, cols = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    r0, r1, c0, c1 = int(rows[0]), int(rows[-1]) + 1, int(cols[0]), int(cols[-1]) + 1
    below, above = corners
    a, b, c, d = (
        (float(x), float(y)) for x, y in (below[r0, c0], below[r0, c1], above[r1, c1], above[r1, c0])
    )
    border = np.concatenate(
        [walls.above[r0, c0:c1], walls.above[r1, c0:c1], walls.left[r0:r1, c0], walls.left[r0:r1, c1]]
    )
    return GridCell(r0, c0, r1 - r0, c1 - c0, Quad((a, b, c, d)), float(border.mean()))
