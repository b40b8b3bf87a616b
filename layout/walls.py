"""The walls between the elementary cells of a table, and those that a broken table must have had."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..document.geometry import mm_to_px
from .ink import Mask

MEND_WALL_SHARE = 0.35
"""In a table with broken rulings so much of an edge is enough."""

WALL_SHARE = 0.5
"""Share of an edge that must be drawn to part two cells."""

VALUES_SHARE = 0.5
"""The values of a table stand right of this share of its width, labels left of it."""

FAINT_WALL_SHARE = 0.15
"""Where cells would not merge to rectangles, so much of an edge is enough: part of its ruling has faded."""

WHOLE_WALL_SHARE = 0.9
"""A short track must be drawn so wholly on one edge at least."""

CONTINUED_SHARE = 0.25
"""So much of an edge is enough where the same border is drawn on the next edge."""

BROKEN_SHARE = 0.2
"""Share of the edges that are drawn in part only, from which a table\'s rulings count as broken; chosen by hand."""

MEND_SHARE = 0.3
"""Share of a row's column borders that must be drawn for the others to be put back; in a title's row none is."""

MARGIN_MM = 0.8
"""Rulings and what is left of them lie within this distance of an edge, print farther inside."""

CROSSING_MM = 0.6
"""Print that crosses a border's place stands on both sides of it as closely as this."""

CROSSING_SHARE = 0.7
"""Print that crosses fills so much of that width."""

MIN_COLUMN_MM = 4.5
"""No column of the form is narrower."""

MIN_PRINT_MM2 = 0.15
"""Less ink than this, in square millimetres, is dust or what is left of a ruling."""


@dataclass(frozen=True, slots=True, eq=False)
class Walls:
    """Drawn shares, 0 to 1: `above[r, c]` of the edge on top of elementary cell (r, c), `left[r, c]` of the one to its left."""

    above: NDArray[np.float64]  # (rows + 1, cols)
    left: NDArray[np.float64]  # (rows, cols + 1)


def infer_walls(nodes: NDArray[np.float64], walls: Walls, ink: Mask, dpi: float) -> Walls:
    """Which walls a table had whose rulings are in pieces: 0 or 1 each.

    A border that is drawn on both sides of a stretch, or that parts print from print, was drawn there too, unless print runs
    across its place.

    Args:
        nodes: (rows + 1, cols + 1, 2), where its tracks meet, px.
        walls: drawn shares.
        ink: (H, W) uint8, the page's print in the same frame.
        dpi: of both.
    """
    printed = _printed_cells(nodes, ink, dpi)
    above, left = walls.above >= MEND_WALL_SHARE, walls.left >= MEND_WALL_SHARE
    for r, row in enumerate(above):
        # A row's border goes from where its label, or that of the row above, begins to the right side.
        beside = row | printed[max(0, r - 1) : r].any(axis=0) | printed[r : r + 1].any(axis=0)
        if beside.any():
            row[int(beside.argmax()) :] = True
    for column in left.T:
        _fill_between(column)
    left[:, ~left.any(axis=0)] = True  # nothing is left of it: words alone tell that it was there
    _fill_down(left, nodes)
    left[:, 1:-1] |= printed[:, :-1] & printed[:, 1:]
    left &= ~_crossed(nodes, ink, dpi)
    left[:, [0, -1]] = above[[0, -1]] = True
    return Walls(above.astype(np.float64), left.astype(np.float64))


def _fill_down(left: NDArray[np.bool_], nodes: NDArray[np.float64]) -> None:
    """Draws the borders of value columns from where they begin to the table's end, in place: numbers are not merged."""
    xs = nodes[..., 0].mean(axis=0)
    for c in np.flatnonzero(xs > xs[0] + VALUES_SHARE * (xs[-1] - xs[0])):
        if left[:, c].any():
            left[int(left[:, c].argmax()) :, c] = True


def bridge_walls(nodes: NDArray[np.float64], walls: Walls, ink: Mask, dpi: float) -> Walls:
    """The walls of a table with whole rulings, with those that a seal, a fold or a weak copy has taken.

    A border that is drawn on both sides of a stretch and parts print from print was drawn there too; where nothing stands on
    one of its sides, or print runs across its place, cells are merged. Where a label runs across what is drawn in part, that is a
    stroke of one of its characters.
    """
    above, left = walls.above.copy(), walls.left.copy()
    printed = _printed_cells(nodes, ink, dpi)
    rows, cols = above >= WALL_SHARE, left >= WALL_SHARE
    for border in (*rows, *cols.T):
        _fill_between(border)
    over, beside = np.zeros_like(rows), np.zeros_like(cols)
    over[1:-1] = printed[:-1] & printed[1:]
    beside[:, 1:-1] = printed[:, :-1] & printed[:, 1:]
    above[rows & over & (above < WALL_SHARE)] = 1.0
    lost = cols & beside & (left < WALL_SHARE)
    crossed = _crossed(nodes, ink, dpi)
    left[lost & ~crossed & ~_beside_drawn(nodes, left, dpi)] = 1.0
    x = nodes[..., 0].mean(axis=0)
    beside_labels = (x > x[0]) & (x <= x[0] + VALUES_SHARE * (x[-1] - x[0]))
    left[(left < WHOLE_WALL_SHARE - 0.1) & crossed & beside_labels] = 0.0
    return Walls(above, left)


