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
from .coloured import has_coloured_part
from .components import find_components
from .ink import COLOURED_CHROMA, Ink, Mask, chroma_of
from .pale import CORE_PERCENTILE, without_pale_marks
from .paler import has_paler_part, without_paler_marks, without_paler_strokes
from .parts import BESIDE_MM, LIGHTER_SHARE, OWN_PERCENTILE, grown, lightest, with_faint_parts
from .specks import are_crumbs, has_border_inside, largest_speck, without_specks
from .stops import pale_stops
from .stroke import is_dash
from .worn import NO_SPECKS, Specks, are_level, count_specks, worn_dash

RULING_BAND_MM = 1.1
"""A ruling lies within this distance of the cell's quad; what fills a row or column there is the ruling, not text."""

RULING_SHARE = 0.55
"""Share of a border row or column that must be inked to be taken for the ruling."""

RULING_WHOLE = 0.85
"""What fills more of a border column is no stroke of a digit."""

STROKE_ENDS, STROKE_END = 0.12, 0.35
"""Paper above and below a digit in a low row, and at one end where it stands at the row's top or foot, as shares of the row."""

STROKE_MM, OFF_SIDE_MM = 0.7, 0.6
"""A piece of a ruling is narrower, and lies no further from the cell's side."""

RULING_REST = 0.75
"""What belongs to a ruling is drawn for this share of its best drawn row or column of pixels."""

CUT_MM = 0.5
"""So much ink on a side edge is a character that goes on beyond it."""

SLICE_MM, SLICE_SLACK_MM = 0.25, 0.3
"""A slice of a character is so wide at the least, and goes no further above and below its line."""

SHADE_PERCENTILE, SHADE_SHARE = 95, 0.45
"""What is lighter than this percentile of the paper's contrast, and than this share of the print's, is shade and not edge."""

FAINT_SHARE = 0.6
"""Marks lighter than print by no more than this are looked at as well, and never taken for sure."""


SEALED = 1.5
"""In a cell that a seal touches, print is darker than the least darkness of print by this factor."""

LONE_TRACES = 3
"""More blank cells of a table with a trace are no chance marks, but what copying has left of its dashes."""

TRACED_BLANKS, TRACED_SHARE = 8, 0.25
"""Fewer blank cells with a trace, or a smaller share of them, are chance: two measuring scans have 3 and 5 by noise."""

MARKED_MM2 = 0.5
"""So much of a cell, in square millimetres, bears a seal or a pen that may hide a mark of its own."""

COLOURED_CONTRAST = 60
"""Grey levels by which a mark must be darker than its cell's paper to count as coloured ink."""

_NOWHERE = np.empty(0, np.intp)


@dataclass(frozen=True, slots=True, eq=False)
class CellCrop:
    """One cell, straight, without its rulings.

    Attributes:
        gray: (h, w) uint8, its print on white.
        ink: (h, w) uint8, 1 where there is ink, specks taken out.
        coloured: whether the cell shows ink in colour and none in black.
        faint: whether its ink is lighter than the page's print.
        traced: whether there are traces or crumbs that may be what is left of a mark.
        shines: whether its ink is as light as what shines through from the sheet's other side elsewhere on the page: it is no print
            of the cell, but a mark of the cell's own may hide among it.
        cut: whether print runs into the left or right border, or a line that may be a border runs down through the cell.
        overlaid: whether broad marks lighter than its print, such as a copied seal's, are left out.
        mixed: whether other marks stand in the line of its black print that may be a part of it, or none: coloured
            ones, pencil.
        stopped: whether a mark lighter than its print was taken for a full stop of it.
        crossed: whether a dark streak goes through its print, under which nothing is seen.
        specks: of a cell without print.
    """

    gray: Gray
    ink: Mask
    coloured: bool = False
    faint: bool = False
    traced: bool = False
    shines: bool = False
    cut: bool = False
    overlaid: bool = False
    mixed: bool = False
    stopped: bool = False
    crossed: bool = False
    specks: Specks = NO_SPECKS

    @property
    def has_ink(self) -> bool:
        """Whether there is any print."""
        return (bool(self.ink.any()) and not self.shines) or self.coloured


