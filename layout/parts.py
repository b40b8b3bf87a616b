"""Print that is lighter than print: worn strokes, thin signs and the fine lines of pale digits, found from what is dark enough."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..document.geometry import mm_to_px
from ..document.levels import percentile
from ..document.page import Gray
from .components import find_components
from .ink import Ink, Mask
from .specks import MIN_MARK_MM

BESIDE_MM = 2.5
"""A sign stands no further from its number."""

MOST_PARTS = 8
"""So often marks beside print are looked for at the most: a number of so many digits, one of them dark enough."""

OVER_MM = 1.0
"""A ruling goes on so far above and below a line of print; the characters of a line are of one height."""

SIGN_LENGTH_MM, SIGN_HEIGHT_MM = 3.0, 0.6
"""A minus sign is no longer and no higher."""

LIGHTER_SHARE = 0.45
"""Marks beside print belong to it when they are lighter by no more than this."""

PALE = 1.8
"""Print is pale when it is darker than the least darkness of print by no more than this: two thirds of the page's own."""

THIN_SHARE = 0.3
"""Fine lines are lighter than the darkest pieces of pale print by no more than this; what is lighter still is their soft edge."""

OWN_PERCENTILE = 75
"""Of the contrast of a cell's print: its strokes without their soft edges."""

EDGE_MM = 0.3
"""Soft edges of strokes reach this far."""


def with_faint_parts(ink: Mask, contrast: Gray, levels: Ink, dpi: float) -> Mask:
    """The print with the lighter marks that stand in its own line beside it: a broken stroke, a thin minus sign.

    A stroke is as dark as the cell's own print asks, since what shines through from the other side is lighter; a sign may be
    thinner, and so lighter, than the digits that it belongs to. Of pale print in fine lines only pieces are dark enough, the bar of
    a 7 or one digit of four: there strokes are followed as far as they are seen, and each piece shows where more of the line is.

    Args:
        ink: (h, w) uint8, what of a cell is as dark as the page's print.
        contrast: (h, w) uint8, how much darker than its paper each pixel is.
        levels: of the page.
        dpi: pixels an inch.
    """
    if not ink.any():
        return ink
    core = percentile(contrast[ink > 0], OWN_PERCENTILE)
    if core >= PALE * levels.threshold:
        return _with_marks_beside(ink, contrast, lightest(levels), LIGHTER_SHARE * core, dpi)
    seen = max(levels.shine, levels.faint)
    thin = max(seen, THIN_SHARE * core)
    for _ in range(MOST_PARTS):
        followed = _followed(ink, contrast, seen, thin)
        more = _with_marks_beside(followed, contrast, seen, thin, dpi)
        if np.array_equal(more, ink):
            break
        ink = more
    return ink


def _followed(ink: Mask, contrast: Gray, level: float, own: float) -> Mask:
    """The ink with what has the contrast `own` of all strokes that it is a part of, none of them run into a border.

    Strokes are what has the contrast `level`.

    Hysteresis thresholding; Canny, 1986, "A Computational Approach to Edge Detection".
    """
    found = find_components((contrast >= level).view(np.uint8))
    x, y, width, height = found.boxes.T
    apart = (x > 0) & (y > 0) & (x + width < ink.shape[1]) & (y + height < ink.shape[0])
    begun = np.bincount(found.labels[ink[found.box] > 0], minlength=len(found) + 1)[1:] > 0
    return np.asarray(ink | (found.only(begun & apart) & (contrast >= own)), dtype=np.uint8)


def _with_marks_beside(ink: Mask, contrast: Gray, level: float, own: float, dpi: float) -> Mask:
    """The print with the marks of its line that have the contrast `own`, and a sign before it from `level` on."""
    reach = round(mm_to_px(BESIDE_MM, dpi))
    x, y, width, height = cv2.boundingRect(ink)
    first = max(0, x - reach)
    line = slice(y, y + height), slice(first, x + width + reach)
    lighter = (contrast[line] >= level).astype(np.uint8)
    if (lighter > grown(ink[line], dpi)).any():
        over = round(mm_to_px(OVER_MM, dpi))
        above = min(y, over)
        taller = contrast[y - above : y + height + over, line[1]]
        lighter &= _without_rulings((taller >= level).view(np.uint8), above, height, dpi)[
            above : above + height
        ]
        more = _lighter_parts(lighter, contrast[line], own, x - first, dpi)
    else:  # most cells: print and its soft edges
        more = np.asarray(lighter & (contrast[line] >= own), dtype=np.uint8)
    whole = ink.copy()
    whole[line] |= more
    return whole


def _without_rulings(marks: Mask, above: int, height: int, dpi: float) -> Mask:
    """The marks around a line of print, from `above` px above it, without those that go on above and below its `height`, px."""
    found = find_components(marks)
    _, top, _, tall = found.boxes.T
    least = mm_to_px(OVER_MM / 2, dpi)
    return found.only((top > above - least) | (top + tall < above + height + least))


def _lighter_parts(lighter: Mask, contrast: Gray, own: float, left: int, dpi: float) -> Mask:
    """Of the `lighter` marks of a line of print what has the contrast `own`, and all of a sign before column `left`."""
    found = find_components(lighter)
    large = found.boxes[:, 2:].max(axis=1, initial=0) >= mm_to_px(MIN_MARK_MM, dpi)
    sign = large & np.array([_is_sign(box, left, dpi) for box in found.boxes], dtype=bool)
    # All of a sign is kept, and of a stroke what is dark enough.
    return np.asarray(found.only(sign) | (found.only(large) & (contrast >= own)), dtype=np.uint8)


def lightest(levels: Ink) -> float:
    """Contrast from which a mark beside print may belong to it."""
    return max(levels.shine, levels.faint, LIGHTER_SHARE * levels.threshold)


def _is_sign(box: NDArray[np.int32], first: int, dpi: float) -> bool:
    """Whether a mark is as small and flat as a minus sign and ends left of the digits' first column."""
    x, _, width, height = (int(v) for v in box)
    flat = height <= mm_to_px(SIGN_HEIGHT_MM, dpi) and width >= 1.3 * height
    return flat and width <= mm_to_px(SIGN_LENGTH_MM, dpi) and x + width <= first + 1


def grown(ink: Mask, dpi: float) -> Mask:
    """The ink with its soft edges."""
    side = 2 * round(mm_to_px(EDGE_MM, dpi)) + 1
    return np.asarray(cv2.dilate(ink, np.ones((side, side), np.uint8)), dtype=np.uint8)
