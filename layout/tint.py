"""Rulings and print in colour, which the black channel loses as it loses a seal and a pen.

A web page's borders are blue or green, a carbon copy's print is blue.
"""

from __future__ import annotations

import cv2
import numpy as np

from ..document.geometry import mm_to_px
from ..document.page import RGB, Gray
from .ink import Ink, Mask, measure_ink

TINTED_CHROMA = 30
"""Grey levels by which a pixel's channels differ more than the paper's where it may belong to a pale coloured ruling."""

LEAST_MM2 = 8.0
"""Less of a page in colour, in square millimetres, is no table's borders."""

DARKEST, MARK_MM2, LEAST_MARKS, KEPT = 2.0, 0.5, 100, 0.8
"""Of the marks so many times as dark as print has to be, those of the size of a stroke and more, where there are so many, the black
channel keeps a greater part of their contrast if they are black: 0.89 and more on photographs, 0.72 and less of a carbon copy."""

ROW_MM, COLUMN_MM = 30.0, 4.0
"""A table's rulings are at least so long, those that run across and those that run down."""

LEAST_ROWS, LEAST_COLUMNS = 3, 3
"""So many of each that cross make a table; a letter's red lines and a pen's strokes do not."""

THICKEST_MM = 1.6
"""What is thicker is a filled cell or a banner."""

FILL_CHROMA = 15
"""A filled cell may be so much paler than a ruling: as pale as one would be it is all holes on a JPEG, whose colour is coarse."""

EDGE_MM = 0.4
"""The outline of a filled cell is drawn so thick."""

GAP_MM = 0.4
"""Rulings wander by so much, and may be broken for so long."""


def whole_ink(pixels: RGB, chroma: Gray, dpi: float) -> Ink | None:
    """The ink of a page, black and coloured; None on a page with hardly any colour.

    Args:
        pixels: (H, W, 3) uint8 RGB.
        chroma: (H, W) uint8, grey levels by which their channels differ.
        dpi: pixels an inch.
    """
    if cv2.countNonZero(_tinted(chroma, TINTED_CHROMA)) < LEAST_MM2 * mm_to_px(1.0, dpi) ** 2:
        return None
    return measure_ink(np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8), dpi)


def is_print_coloured(ink: Ink, whole: Ink, dpi: float) -> bool:
    """Whether the print itself is coloured, as a carbon copy's: the black channel loses half of the marks in part or wholly.

    Args:
        ink: of the black channel.
        whole: of all channels.
        dpi: pixels an inch.
    """
    dark = whole.contrast >= DARKEST * whole.threshold
    count, labels = cv2.connectedComponents(dark.view(np.uint8))
    of = labels[dark]
    area, kept, all_ = (
        np.bincount(of, w, count)[1:] for w in (None, ink.contrast[dark], whole.contrast[dark])
    )
    marks = area >= MARK_MM2 * mm_to_px(1.0, dpi) ** 2
    if np.count_nonzero(marks) < LEAST_MARKS:
        return False
    return float(np.median(kept[marks] / all_[marks])) < KEPT


def tinted_contrast(whole: Ink, chroma: Gray, ink: Ink, dpi: float) -> Gray:
    """(H, W) uint8: how much darker than its paper coloured ink is, 0 where `ink` shows it too.

    Args:
        whole: of the page, with its coloured ink.
        chroma: (H, W) uint8, grey levels by which its channels differ.
        ink: of the page, without its coloured ink.
        dpi: pixels an inch.
    """
    tinted = _tinted(chroma, TINTED_CHROMA)
    lost = cv2.bitwise_and(cv2.subtract(whole.contrast, ink.contrast), tinted)
    return np.asarray(cv2.max(lost, _outlines(_tinted(chroma, FILL_CHROMA), dpi)), np.uint8)


def _tinted(chroma: Gray, least: int) -> Gray:
    """(H, W) uint8, 255 where the page is more coloured than its paper by `least`."""
    paper = float(np.median(chroma[::8, ::8]))
    return np.where(chroma >= paper + least, np.uint8(255), np.uint8(0))


def with_coloured_rulings(level: Gray, tinted: Gray, faint: int, dpi: float) -> Gray:
    """The ink of a level page, (H, W) uint8, with its coloured rulings where these make a table; the same without such.

    Args:
        level: (H, W) uint8, its black ink.
        tinted: (H, W) uint8, its coloured ink, as `tinted_contrast` has it.
        faint: contrast from which a pixel may belong to a ruling, in grey levels.
        dpi: pixels an inch.
    """
    marks = (tinted >= faint).view(np.uint8)
    rows = _lines(marks, ROW_MM, dpi)
    columns = np.ascontiguousarray(_lines(np.ascontiguousarray(marks.T), COLUMN_MM, dpi).T)
    crossed = columns & cv2.dilate(rows, _box(GAP_MM, dpi)).astype(np.uint8)
    if _count(rows) < LEAST_ROWS or _count(crossed) < LEAST_ROWS * LEAST_COLUMNS:
        return level
    return np.asarray(cv2.max(level, tinted * (rows | columns)), np.uint8)


def _outlines(tinted: Gray, dpi: float) -> Gray:
    """(H, W) uint8, 255 along the sides of what is filled with colour: cells beside them print no border of their own."""
    filled = cv2.morphologyEx(tinted, cv2.MORPH_OPEN, _box(THICKEST_MM, dpi))
    return np.asarray(cv2.subtract(filled, cv2.erode(filled, _box(2 * EDGE_MM, dpi))), np.uint8)


def _lines(marks: Mask, length_mm: float, dpi: float) -> Mask:
    """(H, W) uint8, 1 on the marks that belong to thin lines across that are at least so long."""
    length, gap = round(mm_to_px(length_mm, dpi)), 2 * round(mm_to_px(GAP_MM, dpi) / 2) + 1
    # White letters in a filled cell are its paper: what is filled around them is as dark beside them as a ruling.
    thick = np.ones((max(3, round(mm_to_px(THICKEST_MM, dpi))), 1), np.uint8)
    thin = cv2.subtract(marks, cv2.morphologyEx(marks, cv2.MORPH_OPEN, thick))
    joined = cv2.dilate(thin, np.ones((gap, 2 * gap + 1), np.uint8))  # over the rulings that cross it
    long = cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    return np.asarray(cv2.bitwise_and(long, marks), np.uint8)


def _box(side_mm: float, dpi: float) -> Mask:
    side = max(1, 2 * round(mm_to_px(side_mm, dpi) / 2) + 1)
    return np.ones((side, side), np.uint8)


def _count(mask: Mask) -> int:
    return int(cv2.connectedComponents(cv2.dilate(mask, np.ones((3, 3), np.uint8)))[0]) - 1
