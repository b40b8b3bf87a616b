"""Coloured marks in the line of a cell's black print: digits that a page prints in red, a correction by pen.

The black channel shows neither. What it shows is then a part of what the cell says, and looks like a number of its own.
"""

from __future__ import annotations

import cv2
import numpy as np

from ..document.geometry import mm_to_px
from ..document.page import Gray
from .ink import COLOURED_CHROMA, Mask

LEAST_MM2 = 0.5
"""Less of a page in colour, in square millimetres, is no mark."""

HEIGHT = 0.6
"""Marks that may belong to a line of print are at least so high, in heights of its print."""

SLACK_MM = 0.7
"""They go no further above and below it; strokes of a seal or a tick do."""

FRINGE_MM = 0.8
"""Colour so close to print is its fringe: a scanner's three colours do not quite meet."""


def coloured_ink(chroma: Gray, dpi: float) -> Mask | None:
    """(H, W) uint8, 1 where a page is coloured beyond its paper; None where nothing is.

    Args:
        chroma: (H, W) uint8, grey levels by which a pixel's channels differ.
        dpi: pixels an inch.
    """
    paper = float(np.median(chroma[::8, ::8]))
    coloured = (chroma >= paper + COLOURED_CHROMA).view(np.uint8)
    return coloured if cv2.countNonZero(coloured) >= LEAST_MM2 * mm_to_px(1.0, dpi) ** 2 else None


def has_coloured_part(coloured: Mask, ink: Mask, dpi: float) -> bool:
    """Whether coloured marks stand in the line of a cell's print as its own characters do.

    Args:
        coloured: (h, w) uint8, 1 where the cell is coloured.
        ink: (h, w) uint8, its black print.
        dpi: pixels an inch.
    """
    if not coloured.any():  # most cells
        return False
    _, top, _, height = cv2.boundingRect(ink)
    side = 2 * round(mm_to_px(FRINGE_MM, dpi)) + 1
    apart = cv2.subtract(coloured, cv2.dilate(ink, np.ones((side, side), np.uint8)))
    _, _, stats, _ = cv2.connectedComponentsWithStats(apart, connectivity=8)
    x, y, w, h = stats[1:, : cv2.CC_STAT_AREA].T
    slack = mm_to_px(SLACK_MM, dpi)
    high = h >= HEIGHT * height
    at_edge = (x == 0) | (y == 0) | (x + w == ink.shape[1]) | (y + h == ink.shape[0])
    if (high & at_edge).any():  # a seal or a stroke of a pen that goes on in other cells
        return False
    in_line = (y >= top - slack) & (y + h <= top + height + slack)
    return bool((high & in_line).any())
