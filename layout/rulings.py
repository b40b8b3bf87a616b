"""Drawn lines of a page, as polylines.

A ruling is told from text by being thin and long: strokes of characters that run across the searched direction are taken out
first, then a pixel belongs to a ruling when nearly all of a window along the line is inked. Windows bridge small breaks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from ..document.geometry import mm_to_px
from ..document.page import Gray
from .dots import draw_through
from .ghosts import behind_level, ghost_level
from .ink import Mask
from .link import HORIZONTAL, VERTICAL, LinkParams, link_rulings
from .marks import find_marks
from .ridges import ridges
from .ruling import Ruling

DARK = 1.6
"""Times as dark as print has to be at the least: neither a pale ruling nor one on what shines through."""

EDGE_MM = 0.5
"""No wider are the soft edges of print."""

CHARACTER_MM = 0.4, 6.0
"""From the shorter side of a character, such as a 1, to the longer of any; marks on a ruling are narrower."""

PALE = 1.5
"""Rulings usually less than so many times as dark as the faintest are in pieces for the paper's grain."""

LEAST_GRAIN = 1.0
"""Grey levels by which the paper of a scan is darker here and there, on the mean."""

REST = 1.15
"""A ruling of this side is so many times as dark as those of the other one may be, and as the darkest stretches of them."""

TOLERANCE = 2
"""Px by which a line's pixels are more than its ink: one above and one below."""

LONG_SHARE = 0.5
"""Rulings so long, as a share of the page's longest, tell how dark rulings are."""

DOT_SHARE = 0.6
"""Dots are at least so dark, as a share of print."""


class RulingState(StrEnum):
    """What is left of a page's rulings; where none is, columns follow from most rows or from each word, a header's too.

    Of `PALE` ones none is left out for being far lighter than the others, and they are whole or in pieces as they look like.
    """

    PALE = "pale"
    WHOLE = "whole"
    IN_PIECES = "in pieces"
    LOST = "lost"
    LOST_BUT_HEADED = "lost but headed"

    @property
    def is_lost(self) -> bool:
        """Whether row borders are taken from the text alone."""
        return self in (RulingState.LOST, RulingState.LOST_BUT_HEADED)


@dataclass(frozen=True, slots=True)
class RulingParams:
    """Lengths in millimetres, shares from 0 to 1.

    Attributes:
        max_thickness_mm: thicker marks are fills or pictures, not rulings.
        window_horizontal_mm: shorter than the narrowest column of the form.
        window_vertical_mm: shorter than the lowest row.
        min_share: share of a window that must be inked.
        gap_mm: breaks up to this length do not end a ruling.
        min_contrast_share: a ruling is at least so dark, as a share of the page's usual ruling.
        min_table_mm: a page without any horizontal ruling of this length has no table.
        max_sway_mm: a ruling stays within this distance of its own straight fit, scaled by its length over 100 mm.
    """

    max_thickness_mm: float = 1.6
    window_horizontal_mm: float = 5.0
    window_vertical_mm: float = 3.6
    min_share: float = 0.85
    gap_mm: float = 1.2
    min_contrast_share: float = 0.45
    max_sway_mm: float = 4.0
    min_table_mm: float = 15.0


@dataclass(frozen=True, slots=True, eq=False)
class Rulings:
    """All rulings of a page and the pixels that carry them.

    Attributes:
        horizontal, vertical: in no particular order.
        horizontal_mask, vertical_mask: (H, W) uint8, 1 on a ruling of that direction.
        dpi: of the masks.
    """

    horizontal: tuple[Ruling, ...]
    vertical: tuple[Ruling, ...]
    horizontal_mask: Mask
    vertical_mask: Mask
    dpi: float


_Found = tuple[tuple[Ruling, ...], Mask]


