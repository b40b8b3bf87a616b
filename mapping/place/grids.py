"""Grids of tables without rulings: borders half way between the form's labels, headings and numbers found on the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from ...document.geometry import BBox, mm_to_px
from ...document.table import Grid, GridCell
from ...document.text import TextLine
from ..form import Form, RowKind
from .columns import PAD_MM, are_in_order, column_borders, is_number, middles_of_full_rows
from .headings import place_headings
from .labels import PlacedRow, place_rows
from .unlabelled import continue_unlabelled, has_unlabelled, open_head, place_unlabelled

HEAD_MM = 48.0
"""A table's head is lower."""

Headings = Mapping[tuple[str, ...], tuple[float, ...]]
"""By the headings' texts: the middles of their columns, px."""


@dataclass(frozen=True, slots=True)
class Placed:
    """What of the form stands where on a page.

    Attributes:
        grids: from top to bottom, in px of the frame that the lines are in; no ruling supports them.
        headings: of the tables whose heads stand on the page, or on one before from which they go on.
        open_head: lines of a head under which the page ends: its row stands on the next.
    """

    grids: tuple[Grid, ...] = ()
    headings: Headings = field(default_factory=dict)
    open_head: tuple[TextLine, ...] = ()


def place_tables(lines: Sequence[TextLine], forms: Sequence[Form], before: Callable[[], Placed]) -> Placed:
    """The form's tables on a page.

    Args:
        lines: all lines of the page, words and numbers; their `upright` boxes lie in a frame in which rows are level.
        forms: the editions, the newest first; that is taken by which most cells are placed.
        before: the page before, asked for where a table goes on without its head.
    """
    placed = [_place_form(lines, form, before) for form in forms]
    return max(placed, key=lambda p: sum(len(grid.cells) for grid in p.grids))


def _place_form(lines: Sequence[TextLine], form: Form, before: Callable[[], Placed]) -> Placed:
    headings: dict[tuple[str, ...], tuple[float, ...]] = {}
    grids = []
    end = 0.0
    for block in _blocks(place_rows(lines, form)):
        labels = _columns(block[0])
        head = _head(block, end, lines)
        own = place_headings(head, labels) if len(labels) > 1 else None
        middles = own or headings.get(labels) or _middles_without_head(block, labels, lines, before)
        if middles:
            headings[labels] = middles
        grid = _place_block(block, head, middles, lines) if middles is not None else None
        if grid is not None:
            grids.append(grid)
            end = block[-1].label.y1
    below = [line for line in lines if line.upright.y0 > end]
    headings |= _headings_without_rows(below, form, headings)
    layouts = [layout for table in form.tables for layout in table.layouts if has_unlabelled(layout)]
    unlabelled = next(filter(None, (place_unlabelled(below, layout) for layout in layouts)), [])
    if not (unlabelled or grids) and layouts:
        unlabelled = continue_unlabelled(lines, layouts[0], lambda: before().open_head)
    return Placed((*grids, *unlabelled), headings, () if unlabelled else open_head(below, layouts))


def _middles_without_head(
    block: Sequence[PlacedRow],
    labels: tuple[str, ...],
    lines: Sequence[TextLine],
    before: Callable[[], Placed],
) -> tuple[float, ...] | None:
    """The middles of the columns, px, of a block that goes on from the page before; empty where it has only one."""
    if len(labels) == 1:
        return ()
    ys, rows = _row_borders(block, lines[0].dpi)
    numbers = [_numbers_of(row, ys[k], ys[k + 1], lines) for k, row in rows.items()]
    # Where all of its columns hold numbers these say it best: another page may have been photographed from another place.
    return middles_of_full_rows(numbers, len(labels)) or before().headings.get(labels)


def _headings_without_rows(lines: Sequence[TextLine], form: Form, known: Headings) -> Headings:
    """The headings at the bottom of a page whose rows stand on the next."""
    rows = [
        row for table in form.tables for row in table.layouts[0] if row.kind is RowKind.DATA and row.labels
    ]
    labels = {tuple(spec.column_label for spec in row.cells) for row in rows}
    found = ((own, place_headings(lines, own)) for own in labels if len(own) > 1 and own not in known)
    return {own: middles for own, middles in found if middles}


def _blocks(rows: Sequence[PlacedRow]) -> list[list[PlacedRow]]:
    """The rows, those that follow each other under the same headings together."""
    blocks: list[list[PlacedRow]] = []
    for row in rows:
        if blocks and _columns(blocks[-1][-1]) == _columns(row) and _title(blocks[-1][-1]) == _title(row):
            blocks[-1].append(row)
        else:
            blocks.append([row])
    return blocks


