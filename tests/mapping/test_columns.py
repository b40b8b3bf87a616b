"""Which columns of a printed table are the form's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fixtures.scanmaker.forms import FORM_2019
from fixtures.scanmaker.grids import GridCell
from fixtures.synthetic.reports import map_tables
from fixtures.synthetic.tables import (
    Piece,
    grids_of,
    numbered_truth,
    row_of,
    to_table,
    to_tables,
    with_remarks,
)

TRUTH = numbered_truth()
DISCLOSURE, APPLICATIONS, CHALLENGES = grids_of(TRUTH)


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


def test_the_only_number_of_a_row_with_one_value_is_its_own_and_doubted() -> None:
    """On a coarse fax borders that are none parted the numbers from their rows' last cells, all of them blank."""
    value = next(c for c in DISCLOSURE.cells if c.cell_id == "disclosure.licensing.decisions")
    span = value.col_span // 3
    parts = [
        replace(
            value,
            col=value.col + k * span,
            col_span=span if k < 2 else value.col_span - 2 * span,
            text=(value.text, "本年处理决定数量", "")[k],
            cell_id=value.cell_id if k == 0 else None,
        )
        for k in range(3)
    ]
    grid = replace(DISCLOSURE, cells=(*(c for c in DISCLOSURE.cells if c is not value), *parts))
    mapped = map_tables(to_tables([grid, APPLICATIONS, CHALLENGES]))
    assert (mapped.wrong(TRUTH), mapped.missing()) == ({}, set())
    (bound,) = (b for b in mapped.binding.cells if b.spec.id == "disclosure.licensing.decisions")
    assert bound.shared


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


def test_of_several_blocks_the_header_of_the_rows_own_states_the_columns() -> None:
    """Each block of the edition of 2019 has its own header and ends in a column 备注, some with fewer columns than others."""
    truth = numbered_truth(FORM_2019)
    disclosure, *others = grids_of(truth)
    last = len(disclosure.weights)
    titles = {c.row for c in disclosure.cells if c.role == "block"}
    headers = {c.row for c in disclosure.cells if c.role == "header"}
    cells = [replace(c, col_span=last + 1) if c.row in titles else c for c in disclosure.cells]
    remarks = [
        GridCell(r, last, 1, 1, "备注" if r in headers else "", "header" if r in headers else "value")
        for r in range(disclosure.rows)
        if r not in titles
    ]
    weights = (*disclosure.weights, max(disclosure.weights) / 2)
    mapped = map_tables(to_tables([replace(disclosure, weights=weights, cells=(*cells, *remarks)), *others]))
    assert (mapped.wrong(truth), mapped.missing()) == ({}, set())
    assert not any(b.untold for b in mapped.binding.cells)
