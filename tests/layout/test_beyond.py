"""A number that goes on beyond a table's open side is in doubt; one beside a drawn border, or alone, is not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from gouji.document.geometry import Quad
from gouji.document.page import Gray
from gouji.document.table import Grid, GridCell
from gouji.layout.beyond import doubt_cut_sides
from gouji.layout.crop import CellCrop, cut_cell
from gouji.layout.ink import measure_ink

DPI = 200.0
ROW, COLUMN, ROWS, COLS = 44, 200, 4, 3
LEFT, TOP = 150, 100
SIDE = LEFT + COLS * COLUMN


def draw_page(*, open_sides: bool) -> Gray:
    """(400, 900) uint8: a table of four rows of three columns, numbers in all cells."""
    page = np.full((400, 900), 250, np.uint8)
    for k in range(ROWS + 1):
        cv2.line(page, (LEFT, TOP + k * ROW), (SIDE, TOP + k * ROW), 30, 2)
    for k in range(1, COLS) if open_sides else range(COLS + 1):
        cv2.line(page, (LEFT + k * COLUMN, TOP), (LEFT + k * COLUMN, TOP + ROWS * ROW), 30, 2)
    for row in range(ROWS):
        for col in range(COLS):
            write(page, "48", LEFT + col * COLUMN + 80, row)
    return page


def write(page: Gray, text: str, x: int, row: int) -> None:
    cv2.putText(page, text, (x, TOP + row * ROW + 32), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (20,), 2)


def grid() -> Grid:
    xs, ys = [LEFT + k * COLUMN for k in range(COLS + 1)], [TOP + k * ROW for k in range(ROWS + 1)]
    nodes = np.array([[(x, y) for x in xs] for y in ys], np.float64)
    places = [(row, col) for row in range(ROWS) for col in range(COLS)]
    corners = [((r, c), (r, c + 1), (r + 1, c + 1), (r + 1, c)) for r, c in places]
    quads = [Quad(tuple(tuple(map(float, nodes[at])) for at in four)) for four in corners]
    return Grid(
        nodes, tuple(GridCell(r, c, 1, 1, q, 1.0) for (r, c), q in zip(places, quads, strict=True)), True
    )


def cells_in_doubt(page: Gray) -> list[tuple[int, int]]:
    ink, table = measure_ink(page, DPI), grid()
    pixels = np.repeat(page[:, :, None], 3, axis=2)
    cells: list[CellCrop] = [cut_cell(pixels, ink, cell.quad, DPI) for cell in table.cells]
    assert not any(cell.cut for cell in cells)
    doubted = doubt_cut_sides(ink, table, cells, DPI)
    return [(c.row, c.col) for c, cell in zip(table.cells, doubted, strict=True) if cell.cut]


@pytest.mark.parametrize(("row", "col", "side"), [(1, 2, SIDE), (2, 0, LEFT)])
def test_a_number_across_an_open_side_is_in_doubt(row: int, col: int, side: int) -> None:
    page = draw_page(open_sides=True)
    write(page, "2137", side - 34, row)
    top = TOP + row * ROW
    page[top + 4 : top + ROW - 4, side - 2 : side + 3] = 250  # the side goes between two of its digits
    assert cells_in_doubt(page) == [(row, col)]


def test_text_right_beside_a_drawn_border_is_none_of_the_tables() -> None:
    page = draw_page(open_sides=False)
    write(page, "7", SIDE - 20, 1)
    write(page, "3", SIDE + 4, 1)
    assert cells_in_doubt(page) == []


def test_print_above_the_line_of_a_number_is_no_part_of_it() -> None:
    page = draw_page(open_sides=True)
    for text, x, y in (("7", SIDE - 14, 38), ("3", SIDE + 3, 18)):
        cv2.putText(page, text, (x, TOP + ROW + y), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (20,), 2)
    assert cells_in_doubt(page) == []
    cv2.putText(page, "3", (SIDE + 3, TOP + ROW + 38), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (20,), 2)
    assert cells_in_doubt(page) == [(1, 2)]


def test_a_table_with_open_sides_is_not_in_doubt_for_that() -> None:
    assert cells_in_doubt(draw_page(open_sides=True)) == []
