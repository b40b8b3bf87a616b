"""Column borders of a table with broken rulings: where pieces of them are seen in several rows, and where no words stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from .pieces import LABEL_GAP_MM, SPACED_GAP_MM, BrokenPage, seen_pieces, words_of_rows
from .runs import runs
from .tracks import Track

ALIKE_SHARE = 0.3
"""So many rows of a block, at least, have a word in each of its columns."""

TITLE_SHARE = 0.3
"""A block's title begins right of this share of the page's width."""


def column_borders(borders: Sequence[Track], left: float, right: float, page: BrokenPage) -> list[float]:
    """Places of the column borders, px, from left to right, the sides included."""
    words = words_of_rows(borders, left, right, page)
    # A row of one word is a block's title, and often shaded: what looks like a column border there counts half.
    weights = np.where(count_words(words, page) < 2, 0.5, 1.0)
    pieces = np.array([seen_pieces(upper, lower, page) for upper, lower in pairwise(borders)])
    seen = (weights[:, None] * pieces).sum(axis=0)
    inner = _between_words(seen, words, page)
    reach = page.px(page.params.min_column_mm) / 2
    # Columns of labels are parted in some rows only, and other rows' labels run across.
    inner += [x for x in _peaks(seen, words, page) if all(abs(x - y) > 2 * reach for y in inner)]
    first, last = (_drawn_side(side, seen, reach) for side in (left, right))
    return [first, *sorted(x for x in inner if first + reach < x < last - reach), last]


def _drawn_side(side: float, seen: NDArray[np.float64], reach: float) -> float:
    """Where most of a side's border is seen within `reach` px of it; the side itself where nothing is."""
    start = max(0, round(side - reach))
    near = seen[start : round(side + reach)]
    return start + float(near.argmax()) if near.any() else side


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
    return np.array([len(runs(row)) for row in _closed(words, LABEL_GAP_MM, page)])


def _closed(words: NDArray[np.bool_], gap_mm: float, page: BrokenPage) -> NDArray[np.bool_]:
    gap = np.ones((1, round(page.px(gap_mm))), np.uint8)
    return np.asarray(cv2.morphologyEx(words.astype(np.uint8), cv2.MORPH_CLOSE, gap) > 0)


def has_many_words(words: NDArray[np.bool_], page: BrokenPage) -> bool:
    """Whether some row has as many words as only rows of numbers have."""
    return bool(count_words(words, page).max(initial=0) >= page.params.many_words)


def _peaks(seen: NDArray[np.float64], words: NDArray[np.bool_], page: BrokenPage) -> list[float]:
    """Where pieces of column borders are seen in enough of the rows, the clearest first."""
    p = page.params
    least, share = (
        (p.min_evidence, p.min_rows_share)
        if has_many_words(words, page)
        else (p.min_block_evidence, p.min_block_rows_share)
    )
    needed = max(least, share * len(words))
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
    if p.capped and not many and (in_order := _between_columns(words, page)):
        return in_order
    dense = rows[counts >= max(2.0, p.dense_share * counts.max())]
    share = dense.mean(axis=0)
    filled = runs(share > p.corridor_share)
    sides = [(a, b) for a, b in filled if share[a:b].max() >= p.beside_share]
    found = [(a[1], b[0]) for a, b in pairwise(sides) if b[0] - a[1] >= page.px(least)]
    # A heading in the middle of its column over a number at its side leaves a corridor in the column itself.
    found.sort(key=lambda corridor: _parts(dense, corridor), reverse=True)
    return sorted(found[: int(counts.max()) - 1] if p.capped else found)


def _between_columns(words: NDArray[np.bool_], page: BrokenPage) -> list[tuple[int, int]]:
    """The stretches between columns by the rows that have a word in each: their first words are the first column's, and so on.

    So a heading in the middle of its column and the numbers at the column's side come together. Empty where no two rows beyond
    label and value have as many words, and where the columns so made overlap.
    """
    rows = [runs(row) for row in _closed(words, LABEL_GAP_MM, page)]
    # A block's title stands in the middle; whatever else does has no label.
    labelled = [row for row in rows if len(row) > 1 and row[0][0] < TITLE_SHARE * words.shape[1]]
    counts = Counter(len(row) for row in labelled if len(row) > 2)
    if not counts:
        return []
    count, times = max(counts.items(), key=lambda item: (item[1], item[0]))
    if times < max(2.0, ALIKE_SHARE * len(labelled)) or count < max(map(len, labelled)):
        return []  # where a row has more words, the others have blanks
    alike = zip(*(row for row in labelled if len(row) == count), strict=True)
    columns = [(min(a for a, _ in column), max(b for _, b in column)) for column in alike]
    between = [(left[1], right[0]) for left, right in pairwise(columns)]
    return between if all(start < stop for start, stop in between) else []


def _parts(rows: NDArray[np.bool_], corridor: tuple[int, int]) -> int:
    """How many rows have words on both sides of a corridor."""
    start, stop = corridor
    return int((rows[:, :start].any(axis=1) & rows[:, stop:].any(axis=1)).sum())