def cut_cell(pixels: RGB, ink: Ink, quad: Quad, dpi: float) -> CellCrop:
    """The inside of a cell.

    Args:
        pixels: (H, W, 3) uint8 RGB, the page.
        ink: of its black channel.
        quad: the cell's corners on the middle of its rulings, px of the page.
        dpi: pixels an inch of the page.
    """
    contrast = straighten(ink.contrast, quad)
    ruled = contrast if ink.tinted is None else np.maximum(contrast, straighten(ink.tinted, quad))
    top, bottom, left, right = _inside_rulings(ruled, ink, dpi)
    inside = slice(top, bottom), slice(left, right)
    contrast = contrast[inside]
    if contrast.size == 0:  # a sliver between two rulings
        return CellCrop(np.full((1, 1), 255, np.uint8), np.zeros((1, 1), np.uint8))
    sealed = ink.seal is not None and _is_marked(straighten(ink.seal, quad)[inside], dpi)
    hidden = None if ink.hidden is None else straighten(ink.hidden, quad)[inside]
    printed = _printed(contrast, ink, dpi, sealed=sealed)
    if printed:
        colour = None if ink.colour is None else straighten(ink.colour, quad)[inside]
        mixed = printed.mixed or (colour is not None and has_coloured_part(colour, printed.ink, dpi))
        crossed = hidden is not None and _is_crossed(printed.ink, hidden)
        return replace(printed, mixed=mixed, crossed=crossed) if mixed or crossed else printed
    colours = straighten(pixels, quad)[inside]
    light = _lightly_printed(contrast, ink, dpi)
    if light and not sealed and not _is_tinted(colours, dpi):
        return light
    coloured = _coloured(colours, dpi)
    covered = sealed or (hidden is not None and bool(hidden.any()))
    if light or covered:  # what is left of a seal or a pen, or a mark of the cell's own that it hides
        return coloured or replace(light or _bare(contrast, ink, dpi), faint=True, shines=light is not None)
    return _shone_through(contrast, ink, dpi) or coloured or _bare(contrast, ink, dpi)


def _printed(contrast: Gray, ink: Ink, dpi: float, *, sealed: bool) -> CellCrop | None:
    """The cell, when it holds print; `sealed` where marks of a seal were taken off it."""
    inked = (contrast >= ink.threshold).astype(np.uint8)
    print_ = with_faint_parts(without_specks(inked, dpi), contrast, ink, dpi)
    if not print_.any():
        return None
    if sealed and percentile(contrast[print_ > 0], CORE_PERCENTILE) < SEALED * ink.threshold:
        return None  # thin strokes of the seal
    own = LIGHTER_SHARE * percentile(contrast[print_ > 0], OWN_PERCENTILE)
    stops = pale_stops(print_, contrast, lightest(ink), own, dpi)
    print_ = print_ if stops is None else print_ | stops
    dark = without_pale_marks(print_, contrast, dpi)
    overlaid = sealed or not np.array_equal(dark, print_)
    all_ = dark
    dark = (without_paler_marks if overlaid else without_paler_strokes)(dark, contrast, dpi)
    pale = cv2.subtract(print_, dark)
    kept = np.where(pale, 0, contrast).astype(np.uint8) if pale.any() else contrast
    cut = _is_cut(dark, dpi) or _is_sliced(dark, inked, dpi) or has_border_inside(inked, dpi)
    cleaned = _cleaned(kept, dark, dpi, ink.shine)
    beside = _line_around(dark, print_, dpi) if overlaid else all_
    stamped = not overlaid and dark is not all_
    mixed, stopped = stamped or has_paler_part(beside, contrast, dpi), stops is not None
    return CellCrop(cleaned, dark, cut=cut, overlaid=overlaid, mixed=mixed, stopped=stopped)


def _line_around(print_: Mask, marks: Mask, dpi: float) -> Mask:
    """What of a cell's marks stands in the line of its print, as near as a digit of it would."""
    reach = round(mm_to_px(BESIDE_MM, dpi))
    x, y, width, height = cv2.boundingRect(print_)
    line = slice(y, y + height), slice(max(0, x - reach), x + width + reach)
    near = print_.copy()
    near[line] |= marks[line]
    return near


def _is_crossed(ink: Mask, hidden: Mask) -> bool:
    """Whether a streak goes through the print, so that a stroke of it may be hidden."""
    x, y, width, height = cv2.boundingRect(ink)
    return bool(hidden[max(0, y - 1) : y + height + 1, max(0, x - 1) : x + width + 1].any())


def _lightly_printed(contrast: Gray, ink: Ink, dpi: float) -> CellCrop | None:
    """The cell, when all its marks are lighter than print, and darker than what shines through."""
    least = max(ink.shine, ink.faint)
    for level in (max(least, FAINT_SHARE * ink.threshold), least):
        faint = without_specks((contrast >= level).astype(np.uint8), dpi)
        if faint.any():
            return CellCrop(_cleaned(contrast, faint, dpi), faint, faint=True)
    return None


