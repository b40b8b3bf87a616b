"""The part of a page outside its tables, where running text stands."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ..document.geometry import BBox, mm_to_px
from ..document.page import RGB
from ..document.table import Grid
from .ink import Ink, Mask

TABLE_MARGIN_MM = 0.8
"""Rulings reach this far beyond a table's outermost nodes."""

TEXT_MARGIN_MM = 4.0
"""Paper kept around the text, since a detector loses lines at the very edge."""

MIN_PRINT_MM2 = 1.0
"""Less ink than this, in square millimetres, is dust and not text."""


def outside_tables(pixels: RGB, ink: Ink, grids: Sequence[Grid], dpi: float) -> tuple[RGB, BBox] | None:
    """The smallest picture that holds all print outside the grids, and its place on the page.

    Tables and what shines through from the sheet's other side are painted over.

    Args:
        pixels: (H, W, 3) uint8 RGB, upright.
        ink: of its black channel.
        grids: in px of `pixels`.
        dpi: pixels an inch.

    Returns:
        (h, w, 3) uint8 and its box in px of `pixels`; None when there is no print outside the tables.
    """
    covered = _table_mask(pixels.shape[:2], grids, dpi)
    mask = without_dots(ink.mask() * (1 - covered))
    if float(mask.sum()) < MIN_PRINT_MM2 * mm_to_px(1, dpi) ** 2:
        return None
    x, y, w, h = cv2.boundingRect(mask)
    margin = round(mm_to_px(TEXT_MARGIN_MM, dpi))
    height, width = mask.shape
    x0, y0 = max(0, x - margin), max(0, y - margin)
    x1, y1 = min(width, x + w + margin), min(height, y + h + margin)
    part = pixels[y0:y1, x0:x1].copy()
    paper = np.median(pixels[::16, ::16].reshape(-1, 3), axis=0).astype(np.uint8)
    painted = (covered[y0:y1, x0:x1] > 0) | (ink.contrast[y0:y1, x0:x1] < ink.shine)
    blank = np.repeat(np.tile(paper, (1, part.shape[1], 1)), part.shape[0], axis=0)
    cv2.copyTo(blank, painted.view(np.uint8), part)
    return part, BBox(x0, y0, x1, y1)


def without_dots(mask: Mask) -> Mask:
    """The (H, W) uint8 mask without lone pixels; strokes stay that are one px thick, as at 120 dpi."""
    upright, flat = (
        cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones(shape, np.uint8)) for shape in ((2, 1), (1, 2))
    )
    return np.asarray(cv2.bitwise_or(upright, flat), dtype=np.uint8)


def _table_mask(
    shape: tuple[int, ...], grids: Sequence[Grid], dpi: float
) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    mask = np.zeros((shape[0], shape[1]), np.uint8)
    for grid in grids:
        nodes = grid.nodes
        outline = np.concatenate([nodes[0], nodes[1:, -1], nodes[-1, -2::-1], nodes[-2:0:-1, 0]])
        cv2.fillPoly(mask, [np.rint(outline).astype(np.int32)], 1)
    side = 2 * round(mm_to_px(TABLE_MARGIN_MM, dpi)) + 1
    return np.asarray(cv2.dilate(mask, np.ones((side, side), np.uint8)), dtype=np.uint8)
