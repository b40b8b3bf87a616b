"""Column borders of a table with broken rulings: where pieces of them are seen in several rows, and where no words stand."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from .pieces import LABEL_GAP_MM, SPACED_GAP_MM, BrokenPage, count_runs, runs, seen_pieces, words_between
from .tracks import Track


def column_borders(
    borders: Sequence[Track], left: float, right: float, page: BrokenPage
) -> list[tuple[float, float]]:
    """Place and drawn px of each column border, from left to right, the sides included."""
    rows = list(pairwise(borders))
    words = np.array([words_between(a, b, page) for a, b in rows])
    words[:, : round(left)] = False
    words[:, round(right) :] = False
    # A row of one word is a block's title, and often shaded: what looks like a column border there counts half.
    weights = np.where(count_words(words, page) < 2, 0.5, 1.0)
    seen = (weights[:, None] * np.array([seen_pieces(a, b, page) for a, b in rows])).sum(axis=0)
    inner = _between_words(seen, words, page)
    reach = page.px(page.params.min_column_mm) / 2
    if has_many_words(words, page):
        # Columns of labels are parted in some rows only, and other rows' labels run across.
        inner += [x for x in _peaks(seen, len(rows), page) if all(abs(x - y) > 2 * reach for y in inner)]
    ends = [
        side - reach + float(seen[max(0, round(side - reach)) : round(side + reach)].argmax())
        for side in (left, right)
    ]
    ends = [x if seen[round(x)] > 0 else side for x, side in zip(ends, (left, right), strict=True)]
    places = [ends[0], *sorted(x for x in inner if ends[0] + reach < x < ends[1] - reach), ends[1]]
    return [(x, float(seen[round(x)])) for x in places]


def _between_words(seen: NDArray[np.float64], words: NDArray[np.bool_], page: BrokenPage) -> list[float]:
    """One column border in each corridor: where most of one is seen, or else in the middle."""
    slack = round(page.px(page.params.min_column_mm) / 4)
    found = []
    for start, stop in _corridors(words, page):
        within = seen[max(0, start - slack) : stop + slack]
        drawn = within.max() >= page.params.seen_share
        found.append(max(0, start - slack) + float(within.argmax()) if drawn else (start + stop) / 2)
    return found


def count_words(words: NDArray[np.bool_], page: BrokenPage) -> NDArray[np.int64]:
    """(rows,): words of each row, the characters of a letter-spaced label taken for one."""
    return np.array([count_runs(row) for row in _closed(words, LABEL_GAP_MM, page)])


def _closed(words: NDArray[np.bool_], gap_mm: float, page: BrokenPage) -> NDArray[np.bool_]:
    gap = np.ones((1, round(page.px(gap_mm))), np.uint8)
    return np.asarray(cv2.morphologyEx(words.astype(np.uint8), cv2.MORPH_CLOSE, gap) > 0)


def has_many_words(words: NDArray[np.bool_], page: BrokenPage) -> bool:
    """Whether some row has as many words as only rows of numbers have."""
    return bool(count_words(words, page).max(initial=0) >= page.params.many_words)


def _peaks(seen: NDArray[np.float64], rows: int, page: BrokenPage) -> list[float]:
    """Where pieces of column borders are seen in enough of the rows, the clearest first."""
    needed = max(page.params.min_evidence, page.params.min_rows_share * rows)
    strength = np.where(seen >= needed, seen, 0.0)
    found: list[float] = []
    for x in np.argsort(strength)[::-1]:
        if strength[x] <= 0:
            break
        if all(abs(x - other) >= page.px(page.params.min_column_mm) for other in found):
            found.append(float(x))
    return found


def _corridors(words: NDArray[np.bool_], page: BrokenPage) -> list[tuple[int, int]]:
    """The stretches that the words of the dense rows leave free, between two stretches that they fill."""
    p = page.params
    counts = count_words(words, page)
    if counts.max(initial=0) < 2:
        return []
    many = has_many_words(words, page)
    rows, least = (
        (words, p.corridor_mm) if many else (_closed(words, SPACED_GAP_MM, page), p.wide_corridor_mm)
    )
    dense = rows[counts >= max(2.0, p.dense_share * counts.max())]
    share = dense.mean(axis=0)
    filled = runs(share > p.corridor_share)
    sides = [(a, b) for a, b in filled if share[a:b].max() >= p.beside_share]
    return [(a[1], b[0]) for a, b in pairwise(sides) if b[0] - a[1] >= page.px(least)]
