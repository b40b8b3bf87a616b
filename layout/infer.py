"""Tables whose rulings are worn to pieces: borders inferred from what is left of them and from where the words stand.

Row borders are long and survive as chains of pieces. Pieces of a column border stand at one place in several rows, where no word
does; strokes of characters stand inside words. Where a border has gone altogether the words still tell: the words of the rows that
have most of them leave the same corridors free, and two lines of numbers never stand in one row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from ..document.geometry import mm_to_px
from .columns import column_borders, count_words, has_many_words
from .ink import Mask
from .pieces import (
    MIN_WORD_MM,
    WORD_GAP_MM,
    BrokenPage,
    InferParams,
    inside,
    on_borders,
    print_beside,
    remains_beside,
    seen_pieces,
    without_remains,
    words_between,
    words_of_rows,
)
from .rulings import Rulings
from .runs import runs
from .textrows import text_borders, without_edges
from .together import MAX_FOLDS
from .tracks import Region, Track, TrackParams, cluster_tracks
from .walls import VALUES_SHARE

MARGIN_SHARE, MIN_BORDERS = 0.3, 5
"""A row's border is drawn in a column over so much of its width; so many are drawn in a table's columns where margins are told."""

HEADED_PARAMS = InferParams(
    many_words=6, dense_share=0.6, corridor_share=0.0, beside_share=1e-6, capped=False
)
"""Where no border is left, a header tells of columns whose cells are blank: each word counts."""


def infer_regions(
    rulings: Rulings, ink: Mask, params: InferParams | None = None, *, lost: bool = False
) -> tuple[tuple[Region, ...], Mask]:
    """The tables of a level page with broken rulings, from top to bottom, and the pieces of their rulings, (H, W) uint8.

    Args:
        rulings: their horizontal ones linked.
        ink: (H, W) uint8, the page's print in the same frame.
        params: lengths and shares.
        lost: whether its row borders are taken from the text alone.
    """
    params = params or InferParams()
    rough = print_beside(ink, rulings.horizontal_mask, rulings.vertical_mask)
    borders = _row_borders(rulings, without_remains(rough, rulings.dpi), params)
    rim = max(1, round(mm_to_px(params.rim_mm, rulings.dpi)))
    pieces = on_borders(rulings.vertical_mask, borders, rim, mm_to_px(params.stroke_mm, rulings.dpi))
    across = on_borders(rulings.horizontal_mask, borders, rim)
    print_ = without_remains(print_beside(ink, across, pieces), rulings.dpi, borders)
    print_ = without_edges(print_, rulings.dpi) if lost else print_
    page = BrokenPage(rulings, print_, pieces, params)
    tables = text_borders(print_, rulings.dpi) if lost else _tables(borders, page)
    regions = [region for rows in tables for region in _to_regions(rows, page)]
    remains = [
        remains_beside(r.horizontal, [float(v.across.mean()) for v in r.vertical], ink, page) for r in regions
    ]
    left_over = np.maximum.reduce([across, pieces, *remains])
    return tuple(regions), np.asarray(left_over, dtype=np.uint8)


def _row_borders(rulings: Rulings, print_: Mask, params: InferParams) -> list[Track]:
    if not rulings.horizontal:
        return []
    extent = (min(r.start for r in rulings.horizontal), max(r.end for r in rulings.horizontal))
    tracks = cluster_tracks(rulings.horizontal, extent, TrackParams(), rulings.dpi)
    long = [t for t in tracks if t.drawn >= mm_to_px(params.min_row_border_mm, rulings.dpi)]
    near = max(2, round(mm_to_px(params.crossed_mm, rulings.dpi)))
    return [t for t in long if _crossed_px(t, print_, near) <= params.crossed_share * t.drawn]


def _crossed_px(border: Track, print_: Mask, near: int) -> int:
    """How much print stands right above and right below a row border: in a true one's place there is next to none."""
    y = round(float(border.across.mean()))
    above, below = print_[max(0, y - near) : y], print_[y + 1 : y + 1 + near]
    return int((above.any(axis=0) & below.any(axis=0)).sum())


