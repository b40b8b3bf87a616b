"""The screen of a scan that dithers: dots of pure black and white that stand for greys, made grey again."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from ..document.geometry import mm_to_px
from ..document.page import PageImage

BILEVEL_SHARE = 0.95
"""A page is black and white when so many of its pixels are one or the other, up to `NEARLY` grey levels."""

NEARLY = 8

DOT_PX = 3
"""A screen's dots are no larger, in pixels."""

DOTS_PER_CM2, DOTS_SHARE = 40.0, 0.85
"""A screened page has so many dots, and they are so large a share of its black marks: of 14 black-and-white scans without a screen
the dirtiest had 24 dots a square centimetre, three screened pages had 52 to 189."""

BLUR_MM = 0.12
"""Standard deviation of the blur that makes dots a grey again; strokes are broader."""


def without_screen(page: PageImage) -> PageImage:
    """The page with its screen blurred away; the same page where it has none."""
    channel = page.pixels[:, :, 1]
    sample = channel[::4, ::4]
    if np.mean((sample <= NEARLY) | (sample >= 255 - NEARLY)) < BILEVEL_SHARE:  # most pages
        return page
    black = (channel < 128).view(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(black, connectivity=4)
    areas = stats[1:, cv2.CC_STAT_AREA]
    dots = int(np.count_nonzero(areas <= DOT_PX))
    page_cm2 = black.size / mm_to_px(10.0, page.dpi) ** 2
    if dots < max(DOTS_PER_CM2 * page_cm2, DOTS_SHARE * len(areas)):
        return page
    blurred = cv2.GaussianBlur(page.pixels, (0, 0), mm_to_px(BLUR_MM, page.dpi))
    return replace(page, pixels=np.asarray(blurred, np.uint8))
