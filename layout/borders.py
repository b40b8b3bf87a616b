"""Tracks that are no borders of a table: strokes of characters, lines of text, arcs of a seal."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from ..document.geometry import mm_to_px
from .ink import Mask
from .mesh import Drawn, Mesh, cross, measure_whole_walls, to_mesh
from .runs import runs
from .tracks import Region, Track, TrackParams
from .walls import VALUES_SHARE, WALL_SHARE, WHOLE_WALL_SHARE

TRUSTED_LENGTH_MM = 11.0
"""Longer tracks than any stroke of a character."""

TEXT_LINE_MM, TEXT_LINE_SHARE = 0.7, 0.3
"""A line of text has print so close to its tops or feet on so much of its way; a row border has paper there."""

FOOTER_GAP_MM = 7.0
"""Lines of one cell stand closer than its row and what stands below the table on the page."""

LOW_MM, OWN_COLUMNS = 1.0, 3
"""Dust is lower than a character, and no page number stands in three columns; dashes are as low, and do."""

MIN_COLUMNS, MAX_ARC_EDGES = 6, 2
"""Of so many columns and more, a border beside no more than two cells is no row's: the least heading has five columns below."""


def without_strokes(region: Region, drawn: Drawn, dpi: float) -> Region:
    """The region without short tracks that nowhere go the whole way from one crossing track to the next.

    Where rows are set tight, a character's stroke nearly fills its row; a ruling fills it wholly.
    """
    trusted, usual = mm_to_px(TRUSTED_LENGTH_MM, dpi), mm_to_px(TrackParams().touch_mm, dpi)
    while True:
        nodes = cross(region)
        walls = measure_whole_walls(region, nodes, drawn, usual)
        rows = [
            h.longest >= trusted or walls.above[i].max() >= WHOLE_WALL_SHARE
            for i, h in enumerate(region.horizontal)
        ]
        cols = [
            v.longest >= trusted or walls.left[:, j].max() >= WHOLE_WALL_SHARE
            for j, v in enumerate(region.vertical)
        ]
        kept = Region(
            tuple(h for h, keep in zip(region.horizontal, rows, strict=True) if keep or h.drawn == 0),
            tuple(v for v, keep in zip(region.vertical, cols, strict=True) if keep or v.drawn == 0),
        )
        done = len(kept.horizontal) == len(region.horizontal) and len(kept.vertical) == len(region.vertical)
        if done or len(kept.horizontal) < 2 or len(kept.vertical) < 2:
            return kept
        region = kept


def without_text_lines(mesh: Mesh, drawn: Drawn, print_: Mask, dpi: float) -> Mesh:
    """The table without row borders that are drawn among its labels only, along a line of text.

    At a low resolution the tops of a label's characters run together; a row's border goes on to the right side.
    """
    region, nodes, walls = mesh.region, mesh.nodes, mesh.walls
    if not nodes.size:
        return mesh
    left, right = nodes[..., 0].min(), nodes[..., 0].max()
    kept = []
    for i, track in enumerate(region.horizontal):
        where = np.flatnonzero(walls.above[i] >= WALL_SHARE)
        inner = 0 < i < len(region.horizontal) - 1 and where.size > 0
        ends = nodes[i, [where[0], where[-1] + 1], 0] if inner else (left, right)
        beside_labels = ends[1] <= left + VALUES_SHARE * (right - left)
        if not (beside_labels and _along_text(track, float(ends[0]), float(ends[1]), print_, dpi)):
            kept.append(track)
    return _with_rows(mesh, kept, drawn)


def without_arcs(mesh: Mesh, drawn: Drawn) -> Mesh:
    """The table without row borders that are drawn beside a few of its many cells only: arcs of a seal, strokes of a pen."""
    rows = mesh.region.horizontal
    if len(mesh.region.vertical) <= MIN_COLUMNS:
        return mesh
    edges = (mesh.walls.above >= WALL_SHARE).sum(axis=1)
    ends = (0, len(rows) - 1)
    kept = [row for i, row in enumerate(rows) if i in ends or edges[i] > MAX_ARC_EDGES]
    return _with_rows(mesh, kept, drawn)


def _with_rows(mesh: Mesh, rows: Sequence[Track], drawn: Drawn) -> Mesh:
    """The table with those of its row borders alone."""
    if len(rows) == len(mesh.region.horizontal):
        return mesh
    return to_mesh(replace(mesh.region, horizontal=tuple(rows)), drawn)


def without_footer(mesh: Mesh, drawn: Drawn, print_: Mask, dpi: float) -> Mesh:
    """The table, of which a row that the page cuts ends where the gap below its text begins: a page number stands beyond it.

    The same for a row that goes on from the page before, below the page's header. One without any text is left out: what it holds
    stands on the other page.
    """
    region, rows = mesh.region, list(mesh.region.horizontal)
    if len(region.vertical) < 2:
        return mesh
    columns = [round(float(track.across.mean())) for track in region.vertical]
    if len(rows) > 2 and rows[-1].drawn == 0:
        top, bottom = (round(float(track.across.mean())) for track in rows[-2:])
        end = _end_of_text(print_[top:bottom], columns, dpi)
        rows[-1:] = [replace(rows[-1], across=rows[-1].across - (bottom - top - end))] if end else []
    if len(rows) > 2 and rows[0].drawn == 0:
        top, bottom = (round(float(track.across.mean())) for track in rows[:2])
        end = _end_of_text(print_[top:bottom][::-1], columns, dpi)
        rows[:1] = [replace(rows[0], across=rows[0].across + (bottom - top - end))] if end else []
    same = len(rows) == len(region.horizontal) and all(map(operator.is_, rows, region.horizontal))
    return mesh if same else to_mesh(replace(region, horizontal=tuple(rows)), drawn)


def _end_of_text(row: Mask, columns: Sequence[int], dpi: float) -> int:
    """Rows of px from a row's own border to its end, or to just behind its text where a wide gap follows; 0 without own text.

    Text far from that border is the row's own where it stands in several columns, and so are marks as low as dashes and dust.
    """
    gap, low = mm_to_px(FOOTER_GAP_MM, dpi), mm_to_px(LOW_MM, dpi)
    end = 0
    for start, stop in runs(row[:, columns[0] : columns[-1]].any(axis=1)):
        inked = [bool(row[start:stop, a + 1 : b].any()) for a, b in pairwise(columns)]
        across = sum(inked) >= OWN_COLUMNS
        if stop - start < low and not across:
            continue
        if start - end >= gap and (end or not across):
            return end + round(gap / 4) if end else 0
        end = stop
    return len(row) if end else 0


def _along_text(track: Track, start: float, stop: float, print_: Mask, dpi: float) -> bool:
    """Whether print stands right above or right below a track on much of its way."""
    near = max(2, round(mm_to_px(TEXT_LINE_MM, dpi)))
    xs = np.arange(round(start), max(round(start) + 1, round(stop))).clip(0, print_.shape[1] - 1)
    ys = np.rint(np.interp(xs, track.along, track.across)).astype(np.int64)
    sides = (range(-near, 0), range(1, near + 1))
    beside = [
        np.any([print_[(ys + dy).clip(0, len(print_) - 1), xs] for dy in side], axis=0).mean()
        for side in sides
    ]
    return bool(max(beside) >= TEXT_LINE_SHARE)
