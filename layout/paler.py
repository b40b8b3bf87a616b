"""Pencil beside print: marks as high as a number's digits and much paler look like digits of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..document.geometry import mm_to_px
from ..document.page import Gray
from .components import find_components
from .ink import Mask
from .parts import SIGN_HEIGHT_MM
from .specks import MIN_MARK_MM

HEIGHT = 0.5
"""What may be taken for a digit is at least so high, in heights of the highest mark."""

AREA = 0.12
"""It has so much ink, as a share of the mark with most; specks have less."""

PALER = 0.65
"""Print of one cell is at least so dark, as a share of its darkest mark: of 3,520 numbers on 41 scans in 25 conditions 16 hold
paler marks of that size; in a scan with pencil 11 of 69 do, two of which had been read as 07 and 177."""

CORE_PERCENTILE = 90
"""Of the contrast of a mark: its stroke without its soft edges."""

DIGIT_MM = 1.2
"""Digits are higher, commas and full stops lower."""

HIGHEST_MM = 6.0
"""Higher print is of several lines, and no number."""


def without_paler_marks(ink: Mask, contrast: Gray, dpi: float) -> Mask:
    """The ink of a cell that a seal touches, (h, w) uint8, without the marks much paler than its darkest: what is left of the seal.

    Stops, commas and signs stay, which are paler for being small or thin: small and flat marks in the lines of what is kept.

    Args:
        ink: (h, w) uint8, the cell's print.
        contrast: (h, w) uint8, how much darker than its paper each pixel is.
        dpi: pixels an inch.
    """
    found = find_components(ink)
    if len(found) < 2:
        return ink
    _, top, width, height = found.boxes.T
    large = np.asarray(np.maximum(width, height) >= mm_to_px(MIN_MARK_MM, dpi))
    levels = found.percentiles(contrast, CORE_PERCENTILE)
    dark = large & np.asarray(levels >= PALER * levels[large].max(initial=0.0))
    rows: NDArray[np.bool_] = np.asarray(found.only(dark).any(axis=1), dtype=bool)
    in_line = np.array([bool(rows[y : y + h].any()) for y, h in zip(top, height, strict=True)])
    paler_by_nature = ~large | np.asarray(height <= mm_to_px(SIGN_HEIGHT_MM, dpi))
    return found.only(dark | (paler_by_nature & in_line)) if dark.any() else ink


def has_paler_part(ink: Mask, contrast: Gray, dpi: float) -> bool:
    """Whether a mark in a cell's line of print is much paler than another.

    Args:
        ink: (h, w) uint8, the cell's print.
        contrast: (h, w) uint8, how much darker than its paper each pixel is.
        dpi: pixels an inch.
    """
    found = find_components(ink)
    if len(found) < 2 or len(found.labels) > mm_to_px(HIGHEST_MM, dpi):  # most cells: one digit
        return False
    levels = found.percentiles(contrast, CORE_PERCENTILE)
    # A comma is as dark as its ink, thin digits beside it are not: a digit tells how dark print is.
    digits = found.boxes[:, 3] >= min(found.boxes[:, 3].max(), mm_to_px(DIGIT_MM, dpi))
    dark = float(levels[digits].max())
    # Pencil is grainy: what is dark enough of a mark may be in pieces.
    pale = np.asarray(levels < PALER * dark)
    if not pale.any() or found.areas[pale].sum() < AREA * found.areas.max():
        return False
    _, top, _, height = found.boxes[pale].T
    return bool(int((top + height).max() - top.min()) >= HEIGHT * found.boxes[:, 3].max())
