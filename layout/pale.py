"""Print told from the broad lighter marks of a seal that was copied or scanned in grey."""

from __future__ import annotations

import cv2
import numpy as np

from ..document.geometry import mm_to_px
from ..document.levels import percentile
from ..document.page import Gray
from .ink import Mask

PALE_SHARE = 0.55
"""A seal's marks are no darker than this share of the print beside them; the soft edges of print are no broader than an edge."""

DARK_SHARE = 0.72
"""Print crossed by a seal is darker than this share of it."""

PALE_MM, PALE_PX = 0.45, 4
"""A seal's strokes are broader; those of digits that are light because they are thin or blurred are not."""

PALE_MM2 = 1.0
"""Less of such broad strokes, in square millimetres, is a blot."""

CORE_PERCENTILE = 98
"""Of the contrast of a cell's ink: that of its print, though a seal may take up most of the cell."""

EDGE_MM = 0.2
"""Soft edges of strokes reach this far."""

MIN_DARK_MM2 = 0.3
"""A cell's print takes up this area at the least, in square millimetres: a full stop beside a worn number is no print to go by."""


def without_pale_marks(ink: Mask, contrast: Gray, dpi: float) -> Mask:
    """The ink, (h, w) uint8, without broad marks much lighter than the rest of it, and all of it where there are none.

    Args:
        ink: (h, w) uint8, of one cell.
        contrast: (h, w) uint8, how much darker than its paper each pixel is.
        dpi: pixels an inch.
    """
    core = percentile(contrast[ink > 0], CORE_PERCENTILE)
    pale = (ink & (contrast < PALE_SHARE * core)).astype(np.uint8)
    if int(np.count_nonzero(pale)) < PALE_MM2 * mm_to_px(1.0, dpi) ** 2:  # most cells
        return ink
    side = max(PALE_PX, round(mm_to_px(PALE_MM, dpi)))
    broad = cv2.morphologyEx(pale, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    if int(broad.sum()) < PALE_MM2 * mm_to_px(1.0, dpi) ** 2:
        return ink
    dark = (ink & (contrast >= _split(contrast[ink > 0], core))).astype(np.uint8)
    if int(dark.sum()) < MIN_DARK_MM2 * mm_to_px(1.0, dpi) ** 2:
        return ink
    reach = 2 * max(1, round(mm_to_px(EDGE_MM, dpi))) + 1
    return np.asarray(cv2.bitwise_and(ink, cv2.dilate(dark, np.ones((reach, reach), np.uint8))), np.uint8)


def _split(values: Gray, core: float) -> float:
    """The contrast between the marks of a seal, whose ink is not even, and print: where the two part best.

    Otsu, 1979, "A Threshold Selection Method from Gray-Level Histograms".
    """
    otsu, _ = cv2.threshold(values.reshape(-1, 1), 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return float(np.clip(otsu + 1, PALE_SHARE * core, DARK_SHARE * core))
