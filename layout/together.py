"""Rulings that cross each other, put together to tables; folds of the paper, which go through several, left out."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from .ruling import Ruling

STREAKS_SHARE = 0.5
"""Of the rulings that run down through a table so many are streaks at the most."""

STROKE_SHARE = 1.5
"""A stroke of a title's character is no longer, as a share of what a fold goes on beyond its table."""

MAX_FOLDS = 2
"""More rulings that go on beyond their table are its own."""

DARKER = 1.3
"""A border that a fold carries on beyond its table is so many times as dark within it as beyond; a fold is as dark all along."""


def connected(
    horizontal: list[Ruling], vertical: list[Ruling], reach: float
) -> list[tuple[list[Ruling], list[Ruling]]]:
    """Groups of rulings that cross or touch, directly or through others."""
    parent = list(range(len(horizontal) + len(vertical)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for i, h in enumerate(horizontal):
        for j, v in enumerate(vertical):
            if h.start - reach > v.highest or v.lowest > h.end + reach:
                continue
            if v.start - reach > h.highest or h.lowest > v.end + reach:
                continue
            x = v.at(h.middle)
            y = h.at(x)
            if h.start - reach <= x <= h.end + reach and v.start - reach <= y <= v.end + reach:
                parent[root(len(horizontal) + j)] = root(i)
    groups: dict[int, tuple[list[Ruling], list[Ruling]]] = {}
    for i, h in enumerate(horizontal):
        groups.setdefault(root(i), ([], []))[0].append(h)
    for j, v in enumerate(vertical):
        groups.setdefault(root(len(horizontal) + j), ([], []))[1].append(v)
    return [g for g in groups.values() if len(g[0]) >= 1 and len(g[1]) >= 2]


def without_bridges(
    horizontal: list[Ruling], vertical: list[Ruling], reach: float
) -> list[tuple[list[Ruling], list[Ruling]]]:
    """The tables that a fold of the paper, which goes through all of them, makes one.

    Between two tables there is a stretch that neither's sides cross, but only one or two rulings between those. One that is not
    drawn there is no fold: borders of both that stand in one line were put together over the gap.
    """
    sides = min(r.middle for r in vertical), max(r.middle for r in vertical)
    rows = sorted(r.middle for r in horizontal)
    for above, below in pairwise(rows):
        place = (above + below) / 2
        across = {id(r) for r in vertical if r.start < place < r.end}
        inner = all(sides[0] < r.middle < sides[1] for r in vertical if id(r) in across)
        if below - above <= 2 * reach or not 0 < len(across) <= MAX_FOLDS or not inner:
            continue
        crossing = [half for r in vertical if id(r) in across for half in _halves(r, above, below, reach)]
        others = [r for r in vertical if id(r) not in across] + crossing
        parts = [part for part in connected(horizontal, others, reach) if min(map(len, part)) >= 2]
        if len(parts) > 1:
            return [whole for hs, vs in parts for whole in without_bridges(hs, vs, reach)]
    return [(horizontal, vertical)]


def _halves(ruling: Ruling, above: float, below: float, reach: float) -> list[Ruling]:
    """What is drawn of a ruling before and behind a stretch; nothing where it is drawn in the stretch too."""
    before, behind = ruling.along <= above + reach / 4, ruling.along >= below - reach / 4
    if not (before | behind).all():
        return []
    halves = ruling.between(ruling.start, above + reach / 4), ruling.between(below - reach / 4, ruling.end)
    return [half for half in halves if half is not None]


def without_folds(
    horizontal: list[Ruling], vertical: list[Ruling], beyond: float
) -> tuple[list[Ruling], list[Ruling]]:
    """The rulings of a table without the one or two that go on beyond it, between others that do not: folds, scratches.

    A border that goes on in a paler fold ends where its table does. And without those that go on both above and below it where most
    do not, however many: a scanner's streaks. Rulings may go on to its left and right: of a table whose columns are in pieces not
    all columns are seen. What stands above or below the table, short and apart, is none of a ruling: a stroke of its title in the
    same line.
    """
    vertical = [_without_stroke(r, horizontal, STROKE_SHARE * beyond) for r in vertical]
    down = _ending(vertical, horizontal, beyond)
    return _within(horizontal, down, beyond), _within(down, horizontal, beyond)


def _without_stroke(ruling: Ruling, crossing: list[Ruling], longest: float) -> Ruling:
    """The ruling without a piece of it, no longer than a character, that stands apart and beyond all crossing ones."""
    first, last = min(r.lowest for r in crossing), max(r.highest for r in crossing)
    before = [g for g in ruling.gaps if g[1] < first and g[0] - ruling.start <= longest]
    behind = [g for g in ruling.gaps if g[0] > last and ruling.end - g[1] <= longest]
    start = max((g[1] for g in before), default=ruling.start)
    end = min((g[0] for g in behind), default=ruling.end)
    return ruling.between(start, end) or ruling


def _ending(rulings: list[Ruling], crossing: list[Ruling], beyond: float) -> list[Ruling]:
    """Those rulings that end with the crossing ones at one end or both; all where most go on at both."""
    first = min(r.lowest for r in crossing) - beyond
    last = max(r.highest for r in crossing) + beyond
    through = {id(r) for r in rulings if r.start < first and r.end > last}
    if len(through) > STREAKS_SHARE * len(rulings):
        return rulings
    return [r for r in rulings if id(r) not in through]


def _within(rulings: list[Ruling], crossing: list[Ruling], beyond: float) -> list[Ruling]:
    """Those rulings that end with the crossing ones or with the others, as those of a row that a page break cuts do."""
    usual = min(MAX_FOLDS, len(rulings) - 1)
    first = min(min(r.lowest for r in crossing), sorted(r.start for r in rulings)[usual]) - beyond
    last = (
        max(max(r.highest for r in crossing), sorted((r.end for r in rulings), reverse=True)[usual]) + beyond
    )
    going_on = {id(r) for r in rulings if r.start < first or r.end > last}
    places = [r.middle for r in rulings if id(r) not in going_on]
    if not places or len(going_on) > MAX_FOLDS:
        return rulings
    inner = (
        _part_within(r, first + beyond, last - beyond)
        if id(r) in going_on and min(places) < r.middle < max(places)
        else r
        for r in rulings
    )
    return [r for r in inner if r is not None]


def _part_within(ruling: Ruling, first: float, last: float) -> Ruling | None:
    """What lies between two places of a ruling that goes on in a paler fold; None of one that is all fold."""
    if ruling.shades is None:
        return None
    inside = (ruling.along >= first) & (ruling.along <= last)
    if inside.all() or not inside.any():
        return None
    darker = float(np.median(ruling.shades[inside])) >= DARKER * float(np.median(ruling.shades[~inside]))
    return ruling.between(first, last) if darker else None
