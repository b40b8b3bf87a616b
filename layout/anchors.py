"""Rulings that belong to a grid, told from strokes of characters: by their length, or by where their ends meet others."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from .ruling import Crossings, Ruling

MIN_LEVEL_ENDS = 4
"""So many rulings that end level with each other are a row's; table 四 has 16, table 三 has 8 or more."""

MIN_ALIKE = 5
"""So many rulings of one length that hang on others are a row's, level or not: the part of its borders that is not level."""

ROW_REACHES = 1.5
"""Several rulings of one row may stay off the crossing ones so many times as far as a lone one."""

LONE_REACHES, LEVEL_REACHES = 2, 4
"""Those of a lone row may stay off them so far, since they frame it and are level with each other, within that part of it."""

CROSSING_REACHES = 4
"""A ruling that goes on so many times as far on both sides of another one crosses it."""


def anchored(
    horizontal: list[Ruling],
    vertical: list[Ruling],
    reach: float,
    free: tuple[float, float],
    border_share: float,
) -> tuple[list[Ruling], list[Ruling]]:
    """Those that belong to a grid: long ones, and short ones that cross others or end on them.

    Args:
        horizontal: those across a page, in no particular order.
        vertical: those down it.
        reach: px from a crossing ruling within which a border ends; strokes of characters stay off them.
        free: px from which one counts even where its ends meet nothing, across and down.
        border_share: a row's border is so long, as a share of the longest one of its page.
    """
    for _ in range(4):  # a stroke that hung on another stroke falls with it
        down = Crossings(tuple(vertical))
        kept_h = [r for r in horizontal if r.length >= free[0] or _is_held(r, down, reach)]
        across = Crossings(tuple(kept_h))
        kept_v = [r for r in vertical if r.length >= free[1] or _is_held(r, across, reach)]
        kept_v += _cut_by_page(vertical, kept_v, across, reach, MIN_LEVEL_ENDS)
        # The tops of a line of text may run together too, though not as far as a table's border.
        widest = max((r.length for r in kept_h), default=0.0)
        borders = Crossings(tuple(r for r in kept_h if r.length >= border_share * widest))
        kept_v += _cut_by_page(vertical, kept_v, borders, ROW_REACHES * reach, MIN_ALIKE)
        kept_v += _in_one_row(vertical, kept_v, across, ROW_REACHES * reach)
        kept_v += _in_a_lone_row(vertical, kept_v, across, LONE_REACHES * reach)
        if len(kept_h) == len(horizontal) and len(kept_v) == len(vertical):
            break
        horizontal, vertical = kept_h, kept_v
    return horizontal, vertical


def _cut_by_page(
    vertical: Sequence[Ruling], kept: Sequence[Ruling], horizontal: Crossings, reach: float, least: int
) -> list[Ruling]:
    """Rulings of a row that a page break cuts without a rule: one end on a ruling, the other level with `least` of them.

    On a photograph the page's cut climbs as the ruling does on which they hang: there they are of one length.
    """
    known = {id(r) for r in kept}
    loose = [r for r in vertical if id(r) not in known]
    found: dict[int, Ruling] = {}
    for met, free in (("start", "end"), ("end", "start")):
        held = [(r, _met(r, getattr(r, met), horizontal, reach)) for r in loose]
        hanging = [(r, on) for r, on in held if on]
        for ruling, on in hanging:
            level = sum(abs(getattr(r, free) - getattr(ruling, free)) <= reach for r, _ in hanging)
            # Strokes of text hang on many rulings, those of a row on one.
            alike = sum(bool(on & other) and abs(r.length - ruling.length) <= reach for r, other in hanging)
            if level >= least or alike >= MIN_ALIKE:
                found[id(ruling)] = ruling
    return list(found.values())


def _in_one_row(
    vertical: Sequence[Ruling], kept: Sequence[Ruling], horizontal: Crossings, reach: float
) -> list[Ruling]:
    """Rulings that nearly end on others at both ends, as many as a row has: thick rulings hide the ends of those they cross."""
    known = {id(r) for r in kept}
    loose = [
        r
        for r in vertical
        if id(r) not in known
        and _meets(r, r.start, horizontal, reach)
        and _meets(r, r.end, horizontal, reach)
    ]
    return [
        r
        for r in loose
        if sum(other.start < (r.start + r.end) / 2 < other.end for other in loose) >= MIN_LEVEL_ENDS
    ]


def _in_a_lone_row(
    vertical: Sequence[Ruling], kept: Sequence[Ruling], horizontal: Crossings, reach: float
) -> list[Ruling]:
    """Rulings that nearly end on the same two at both ends, the outer ones at the two's own ends, the others level with those.

    A row with a label and a number has three. Strokes of text stand at neither end of its row.
    """
    known = {id(r) for r in kept}
    rows: dict[tuple[int, int], list[Ruling]] = {}
    for ruling in (r for r in vertical if id(r) not in known):
        above, below = (_met(ruling, end, horizontal, reach) for end in (ruling.start, ruling.end))
        for pair in product(above, below - above):
            rows.setdefault(pair, []).append(ruling)
    borders = {id(r): r for r in horizontal.rulings}
    found: dict[int, Ruling] = {}
    for pair, row in rows.items():
        first, last = min(row, key=lambda r: r.middle), max(row, key=lambda r: r.middle)
        across = [borders[id_] for id_ in pair]
        frames = all(abs(h.start - first.middle) <= reach >= abs(h.end - last.middle) for h in across)
        if first is not last and frames:
            found |= {id(r): r for r in row if _are_level(r, first, last, reach / LEVEL_REACHES)}
    return list(found.values())


def _are_level(ruling: Ruling, first: Ruling, last: Ruling, slack: float) -> bool:
    """Whether both its ends lie on the straight lines between those of two others, within `slack` px."""
    share = (ruling.middle - first.middle) / (last.middle - first.middle)
    start, end = ((1 - share) * getattr(first, e) + share * getattr(last, e) for e in ("start", "end"))
    return bool(abs(ruling.start - start) <= slack and abs(ruling.end - end) <= slack)


def _meets(ruling: Ruling, end: float, crossing: Crossings, reach: float) -> bool:
    return bool(_met(ruling, end, crossing, reach))


def _met(ruling: Ruling, end: float, crossing: Crossings, reach: float) -> frozenset[int]:
    """The ids of the rulings that it ends on there; at a corner of thick ones the other ends earlier."""
    return frozenset(
        id(c) for c in crossing.near(ruling, 2 * reach) if abs(c.at(ruling.middle) - end) <= reach
    )


def _is_held(ruling: Ruling, crossing: Crossings, reach: float) -> bool:
    """Whether a ruling goes across another one, which no stroke of a character does, or ends on others at both ends."""
    start_met = end_met = False
    for c in crossing.near(ruling, reach):
        place = c.at(ruling.middle)
        if ruling.start + CROSSING_REACHES * reach < place < ruling.end - CROSSING_REACHES * reach:
            return True
        start_met |= abs(place - ruling.start) <= reach
        end_met |= abs(place - ruling.end) <= reach
    return start_met and end_met
