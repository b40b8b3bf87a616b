"""Cells cut from a page, straightened and freed of the rulings around them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ..document.geometry import Quad, mm_to_px
from ..document.levels import percentile
from ..document.page import RGB, Gray
from .ink import Ink, Mask
from .pale import CORE_PERCENTILE, without_pale_marks
from .runs import runs
from .specks import MIN_MARK_MM, are_crumbs, largest_speck, without_specks
from .stroke import DASH_BAND, is_dash

RULING_BAND_MM = 1.1
"""A ruling lies within this distance of the cell's quad; what fills a row or column there is the ruling, not text."""

RULING_SHARE = 0.55
"""Share of a border row or column that must be inked to be taken for the ruling."""

RULING_REST = 0.75
"""What belongs to a ruling is drawn for this share of its best drawn row or column of pixels."""

CUT_MM = 0.5
"""So much ink on a side edge is a character that goes on beyond it."""

SLICE_MM, SLICE_SLACK_MM = 0.25, 0.3
"""A slice of a character is so wide at the least, and goes no further above and below its line."""

BESIDE_MM = 2.5
"""A sign stands no further from its number."""

SIGN_LENGTH_MM, SIGN_HEIGHT_MM = 3.0, 0.6
"""A minus sign is no longer and no higher."""

LIGHTER_SHARE = 0.45
"""Marks beside print belong to it when they are lighter by no more than this."""

OWN_PERCENTILE = 75
"""Of the contrast of a cell's print: its strokes without their soft edges."""

SHADE_PERCENTILE, SHADE_SHARE = 95, 0.45
"""What is lighter than this percentile of the paper's contrast, and than this share of the print's, is shade and not edge."""

EDGE_MM = 0.3
"""Soft edges of strokes reach this far."""

FAINT_SHARE = 0.6
"""Marks lighter than print by no more than this are looked at as well, and never taken for sure."""

TRACE_MM, TRACE_LEVELS, TRACE_SPREADS = 1.5, 2.0, 5.0
"""A trace of a dash: over so much of its length it is darker than its paper by so many grey levels, and by so many standard
deviations of such means. Chosen on one copy of a copy whose dashes were taken for blanks."""

THIN_SHARE, WORN_HEIGHT_MM = 0.5, 0.65
"""A worn dash is no higher, as far as it is at least so dark as in its darkest row."""

TRACE_SHARE = 0.5
"""So much of a trace's length is darker than its paper."""

WORN_SPREADS = 10.0
"""A trace that stands out so far is a dash, though one to be looked at: no blank cell of the measuring scans has one."""

LEVEL_MM = 0.5
"""A dash stands no further from the middle of its cell's height."""

SPECKS_A_CELL = 2.0
"""Specks of one cell that count."""

LEVEL_ODDS = 1e-6
"""Specks of blank cells that stand at one height are dust with this probability at the most, and otherwise lost dashes."""

SEALED = 1.5
"""In a cell that a seal touches, print is darker than the least darkness of print by this factor."""

TRACED_BLANKS, TRACED_SHARE = 8, 0.25
"""Fewer blank cells with a trace, or a smaller share of them, are chance: two measuring scans have 3 and 5 by noise."""

COLOURED_CONTRAST = 60
"""Grey levels by which a mark must be darker than its cell's paper to count as coloured ink."""


@dataclass(frozen=True, slots=True)
class Specks:
    """Dark specks of a blank cell, too small for print.

    Attributes:
        count: how many there are, of one cell two at the most.
        level: how many stand where a dash would, in the middle of the cell's height.
        expected: how many would stand there if they were spread evenly.
    """

    count: float = 0.0
    level: float = 0.0
    expected: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class CellCrop:
    """One cell, straight, without its rulings.

    Attributes:
        gray: (h, w) uint8, its print on white.
        ink: (h, w) uint8, 1 where there is ink, specks taken out.
        coloured: whether the cell shows ink in colour and none in black.
        faint: whether its ink is lighter than the page's print.
        cut: whether print runs into the left or right border.
        overlaid: whether broad marks lighter than its print, such as a copied seal's, are left out.
        specks: of a cell without print.
    """

    gray: Gray
    ink: Mask
    coloured: bool = False
    faint: bool = False
    cut: bool = False
    overlaid: bool = False
    specks: Specks = Specks()

    @property
    def has_ink(self) -> bool:
        """Whether there is any print."""
        return bool(self.ink.any()) or self.coloured


