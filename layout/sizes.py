"""Marks that no number of their table is printed like: dust of a letter's size, a corner of a seal, a fold across a blank cell."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

import numpy as np

from ..document.reading import is_words
from ..document.table import CellContent
from .crop import CellCrop

MIN_PRINTED = 5
"""So many numbers, or labels, say how high digits are printed."""

SURE = 0.95
"""Posterior from which a reading counts as a number."""

DIGIT_SHARE = 0.75
"""Height of a digit as a share of a Chinese character's in the same type."""

LOW, HIGH = 0.6, 1.6
"""Heights of digits in one table as shares of their median: a report that mixes sizes of type has 小五 beside 小四, 0.75."""

FLAT = 1.4
"""Width over height from which a low mark may be a dash."""

LONE_DASHES = 3
"""A table that prints dashes prints more of them: as few pale ones may be a fold, or a block of a JPEG picture."""

STROKES = frozenset("1/\\|l-—一7 ")
"""What a recognizer takes a lone stroke for."""


def digit_height(contents: Sequence[CellContent], others: Sequence[CellContent]) -> float | None:
    """How high a table's digits are, px: by its numbers, those of the page's `others`, or the page's labels; None without any."""
    for cells in (contents, others):
        heights = [c.text_height for c in cells if _is_number(c)]
        if len(heights) >= MIN_PRINTED:
            return median(heights)
    labels = [c.text_height for c in others if len(c.lines) == 1 and is_words(c.text)]
    return DIGIT_SHARE * median(labels) if len(labels) >= MIN_PRINTED else None


def doubt_odd_marks(
    contents: Sequence[CellContent], crops: Sequence[CellCrop], usual: float | None
) -> tuple[CellContent, ...]:
    """The contents of a table, those `odd` whose only text line is much lower or higher than `usual`, the height of its digits.

    A high one counts only where it runs into its cell's border and reads like a lone stroke, as a fold or a stroke of a pen does;
    a number that such a stroke crosses reads like more. A few dashes paler than print, the only ones of their table, are odd too.
    """
    few = sum(content.dash for content in contents) <= LONE_DASHES
    odd = [
        (usual is not None and _is_odd(content, crop, usual)) or (few and content.dash and content.faint)
        for content, crop in zip(contents, crops, strict=True)
    ]
    return tuple(replace(c, odd=True) if is_odd else c for c, is_odd in zip(contents, odd, strict=True))


def _is_number(content: CellContent) -> bool:
    if len(content.lines) != 1:
        return False
    return any(c.text.isdigit() and math.exp(c.log_prob) >= SURE for c in content.lines[0].candidates[:1])


def _is_odd(content: CellContent, crop: CellCrop, usual: float) -> bool:
    if len(content.lines) != 1 or content.dash:
        return False
    share = content.text_height / usual
    rows, cols = (np.flatnonzero(crop.ink.any(axis=axis)) for axis in (1, 0))
    height, width = crop.ink.shape
    meets_border = rows[0] == 0 or cols[0] == 0 or rows[-1] + 1 == height or cols[-1] + 1 == width
    if share < LOW:
        return bool(meets_border or len(cols) < FLAT * len(rows))
    return bool(share > HIGH and meets_border and set(content.text) <= STROKES)
