"""Streaks of a scanner: dust on its glass or its rollers draws a line over the whole page, through the margins too."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ..document.geometry import mm_to_px
from ..document.page import Gray
from .ink import Ink, Mask
from .runs import runs

MARGIN_MM = 12.0
"""A streak goes through both margins of a page; a table that does has a ruling across one, since most rows are lower."""

MARGIN_INKED, PAGE_INKED = 0.8, 0.75
"""Shares of the margins' and of the page's height that a streak is seen in, at the least."""

BROADEST_MM = 2.5
"""What is broader is a spine, a lid or a desk."""

SOFT_MM = 0.25
"""A streak's soft edges reach so far beyond what stands out."""

RULED_SHARE = 0.5
"""Share of a page's width that a table's ruling takes up, at the least."""

RULING_MM = 1.6
"""A ruling is no thicker; the shadow of a lid is."""

HIDING = 150
"""A streak that takes so much of the light, in grey levels, may hide a stroke that runs along it; through others print is seen."""


def without_streaks(ink: Ink, dpi: float) -> Ink:
    """The ink without lines that run from one side of the page to the other; the same where there are none.

    A light streak's own darkness is taken off what lies on it. Under a dark one nothing is seen: strokes that go on at both sides
    are drawn through, and its pixels are marked, since another stroke may lie under it.

    Args:
        ink: of a page as scanned, or turned by quarters: streaks run along its sides.
        dpi: pixels an inch.
    """
    down = _streaks(ink.contrast, ink.faint, dpi)
    across = _streaks(ink.contrast.T, ink.faint, dpi)
    if not (down or across):  # most pages
        return ink
    left, hidden = _taken_off(ink.contrast, down, _margin(ink.contrast, dpi))
    turned, also = _taken_off(np.ascontiguousarray(left.T), across, _margin(left.T, dpi))
    marked = hidden | also.T
    return replace(ink, contrast=np.ascontiguousarray(turned.T), hidden=marked if marked.any() else None)


def _streaks(contrast: Gray, faint: int, dpi: float) -> list[tuple[int, int]]:
    """First and one past the last column of each streak that runs down, its soft edges included, px."""
    inked = (contrast >= faint).view(np.uint8)
    margin = _margin(inked, dpi)
    top, foot = inked[:margin], inked[-margin:]
    through = (_inked_share(top) >= MARGIN_INKED) & (_inked_share(foot) >= MARGIN_INKED)
    if not through.any() or _is_ruled(top, dpi) or _is_ruled(foot, dpi):
        return []
    through &= _inked_share(inked) >= PAGE_INKED
    soft, broadest = max(1, round(mm_to_px(SOFT_MM, dpi))), mm_to_px(BROADEST_MM, dpi)
    found = [(a - soft, b + soft) for a, b in runs(through) if b - a <= broadest]
    return [(a, b) for a, b in found if a > 0 and b < inked.shape[1]]


def _margin(image: Gray, dpi: float) -> int:
    return max(1, min(round(mm_to_px(MARGIN_MM, dpi)), len(image) // 4))


def _inked_share(inked: Mask) -> NDArray[np.float64]:
    return np.asarray(cv2.reduce(inked, 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S)[0] / len(inked))


def _is_ruled(margin: Mask, dpi: float) -> bool:
    """Whether a table's rulings run across a margin: its columns' may then go from one side of the page to the other too."""
    across = runs(_inked_share(np.ascontiguousarray(margin.T)) >= RULED_SHARE)
    return any(stop - start <= mm_to_px(RULING_MM, dpi) for start, stop in across)


def _taken_off(contrast: Gray, streaks: list[tuple[int, int]], margin: int) -> tuple[Gray, Mask]:
    """What is left without the streaks that run down, and a mask of those that may hide something, (H, W) uint8 each."""
    left, hidden = contrast.copy(), np.zeros_like(contrast)
    for a, b in streaks:
        own = contrast[:, a:b].astype(np.float32)
        # As dark as in the margins, where nothing else is printed.
        level = np.median(np.concatenate([own[:margin], own[-margin:]]), axis=0)
        beside = np.minimum(contrast[:, a - 1], contrast[:, b])[:, None]
        freed = np.clip((own - level) * (255 / np.maximum(1, 255 - level)), 0, 255)
        left[:, a:b] = np.where(level >= HIDING, beside, freed)
        hidden[:, a:b] = level >= HIDING
    return left, hidden
