"""Pencil beside print: marks as high as a number's digits and much paler look like digits of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..document.geometry import mm_to_px
from ..document.page import Gray
from .components import Components, find_components
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
"""Digits are higher and dashes longer, commas and full stops are neither."""

MOST_MARKS = 12
"""A number and a stamp's strokes beside it are no more."""

STROKE_MM = 0.6, 2.0
"""A stamp's stroke reaches so far into a cell at the least, the one way and the other."""

EDGE_PX = 2
"""A mark that comes in over a cell's edge begins so near to it."""

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


def without_paler_strokes(ink: Mask, contrast: Gray, dpi: float) -> Mask:
    """The ink of a cell, (h, w) uint8, without marks much paler than its print that come in over the cell's edge: of a thin stamp.

    Args:
        ink: (h, w) uint8, the cell's print.
        contrast: (h, w) uint8, how much darker than its paper each pixel is.
        dpi: pixels an inch.
    """
    found = find_components(ink)
    # Most cells hold one digit, and a label's uneven print may begin at the edge.
    if not 2 <= len(found) <= MOST_MARKS:
        return ink
    pale = _paler(found, contrast, dpi)
    if not pale.any():
        return ink
    left, top, width, height = found.boxes.T
    at_edge = np.minimum(left, top) <= EDGE_PX
    at_edge |= (left + width >= ink.shape[1] - EDGE_PX) | (top + height >= ink.shape[0] - EDGE_PX)
    # What is left of a ruling lies along the edge.
    broad = np.minimum(width, height) >= mm_to_px(STROKE_MM[0], dpi)
    stamp = pale & at_edge & broad & (np.maximum(width, height) >= mm_to_px(STROKE_MM[1], dpi))
    return found.only(~stamp) if stamp.any() else ink


def _paler(found: Components, contrast: Gray, dpi: float) -> NDArray[np.bool_]:
    """(n,): which marks are much paler than the darkest digit or dash: a comma may be darker than thin digits beside it."""
    levels = found.percentiles(contrast, CORE_PERCENTILE)
    sides = found.boxes[:, 2:].max(axis=1)
    print_ = sides >= min(sides.max(), mm_to_px(DIGIT_MM, dpi))
    return np.asarray(levels < PALER * float(levels[print_].max()))


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
    pale = _paler(found, contrast, dpi)  # pencil is grainy: what is dark enough of a mark may be in pieces
    if not pale.any() or found.areas[pale].sum() < AREA * found.areas.max():
        return False
    _, top, _, height = found.boxes[pale].T
    return bool(int((top + height).max() - top.min()) >= HEIGHT * found.boxes[:, 3].max())
