"""Which columns of a printed table are the form's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fixtures.scanmaker.grids import Grid, GridCell
from fixtures.synthetic.reports import map_tables
from fixtures.synthetic.tables import Piece, grids_of, numbered_truth, row_of, to_table, to_tables

TRUTH = numbered_truth()
DISCLOSURE, APPLICATIONS, CHALLENGES = grids_of(TRUTH)


def with_remarks(grid: Grid, weight: float, *, last: bool = True) -> Grid:
    """The grid with a blank column 备注, the last one or that before 总计."""
    totals = [c for c in grid.cells if c.text == "总计"]
    place = len(grid.weights) if last else totals[0].col
    moved = [replace(c, col=c.col + (c.col >= place)) for c in grid.cells]
    head = GridCell(0, place, grid.header_rows, 1, "备注", "header")
    blanks = [
        GridCell(r, place, 1, 1, "", "value")
        for r in range(grid.header_rows, grid.rows)
        if any(c.row == r and c.cell_id for c in grid.cells)
    ]
    usual = grid.weights[totals[0].col]
    weights = (*grid.weights[:place], weight * usual, *grid.weights[place:])
    return replace(grid, weights=weights, cells=(*moved, head, *blanks))


@pytest.mark.parametrize("weight", [0.5, 1.0, 2.0])
def test_a_column_of_the_agencys_own_stays_its_own_where_the_table_goes_on_over_the_page(
    weight: float,
) -> None:
    grid = with_remarks(APPLICATIONS, weight)
    start = row_of(grid, "applications.unable.not_held")
    pieces = [Piece(DISCLOSURE), Piece(grid, 0, 0, start), Piece(grid, 1, start), Piece(CHALLENGES, 1)]
    mapped = map_tables([to_table(piece, 2000.0 * k) for k, piece in enumerate(pieces)])
    assert (mapped.wrong(TRUTH), mapped.missing()) == ({}, set())
    assert not any(b.shared for b in mapped.binding.cells)


def test_columns_ruled_otherwise_on_the_next_page_are_doubted() -> None:
    """The part that goes on has its extra column elsewhere: nothing tells where."""
    whole, other = with_remarks(APPLICATIONS, 3.0), with_remarks(APPLICATIONS, 3.0, last=False)
    start = row_of(whole, "applications.unable.not_held")
    pieces = [Piece(DISCLOSURE), Piece(whole, 0, 0, start), Piece(other, 1, start), Piece(CHALLENGES, 1)]
    mapped = map_tables([to_table(piece, 2000.0 * k) for k, piece in enumerate(pieces)])
    behind = [b for b in mapped.binding.cells if b.cell is not None and b.spec.id.startswith("applications.")]
    assert all(b.shared for b in behind if b.cell.page_index == 1)
    assert not any(b.shared for b in behind if b.cell.page_index == 0)


@pytest.mark.parametrize("texts", [("商业", "企业"), ("商\n、", "企\n上")])
def test_a_heading_in_two_cells_is_one(texts: tuple[str, str]) -> None:
    """Each of its words has a cell of its own, or a stroke has cut it; its column is as wide as the others."""
    cells = [replace(c, col=2 * c.col, col_span=2 * c.col_span) for c in APPLICATIONS.cells]
    heading = next(c for c in cells if c.text.replace("\n", "") == "商业企业")
    halves = [replace(heading, col=heading.col + k, col_span=1, text=text) for k, text in enumerate(texts)]
    weights = tuple(w / 2 for w in APPLICATIONS.weights for _ in range(2))
    kept = [c for c in cells if c is not heading]
    split = replace(APPLICATIONS, weights=weights, cells=(*kept, *halves))
    mapped = map_tables(to_tables([DISCLOSURE, split, CHALLENGES]))
    assert (mapped.wrong(TRUTH), mapped.missing()) == ({}, set())
    assert not any(b.shared for b in mapped.binding.cells)
