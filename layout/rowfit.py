"""A row of numbers whose borders are in doubt, fitted to as many columns as the form prints there.

Where rulings are broken, crossed by a seal or shifted against the header above, a row comes out with too many cells or too few. The
form says how many there are. Of all ways to cut the row into so many columns the best one wins (dynamic programming over the
borders' places): it cuts where a ruling is drawn and between words, and leaves one word in each column.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import cv2
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from ..document.geometry import Quad, mm_to_px
from ..document.page import Gray
from ..document.table import Grid, GridCell
from .crop import straighten
from .ink import Ink, Mask
from .pieces import DIGIT_MM, THIN_MM, WORD_GAP_MM
from .runs import runs

BORDER_MM = 0.9
"""A word that is no wider may be a column border."""

THICKEST_MM = 1.6
"""What goes through the whole row and is no wider is one."""

GRAIN_MM = 0.45
"""A hyphen is longer."""

CLEAR_SHARE = 0.25
"""So much of a row's height without print tells what is drawn there beside it."""


@dataclass(frozen=True, slots=True)
class RowFitParams:
    """Lengths in millimetres, shares from 0 to 1, the others costs on one scale.

    Attributes:
        beyond_mm: the row may begin and end so far from where it is thought to.
        edge_mm: so close to the row's borders lie their rulings, not its print.
        narrowest_share, widest_share: widths of a column, as shares of the mean one.
        drawn_share: a border counts as drawn from this share of the row's height on.
        near_share: what is drawn so near a border, as a share of a column's mean width, is that border.
        ruling: gained by a border whose whole height is drawn.
        empty, crowded: cost of a column without a word, and of each word more than one in it.
        crossing: cost of a border that goes through a word.
        uneven: cost of a column e times as wide or narrow as the mean one.
    """

    beyond_mm: float = 32.0
    edge_mm: float = 0.6
    narrowest_share: float = 0.3
    widest_share: float = 2.6
    drawn_share: float = 0.6
    near_share: float = 0.15
    ruling: float = 2.0
    empty: float = 0.8
    crowded: float = 0.8
    crossing: float = 3.0
    uneven: float = 0.4


@dataclass(frozen=True, slots=True, eq=False)
class _Course:
    """A row's way over a page that may be curled: its cells put side by side make it straight.

    Attributes:
        cells: from left to right, px of the page.
        starts: (n + 1,) int64, where each begins in the straightened row, and its end, px.
        height: of the straightened row, px.
    """

    cells: tuple[Quad, ...]
    starts: NDArray[np.int64]
    height: int

    def straightened(self, image: Gray) -> Gray:
        """(height, w) uint8."""
        parts = [
            cv2.resize(
                straighten(image, cell), (int(stop - start), self.height), interpolation=cv2.INTER_LINEAR
            )
            for cell, (start, stop) in zip(self.cells, pairwise(self.starts), strict=True)
        ]
        return np.asarray(np.hstack(parts), dtype=np.uint8)

    def to_page(self, x: float, y: float) -> tuple[float, float]:
        """A point of the page: x in px of the straightened row, y from 0 at its top to 1 at its bottom."""
        k = int(np.clip(np.searchsorted(self.starts, x, side="right") - 1, 0, len(self.cells) - 1))
        t = (x - self.starts[k]) / (self.starts[k + 1] - self.starts[k])
        tl, tr, br, bl = np.array(self.cells[k].points, dtype=np.float64)
        point = (tl * (1 - t) + tr * t) * (1 - y) + (bl * (1 - t) + br * t) * y
        return float(point[0]), float(point[1])


def _follow(row: Sequence[Quad], left: float, right: float) -> _Course:
    """The row, and so many px more on either side."""
    row = [*([beyond(row[0], -left)] if left else []), *row, *([beyond(row[-1], right)] if right else [])]
    sizes = [cell.size() for cell in row]
    widths = np.maximum(2, np.rint([width for width, _ in sizes])).astype(np.int64)
    height = max(2, round(float(np.median([height for _, height in sizes]))))
    return _Course(tuple(row), np.concatenate([[0], np.cumsum(widths)]), height)


