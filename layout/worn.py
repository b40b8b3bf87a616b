"""What copying has left of dashes: traces lighter than ink, specks at one height."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from ..document.geometry import mm_to_px
from ..document.page import Gray
from ..document.table import Table
from .ink import Ink, Mask
from .runs import runs
from .stroke import DASH_BAND, is_dash

TRACE_MM, TRACE_LEVELS, TRACE_SPREADS = 1.5, 2.0, 5.0
"""A trace of a dash: over so much of its length it is darker than its paper by so many grey levels, and by so many standard
deviations of such means. Chosen on one copy of a copy whose dashes were taken for blanks."""

THIN_SHARE, WORN_HEIGHT_MM = 0.5, 0.65
"""A worn dash is no higher, as far as it is at least so dark as in its darkest row."""

TRACE_SHARE = 0.5
"""So much of a trace's length is darker than its paper."""

WORN_SPREADS = 10.0
"""A trace that stands out so far is a dash, though one to be looked at: no blank cell of the measuring scans has one."""

LEVEL_MM = 0.5
"""A dash stands no further from the middle of its cell's height."""

SPECKS_A_CELL = 2.0
"""Specks of one cell that count."""

LEVEL_ODDS = 1e-6
"""Specks of blank cells that stand at one height are dust with this probability at the most, and otherwise lost dashes."""


@dataclass(frozen=True, slots=True)
class Specks:
    """Dark specks of a blank cell, too small for print.

    Attributes:
        count: how many there are, of one cell two at the most.
        level: how many stand where a dash would, in the middle of the cell's height.
        expected: how many would stand there if they were spread evenly.
    """

    count: float = 0.0
    level: float = 0.0
    expected: float = 0.0


NO_SPECKS = Specks()


def count_specks(dark: Mask, dpi: float) -> Specks:
    """The specks of a blank cell; `dark` is (h, w) uint8, 1 where it is as dark as print."""
    count, _, _, centres = cv2.connectedComponentsWithStats(dark, connectivity=8)
    height, reach = len(dark), mm_to_px(LEVEL_MM, dpi)
    away = np.abs(centres[1:, 1] - (height - 1) / 2)
    # However many they are, they count for two: those of one cell may be one scratch.
    weight = min(1.0, SPECKS_A_CELL / max(1, count - 1))
    share = min(1.0, (2 * reach + 1) / max(1, height))
    return Specks(weight * (count - 1), weight * float((away <= reach).sum()), weight * (count - 1) * share)


def are_level(specks: Sequence[Specks]) -> bool:
    """Whether more specks stand in the middle of the height than chance would put there.

    The probability of so many is bounded as by Hoeffding, 1963, "Probability Inequalities for Sums of Bounded Random Variables",
    theorem 1; his bound holds for cells of different heights too.
    """
    count, level = sum(s.count for s in specks), sum(s.level for s in specks)
    if level == 0 or (usual := sum(s.expected for s in specks)) >= level:
        return False
    share, chance = level / count, usual / count
    rest = (1 - share) * math.log((1 - share) / (1 - chance)) if share < 1 else 0.0
    return count * (share * math.log(share / chance) + rest) > -math.log(LEVEL_ODDS)


def worn_dash(contrast: Gray, ink: Ink, dpi: float) -> tuple[Mask, bool]:
    """Where something level, too light for ink, stands out of the middle of a blank cell's height, and whether it does so clearly.

    A dash that copying has nearly worn away; (h, w) uint8, empty where there is none.
    """
    worn, length = np.zeros_like(contrast), max(3, round(mm_to_px(TRACE_MM, dpi)))
    top, bottom = (round(share * len(contrast)) for share in DASH_BAND)
    if contrast.shape[1] < 3 * length or bottom - top < 3:
        return worn, False
    # A dark speck counts for no more than its size.
    light = np.minimum(contrast, ink.faint).astype(np.float32)
    means = cv2.blur(light, (length, 1))[:, length:-length]
    middle = float(np.median(means))
    spread = 1.4826 * float(np.median(np.abs(means - middle)))
    peak = float(means[top:bottom].max()) - middle
    if peak <= max(TRACE_LEVELS, TRACE_SPREADS * spread):
        return worn, False
    y = top + int(means[top:bottom].max(axis=1).argmax())
    x = length + np.flatnonzero(means[y] >= middle + peak / 2)
    trace = contrast[y, x[0] : x[-1] + 1]
    is_speck = trace.max() >= ink.threshold / 2 or (trace > middle + peak / 3).mean() < TRACE_SHARE
    if is_speck:
        return worn, False
    worn[y - 1 : y + 2, x[0] : x[-1] + 1] = 1
    # A dash is thin; blocks of a JPEG picture are as light and as level, and higher.
    high = means.max(axis=1) >= middle + THIN_SHARE * peak
    height = next(stop - start for start, stop in runs(high) if start <= y < stop)
    is_thin = height <= mm_to_px(WORN_HEIGHT_MM, dpi)
    return worn, peak > WORN_SPREADS * spread and is_thin and is_dash(worn, dpi)


def doubt_lost_strokes(tables: Sequence[Table]) -> tuple[Table, ...]:
    """The tables of a page whose rulings have faded: a cell without print is faint, since its dash may have gone as they have."""
    return tuple(
        replace(table, contents=tuple(c if c.has_ink else replace(c, faint=True) for c in table.contents))
        for table in tables
    )
