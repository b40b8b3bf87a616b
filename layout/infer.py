"""Tables whose rulings are worn to pieces: borders inferred from what is left of them and from where the text stands.

Row borders are long and survive as chains of pieces. Between two of them every row of the table shows some pieces of the column
borders, at the same places row after row: a place that is inked in several rows is a column border, wherever the rest of it has
gone. Strokes of characters are short and stand at other places in each row. Where a border has gone altogether, two columns of
numbers stand in one, row after row apart by a gap at the same place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from ..document.geometry import mm_to_px
from .ink import Mask
from .rulings import Rulings
from .tracks import Region, Track, TrackParams, cluster_tracks


@dataclass(frozen=True, slots=True)
class InferParams:
    """Lengths in millimetres, shares from 0 to 1.

    Attributes:
        min_row_border_mm: drawn length of a row border; the shortest spans the five organisation columns of table 三.
        seen_share: share of a row's height that must be inked for a column border to be seen in it.
        sure_share: so much of one row is enough by itself.
        rim_mm, middle_weight: a piece that comes no closer to the row's borders counts only so much.
        min_evidence, min_rows_share: sum of the shares over the rows that a column border needs, at the least and as a share of
            the number of rows.
        min_column_mm: columns are wider.
        plain_row_mm: a row without any column border, such as a block's title, is lower than this; a heading between two tables
            takes more.
        values_share: the values stand right of this share of the table's width, labels left of it.
        min_row_gap_mm: lines of two rows are further apart; lines of one wrapped text are closer.
        min_gap_mm: numbers of two columns are further apart.
        agreement_mm: gaps of one column border lie within this distance of each other.
        min_gaps_share: share of the rows with print in a column that must show the gap.
    """

    min_row_border_mm: float = 22.0
    seen_share: float = 0.35
    sure_share: float = 0.8
    rim_mm: float = 0.6
    middle_weight: float = 0.3
    min_evidence: float = 0.7
    min_rows_share: float = 0.06
    min_column_mm: float = 5.0
    plain_row_mm: float = 10.0
    values_share: float = 0.5
    min_row_gap_mm: float = 2.3
    min_gap_mm: float = 2.0
    agreement_mm: float = 4.0
    min_gaps_share: float = 0.6


def infer_regions(rulings: Rulings, ink: Mask, params: InferParams | None = None) -> tuple[Region, ...]:
    """The tables of a level page with broken rulings, from top to bottom.

    Args:
        rulings: their horizontal ones linked.
        ink: (H, W) uint8, the page's print in the same frame.
        params: lengths and shares.
    """
    params = params or InferParams()
    borders = _row_borders(rulings, params)
    seen = [_seen_columns(a, b, rulings, params) for a, b in pairwise(borders)]
    regions = []
    for first, last in _tables(borders, seen, rulings.dpi, params):
        region = _to_region(borders[first : last + 1], seen[first:last], rulings, params)
        if region is not None:
            whole = _with_text_rows(region, ink, rulings.dpi, params)
            regions.append(_with_text_borders(whole, ink, rulings.dpi, params))
    return tuple(regions)


def _row_borders(rulings: Rulings, params: InferParams) -> list[Track]:
    if not rulings.horizontal:
        return []
    extent = (min(r.start for r in rulings.horizontal), max(r.end for r in rulings.horizontal))
    minimum = mm_to_px(params.min_row_border_mm, rulings.dpi)
    tracks = cluster_tracks(rulings.horizontal, extent, TrackParams(), rulings.dpi)
    return [t for t in tracks if t.drawn >= minimum]


def _seen_columns(upper: Track, lower: Track, rulings: Rulings, params: InferParams) -> NDArray[np.float64]:
    """(W,): for each x the share of the row's height that is inked there by pieces of column borders; 0 below `seen_share`."""
    top, bottom = round(upper.across.mean()) + 2, round(lower.across.mean()) - 1
    if bottom - top < 3:
        return np.zeros(rulings.vertical_mask.shape[1])
    # A piece that reaches the row's upper or lower border is part of a ruling; one in the middle may be a stroke.
    piece = cv2.dilate(rulings.vertical_mask[top:bottom], np.ones((1, 3), np.uint8))
    rim = max(1, round(mm_to_px(params.rim_mm, rulings.dpi)))
    share = piece.mean(axis=0)
    touching = piece[:rim].any(axis=0) | piece[-rim:].any(axis=0)
    weight = np.where(touching, 1.0, params.middle_weight)
    return np.where(share >= params.seen_share, share * weight, 0.0)


def _tables(
    borders: Sequence[Track], seen: Sequence[NDArray[np.float64]], dpi: float, params: InferParams
) -> list[tuple[int, int]]:
    """First and last row border of each table."""
    total = sum(seen) if len(seen) else np.zeros(1)
    repeated = np.asarray(total) >= params.min_evidence
    has_columns = [bool((row >= params.seen_share)[repeated].any()) for row in seen]
    low = mm_to_px(params.plain_row_mm, dpi)
    tables: list[tuple[int, int]] = []
    start: int | None = None
    for i, with_columns in enumerate(has_columns):
        plain = borders[i + 1].across.mean() - borders[i].across.mean() <= low
        if with_columns or (plain and start is not None):
            start = i if start is None else start
        elif start is not None:
            tables.append((start, i))
            start = None
    if start is not None:
        tables.append((start, len(seen)))
    return tables


