"""One upright page taken apart: its grids, each cell's text lines as crops, and what lies outside the tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..document.geometry import BBox
from ..document.page import RGB
from ..document.table import Grid
from .crop import CellCrop, cut_cell, line_crops
from .ghosts import shine_level
from .grid import detect_grids
from .ink import black_channel, measure_ink, on_sheet, without_pieces
from .level import flatten_sheet, level_image, sheet_dpi
from .outside import outside_tables
from .paper import find_sheet
from .rulings import RulingState, detect_rulings


@dataclass(frozen=True, slots=True, eq=False)
class TableCrops:
    """A grid, in px of the upright page, with each cell's crop and the crops of its text lines."""

    grid: Grid
    cells: tuple[CellCrop, ...]
    lines: tuple[tuple[RGB, ...], ...]


@dataclass(frozen=True, slots=True, eq=False)
class PageLayout:
    """What lies where on an upright page.

    Attributes:
        tables: from top to bottom.
        outside: the picture that holds the text outside the tables, and its box on the page; None without such text.
        is_photograph: whether a desk shows around the sheet; then lines need not be straight.
    """

    tables: tuple[TableCrops, ...]
    outside: tuple[RGB, BBox] | None
    is_photograph: bool


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
    black = black_channel(pixels)
    sheet = find_sheet(pixels, dpi)
    ink = on_sheet(measure_ink(black, dpi), sheet.inside if sheet else None)
    if sheet and sheet.quad:
        dpi = sheet_dpi(sheet.quad, dpi)
        level, to_page = flatten_sheet(ink.contrast, sheet.quad)
    else:
        level, to_page = level_image(ink.contrast, skew)
    rulings = detect_rulings(level, ink.faint, ink.threshold, dpi)
    detected = detect_grids(rulings, (level >= ink.threshold).astype(np.uint8), state=state)
    grids = tuple(grid.mapped(to_page) for grid in detected.grids)
    beside = ink if detected.pieces is None else without_pieces(ink, detected.pieces, to_page)
    beside = replace(beside, shine=shine_level(ink.contrast, ink.faint, ink.threshold, dpi))
    tables = []
    for grid in grids:
        cells = tuple(cut_cell(pixels, beside, cell.quad, dpi) for cell in grid.cells)
        tables.append(TableCrops(grid, cells, tuple(line_crops(cell, dpi) for cell in cells)))
    outside = outside_tables(pixels, ink, grids, dpi) if with_outside else None
    return PageLayout(tuple(tables), outside, sheet is not None)


def flatten(tables: Sequence[TableCrops]) -> list[RGB]:
    """All line crops of all tables, in order, for one batch."""
    return [line for table in tables for lines in table.lines for line in lines]