def _tables(borders: Sequence[Track], page: BrokenPage) -> list[Sequence[Track]]:
    """The row borders of each table."""
    tables = runs([_has_row(a, b, page) for a, b in pairwise(borders)])
    # A border with no row beside it may be all that is left of a table's borders.
    alone = [(k, k) for k in range(len(borders)) if not any(first <= k <= last for first, last in tables)]
    return [borders[first : last + 1] for first, last in sorted([*tables, *alone])]


def _has_row(upper: Track, lower: Track, page: BrokenPage) -> bool:
    """Whether a table goes on between two row borders: with column borders, or with the low title of a block."""
    height = float(lower.across.mean() - upper.across.mean())
    low = height <= page.px(page.params.plain_row_mm)
    if len(runs(seen_pieces(upper, lower, page) > 0)) >= 2:
        return low or not _has_heading(upper, lower, page)
    return low and bool(words_between(upper, lower, page).any())


def _has_heading(upper: Track, lower: Track, page: BrokenPage) -> bool:
    """Whether a line of text stands between two row borders where no column border is drawn at its height."""
    top, bottom = inside(upper, lower)
    beside = np.flatnonzero(page.pieces[top:bottom].any(axis=1))
    lines = [r for r in runs(page.print_[top:bottom].any(axis=1)) if r[1] - r[0] >= page.px(MIN_WORD_MM)]
    return any(not ((beside >= a) & (beside < b)).any() for a, b in lines)


def _to_regions(borders: Sequence[Track], page: BrokenPage) -> list[Region]:
    """A table as one region, or, where it is made of blocks with other columns each, as one for each block."""
    left, right = _sides(borders, page)
    rows = _with_overhang(borders, (left, right), page)
    if len(rows) < 2:
        return []
    left, right = _sides(rows, page)
    columns = column_borders(rows, left, right, page)
    remains = remains_beside(rows, columns, page.print_, page)
    clean = replace(page, print_=cv2.subtract(page.print_, remains).astype(np.uint8))
    rows = _with_text_rows(rows, left, right, clean)
    words = words_of_rows(rows, left, right, clean)
    wide = has_many_words(words, clean) or len(columns) > page.params.many_words
    blocks = [(0, len(rows) - 1)] if wide else runs(_are_parted(rows, words, (left, right), clean))
    regions = (_to_region(rows[first : last + 1], left, right, clean) for first, last in blocks)
    return [region for region in regions if region is not None]


def _are_parted(
    rows: Sequence[Track], words: NDArray[np.bool_], sides: tuple[float, float], page: BrokenPage
) -> NDArray[np.bool_]:
    """(rows,): which rows have several cells, as a block's title has not: several words, or a border between the sides."""
    reach = page.px(page.params.min_column_mm)
    start, stop = round(sides[0] + reach), round(sides[1] - reach)
    drawn = [seen_pieces(upper, lower, page)[start:stop].any() for upper, lower in pairwise(rows)]
    return np.asarray(np.array(drawn) | (count_words(words, page) >= 2))


def _to_region(rows: Sequence[Track], left: float, right: float, page: BrokenPage) -> Region | None:
    columns = _without_margins(column_borders(rows, left, right, page), rows, page)
    if len(columns) < 3:
        return None
    along = np.array([float(rows[0].across.mean()), float(rows[-1].across.mean())])
    vertical = tuple(Track(along, np.array([x, x], dtype=np.float64), 0.0) for x in columns)
    return Region(tuple(rows), vertical, inferred=True, sound=False)


def _without_margins(columns: list[float], rows: Sequence[Track], page: BrokenPage) -> list[float]:
    """The column borders without those in the page's margins, where no words stand and where the rows' borders have ended.

    A fold or an edge that crosses the whole page carries a table's sides along.
    """
    near = max(2, round(page.px(page.params.rim_mm)))
    mask = page.rulings.horizontal_mask
    ys = [max(0, round(float(row.across.mean()))) for row in rows]
    drawn = np.array([mask[max(0, y - near) : y + near + 1].any(axis=0) for y in ys])
    words = words_of_rows(rows, columns[0], columns[-1], page)

    def is_margin(start: float, stop: float) -> bool:
        a, b = round(start), max(round(start) + 1, round(stop))
        bordered = int((drawn[:, a:b].mean(axis=1) >= MARGIN_SHARE).sum())
        return bordered <= MAX_FOLDS and not words[:, a:b].any()

    inner = round(columns[1]), round(columns[-2])
    borders = int((drawn[:, slice(*inner)].mean(axis=1) >= MARGIN_SHARE).sum()) if inner[0] < inner[1] else 0
    if borders < MIN_BORDERS:  # as few as there may be in a margin
        return columns
    first = 1 if is_margin(columns[0], columns[1]) else 0
    last = len(columns) - (1 if is_margin(columns[-2], columns[-1]) else 0)
    return columns[first:last]