def beyond(cell: Quad, px: float) -> Quad:
    """What lies beside a cell, left of it for negative px."""
    tl, tr, br, bl = np.array(cell.points, dtype=np.float64)
    t = px / cell.size()[0]
    above, below = (tr - tl) * t, (br - bl) * t
    corners = (tl + above, tl, bl, bl + below) if px < 0 else (tr, tr + above, br + below, br)
    a, b, c, d = ((float(x), float(y)) for x, y in corners)
    return Quad((a, b, c, d))


@dataclass(frozen=True, slots=True, eq=False)
class _Strip:
    """A straightened row.

    Attributes:
        words: first and one past the last px of each.
        ruled: (w,), how much of each column of pixels a ruling fills, 0 to 1.
        sides: where the row is thought to begin and end, px; it may do so as far inside as the strip goes on outside.
    """

    words: tuple[tuple[int, int], ...]
    ruled: NDArray[np.float64]
    sides: tuple[int, int]


def fit_row(
    ink: Ink,
    row: Sequence[Quad],
    columns: Sequence[int],
    dpi: float,
    params: RowFitParams | None = None,
    *,
    labelled: bool = False,
) -> Grid | None:
    """The row as a grid of one row; None where print and rulings do not tell one way to cut it.

    Args:
        ink: of the page.
        row: its parts from left to right, as far as they are known, px of the page.
        columns: numbers of columns that it may have, each at least 2; the one next to its number of words is tried first.
        dpi: pixels an inch of the page.
        params: lengths, shares and costs.
        labelled: whether a label stands left of it, so that it begins where its first part does.
    """
    params = params or RowFitParams()
    reach = mm_to_px(params.beyond_mm, dpi)
    course = _follow(row, 0.0 if labelled else reach, reach)
    sides = (0 if labelled else int(course.starts[1])), int(course.starts[-2])
    strip = _read_strip(course.straightened(ink.contrast), sides, ink, dpi, params)
    if strip is None or not strip.words:
        return None
    for count in sorted(columns, key=lambda n: abs(math.log(len(strip.words) / n))):
        borders = _best_borders(strip, count, params)
        if borders is not None and _is_certain(strip, borders, params):
            return _to_grid(strip, borders, course)
    return None


def join_parts(row: Sequence[Quad], spans: Sequence[int]) -> Grid:
    """The row as a grid of one row, each column made of so many of its parts: a border that has gone is where other rows have it.

    Args:
        row: its parts from left to right, px of the page.
        spans: as many parts as `row` has, in all.
    """
    ends = [*accumulate(spans)]
    starts = [end - span for end, span in zip(ends, spans, strict=True)]
    cells = []
    for k, (start, end) in enumerate(zip(starts, ends, strict=True)):
        first, last = row[start].points, row[end - 1].points
        cells.append(GridCell(0, k, 1, 1, Quad((first[0], last[1], last[2], first[3])), 0.0))
    top = [cells[0].quad.points[0], *(cell.quad.points[1] for cell in cells)]
    bottom = [cells[0].quad.points[3], *(cell.quad.points[2] for cell in cells)]
    return Grid(np.array([top, bottom], dtype=np.float64), tuple(cells), sound=False)


def _read_strip(
    contrast: Gray, sides: tuple[int, int], ink: Ink, dpi: float, params: RowFitParams
) -> _Strip | None:
    edge = round(mm_to_px(params.edge_mm, dpi))
    inside = contrast[edge : len(contrast) - edge]
    if len(inside) < 3:
        return None
    drawn = (inside >= max(ink.faint, ink.shine)).astype(np.uint8)
    print_ = _without_uprights((inside >= ink.threshold).astype(np.uint8), dpi)
    gap = np.ones((1, max(3, round(mm_to_px(WORD_GAP_MM, dpi)))), np.uint8)
    joined = cv2.morphologyEx(print_.max(axis=0)[None], cv2.MORPH_CLOSE, gap)
    seen = (inside >= ink.faint).astype(np.uint8)
    words = tuple(
        (start, stop)
        for start, stop in runs(joined.ravel() > 0)
        if stop - start > mm_to_px(THIN_MM, dpi) / 2
        and not (
            stop - start <= mm_to_px(BORDER_MM, dpi)
            and _is_of_border(print_[:, start:stop], seen[:, max(0, start - 1) : stop + 1], dpi, params)
        )
    )
    # What stands above and below the words is no stroke of theirs.
    beside = np.flatnonzero(print_.max(axis=1) == 0)
    rows = drawn[beside] if beside.size >= CLEAR_SHARE * len(drawn) else drawn
    ruled = cv2.dilate(rows, np.ones((1, 3), np.uint8)).mean(axis=0)
    return _Strip(words, np.asarray(ruled, dtype=np.float64), sides)


