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
        dense_cm2: on a page with more grains to the square centimetre they stand in such rows by chance too.
        held, covered: there the rows are rulings where they hold so much of the grains, and cover no more of the page. Of three
            finely dotted tables they held 0.98 and more and covered 0.02 to 0.03; of three pages of noise, 32 and more grains, they
            held 0.16 and 0.23, or covered 0.97.
    """

    thin_mm: float = 0.6
    across_mm: float = 6.0
    down_mm: float = 2.0
    apart_mm: float = 3.0
    length_mm: float = 12.0
    min_dots: int = 200
    dense_cm2: float = 15.0
    held: float = 0.5
    covered: float = 0.15


def draw_through(ink: Mask, dpi: float, params: DotParams | None = None) -> Mask:
    """(H, W) uint8: lines through the level and upright rows of dots of a (H, W) uint8 page's ink."""
    params = params or DotParams()
    marks = find_marks(ink)
    width, height = marks.boxes[:, 2], marks.boxes[:, 3]
    thin, across, down = (mm_to_px(mm, dpi) for mm in (params.thin_mm, params.across_mm, params.down_mm))
    level, upright = (height <= thin) & (width <= across), (width <= thin) & (height <= down)
    if min(level.sum(), upright.sum()) < params.min_dots:
        return np.zeros_like(ink)
    rows = _rows_of(marks.only(level), dpi, params)
    columns = _rows_of(marks.only(upright).T, dpi, params).T
    lines = np.maximum(rows, columns)
    grains = marks.boxes[(width <= thin) & (height <= thin)]
    if len(grains) <= params.dense_cm2 * ink.size / mm_to_px(10.0, dpi) ** 2:
        return lines
    x, y = (grains[:, :2] + grains[:, 2:] // 2).T
    are_rulings = lines[y, x].mean() >= params.held and lines.mean() <= params.covered
    return lines if are_rulings else np.zeros_like(ink)


def _rows_of(dots: Mask, dpi: float, params: DotParams) -> Mask:
    """(H, W) uint8: low lines through rows of dots."""
    apart, length = (max(3, round(mm_to_px(mm, dpi))) for mm in (params.apart_mm, params.length_mm))
    # A row may climb by a px or two.
    thick = cv2.dilate(np.ascontiguousarray(dots), np.ones((3, 1), np.uint8))
    joined = cv2.morphologyEx(thick, cv2.MORPH_CLOSE, np.ones((1, apart), np.uint8))
    lines = cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    return np.asarray(cv2.erode(lines, np.ones((2, 1), np.uint8)), dtype=np.uint8)
