"""Where the page carries ink, whatever the light on the paper.

Black print absorbs all three colours; a red seal and a blue pen each leave one channel bright. The brightest channel of a pixel
(the V of HSV), lifted by its saturation, therefore shows black print and loses coloured ink; the luminance shows both.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ..document.geometry import Homography, mm_to_px
from ..document.levels import percentile
from ..document.page import RGB, Gray

Mask = NDArray[np.uint8]
"""(H, W) uint8, 1 where something is, 0 elsewhere."""

PAPER_WINDOW_MM = 6.0
"""Strokes and rulings are thinner than this, shadows and shaded cells are wider."""

MIN_CONTRAST = 16
"""Grey levels (of 255) by which ink is darker than the paper around it, at the least."""

NOISE_FACTOR = 5.0
"""Ink must also stand out by this many standard deviations of the paper's own noise."""

DARKEST_PAPER = 80
"""Paper in a shadow is brighter than this, in grey levels; what is darker is no paper, and its noise is not blown up."""

PRINT_SHARE = 0.36
"""Print is at least so dark, as a share of the page\'s darkest print; chosen by hand on scans with bleed-through and seals."""

_PRINT_PERCENTILE = 92
_NOISE_PERCENTILE = 60
_PAPER_SCALE = 4


@dataclass(frozen=True, slots=True, eq=False)
class Ink:
    """How much darker than its paper each pixel is, whatever the light.

    Attributes:
        contrast: (H, W) uint8, 0 on bare paper, 255 where ink takes all light away.
        faint: contrast from which a pixel may be part of a hairline ruling, in grey levels.
        threshold: contrast from which a pixel counts as print, in grey levels; what shines through from the other side, and what
            the black channel leaves of a seal, stay below it.
        shine: contrast up to which marks are characters of the sheet's other side, in grey levels; 0 where none shines through.
    """

    contrast: Gray
    faint: int
    threshold: int
    shine: int = 0

    def mask(self) -> Mask:
        """(H, W) uint8, 1 where there is print."""
        return (self.contrast >= self.threshold).astype(np.uint8)


def black_channel(pixels: RGB) -> Gray:
    """(H, W) uint8 in which black print is dark and coloured ink nearly vanishes.

    The brightest channel, made brighter still by as much as the channels differ: grey stays as it is.
    """
    red, green, blue = cv2.split(pixels)
    brightest = cv2.max(cv2.max(red, green), blue)
    darkest = cv2.min(cv2.min(red, green), blue)
    return np.asarray(cv2.add(brightest, cv2.subtract(brightest, darkest)), dtype=np.uint8)


def measure_ink(gray: Gray, dpi: float) -> Ink:
    """The ink of a (H, W) uint8 image of `dpi` pixels an inch."""
    paper = estimate_paper(gray, dpi)
    # Ink takes away a share of the light that falls on it: in a shadow it is darker by fewer grey levels.
    light = cv2.max(paper, np.full_like(paper, DARKEST_PAPER))
    contrast = np.asarray(cv2.divide(cv2.subtract(paper, gray), light, scale=255.0), dtype=np.uint8)
    noise = _paper_noise(contrast)
    faint = max(MIN_CONTRAST, round(NOISE_FACTOR * noise))
    return Ink(contrast, faint, max(faint, round(PRINT_SHARE * _print_contrast(contrast, faint))))


def _print_contrast(contrast: Gray, faint: int) -> float:
    """How dark the page's print is, in grey levels; 0 for an empty page."""
    sample = contrast[::2, ::2]
    inked = sample[sample >= faint]
    return percentile(inked, _PRINT_PERCENTILE) if inked.size else 0.0


def on_sheet(ink: Ink, sheet: Mask | None) -> Ink:
    """The ink that lies on the sheet; all of it where no sheet stands out."""
    if sheet is None:
        return ink
    return replace(ink, contrast=cv2.multiply(ink.contrast, sheet).astype(np.uint8))


def without_pieces(ink: Ink, pieces: Mask, to_page: Homography) -> Ink:
    """The ink without pieces of rulings and their soft edges.

    Args:
        ink: of the page.
        pieces: (H, W) uint8, in the frame of the level page.
        to_page: from that frame to the page.
    """
    height, width = ink.contrast.shape
    wide = cv2.dilate(pieces, np.ones((5, 5), np.uint8))
    mask = cv2.warpPerspective(wide, to_page.matrix, (width, height), flags=cv2.INTER_NEAREST)
    return replace(ink, contrast=cv2.multiply(ink.contrast, (1 - mask)).astype(np.uint8))


def estimate_paper(gray: Gray, dpi: float) -> Gray:
    """The brightness that the bare paper would have at each pixel, (H, W) uint8.

    A grey closing removes everything thinner than `PAPER_WINDOW_MM`; done at a quarter of the size, since paper varies slowly.
    """
    height, width = gray.shape
    small = cv2.resize(
        gray, (max(1, width // _PAPER_SCALE), max(1, height // _PAPER_SCALE)), interpolation=cv2.INTER_AREA
    )
    side = max(3, round(mm_to_px(PAPER_WINDOW_MM, dpi) / _PAPER_SCALE) | 1)
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    smooth = cv2.blur(closed, (3, 3))
    return np.asarray(cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


def _paper_noise(contrast: Gray) -> float:
    """Spread of the paper itself, in grey levels: most of a page is bare, so a middle percentile tells."""
    sample = contrast[::4, ::4]
    low = sample[sample <= percentile(sample, _NOISE_PERCENTILE)]
    return float(low.std()) if low.size else 0.0
