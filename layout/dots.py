"""Rulings that a fax has thinned to rows of dots, drawn through again."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ..document.geometry import mm_to_px
from .ink import Mask
from .marks import find_marks


@dataclass(frozen=True, slots=True)
class DotParams:
    """Lengths in millimetres.

    Attributes:
        thin_mm: pieces of a thinned hairline are no thicker.
        across_mm, down_mm: and no longer across the page and down it, where digits 1 may stand below one another.
        apart_mm: and stand no further apart.
        length_mm: a row of them is at least so long; dust seldom stands in such a row.
        min_dots: a page with fewer has no such rulings.
        most_cm2: on a page with more grains to the square centimetre they stand in such rows by chance. Rulings of fine dots make
            up to 11 of them; noise had 32 and more on two pages where it became tables.
    """

    thin_mm: float = 0.6
    across_mm: float = 6.0
    down_mm: float = 2.0
    apart_mm: float = 3.0
    length_mm: float = 12.0
    min_dots: int = 200
    most_cm2: float = 25.0


def draw_through(ink: Mask, dpi: float, params: DotParams | None = None) -> Mask:
    """(H, W) uint8: lines through the level and upright rows of dots of a (H, W) uint8 page's ink."""
    params = params or DotParams()
    marks = find_marks(ink)
    width, height = marks.boxes[:, 2], marks.boxes[:, 3]
    thin, across, down = (mm_to_px(mm, dpi) for mm in (params.thin_mm, params.across_mm, params.down_mm))
    grains = np.count_nonzero((width <= thin) & (height <= thin))
    if grains > params.most_cm2 * ink.size / mm_to_px(10.0, dpi) ** 2:
        return np.zeros_like(ink)
    level, upright = (height <= thin) & (width <= across), (width <= thin) & (height <= down)
    if min(level.sum(), upright.sum()) < params.min_dots:
        return np.zeros_like(ink)
    rows = _rows_of(marks.only(level), dpi, params)
    columns = _rows_of(marks.only(upright).T, dpi, params).T
    return np.maximum(rows, columns)


def _rows_of(dots: Mask, dpi: float, params: DotParams) -> Mask:
    """(H, W) uint8: low lines through rows of dots."""
    apart, length = (max(3, round(mm_to_px(mm, dpi))) for mm in (params.apart_mm, params.length_mm))
    # A row may climb by a px or two.
    thick = cv2.dilate(np.ascontiguousarray(dots), np.ones((3, 1), np.uint8))
    joined = cv2.morphologyEx(thick, cv2.MORPH_CLOSE, np.ones((1, apart), np.uint8))
    lines = cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    return np.asarray(cv2.erode(lines, np.ones((2, 1), np.uint8)), dtype=np.uint8)
