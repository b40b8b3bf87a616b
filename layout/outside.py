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

WORD_GAP_MM = 4.0
"""Characters of a title in colour stand closer, and so do the ring, the star and the words of a seal."""

LINE_HEIGHT_MM, LINE_ASPECT = (2.5, 18.0), 5.0
"""How high a line of coloured print is, and how many times as long at the least: a seal is round, a tick is no longer than high."""

EDGE_MM = 0.3
"""Soft edges of a seal's strokes are paler, and reach this far."""

SEAL_MM = (20.0, 62.0)
"""Sides of a seal with its soft edges; what is smaller may be print, and what is larger a picture."""


def outside_tables(pixels: RGB, ink: Ink, grids: Sequence[Grid], dpi: float) -> tuple[RGB, BBox] | None:
    """The smallest picture that holds all print outside the grids, and its place on the page.

    Tables, seals in colour and what shines through from the sheet's other side are painted over. A title may be printed in colour.

    Args:
        pixels: (H, W, 3) uint8 RGB, upright.
        ink: of its black channel, with its `colour`.
        grids: in px of `pixels`.
        dpi: pixels an inch.

    Returns:
        (h, w, 3) uint8 and its box in px of `pixels`; None when there is no print outside the tables.
    """
    covered = _table_mask(pixels.shape[:2], grids, dpi)
    print_, hidden = ink.mask(), covered
    if ink.colour is not None:
        lines, seals = _coloured_parts(ink.colour, dpi)
        hidden = covered | (seals & (1 - print_))
        print_ |= lines
    mask = without_dots(print_ * (1 - covered))
    if float(mask.sum()) < MIN_PRINT_MM2 * mm_to_px(1, dpi) ** 2:
        return None
    x, y, w, h = cv2.boundingRect(mask)
    margin = round(mm_to_px(TEXT_MARGIN_MM, dpi))
    height, width = mask.shape
    x0, y0 = max(0, x - margin), max(0, y - margin)
    x1, y1 = min(width, x + w + margin), min(height, y + h + margin)
    part = pixels[y0:y1, x0:x1].copy()
    paper = np.median(pixels[::16, ::16].reshape(-1, 3), axis=0).astype(np.uint8)
    painted = (hidden[y0:y1, x0:x1] > 0) | (ink.contrast[y0:y1, x0:x1] < ink.shine)
    blank = np.repeat(np.tile(paper, (1, part.shape[1], 1)), part.shape[0], axis=0)
    cv2.copyTo(blank, painted.view(np.uint8), part)
    return part, BBox(x0, y0, x1, y1)


def _coloured_parts(colour: Mask, dpi: float) -> tuple[Mask, Mask]:
    """Of a page's coloured ink, (H, W) uint8, the lines of print, and the seals with their soft edges."""
    gap = max(3, round(mm_to_px(WORD_GAP_MM, dpi)))
    # Odd, or it would lose the marks' first row and last column.
    window = np.ones((gap // 3 | 1, gap | 1), np.uint8)
    joined = np.asarray(cv2.morphologyEx(colour, cv2.MORPH_CLOSE, window), np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    width, height = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    low, high = (mm_to_px(mm, dpi) for mm in LINE_HEIGHT_MM)
    small, large = (mm_to_px(mm, dpi) for mm in SEAL_MM)
    is_line = (low <= height) & (height <= high) & (width >= LINE_ASPECT * height)
    is_seal = (np.minimum(width, height) >= small) & (np.maximum(width, height) <= large)
    is_line[0] = is_seal[0] = False  # the paper
    lines = is_line[labels].astype(np.uint8) & colour
    seals = np.zeros_like(colour)
    for x, y, w, h, _ in stats[is_seal].tolist():  # its ring, and what stands within
        seals[y : y + h, x : x + w] = 1
    side = max(3, round(mm_to_px(EDGE_MM, dpi)) * 2 + 1)
    marks = cv2.dilate(seals & colour & (1 - lines), np.ones((side, side), np.uint8))
    return lines, np.asarray(marks, np.uint8)


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
