"""What is left of a table whose rulings are worn: pieces of its borders, and the words between them."""

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
from .tracks import Track

WORD_GAP_MM = 1.0
"""Digits of one number stand closer."""

LABEL_GAP_MM, SPACED_GAP_MM = 4.0, 2.2
"""Characters of one title stand closer than the first, those of a letter-spaced label mostly closer than the second."""

STROKE_GAPS_MM = (1.5, 0.8)
"""Strokes of neighbouring characters stand closer, across and down."""

THIN_MM, DIGIT_MM = 0.45, 3.6
"""Strokes of table text are thinner than the first, its digits lower than the second."""

DASH_MM, DASH_APART_MM = 0.7, 1.2
"""A printed dash is longer than the first and stands further from a row border than the second."""

MIN_WORD_MM = 1.0
"""Lower marks are what is left of rulings, or dust."""


@dataclass(frozen=True, slots=True)
class InferParams:
    """Lengths in millimetres, shares from 0 to 1.

    Attributes:
        min_row_border_mm: drawn length of a row border; the shortest spans the five organisation columns of table 三.
        seen_share: share of a row's height that must be inked for a column border to be seen in it.
        rim_mm, stroke_mm: a piece of a column border reaches a row border so closely, or is longer than any stroke.
        min_evidence, min_rows_share: sum of the shares over the rows that a column border needs, at the least and as a share of
            the number of rows, in a table whose words tell the columns as well.
        min_block_evidence, min_block_rows_share: the same where no row has many words.
        usual_row_mm: in a higher row a piece of a column border needs no more length than in one of this height.
        crossed_mm, crossed_share: so close to a row border hardly any print stands on both sides of it, as a share of what is
            drawn of the border.
        min_column_mm: columns are wider.
        plain_row_mm: a row in which no column border is seen, such as a block's title, is lower than this; a heading between
            two tables takes more.
        remains_mm: so close to a column border no print lies wholly.
        min_row_gap_mm: lines of two rows are further apart; lines of one wrapped text are closer.
        dense_share: rows with so many words, as a share of the most that a row has, tell where the corridors are.
        corridor_share: share of the dense rows whose words may stand in a corridor.
        corridor_mm: a corridor without any piece of a border in it is wider.
        many_words, wide_corridor_mm: where no row has so many words, labels may be letter-spaced, and a corridor is wider than
            this.
        beside_share: share of the dense rows that have words on either side of such a corridor.
        capped: whether there are no more corridors than the fullest row has gaps between its words.
        overhang_mm: pieces of column borders that go on so far over the first or last row border belong to one more row.
        overhang_reach_mm: rows are lower than this.
    """

    min_row_border_mm: float = 22.0
    seen_share: float = 0.35
    rim_mm: float = 0.6
    stroke_mm: float = 8.0
    min_evidence: float = 0.7
    min_rows_share: float = 0.06
    min_block_evidence: float = 1.5
    min_block_rows_share: float = 0.25
    usual_row_mm: float = 7.0
    crossed_mm: float = 0.5
    crossed_share: float = 0.25
    min_column_mm: float = 5.0
    plain_row_mm: float = 10.0
    remains_mm: float = 1.0
    min_row_gap_mm: float = 2.3
    dense_share: float = 0.75
    corridor_share: float = 0.12
    corridor_mm: float = 1.6
    many_words: int = 8
    wide_corridor_mm: float = 3.0
    beside_share: float = 0.4
    capped: bool = True
    overhang_mm: float = 2.8
    overhang_reach_mm: float = 16.0


@dataclass(frozen=True, slots=True, eq=False)
class BrokenPage:
    """The pieces of rulings of a level page and the print beside them.

    Attributes:
        print_: (H, W) uint8, the print without rulings.
        pieces: (H, W) uint8, pieces of column borders.
    """

    rulings: Rulings
    print_: Mask
    pieces: Mask
    params: InferParams

    @property
    def dpi(self) -> float:
        """Of the rulings."""
        return self.rulings.dpi

    def px(self, mm: float) -> float:
        """Millimetres in px."""
        return mm_to_px(mm, self.rulings.dpi)


def print_beside(ink: Mask, *lines: Mask) -> Mask:
    """(H, W) uint8: the print that is left when lines and their soft edges are taken out."""
    taken = np.maximum.reduce([cv2.dilate(mask, np.ones((3, 3), np.uint8)) for mask in lines])
    return np.asarray(cv2.subtract(ink, taken), dtype=np.uint8)


