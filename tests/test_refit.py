"""Rows that have come out with the wrong number of cells, cut anew into the form's columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from gouji.document.errors import PageError
from gouji.document.record import PageInfo
from gouji.document.table import CellContent, Grid, GridCell, Table
from gouji.mapping.rows import reunited
from gouji.matched import DigitizedPage, MatchedReport, match_form
from gouji.refit import RowToFit, fit_rows

from fixtures.synthetic.tables import Piece, grids_of, numbered_truth, row_of, to_table

TRUTH = numbered_truth()
GRIDS = grids_of(TRUTH)
INFO = PageInfo(number=1, width=1400, height=9000, rotation=0, skew_degrees=0.0)
TOPS = (0.0, 1000.0, 3000.0)
DISCLOSURE, APPLICATIONS, CHALLENGES = (to_table(Piece(g), top) for g, top in zip(GRIDS, TOPS, strict=True))
VALUES_ROW = 3


def page_of(*tables: Table) -> MatchedReport:
    return match_form([DigitizedPage(INFO, tables, (), 9000)])


def two_in_one(table: Table, row: int, col: int) -> Table:
    """The table with the cell at (row, col) and its right neighbour taken for one: the ruling between is lost."""
    cells = list(table.grid.cells)
    k = next(i for i, c in enumerate(cells) if (c.row, c.col) == (row, col))
    a, b = cells[k].quad.points, cells[k + 1].quad.points
    quad = replace(cells[k].quad, points=(a[0], b[1], b[2], a[3]))
    cells[k : k + 2] = [GridCell(row, col, 1, 2, quad, 1.0)]
    lines = table.contents[k].lines + table.contents[k + 1].lines
    merged = replace(table.contents[k], lines=lines, apart=True)
    contents = (*table.contents[:k], merged, *table.contents[k + 2 :])
    return Table(table.page_index, Grid(table.grid.nodes.copy(), tuple(cells), table.grid.sound), contents)


def cut_row(table: Table, row: int, first: int) -> Table:
    """The row's values as a table of one row, as the fit would cut them."""
    part = table.part(row, row + 1)
    assert part is not None
    kept = [k for k, cell in enumerate(part.grid.cells) if cell.col >= first]
    cells = tuple(replace(part.grid.cells[k], col=part.grid.cells[k].col - first) for k in kept)
    grid = Grid(part.grid.nodes[:, first:].copy(), cells, sound=False)
    return Table(0, grid, tuple(part.contents[k] for k in kept))


def test_a_row_of_table_four_with_two_numbers_in_one_cell_is_cut_anew() -> None:
    report = page_of(DISCLOSURE, APPLICATIONS, two_in_one(CHALLENGES, VALUES_ROW, 4))
    assert len(report.binding.cells) - report.found == 2, "the headings say which cells the others are"
    asked: list[RowToFit] = []

    def fitted(page: DigitizedPage, rows: Sequence[RowToFit]) -> Iterator[tuple[RowToFit, Table]]:
        asked.extend(rows)
        yield rows[0], cut_row(CHALLENGES, VALUES_ROW, 0)

    better = fit_rows(report, fitted)
    (row,) = asked
    assert (row.table, row.row, row.first, row.columns) == (2, VALUES_ROW, 0, (15,))
    assert better.complete
    assert [len(t.grid.cells) for t in better.pages[0].tables[3:]] == [15]


def test_a_labelled_row_keeps_its_label() -> None:
    row = row_of(GRIDS[1], "applications.granted")
    first = next(c.col for c in APPLICATIONS.grid.cells if c.row == row and c.col_span == 1 and c.col > 1)
    first = max(first, 3)
    report = page_of(DISCLOSURE, two_in_one(APPLICATIONS, row, first + 1), CHALLENGES)

    def fitted(page: DigitizedPage, rows: Sequence[RowToFit]) -> Iterator[tuple[RowToFit, Table]]:
        for wanted in rows:
            assert (wanted.row, wanted.first, wanted.columns) == (row, first, (7,))
            assert wanted.like == (1,) * 7, "the rows above and below have a border there"
            yield wanted, cut_row(APPLICATIONS, row, first)

    better = fit_rows(report, fitted)
    assert better.complete
    texts = {b.spec.id: b.cell.content.text for b in better.binding.cells if b.cell is not None}
    assert {i: t for i, t in texts.items() if i.startswith("applications.granted.")} == {
        i: str(v) for i, v in TRUTH.cells.items() if i.startswith("applications.granted.")
    }


def test_a_whole_report_is_left_alone_and_a_failure_keeps_what_was_read() -> None:
    def fail(page: DigitizedPage, rows: Sequence[RowToFit]) -> Iterator[tuple[RowToFit, Table]]:
        raise PageError("page 1 is gone", "Look for it.")

    whole = page_of(DISCLOSURE, APPLICATIONS, CHALLENGES)
    assert fit_rows(whole, fail) is whole
    part = page_of(DISCLOSURE, APPLICATIONS, two_in_one(CHALLENGES, VALUES_ROW, 4))
    assert fit_rows(part, fail) is part