def _to_region(
    borders: Sequence[Track], seen: Sequence[NDArray[np.float64]], rulings: Rulings, params: InferParams
) -> Region | None:
    top, bottom = float(borders[0].across.mean()), float(borders[-1].across.mean())
    left, right = _sides(rulings, top, bottom)
    xs = _peaks(np.array(seen), rulings.dpi, params)
    reach = mm_to_px(params.min_column_mm, rulings.dpi) / 2
    inner = [x for x in xs if left + reach < x < right - reach]
    ends = [next((x for x in xs if abs(x - side) <= reach), side) for side in (left, right)]
    columns = [ends[0], *inner, ends[1]]
    if len(columns) < 3:
        return None
    along = np.array([top, bottom])
    vertical = tuple(Track(along, np.array([x, x], dtype=np.float64), bottom - top) for x in columns)
    return Region(tuple(borders), vertical, inferred=True)


def _sides(rulings: Rulings, top: float, bottom: float) -> tuple[float, float]:
    """Where the longest row borders begin and end."""
    inside = [r for r in rulings.horizontal if top - 2 <= r.middle <= bottom + 2]
    longest = max(r.length for r in inside)
    long = [r for r in inside if r.length >= 0.8 * longest]
    return min(r.start for r in long), max(r.end for r in long)


def _peaks(seen: NDArray[np.float64], dpi: float, params: InferParams) -> list[float]:
    """Column borders of a table, from the (rows, W) shares in which they are seen, left to right."""
    needed = max(params.min_evidence, params.min_rows_share * len(seen))
    total = seen.sum(axis=0)
    strength = np.where((total >= needed) | (seen.max(axis=0) >= params.sure_share), total, 0.0)
    apart = mm_to_px(params.min_column_mm, dpi)
    found: list[float] = []
    for x in np.argsort(strength)[::-1]:
        if strength[x] <= 0:
            break
        if all(abs(x - other) >= apart for other in found):
            found.append(float(x))
    return sorted(found)


def _with_text_rows(region: Region, ink: Mask, dpi: float, params: InferParams) -> Region:
    """The region with borders put where two lines of numbers, further apart than wrapped lines are, stand in one row."""
    left, right = (float(region.vertical[k].across.mean()) for k in (0, -1))
    x0, x1 = round(left + params.values_share * (right - left)), round(right - mm_to_px(0.8, dpi))
    margin = round(mm_to_px(0.8, dpi))
    added = []
    for upper, lower in pairwise(region.horizontal):
        y0, y1 = round(float(upper.across.mean())) + margin, round(float(lower.across.mean())) - margin
        if y1 <= y0 or x1 <= x0:
            continue
        printed = np.flatnonzero(_printed_columns(np.ascontiguousarray(ink[y0:y1, x0:x1].T), dpi))
        for k in np.flatnonzero(np.diff(printed) >= mm_to_px(params.min_row_gap_mm, dpi)):
            middle = y0 + (printed[k] + printed[k + 1]) / 2
            added.append(Track(upper.along, upper.across - float(upper.across.mean()) + middle, 0.0))
    horizontal = sorted([*region.horizontal, *added], key=lambda t: float(t.across.mean()))
    return Region(tuple(horizontal), region.vertical, inferred=True)


def _with_text_borders(region: Region, ink: Mask, dpi: float, params: InferParams) -> Region:
    """The region with borders put where two columns of numbers stand in one."""
    added = []
    for left, right in pairwise(region.vertical):
        x = _common_gap(region.horizontal, left, right, ink, dpi, params)
        if x is not None:
            added.append(Track(left.along, np.full(len(left.along), x), 0.0))
    vertical = sorted([*region.vertical, *added], key=lambda t: float(t.across.mean()))
    return Region(region.horizontal, tuple(vertical), inferred=True)


def _common_gap(
    rows: Sequence[Track], left: Track, right: Track, ink: Mask, dpi: float, params: InferParams
) -> float | None:
    """The middle of the gap that most rows show at one place between two column borders; None without one."""
    margin = round(mm_to_px(0.8, dpi))
    x0, x1 = round(float(left.across.mean())) + margin, round(float(right.across.mean())) - margin
    places, inked = [], 0
    for upper, lower in pairwise(rows):
        y0, y1 = round(float(upper.across.mean())) + margin, round(float(lower.across.mean())) - margin
        if y1 <= y0 or x1 <= x0:
            continue
        profile = np.flatnonzero(_printed_columns(ink[y0:y1, x0:x1], dpi))
        if not profile.size:
            continue
        inked += 1
        steps = np.diff(profile)
        if steps.size and steps.max() >= mm_to_px(params.min_gap_mm, dpi):
            k = int(steps.argmax())
            places.append(x0 + (profile[k] + profile[k + 1]) / 2)
    if inked < 3 or len(places) < params.min_gaps_share * inked:
        return None
    middle = float(np.median(places))
    near = [p for p in places if abs(p - middle) <= mm_to_px(params.agreement_mm, dpi)]
    return middle if len(near) >= params.min_gaps_share * inked else None


def _printed_columns(ink: Mask, dpi: float) -> NDArray[np.bool_]:
    """(w,): whether a column of pixels carries print; thin upright remains of a ruling do not count."""
    columns = ink.max(axis=0)[None]
    thin = np.ones((1, max(2, round(mm_to_px(0.45, dpi)))), np.uint8)
    return np.asarray(cv2.morphologyEx(columns, cv2.MORPH_OPEN, thin) > 0).ravel()
