"""What shines through from the sheet's other side: rulings that text runs across, and characters lighter than all print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ..document.geometry import mm_to_px
from ..document.levels import percentile
from ..document.page import Gray
from .ruling import Ruling
from .runs import runs

MARK_DPI = 100
"""Marks of a character's size are still told apart at so many pixels an inch."""

CORE_PX, CORE_PERCENTILE = 2, 25
"""A ruling's darkest pixels lie within this of its middle; strokes that stand on it make up to three quarters of it darker."""


@dataclass(frozen=True, slots=True)
class GhostParams:
    """Lengths in millimetres, shares from 0 to 1.

    Attributes:
        min_length_mm: shorter rulings are not judged: they may be strokes of characters.
        beside_mm: print that runs across a ruling stands on both sides of it as near as this.
        crossed_share: share of a ruling's length that print runs across, from which it is no border.
        min_crossed_mm, least_crossed: so much length of such rulings shows that the other side shines through, and so great a share
            of all that are no darker: print stands across some of a table behind a page, and not across a page's own table.
        factor: rulings of this side are darker than those by so much.
        apart: this side's rulings are darker than the other's by so much, and none lies between.
        darker_share: share of all rulings' length that are this side's.
        char_mm: the longer side of a mark that may be a character, from and to.
        flat_mm, flat_ratio: what is no higher, and so many times as long as high, is a dash.
        min_chars, chars_share: so many marks lighter than print, and so many for each mark of print, are the other side's text or
            the grain of the paper, and not the few strokes that a printer has lost.
        chars_percentile, chars_factor: what is lighter than this percentile of their pixels times the factor is one of them.
    """

    min_length_mm: float = 20.0
    beside_mm: float = 0.7
    crossed_share: float = 0.08
    min_crossed_mm: float = 60.0
    least_crossed: float = 0.04
    factor: float = 1.3
    apart: float = 2.0
    darker_share: float = 0.4
    char_mm: tuple[float, float] = (0.9, 6.0)
    flat_mm: float = 0.8
    flat_ratio: float = 2.0
    min_chars: int = 100
    chars_share: float = 0.2
    chars_percentile: float = 99.0
    chars_factor: float = 1.15


def ghost_level(
    rulings: Sequence[Ruling], contrast: Gray, print_: int, dpi: float, params: GhostParams | None = None
) -> float:
    """Contrast up to which a page's rulings are of the other side, in grey levels; 0 where none shines through.

    Args:
        rulings: all horizontal ones; or all vertical ones, of the page turned on its side.
        contrast: (H, W) uint8, how much darker than its paper each pixel is.
        print_: contrast from which a pixel counts as print.
        dpi: pixels an inch.
        params: lengths and shares.
    """
    params = params or GhostParams()
    long = [r for r in rulings if r.length >= mm_to_px(params.min_length_mm, dpi) and r.contrast < print_]
    near = max(2, round(mm_to_px(params.beside_mm, dpi)))
    longest = mm_to_px(params.char_mm[1], dpi)
    crossed = [r for r in long if _crossed_share(r, contrast, print_, near, longest) >= params.crossed_share]
    if sum(r.length for r in crossed) < mm_to_px(params.min_crossed_mm, dpi):
        return 0.0
    level = params.factor * float(np.percentile([r.contrast for r in crossed], 90))
    alike = sum(r.length for r in long if r.contrast <= level)
    return level if sum(r.length for r in crossed) >= params.least_crossed * alike else 0.0