def detect_rulings(
    contrast: Gray,
    faint: int,
    print_: int,
    dpi: float,
    params: RulingParams | None = None,
    *,
    shines_through: bool = False,
    with_pale: bool = False,
) -> Rulings:
    """The rulings of a page whose skew is below about 1.5 degrees.

    Args:
        contrast: (H, W) uint8, how much darker than its paper each pixel is.
        faint: contrast from which a pixel may belong to a ruling, in grey levels.
        print_: contrast from which a pixel counts as print.
        dpi: pixels an inch.
        params: lengths and shares.
        shines_through: whether characters of the sheet's other side may stand across rulings.
        with_pale: whether rulings count that are far lighter than the page's usual ones.
    """
    params = params or RulingParams()
    dark = min(255, round(DARK * print_)) if shines_through else None
    # A fax has no greys: what is lighter is of the other side.
    dots = (contrast >= max(faint, DOT_SHARE * print_)).view(np.uint8)
    inked, contrast = contrast, np.maximum(contrast, draw_through(dots, dpi) * np.uint8(print_))
    if with_pale:
        every = replace(params, min_contrast_share=0.0)
        return _detect_hairlines(contrast, faint, print_, dpi, every, shines_through=shines_through)
    across = _horizontal(contrast, faint, dark, dpi, params)
    usual = _usual_contrast(across[0], dpi)
    if 0 < usual < PALE * faint and _is_grainy(contrast, faint):
        return _detect_hairlines(contrast, faint, print_, dpi, params, shines_through=shines_through)
    if not any(r.length >= mm_to_px(params.min_table_mm, dpi) for r in across[0]):
        nothing = np.zeros_like(contrast)
        return Rulings((), (), nothing, nothing, dpi)
    # Far darker rulings than the faintest: those are what is left of a seal, or the other side of the sheet.
    least = usual * params.min_contrast_share
    ghosts = round(ghost_level(across[0], contrast, print_, dpi))
    behind = round(behind_level(across[0], inked, dpi)) if shines_through else 0
    threshold = max(faint, round(least), ghosts, behind)
    if threshold > faint:  # beside a shaded cell too, whose shade is no ruling's
        across = _horizontal(contrast, threshold, dark, dpi, params)
    bare = _without_characters(contrast, print_, dpi) if shines_through and usual < print_ else contrast
    down = _vertical(bare, threshold, dpi, params)
    # Of a landscape page behind this one, most rulings run down the page.
    turned = round(ghost_level(down[0], inked.T, print_, dpi))
    if turned > threshold:
        across = _horizontal(contrast, turned, dark, dpi, params)
        down = _vertical(bare, turned, dpi, params)
    kept = _without_rest(across[0], ghosts), _without_rest(down[0], turned)
    return Rulings(*kept, across[1], down[1], dpi)


def _without_rest(rulings: tuple[Ruling, ...], ghosts: int) -> tuple[Ruling, ...]:
    """The rulings without the darkest stretches of the other side's; all where nothing parts these from the page's own.

    Args:
        rulings: no paler than those of the other side mostly are.
        ghosts: contrast up to which those are, in grey levels; 0 where none shines through.
    """
    rest = [r for r in rulings if r.contrast <= REST * ghosts]
    kept = tuple(r for r in rulings if r.contrast > REST * ghosts)
    if not rest or not kept or 2 * sum(r.length for r in kept) < sum(r.length for r in rulings):
        return rulings
    apart = min(r.contrast for r in kept) >= REST * max(r.contrast for r in rest)
    return kept if apart else rulings


def _is_grainy(contrast: Gray, faint: int) -> bool:
    """Whether the paper shows any grain, as a scan's does: on a page as it was made, lines are seen as they are."""
    sample = contrast[::4, ::4]
    paper = sample[sample < faint]
    return bool(paper.size) and float(paper.mean()) >= LEAST_GRAIN