def _shone_through(contrast: Gray, ink: Ink, dpi: float) -> CellCrop | None:
    """The cell, when its marks are as light as what shines through."""
    if not ink.shine:
        return None
    marks = without_specks((contrast >= ink.faint).astype(np.uint8), dpi)
    return CellCrop(_cleaned(contrast, marks, dpi), marks, shines=True) if marks.any() else None


def _is_tinted(pixels: RGB, dpi: float) -> bool:
    """Whether a seal or a pen has left its colour in the cell; yellow light and paper colour all of it."""
    chroma = chroma_of(pixels)
    return _is_marked(chroma >= np.median(chroma) + COLOURED_CHROMA, dpi)


def _is_marked(marks: NDArray[np.generic], dpi: float) -> bool:
    return int(np.count_nonzero(marks)) >= MARKED_MM2 * mm_to_px(1.0, dpi) ** 2


def _coloured(pixels: RGB, dpi: float) -> CellCrop | None:
    """The cell, when marks are seen that are not in its black channel."""
    luminance = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    marks = without_specks(_darker_than_paper(luminance), dpi)
    return CellCrop(luminance, marks, coloured=True) if marks.any() else None


def _bare(contrast: Gray, ink: Ink, dpi: float) -> CellCrop:
    """The cell without a mark of a character's size, with what may be left of one."""
    worn, is_sure = worn_dash(contrast, ink, dpi)
    if is_sure:
        return CellCrop(_cleaned(contrast, worn, dpi), worn, faint=True)
    dark = (contrast >= ink.threshold).astype(np.uint8)
    speck = largest_speck(dark, dpi)
    return CellCrop(
        _cleaned(contrast, speck, dpi),
        speck,
        faint=bool(speck.any()),
        traced=bool(worn.any()) or are_crumbs(dark, dpi),
        cut=has_border_inside(dark, dpi),
        specks=count_specks(dark, dpi),
    )


def doubt_blanks(cells: Sequence[CellCrop], dpi: float) -> tuple[CellCrop, ...]:
    """The cells of a table, blank ones with a trace `faint` where there are several, all blank ones where there are many.

    Then the table seems to print dashes that copying has worn away. So it does where the specks of its blank cells, hardly any in
    one cell, stand in the middle of the height in all.
    """
    own = [cell for cell in cells if not cell.shines]
    blank = [cell for cell in own if not cell.has_ink or (cell.faint and is_dash(cell.ink, dpi))]
    traced = sum(cell.faint or cell.traced for cell in blank)
    if traced > max(TRACED_BLANKS, TRACED_SHARE * len(blank)) or are_level([c.specks for c in blank]):
        return tuple(cell if cell.has_ink else replace(cell, faint=True) for cell in cells)
    if traced > LONE_TRACES:
        return tuple(replace(cell, faint=True) if cell.traced else cell for cell in cells)
    return tuple(cells)


def _is_cut(ink: Mask, dpi: float) -> bool:
    """Whether ink of the height of a character's part stands on the left or right edge."""
    height = mm_to_px(CUT_MM, dpi)
    return any(bool(ink[:, side].sum() >= height) for side in (0, -1))


def _is_sliced(print_: Mask, inked: Mask, dpi: float) -> bool:
    """Whether what was taken for the rest of a ruling at a side edge is a slice of a character: in the print's line."""
    rows = np.flatnonzero(print_.any(axis=1))
    if not rows.size:
        return False
    rest = cv2.subtract(inked, print_)
    if not (rest[:, 0].any() or rest[:, -1].any()):
        return False
    slack, least = round(mm_to_px(SLICE_SLACK_MM, dpi)), mm_to_px(SLICE_MM, dpi)
    _, _, stats, _ = cv2.connectedComponentsWithStats(rest, connectivity=8)
    x, y, width, height = stats[1:, : cv2.CC_STAT_AREA].T
    at_edge = (x == 0) | (x + width == inked.shape[1])
    in_line = (y >= rows[0] - slack) & (y + height <= rows[-1] + 1 + slack)
    return bool((at_edge & in_line & (width >= least) & (height >= mm_to_px(CUT_MM, dpi))).any())


