"""A row that the page cuts ends with its own text."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from gouji.layout.page import lay_out

DPI = 200.0
LEFT, TOP, ROW, WIDTH = 200, 300, 60, 900


@pytest.mark.parametrize("upside_down", [False, True])
def test_a_row_without_a_border_at_the_pages_end_holds_no_page_number(upside_down: bool) -> None:
    sheet = np.full((1000, 1300), 255, np.uint8)
    bottom = TOP + 4 * ROW + 200
    for k in range(5):
        cv2.line(sheet, (LEFT, TOP + k * ROW), (LEFT + WIDTH, TOP + k * ROW), 0, 2)
    for x in range(LEFT, LEFT + WIDTH + 1, 300):
        cv2.line(sheet, (x, TOP), (x, bottom), 0, 2)
    for k in range(5):
        for x in range(LEFT + 100, LEFT + WIDTH, 300):
            cv2.putText(sheet, "12", (x, TOP + k * ROW + 40), cv2.FONT_HERSHEY_DUPLEX, 0.9, 0, 2)
    cv2.putText(sheet, "2/3", (LEFT + 650, bottom - 20), cv2.FONT_HERSHEY_DUPLEX, 0.9, 0, 2)
    sheet = sheet[::-1].copy() if upside_down else sheet
    (table,) = lay_out(np.repeat(sheet[:, :, None], 3, axis=2), DPI, 0.0).tables
    assert (table.grid.rows, table.grid.cols) == (5, 3)
    assert {len(lines) for lines in table.lines} == {1}
    heights = np.diff(table.grid.nodes[:, 0, 1])
    assert heights.max() < 1.6 * ROW
