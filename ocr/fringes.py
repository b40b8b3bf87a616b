"""Colours of a scanner whose three channels do not meet: a grey page with coloured fringes, made grey again."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from ..document.geometry import mm_to_px
from ..document.page import RGB, Gray, PageImage

COLOURED_CHROMA = 60
"""Grey levels by which the channels of a coloured pixel differ, at the least."""

LEAST_SHARE = 0.0005
"""Of a page without colour no more pixels are coloured; it stays as it is."""

CELL_MM = 1.5
"""Fringes cancel out within so much of a page: what one channel lacks on one side of a stroke it has on the other."""

LEFT_SHARE = 0.4
"""Of the colour of fringes less than this is left then; of a seal, a pen, coloured borders or headings nearly all."""


def without_fringes(page: PageImage) -> PageImage:
    """The page in grey where all its colours are fringes; the same page otherwise."""
    sample = _chroma(np.ascontiguousarray(page.pixels[::4, ::4]))
    paper = float(np.median(sample[::2, ::2]))  # under warm light it is coloured all over
    if np.count_nonzero(sample >= paper + COLOURED_CHROMA) < LEAST_SHARE * sample.size:  # most pages
        return page
    chroma = _chroma(page.pixels)
    coloured = chroma >= paper + COLOURED_CHROMA
    height, width = chroma.shape
    cell = mm_to_px(CELL_MM, page.dpi)
    coarse = max(1, round(width / cell)), max(1, round(height / cell))
    fine = np.where(coloured, cv2.subtract(chroma, np.full_like(chroma, round(paper))), np.uint8(0))
    before = cv2.resize(fine, coarse, interpolation=cv2.INTER_AREA).astype(np.float64)
    small = np.asarray(cv2.resize(page.pixels, coarse, interpolation=cv2.INTER_AREA), np.uint8)
    after = _chroma(small).astype(np.float64)
    left = np.maximum(0.0, after - paper)[before > 0].sum()
    if left >= LEFT_SHARE * before.sum():
        return page
    grey = cv2.cvtColor(page.pixels, cv2.COLOR_RGB2GRAY)
    return replace(page, pixels=np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), np.uint8))


def _chroma(pixels: RGB) -> Gray:
    red, green, blue = cv2.split(pixels)
    darkest = cv2.min(cv2.min(red, green), blue)
    return np.asarray(cv2.subtract(cv2.max(cv2.max(red, green), blue), darkest), np.uint8)