def without_remains(print_: Mask, dpi: float, borders: Sequence[Track] = ()) -> Mask:
    """The print without what is too thin or too low for a word, and without upright lines higher than a character."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(print_, connectivity=8)
    thin = stats[:, cv2.CC_STAT_WIDTH] <= mm_to_px(THIN_MM, dpi)
    line = thin & (stats[:, cv2.CC_STAT_HEIGHT] >= mm_to_px(DIGIT_MM, dpi))
    print_ = np.asarray(cv2.bitwise_and(print_, (~line)[labels].astype(np.uint8)), dtype=np.uint8)
    width, height = (max(3, round(mm_to_px(mm, dpi))) for mm in STROKE_GAPS_MM)
    gap = np.ones((height, width), np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(
        cv2.morphologyEx(print_, cv2.MORPH_CLOSE, gap), connectivity=8
    )
    high = stats[:, cv2.CC_STAT_HEIGHT] >= mm_to_px(MIN_WORD_MM, dpi)
    kept = (high | _are_dashes(np.asarray(stats, dtype=np.int32), borders, dpi)) & (
        stats[:, cv2.CC_STAT_WIDTH] > mm_to_px(THIN_MM, dpi)
    )
    kept[0] = False
    return cv2.bitwise_and(print_, kept[labels].astype(np.uint8)).astype(np.uint8)


def _are_dashes(stats: NDArray[np.int32], borders: Sequence[Track], dpi: float) -> NDArray[np.bool_]:
    """(n,): which marks may be printed dashes: flat, and further from all row borders than what is left of one."""
    if not borders:
        return np.zeros(len(stats), dtype=bool)
    ys = np.array([float(border.across.mean()) for border in borders])
    middles = stats[:, cv2.CC_STAT_TOP] + stats[:, cv2.CC_STAT_HEIGHT] / 2
    apart = np.abs(middles[:, None] - ys).min(axis=1) >= mm_to_px(DASH_APART_MM, dpi)
    return np.asarray(apart & (stats[:, cv2.CC_STAT_WIDTH] >= mm_to_px(DASH_MM, dpi)))


def on_borders(mask: Mask, borders: Sequence[Track], rim: int, longest: float = np.inf) -> Mask:
    """The pieces of a (H, W) mask that come within `rim` px of a row border, or are higher than `longest` px."""
    near = np.zeros(mask.shape[0], dtype=bool)
    for border in borders:
        y = round(float(border.across.mean()))
        near[max(0, y - rim) : y + rim + 1] = True
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    kept = stats[:, cv2.CC_STAT_HEIGHT] >= longest
    kept[np.unique(labels[near])] = True
    kept[0] = False
    return np.asarray(kept[labels], dtype=np.uint8)


def inside(upper: Track, lower: Track) -> tuple[int, int]:
    """First and one past the last row of pixels between two borders."""
    top = round(float(upper.across.mean())) + 2
    return top, max(top + 1, round(float(lower.across.mean())) - 1)


def seen_pieces(upper: Track, lower: Track, page: BrokenPage) -> NDArray[np.float64]:
    """(W,): for each x the share of the row's height that is inked by pieces of column borders; 0 below `seen_share`."""
    top, bottom = inside(upper, lower)
    piece = cv2.dilate(page.pieces[top:bottom], np.ones((1, 3), np.uint8))
    usual = min(bottom - top, page.px(page.params.usual_row_mm))
    share = np.minimum(1.0, piece.sum(axis=0) / usual)
    return np.where(share >= page.params.seen_share, share, 0.0)


def words_between(upper: Track, lower: Track, page: BrokenPage) -> NDArray[np.bool_]:
    """(W,): where words stand between two row borders."""
    top, bottom = inside(upper, lower)
    printed = page.print_[top:bottom].max(axis=0)[None]
    joined = cv2.morphologyEx(printed, cv2.MORPH_CLOSE, np.ones((1, round(page.px(WORD_GAP_MM))), np.uint8))
    return np.asarray(joined.ravel() > 0)


def words_of_rows(borders: Sequence[Track], left: float, right: float, page: BrokenPage) -> NDArray[np.bool_]:
    """(rows, W): where words stand in each row between a table's sides."""
    words = np.array([words_between(upper, lower, page) for upper, lower in pairwise(borders)])
    words[:, : round(left)] = False
    words[:, round(right) :] = False
    return words


def remains_beside(rows: Sequence[Track], columns: Sequence[float], ink: Mask, page: BrokenPage) -> Mask:
    """(H, W) uint8: marks that lie wholly beside a column border, where no print stands."""
    reach = round(page.px(page.params.remains_mm))
    top, bottom = round(float(rows[0].across.mean())), round(float(rows[-1].across.mean()))
    found = np.zeros_like(ink)
    for x in columns:
        x0, x1 = max(0, round(x) - reach), round(x) + reach + 1
        strip = ink[top:bottom, x0:x1]
        _, labels, stats, _ = cv2.connectedComponentsWithStats(strip, connectivity=8)
        start, width = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_WIDTH]
        inside = (start > 0) & (start + width < strip.shape[1])
        inside[0] = False
        found[top:bottom, x0:x1] |= inside[labels].astype(np.uint8)
    return found