def _cleaned(contrast: Gray, ink: Mask, dpi: float, shine: int = 0) -> Gray:
    """(h, w) uint8, the ink with its soft edges on white: shade, seals and the other side of the sheet are left out."""
    near = grown(ink, dpi)
    least: float = shine
    beside, print_ = contrast[near == 0], contrast[ink > 0]
    if print_.size and beside.size:
        # Where something light lies all around the print it lies under its soft edges too.
        light = percentile(beside, SHADE_PERCENTILE)
        least = max(least, min(light, SHADE_SHARE * percentile(print_, OWN_PERCENTILE)))
    kept = cv2.bitwise_and(contrast, contrast, mask=near)
    if least > 0:
        _, kept = cv2.threshold(kept, math.ceil(least) - 1, 0, cv2.THRESH_TOZERO)
    return np.asarray(cv2.bitwise_not(kept), dtype=np.uint8)


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


def _inside_rulings(contrast: Gray, ink: Ink, dpi: float) -> tuple[int, int, int, int]:
    """Top, bottom, left, right of the area that the rulings leave, px.

    Where the other side shines through, a stroke of a character there is no ruling beside a darker one.
    """
    band = max(2, round(mm_to_px(RULING_BAND_MM, dpi)))
    levels = (ink.shine, ink.faint) if ink.shine > ink.faint else (ink.faint,)
    masks = [(contrast >= level).view(np.uint8) for level in levels]
    top, bottom = _trim([_profile(mask, 1) for mask in masks], band)
    bottom = max(top, bottom)
    left, right = _trim(
        [_without_strokes(_profile(mask, 0), mask[top:bottom], band, dpi) for mask in masks], band
    )
    return top, bottom, left, max(left, right)


def _profile(mask: Mask, axis: int) -> NDArray[np.floating]:
    """The inked share of each row (axis 1) or column (axis 0)."""
    return np.asarray(cv2.reduce(mask, axis, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel() / mask.shape[axis])


def _without_strokes(
    profile: NDArray[np.floating], inside: Mask, band: int, dpi: float
) -> NDArray[np.floating]:
    """The profile of a cell's columns, 0 where a side's ruling would lie and a stroke of a digit does.

    In a low row the stroke of a 0 beside the border is as long a part of the row's height as a broken ruling is. It has paper at
    its ends, and it is a part of a broader mark or lies off the side.

    Args:
        profile: inked share of each column.
        inside: (h, w) uint8, the cell between its row borders.
        band: px from a side within which a ruling lies.
        dpi: pixels an inch.
    """
    width = len(profile)
    band = min(band, width // 3)
    sides = np.r_[:band, width - band : width]
    doubtful = sides[(profile[sides] >= RULING_SHARE) & (profile[sides] < RULING_WHOLE)]
    if not (doubtful.size and len(inside)):  # most cells
        return profile
    columns = inside[:, doubtful] > 0
    above, below = columns.argmax(axis=0) / len(inside), columns[::-1].argmax(axis=0) / len(inside)
    bare = (np.minimum(above, below) >= STROKE_ENDS) | (np.maximum(above, below) >= STROKE_END)
    x, _, broad, _ = find_components(inside).boxes[:, :, np.newaxis].transpose(1, 0, 2)
    of_broad = ((broad >= mm_to_px(STROKE_MM, dpi)) & (x <= doubtful) & (doubtful < x + broad)).any(axis=0)
    off_side = np.minimum(doubtful, width - 1 - doubtful) >= mm_to_px(OFF_SIDE_MM, dpi)
    kept = profile.copy()
    kept[doubtful[columns.any(axis=0) & bare & (of_broad | off_side)]] = 0.0
    return kept


def _trim(profiles: Sequence[NDArray[np.floating]], band: int) -> tuple[int, int]:
    """First and one past the last position inside the rulings; one px of their soft edge goes with them.

    Args:
        profiles: of the same picture, that of its darkest marks first: the first that shows a ruling at a side tells where it is.
        band: px from a side within which a ruling lies.
    """
    size = len(profiles[0])
    band = min(band, size // 3)
    head = next((found for p in profiles if (found := _ruled(p[:band])).size), _NOWHERE)
    tail = next((found for p in profiles if (found := _ruled(p[size - band :][::-1])).size), _NOWHERE)
    start = int(head[-1]) + 2 if head.size else 1
    stop = size - (int(tail[-1]) + 2 if tail.size else 1)
    return start, stop


def _ruled(profile: NDArray[np.floating]) -> NDArray[np.intp]:
    """Positions that a ruling fills: where one is drawn wholly, the stroke of a digit beside it is none."""
    least = max(RULING_SHARE, RULING_REST * float(profile.max(initial=0.0)))
    return np.flatnonzero(profile >= least)