def _detect_hairlines(
    contrast: Gray, faint: int, print_: int, dpi: float, params: RulingParams, *, shines_through: bool
) -> Rulings:
    """The rulings of a page whose usual ones are hardly darker than its paper's grain; arguments as of `detect_rulings`."""
    bare = _without_characters(contrast, print_, dpi) if shines_through else contrast
    turned = np.asarray(cv2.transpose(bare), dtype=np.uint8)
    across, mask = _find_hairlines(contrast, faint, dpi, params, params.window_horizontal_mm, HORIZONTAL)
    down, turned_mask = _find_hairlines(turned, faint, dpi, params, params.window_vertical_mm, VERTICAL)
    least = _usual_contrast(across, dpi) * params.min_contrast_share
    across, down = (tuple(r for r in found if r.contrast >= least) for found in (across, down))
    return Rulings(across, down, mask, np.asarray(cv2.transpose(turned_mask), dtype=np.uint8), dpi)


def _find_hairlines(
    contrast: Gray, faint: int, dpi: float, params: RulingParams, window_mm: float, link: LinkParams
) -> _Found:
    return _find(
        contrast, _thin(ridges(contrast, faint, dpi), faint, None, dpi, params), dpi, params, window_mm, link
    )


def _without_characters(contrast: Gray, print_: int, dpi: float) -> Gray:
    """The page without what is as dark and as large as its characters.

    With strokes of the other side between them, those of digits below each other look like a ruling as pale as these.
    """
    marks = find_marks((contrast >= print_).view(np.uint8))
    narrow, long = (mm_to_px(mm, dpi) for mm in CHARACTER_MM)
    sides = marks.boxes[:, 2:]
    characters = marks.only((sides.min(axis=1) >= narrow) & (sides.max(axis=1) <= long))
    side = round(mm_to_px(EDGE_MM, dpi)) * 2 + 1
    own = cv2.dilate(characters, np.ones((side, side), np.uint8))
    return np.asarray(cv2.multiply(contrast, 1 - own), dtype=np.uint8)


def _usual_contrast(rulings: Sequence[Ruling], dpi: float) -> float:
    """The contrast of the darker rulings, in grey levels: four fifths of their length is no darker; 0 without long rulings.

    At a low resolution the tops of a line of text run together, darker than a hairline, and shorter than a table is wide.
    """
    least = max(mm_to_px(20, dpi), LONG_SHARE * max((r.length for r in rulings), default=0.0))
    long = sorted((r for r in rulings if r.length >= least), key=lambda r: r.contrast)
    if not long:
        return 0.0
    lengths = np.cumsum([r.length for r in long])
    return long[int(np.searchsorted(lengths, 0.8 * lengths[-1]))].contrast


def _horizontal(contrast: Gray, threshold: int, dark: int | None, dpi: float, params: RulingParams) -> _Found:
    """Rulings that run across the page, and their pixels."""
    thin = _thin(contrast, threshold, dark, dpi, params)
    return _find(contrast, thin, dpi, params, params.window_horizontal_mm, HORIZONTAL)


def _vertical(contrast: Gray, threshold: int, dpi: float, params: RulingParams) -> _Found:
    """Rulings that run down the page, and their pixels."""
    turned = np.asarray(cv2.transpose(contrast), dtype=np.uint8)
    thin = _thin(turned, threshold, None, dpi, params)
    rulings, mask = _find(turned, thin, dpi, params, params.window_vertical_mm, VERTICAL)
    return rulings, np.asarray(cv2.transpose(mask), dtype=np.uint8)


def _find(
    contrast: Gray, thin: Mask, dpi: float, params: RulingParams, window_mm: float, link: LinkParams
) -> _Found:
    mask = _line_mask(thin, dpi, params, window_mm)
    return link_rulings(_trace(mask, contrast, dpi, params, window_mm), dpi, link), mask


def _thin(contrast: Gray, threshold: int, dark: int | None, dpi: float, params: RulingParams) -> Mask:
    """Ink that is thin from top to bottom, (H, W) uint8; with `dark`, print's darkness, also on characters of the other side.

    What lies on pale ink adds to it: a ruling is darker than the ink above and below it. So are the soft edges of print.
    """
    across = np.ones((max(3, round(mm_to_px(params.max_thickness_mm, dpi))), 1), np.uint8)
    ink = (contrast >= threshold).view(np.uint8)
    thin = cv2.subtract(ink, cv2.morphologyEx(ink, cv2.MORPH_OPEN, across))
    if dark is None:
        return np.asarray(thin, dtype=np.uint8)
    beside = cv2.subtract(contrast, cv2.morphologyEx(contrast, cv2.MORPH_OPEN, across))
    side = round(mm_to_px(EDGE_MM, dpi)) * 2 + 1
    near_print = cv2.dilate((contrast >= dark).view(np.uint8), np.ones((side, side), np.uint8))
    pale = cv2.subtract((beside >= threshold).view(np.uint8), near_print)
    return np.asarray(cv2.bitwise_or(thin, pale, dst=thin), dtype=np.uint8)


