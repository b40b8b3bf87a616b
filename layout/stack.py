"""The edges of the scanned sheet and of those that lie below it: lines along the picture's sides, and no rulings."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from ..document.geometry import mm_to_px
from .ruling import Crossings, Ruling
from .rulings import Rulings

BESIDE_MM = 15.0
"""Edges of sheets lie so near to the picture's side."""

WHOLE_SHARE = 0.97
"""One of them runs along so much of it; the rulings of a table that fills a page with margins of 5 mm do along less."""

LONG_SHARE = 0.9
"""The others run along so much. Where a ruling further inside does too the picture is cut close around a table: nothing goes."""

CLOSE_MM, LEAN = 4.0, 0.03
"""The shadow of an edge lies so near to the picture's side, and leans against it by so much of its length on a page made level."""

HELD = 3
"""So many rulings meet a table's border at the least: its sides and a column's; an edge is met by none, or by a fold."""

MEET_MM = 1.0
"""They come so near to it."""


def without_sheet_edges(rulings: Rulings) -> Rulings:
    """The rulings without edges of sheets along the picture's sides, and without all that lies beyond these."""
    rulings = _without_loose_edges(rulings)
    height, width = rulings.horizontal_mask.shape
    reach = mm_to_px(BESIDE_MM, rulings.dpi)
    across = _Lines(rulings.horizontal, width, height, reach)
    down = _Lines(rulings.vertical, height, width, reach)
    if not (across.beside(WHOLE_SHARE) or down.beside(WHOLE_SHARE)):  # most pages
        return rulings
    if any(len(lines.beside(LONG_SHARE)) < len(lines.long(LONG_SHARE)) for lines in (across, down)):
        return rulings
    return replace(rulings, horizontal=across.inside(), vertical=down.inside())


def _without_loose_edges(rulings: Rulings) -> Rulings:
    """The rulings without those right at the picture's sides that no others meet: what is left of a lid's or a sheet's edge."""
    height, width = rulings.horizontal_mask.shape
    across, down = Crossings(rulings.horizontal), Crossings(rulings.vertical)
    reach, close = (mm_to_px(mm, rulings.dpi) for mm in (MEET_MM, CLOSE_MM))

    def kept(ruling: Ruling, breadth: int, crossing: Crossings) -> bool:
        slack = close + LEAN * ruling.length
        outer = min(ruling.lowest, breadth - ruling.highest) <= close
        inner = min(ruling.highest, breadth - ruling.lowest) <= slack
        return not (outer and inner) or len(crossing.near(ruling, reach)) >= HELD

    horizontal = tuple(r for r in rulings.horizontal if kept(r, height, down))
    vertical = tuple(r for r in rulings.vertical if kept(r, width, across))
    if len(horizontal) == len(rulings.horizontal) and len(vertical) == len(rulings.vertical):
        return rulings
    return replace(rulings, horizontal=horizontal, vertical=vertical)


@dataclass(frozen=True, slots=True)
class _Lines:
    """Rulings of one direction in a picture of `length` px along and `breadth` px across them."""

    rulings: tuple[Ruling, ...]
    length: int
    breadth: int
    reach: float

    def long(self, share: float) -> list[Ruling]:
        """Those that run along so much of the picture."""
        return [r for r in self.rulings if r.length >= share * self.length]

    def beside(self, share: float) -> list[Ruling]:
        """Those of them that lie close to a side."""
        return [r for r in self.long(share) if min(r.middle, self.breadth - r.middle) <= self.reach]

    def inside(self) -> tuple[Ruling, ...]:
        """What lies between the innermost of those at either side."""
        places = [r.middle for r in self.beside(LONG_SHARE)]
        first = max((p for p in places if p < self.breadth / 2), default=-math.inf)
        last = min((p for p in places if p > self.breadth / 2), default=math.inf)
        return tuple(r for r in self.rulings if first < r.middle < last)
