"""The shadow of a book's spine, a lid or a sheet's edge along the side of a scan: no print, and no ruling."""

from __future__ import annotations

import cv2
import numpy as np

from ..document.geometry import mm_to_px
from ..document.page import Gray
from .runs import runs

REACH_MM = 8.0
"""Shadows that are taken out lie so near to the side of the scan."""

DARK_SHARE = 0.4
"""So much of a column of pixels is dark where a shadow lies; of print beside print, hardly ever."""

WIDTH_MM = 1.2
"""A shadow is wider than a ruling, and than a ruling that leans."""

BEGIN_MM = 3.0
"""It begins so near to the side."""

SOFT_SHARE, SOFT_MM = 0.05, 1.5
"""It ends softly: where less than so much of a column of pixels is dark, and no further in than this."""


def without_edge_shadows(contrast: Gray, faint: int, dpi: float) -> Gray:
    """The contrast, (H, W) uint8, without the shadows along its four sides; a copy only where there are some.

    Args:
        contrast: (H, W) uint8, how much darker than its paper each pixel is.
        faint: contrast from which a pixel may be part of a hairline ruling, in grey levels.
        dpi: pixels an inch.
    """
    clean = contrast
    for turn in range(4):
        side = np.rot90(clean, turn)
        width = _shadow_width(side, faint, dpi)
        if width:
            clean = clean.copy() if clean is contrast else clean
            np.rot90(clean, turn)[:, :width] = 0
    return clean


def _shadow_width(contrast: Gray, faint: int, dpi: float) -> int:
    """How far a shadow reaches in from the left side, px; 0 where there is none."""
    reach = min(round(mm_to_px(REACH_MM, dpi)), contrast.shape[1] // 8)
    dark = cv2.reduce((contrast[:, : 2 * reach] >= faint).astype(np.float32), 0, cv2.REDUCE_AVG)[0]
    start, stop = next(iter(runs(dark[:reach] >= DARK_SHARE)), (0, 0))
    if start > mm_to_px(BEGIN_MM, dpi) or stop - start < mm_to_px(WIDTH_MM, dpi):
        return 0
    soft = np.flatnonzero(dark[stop : stop + round(mm_to_px(SOFT_MM, dpi))] < SOFT_SHARE)
    return stop + (int(soft[0]) if soft.size else round(mm_to_px(SOFT_MM, dpi)))
