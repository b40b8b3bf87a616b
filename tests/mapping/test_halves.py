"""Rows that a page break may have cut in two."""

from __future__ import annotations

from gouji.document.geometry import BBox
from gouji.document.reading import LineReading
from gouji.document.table import EMPTY_CELL, CellContent
from gouji.mapping.rows import PrintedCell, PrintedRow, are_halves

QUAD = BBox(0, 0, 10, 10).to_quad()


def row(page: int, *cells: tuple[str, int, int]) -> PrintedRow:
    """Of texts, each with its column and how many columns it spans."""
    printed = tuple(
        PrintedCell(
            page,
            col,
            span,
            QUAD,
            1.0,
            CellContent((LineReading(text, 0.99),), has_ink=True) if text else EMPTY_CELL,
        )
        for text, col, span in cells
    )
    return PrintedRow(page, page, first=page == 1, last=page == 0, cells=printed)


def test_a_label_cut_in_two_with_its_numbers_below_is_one_row() -> None:
    upper = row(0, ("5.要求行政机关确认", 0, 1), ("", 1, 1), ("", 2, 1))
    assert are_halves(upper, row(1, ("或重新出具", 0, 1), ("3,584", 1, 1), ("110", 2, 1)))


def test_a_page_number_in_an_empty_strip_is_no_half() -> None:
    upper = row(0, ("", 0, 1), ("第1页 共4页", 1, 1), ("", 2, 1))
    assert not are_halves(upper, row(1, ("行政事业性收费", 0, 1), ("3,584", 1, 1), ("110", 2, 1)))


def test_halves_in_other_columns_are_not_put_together() -> None:
    upper = row(0, ("5.要求行政机关确认", 0, 1), ("", 1, 2), ("", 3, 2))
    assert not are_halves(upper, row(1, ("或重新出具", 0, 1), ("3,584", 1, 1), ("110", 2, 1)))
