"""Tracks to cells: nodes where tracks cross, walls where a ruling is drawn between two nodes, cells where no wall parts them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ..document.geometry import Quad, mm_to_px
from ..document.table import Grid, GridCell
from .infer import HEADED_PARAMS, infer_regions
from .ink import Mask
from .pieces import print_beside
from .rulings import Rulings, RulingState
from .runs import runs
from .tracks import Region, Track, TrackParams, are_level, gather_regions, has_loose_rulings
from .walls import MEND_WALL_SHARE, VALUES_SHARE, WALL_SHARE, Walls, bridge_walls, fill_between, infer_walls

FAINT_WALL_SHARE = 0.15
"""Where cells would not merge to rectangles, so much of an edge is enough: part of its ruling has faded."""

WHOLE_WALL_SHARE = 0.9
"""A short track must be drawn so wholly on one edge at least."""

TRUSTED_LENGTH_MM = 11.0
"""Longer tracks than any stroke of a character."""

CONTINUED_SHARE = 0.25
"""So much of an edge is enough where the same border is drawn on the next edge."""

BROKEN_SHARE = 0.2
"""Share of the edges that are drawn in part only, from which a table\'s rulings count as broken; chosen by hand."""

MEND_SHARE = 0.3
"""Share of a row's column borders that must be drawn for the others to be put back; in a title's row none is."""

TEXT_LINE_MM, TEXT_LINE_SHARE = 0.7, 0.3
"""A line of text has print so close to its tops or feet on so much of its way; a row border has paper there."""

MIN_COLUMNS, MAX_ARC_EDGES = 6, 2
"""Of so many columns and more, a border beside no more than two cells is no row's: the least heading has five columns below."""

TABLE_WIDTH_MM = 60.0
"""A table of the form is wider; what is narrower may be strokes of characters."""

_TOLERANCE_MM = 0.4
"""How far beside a track its ruling may lie and still count as drawn."""


@dataclass(frozen=True, slots=True, eq=False)
class Detected:
    """The ruled tables of a page.

    Attributes:
        grids: from top to bottom, in the frame of the rulings' masks.
        pieces: (H, W) uint8, what is left of broken rulings, which no cell should take for print; None on a page with whole ones.
    """

    grids: tuple[Grid, ...]
    pieces: Mask | None


def detect_grids(rulings: Rulings, ink: Mask, *, state: RulingState | None = None) -> Detected:
    """The ruled tables of a page; none is an empty tuple of grids.

    Args:
        rulings: of the level page.
        ink: (H, W) uint8, its print.
        state: what to take the rulings for; None for what they look like.
    """
    regions = gather_regions(rulings)
    drawn = _widen(rulings)
    print_ = print_beside(ink, rulings.horizontal_mask, rulings.vertical_mask)
    whole = tuple(
        _without_arcs(
            _without_text_lines(_without_strokes(region, drawn, rulings.dpi), drawn, print_, rulings.dpi),
            drawn,
        )
        for region in regions
    )
    # Beside a table, what is narrower than one may be strokes of characters; alone it may be all that is left of one.
    widest = max(map(_width, whole), default=0.0)
    least = min(mm_to_px(TABLE_WIDTH_MM, rulings.dpi), widest)
    in_pieces = [
        _width(region) >= least and _is_broken(_measure_walls(region, _cross(region), drawn))
        for region in whole
    ]
    broken = any(in_pieces) or has_loose_rulings(rulings, regions)
    sound: Sequence[Region] = () if broken else whole
    pieces: Mask | None = None
    chosen = state or (RulingState.IN_PIECES if broken else RulingState.WHOLE)
    if chosen is not RulingState.WHOLE and are_level(rulings):
        params = HEADED_PARAMS if chosen is RulingState.LOST_BUT_HEADED else None
        inferred, pieces = infer_regions(rulings, ink, params, lost=chosen.is_lost)
        sound = (
            [r for r, is_broken in zip(whole, in_pieces, strict=True) if not is_broken]
            if state is None
            else ()
        )
        sound = _apart_from(inferred, sound, rulings.dpi)
        whole = _beside(inferred, sound) or whole
    tables = (region for region in whole if len(region.horizontal) >= 2 and len(region.vertical) >= 2)
    beside = ink if pieces is None else cv2.subtract(ink, cv2.dilate(pieces, np.ones((3, 3), np.uint8)))
    known = {id(region) for region in sound}
    grids = (
        replace(
            _build_grid(region, drawn, beside.astype(np.uint8), rulings.dpi),
            sound=id(region) in known,
        )
        for region in tables
    )
    # A single cell is a frame: a border around text, or the edge of the sheet on a photograph.
    return Detected(tuple(grid for grid in grids if len(grid.cells) > 1), pieces)


