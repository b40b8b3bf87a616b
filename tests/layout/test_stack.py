"""Edges of sheets along a picture's sides are no rulings; a picture cut close around a table keeps all of its own."""

from __future__ import annotations

import cv2
import numpy as np
from gouji.document.page import Gray
from gouji.layout.page import lay_out

DPI = 200.0
LEFT, TOP, ROW, COLUMN, ROWS, COLS = 220, 500, 50, 200, 9, 6
HEIGHT, WIDTH = 2339, 1654


def draw_page() -> Gray:
    """(2339, 1654) uint8: a table of nine rows of six columns, a number in each cell."""
    page = np.full((HEIGHT, WIDTH), 250, np.uint8)
    for k in range(ROWS + 1):
        cv2.line(page, (LEFT, TOP + k * ROW), (LEFT + COLS * COLUMN, TOP + k * ROW), 60, 2)
    for k in range(COLS + 1):
        cv2.line(page, (LEFT + k * COLUMN, TOP), (LEFT + k * COLUMN, TOP + ROWS * ROW), 60, 2)
    for row in range(ROWS):
        for col in range(COLS):
            place = LEFT + col * COLUMN + 80, TOP + row * ROW + 36
            cv2.putText(page, "48", place, cv2.FONT_HERSHEY_SIMPLEX, 0.9, (20,), 2)
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
    assert shapes(page) == [(ROWS, COLS)]


def test_a_picture_cut_close_around_a_table_keeps_its_borders() -> None:
    page = draw_page()[TOP - 6 : TOP + ROWS * ROW + 7, LEFT - 6 : LEFT + COLS * COLUMN + 7]
    assert shapes(np.ascontiguousarray(page)) == [(ROWS, COLS)]
