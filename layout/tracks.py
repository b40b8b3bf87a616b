"""Rulings gathered into tables, and in each table into tracks: the rows' and columns' borders, straight or gently curved.

A track runs through the whole table, drawn or not. Where it is not drawn it takes the shape of the nearest long ruling, so that
a page that is curled or photographed at an angle keeps its rows apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..document.geometry import mm_to_px
from .anchors import anchored
from .ruling import Ruling
from .rulings import Rulings
from .together import connected, without_bridges, without_folds
from .walls import MIN_COLUMN_MM


@dataclass(frozen=True, slots=True)
class TrackParams:
    """Lengths in millimetres.

    Attributes:
        reach_mm: rulings this far apart still belong to one table.
        touch_mm: a short ruling counts when its ends come this close to crossing ones; strokes of characters stay off them.
        same_track_mm: rulings this far apart across still are one border; rows of the form are higher than 4 mm.
        free_horizontal_mm, free_vertical_mm: a longer ruling counts even where its ends meet nothing; a shorter one that meets
            nothing is a stroke of a character.
        overhang_mm: rulings that run out further than this over the last crossing one show that a border is not drawn.
        long_ruling_mm, min_unexplained: so many rulings of this length outside all tables tell a page with broken rulings.
        min_wider: so many where they run out over the tables' sides: of folds and edges there are fewer.
        level_sway_mm: half of the long rulings of a level page climb or sink no further than this.
        long_share: a ruling this long, as a share of the table, gives its shape to shorter ones.
        border_share: a row's border is so long, as a share of the longest one of its page.
        beyond_mm: a lone ruling that goes on so far beyond its table is a fold of the paper.
        min_column_mm, stroke_factor: no column is narrower; beside a ruling so many times as long, and nearer, stands a stroke.
    """

    reach_mm: float = 1.8
    touch_mm: float = 0.45
    same_track_mm: float = 1.3
    free_horizontal_mm: float = 25.0
    free_vertical_mm: float = 12.0
    overhang_mm: float = 2.8
    long_ruling_mm: float = 60.0
    min_unexplained: int = 2
    min_wider: int = 4
    level_sway_mm: float = 0.8
    long_share: float = 0.6
    border_share: float = 0.5
    beyond_mm: float = 5.0
    min_column_mm: float = MIN_COLUMN_MM
    stroke_factor: float = 3.0


SHORT_SHARE = 0.05
"""A ruling goes straight on for so short a way, as a share of its length."""


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """One border of rows or of columns.

    Attributes:
        along, across: (n,) float64, its course through the whole table, px.
        drawn: px of it that are drawn.
        thickness: of its longest ruling, px; 0 where it was not measured.
        longest: px of that ruling; 0 where nothing is drawn.
    """

    along: NDArray[np.float64]
    across: NDArray[np.float64]
    drawn: float
    thickness: float = 0.0
    longest: float = 0.0

    def at(self, position: float) -> float:
        """Its place across at a place along, px."""
        return float(np.interp(position, self.along, self.across))


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """The tracks of one table.

    Attributes:
        horizontal: from top to bottom.
        vertical: from left to right.
        inferred: whether rulings are in pieces and some tracks follow from the text alone.
        sound: whether its rulings are whole, as far as was looked at.
    """

    horizontal: tuple[Track, ...]
    vertical: tuple[Track, ...]
    inferred: bool = False
    sound: bool = True


def gather_regions(rulings: Rulings, params: TrackParams | None = None) -> tuple[Region, ...]:
    """The tables of a page, from top to bottom; each has at least two tracks in each direction."""
    params = params or TrackParams()
    dpi = rulings.dpi
    horizontal, vertical = anchored(
        list(rulings.horizontal),
        list(rulings.vertical),
        mm_to_px(params.touch_mm, dpi),
        (mm_to_px(params.free_horizontal_mm, dpi), mm_to_px(params.free_vertical_mm, dpi)),
        params.border_share,
    )
    regions = []
    reach = mm_to_px(params.reach_mm, dpi)
    groups = [
        part for hs, vs in connected(horizontal, vertical, reach) for part in without_bridges(hs, vs, reach)
    ]
    for hs, vs in groups:
        hs, vs = without_folds(hs, vs, mm_to_px(params.beyond_mm, dpi))
        region = _to_region(hs, vs, params, dpi)
        if len(region.horizontal) >= 2 and len(region.vertical) >= 2:
            regions.append(region)
    return tuple(sorted(regions, key=lambda r: r.horizontal[0].across.min()))


def has_loose_rulings(rulings: Rulings, regions: Sequence[Region], params: TrackParams | None = None) -> bool:
    """Whether long rulings belong to no table: what would cross them is too broken to be held by them."""
    params = params or TrackParams()
    loose = _unexplained(rulings, regions, params)
    beyond = mm_to_px(params.beyond_mm, rulings.dpi)
    sides = [(r.vertical[0].across.min() - beyond, r.vertical[-1].across.max() + beyond) for r in regions]
    within = [r for r in loose if any(a <= r.start and r.end <= b for a, b in sides)]
    return len(within) >= params.min_unexplained or len(loose) >= (
        params.min_wider if regions else params.min_unexplained
    )


def are_level(rulings: Rulings, params: TrackParams | None = None) -> bool:
    """Whether the long horizontal rulings, if any, are straight and level, as they are not on a photograph or a curled page."""
    params = params or TrackParams()
    long = [r for r in rulings.horizontal if r.length >= mm_to_px(params.long_ruling_mm, rulings.dpi)]
    sway = [float(np.ptp(r.across)) for r in long]
    return not sway or float(np.median(sway)) <= mm_to_px(params.level_sway_mm, rulings.dpi)


def _unexplained(rulings: Rulings, regions: Sequence[Region], params: TrackParams) -> list[Ruling]:
    """The long horizontal rulings that lie in no table."""
    long = [r for r in rulings.horizontal if r.length >= mm_to_px(params.long_ruling_mm, rulings.dpi)]
    slack = mm_to_px(params.reach_mm, rulings.dpi)
    spans = [(r.horizontal[0].across.min() - slack, r.horizontal[-1].across.max() + slack) for r in regions]
    return [r for r in long if not any(top <= r.middle <= bottom for top, bottom in spans)]


def _to_region(hs: list[Ruling], vs: list[Ruling], params: TrackParams, dpi: float) -> Region:
    x0, x1 = min(r.start for r in hs), max(r.end for r in hs)
    y0, y1 = min(r.start for r in vs), max(r.end for r in vs)
    x0, x1 = min([x0, *(r.across.min() for r in vs)]), max([x1, *(r.across.max() for r in vs)])
    y0, y1 = min([y0, *(r.across.min() for r in hs)]), max([y1, *(r.across.max() for r in hs)])
    rows = cluster_tracks(hs, (x0, x1), params, dpi)
    cols = cluster_tracks(_without_strokes(vs, params, dpi), (y0, y1), params, dpi)
    return Region(_with_borders(rows, vs, params, dpi), _with_borders(cols, hs, params, dpi))


def _without_strokes(rulings: list[Ruling], params: TrackParams, dpi: float) -> list[Ruling]:
    """The rulings of columns without those right beside a far longer one, nearer than any column is wide: strokes of characters."""
    near = mm_to_px(params.min_column_mm, dpi)

    def is_stroke(ruling: Ruling) -> bool:
        center = (ruling.start + ruling.end) / 2
        return any(
            other.length >= params.stroke_factor * ruling.length
            and other.start < center < other.end
            and abs(other.at(center) - ruling.at(center)) < near
            for other in rulings
        )

    return [ruling for ruling in rulings if not is_stroke(ruling)]


def cluster_tracks(
    rulings: Sequence[Ruling], extent: tuple[float, float], params: TrackParams, dpi: float
) -> list[Track]:
    """Rulings of one direction clustered by where they cross the middle of `extent`, as tracks in order."""
    middle = (extent[0] + extent[1]) / 2
    long = [r for r in rulings if r.length >= params.long_share * (extent[1] - extent[0])]
    shapes = {id(r): _shape(r, long, extent) for r in rulings}
    placed = sorted(rulings, key=lambda r: _canonical(r, shapes[id(r)], middle))
    groups: list[list[Ruling]] = []
    last = -np.inf
    for ruling in placed:
        place = _canonical(ruling, shapes[id(ruling)], middle)
        if place - last > mm_to_px(params.same_track_mm, dpi):
            groups.append([])
        groups[-1].append(ruling)
        last = place
    return [_to_track(group, shapes, extent) for group in groups]


_Shape = tuple[NDArray[np.float64], NDArray[np.float64]]


def _shape(ruling: Ruling, long: list[Ruling], extent: tuple[float, float]) -> _Shape:
    """The course of the nearest long ruling over the extent, beyond its ends as one goes on that is drawn there, or straight on."""
    if not long:
        return np.array(extent), np.zeros(2)
    near = min(long, key=lambda r: abs(r.middle - ruling.middle))
    head = _going_on(near, long, min(extent[0], near.start - 1), near.start)
    tail = _going_on(near, long, max(extent[1], near.end + 1), near.end)
    along, across = (
        np.concatenate(parts) for parts in zip(head, (near.along, near.across), tail, strict=True)
    )
    return along, across


def _going_on(near: Ruling, long: list[Ruling], position: float, end: float) -> _Shape:
    """The course of a ruling from its `end` to a position beyond it."""
    step = position - end
    drawn = [r for r in long if r.start <= end + step / 2 <= r.end]
    if not drawn or abs(step) <= SHORT_SHARE * near.length:
        slope, _ = np.polyfit(near.along, near.across, 1)
        return np.array([position]), np.array([near.at(end) + slope * step])
    other = min(drawn, key=lambda r: abs(r.middle - near.middle))
    beyond = (other.along - end) * np.sign(step)
    along = np.unique([*other.along[(beyond > 0) & (beyond < abs(step))], position])
    return along, near.at(end) - other.at(end) + np.array([other.at(x) for x in along])


def _canonical(ruling: Ruling, shape: _Shape, middle: float) -> float:
    """Where a ruling, continued along its shape, crosses the middle of the table."""
    offset = float((ruling.across - np.interp(ruling.along, *shape)).mean())
    return float(np.interp(middle, *shape)) + offset


def _to_track(group: list[Ruling], shapes: dict[int, _Shape], extent: tuple[float, float]) -> Track:
    ordered = sorted(group, key=lambda r: r.start)
    along = np.concatenate([r.along for r in ordered])
    across = np.concatenate([r.across for r in ordered])
    order = np.argsort(along, kind="stable")
    along, across = along[order], across[order]
    longest = max(group, key=lambda r: r.length)
    shape = shapes[id(longest)]

    def beyond(position: float, anchor: int) -> float:
        near = slice(0, 3) if anchor == 0 else slice(-3, None)
        offset = float((across[near] - np.interp(along[near], *shape)).mean())
        return float(np.interp(position, *shape)) + offset

    head = [(extent[0], beyond(extent[0], 0))] if extent[0] < along[0] else []
    tail = [(extent[1], beyond(extent[1], -1))] if extent[1] > along[-1] else []
    xs = np.array([*(p for p, _ in head), *along, *(p for p, _ in tail)])
    ys = np.array([*(q for _, q in head), *across, *(q for _, q in tail)])
    return Track(xs, ys, sum(r.length for r in group), longest.thickness, longest.length)


def _with_borders(
    tracks: list[Track], crossing: list[Ruling], params: TrackParams, dpi: float
) -> tuple[Track, ...]:
    """The tracks, and one more at a side where two or more crossing rulings run out over the last track."""
    overhang = mm_to_px(params.overhang_mm, dpi)
    first = [c for c in crossing if c.start < tracks[0].at(c.middle) - overhang]
    last = [c for c in crossing if c.end > tracks[-1].at(c.middle) + overhang]
    before = [_shifted(tracks[0], first, "start")] if len(first) >= 2 else []
    after = [_shifted(tracks[-1], last, "end")] if len(last) >= 2 else []
    return tuple(before + tracks + after)


def _shifted(track: Track, crossing: list[Ruling], end: str) -> Track:
    """An undrawn copy of a track, moved to the ends of the rulings that run out over it."""
    moves = [getattr(c, end) - track.at(c.middle) for c in crossing]
    return Track(track.along, track.across + float(np.median(moves)), 0.0)
