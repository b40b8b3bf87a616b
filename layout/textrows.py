"""Row borders of tables whose rulings are all lost, half way between the lines of their values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

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
        usual_percentile: of the paper between a table's lines; the characters of a label printed downwards fill some of it.
        break_share: between two tables the paper between lines is wider by this factor than between a table's own.
        min_line_mm: lower marks are no line of text.
        line_slack_mm: characters of a label are higher than the digits of its line by this much above and below.
        values_share: the values stand right of this share of the table's width.
        labels_share: the labels begin left of this share of it, and so does running text.
        heading_gap_mm: the characters of running text stand closer, a comma between them; those of narrow columns' headings do not.
        edge_mm: so near to the side of the page a shadow of the spine or of the sheet's edge may be taken for print.
        edge_share: it is, where so much of a column of pixels is inked.
    """

    word_gap_mm: float = 2.0
    column_gap_mm: float = 5.0
    min_tabular: int = 3
    usual_percentile: float = 75.0
    break_share: float = 1.6
    min_line_mm: float = 1.4
    line_slack_mm: float = 1.2
    values_share: float = 0.45
    labels_share: float = 0.3
    heading_gap_mm: float = 3.5
    edge_mm: float = 15.0
    edge_share: float = 0.12


def text_borders(
    print_: Mask, dpi: float, params: TextRowParams | None = None
) -> tuple[tuple[Track, ...], ...]:
    """The row borders of each table of a level page, from top to bottom, as they follow from its lines alone.

    Args:
        print_: (H, W) uint8, the page's print; a group of lines without any mark right of its labels is no table.
        dpi: pixels an inch.
        params: lengths and shares.
    """
    params = params or TextRowParams()
    lines = _value_lines(print_, 0, len(print_), dpi, params)
    words = _words(lines, print_, dpi, params)
    tabular = [_is_tabular(line, dpi, params) for line in words]
    columns = np.flatnonzero(print_.any(axis=0))
    headings = [
        not there and _is_heading(line, int(columns[0]), int(columns[-1]) + 1, dpi, params)
        for there, line in zip(tabular, words, strict=True)
    ]
    groups = (
        [lines[k] for k in group if tabular[k]] for group in _groups(lines, tabular, headings, print_, params)
    )
    tables = (
        _borders(print_, group[0][0], group[-1][1], dpi, params)
        for group in groups
        if len(group) >= params.min_tabular
    )
    return tuple(table for table in tables if table)


