"""In which column a number of a table without rulings stands, and where the borders between columns are."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ...document.geometry import BBox, mm_to_px
from ...document.text import TextLine
from ..normalize import is_wordy
from ..number import parse_value

PAD_MM = 1.0
"""Paper around print at the outer borders."""

MIN_FULL = 3
"""So many rows at the least show where the columns are."""


def are_in_order(*borders: Sequence[float]) -> bool:
    """Whether the places of borders, rows' or columns', grow: of lines that overlap no grid can be made."""
    return all(a < b for places in borders for a, b in pairwise(places))


def is_number(line: TextLine) -> bool:
    """Whether a line is what a value's cell prints."""
    return not is_wordy(line.text) and parse_value(line.text).kind in ("number", "not_applicable")


def middles_of_full_rows(rows: Sequence[Sequence[BBox]], count: int) -> tuple[float, ...] | None:
    """The middles of `count` columns, px, as the rows with a number in each of them have it.

    None where such rows are few, or a number of one stands over that of another column in the next.
    """
    full = np.array(
        [
            [(box.x0, box.x1) for box in sorted(row, key=lambda box: box.x0)]
            for row in rows
            if len(row) == count
        ]
    )
    if len(full) < MIN_FULL:
        return None
    starts, ends = full[:, :, 0].min(axis=0), full[:, :, 1].max(axis=0)
    if (ends[:-1] >= starts[1:]).any():
        return None
    return tuple(float(x) for x in np.median(full.mean(axis=2), axis=0))


def column_borders(
    numbers: Sequence[BBox], middles: Sequence[float], start: float, right: float, dpi: float
) -> list[float]:
    """Borders of the columns, px, from left to right: half way between the headings, but no number is cut."""
    columns = column_of(numbers, middles)
    by_column = [
        [box for box, c in zip(numbers, columns, strict=True) if c == k] for k in range(len(middles))
    ]
    pad = mm_to_px(PAD_MM, dpi)
    step = middles[1] - middles[0] if len(middles) > 1 else 2 * (middles[0] - start)
    last = middles[-1] - middles[-2] if len(middles) > 1 else 0.0
    first = max(start, middles[0] - step / 2)
    if by_column[0]:
        left = min(box.x0 for box in by_column[0])
        # Where a label comes close to a number, half way between them.
        first = min(first, left - pad) if left - pad >= start else (start + left) / 2
    borders = [first]
    for k, (a, b) in enumerate(pairwise(middles)):
        low = max((box.x1 for box in by_column[k]), default=None)
        high = min((box.x0 for box in by_column[k + 1]), default=None)
        border = (a + b) / 2
        border = border if low is None else max(border, low + pad)
        border = border if high is None else min(border, high - pad)
        if low is not None and high is not None and not low < border < high:
            border = (low + high) / 2
        borders.append(border)
    end = max([right, middles[-1] + last / 2, *(box.x1 for box in by_column[-1])]) + pad
    return [*borders, end]


def column_of(numbers: Sequence[BBox], middles: Sequence[float]) -> tuple[int, ...]:
    """The column of each number, from 0.

    Numbers of one table are set alike in their columns: in the middle, or at the left or right side. Headings stand in the
    middle: so a number in the middle has the nearest heading; one at the left side begins between the heading before its own and
    its own, and one at the right side ends between its own and the next. That way is taken by which all numbers stand best.
    """
    if not numbers:
        return ()
    centres = np.array(middles)
    if len(centres) == 1:
        return (0,) * len(numbers)
    between = (centres[:-1] + centres[1:]) / 2
    step = np.diff(centres)
    starts = np.concatenate([[centres[0] - step[0] / 2], between])
    ends = np.concatenate([between, [centres[-1] + step[-1] / 2]])
    usual = float(np.median(step))
    ways = (
        _nearest(np.array([n.center[0] for n in numbers]), centres, usual),
        _nearest(np.array([n.x0 for n in numbers]), starts, usual),
        _nearest(np.array([n.x1 for n in numbers]), ends, usual),
    )
    return min(ways, key=lambda way: way[1])[0]


def _nearest(
    places: NDArray[np.float64], targets: NDArray[np.float64], usual: float
) -> tuple[tuple[int, ...], float]:
    """The nearest target of each place, and how far they lie from theirs in the mean, in shares of a column."""
    apart = np.abs(places[:, None] - targets)
    return tuple(int(k) for k in apart.argmin(axis=1)), float(apart.min(axis=1).mean()) / usual
