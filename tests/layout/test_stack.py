"""Edges of sheets along a picture's sides are no rulings; a picture cut close around a table keeps all of its own."""

from __future__ import annotations

import cv2
import numpy as np
from gouji.document.page import Gray
from gouji.layout.page import lay_out

from .ruled import Ruled

DPI = 200.0
TABLE = Ruled(left=220, top=500, row=50, column=200, rows=9, cols=6)
HEIGHT, WIDTH = 2339, 1654


def draw_page() -> Gray:
    """(2339, 1654) uint8: a table of nine rows of six columns, a number in each cell."""
    page = np.full((HEIGHT, WIDTH), 250, np.uint8)
    TABLE.draw(page, 60, 2)
    for x, y in TABLE.corners():
        cv2.putText(page, "48", (x + 80, y + 36), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (20,), 2)
    return page


def shapes(page: Gray) -> list[tuple[int, int]]:
    layout = lay_out(np.repeat(page[:, :, None], 3, axis=2), DPI, 0.0, with_outside=False)
    return [(table.grid.rows, table.grid.cols) for table in layout.tables]


def test_the_sheets_of_a_stack_make_no_table() -> None:
    page = draw_page()
    for k in range(4):
        right, foot = WIDTH - 75 + 22 * k, HEIGHT - 32 + 9 * k
        cv2.polylines(
            page, [np.array([[8 * k, 1], [right, 12 * k], [right, foot], [18 * k, foot]])], True, 150, 2
        )
    assert shapes(page) == [(TABLE.rows, TABLE.cols)]


def test_a_picture_cut_close_around_a_table_keeps_its_borders() -> None:
    page = draw_page()[TABLE.top - 6 : TABLE.foot + 7, TABLE.left - 6 : TABLE.right + 7]
    assert shapes(np.ascontiguousarray(page)) == [(TABLE.rows, TABLE.cols)]
