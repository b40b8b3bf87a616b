"""Rows without a label, such as table 四's: the line of numbers under headings of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from ...document.geometry import BBox, mm_to_px
from ...document.table import Grid, GridCell
from ...document.text import TextLine
from ..form import FormRow, RowKind
from ..normalize import is_wordy, ordinal_of
from .columns import PAD_MM, are_in_order, column_borders, is_number
from .headings import place_headings

HEAD_MM = 45.0
"""The head of such a row is lower."""

MIN_NUMBERS = 2
"""The row holds so many numbers, or is not known to be one."""

LAST_SECTION = 4
"""The form's tables end with the section of this number; numbers below a later heading are none of theirs."""


def has_unlabelled(layout: Sequence[FormRow]) -> bool:
    """Whether the layout has such a row."""
    return any(row.kind is RowKind.DATA and not row.labels for row in layout)


def place_unlabelled(lines: Sequence[TextLine], layout: Sequence[FormRow]) -> list[Grid]:
    """The rows of a layout, each under its own headings; empty where one is not found."""
    grids: list[Grid] = []
    for row in layout:
        if row.kind is RowKind.DATA:
            above = grids[-1].bbox.y1 if grids else 0.0
            labels = _labels(row)
            below = _from_heading([line for line in lines if line.upright.y0 > above], labels)
            grid = _under_headings(below, _first_numbers(below), labels)
            if grid is None:
                return []
            grids.append(grid)
    return grids


def continue_unlabelled(
    lines: Sequence[TextLine], layout: Sequence[FormRow], head: Callable[[], Sequence[TextLine]]
) -> list[Grid]:
    """The row of a layout on top of a page, whose head, or a part of it, stands at the bottom of the page before."""
    row = next(row for row in layout if row.kind is RowKind.DATA)
    later = (line.upright.y0 for line in lines if (ordinal_of(line.text) or 0) > LAST_SECTION)
    end = min(later, default=np.inf)
    above = [line for line in lines if line.upright.y1 < end]
    numbers = _first_numbers(above)
    if len(numbers) < MIN_NUMBERS or not (before := head()):
        return []
    grid = _under_headings(above, numbers, _labels(row), before)
    return [grid] if grid else []


def open_head(lines: Sequence[TextLine], layouts: Sequence[Sequence[FormRow]]) -> tuple[TextLine, ...]:
    """The head at the bottom of a page under which no row stands; empty without one."""
    rows = (row for layout in layouts for row in layout if row.kind is RowKind.DATA)
    found = next((head for row in rows if (head := _from_heading(lines, _labels(row)))), [])
    return tuple(line for line in found if not is_number(line))


def _labels(row: FormRow) -> tuple[str, ...]:
    return tuple(spec.column_label for spec in row.cells)


def _from_heading(lines: Sequence[TextLine], labels: Sequence[str]) -> list[TextLine]:
    """The lines from the first that begins as a heading does on, as far as a head and its row go; empty without one."""
    begins = tuple(label[:2] for label in labels)
    top = min((line.upright.y0 for line in lines if line.text.startswith(begins)), default=np.inf)
    return [
        line
        for line in lines
        if line.upright.y1 > top and line.upright.center[1] < top + mm_to_px(HEAD_MM, line.dpi)
    ]


def _first_numbers(lines: Sequence[TextLine]) -> list[BBox]:
    """The numbers of the first line that has any and no words beside them."""
    words = [line.upright for line in lines if is_wordy(line.text)]
    numbers = sorted((line.upright for line in lines if is_number(line)), key=lambda box: box.center[1])
    alone = [box for box in numbers if not any(word.y0 < box.center[1] < word.y1 for word in words)]
    return [box for box in alone if box.center[1] - alone[0].center[1] <= alone[0].height]


def _under_headings(
    lines: Sequence[TextLine], numbers: Sequence[BBox], labels: Sequence[str], before: Sequence[TextLine] = ()
) -> Grid | None:
    """A line of numbers cut into columns by the headings over it; None where they are too few, or the headings cannot be read.

    Args:
        lines: of the page; those over the numbers are the head.
        numbers: of the row.
        labels: of its columns.
        before: the part of the head that stands on the page before.
    """
    if len(numbers) < MIN_NUMBERS:
        return None
    dpi = lines[0].dpi
    top, bottom = min(box.y0 for box in numbers), max(box.y1 for box in numbers)
    middles = place_headings([*before, *(line for line in lines if line.upright.center[1] < top)], labels)
    if middles is None:
        return None
    pad, half = mm_to_px(PAD_MM, dpi), (middles[1] - middles[0]) / 2
    xs = column_borders(numbers, middles, max(0.0, middles[0] - half - pad), middles[-1] + half, dpi)
    ys = (top - pad, bottom + pad)
    if not are_in_order(xs):
        return None
    cells = tuple(
        GridCell(0, k, 1, 1, BBox(a, ys[0], b, ys[1]).to_quad(), 0.0) for k, (a, b) in enumerate(pairwise(xs))
    )
    return Grid(np.array([[(x, y) for x in xs] for y in ys], dtype=np.float64), cells, sound=False)
