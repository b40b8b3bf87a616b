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
from .mesh import Drawn, Mesh, corners, to_mesh, widen
from .pieces import print_beside
from .rectangles import merge_cells
from .rulings import Rulings, RulingState
from .tracks import Region, TrackParams, are_level, gather_regions, has_loose_rulings
from .walls import bridge_walls, continued, infer_walls, is_broken, mended

HIGH_ROW_MM = 25.0
"""The rows of the form's labels are lower: a label takes three lines or four."""

ROW_SHARE = 0.6
"""So much of the borders of a lone row is drawn at the least, the tops and feet of a title's characters run together for less."""

TABLE_WIDTH_MM = 60.0
"""A table of the form is wider; what is narrower may be strokes of characters."""


@dataclass(frozen=True, slots=True, eq=False)
class Detected:
    """The ruled tables of a page.

    Attributes:
        grids: in reading order, in the frame of the rulings' masks.
        pieces: (H, W) uint8, what is left of broken rulings, which no cell should take for print; None on a page with whole ones.
    """

    grids: tuple[Grid, ...]
    pieces: Mask | None


def detect_grids(rulings: Rulings, ink: Mask, *, state: RulingState | None = None) -> Detected:
    """The ruled tables of a page in reading order; none is an empty tuple of grids.

    Args:
        rulings: of the level page.
        ink: (H, W) uint8, its print.
        state: what to take the rulings for; None for what they look like.
    """
    state = None if state is RulingState.PALE else state
    drawn = widen(rulings)
    gathered = gather_regions(rulings)
    meshes = _with_own_borders(gathered, drawn, rulings, ink)
    broken = any(not mesh.region.sound for mesh in meshes) or has_loose_rulings(rulings, gathered)
    chosen = state or (RulingState.IN_PIECES if broken else RulingState.WHOLE)
    pieces: Mask | None = None
    if chosen is RulingState.WHOLE or not are_level(rulings):
        meshes = [_marked(mesh, sound=not broken) for mesh in meshes]
    else:
        params = HEADED_PARAMS if chosen is RulingState.LOST_BUT_HEADED else None
        inferred, pieces = infer_regions(rulings, ink, params, lost=chosen.is_lost)
        trusted = _apart_from(inferred, meshes, rulings.dpi) if state is None else []
        meshes = _beside(inferred, trusted, drawn) or [_marked(mesh, sound=False) for mesh in meshes]
        ink = cv2.subtract(ink, cv2.dilate(pieces, np.ones((3, 3), np.uint8))).astype(np.uint8)
    if state is None:  # a row that has lost its borders is looked for where cells of the form are missing
        meshes = [mesh for mesh in meshes if not _is_text_line(mesh)]
    grids = [_build_grid(mesh, ink, rulings.dpi) for mesh in meshes if _has_cells(mesh.region)]
    tables = [grid for grid in grids if not _is_frame(grid, rulings.dpi)]
    return Detected(_in_reading_order(tables, *ink.shape), pieces)


def _in_reading_order(grids: Sequence[Grid], height: int, width: int) -> tuple[Grid, ...]:
    """From top to bottom; of two pages on one picture, that is broader than high, the left one's first."""
    middle = width / 2
    is_spread = width > height and not any(g.bbox.x0 < middle < g.bbox.x1 for g in grids)
    return tuple(sorted(grids, key=lambda g: is_spread and g.bbox.x0 > middle))  # a stable sort


def _has_cells(region: Region) -> bool:
    """Whether anything is left between its tracks: a seal's arcs and lines of text may have been all there was."""
    return len(region.horizontal) >= 2 and len(region.vertical) >= 2


def _is_text_line(mesh: Mesh) -> bool:
    """Whether a table of one row is put together from strokes of large characters: its borders are drawn in part only."""
    lone = mesh.region.inferred and len(mesh.region.horizontal) == 2
    return lone and float(mesh.walls.above.mean()) < ROW_SHARE


def _marked(mesh: Mesh, *, sound: bool) -> Mesh:
    return replace(mesh, region=replace(mesh.region, sound=sound))


def _is_frame(grid: Grid, dpi: float) -> bool:
    """Whether a grid is no table: a border around text, with a line below its heading, or the edge of a photograph's sheet."""
    highest = float(np.diff(grid.nodes[..., 1], axis=0).max())
    return len(grid.cells) == 1 or (grid.cols == 1 and highest >= mm_to_px(HIGH_ROW_MM, dpi))


def _with_own_borders(regions: Sequence[Region], drawn: Drawn, rulings: Rulings, ink: Mask) -> list[Mesh]:
    """The tables without tracks that are no borders; `sound` tells whose rulings are whole."""
    dpi = rulings.dpi
    print_ = print_beside(ink, rulings.horizontal_mask, rulings.vertical_mask)
    own = []
    for region in regions:
        mesh = to_mesh(without_strokes(region, drawn, dpi), drawn)
        mesh = without_arcs(without_text_lines(mesh, drawn, print_, dpi), drawn)
        mesh = without_footer(mesh, drawn, print_, dpi)
        if _has_cells(mesh.region):
            own.append(mesh)
    # Beside a table, what is narrower than one may be strokes of characters; alone it may be all that is left of one.
    least = min(mm_to_px(TABLE_WIDTH_MM, dpi), max((_width(m.region) for m in own), default=0.0))
    return [_marked(m, sound=_width(m.region) < least or not is_broken(m.walls)) for m in own]


def _apart_from(inferred: Sequence[Region], meshes: Sequence[Mesh], dpi: float) -> list[Mesh]:
    """The sound tables that are no part of one in pieces: nothing inferred goes beyond them."""
    slack = mm_to_px(TrackParams().same_track_mm, dpi)

    def stands_alone(region: Region) -> bool:
        top, bottom = _extent(region)
        met = [(a, b) for a, b in map(_extent, inferred) if a < bottom and top < b]
        return all(top - slack <= a and b <= bottom + slack for a, b in met)

    wide = mm_to_px(TABLE_WIDTH_MM, dpi)
    return [m for m in meshes if m.region.sound and _width(m.region) >= wide and stands_alone(m.region)]


def _beside(inferred: Sequence[Region], sound: Sequence[Mesh], drawn: Drawn) -> list[Mesh]:
    """The sound tables and those inferred ones that stand elsewhere, from top to bottom."""
    taken = [_extent(mesh.region) for mesh in sound]
    others = [
        to_mesh(region, drawn)
        for region in inferred
        if not any(top < _extent(region)[1] and _extent(region)[0] < bottom for top, bottom in taken)
    ]
    return sorted((*sound, *others), key=lambda mesh: _extent(mesh.region))


def _extent(region: Region) -> tuple[float, float]:
    """Top and bottom, px."""
    return float(region.horizontal[0].across.mean()), float(region.horizontal[-1].across.mean())


def _width(region: Region) -> float:
    return float(region.vertical[-1].across.mean() - region.vertical[0].across.mean())


def _build_grid(mesh: Mesh, ink: Mask, dpi: float) -> Grid:
    """The mesh and the cells of one table; `ink` is (H, W) uint8, the page's print."""
    region, nodes, walls = mesh.region, mesh.nodes, mesh.walls
    if region.inferred:
        solid = infer_walls(nodes, walls, ink, dpi)
    else:
        solid = mended(walls) if is_broken(walls) else bridge_walls(nodes, continued(walls), ink, dpi)
    return Grid(nodes, merge_cells(corners(region, nodes, dpi), solid, walls), region.sound)
