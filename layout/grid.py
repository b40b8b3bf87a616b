"""Tracks to cells: nodes where tracks cross, walls where a ruling is drawn between two nodes, cells where no wall parts them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ..document.geometry import Quad, mm_to_px
from ..document.table import Grid, GridCell
from .infer import infer_regions
from .ink import Mask
from .rulings import Rulings
from .tracks import Region, are_level, gather_regions, has_loose_rulings

WALL_SHARE = 0.5
"""Share of an edge that must be drawn to part two cells."""

FAINT_WALL_SHARE = 0.15
"""Where cells would not merge to rectangles, so much of an edge is enough: part of its ruling has faded."""

WHOLE_WALL_SHARE = 0.9
"""A short track must be drawn so wholly on one edge at least."""

TRUSTED_LENGTH_MM = 11.0
"""Longer tracks than any stroke of a character."""

CONTINUED_SHARE = 0.25
"""So much of an edge is enough where the same border is drawn on the next edge."""

MEND_WALL_SHARE = 0.35
"""In a table with broken rulings so much of an edge is enough."""

BROKEN_SHARE = 0.2
"""Share of the edges that are drawn in part only, from which a table\'s rulings count as broken; chosen by hand."""

MEND_SHARE = 0.3
"""Share of a row's column borders that must be drawn for the others to be put back; in a title's row none is."""

_TOLERANCE_MM = 0.4
"""How far beside a track its ruling may lie and still count as drawn."""


@dataclass(frozen=True, slots=True, eq=False)
class _Walls:
    """Drawn shares, 0 to 1: `above[r, c]` of the edge on top of elementary cell (r, c), `left[r, c]` of the one to its left."""

    above: NDArray[np.float64]  # (rows + 1, cols)
    left: NDArray[np.float64]  # (rows, cols + 1)


def detect_grids(rulings: Rulings, ink: Mask) -> tuple[Grid, ...]:
    """The ruled tables of a page, from top to bottom, in the frame of the rulings' masks; none is an empty tuple.

    Args:
        rulings: of the level page.
        ink: (H, W) uint8, its print.
    """
    regions = gather_regions(rulings)
    whole = tuple(_without_strokes(region, rulings) for region in regions)
    in_pieces = any(_is_broken(_measure_walls(_cross(region), rulings)) for region in whole)
    broken = in_pieces or has_loose_rulings(rulings, regions)
    if broken and are_level(rulings):
        whole = infer_regions(rulings, ink) or whole
    tables = (region for region in whole if len(region.horizontal) >= 2 and len(region.vertical) >= 2)
    grids = (replace(build_grid(region, rulings, ink), sound=not broken) for region in tables)
    # A single cell is a frame: a border around text, or the edge of the sheet on a photograph.
    return tuple(grid for grid in grids if len(grid.cells) > 1)


def build_grid(region: Region, rulings: Rulings, ink: Mask) -> Grid:
    """The mesh and the cells of one table; `ink` is (H, W) uint8, the page's print."""
    nodes = _cross(region)
    walls = _measure_walls(nodes, rulings)
    if region.inferred:
        drawn = _mended(walls, _crossed(nodes, ink, rulings.dpi))
    else:
        drawn = _mended(walls) if _is_broken(walls) else _continued(walls)
    labels = _rectangles(drawn)
    cells = [_to_cell(labels == i, nodes, walls) for i in range(int(labels.max()) + 1)]
    return Grid(nodes, tuple(sorted(cells, key=lambda c: (c.row, c.col))))