def _apart_from(inferred: Sequence[Region], whole: Sequence[Region], dpi: float) -> list[Region]:
    """Those regions with whole rulings that are no part of a table in pieces: nothing inferred goes beyond them."""
    slack = mm_to_px(TrackParams().same_track_mm, dpi)

    def stands_alone(region: Region) -> bool:
        top, bottom = _extent(region)
        met = [(a, b) for a, b in map(_extent, inferred) if a < bottom and top < b]
        return all(top - slack <= a and b <= bottom + slack for a, b in met)

    return [r for r in whole if _width(r) >= mm_to_px(TABLE_WIDTH_MM, dpi) and stands_alone(r)]


def _beside(inferred: Sequence[Region], sound: Sequence[Region]) -> tuple[Region, ...]:
    """The sound regions and those inferred ones that stand elsewhere, from top to bottom."""
    taken = [_extent(region) for region in sound]
    others = [
        region
        for region in inferred
        if not any(top < _extent(region)[1] and _extent(region)[0] < bottom for top, bottom in taken)
    ]
    return tuple(sorted((*sound, *others), key=_extent))


def _extent(region: Region) -> tuple[float, float]:
    """Top and bottom, px."""
    return float(region.horizontal[0].across.mean()), float(region.horizontal[-1].across.mean())


def _width(region: Region) -> float:
    return float(region.vertical[-1].across.mean() - region.vertical[0].across.mean())


def _build_grid(region: Region, drawn: _Drawn, ink: Mask, dpi: float) -> Grid:
    """The mesh and the cells of one table; `ink` is (H, W) uint8, the page's print."""
    nodes = _cross(region)
    walls = _measure_walls(region, nodes, drawn)
    if region.inferred:
        solid = infer_walls(nodes, walls, ink, dpi)
    else:
        solid = _mended(walls) if _is_broken(walls) else bridge_walls(nodes, _continued(walls), ink, dpi)
    labels = _rectangles(solid)
    cells = [_to_cell(labels == i, nodes, walls) for i in range(int(labels.max()) + 1)]
    return Grid(nodes, tuple(sorted(cells, key=lambda c: (c.row, c.col))))


def _without_strokes(region: Region, drawn: _Drawn, dpi: float) -> Region:
    """The region without short tracks that nowhere go the whole way from one crossing track to the next.

    Where rows are set tight, a character's stroke nearly fills its row; a ruling fills it wholly.
    """
    trusted = mm_to_px(TRUSTED_LENGTH_MM, dpi)
    while True:
        nodes = _cross(region)
        walls = _measure_walls(region, nodes, drawn, whole=True)
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


def _without_text_lines(region: Region, drawn: _Drawn, print_: Mask, dpi: float) -> Region:
    """The region without row borders that are drawn among its labels only, along a line of text.

    At a low resolution the tops of a label's characters run together; a row's border goes on to the right side.
    """
    nodes = _cross(region)
    walls = _measure_walls(region, nodes, drawn)
    left, right = nodes[..., 0].min(), nodes[..., 0].max()
    kept = []
    for i, track in enumerate(region.horizontal):
        where = np.flatnonzero(walls.above[i] >= WALL_SHARE)
        inner = 0 < i < len(region.horizontal) - 1 and where.size > 0
        ends = nodes[i, [where[0], where[-1] + 1], 0] if inner else (left, right)
        beside_labels = ends[1] <= left + VALUES_SHARE * (right - left)
        if not (beside_labels and _along_text(track, float(ends[0]), float(ends[1]), print_, dpi)):
            kept.append(track)
    return Region(tuple(kept), region.vertical, region.inferred)


def _without_arcs(region: Region, drawn: _Drawn) -> Region:
    """The region without row borders that are drawn beside a few of its many cells only: arcs of a seal, strokes of a pen."""
    if len(region.vertical) <= MIN_COLUMNS:
        return region
    edges = (_measure_walls(region, _cross(region), drawn).above >= WALL_SHARE).sum(axis=1)
    last = len(region.horizontal) - 1
    kept = [h for i, h in enumerate(region.horizontal) if i in (0, last) or edges[i] > MAX_ARC_EDGES]
    return Region(tuple(kept), region.vertical, region.inferred)


def _along_text(track: Track, start: float, stop: float, print_: Mask, dpi: float) -> bool:
    """Whether print stands right above or right below a track on much of its way."""
    near = max(2, round(mm_to_px(TEXT_LINE_MM, dpi)))
    xs = np.arange(round(start), max(round(start) + 1, round(stop))).clip(0, print_.shape[1] - 1)
    ys = np.rint(np.interp(xs, track.along, track.across)).astype(np.int64)
    sides = (range(-near, 0), range(1, near + 1))
    beside = [
        np.any([print_[(ys + dy).clip(0, len(print_) - 1), xs] for dy in side], axis=0).mean()
        for side in sides
    ]
    return bool(max(beside) >= TEXT_LINE_SHARE)


