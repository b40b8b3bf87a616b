"""A row of columns of one width: what is left of its borders tells where the lost ones are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..document.geometry import Quad, mm_to_px
from ..document.page import Gray
from ..document.table import Grid, GridCell
from .crop import straighten
from .ink import Ink
from .rowfit import beyond

SLACK = 0.12
"""A column is as wide as the others but for this share of its width: a ruling is some pixels broad, and a column some 50."""

RIM_MM, PRINT_MM2 = 1.0, 0.4
"""Rulings lie so near to the edges of what stands beside a row; a digit has at least so much ink, in square millimetres."""

KNOWN_SHARE = 0.6
"""So many of the columns have both their borders: fewer do not tell a width."""


def fit_evenly(row: Sequence[Quad], columns: int) -> Grid | None:
    """The row as a grid of one row of columns of one width; None where its parts are not whole columns, or not so many.

    Args:
        row: its parts from left to right, px of the page: columns, and several of them where the borders between are lost.
        columns: how many the form prints.
    """
    widths = np.array([part.size()[0] for part in row])
    usual = float(np.median(widths))
    if not usual >= 1:  # no columns at all
        return None
    held = [round(width / usual) for width in widths]
    even = all(n and abs(w - n * usual) <= SLACK * usual for w, n in zip(widths, held, strict=True))
    if not even or sum(held) != columns or held.count(1) < KNOWN_SHARE * columns:
        return None
    top = _divided([(part.points[0], part.points[1]) for part in row], held)
    bottom = _divided([(part.points[3], part.points[2]) for part in row], held)
    drawn = [*(float(k == 0) for n in held for k in range(n)), 1.0]
    corners = zip(top, top[1:], bottom[1:], bottom, strict=False)
    cells = tuple(
        GridCell(0, k, 1, 1, Quad((a, b, c, d)), (drawn[k] + drawn[k + 1]) / 2)
        for k, (a, b, c, d) in enumerate(corners)
    )
    return Grid(np.array([top, bottom], dtype=np.float64), cells, sound=False)


def stands_alone(ink: Ink, row: Sequence[Quad], dpi: float, *, labelled: bool) -> bool:
    """Whether no print stands beside the row within a column's width: its parts may else be one column off.

    Args:
        ink: of the page.
        row: its parts from left to right, px of the page.
        dpi: pixels an inch.
        labelled: whether a label stands left of it.
    """
    width = float(np.median([part.size()[0] for part in row]))
    beside = [beyond(row[-1], width)] + ([] if labelled else [beyond(row[0], -width)])
    return not any(_has_print(straighten(ink.contrast, quad), ink.threshold, dpi) for quad in beside)


def _has_print(contrast: Gray, threshold: int, dpi: float) -> bool:
    rim = round(mm_to_px(RIM_MM, dpi))
    inside = contrast[rim:-rim, rim:-rim]
    return int(np.count_nonzero(inside >= threshold)) >= PRINT_MM2 * mm_to_px(1.0, dpi) ** 2


_Point = tuple[float, float]


def _divided(sides: Sequence[tuple[_Point, _Point]], held: Sequence[int]) -> list[_Point]:
    """The ends of the columns on one side of the row, the parts divided evenly into those that they hold."""
    points: list[_Point] = []
    for ((x0, y0), (x1, y1)), n in zip(sides, held, strict=True):
        points += [(x0 + (x1 - x0) * k / n, y0 + (y1 - y0) * k / n) for k in range(n)]
    return [*points, sides[-1][1]]
