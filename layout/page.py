"""One upright page taken apart: its grids, each cell's text lines as crops, and what lies outside the tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from ..document.geometry import BBox, Homography, Quad
from ..document.page import RGB, Gray
from ..document.table import Grid
from .beyond import doubt_cut_sides
from .coloured import coloured_ink
from .crop import CellCrop, cut_cell, doubt_blanks, straighten
from .curl import Curl
from .dashes import trust_dashes
from .edges import without_edge_shadows
from .even import fit_evenly, stands_alone
from .ghosts import shine_level
from .grid import detect_grids
from .ink import Ink, black_channel, chroma_of, measure_ink, on_sheet, without_pieces
from .level import flatten_sheet, level_image, sheet_dpi
from .light import in_white_light
from .outside import outside_tables
from .paper import Sheet, find_sheet
from .rowfit import fit_row, join_parts
from .rulings import Rulings, RulingState, detect_rulings
from .seals import without_seals
from .snap import snap_grid
from .split import doubt_split_words
from .stack import without_sheet_edges
from .streaks import without_streaks
from .textlines import line_crops
from .tint import is_print_coloured, tinted_contrast, whole_ink, with_coloured_rulings

DOWNWARDS = 1.5
"""A line so many times as high as wide is printed downwards, or a single thin character."""

FADED_SHARE = 0.15
"""Of tables whose row borders are drawn over so little of their length the rulings are gone."""


@dataclass(frozen=True, slots=True, eq=False)
class TableCrops:
    """A grid, in px of the upright page, with each cell's crop and the crops of its text lines."""

    grid: Grid
    cells: tuple[CellCrop, ...]
    lines: tuple[tuple[RGB, ...], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Outside:
    """The text outside the tables.

    Attributes:
        picture: (h, w, 3) uint8 RGB.
        place: its box in its frame: the flattened sheet of a photograph, any other page as it is.
        to_page: from that frame to the page.
        skew: degrees by which its lines climb to the right.
        straight: whether its lines are as straight as on a scan.
    """

    picture: RGB
    place: BBox
    to_page: Homography
    skew: float
    straight: bool


@dataclass(frozen=True, slots=True, eq=False)
class PageLayout:
    """What lies where on an upright page.

    Attributes:
        tables: in reading order.
        outside: what holds the text outside the tables; None without such text.
        faded: whether hardly a ruling of the tables is left, so that other thin strokes may have gone too.
    """

    tables: tuple[TableCrops, ...]
    outside: Outside | None
    faded: bool = False


def lay_out(
    pixels: RGB, dpi: float, skew: float, *, state: RulingState | None = None, with_outside: bool = True
) -> PageLayout:
    """The layout of an upright page.

    Args:
        pixels: (H, W, 3) uint8 RGB.
        dpi: pixels an inch.
        skew: degrees by which its lines climb to the right.
        state: what to take its rulings for; None for what they look like.
        with_outside: whether what lies outside the tables is asked for.
    """
    sheet = find_sheet(pixels, dpi)
    ink = _ink_on(sheet, pixels, dpi, skew)
    ink, level, to_page, dpi = _levelled(sheet, ink, dpi, skew)
    pale = state is RulingState.PALE
    rulings = _rulings_of(level, ink, dpi, with_pale=pale)
    detected = detect_grids(rulings, (level >= ink.threshold).astype(np.uint8), state=state)
    grids = tuple(grid.mapped(to_page) for grid in detected.grids)
    beside = ink if detected.pieces is None else without_pieces(ink, detected.pieces, to_page)
    tables = []
    for grid in grids:
        tables.append(_cut_table(pixels, ink if grid.sound else beside, grid, dpi))
    faded = _are_faded(rulings, detected.grids)
    if not with_outside:
        return PageLayout(tuple(tables), None, faded)
    if sheet and sheet.quad:
        flat = straighten(pixels, sheet.quad)
        colour = None if ink.colour is None else straighten(ink.colour, sheet.quad)
        part = outside_tables(flat, replace(ink, contrast=level, colour=colour), detected.grids, dpi)
        return PageLayout(tuple(tables), Outside(*part, to_page, 0.0, straight=True) if part else None, faded)
    part = outside_tables(pixels, ink, grids, dpi)
    whole = Homography.identity()
    outside = Outside(*part, whole, skew, straight=sheet is None) if part else None
    return PageLayout(tuple(tables), outside, faded)


def _levelled(sheet: Sheet | None, ink: Ink, dpi: float, skew: float) -> tuple[Ink, Gray, Homography, float]:
    """The ink, its contrast in the frame in which rulings are level, the map from it to the page, and its pixels an inch.

    The ink is `tinted` only where that makes a table's rulings.
    """
    # Only where tables are looked for: a cell in the shadow keeps its print.
    lit = ink.contrast if sheet and sheet.quad else without_edge_shadows(ink.contrast, ink.faint, dpi)
    level, to_page = _level(lit, sheet, skew)
    dpi = sheet_dpi(sheet.quad, dpi) if sheet and sheet.quad else dpi
    if ink.tinted is None:
        return ink, level, to_page, dpi
    ruled = with_coloured_rulings(level, _level(ink.tinted, sheet, skew)[0], ink.faint, dpi)
    return (ink if ruled is not level else replace(ink, tinted=None)), ruled, to_page, dpi


def _level(contrast: Gray, sheet: Sheet | None, skew: float) -> tuple[Gray, Homography]:
    if sheet and sheet.quad:
        return flatten_sheet(contrast, sheet.quad)
    return level_image(contrast, skew)


def _rulings_of(level: Gray, ink: Ink, dpi: float, *, with_pale: bool = False) -> Rulings:
    """The rulings of a page made level, of its `ink`."""
    through = ink.shine > 0
    found = detect_rulings(level, ink.faint, ink.threshold, dpi, shines_through=through, with_pale=with_pale)
    return without_sheet_edges(found)


def _are_faded(rulings: Rulings, grids: Sequence[Grid]) -> bool:
    """Whether hardly a row border of the grids is drawn."""
    borders = sum(grid.rows * grid.bbox.width for grid in grids)
    return sum(ruling.length for ruling in rulings.horizontal) < FADED_SHARE * borders


@dataclass(frozen=True, slots=True, eq=False)
class LevelPage:
    """A page whose lines run along rows of pixels.

    Attributes:
        picture: (h, w, 3) uint8 RGB; of a photograph its sheet seen from above.
        to_page: from it to the page.
        dpi: pixels an inch.
    """

    picture: RGB
    to_page: Homography
    dpi: float


def level_page(pixels: RGB, dpi: float, skew: float) -> LevelPage:
    """An upright page made level, as `lay_out` looks for its tables."""
    sheet = find_sheet(pixels, dpi)
    if sheet and sheet.quad:
        picture, to_page = flatten_sheet(pixels, sheet.quad)
        return LevelPage(picture, to_page, sheet_dpi(sheet.quad, dpi))
    turned, to_page = level_image(255 - pixels, skew)  # what comes in at the corners is paper
    return LevelPage(255 - turned, to_page, dpi)


def cut_lines(level: LevelPage, quads: Sequence[Quad]) -> list[RGB]:
    """A crop for each text line of a level page, (h, w, 3) uint8; what is printed downwards comes out as a horizontal line."""
    ink = replace(_ink_on(None, level.picture, level.dpi), tinted=None)
    crops = []
    for quad in quads:
        width, height = quad.size()
        upright = height >= DOWNWARDS * width
        own = line_crops(cut_cell(level.picture, ink, quad, level.dpi), level.dpi) if upright else ()
        crops.append(own[0] if len(own) == 1 else straighten(level.picture, quad))
    return crops


def cut_grids(pixels: RGB, dpi: float, skew: float, grids: Sequence[Grid], curl: Curl) -> PageLayout:
    """The cells of grids that words have placed on a page, in px of its `level_page` as it would be if it lay flat.

    Args:
        pixels: (H, W, 3) uint8 RGB, upright.
        dpi: pixels an inch.
        skew: degrees by which its lines climb to the right.
        grids: from top to bottom.
        curl: of the level page.
    """
    sheet = find_sheet(pixels, dpi)
    ink = _ink_on(sheet, pixels, dpi, skew)
    ink, level, to_page, dpi = _levelled(sheet, ink, dpi, skew)
    rulings = _rulings_of(level, ink, dpi)
    # What is left of a curled page's rulings is no row or column of pixels.
    placed = [curl.bent(grid) if curl else snap_grid(grid, rulings) for grid in grids]
    snapped = [grid.mapped(to_page) for grid in placed]
    tables = tuple(_cut_table(pixels, ink, grid, dpi) for grid in snapped)
    return PageLayout(tables, None, _are_faded(rulings, grids))


def sheet_from_above(pixels: RGB, dpi: float) -> RGB | None:
    """The sheet of a photograph, (h, w, 3) uint8; None where the page shows nothing but the sheet."""
    sheet = find_sheet(pixels, dpi)
    return straighten(pixels, sheet.quad) if sheet and sheet.quad else None


def page_ink(pixels: RGB, dpi: float, skew: float) -> tuple[Ink, float]:
    """The ink of an upright page, as `lay_out` sees it, and the sheet's own pixels an inch."""
    sheet = find_sheet(pixels, dpi)
    ink, _, _, own_dpi = _levelled(sheet, _ink_on(sheet, pixels, dpi, skew), dpi, skew)
    return ink, own_dpi


def fit_row_of_page(
    pixels: RGB,
    ink: Ink,
    row: Sequence[Quad],
    columns: Sequence[int],
    dpi: float,
    *,
    labelled: bool,
    like: Sequence[int] = (),
) -> TableCrops | None:
    """A row of an upright page as a table of its own: cut like its neighbours, or into columns of one width, or else fitted.

    It is cut as `like` says where no print stands across the borders so made. None where it cannot be fitted to one of these
    numbers of columns.
    """
    if like:
        joined = _cut_table(pixels, ink, join_parts(row, like), dpi)
        if not any(cell.cut for cell in joined.cells):
            return joined
    grid = next(filter(None, (fit_evenly(row, count) for count in columns)), None)
    if grid is None or not stands_alone(ink, row, dpi, labelled=labelled):
        grid = fit_row(ink, row, columns, dpi, labelled=labelled)
    return None if grid is None else _cut_table(pixels, ink, grid, dpi)


def _ink_on(sheet: Sheet | None, pixels: RGB, dpi: float, skew: float = 0.0) -> Ink:
    inside = sheet.inside if sheet else None
    pixels = in_white_light(pixels, inside)
    chroma = chroma_of(pixels)
    if inside is not None:  # the colour of a desk is no ink
        chroma = np.asarray(cv2.multiply(chroma, inside), dtype=np.uint8)
    ink, whole = measure_ink(black_channel(pixels, chroma), dpi), whole_ink(pixels, chroma, dpi)
    coloured = whole is not None and is_print_coloured(ink, whole, dpi)
    ink = on_sheet(whole if whole and coloured else ink, inside)
    ink = without_streaks(without_seals(ink, dpi), dpi, skew, sheet)
    ink = replace(ink, shine=shine_level(ink.contrast, ink.faint, ink.threshold, dpi))
    if coloured:
        return ink
    tinted = None if whole is None else tinted_contrast(whole, chroma, ink, dpi)
    return replace(ink, colour=coloured_ink(chroma, dpi), tinted=tinted)


def _cut_table(pixels: RGB, ink: Ink, grid: Grid, dpi: float) -> TableCrops:
    cells = doubt_blanks([cut_cell(pixels, ink, cell.quad, dpi) for cell in grid.cells], dpi)
    cells = cells if ink.shine else trust_dashes(cells, dpi)  # the other side may print dashes too
    cells = doubt_cut_sides(ink, grid, doubt_split_words(grid, cells, dpi), dpi)
    return TableCrops(grid, cells, tuple(line_crops(cell, dpi) for cell in cells))


def flatten(tables: Sequence[TableCrops]) -> list[RGB]:
    """All line crops of all tables, in order, for one batch."""
    return [line for table in tables for lines in table.lines for line in lines]
