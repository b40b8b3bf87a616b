"""The light on a page: a lamp's is warm, and shows as a colour on paper that is white."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..document.levels import percentile
from ..document.page import RGB
from .ink import Mask

NEUTRAL = 0.04
"""Light whose colours differ by no more than this share is white: a scanner's is."""

REDDEST = 0.35
"""One that differs by more is no light: the paper itself is coloured, or most of the page is."""


def in_white_light(pixels: RGB, sheet: Mask | None) -> RGB:
    """The page as it would be in white light, so that its paper has no colour; the page itself where the light is white.

    Each channel is scaled by what the paper reflects of it (von Kries, 1902): the median of the brighter half of the sheet.

    Args:
        pixels: (H, W, 3) uint8 RGB.
        sheet: (H, W) uint8, 1 on a photograph's sheet; None where the picture shows nothing but the sheet.
    """
    sample = pixels[::8, ::8].reshape(-1, 3)
    sample = sample if sheet is None else sample[sheet[::8, ::8].ravel() > 0]
    if not sample.size:
        return pixels
    brightest = sample.max(axis=1)
    paper = np.median(sample[brightest >= percentile(brightest, 50)], axis=0)
    if not NEUTRAL * paper.max() < np.ptp(paper) <= REDDEST * paper.max():
        return pixels
    gains: NDArray[np.float64] = paper.max() / paper
    levels = np.clip(np.arange(256)[:, None] * gains, 0, 255).round().astype(np.uint8)
    return np.asarray(cv2.LUT(pixels, levels[None]), dtype=np.uint8)
