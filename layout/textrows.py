"""Row borders of tables whose rulings are all lost, half way between the lines of their values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from ..document.geometry import mm_to_px
from .ink import Mask
from .runs import runs
from .tracks import Track


@dataclass(frozen=True, slots=True)
class TextRowParams:
    """Lengths in millimetres, shares from 0 to 1.

    Attributes:
        word_gap_mm: characters of one word stand closer.
        column_gap_mm: words of different columns stand further apart.
        min_tabular: a table has at least so many lines of several columns.
        max_row_mm: and the next of them follows within this distance.
        min_line_mm: lower marks are no line of text.
        values_share: the values stand right of this share of the table's width.
    """

    word_gap_mm: float = 2.0
    column_gap_mm: float = 5.0
    min_tabular: int = 3
    max_row_mm: float = 16.0
    min_line_mm: float = 1.4
    values_share: float = 0.45


def text_borders(
    print_: Mask, dpi: float, params: TextRowParams | None = None
) -> tuple[tuple[Track, ...], ...]:
    """The row borders of each table of a level page, from top to bottom, as they follow from its lines alone.

    Args:
        print_: (H, W) uint8, the page's print.
        dpi: pixels an inch.
        params: lengths and shares.
    """
    params = params or TextRowParams()
    tabular = _tabular_lines(print_, dpi, params)
    tables = []
    for group in _groups(tabular, mm_to_px(params.max_row_mm, dpi)):
        if len(group) >= params.min_tabular:
            tables.append(_borders(print_, group[0][0], group[-1][1], dpi, params))
    return tuple(tables)


_Line = tuple[int, int]  # first and one past the last row of pixels


def _tabular_lines(print_: Mask, dpi: float, params: TextRowParams) -> list[_Line]:
    """The lines that have words of several columns."""
    gap = max(3, round(mm_to_px(params.word_gap_mm, dpi)))
    words = cv2.morphologyEx(print_, cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(words, connectivity=8)
    found: list[_Line] = []
    for start, stop in runs(print_.any(axis=1)):
        top, height = stats[:, cv2.CC_STAT_TOP], stats[:, cv2.CC_STAT_HEIGHT]
        inside = (top >= start) & (top + height <= stop) & (height >= mm_to_px(params.min_line_mm, dpi))
        lefts = stats[inside, cv2.CC_STAT_LEFT]
        rights = lefts + stats[inside, cv2.CC_STAT_WIDTH]
        order = np.argsort(lefts)
        gaps = lefts[order][1:] - np.maximum.accumulate(rights[order])[:-1]
        if (gaps >= mm_to_px(params.column_gap_mm, dpi)).any():
            found.append((start, stop))
    return found


def _groups(lines: Sequence[_Line], reach: float) -> list[list[_Line]]:
    """Lines that follow one another closely."""
    groups: list[list[_Line]] = []
    for line in lines:
        if not groups or line[0] - groups[-1][-1][1] > reach:
            groups.append([])
        groups[-1].append(line)
    return groups


def _borders(print_: Mask, top: int, bottom: int, dpi: float, params: TextRowParams) -> tuple[Track, ...]:
    """Borders over, between and under the lines of values: labels beside them may take several lines."""
    columns = np.flatnonzero(print_[top:bottom].any(axis=0))
    left, right = int(columns[0]), int(columns[-1]) + 1
    values = print_[top:bottom, round(left + params.values_share * (right - left)) : right].any(axis=1)
    least = mm_to_px(params.min_line_mm, dpi)
    lines = [(top + a, top + b) for a, b in runs(values) if b - a >= least]
    margin = mm_to_px(1.0, dpi)
    places = [lines[0][0] - margin, *((a[1] + b[0]) / 2 for a, b in pairwise(lines)), lines[-1][1] + margin]
    along = np.array([left, right], dtype=np.float64)
    return tuple(Track(along, np.array([y, y], dtype=np.float64), 0.0) for y in places)
