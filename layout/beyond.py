"""Print that goes on beyond a table's side where no border is drawn: what the cell shows is a part of a number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from ..document.geometry import Quad, mm_to_px
from ..document.page import Gray
from ..document.table import Grid
from .crop import CellCrop, straighten
from .ink import Ink
from .split import APART_MM

BORDER_MM = 0.8
"""A border is drawn within this distance of the cell's side."""

DRAWN_SHARE = 0.5
"""So much of a column of pixels is inked where a border is drawn, at the least."""

CHARACTER_MM = (0.5, 5.0)
"""Heights of what may be a character beside the side."""


def doubt_cut_sides(ink: Ink, grid: Grid, cells: Sequence[CellCrop], dpi: float) -> tuple[CellCrop, ...]:
    """The cells, `cut` at the sides of the table where print stands on both sides of a border that is not drawn.

    Args:
        ink: of the page.
        grid: of the table, px of the page.
        cells: as many as `grid` has, in its order.
        dpi: pixels an inch.
    """
    found = list(cells)
    for k, (place, cell) in enumerate(zip(grid.cells, cells, strict=True)):
        outer = (place.col == 0, place.col + place.col_span == grid.cols)
        if any(outer) and cell.has_ink and not cell.cut and _goes_on(ink, place.quad, outer, dpi):
            found[k] = replace(cell, cut=True)
    return tuple(found)


def _goes_on(ink: Ink, quad: Quad, outer: tuple[bool, bool], dpi: float) -> bool:
    """Whether print stands close to the left or the right side, where that is `outer`, within and beyond."""
    reach = mm_to_px(APART_MM + BORDER_MM, dpi)
    return any(
        is_outer and _crosses(straighten(ink.contrast, _strip(quad, reach, left=left)), ink, dpi)
        for is_outer, left in zip(outer, (True, False), strict=True)
    )


def _strip(quad: Quad, reach: float, *, left: bool) -> Quad:
    """What lies within `reach` px of the quad's left or right side, upright, as high as the quad."""
    tl, tr, br, bl = (np.asarray(p) for p in quad.points)
    out_top, out_foot = (
        (b - a) * (reach / max(1.0, float(np.linalg.norm(b - a)))) for a, b in ((tl, tr), (bl, br))
    )
    at_top, at_foot = (tl, bl) if left else (tr, br)
    corners = (at_top - out_top, at_top + out_top, at_foot + out_foot, at_foot - out_foot)
    a, b, c, d = ((float(x), float(y)) for x, y in corners)
    return Quad((a, b, c, d))


def _crosses(contrast: Gray, ink: Ink, dpi: float) -> bool:
    """Whether characters stand on both sides of a strip's middle, nearer to each other than to be of two words."""
    middle, near = contrast.shape[1] / 2, mm_to_px(BORDER_MM, dpi)
    drawn = (contrast >= ink.faint).mean(axis=0)[round(middle - near) : round(middle + near) + 1]
    if drawn.max(initial=0.0) >= DRAWN_SHARE:
        return False
    _, _, stats, _ = cv2.connectedComponentsWithStats(
        (contrast >= ink.threshold).view(np.uint8), connectivity=8
    )
    low, high = (mm_to_px(mm, dpi) for mm in CHARACTER_MM)
    marks = [mark for mark in stats[1:] if low <= mark[cv2.CC_STAT_HEIGHT] <= high]
    inner = [(x + w, y, y + h) for x, y, w, h, _ in marks if x + w / 2 < middle]
    outer = [(x, y, y + h) for x, y, w, h, _ in marks if x + w / 2 >= middle]
    return any(
        start - stop < mm_to_px(APART_MM, dpi) and min(foot, low_foot) > max(top, low_top)
        for stop, top, foot in inner
        for start, low_top, low_foot in outer
    )
