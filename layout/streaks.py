"""Streaks of a scanner: dust on its glass or its rollers draws a line over the whole page, through the margins too."""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ..document.geometry import Homography, mm_to_px
from ..document.page import Gray
from .ink import Ink, Mask
from .level import level_image
from .paper import Sheet
from .runs import runs

MARGIN_MM = 12.0
"""A streak goes through both margins of a page; a table that does has rulings across both, since most rows are lower."""

MARGIN_INKED, PAGE_INKED = 0.8, 0.75
"""Shares of the margins' and of the page's height that a streak is seen in, at the least."""

BROADEST_MM = 2.5
"""What is broader is a spine, a lid or a desk."""

OWN_PERCENTILE = 30
"""Of the darkness along a stretch: the streak's own, since print lies on less than the rest of it."""

GAP_MM = 0.8
"""The dots of a dotted streak are no further apart."""

SOFT_MM = 0.35
"""A streak's soft edges, and where it wanders to, reach so far beyond what stands out."""

STRETCHES = 2
"""A streak is taken to run straight along a stretch; so many are as long as a margin is high."""

RULED_SHARE = 0.5
"""Share of a page's width that a table's ruling takes up, at the least."""

FREE_MM = 5.0
"""So much of a margin must be free of rulings for a streak to be seen in it."""

RULING_MM = 1.6
"""A ruling is no thicker; the shadow of a lid is."""

HIDING = 150
"""A streak that takes so much of the light, in grey levels, may hide a stroke that runs along it; through others print is seen."""


def without_streaks(ink: Ink, dpi: float, skew: float = 0.0, sheet: Sheet | None = None) -> Ink:
    """The ink without lines that run from one side of the page to the other; the same where there are none.

    A light streak's own darkness is taken off what lies on it. Under a dark one nothing is seen: strokes that go on at both sides
    are drawn through, and its pixels are marked, since another stroke may lie under it.

    Args:
        ink: of a page as scanned, or turned by quarters: a scanner's streaks run along its sides.
        dpi: pixels an inch.
        skew: degrees by which the page's lines climb to the right; a copier's streaks lie on the sheet and lean with it.
        sheet: where the page is only a part of the picture; streaks are then looked for from side to side of that part.
    """
    straight = _freed_on(ink.contrast, sheet, ink.faint, dpi)
    ink = ink if straight is None else _with(ink, *straight)
    if sheet or abs(math.radians(skew)) * max(ink.contrast.shape) < 1:
        return ink
    level, to_page = level_image(ink.contrast, skew)
    leaning = _freed(level, ink.faint, dpi)
    if leaning is None:  # most pages
        return ink
    left, hidden = (_warped(picture, to_page) for picture in leaning)
    changed = _warped((leaning[0] != level).astype(np.uint8), to_page) > 0
    return _with(ink, np.where(changed, left, ink.contrast), hidden)


def _freed_on(contrast: Gray, sheet: Sheet | None, faint: int, dpi: float) -> tuple[Gray, Mask] | None:
    """What is left of the sheet without streaks along the picture's sides, as `_freed` gives it, around it the page as it was."""
    if sheet is None:
        return _freed(contrast, faint, dpi)
    x, y, width, height = cv2.boundingRect(sheet.inside)
    box = slice(y, y + height), slice(x, x + width)
    freed = _freed(np.ascontiguousarray(contrast[box]), faint, dpi)
    if freed is None:
        return None
    left, hidden = contrast.copy(), np.zeros_like(contrast)
    left[box], hidden[box] = freed
    return left, hidden


def _with(ink: Ink, contrast: Gray, hidden: Mask) -> Ink:
    hidden = hidden if ink.hidden is None else cv2.max(hidden, ink.hidden).astype(np.uint8)
    return replace(ink, contrast=contrast, hidden=hidden if hidden.any() else None)


def _warped(picture: Gray, to_page: Homography) -> Gray:
    size = picture.shape[1], picture.shape[0]
    return np.asarray(cv2.warpPerspective(picture, to_page.matrix, size, flags=cv2.INTER_NEAREST), np.uint8)