def _beside_drawn(nodes: NDArray[np.float64], left: NDArray[np.float64], dpi: float) -> NDArray[np.bool_]:
    """(rows, cols + 1): edges so near to a drawn one of their row that no column lies between: they are of other rows' columns."""
    x = (nodes[:-1, :, 0] + nodes[1:, :, 0]) / 2
    away = np.abs(x[:, :, None] - x[:, None, :])
    near = (away > 0) & (away < mm_to_px(MIN_COLUMN_MM, dpi))
    return np.asarray((near & (left >= WALL_SHARE)[:, None, :]).any(axis=2))


def _printed_cells(nodes: NDArray[np.float64], ink: Mask, dpi: float) -> NDArray[np.bool_]:
    """(rows, cols): whether an elementary cell holds print."""
    rows, cols = nodes.shape[0] - 1, nodes.shape[1] - 1
    margin, least = round(mm_to_px(MARGIN_MM, dpi)), MIN_PRINT_MM2 * mm_to_px(1, dpi) ** 2
    printed = np.zeros((rows, cols), dtype=bool)
    for r in range(rows):
        for c in range(cols):
            (x0, y0), (x1, y1) = nodes[r, c], nodes[r + 1, c + 1]
            inside = ink[
                round(y0) + margin : max(0, round(y1) - margin),
                round(x0) + margin : max(0, round(x1) - margin),
            ]
            printed[r, c] = inside.size > 0 and int(inside.sum()) >= least
    return printed


def _crossed(nodes: NDArray[np.float64], ink: Mask, dpi: float) -> NDArray[np.bool_]:
    """(rows, cols + 1): whether print runs across the place of a column border: then no border is there."""
    rows, cols = nodes.shape[0] - 1, nodes.shape[1]
    half, margin = max(2, round(mm_to_px(CROSSING_MM, dpi))), round(mm_to_px(MARGIN_MM, dpi))
    crossed = np.zeros((rows, cols), dtype=bool)
    for r in range(rows):
        for c in range(cols):
            (x, y0), y1 = nodes[r, c], nodes[r + 1, c, 1]
            band = ink[round(y0) + margin : round(y1) - margin, max(0, round(x) - half) : round(x) + half + 1]
            if band.size:
                inked = np.asarray(band.max(axis=0) > 0)
                ends = inked[: half // 2 + 1].any() and inked[-(half // 2) - 1 :].any()
                crossed[r, c] = bool(ends and inked.mean() > CROSSING_SHARE)
    return crossed


def _fill_between(drawn: NDArray[np.bool_]) -> None:
    """Sets everything between the first and the last that is set, in place."""
    where = np.flatnonzero(drawn)
    if where.size:
        drawn[where[0] : where[-1] + 1] = True


def is_broken(walls: Walls) -> bool:
    """Whether rulings have come out in pieces: many edges are neither drawn nor free."""
    edges = np.concatenate([walls.above.ravel(), walls.left.ravel()])
    seen = edges[edges > FAINT_WALL_SHARE]
    return bool(seen.size) and float((seen < WHOLE_WALL_SHARE - 0.1).mean()) > BROKEN_SHARE


def continued(walls: Walls) -> Walls:
    """Walls with half drawn ones taken for whole where the same border is drawn right beside: light and curl take pieces away."""
    above, left = walls.above.copy(), walls.left.copy()
    for border in (*above, *left.T):
        drawn = border >= WHOLE_WALL_SHARE - 0.1
        beside = np.zeros_like(drawn)
        beside[1:] |= drawn[:-1]
        beside[:-1] |= drawn[1:]
        border[beside & (border >= CONTINUED_SHARE)] = 1.0
    return Walls(above, left)


def mended(walls: Walls) -> Walls:
    """Walls with those put back that a broken ruling has lost.

    A row's border that is drawn on both sides of a stretch is drawn there too: no table of the form has a row border that stops
    and goes on. Column borders do where a block's title spans all columns: there every one of them stops.
    """
    above, left = walls.above >= MEND_WALL_SHARE, walls.left >= MEND_WALL_SHARE
    for row in above:
        _fill_between(row)
    bridged = left.copy()
    for column in bridged.T:
        _fill_between(column)
    inner = bridged[:, 1:-1]
    drawn = (left[:, 1:-1] & inner).sum(axis=1)
    left |= bridged & (drawn >= MEND_SHARE * inner.sum(axis=1))[:, None]
    return Walls(above.astype(np.float64), left.astype(np.float64))
