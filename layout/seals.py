"""The broad pale marks of a seal that was copied or scanned in grey, taken off the page."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from ..document.geometry import mm_to_px
from .ink import Ink, Mask

PALE = 2.0
"""A seal's marks are paler than so many times the least darkness of print: nearly three quarters of its usual one."""

STROKE_MM, STROKE_PX = 0.6, 4
"""Its strokes are broader than a ruling."""

SHORTER_MM, LONGER_MM = 2.0, 60.0
"""Sides of its marks: a pale thick frame is narrower, a shaded row longer."""

STRAIGHT_MM = 18.0
"""Within its own thickness an arc of a seal is straight over 13 mm at the most."""

OUT_SHARE = 0.2
"""What crosses a seal is darker than its marks by this share of its own darkness."""

LEAST_MM2 = 60.0
"""Less of such marks, in square millimetres, are blots."""


def without_seals(ink: Ink, dpi: float) -> Ink:
    """The ink with only what is thin, or as dark as print, left of a seal; the same where the page bears none.

    Arcs of a seal look like pieces of column borders, its characters like a cell's. Rulings and print that cross it stay.

    Args:
        ink: of the page.
        dpi: pixels an inch.
    """
    side = max(STROKE_PX, round(mm_to_px(STROKE_MM, dpi)))
    square = np.ones((side, side), np.uint8)
    darkest = np.array([min(255.0, PALE * ink.threshold)])
    pale = np.asarray(cv2.inRange(ink.contrast, np.array([float(ink.faint)]), darkest), np.uint8)
    broad = np.asarray(cv2.morphologyEx(pale, cv2.MORPH_OPEN, square), np.uint8)
    least = LEAST_MM2 * mm_to_px(1.0, dpi) ** 2
    if cv2.countNonZero(broad) < least:  # most pages
        return ink
    rulings = np.asarray(cv2.dilate(_straight(broad, dpi), square), np.uint8)
    marks = np.asarray(cv2.subtract(broad, rulings), np.uint8)
    if cv2.countNonZero(marks) < least:
        return ink
    seal = _of_a_seals_size(marks, square, dpi)
    if cv2.countNonZero(seal) < least:
        return ink
    near = np.asarray(cv2.dilate(seal, square), np.uint8) & pale & ~rulings
    thin = cv2.subtract(ink.contrast, cv2.morphologyEx(ink.contrast, cv2.MORPH_OPEN, square))
    stands_out = thin >= np.maximum(ink.faint, OUT_SHARE * ink.contrast)
    left = np.where((near > 0) & ~stands_out, 0, ink.contrast).astype(np.uint8)
    return replace(ink, contrast=left, seal=(near > 0).astype(np.uint8))


def _of_a_seals_size(marks: Mask, square: Mask, dpi: float) -> Mask:
    """Those of the marks, (H, W) uint8, that are neither lines nor larger than a seal."""
    whole = cv2.dilate(marks, square)  # together again what rulings cross
    _, labels, stats, _ = cv2.connectedComponentsWithStats(whole, connectivity=8)
    sides = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]] - (len(square) - 1)
    least, most = mm_to_px(SHORTER_MM, dpi), mm_to_px(LONGER_MM, dpi)
    chosen = (sides.min(axis=1) >= least) & (sides.max(axis=1) <= most)
    chosen[0] = False
    return np.where(chosen[labels], marks, 0).astype(np.uint8)


def _straight(marks: Mask, dpi: float) -> Mask:
    """What of the marks, (H, W) uint8, runs on straight for longer than any arc of a seal: thick rulings."""
    length = round(mm_to_px(STRAIGHT_MM, dpi))
    across = cv2.morphologyEx(marks, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    down = cv2.morphologyEx(marks, cv2.MORPH_OPEN, np.ones((length, 1), np.uint8))
    return np.asarray(cv2.bitwise_or(across, down), np.uint8)