def _freed(contrast: Gray, faint: int, dpi: float) -> tuple[Gray, Mask] | None:
    """What is left without streaks that run along the sides, and a mask of those that may hide something, (H, W) uint8 each."""
    down = _streaks(contrast, faint, dpi)
    across = _streaks(contrast.T, faint, dpi)
    if not (down or across):
        return None
    left, hidden = _taken_off(contrast, down, dpi)
    turned, also = _taken_off(np.ascontiguousarray(left.T), across, dpi)
    return np.ascontiguousarray(turned.T), (hidden | also.T).astype(np.uint8)


def _streaks(contrast: Gray, faint: int, dpi: float) -> list[tuple[int, int]]:
    """First and one past the last column of each streak that runs down, its soft edges included, px."""
    height = _margin(contrast, dpi)
    sides = [np.ascontiguousarray(side) for side in (contrast[:height], contrast[: -height - 1 : -1])]
    margins = [(_closed(side, dpi) >= faint).view(np.uint8) for side in sides]
    free = [margin[: _free_height(margin, dpi)] for margin in margins]
    if not all(map(len, free)) or all(len(margin) < height for margin in free):
        return []
    through = np.logical_and.reduce([_inked_share(margin) >= MARGIN_INKED for margin in free])
    if not through.any():
        return []
    inked = (_closed(np.ascontiguousarray(contrast), dpi) >= faint).view(np.uint8)
    through &= _inked_share(inked) >= PAGE_INKED
    soft, broadest = max(1, round(mm_to_px(SOFT_MM, dpi))), mm_to_px(BROADEST_MM, dpi)
    found = [(a - soft, b + soft) for a, b in runs(through) if b - a <= broadest]
    return [(a, b) for a, b in found if a > 0 and b < inked.shape[1]]


def _closed(contrast: Gray, dpi: float) -> Gray:
    """The contrast with the gaps of dotted lines that run down filled: a fax has no greys to draw a pale streak with."""
    length = max(1, round(mm_to_px(GAP_MM, dpi)))
    return np.asarray(cv2.morphologyEx(contrast, cv2.MORPH_CLOSE, np.ones((length, 1), np.uint8)), np.uint8)


def _margin(image: Gray, dpi: float) -> int:
    return max(1, min(round(mm_to_px(MARGIN_MM, dpi)), len(image) // 4))


def _inked_share(inked: Mask) -> NDArray[np.float64]:
    return np.asarray(cv2.reduce(inked, 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S)[0] / len(inked))


def _free_height(margin: Mask, dpi: float) -> int:
    """Rows of a margin from the page's side to the first of a table's rulings; 0 where that leaves hardly any.

    The table's columns may go from there to the page's other side, and through the other margin where the picture is cut there.
    """
    across = runs(_inked_share(np.ascontiguousarray(margin.T)) >= RULED_SHARE)
    first = min((a for a, b in across if b - a <= mm_to_px(RULING_MM, dpi)), default=len(margin))
    return first if first >= mm_to_px(FREE_MM, dpi) else 0


def _taken_off(contrast: Gray, streaks: list[tuple[int, int]], dpi: float) -> tuple[Gray, Mask]:
    """What is left without the streaks that run down, and a mask of those that may hide something, (H, W) uint8 each."""
    left, hidden = contrast.copy(), np.zeros_like(contrast)
    margin = _margin(contrast, dpi)
    step = max(1, margin // STRETCHES)
    for a, b in streaks:
        own = contrast[:, a:b].astype(np.float32)
        level = _levels(_closed(contrast[:, a:b], dpi).astype(np.float32), margin, step)
        beside = np.minimum(contrast[:, a - 1], contrast[:, b])[:, None]
        freed = np.clip((own - level) * (255 / np.maximum(1, 255 - level)), 0, 255)
        left[:, a:b] = np.where(level >= HIDING, beside, freed)
        hidden[:, a:b] = level >= HIDING
    return left, hidden


def _levels(own: NDArray[np.float32], margin: int, step: int) -> NDArray[np.float32]:
    """How dark the streak itself is at each pixel of its columns, (h, w): it may wander, and lines of print cross it.

    Nowhere darker than in the margins, where nothing else is printed: a ruling may run along it.
    """
    peak = float(np.median(np.concatenate([own[:margin], own[-margin:]]), axis=0).max())
    starts = range(0, len(own), step)
    levels = [np.percentile(own[k : k + step], OWN_PERCENTILE, axis=0) for k in starts]
    rows = np.minimum(np.arange(len(own)) // step, len(levels) - 1)
    return np.minimum(np.stack(levels)[rows], peak).astype(np.float32)
