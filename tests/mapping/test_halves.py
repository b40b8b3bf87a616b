"""Rows that a page break may have cut in two."""

from __future__ import annotations

from dataclasses import replace

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


def test_a_label_that_a_false_ruling_has_cut_is_read_across_it() -> None:
    """Each line goes on beside itself; of a label and the number beside it, which no print runs across, nothing is made."""
    printed = row(0, ("（二）部", 0, 1), ("公开", 1, 1), ("17", 2, 1))
    first, second, value = printed.cells
    left = replace(first.content, cut=True, lines=(LineReading("（二）部", 0.9), LineReading("计这一", 0.9)))
    right = replace(
        second.content, cut=True, lines=(LineReading("分公开，只", 0.9), LineReading("情形", 0.9))
    )
    cells = (replace(first, content=left), replace(second, content=right), value)
    assert replace(printed, cells=cells).wordings[-1] == "（二）部分公开，只\n计这一情形"
    assert printed.wordings == ("（二）部", "公开")
    one = replace(right, lines=right.lines[:1])
    assert replace(printed, cells=(cells[0], replace(second, content=one), value)).wordings[-1] == (
        "（二）部\n计这一分公开，只"
    )