def _columns(row: PlacedRow) -> tuple[str, ...]:
    return tuple(spec.column_label for spec in row.row.cells)


def _title(row: PlacedRow) -> int:
    """Which row of the form is the last title before a row; -1 without one."""
    layout = row.table.layouts[0]
    before = layout[: layout.index(row.row)]
    return max((k for k, r in enumerate(before) if r.kind is RowKind.TITLE), default=-1)


def _head(block: Sequence[PlacedRow], above: float, lines: Sequence[TextLine]) -> list[TextLine]:
    """The lines of a block's head: over its first row, and under what stands above."""
    top = block[0].label.y0
    start = max(above, top - mm_to_px(HEAD_MM, lines[0].dpi))
    return [line for line in lines if start < line.upright.center[1] < top]


def _place_block(
    block: Sequence[PlacedRow], head: Sequence[TextLine], middles: Sequence[float], lines: Sequence[TextLine]
) -> Grid | None:
    """The rows of a block as a grid, None where its lines overlap; `middles` of its columns, px, empty where it has only one."""
    dpi = lines[0].dpi
    ys, rows = _row_borders(block, dpi)
    over = max((line.upright.y1 for line in head), default=0.0)
    under = min((line.upright.y0 for line in lines if line.upright.y0 >= block[-1].label.y1), default=np.inf)
    ys[0] = max(ys[0], (over + block[0].label.y0) / 2)
    ys[-1] = min(ys[-1], (block[-1].label.y1 + under) / 2)
    numbers = [box for k, row in rows.items() for box in _numbers_of(row, ys[k], ys[k + 1], lines)]
    start = max(row.label.x1 for row in block)
    right = max([line.upright.x1 for line in head] + [box.x1 for box in numbers] + [start])
    xs = column_borders(numbers, middles or [(start + right) / 2], start, right, dpi)
    left = min(row.label.x0 for row in block)
    return _to_grid(ys, xs, rows, left, dpi) if are_in_order(ys, [left, *xs]) else None


def _numbers_of(row: PlacedRow, top: float, bottom: float, lines: Sequence[TextLine]) -> list[BBox]:
    """The numbers beside a row's label."""
    return [
        line.upright
        for line in lines
        if is_number(line) and top < line.upright.center[1] < bottom and line.upright.x0 > row.label.center[0]
    ]


def _row_borders(block: Sequence[PlacedRow], dpi: float) -> tuple[list[float], dict[int, PlacedRow]]:
    """Borders between the rows from top to bottom, and which row stands under which of them.

    Between rows of which the form has more in between lies a strip that is none of them.
    """
    gaps = [b.label.y0 - a.label.y1 for a, b in pairwise(block) if b.place == a.place + 1]
    half = max(mm_to_px(PAD_MM, dpi), float(np.median(gaps)) / 2 if gaps else mm_to_px(2 * PAD_MM, dpi))
    ys, spans = [block[0].label.y0 - half], {0: block[0]}
    for a, b in pairwise(block):
        if b.place == a.place + 1:
            ys.append((a.label.y1 + b.label.y0) / 2)
        else:
            middle = (a.label.y1 + b.label.y0) / 2
            ys += [min(a.label.y1 + half, middle - 1), max(b.label.y0 - half, middle + 1)]
        spans[len(ys) - 1] = b
    return [*ys, block[-1].label.y1 + half], spans


def _to_grid(
    ys: Sequence[float], xs: Sequence[float], rows: Mapping[int, PlacedRow], left: float, dpi: float
) -> Grid:
    pad = mm_to_px(PAD_MM, dpi)
    places = [left - pad, *xs]
    nodes = np.array([[(x, y) for x in places] for y in ys], dtype=np.float64)
    cells = []
    for k, (top, bottom) in enumerate(pairwise(ys)):
        label = BBox(places[0], top, places[1], bottom)
        if k in rows:
            own = rows[k].label
            label = BBox(own.x0 - pad, top, own.x1 + pad, bottom)
        cells.append(GridCell(k, 0, 1, 1, label.to_quad(), 0.0))
        cells += [
            GridCell(k, c + 1, 1, 1, BBox(x0, top, x1, bottom).to_quad(), 0.0)
            for c, (x0, x1) in enumerate(pairwise(xs))
        ]
    return Grid(nodes, tuple(cells), sound=False)