def _is_of_border(word: Mask, seen: Mask, dpi: float, params: RowFitParams) -> bool:
    """Whether a narrow word is a column border or a piece of one: as high, or above and below it as much is seen as of a border."""
    beside = word.max(axis=1) == 0
    if np.count_nonzero(~beside) >= mm_to_px(DIGIT_MM, dpi):
        return True
    return bool(beside.any()) and float(seen[beside].max(axis=1).mean()) >= params.drawn_share


def _without_uprights(print_: Mask, dpi: float) -> Mask:
    """The print without column borders and what is left of them: thin and higher than a digit, or narrow at the row's edges.

    Nor with grains: full stops of numbers are as small, but stand between their digits.
    """
    _, labels, stats, _ = cv2.connectedComponentsWithStats(print_, connectivity=8)
    top, height = stats[:, cv2.CC_STAT_TOP], stats[:, cv2.CC_STAT_HEIGHT]
    width, upper, lower = stats[:, cv2.CC_STAT_WIDTH], top == 0, top + height == len(print_)
    pieces = (width <= mm_to_px(THIN_MM, dpi)) & (height >= mm_to_px(DIGIT_MM, dpi))
    pieces |= (width <= mm_to_px(BORDER_MM, dpi)) & (upper | lower)  # a stub that a broken border has left
    through = (width <= mm_to_px(THICKEST_MM, dpi)) & upper & lower
    grains = np.maximum(width, height) < mm_to_px(GRAIN_MM, dpi)
    kept = np.asarray(np.logical_not(pieces | through | grains), dtype=bool)
    kept[0] = False
    return np.asarray(kept[labels], dtype=np.uint8)


def _best_borders(strip: _Strip, columns: int, params: RowFitParams) -> list[int] | None:
    """Places of the borders, px from the strip's left side, both sides included."""
    width, (left, right) = len(strip.ruled), strip.sides
    mean = (right - left) / columns
    low, high = max(2, int(params.narrowest_share * mean)), int(params.widest_share * mean)
    place = _place_costs(strip, params)
    # Words that begin before a place, words that have ended there.
    begun = np.searchsorted([a for a, _ in strip.words], np.arange(width + 1))
    ended = np.searchsorted([b for _, b in strip.words], np.arange(width + 1), side="right")
    # A row for each place of a border, a column for each place of the one before it, the furthest first.
    lengths = np.arange(high, low - 1, -1)
    if not lengths.size:
        return None
    inside = np.maximum(0, ended[:, None] - _before(begun, high, lengths.size, 0))
    words = np.where(inside == 0, params.empty, params.crowded * (inside - 1))
    uneven = params.uneven * np.log(lengths / mean) ** 2
    best = np.full((columns + 1, width + 1), np.inf)
    came = np.zeros((columns + 1, width + 1), dtype=np.int64)
    best[0, : 2 * left + 1] = (place + params.crossing * begun)[: 2 * left + 1]
    for k in range(1, columns + 1):
        cost = _before(best[k - 1], high, lengths.size, np.inf) + words + uneven
        chosen = cost.argmin(axis=1)
        best[k] = np.take_along_axis(cost, chosen[:, None], axis=1)[:, 0] + place
        came[k] = np.arange(width + 1) - lengths[chosen]
    last = max(0, 2 * right - width)
    ends = best[columns, last:] + params.crossing * (len(strip.words) - ended[last:])
    if not np.isfinite(ends).any():
        return None
    borders = [last + int(ends.argmin())]
    for k in range(columns, 0, -1):
        borders.append(int(came[k, borders[-1]]))
    return borders[::-1]