def behind_level(
    rulings: Sequence[Ruling], contrast: Gray, dpi: float, params: GhostParams | None = None
) -> float:
    """Contrast up to which rulings are of the other side, whose text is known to shine through, in grey levels; 0 where none is.

    The rulings of a table behind this one lie as close as its own and are as long, but paler: nothing lies between the two sorts,
    and the darker ones are no few.

    Args:
        rulings: horizontal ones.
        contrast: (H, W) uint8, how much darker than its paper each pixel is.
        dpi: pixels an inch.
        params: lengths and shares.
    """
    params = params or GhostParams()
    long = [ruling for ruling in rulings if ruling.length >= mm_to_px(params.min_length_mm, dpi)]
    cores = np.array([_core_contrast(ruling, contrast) for ruling in long])
    order = np.argsort(cores)
    if len(order) < 2:
        return 0.0
    cores, lengths = cores[order], np.array([ruling.length for ruling in long])[order]
    steps = cores[1:] / np.maximum(cores[:-1], 1.0)
    k = int(steps.argmax())
    if steps[k] < params.apart or lengths[k + 1 :].sum() < params.darker_share * lengths.sum():
        return 0.0
    return float(np.sqrt(cores[k] * cores[k + 1]))


def _core_contrast(ruling: Ruling, contrast: Gray) -> float:
    """The contrast of a horizontal ruling without its soft edges, and without what crosses it, in grey levels."""
    xs = np.arange(max(0, round(ruling.start)), min(contrast.shape[1], round(ruling.end) + 1))
    if not xs.size:
        return 0.0
    ys = np.rint(np.interp(xs, ruling.along, ruling.across)).astype(int)
    near = np.arange(-CORE_PX, CORE_PX + 1)[:, None]
    return percentile(contrast[np.clip(ys + near, 0, contrast.shape[0] - 1), xs].max(axis=0), CORE_PERCENTILE)


def _crossed_share(ruling: Ruling, contrast: Gray, print_: int, near: int, longest: float) -> float:
    """Share of a ruling's length where print stands right above it and right below it.

    What does so over more than the `longest` stretch, px, that a character takes up is the ruling itself: a thick one.
    """
    xs = np.arange(max(0, round(ruling.start)), min(contrast.shape[1], round(ruling.end)))
    ys = np.rint(np.interp(xs, ruling.along, ruling.across)).astype(int)
    steps = np.arange(2, near + 1)[:, None]
    highest = contrast.shape[0] - 1
    above = (contrast[np.clip(ys - steps, 0, highest), xs] >= print_).any(axis=0)
    below = (contrast[np.clip(ys + steps, 0, highest), xs] >= print_).any(axis=0)
    crossings = [stop - start for start, stop in runs(above & below) if stop - start <= longest]
    return sum(crossings) / max(1, xs.size)


def shine_level(
    contrast: Gray, faint: int, print_: int, dpi: float, params: GhostParams | None = None
) -> int:
    """Contrast up to which a page's marks are of the other side, in grey levels; 0 where none shines through.

    Args:
        contrast: (H, W) uint8, how much darker than its paper each pixel is.
        faint: contrast from which a pixel may be a mark.
        print_: contrast from which a pixel counts as print.
        dpi: pixels an inch.
        params: lengths and shares.
    """
    params = params or GhostParams()
    step = max(1, int(dpi // MARK_DPI))
    contrast, dpi = np.ascontiguousarray(contrast[::step, ::step]), dpi / step
    marks = (contrast >= faint).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(marks, connectivity=8)
    dark = np.zeros(count, dtype=bool)
    dark[labels[contrast >= print_]] = True
    sides = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    low, high = (mm_to_px(mm, dpi) for mm in params.char_mm)
    # Pale dashes are this side's, however many; of characters that shine through few parts are flat.
    flat = (stats[:, cv2.CC_STAT_HEIGHT] <= mm_to_px(params.flat_mm, dpi)) & (
        stats[:, cv2.CC_STAT_WIDTH] >= params.flat_ratio * stats[:, cv2.CC_STAT_HEIGHT]
    )
    chars = (sides >= low) & (sides <= high) & ~flat
    chars[0] = False
    light = chars & ~dark
    if light.sum() < max(params.min_chars, params.chars_share * (chars & dark).sum()):
        return 0
    level = params.chars_factor * percentile(contrast[light[labels]], params.chars_percentile)
    return min(print_, round(level))