def _cross(region: Region) -> NDArray[np.float64]:
    """(rows + 1, cols + 1, 2): where each horizontal track meets each vertical one."""
    xs = np.tile([v.across.mean() for v in region.vertical], (len(region.horizontal), 1))
    ys = np.zeros_like(xs)
    for _ in range(3):  # both are nearly straight: converges to below a px at once
        for h, x, y in zip(region.horizontal, xs, ys, strict=True):
            y[:] = np.interp(x, h.along, h.across)
        for v, x, y in zip(region.vertical, xs.T, ys.T, strict=True):
            x[:] = np.interp(y, v.along, v.across)
    return np.stack([xs, ys], axis=2)


@dataclass(frozen=True, slots=True, eq=False)
class _Drawn:
    """Where a border may lie and count as drawn: (H, W) uint8 each, 1 on rulings and as far beside them as the tolerance."""

    horizontal: Mask
    vertical: Mask
    any: Mask


def _widen(rulings: Rulings) -> _Drawn:
    side = 2 * max(1, round(mm_to_px(_TOLERANCE_MM, rulings.dpi))) + 1
    horizontal = np.asarray(cv2.dilate(rulings.horizontal_mask, np.ones((side, 1), np.uint8)), np.uint8)
    vertical = np.asarray(cv2.dilate(rulings.vertical_mask, np.ones((1, side), np.uint8)), np.uint8)
    return _Drawn(horizontal, vertical, horizontal | vertical)


def _measure_walls(
    region: Region, nodes: NDArray[np.float64], drawn: _Drawn, *, whole: bool = False
) -> Walls:
    """Drawn shares of all edges: of their middle four fifths, or, `whole`, from node to node with the crossing rulings."""
    trim = 0.0 if whole else 0.1
    horizontal, vertical = (drawn.any, drawn.any) if whole else (drawn.horizontal, drawn.vertical)
    # Masks and nodes of rows are turned so that every track runs along the first axis.
    above = _drawn_shares(region.horizontal, nodes[..., 0], horizontal.T, trim)
    left = _drawn_shares(region.vertical, nodes[..., 1].T, vertical, trim).T
    return Walls(above, left)


def _drawn_shares(
    tracks: Sequence[Track], nodes: NDArray[np.float64], mask: Mask, trim: float
) -> NDArray[np.float64]:
    """(n, m): share of the way from each of a track's (n, m + 1) nodes to the next that lies on the mask.

    The way follows the track, whose pieces may lie a little beside one another. `trim` of it is left out at either end.
    """
    longest = float(np.abs(np.diff(nodes, axis=1)).max(initial=2.0))
    t = np.linspace(trim, 1 - trim, max(2, round(longest)))[:, None]
    shares = np.empty((nodes.shape[0], nodes.shape[1] - 1))
    for i, track in enumerate(tracks):
        along = nodes[i, :-1] * (1 - t) + nodes[i, 1:] * t
        across = np.interp(along, track.along, track.across)
        ys = np.clip(np.rint(along).astype(np.int32), 0, mask.shape[0] - 1)
        xs = np.clip(np.rint(across).astype(np.int32), 0, mask.shape[1] - 1)
        shares[i] = mask[ys, xs].mean(axis=0)
    return shares


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


def _is_broken(walls: Walls) -> bool:
    """Whether rulings have come out in pieces: many edges are neither drawn nor free."""
    edges = np.concatenate([walls.above.ravel(), walls.left.ravel()])
    seen = edges[edges > FAINT_WALL_SHARE]
    return bool(seen.size) and float((seen < WHOLE_WALL_SHARE - 0.1).mean()) > BROKEN_SHARE


def _continued(walls: Walls) -> Walls:
    """Walls with half drawn ones taken for whole where the same border is drawn right beside: light and curl take pieces away."""
    above, left = walls.above.copy(), walls.left.copy()
    for border in (*above, *left.T):
        drawn = border >= WHOLE_WALL_SHARE - 0.1
        beside = np.zeros_like(drawn)
        beside[1:] |= drawn[:-1]
        beside[:-1] |= drawn[1:]
        border[beside & (border >= CONTINUED_SHARE)] = 1.0
    return Walls(above, left)


def _mended(walls: Walls) -> Walls:
    """Walls with those put back that a broken ruling has lost.

    A row's border that is drawn on both sides of a stretch is drawn there too: no table of the form has a row border that stops
    and goes on. Column borders do where a block's title spans all columns: there every one of them stops.
    """
    above, left = walls.above >= MEND_WALL_SHARE, walls.left >= MEND_WALL_SHARE
    for row in above:
        fill_between(row)
    bridged = left.copy()
    for column in bridged.T:
        fill_between(column)
    inner = bridged[:, 1:-1]
    drawn = (left[:, 1:-1] & inner).sum(axis=1)
    left |= bridged & (drawn >= MEND_SHARE * inner.sum(axis=1))[:, None]
    return Walls(above.astype(np.float64), left.astype(np.float64))


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


def _to_cell(inside: NDArray[np.bool_], nodes: NDArray[np.float64], walls: Walls) -> GridCell:
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