def cut_cell(pixels: RGB, ink: Ink, quad: Quad, dpi: float) -> CellCrop:
    """The inside of a cell.

    Args:
        pixels: (H, W, 3) uint8 RGB, the page.
        ink: of its black channel.
        quad: the cell's corners on the middle of its rulings, px of the page.
        dpi: pixels an inch of the page.
    """
    contrast = straighten(ink.contrast, quad)
    top, bottom, left, right = _inside_rulings((contrast >= ink.faint).astype(np.uint8), dpi)
    contrast = contrast[top:bottom, left:right]
    if contrast.size == 0:  # a sliver between two rulings
        return CellCrop(np.full((1, 1), 255, np.uint8), np.zeros((1, 1), np.uint8))
    sealed = ink.seal is not None and bool(straighten(ink.seal, quad)[top:bottom, left:right].any())
    inked = (contrast >= ink.threshold).astype(np.uint8)
    print_ = _with_faint_parts(without_specks(inked, dpi), contrast, ink, dpi)
    if sealed and print_.any() and percentile(contrast[print_ > 0], CORE_PERCENTILE) < SEALED * ink.threshold:
        print_ = np.zeros_like(print_)  # thin strokes of the seal
    if print_.any():
        dark = without_pale_marks(print_, contrast, dpi)
        pale = cv2.subtract(print_, dark)
        own = cv2.multiply(contrast, 1 - pale).astype(np.uint8)
        return CellCrop(
            _cleaned(own, dark, dpi, ink.shine),
            dark,
            cut=_is_cut(dark, dpi) or _is_sliced(dark, inked, dpi),
            overlaid=sealed or bool(pale.any()),
        )
    # Beside a seal, what is lighter than print is what is left of it.
    levels = () if sealed else (max(ink.faint, FAINT_SHARE * ink.threshold), ink.faint)
    for level in (max(ink.shine, level) for level in levels):
        faint = without_specks((contrast >= level).astype(np.uint8), dpi)
        if faint.any():
            return CellCrop(_cleaned(contrast, faint, dpi), faint, faint=True)
    if ink.shine and without_specks((contrast >= ink.faint).astype(np.uint8), dpi).any():
        # As light as what shines through on the rest of the page; a mark of the cell's own may hide among it.
        return CellCrop(np.full_like(contrast, 255), np.zeros_like(contrast), faint=True)
    luminance = np.asarray(cv2.cvtColor(straighten(pixels, quad), cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    inside = luminance[top:bottom, left:right]
    coloured = without_specks(_darker_than_paper(inside), dpi)
    if coloured.any():
        return CellCrop(inside, coloured, coloured=True)
    worn, is_sure = _worn_dash(contrast, ink, dpi)
    if is_sure:
        return CellCrop(_cleaned(contrast, worn, dpi), worn, faint=True)
    dark = (contrast >= ink.threshold).astype(np.uint8)
    speck = largest_speck(dark, dpi)
    doubtful = bool(speck.any() or worn.any()) or are_crumbs(dark, dpi)
    return CellCrop(_cleaned(contrast, speck, dpi), speck, faint=doubtful, specks=_count_specks(dark, dpi))


def doubt_blanks(cells: Sequence[CellCrop], dpi: float) -> tuple[CellCrop, ...]:
    """The cells of a table, all blank ones `faint` where it seems to print dashes that copying has worn away.

    Many of its blank cells have a trace of one; or their specks, hardly any in one cell, stand in the middle of the height in all.
    """
    blank = [cell for cell in cells if not cell.has_ink or (cell.faint and is_dash(cell.ink, dpi))]
    traced = sum(cell.faint for cell in blank) > max(TRACED_BLANKS, TRACED_SHARE * len(blank))
    if not traced and not _are_level([cell.specks for cell in blank]):
        return tuple(cells)
    return tuple(cell if cell.has_ink else replace(cell, faint=True) for cell in cells)


def _count_specks(dark: Mask, dpi: float) -> Specks:
    count, _, _, centres = cv2.connectedComponentsWithStats(dark, connectivity=8)
    height, reach = len(dark), mm_to_px(LEVEL_MM, dpi)
    away = np.abs(centres[1:, 1] - (height - 1) / 2)
    # However many they are, they count for two: those of one cell may be one scratch.
    weight = min(1.0, SPECKS_A_CELL / max(1, count - 1))
    share = min(1.0, (2 * reach + 1) / max(1, height))
    return Specks(weight * (count - 1), weight * float((away <= reach).sum()), weight * (count - 1) * share)


def _are_level(specks: Sequence[Specks]) -> bool:
    """Whether more specks stand in the middle of the height than chance would put there.

    The probability of so many is bounded as by Hoeffding, 1963, "Probability Inequalities for Sums of Bounded Random Variables",
    theorem 1; his bound holds for cells of different heights too.
    """
    count, level = sum(s.count for s in specks), sum(s.level for s in specks)
    if level == 0 or (usual := sum(s.expected for s in specks)) >= level:
        return False
    share, chance = level / count, usual / count
    rest = (1 - share) * math.log((1 - share) / (1 - chance)) if share < 1 else 0.0
    return count * (share * math.log(share / chance) + rest) > -math.log(LEVEL_ODDS)


def _worn_dash(contrast: Gray, ink: Ink, dpi: float) -> tuple[Mask, bool]:
    """Where something level, too light for ink, stands out of the middle of a blank cell's height, and whether it does so clearly.

    A dash that copying has nearly worn away; (h, w) uint8, empty where there is none.
    """
    worn, length = np.zeros_like(contrast), max(3, round(mm_to_px(TRACE_MM, dpi)))
    top, bottom = (round(share * len(contrast)) for share in DASH_BAND)
    if contrast.shape[1] < 3 * length or bottom - top < 3:
        return worn, False
    # A dark speck counts for no more than its size.
    light = np.minimum(contrast, ink.faint).astype(np.float32)
    means = cv2.blur(light, (length, 1))[:, length:-length]
    middle = float(np.median(means))
    spread = 1.4826 * float(np.median(np.abs(means - middle)))
    peak = float(means[top:bottom].max()) - middle
    if peak <= max(TRACE_LEVELS, TRACE_SPREADS * spread):
        return worn, False
    y = top + int(means[top:bottom].max(axis=1).argmax())
    x = length + np.flatnonzero(means[y] >= middle + peak / 2)
    trace = contrast[y, x[0] : x[-1] + 1]
    is_speck = trace.max() >= ink.threshold / 2 or (trace > middle + peak / 3).mean() < TRACE_SHARE
    if is_speck:
        return worn, False
    worn[y - 1 : y + 2, x[0] : x[-1] + 1] = 1
    # A dash is thin; blocks of a JPEG picture are as light and as level, and higher.
    high = means.max(axis=1) >= middle + THIN_SHARE * peak
    height = next(stop - start for start, stop in runs(high) if start <= y < stop)
    is_thin = height <= mm_to_px(WORN_HEIGHT_MM, dpi)
    return worn, peak > WORN_SPREADS * spread and is_thin and is_dash(worn, dpi)


def _with_faint_parts(ink: Mask, contrast: Gray, levels: Ink, dpi: float) -> Mask:
    """The print with the lighter marks that stand in its own line beside it: a broken stroke, a thin minus sign.

    A stroke is as dark as the cell's own print asks, since what shines through from the other side is lighter; a sign may be
    thinner, and so lighter, than the digits that it belongs to.
    """
    if not ink.any():
        return ink
    rows, cols = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    reach = round(mm_to_px(BESIDE_MM, dpi))
    beside = np.zeros_like(ink)
    beside[rows[0] : rows[-1] + 1, max(0, cols[0] - reach) : cols[-1] + 1 + reach] = 1
    level = max(levels.shine, levels.faint, LIGHTER_SHARE * levels.threshold)
    lighter = beside & (contrast >= level)
    own = LIGHTER_SHARE * percentile(contrast[ink > 0], OWN_PERCENTILE)
    if not (lighter > _grown(ink, dpi)).any():  # most cells: print and its soft edges
        return np.asarray(ink | (lighter & (contrast >= own)), dtype=np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(lighter, connectivity=8)
    sides = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    large = sides >= mm_to_px(MIN_MARK_MM, dpi)
    large[0] = False
    sign = large & np.array([_is_sign(mark, int(cols[0]), dpi) for mark in stats])
    # The level from which a pixel of each mark is kept: all of a sign, what is dark enough of a stroke.
    least = np.where(sign, 0, np.where(large, math.ceil(own), 256)).astype(np.int16)
    return np.asarray(ink | (contrast >= least[labels]), dtype=np.uint8)


def _is_sign(stats: NDArray[np.int32], first: int, dpi: float) -> bool:
    """Whether a mark is as small and flat as a minus sign and ends left of the digits' first column."""
    x, _, width, height, _ = (int(v) for v in stats)
    flat = height <= mm_to_px(SIGN_HEIGHT_MM, dpi) and width >= 1.3 * height
    return flat and width <= mm_to_px(SIGN_LENGTH_MM, dpi) and x + width <= first + 1


def _is_cut(ink: Mask, dpi: float) -> bool:
    """Whether ink of the height of a character's part stands on the left or right edge."""
    height = mm_to_px(CUT_MM, dpi)
    return any(bool(ink[:, side].sum() >= height) for side in (0, -1))


def _is_sliced(print_: Mask, inked: Mask, dpi: float) -> bool:
    """Whether what was taken for the rest of a ruling at a side edge is a slice of a character: in the print's line."""
    rows = np.flatnonzero(print_.any(axis=1))
    if not rows.size:
        return False
    slack, least = round(mm_to_px(SLICE_SLACK_MM, dpi)), mm_to_px(SLICE_MM, dpi)
    _, _, stats, _ = cv2.connectedComponentsWithStats(cv2.subtract(inked, print_), connectivity=8)
    x, y, width, height = stats[1:, : cv2.CC_STAT_AREA].T
    at_edge = (x == 0) | (x + width == inked.shape[1])
    in_line = (y >= rows[0] - slack) & (y + height <= rows[-1] + 1 + slack)
    return bool((at_edge & in_line & (width >= least) & (height >= mm_to_px(CUT_MM, dpi))).any())


def _grown(ink: Mask, dpi: float) -> Mask:
    """The ink with its soft edges."""
    side = 2 * round(mm_to_px(EDGE_MM, dpi)) + 1
    return np.asarray(cv2.dilate(ink, np.ones((side, side), np.uint8)), dtype=np.uint8)


def _cleaned(contrast: Gray, ink: Mask, dpi: float, shine: int = 0) -> Gray:
    """(h, w) uint8, the ink with its soft edges on white: shade, seals and the other side of the sheet are left out."""
    near = _grown(ink, dpi)
    kept = cv2.bitwise_and(contrast, contrast, mask=near)
    kept[kept < shine] = 0
    beside = contrast[near == 0]
    if ink.any() and beside.size:
        # Where something light lies all around the print it lies under its soft edges too.
        light = percentile(beside, SHADE_PERCENTILE)
        kept[kept < min(light, SHADE_SHARE * percentile(contrast[ink > 0], OWN_PERCENTILE))] = 0
    return np.asarray(255 - kept, dtype=np.uint8)


def _darker_than_paper(luminance: Gray) -> Mask:
    if luminance.size == 0:
        return np.zeros_like(luminance)
    return (luminance.astype(np.int16) < int(np.median(luminance)) - COLOURED_CONTRAST).astype(np.uint8)


def straighten(image: NDArray[np.uint8], quad: Quad) -> NDArray[np.uint8]:
    """The quad's inside as an upright rectangle of the quad's own size in px: (h, w) or (h, w, 3) uint8, as the image."""
    width, height = (max(2, round(side)) for side in quad.size())
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(quad.to_array(), target)
    straight = cv2.warpPerspective(
        image, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(straight, dtype=np.uint8)


def _inside_rulings(mask: Mask, dpi: float) -> tuple[int, int, int, int]:
    """Top, bottom, left, right of the area that the rulings leave, px."""
    band = max(2, round(mm_to_px(RULING_BAND_MM, dpi)))
    rows, cols = mask.mean(axis=1), mask.mean(axis=0)
    top, bottom = _trim(rows, band)
    left, right = _trim(cols, band)
    return top, max(top, bottom), left, max(left, right)


def _trim(profile: NDArray[np.floating], band: int) -> tuple[int, int]:
    """First and one past the last position inside the rulings; one px of their soft edge goes with them."""
    band = min(band, len(profile) // 3)
    head = _ruled(profile[:band])
    tail = _ruled(profile[len(profile) - band :][::-1])
    start = int(head[-1]) + 2 if head.size else 1
    stop = len(profile) - (int(tail[-1]) + 2 if tail.size else 1)
    return start, stop


def _ruled(profile: NDArray[np.floating]) -> NDArray[np.intp]:
    """Positions that a ruling fills: where one is drawn wholly, the stroke of a digit beside it is none."""
    least = max(RULING_SHARE, RULING_REST * float(profile.max(initial=0.0)))
    return np.flatnonzero(profile >= least)
