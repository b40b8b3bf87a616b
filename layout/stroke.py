"""The slant of a lone stroke: a recognizer takes a slanted stroke for 1 as readily as for /, its angle tells them apart."""

from __future__ import annotations

import math

import cv2

from ..document.geometry import mm_to_px
from .ink import Mask

STRAIGHT_RATIO = 0.4
"""Width over length of a straight stroke's ink, as standard deviations: a slash three px wide at 150 dpi has 0.3, a 1 with flag
and foot 0.36, as seen on a few cells at 150 dpi."""


DASH_LENGTH_MM, DASH_HEIGHT_MM, DASH_RATIO = (0.7, 6.0), 0.8, 1.4
"""Length of a printed dash, its greatest height, and length over height: digits are higher than 1.4 mm, dust is round."""

UPRIGHT_MM = 1.4
"""What is so high is no dash, whatever lies beside it."""

DASH_BAND = (0.28, 0.72)
"""Where in a cell's height a dash stands, as shares of the height from the top."""


def lone_stroke_slant(ink: Mask) -> float | None:
    """Degrees by which a cell's only mark leans from the vertical, -90 to 90, to the right positive.

    None when the ink is more than one mark or the mark is no straight stroke.

    Args:
        ink: (h, w) uint8, 1 where there is ink.
    """
    if not _is_one_mark(ink):
        return None
    moments = cv2.moments(ink, binaryImage=True)
    across, both, down = (moments[key] for key in ("mu20", "mu11", "mu02"))
    # The spread along the mark's axis and across it: the eigenvalues of its second moments.
    middle, apart = (across + down) / 2, math.hypot((across - down) / 2, both)
    if middle + apart <= 0 or math.sqrt(max(middle - apart, 0.0) / (middle + apart)) > STRAIGHT_RATIO:
        return None
    axis = math.degrees(math.atan2(2 * both, across - down)) / 2  # from the row, clockwise
    return axis - 90.0 if axis >= 0 else axis + 90.0


def is_dash(ink: Mask, dpi: float) -> bool:
    """Whether a cell's only mark is a dash.

    Args:
        ink: (h, w) uint8, 1 where there is ink, without rulings and specks.
        dpi: pixels an inch.
    """
    _, y, width, height = cv2.boundingRect(ink)
    low, high = (mm_to_px(mm, dpi) for mm in DASH_LENGTH_MM)
    flat = height <= mm_to_px(DASH_HEIGHT_MM, dpi) and width >= DASH_RATIO * height
    middle = (y + height / 2) / ink.shape[0]
    return flat and low <= width <= high and DASH_BAND[0] <= middle <= DASH_BAND[1] and _is_one_mark(ink)


def is_upright(ink: Mask, dpi: float) -> bool:
    """Whether a cell's largest mark is higher than any dash: a recognizer takes a 0 among grains for one.

    Args:
        ink: (h, w) uint8, 1 where there is ink, without rulings and specks.
        dpi: pixels an inch.
    """
    x, y, width, height = cv2.boundingRect(ink)
    if height < mm_to_px(UPRIGHT_MM, dpi):
        return False
    own = ink[y : y + height, x : x + width]
    _, _, stats, _ = cv2.connectedComponentsWithStats(own, connectivity=8)
    largest = max(stats[1:], key=lambda mark: mark[cv2.CC_STAT_AREA])
    return bool(largest[cv2.CC_STAT_HEIGHT] >= mm_to_px(UPRIGHT_MM, dpi))


def _is_one_mark(ink: Mask) -> bool:
    x, y, width, height = cv2.boundingRect(ink)
    if not width:
        return False
    count, _ = cv2.connectedComponents(ink[y : y + height, x : x + width], connectivity=8)
    return bool(count == 2)  # the paper is one component