def _before(values: NDArray[Any], furthest: int, count: int, missing: float) -> NDArray[Any]:
    """(n, count): for each of n places the values at those from `furthest` before it on; `missing` before the first."""
    padded = np.concatenate([np.full(furthest, missing, dtype=values.dtype), values])
    return sliding_window_view(padded, count)[: len(values)]


def _place_costs(strip: _Strip, params: RowFitParams) -> NDArray[np.float64]:
    """(w + 1,): cost of a border at each place."""
    cost = np.append(-params.ruling * strip.ruled, 0.0)
    for start, stop in strip.words:
        cost[start + 1 : stop] += params.crossing
    # Between two words with no ruling the middle is best.
    for (_, a), (b, _) in pairwise(((0, 0), *strip.words, (len(cost), len(cost)))):
        if b - a > 1:
            cost[a:b] += 0.1 * np.abs(np.linspace(-1, 1, b - a))
    return cost


def _is_certain(strip: _Strip, borders: list[int], params: RowFitParams) -> bool:
    """Whether numbers cannot be shifted: all words are held and none is cut, and each column holds one or has its borders drawn.

    Words beside the numbers, such as a seal's, are fewer than the numbers. Where a column is empty, no other holds two words, one
    as broad as a column, or a border that is drawn, and it lies where the row is thought to.
    """
    if len(strip.words) >= 2 * (len(borders) - 1):
        return False
    drawn = [_drawn_at(strip, x) >= params.drawn_share for x in borders]
    # No number stands against a border: what does is left of one.
    if any(start - 1 <= x <= stop + 1 for x in borders for start, stop in strip.words):
        return False
    if strip.words[0][0] < borders[0] or strip.words[-1][1] > borders[-1]:
        return False
    columns = list(pairwise(borders))
    held = [sum(left <= start < right for start, _ in strip.words) for left, right in columns]
    empty = [column for column, words in zip(columns, held, strict=True) if not words]
    widest = max(stop - start for start, stop in strip.words)
    broad = widest * len(columns) >= borders[-1] - borders[0]  # two numbers run together
    if empty and (max(held) > 1 or broad or _has_border_left(strip, borders, params)):
        return False
    first, last = strip.sides
    if any(not first <= (left + right) / 2 <= last for left, right in empty):
        return False
    return all(words == 1 or (drawn[k] and drawn[k + 1]) for k, words in enumerate(held))


def _has_border_left(strip: _Strip, borders: list[int], params: RowFitParams) -> bool:
    """Whether a column border is drawn inside one of the columns, between words."""
    ruled = strip.ruled >= params.drawn_share
    near = round(params.near_share * (borders[-1] - borders[0]) / (len(borders) - 1))
    for x in borders:
        ruled[max(0, x - near) : x + near + 1] = False
    for start, stop in strip.words:
        ruled[start:stop] = False
    return bool(ruled[borders[0] : borders[-1]].any())


def _drawn_at(strip: _Strip, x: int) -> float:
    return float(strip.ruled[max(0, x - 2) : x + 3].max(initial=0.0))


def _to_grid(strip: _Strip, borders: list[int], course: _Course) -> Grid:
    nodes = np.array([[course.to_page(x, y) for x in borders] for y in (0.0, 1.0)], dtype=np.float64)
    cells = []
    for k, (left, right) in enumerate(pairwise(borders)):
        corners = [(float(x), float(y)) for x, y in (*nodes[0, k : k + 2], *nodes[1, k : k + 2][::-1])]
        support = (_drawn_at(strip, left) + _drawn_at(strip, right)) / 2
        cells.append(GridCell(0, k, 1, 1, Quad((corners[0], corners[1], corners[2], corners[3])), support))
    return Grid(nodes, tuple(cells), sound=False)
