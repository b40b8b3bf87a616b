"""Where the page carries ink, whatever the light on the paper.

Black print absorbs all three colours; a red seal and a blue pen each leave one channel bright. The brightest channel of a pixel
(the V of HSV), lifted by its saturation, therefore shows black print and loses coloured ink; the luminance shows both. Where a page
carries such ink, what the ink alone takes away is divided out of the luminance instead, so that the print beneath it stays.
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

COLOURED_CHROMA, COLOURED_SHARE = 60, 0.0005
"""A pixel is coloured when its channels differ by so many grey levels; on a page without seal or pen no more than this share is."""

DIMMING_PERCENTILE = 70
"""Of the brightness that coloured ink takes away for each grey level of colour that it adds; print beneath it takes away more."""

PAPER_PERCENTILE = 80
"""Of a page's brightness: its paper."""

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
        seal: (H, W) uint8, 1 where the broad pale marks of a seal were taken off; None where the page bears none.
        hidden: (H, W) uint8, 1 under dark streaks, where nothing can be seen; None without any.
        colour: (H, W) uint8, 1 where the page shows coloured ink; None without any.
        tinted: (H, W) uint8, how dark that is where nothing black is; None where it could be no table's rulings.
    """

    contrast: Gray
    faint: int
    threshold: int
    shine: int = 0
    seal: Mask | None = None
    hidden: Mask | None = None
    colour: Mask | None = None
    tinted: Gray | None = None

    def mask(self) -> Mask:
        """(H, W) uint8, 1 where there is print."""
        return (self.contrast >= self.threshold).astype(np.uint8)


def chroma_of(pixels: RGB) -> Gray:
    """(H, W) uint8: grey levels by which a pixel's channels differ, those of a (H, W, 3) uint8 picture."""
    red, green, blue = cv2.split(pixels)
    darkest = cv2.min(cv2.min(red, green), blue)
    return np.asarray(cv2.subtract(cv2.max(cv2.max(red, green), blue), darkest), dtype=np.uint8)


def black_channel(pixels: RGB, chroma: Gray) -> Gray:
    """(H, W) uint8 in which black print is dark and coloured ink nearly vanishes: grey stays as it is.

    Where a page carries hardly any colour, the brightest channel, made brighter still by as much as the channels differ. Where it
    carries a seal or a pen that would wash out the print beneath too, whose pixels a JPEG tints with the seal's colour. There a
    pixel's brightness is divided by that of the coloured ink alone, as it follows from how far its channels differ.

    Args:
        pixels: (H, W, 3) uint8 RGB.
        chroma: of them.
    """
    red, green, blue = cv2.split(pixels)
    coloured = chroma >= COLOURED_CHROMA
    if np.count_nonzero(coloured) < COLOURED_SHARE * coloured.size:
        return np.asarray(cv2.add(cv2.max(cv2.max(red, green), blue), chroma), dtype=np.uint8)
    luminance = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    paper = percentile(luminance[::4, ::4], PAPER_PERCENTILE)
    is_red = red >= cv2.max(green, blue)
    black = luminance
    for hue in (is_red, ~is_red):
        where = coloured & hue
        if where.any():
            taken = (paper - luminance[where].astype(np.float32)) / chroma[where]
            dimming = max(0.0, float(np.percentile(taken, DIMMING_PERCENTILE)))
            undimmed = _undimmed(luminance, chroma, dimming, paper)
            black = np.where(hue, undimmed, black)
    return black


def _undimmed(luminance: Gray, chroma: NDArray[np.uint8], dimming: float, paper: float) -> Gray:
    """The brightness, (H, W) uint8, with what coloured ink has taken away given back."""
    levels = np.clip(paper - dimming * np.arange(256), 1, 255).astype(np.uint8)
    return np.asarray(cv2.divide(luminance, cv2.LUT(chroma, levels), scale=paper), dtype=np.uint8)


def measure_ink(gray: Gray, dpi: float) -> Ink:
    """The ink of a (H, W) uint8 image of `dpi` pixels an inch."""
    paper = estimate_paper(gray, dpi)
    # Ink takes away a share of the light that falls on it: in a shadow it is darker by fewer grey levels.
    light = cv2.max(paper, np.full_like(paper, DARKEST_PAPER))
    contrast = np.asarray(cv2.divide(cv2.subtract(paper, gray), light, scale=255.0), dtype=np.uint8)
    noise = _paper_noise(contrast)
    # On a page that is all noise, as a fax of a grey one, the level stays one that a pixel can have.
    faint = min(255, max(MIN_CONTRAST, round(NOISE_FACTOR * noise)))
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
