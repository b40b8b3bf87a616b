"""Numbers that an inferred column border cuts in two: both cells hold half of one, and neither may be sure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..document.geometry import mm_to_px
from ..document.table import Grid
from .crop import CellCrop

APART_MM = 1.3
"""Print of two columns stands further apart; the characters of a number, a full stop between them, stand closer."""


def doubt_split_words(grid: Grid, cells: Sequence[CellCrop], dpi: float) -> tuple[CellCrop, ...]:
    """The cells, `cut` where a border that may not be there has print close to it on both sides.

    Args:
        grid: of the table; where its rulings are whole nothing is doubted.
        cells: as many as `grid` has, in its order.
        dpi: pixels an inch.
    """
    if grid.sound:
        return tuple(cells)
    found = list(cells)
    starts = {(cell.row, cell.col): k for k, cell in enumerate(grid.cells)}
    for k, cell in enumerate(grid.cells):
        beside = starts.get((cell.row, cell.col + cell.col_span))
        if beside is not None and _gap(cells[k], cells[beside]) < mm_to_px(APART_MM, dpi):
            found[k], found[beside] = replace(found[k], cut=True), replace(found[beside], cut=True)
    return tuple(found)


def _gap(left: CellCrop, right: CellCrop) -> float:
    """Pixels without ink between the print of two cells, at the heights where both have some; infinite where none has."""
    rows = min(len(left.ink), len(right.ink))
    both = left.ink[:rows].any(axis=1) & right.ink[:rows].any(axis=1)
    if left.shines or right.shines or not both.any():
        return float("inf")
    before = left.ink.shape[1] - 1 - int(np.flatnonzero(left.ink[:rows][both].any(axis=0))[-1])
    return float(before + int(np.flatnonzero(right.ink[:rows][both].any(axis=0))[0]))