def _crossed(nodes: NDArray[np.float64], ink: Mask, dpi: float) -> NDArray[np.bool_]:
    """(rows, cols + 1): whether print runs across the place of a column border: then no border is there."""
    rows, cols = nodes.shape[0] - 1, nodes.shape[1]
    half, margin = max(2, round(mm_to_px(0.6, dpi))), round(mm_to_px(0.8, dpi))
    crossed = np.zeros((rows, cols), dtype=bool)
    for r in range(rows):
        for c in range(cols):
            (x, y0), y1 = nodes[r, c], nodes[r + 1, c, 1]
            band = ink[round(y0) + margin : round(y1) - margin, max(0, round(x) - half) : round(x) + half + 1]
            if band.size:
                inked = np.asarray(band.max(axis=0) > 0)
                crossed[r, c] = bool(
                    inked[: half // 2 + 1].any() and inked[-(half // 2) - 1 :].any() and inked.mean() > 0.7
                )
    return crossed


def _without_strokes(region: Region, rulings: Rulings) -> Region:
    """The region without short tracks that nowhere go the whole way from one crossing track to the next.

    Where rows are set tight, a character's stroke nearly fills its row; a ruling fills it wholly.
    """
    trusted = mm_to_px(TRUSTED_LENGTH_MM, rulings.dpi)
    while True:
        nodes = _cross(region)
        walls = _measure_walls(nodes, rulings, whole=True)
        rows = [
            h.drawn >= trusted or walls.above[i].max() >= WHOLE_WALL_SHARE
            for i, h in enumerate(region.horizontal)
        ]
        cols = [
            v.drawn >= trusted or walls.left[:, j].max() >= WHOLE_WALL_SHARE
            for j, v in enumerate(region.vertical)
        ]
        kept = Region(
            tuple(h for h, keep in zip(region.horizontal, rows, strict=True) if keep or h.drawn == 0),
            tuple(v for v, keep in zip(region.vertical, cols, strict=True) if keep or v.drawn == 0),
        )
        done = len(kept.horizontal) == len(region.horizontal) and len(kept.vertical) == len(region.vertical)
        if done or len(kept.horizontal) < 2 or len(kept.vertical) < 2:
            return kept
        region = kept


def _cross(region: Region) -> NDArray[np.float64]:
    """(rows + 1, cols + 1, 2): where each horizontal track meets each vertical one."""
    nodes = np.empty((len(region.horizontal), len(region.vertical), 2))
    for i, h in enumerate(region.horizontal):
        for j, v in enumerate(region.vertical):
            x, y = float(v.across.mean()), 0.0
            for _ in range(3):  # both are nearly straight: converges to below a px at once
                y = h.at(x)
                x = v.at(y)
            nodes[i, j] = x, y
    return nodes


def _measure_walls(nodes: NDArray[np.float64], rulings: Rulings, *, whole: bool = False) -> _Walls:
    """Drawn shares of all edges: of their middle four fifths, or, `whole`, from node to node with the crossing rulings."""
    trim = 0.0 if whole else 0.1
    side = 2 * max(1, round(mm_to_px(_TOLERANCE_MM, rulings.dpi))) + 1
    horizontal = np.asarray(cv2.dilate(rulings.horizontal_mask, np.ones((side, 1), np.uint8)), np.uint8)
    vertical = np.asarray(cv2.dilate(rulings.vertical_mask, np.ones((1, side), np.uint8)), np.uint8)
    if whole:
        horizontal = vertical = horizontal | vertical
    rows, cols = nodes.shape[0] - 1, nodes.shape[1] - 1
    above = np.empty((rows + 1, cols))
    left = np.empty((rows, cols + 1))
    for r in range(rows + 1):
        for c in range(cols):
            above[r, c] = _drawn_share(nodes[r, c], nodes[r, c + 1], horizontal, trim)
    for r in range(rows):
        for c in range(cols + 1):
            left[r, c] = _drawn_share(nodes[r, c], nodes[r + 1, c], vertical, trim)
    return _Walls(above, left)


def _drawn_share(start: NDArray[np.float64], end: NDArray[np.float64], mask: Mask, trim: float) -> float:
    """Share of the straight way between two nodes that lies on the mask; `trim` of it is left out at either end."""
    count = max(2, int(np.abs(end - start).max()))
    t = np.linspace(trim, 1 - trim, count)[:, None]
    points = np.rint(start * (1 - t) + end * t).astype(int)
    height, width = mask.shape
    xs = np.clip(points[:, 0], 0, width - 1)
    ys = np.clip(points[:, 1], 0, height - 1)
    return float(mask[ys, xs].mean())


def _rectangles(walls: _Walls) -> NDArray[np.int64]:
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


def _is_broken(walls: _Walls) -> bool:
    """Whether rulings have come out in pieces: many edges are neither drawn nor free."""
    edges = np.concatenate([walls.above.ravel(), walls.left.ravel()])
    seen = edges[edges > FAINT_WALL_SHARE]
    return bool(seen.size) and float((seen < WHOLE_WALL_SHARE - 0.1).mean()) > BROKEN_SHARE


def _continued(walls: _Walls) -> _Walls:
    """Walls with half drawn ones taken for whole where the same border is drawn right beside: light and curl take pieces away."""
    above, left = walls.above.copy(), walls.left.copy()
    for border in (*above, *left.T):
        drawn = border >= WHOLE_WALL_SHARE - 0.1
        beside = np.zeros_like(drawn)
        beside[1:] |= drawn[:-1]
        beside[:-1] |= drawn[1:]
        border[beside & (border >= CONTINUED_SHARE)] = 1.0
    return _Walls(above, left)


def _mended(walls: _Walls, crossed: NDArray[np.bool_] | None = None) -> _Walls:
    """Walls with those put back that a broken ruling has lost.

    A row's border that is drawn on both sides of a stretch is drawn there too: no table of the form has a row border that stops
    and goes on. Column borders do, where a block's title spans all columns: there print runs across them, or, where that is
    not known, every one of them stops.
    """
    above, left = walls.above >= MEND_WALL_SHARE, walls.left >= MEND_WALL_SHARE
    for row in above:
        _fill_between(row)
        if (
            crossed is not None
        ):  # values stand at the right: from where it is seen a row's border goes on to the right side
            row[int(row.argmax()) :] = True
    bridged = left.copy()
    for column in bridged.T:
        _fill_between(column)
        if crossed is not None and not column.any():
            column[:] = True
    if crossed is not None:
        left |= bridged & ~crossed
    else:
        inner = bridged[:, 1:-1]
        drawn = (left[:, 1:-1] & inner).sum(axis=1)
        left |= bridged & (drawn >= MEND_SHARE * inner.sum(axis=1))[:, None]
    return _Walls(above.astype(np.float64), left.astype(np.float64))


def _fill_between(drawn: NDArray[np.bool_]) -> None:
    """Sets everything between the first and the last that is set, in place."""
    where = np.flatnonzero(drawn)
    if where.size:
        drawn[where[0] : where[-1] + 1] = True


def _merge(walls: _Walls, share: float) -> NDArray[np.int64]:
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
            for run in _runs(inside[r]):
                current[run] = previous.get(run, fresh)
                fresh += current[run] == fresh
                result[r, run[0] : run[1]] = current[run]
            previous = current
    return result


def _runs(row: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], row.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _to_cell(inside: NDArray[np.bool_], nodes: NDArray[np.float64], walls: _Walls) -> GridCell:
    rows, cols = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    r0, r1, c0, c1 = int(rows[0]), int(rows[-1]) + 1, int(cols[0]), int(cols[-1]) + 1
    corners = tuple(
        (float(x), float(y)) for x, y in (nodes[r0, c0], nodes[r0, c1], nodes[r1, c1], nodes[r1, c0])
    )
    border = np.concatenate(
        [walls.above[r0, c0:c1], walls.above[r1, c0:c1], walls.left[r0:r1, c0], walls.left[r0:r1, c1]]
    )
    quad = Quad((corners[0], corners[1], corners[2], corners[3]))
    return GridCell(r0, c0, r1 - r0, c1 - c0, quad, float(border.mean()))