def _line_mask(thin: Mask, dpi: float, params: RulingParams, window_mm: float) -> Mask:
    """Pixels of horizontal rulings, (H, W) uint8; takes what is thin apart."""
    window = max(5, round(mm_to_px(window_mm, dpi)) | 1)
    # Whatever is not named is freed at once: two pages at a time, each step a picture.
    # A line at a slight angle climbs inside the window.
    tolerant = cv2.dilate(thin, np.ones((TOLERANCE + 1, 1), np.uint8), dst=thin)
    # Sums of 0 and 1 over a window stay below 256: uint8 is enough, and four times as fast as float32.
    window = min(window, 255)
    inked = cv2.boxFilter(tolerant, -1, (window, 1), normalize=False, borderType=cv2.BORDER_CONSTANT)
    seeds = (inked >= params.min_share * window).view(np.uint8)
    reach = cv2.dilate(seeds, np.ones((1, window), np.uint8), dst=inked)
    lines = cv2.bitwise_and(reach, tolerant, dst=reach)
    gap = max(3, round(mm_to_px(params.gap_mm, dpi)) | 1)
    return np.asarray(cv2.morphologyEx(lines, cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8)), dtype=np.uint8)


def _trace(
    mask: Mask, contrast: Gray, dpi: float, params: RulingParams, min_length_mm: float
) -> tuple[Ruling, ...]:
    """One ruling for each connected stretch of a horizontal line mask."""
    marks = find_marks(mask)
    rulings = []
    for i in np.flatnonzero(marks.boxes[:, 2] >= mm_to_px(min_length_mm, dpi)):
        x, y, width, height = (int(v) for v in marks.boxes[i])
        inside = marks.pixels(int(i))
        own = contrast[y : y + height, x : x + width]
        *points, shades = _center_line(inside, own, mm_to_px(2.0, dpi))
        along, across = points[0] + x, points[1] + y
        if _sway(along, across) <= mm_to_px(params.max_sway_mm, dpi) * max(0.25, width / mm_to_px(100, dpi)):
            darkness = own[inside]
            thickness = max(0.0, darkness.size / width - TOLERANCE)
            rulings.append(Ruling(along, across, float(darkness.mean()), thickness, shades=shades))
    return tuple(rulings)


def _sway(along: NDArray[np.float64], across: NDArray[np.float64]) -> float:
    """How far a line goes off its own straight fit, px."""
    x, y = along - along.mean(), across - across.mean()
    return float(np.abs(y - x * (x @ y) / (x @ x)).max())


def _center_line(
    component: NDArray[np.bool_], contrast: Gray, step: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Sampled middles of a component's columns: positions along and across, and contrasts there, all (n,) with n at least 2."""
    height, width = component.shape
    weights = component.sum(axis=0)
    rows = np.arange(height) @ component
    chunks = max(2, int(width // max(1.0, step)))
    edges = np.linspace(0, width, chunks + 1).astype(int)
    inked, moments = (np.add.reduceat(sums, edges[:-1]) for sums in (weights, rows))
    filled = inked > 0
    along = ((edges[:-1] + edges[1:] - 1) / 2)[filled]
    across = moments[filled] / inked[filled]
    # The ends themselves, level with the nearest samples.
    along[0], along[-1] = 0.0, width - 1.0
    darkness = np.add.reduceat((contrast * component).sum(axis=0), edges[:-1])
    return along, across, darkness[filled] / inked[filled]
