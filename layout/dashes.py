"""Dashes that are lighter than a page's other print, and printed all the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import median

import cv2

from .crop import CellCrop
from .stroke import is_dash

MIN_DASHES = 8
"""So many of one table that are of one length are no chance: dust, folds and worn rulings are of any."""

ALIKE = 0.15
"""Lengths of one dash printed many times differ from their median by no more than this share of it."""


def trust_dashes(cells: Sequence[CellCrop], dpi: float) -> tuple[CellCrop, ...]:
    """The cells of a table, its pale dashes no longer `faint` where there are many of one length."""
    widths = {
        k: cv2.boundingRect(cell.ink)[2]
        for k, cell in enumerate(cells)
        if cell.faint and is_dash(cell.ink, dpi)
    }
    if len(widths) < MIN_DASHES:
        return tuple(cells)
    usual = median(widths.values())
    alike = {k for k, width in widths.items() if abs(width - usual) <= ALIKE * usual}
    if len(alike) < MIN_DASHES:
        return tuple(cells)
    return tuple(replace(cell, faint=False) if k in alike else cell for k, cell in enumerate(cells))
