"""One upright page taken apart: its grids, each cell's text lines as crops, and what lies outside the tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..document.geometry import BBox, Homography, Quad
from ..document.page import RGB
from ..document.table import Grid
from .crop import CellCrop, cut_cell, doubt_blanks, straighten
from .dashes import trust_dashes
from .edges import without_edge_shadows
from .ghosts import shine_level
from .grid import detect_grids
from .ink import Ink, black_channel, measure_ink, on_sheet, without_pieces
from .level import flatten_sheet, level_image, sheet_dpi
from .outside import outside_tables
from .paper import Sheet, find_sheet
from .rowfit import fit_row, join_parts
from .rulings import RulingState, detect_rulings
from .seals import without_seals
from .split import doubt_split_words
from .textlines import line_crops


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
        tables: from top to bottom.
        outside: what holds the text outside the tables; None without such text.
    """

    tables: tuple[TableCrops, ...]
    outside: Outside | None


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
    ink = _ink_on(sheet, pixels, dpi)
    if sheet and sheet.quad:
        dpi = sheet_dpi(sheet.quad, dpi)
        level, to_page = flatten_sheet(ink.contrast, sheet.quad)
    else:
        # Only where tables are looked for: a cell in the shadow keeps its print.
        level, to_page = level_image(without_edge_shadows(ink.contrast, ink.faint, dpi), skew)
    pale = state is RulingState.PALE
    rulings = detect_rulings(
        level, ink.faint, ink.threshold, dpi, shines_through=ink.shine > 0, with_pale=pale
    )
    detected = detect_grids(rulings, (level >= ink.threshold).astype(np.uint8), state=state)
    grids = tuple(grid.mapped(to_page) for grid in detected.grids)
    beside = ink if detected.pieces is None else without_pieces(ink, detected.pieces, to_page)
    tables = []
    for grid in grids:
        tables.append(_cut_table(pixels, ink if grid.sound else beside, grid, dpi))
    if not with_outside:
        return PageLayout(tuple(tables), None)
    if sheet and sheet.quad:
        flat = straighten(pixels, sheet.quad)
        part = outside_tables(flat, replace(ink, contrast=level), detected.grids, dpi)
        return PageLayout(tuple(tables), Outside(*part, to_page, 0.0, straight=True) if part else None)
    part = outside_tables(pixels, ink, grids, dpi)
    whole = Homography.identity()
    return PageLayout(tuple(tables), Outside(*part, whole, skew, straight=sheet is None) if part else None)


def sheet_from_above(pixels: RGB, dpi: float) -> RGB | None:
    """The sheet of a photograph, (h, w, 3) uint8; None where the page shows nothing but the sheet."""
    sheet = find_sheet(pixels, dpi)
    return straighten(pixels, sheet.quad) if sheet and sheet.quad else None


def page_ink(pixels: RGB, dpi: float) -> tuple[Ink, float]:
    """The ink of an upright page, as `lay_out` sees it, and the sheet's own pixels an inch."""
    sheet = find_sheet(pixels, dpi)
    return _ink_on(sheet, pixels, dpi), sheet_dpi(sheet.quad, dpi) if sheet and sheet.quad else dpi


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
    """A row of an upright page as a table of its own: cut like its neighbours, or else fitted.

    It is cut as `like` says where no print stands across the borders so made. None where it cannot be fitted to one of these
    numbers of columns.
    """
    if like:
        joined = _cut_table(pixels, ink, join_parts(row, like), dpi)
        if not any(cell.cut for cell in joined.cells):
            return joined
    grid = fit_row(ink, row, columns, dpi, labelled=labelled)
    return None if grid is None else _cut_table(pixels, ink, grid, dpi)


def _ink_on(sheet: Sheet | None, pixels: RGB, dpi: float) -> Ink:
    ink = on_sheet(measure_ink(black_channel(pixels), dpi), sheet.inside if sheet else None)
    ink = without_seals(ink, dpi)
    return replace(ink, shine=shine_level(ink.contrast, ink.faint, ink.threshold, dpi))


def _cut_table(pixels: RGB, ink: Ink, grid: Grid, dpi: float) -> TableCrops:
    cells = doubt_blanks([cut_cell(pixels, ink, cell.quad, dpi) for cell in grid.cells], dpi)
    cells = cells if ink.shine else trust_dashes(cells, dpi)  # the other side may print dashes too
    cells = doubt_split_words(grid, cells, dpi)
    return TableCrops(grid, cells, tuple(line_crops(cell, dpi) for cell in cells))


def flatten(tables: Sequence[TableCrops]) -> list[RGB]:
    """All line crops of all tables, in order, for one batch."""
    return [line for table in tables for lines in table.lines for line in lines]
