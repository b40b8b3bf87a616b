"""Pale full stops: at a low resolution the point of 1.08 is lighter than print, and without it the number is another."""

from __future__ import annotations

import cv2
import numpy as np

from ..document.geometry import mm_to_px
from ..document.page import Gray
from .ink import Mask

STOP_MM = 0.8
"""A full stop is no wider and no higher."""

BELOW_MM = 0.35
"""It stands on the line, and goes no further below it."""

EDGE_MM = 0.2
"""Soft edges of the characters beside it."""

LINE_MM = 6.0
"""Higher print is of several lines, and no number."""


def pale_stops(ink: Mask, contrast: Gray, least: float, peak: float, dpi: float) -> Mask | None:
    """(h, w) uint8: small marks lighter than print between the characters of a number, at its foot; None without any.

    Args:
        ink: (h, w) uint8, a cell's print.
        contrast: (h, w) uint8, how much darker than its paper each pixel is.
        least: contrast from which a pixel may be of a mark.
        peak: contrast that a mark has somewhere, so that it is no grain of the paper.
        dpi: pixels an inch.
    """
    x, y, width, height = cv2.boundingRect(ink)
    between = _between(ink[y : y + height, x : x + width], dpi)
    if not between.any() or height > mm_to_px(LINE_MM, dpi):  # most cells: one character
        return None
    size, foot = round(mm_to_px(STOP_MM, dpi)), y + height
    line = slice(max(0, foot - size), foot + round(mm_to_px(BELOW_MM, dpi)) + 1), slice(x, x + width)
    light = (contrast[line] >= least).view(np.uint8) & between
    if not (contrast[line] * light >= peak).any():
        return None
    count, labels, stats, _ = cv2.connectedComponentsWithStats(light, connectivity=8)
    compact = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) <= size
    dark = np.array([k > 0 and contrast[line][labels == k].max() >= peak for k in range(count)])
    stops = np.zeros_like(ink)
    stops[line] = (compact & dark)[labels]
    return stops if stops.any() else None


def _between(print_: Mask, dpi: float) -> Mask:
    """(w,) uint8: the columns of a line of print between its characters, without their soft edges."""
    inked = print_.max(axis=0, keepdims=True)
    reach = 2 * max(1, round(mm_to_px(EDGE_MM, dpi))) + 1
    return np.asarray(1 - cv2.dilate(inked, np.ones((1, reach), np.uint8))[0], dtype=np.uint8)