def _sides(borders: Sequence[Track], page: BrokenPage) -> tuple[float, float]:
    """Where the row borders, the column borders or the words between them begin and end: a table takes its page's whole width."""
    near = page.px(TrackParams().same_track_mm)
    pieces = [
        r
        for r in page.rulings.horizontal
        if any(abs(t.at((r.start + r.end) / 2) - r.middle) <= near for t in borders)
    ]
    start = min((r.start for r in pieces), default=float(borders[0].along[0]))
    end = max((r.end for r in pieces), default=float(borders[0].along[-1]))
    top, bottom = (round(float(borders[k].across.mean())) for k in (0, -1))
    drawn = np.flatnonzero(page.pieces[top:bottom].sum(axis=0) >= page.px(page.params.overhang_mm))
    margin = round(page.px(WORD_GAP_MM))
    printed = np.flatnonzero(page.print_[top:bottom].any(axis=0))
    places = np.concatenate([drawn, printed - margin, printed + margin])
    if places.size:
        start, end = min(start, float(places.min())), max(end, float(places.max()))
    return max(0.0, start), min(end, page.print_.shape[1] - 1.0)


def _with_overhang(borders: Sequence[Track], sides: tuple[float, float], page: BrokenPage) -> list[Track]:
    """The borders, and one more where column borders go on over the first or the last of them."""
    left, right = (round(side) for side in sides)
    reach = round(page.px(page.params.overhang_reach_mm))
    first, last = (round(float(borders[k].across.mean())) for k in (0, -1))
    mask = page.pieces[:, max(0, left - 2) : right + 3]
    above = _overhang(mask[max(0, first - reach) : max(0, first - 2)][::-1], page)
    below = _overhang(mask[last + 3 : last + reach], page)
    top = [Track(borders[0].along, borders[0].across - above, 0.0)] if above else []
    bottom = [Track(borders[-1].along, borders[-1].across + below, 0.0)] if below else []
    return [*top, *borders, *bottom]


def _overhang(outward: Mask, page: BrokenPage) -> int:
    """How far column borders run out into a strip whose first row lies at the border, px; 0 when fewer than three do."""
    least = page.px(page.params.overhang_mm)
    near = outward[: round(page.px(page.params.rim_mm))].any(axis=0)
    lengths = []
    for start, stop in runs(near):
        inked = np.flatnonzero(outward[:, start:stop].any(axis=1))
        gaps = np.flatnonzero(np.diff(inked) > least)
        lengths.append(int(inked[gaps[0]] if gaps.size else inked[-1]))
    long = [length for length in lengths if length >= least]
    return max(long) if len(long) >= 3 else 0


def _with_text_rows(borders: Sequence[Track], left: float, right: float, page: BrokenPage) -> list[Track]:
    """The borders, and one more where two lines of numbers, further apart than wrapped lines are, stand in one row."""
    x0 = round(left + VALUES_SHARE * (right - left))
    x1 = round(right - page.px(0.8))
    added = []
    for upper, lower in pairwise(borders):
        top, bottom = inside(upper, lower)
        printed = np.flatnonzero(page.print_[top:bottom, x0:x1].any(axis=1)) if x1 > x0 else np.zeros(0, int)
        for k in np.flatnonzero(np.diff(printed) >= page.px(page.params.min_row_gap_mm)):
            middle = top + (printed[k] + printed[k + 1]) / 2
            added.append(Track(upper.along, upper.across - float(upper.across.mean()) + middle, 0.0))
    return sorted([*borders, *added], key=lambda t: float(t.across.mean()))