def test_a_row_cut_anew_that_fills_no_more_but_parts_its_words_is_taken() -> None:
    row, first = row_of(GRIDS[1], "applications.granted"), 3
    k = next(i for i, c in enumerate(APPLICATIONS.grid.cells) if (c.row, c.col) == (row, first + 1))
    contents = list(APPLICATIONS.contents)
    contents[k] = replace(contents[k], apart=True)
    report = page_of(DISCLOSURE, replace(APPLICATIONS, contents=tuple(contents)), CHALLENGES)
    assert report.complete

    def fitted(page: DigitizedPage, rows: Sequence[RowToFit]) -> Iterator[tuple[RowToFit, Table]]:
        yield rows[0], cut_row(APPLICATIONS, row, first)

    better = fit_rows(report, fitted)
    assert not any(b.cell.content.apart for b in better.binding.cells if b.cell is not None)
    worse = match_form([replace(p, tables=better.pages[0].tables) for p in better.pages])
    assert worse.rank > report.rank


def test_print_that_stands_apart_stays_known_when_cells_are_put_together() -> None:
    report = page_of(DISCLOSURE, APPLICATIONS, two_in_one(CHALLENGES, VALUES_ROW, 4))
    (row,) = (p.printed for p in report.alignment.pairs if any(c.content.apart for c in p.printed.cells))
    assert reunited(row.cells[3:6]).content.apart


def with_cell_split(table: Table, row: int, col: int) -> Table:
    """The table with a ruling through one cell of a row, blank right of it: the other rows have none there."""
    nodes = np.insert(table.grid.nodes, col + 1, table.grid.nodes[:, col : col + 2].mean(axis=1), axis=1)
    cells, contents = [], []
    for cell, content in zip(table.grid.cells, table.contents, strict=True):
        if (cell.row, cell.col) == (row, col):
            cells += [cell, replace(cell, col=col + 1)]
            contents += [content, CellContent((), has_ink=False)]
            continue
        after, over = cell.col > col, cell.col <= col < cell.col + cell.col_span
        cells.append(replace(cell, col=cell.col + after, col_span=cell.col_span + over))
        contents.append(content)
    return Table(table.page_index, Grid(nodes, tuple(cells), table.grid.sound), tuple(contents))


def test_a_number_that_an_inferred_border_cuts_is_put_together() -> None:
    """The form prints one number in the row."""
    row = row_of(GRIDS[0], "disclosure.penalties")
    last = max(cell.col for cell in DISCLOSURE.grid.cells if cell.row == row)
    split = with_cell_split(DISCLOSURE, row, last)
    in_pieces = replace(split, grid=Grid(split.grid.nodes.copy(), split.grid.cells, sound=False))
    asked: list[RowToFit] = []

    def fitted(page: DigitizedPage, rows: Sequence[RowToFit]) -> Iterator[tuple[RowToFit, Table]]:
        asked.extend(rows)
        yield rows[0], cut_row(DISCLOSURE, row, rows[0].first)

    report = page_of(in_pieces, APPLICATIONS, CHALLENGES)
    better = fit_rows(report, fitted)
    assert [(a.row, a.columns, a.like) for a in asked] == [(row, (1,), (len(asked[0].parts),))]
    assert len(asked[0].parts) > 1
    assert better is not report


def test_a_first_number_in_one_cell_with_its_label_is_cut_out_where_the_other_rows_begin() -> None:
    row = row_of(GRIDS[1], "applications.carried_out")
    label = max((c for c in APPLICATIONS.grid.cells if c.row == row), key=lambda c: c.col_span)
    first = label.col + label.col_span
    merged = two_in_one(APPLICATIONS, row, label.col)
    in_pieces = replace(merged, grid=Grid(merged.grid.nodes.copy(), merged.grid.cells, sound=False))
    asked: list[RowToFit] = []

    def fitted(page: DigitizedPage, rows: Sequence[RowToFit]) -> Iterator[tuple[RowToFit, Table]]:
        asked.extend(rows)
        return iter(())

    fit_rows(page_of(DISCLOSURE, in_pieces, CHALLENGES), fitted)
    (asked_row,) = (a for a in asked if a.row == row)
    assert (asked_row.first, asked_row.like) == (first, (1,) * 7)


def test_a_row_with_a_border_too_many_is_cut_like_the_other_rows_of_its_table() -> None:
    """A digit as high as its row stands where a border of the rows below ends."""
    row = row_of(GRIDS[1], "applications.granted")
    last = max(cell.col for cell in APPLICATIONS.grid.cells if cell.row == row)
    asked: list[RowToFit] = []

    def fitted(page: DigitizedPage, rows: Sequence[RowToFit]) -> Iterator[tuple[RowToFit, Table]]:
        asked.extend(rows)
        return iter(())

    fit_rows(page_of(DISCLOSURE, with_cell_split(APPLICATIONS, row, last - 2), CHALLENGES), fitted)
    assert [(a.row, a.first, a.like) for a in asked] == [(row, last - 6, (1, 1, 1, 1, 2, 1, 1))]