def without_edges(print_: Mask, dpi: float, params: TextRowParams | None = None) -> Mask:
    """The print, (H, W) uint8, without the shadow along either side of the page."""
    params = params or TextRowParams()
    reach = round(mm_to_px(params.edge_mm, dpi))
    inked = print_.mean(axis=0) >= params.edge_share
    clean = print_.copy()
    left, right = np.flatnonzero(inked[:reach]), np.flatnonzero(inked[-reach:])
    if left.size:
        clean[:, : left[-1] + 1 + reach // 10] = 0
    if right.size:
        clean[:, max(0, len(inked) - reach + right[0] - reach // 10) :] = 0
    return clean


_Line = tuple[int, int]  # first and one past the last row of pixels


def _value_lines(print_: Mask, top: int, bottom: int, dpi: float, params: TextRowParams) -> list[_Line]:
    """The lines between two heights as they stand on the values' side: labels printed downwards go on from line to line."""
    columns = np.flatnonzero(print_[top:bottom].any(axis=0))
    if not columns.size:
        return []
    left, right = int(columns[0]), int(columns[-1]) + 1
    values = print_[top:bottom, round(left + params.values_share * (right - left)) : right].any(axis=1)
    return [(top + a, top + b) for a, b in runs(values) if b - a >= mm_to_px(params.min_line_mm, dpi)]


_Word = tuple[int, int]  # first and one past the last column of pixels


def _words(
    lines: Sequence[_Line], print_: Mask, dpi: float, params: TextRowParams
) -> list[tuple[_Word, ...]]:
    """The words of each line, labels included, from left to right."""
    gap = max(3, round(mm_to_px(params.word_gap_mm, dpi)))
    words = cv2.morphologyEx(print_, cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(words, connectivity=8)
    top, height = stats[:, cv2.CC_STAT_TOP], stats[:, cv2.CC_STAT_HEIGHT]
    found = []
    slack = mm_to_px(params.line_slack_mm, dpi)
    for start, stop in lines:
        inside = (
            (top >= start - slack)
            & (top + height <= stop + slack)
            & (height >= mm_to_px(params.min_line_mm, dpi))
        )
        lefts = stats[inside, cv2.CC_STAT_LEFT]
        rights = lefts + stats[inside, cv2.CC_STAT_WIDTH]
        found.append(tuple(sorted(zip(lefts.tolist(), rights.tolist(), strict=True))))
    return found


def _is_tabular(words: Sequence[_Word], dpi: float, params: TextRowParams) -> bool:
    """Whether a line has words of several columns."""
    reached = accumulate((right for _, right in words), max)
    return any(
        left - end >= mm_to_px(params.column_gap_mm, dpi)
        for (left, _), end in zip(words[1:], reached, strict=False)
    )


def _is_heading(words: Sequence[_Word], start: int, stop: int, dpi: float, params: TextRowParams) -> bool:
    """Whether a line is running text between two tables: it goes on unbroken from the labels' side to the values'.

    Args:
        words: of the line, from left to right.
        start: of the page's print, px.
        stop: of the page's print, px.
        dpi: pixels an inch.
        params: lengths and shares.
    """
    begins, ends = (start + share * (stop - start) for share in (params.labels_share, params.values_share))
    gap = mm_to_px(params.heading_gap_mm, dpi)
    first, reached = stop, start
    for left, right in words:
        if left - reached > gap:
            first = left
        first, reached = min(first, left), max(reached, right)
        if first < begins and reached > ends:
            return True
    return False


def _groups(
    lines: Sequence[_Line],
    tabular: Sequence[bool],
    headings: Sequence[bool],
    print_: Mask,
    params: TextRowParams,
) -> list[list[int]]:
    """Indices of lines between which the paper is about as wide as between the rows of tables, and no heading stands.

    A row is high where its label takes several lines: what counts is the widest stretch without any print.
    """
    printed = np.asarray(print_.any(axis=1))
    gaps = [_widest_gap(printed[upper[1] : lower[0]]) for upper, lower in pairwise(lines)]
    within = [gap for gap, (a, b) in zip(gaps, pairwise(tabular), strict=True) if a and b]
    if not within:
        return []
    usual = float(np.percentile(within, params.usual_percentile))
    groups = [[0]]
    for k, gap in enumerate(gaps, 1):
        if gap > params.break_share * usual or headings[k] or headings[k - 1]:
            groups.append([])
        groups[-1].append(k)
    return groups


def _widest_gap(printed: NDArray[np.bool_]) -> int:
    """The most rows of pixels without print in a row."""
    return max((stop - start for start, stop in runs(~printed)), default=0)


def _borders(print_: Mask, top: int, bottom: int, dpi: float, params: TextRowParams) -> tuple[Track, ...]:
    """Borders over, between and under the lines of values: labels beside them may take several lines."""
    columns = np.flatnonzero(print_[top:bottom].any(axis=0))
    left, right = int(columns[0]), int(columns[-1]) + 1
    lines = _value_lines(print_, top, bottom, dpi, params)
    if not lines:
        return ()
    margin = mm_to_px(1.0, dpi)
    places = [lines[0][0] - margin, *((a[1] + b[0]) / 2 for a, b in pairwise(lines)), lines[-1][1] + margin]
    along = np.array([left, right], dtype=np.float64)
    return tuple(Track(along, np.array([y, y], dtype=np.float64), 0.0) for y in places)
