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

RULED_WIDTH = (0.5, 0.97)
"""Share of a page's width that a table's ruling takes up, at the least, and the shadow of a lid, at the least."""

HIDING_SHARE = 0.5
"""A streak from this share of print's contrast on may hide a stroke that runs along it."""


def without_streaks(ink: Ink, dpi: float) -> Ink:
    """The ink without lines that run from one side of the page to the other; the same where there are none.

    A light streak's own darkness is taken off what lies on it. Under a dark one nothing is seen: strokes that go on at both sides
    are drawn through, and its pixels are marked as a seal's are, since a stroke may lie under it.

    Args:
        ink: of a page as scanned, or turned by quarters: streaks run along its sides.
        dpi: pixels an inch.
    """
    down = _streaks(ink.contrast, ink.faint, dpi)
    across = _streaks(ink.contrast.T, ink.faint, dpi)
    if not (down or across):  # most pages
        return ink
    hiding = HIDING_SHARE * ink.threshold
    left, hidden = _taken_off(ink.contrast, down, hiding, _margin(ink.contrast, dpi))
    turned, also = _taken_off(np.ascontiguousarray(left.T), across, hiding, _margin(left.T, dpi))
    marked = hidden | also.T
    seal = marked if ink.seal is None else ink.seal | marked
    return replace(ink, contrast=np.ascontiguousarray(turned.T), seal=seal if seal.any() else None)


def _streaks(contrast: Gray, faint: int, dpi: float) -> list[tuple[int, int]]:
    """First and one past the last column of each streak that runs down, its soft edges included, px."""
    inked = (contrast >= faint).view(np.uint8)
    margin = _margin(inked, dpi)
    top, foot = inked[:margin], inked[-margin:]
    through = (_inked_share(top) >= MARGIN_INKED) & (_inked_share(foot) >= MARGIN_INKED)
    if not through.any() or _is_ruled(top) or _is_ruled(foot):
        return []
    through &= _inked_share(inked) >= PAGE_INKED
    soft, broadest = max(1, round(mm_to_px(SOFT_MM, dpi))), mm_to_px(BROADEST_MM, dpi)
    found = [(a - soft, b + soft) for a, b in runs(through) if b - a <= broadest]
    return [(a, b) for a, b in found if a > 0 and b < inked.shape[1]]


def _margin(image: Gray, dpi: float) -> int:
    return max(1, min(round(mm_to_px(MARGIN_MM, dpi)), len(image) // 4))


def _inked_share(inked: Mask) -> NDArray[np.float64]:
    return np.asarray(cv2.reduce(inked, 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S)[0] / len(inked))


def _is_ruled(margin: Mask) -> bool:
    """Whether a table's rulings run across a margin: its columns' may then go from one side of the page to the other too."""
    width = _inked_share(np.ascontiguousarray(margin.T))
    return bool(((width >= RULED_WIDTH[0]) & (width < RULED_WIDTH[1])).any())


def _taken_off(
    contrast: Gray, streaks: list[tuple[int, int]], hiding: float, margin: int
) -> tuple[Gray, Mask]:
    """What is left without the streaks that run down, and a mask of those that may hide something, (H, W) uint8 each."""
    left, hidden = contrast.copy(), np.zeros_like(contrast)
    for a, b in streaks:
        own = contrast[:, a:b].astype(np.float32)
        # As dark as in the margins, where nothing else is printed.
        level = np.median(np.concatenate([own[:margin], own[-margin:]]), axis=0)
        beside = np.minimum(contrast[:, a - 1], contrast[:, b])[:, None]
        freed = np.clip((own - level) * (255 / np.maximum(1, 255 - level)), 0, 255)
        left[:, a:b] = np.where(level >= hiding, beside, freed)
        hidden[:, a:b] = level >= hiding
    return left, hidden
