"""A page's rulings to its tables: as they are drawn where they are whole, inferred where they are in pieces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from ..document.geometry import mm_to_px
from ..document.table import Grid
from .borders import without_arcs, without_footer, without_strokes, without_text_lines
from .infer import HEADED_PARAMS, infer_regions
from .ink import Mask
from .mesh import Drawn, corners, cross, measure_walls, widen
from .pieces import print_beside
from .rectangles import merge_cells
from .rulings import Rulings, RulingState
from .tracks import Region, TrackParams, are_level, gather_regions, has_loose_rulings
from .walls import bridge_walls, continued, infer_walls, is_broken, mended

HIGH_ROW_MM = 25.0
"""The rows of the form's labels are lower: a label takes three lines or four."""

TABLE_WIDTH_MM = 60.0
"""A table of the form is wider; what is narrower may be strokes of characters."""


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
    state = None if state is RulingState.PALE else state
    drawn = widen(rulings)
    gathered = gather_regions(rulings)
    regions = _with_own_borders(gathered, drawn, rulings, ink)
    broken = any(not region.sound for region in regions) or has_loose_rulings(rulings, gathered)
    chosen = state or (RulingState.IN_PIECES if broken else RulingState.WHOLE)
    pieces: Mask | None = None
    if chosen is RulingState.WHOLE or not are_level(rulings):
        regions = tuple(replace(region, sound=not broken) for region in regions)
    else:
        params = HEADED_PARAMS if chosen is RulingState.LOST_BUT_HEADED else None
        inferred, pieces = infer_regions(rulings, ink, params, lost=chosen.is_lost)
        trusted = _apart_from(inferred, regions, rulings.dpi) if state is None else []
        regions = _beside(inferred, trusted) or tuple(replace(region, sound=False) for region in regions)
        ink = cv2.subtract(ink, cv2.dilate(pieces, np.ones((3, 3), np.uint8))).astype(np.uint8)
    tables = (region for region in regions if len(region.horizontal) >= 2 and len(region.vertical) >= 2)
    grids = (_build_grid(region, drawn, ink, rulings.dpi) for region in tables)
    return Detected(tuple(grid for grid in grids if not _is_frame(grid, rulings.dpi)), pieces)


def _is_frame(grid: Grid, dpi: float) -> bool:
    """Whether a grid is no table: a border around text, with a line below its heading, or the edge of a photograph's sheet."""
    highest = float(np.diff(grid.nodes[..., 1], axis=0).max())
    return len(grid.cells) == 1 or (grid.cols == 1 and highest >= mm_to_px(HIGH_ROW_MM, dpi))


def _with_own_borders(
    regions: Sequence[Region], drawn: Drawn, rulings: Rulings, ink: Mask
) -> tuple[Region, ...]:
    """The regions without tracks that are no borders; `sound` tells whose rulings are whole."""
    dpi = rulings.dpi
    print_ = print_beside(ink, rulings.horizontal_mask, rulings.vertical_mask)
    own = []
    for region in regions:
        kept = without_text_lines(without_strokes(region, drawn, dpi), drawn, print_, dpi)
        own.append(without_footer(without_arcs(kept, drawn), print_, dpi))
    # Beside a table, what is narrower than one may be strokes of characters; alone it may be all that is left of one.
    least = min(mm_to_px(TABLE_WIDTH_MM, dpi), max(map(_width, own), default=0.0))
    return tuple(
        replace(r, sound=_width(r) < least or not is_broken(measure_walls(r, cross(r), drawn))) for r in own
    )


def _apart_from(inferred: Sequence[Region], regions: Sequence[Region], dpi: float) -> list[Region]:
    """The sound regions that are no part of a table in pieces: nothing inferred goes beyond them."""
    slack = mm_to_px(TrackParams().same_track_mm, dpi)

    def stands_alone(region: Region) -> bool:
        top, bottom = _extent(region)
        met = [(a, b) for a, b in map(_extent, inferred) if a < bottom and top < b]
        return all(top - slack <= a and b <= bottom + slack for a, b in met)

    wide = mm_to_px(TABLE_WIDTH_MM, dpi)
    return [r for r in regions if r.sound and _width(r) >= wide and stands_alone(r)]


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


def _build_grid(region: Region, drawn: Drawn, ink: Mask, dpi: float) -> Grid:
    """The mesh and the cells of one table; `ink` is (H, W) uint8, the page's print."""
    nodes = cross(region)
    walls = measure_walls(region, nodes, drawn)
    if region.inferred:
        solid = infer_walls(nodes, walls, ink, dpi)
    else:
        solid = mended(walls) if is_broken(walls) else bridge_walls(nodes, continued(walls), ink, dpi)
    return Grid(nodes, merge_cells(corners(region, nodes, dpi), solid, walls), region.sound)
