"""Pencil beside print: marks as high as a number's digits and much paler look like digits of it."""

from __future__ import annotations

import cv2
import numpy as np

from ..document.geometry import mm_to_px
from ..document.levels import percentile
from ..document.page import Gray
from .ink import Mask

HEIGHT = 0.5
"""Marks that may be taken for digits are at least so high, in heights of the highest one."""

PALER = 0.65
"""Print of one cell is at least so dark, as a share of its darkest mark: of 3,000 numbers on 38 scans in 25 conditions 9 hold a
paler mark; a pencilled question mark beside a 0 that was read as 07 has 0.49."""

CORE_PERCENTILE = 75
"""Of the contrast of a mark: its stroke without its soft edges."""

HIGHEST_MM = 6.0
"""Higher print is of several lines, and no number."""


def has_paler_part(ink: Mask, contrast: Gray, dpi: float) -> bool:
    """Whether a mark in a cell's line of print is much paler than another.

    Args:
        ink: (h, w) uint8, the cell's print.
        contrast: (h, w) uint8, how much darker than its paper each pixel is.
        dpi: pixels an inch.
    """
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    height = stats[1:, cv2.CC_STAT_HEIGHT]
    if height.size < 2 or cv2.boundingRect(ink)[3] > mm_to_px(HIGHEST_MM, dpi):  # most cells: one digit
        return False
    high = 1 + np.flatnonzero(height >= HEIGHT * height.max())
    levels = [percentile(contrast[labels == k], CORE_PERCENTILE) for k in high]
    return min(levels) < PALER * max(levels)
